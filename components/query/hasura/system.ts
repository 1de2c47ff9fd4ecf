import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { check } from "./check";
import { HEALTH, PORT } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { hasuraPods, SERVER } from "./pods";
import { hasura as settings, type HasuraSettings } from "./settings";

const source = { service: "hasura", setting: "lakehouse:query.hasura.enabled", instead: "false" };

/** Who may ask, and what for. */
function notes({ sources, jwt, unauthorizedRole }: HasuraSettings): string[] {
  const tables = sources.reduce((sum, each) => sum + each.tables.length, 0);
  const callers = [
    ...(jwt === undefined ? [] : ["callers with a token of its issuer"]),
    ...(unauthorizedRole === undefined ? [] : [`everybody, as ${unauthorizedRole}`]),
  ];
  const who =
    callers.length === 0 ? "only who has its admin secret (query.hasura.jwt names no issuer)" : callers.join(" and ");
  return [`Hasura serves ${String(tables)} table${tables === 1 ? "" : "s"} to ${who}`];
}

/** GraphQL over PostgreSQL, with metadata as code. */
export const hasura = system({
  summary:
    "GraphQL over tables of PostgreSQL, with roles, rules of rows and subscriptions: Hasura, its metadata as code.",
  section: "query",
  key: "hasura",
  settings,
  presets: {
    dev: { server: { replicas: 1, cpu: 0.1, memory: "384Mi" } },
    minimal: { server: { replicas: 2, cpu: 1, memory: "2Gi" } },
    medium: { server: { replicas: 3, cpu: 2, memory: "4Gi" } },
    large: { server: { replicas: 6, cpu: 2, memory: "4Gi" }, connections: 150 },
  },
  least: { server: 256 },
  check,
  pins,
  // Its metadata are handed over by a client of HTTP, which upstream's image lacks.
  uses: () => [image(pins.hasura, source), image(shared.nginx, source)],
  clients: ["hasura"],
  needs: { database: one("database") },
  gives: [],
  pods: ({ platform, settings: own }) => hasuraPods(platform, own),
  notes,
  monitoring: ({ settings: own }) => ({ hasura: monitoring(own) }),
  doors: ({ platform }) => [
    {
      name: "hasura",
      kind: "web",
      namespace: platform.namespace("query"),
      service: "hasura",
      port: PORT,
      health: HEALTH,
      signIn: "who has a token of its issuer or its administrator's secret",
      pods: { role: SERVER },
    },
  ],
  create: (args, opts) => {
    const { Hasura } = require("./hasura") as typeof import("./hasura");
    return { services: [new Hasura("hasura", args, opts)] };
  },
});
