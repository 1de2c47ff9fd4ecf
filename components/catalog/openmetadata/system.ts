import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { ALIVE, PORT } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { openmetadataPods, SERVER, SERVICE } from "./pods";
import { openmetadata as settings } from "./settings";

const source = { service: SERVICE, setting: "lakehouse:catalog.openmetadata.enabled", instead: "false" };

/** What data there are, and what they are made of. */
export const openmetadata = system({
  summary: "A catalogue of data with lineage: OpenMetadata, which takes the events of engines by OpenLineage.",
  section: "catalog",
  key: "openmetadata",
  settings,
  presets: {
    dev: { server: { replicas: 1, cpu: 0.1, memory: "2Gi" } },
    minimal: { server: { replicas: 2, cpu: 1, memory: "4Gi" } },
    medium: { server: { replicas: 2, cpu: 2, memory: "8Gi" } },
    large: { server: { replicas: 3, cpu: 4, memory: "16Gi" } },
  },
  // Half is heap; upstream starts it with 1 GiB.
  least: { server: 2048 },
  pins,
  // Events and requests of the setup are handled by nginx and its client of HTTP.
  uses: () => [image(pins.openmetadata, source), image(shared.nginx, source)],
  clients: [SERVICE],
  needs: { database: one("database"), search: one("search") },
  gives: ["governance"],
  pods: ({ platform, settings: own }) => openmetadataPods(platform, own),
  monitoring: () => ({ [SERVICE]: monitoring }),
  doors: ({ platform }) => {
    const place = { namespace: platform.namespace("catalog"), service: SERVICE };
    return [
      {
        ...place,
        name: SERVICE,
        kind: "web",
        port: PORT,
        health: ALIVE,
        signIn: "people by password",
        pods: { role: SERVER },
      },
    ];
  },
  compose: { cannot: "cert-manager makes the key that its sessions are signed with" },
  create: ({ grants, ...args }, opts) => {
    const { Openmetadata } = require("./openmetadata") as typeof import("./openmetadata");
    const catalogue = new Openmetadata(SERVICE, { ...args, described: grants }, opts);
    return { services: [catalogue], governance: catalogue };
  },
});
