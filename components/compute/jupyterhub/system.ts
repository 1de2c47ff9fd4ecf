import { maybe, one, type StackFacts, system } from "../../core/system";
import { image } from "../../core/uses";
import { PROXY_PORT } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { HUB, hubPods, notebookPods } from "./pods";
import { complete, jupyterhub as settings, type JupyterhubSettings } from "./settings";

const source = { service: HUB, setting: "lakehouse:compute.jupyterhub.enabled", instead: "false" };

const production = (people: number) => ({
  hub: { cpu: 1, memory: "1Gi" },
  proxy: { cpu: 0.5, memory: "512Mi" },
  small: { replicas: people, cpu: 1, memory: "4Gi" },
  medium: { replicas: Math.ceil(people / 2), cpu: 2, memory: "8Gi" },
  large: { replicas: Math.ceil(people / 5), cpu: 4, memory: "16Gi" },
  home: "20Gi",
});

/** Who has a notebook, and where the password is. */
function notes({ people }: JupyterhubSettings, stack: StackFacts): string[] {
  const names = Object.keys(people);
  const who =
    names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${String(names.length - 5)} more` : names.join(", ");
  if (stack.gives("identity"))
    return [`JupyterHub signs in ${who}: at the issuer of catalog.identity where its clients name jupyterhub`];
  return [`JupyterHub signs in ${who}; the password of each is a Secret ${HUB}-person-<name> beside the hub`];
}

/** Notebooks of people: a hub that makes a pod for each, with the person's own rights. */
export const jupyterhub = system({
  summary: "A notebook for each person on Trino and the object store, with rights of the person's own: JupyterHub.",
  section: "compute",
  key: "jupyterhub",
  // After the SQL engines, which notebooks ask.
  layer: "orchestration",
  settings,
  example: { image: "ghcr.io/example/notebook:1", people: { ada: {} } },
  presets: {
    dev: {
      hub: { cpu: 0.1, memory: "320Mi" },
      proxy: { cpu: 0.05, memory: "128Mi" },
      small: { replicas: 1, cpu: 0.25, memory: "1Gi" },
      medium: { replicas: 1, cpu: 0.5, memory: "2Gi" },
      large: { replicas: 1, cpu: 1, memory: "4Gi" },
      home: "1Gi",
    },
    minimal: production(10),
    medium: production(20),
    large: production(40),
  },
  least: { hub: 256, proxy: 96, small: 512, medium: 512, large: 512 },
  check: complete,
  pins,
  uses: () => [image(pins.jupyterhub, source), image(pins.configurableHttpProxy, source)],
  // `people` are the keys and the passwords of everybody who signs in.
  clients: [HUB, "person"],
  needs: {
    database: one("database"),
    objects: one("objects"),
    sql: maybe("sql"),
    spark: maybe("sparkConnect"),
    vectors: maybe("vectors"),
    identity: maybe("identity"),
  },
  gives: [],
  pods: ({ platform, settings: own }) => [...hubPods(platform, own), ...notebookPods(platform, own)],
  notes,
  monitoring: ({ platform, settings: own }) => ({ [HUB]: monitoring(platform, own) }),
  doors: ({ platform }) => [
    {
      name: HUB,
      kind: "web",
      namespace: platform.namespace("hub"),
      service: HUB,
      port: PROXY_PORT,
      health: "/hub/health",
      signIn: "its people by password, or at the issuer of catalog.identity",
      pods: { role: "proxy" },
    },
  ],
  compose: { cannot: "each notebook is a pod that its hub makes and ends" },
  create: (args, opts) => {
    const { JupyterHub } = require("./jupyterhub") as typeof import("./jupyterhub");
    const { Notebooks } = require("./notebooks") as typeof import("./notebooks");
    const vectors = args.vectors?.kind === "pgvector" ? args.vectors : undefined;
    const notebooks = new Notebooks({ ...args, vectors }, opts);
    return { services: [notebooks, new JupyterHub({ ...args, notebooks }, opts)] };
  },
});
