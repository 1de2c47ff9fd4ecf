import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { VENDED_CATALOG } from "../../core/vending";
import { shared } from "../../core/versions";
import { ALIVE, PORT } from "./front";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { nessiePods, SERVER, SERVICE } from "./pods";
import { clientsOf } from "./rights";
import { nessie as settings } from "./settings";

const source = { service: SERVICE, setting: "lakehouse:catalog.nessie.enabled", instead: "false" };

/** Tables whose clients hold no keys to the store. */
export const nessie = system({
  summary: "A second catalog of Iceberg tables, which gives its clients keys for one table at a time: Nessie.",
  section: "catalog",
  key: "nessie",
  settings,
  example: { namespaces: { sales: { write: ["trino"], read: ["reports"] } } },
  presets: {
    dev: { server: { replicas: 1, cpu: 0.1, memory: "640Mi" }, connections: 10 },
    minimal: { server: { replicas: 2, cpu: 0.5, memory: "1Gi" } },
    medium: { server: { replicas: 2, cpu: 1, memory: "2Gi" } },
    large: { server: { replicas: 3, cpu: 2, memory: "4Gi" }, connections: 60 },
  },
  // Three fifths are heap; classes alone take 150 MiB.
  least: { server: 512 },
  pins,
  uses: () => [image(pins.nessie, source), image(shared.nginx, source)],
  clients: [SERVICE],
  // Who is its client reads and writes Iceberg 2: the catalog itself reads a table's metadata alone.
  tableEngine: () => undefined,
  needs: { objects: one("objects"), database: one("database") },
  gives: ["vending"],
  pods: ({ platform, settings: own }) => nessiePods(platform, own),
  notes: ({ namespaces }) => {
    const clients = clientsOf(namespaces);
    return [
      clients.length === 0
        ? "Nessie lets nobody in: lakehouse:catalog.nessie.namespaces names nobody"
        : `Nessie gives keys to tables of ${Object.keys(namespaces).join(", ")} to ${clients.join(", ")} (catalog ${VENDED_CATALOG})`,
    ];
  },
  monitoring: () => ({ [SERVICE]: monitoring }),
  doors: ({ platform }) => [
    {
      name: SERVICE,
      kind: "iceberg-rest",
      namespace: platform.namespace("catalog"),
      service: SERVICE,
      port: PORT,
      health: ALIVE,
      signIn: "its users by token",
      pods: { role: SERVER },
    },
  ],
  create: ({ objects, database, ...args }, opts) => {
    const { Nessie } = require("./nessie") as typeof import("./nessie");
    const catalog = new Nessie(SERVICE, { ...args, objects, database }, opts);
    return { services: [catalog], vending: catalog };
  },
});
