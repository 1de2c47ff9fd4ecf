import { searchStack } from "./search";

export const rendering = searchStack("elasticsearch", { more: { licences: { allow: ["Elastic-2.0"] } } });

/** Requests that a writer of `logs-` has no right to. */
export const REFUSED_TO_WRITERS = [
  ["DELETE", "/logs-shop"],
  ["PUT", "/catalog_a"],
  ["PUT", "/other/_doc/1", { a: 1 }],
  ["GET", "/.security/_search"],
  ["PUT", "/_index_template/mine", { index_patterns: ["logs-*"], priority: 900 }],
  ["PUT", "/_cluster/settings", { persistent: { "cluster.routing.allocation.enable": "none" } }],
  ["POST", "/_security/user/mine", { password: "long-enough", roles: ["superuser"] }],
  ["PUT", "/_snapshot/mine", { type: "fs", settings: { location: "/srv/copies" } }],
] as const;
