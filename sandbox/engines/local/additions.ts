import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { MiB } from "../../../components/core/quantity";
import { dataSize } from "../../../components/query/engine-memory";
import { properties } from "../formats";
import type { Ground } from "../ground";
import type { Additions, Role } from "../trino/trino";
import type { LocalHome } from "./home";
import { GENERATOR } from "./memory";
import { KEY, spoolingKey, spoolingManager } from "./spooling";

const CATALOGS = "catalogs";

/** Additions to Trino's rendered files: spooling of large results, the TPC-H generator, the user's own catalogs. */
export function additions(home: Pick<LocalHome, "folder">, ground: Pick<Ground, "rendered" | "at">): Additions {
  const own = ownCatalogs(home.folder);
  const file = (config: string, name: string) => ground.rendered.configMap(config)[name] ?? "";
  const spooling = { "protocol.spooling.enabled": "true", "protocol.spooling.shared-secret-key": `\${ENV:${KEY}}` };
  return {
    config: (role) => ({ ...spooling, ...limitsBesideGenerator(file(`trino-${role}-etc`, "config.properties"), role) }),
    files: {
      ...own,
      "spooling-manager.properties": spoolingManager(
        file("trino-coordinator-catalog", "lakehouse.properties"),
        ground.at("s3"),
      ),
    },
    catalogs: Object.keys(own).map((name) => name.replace(/^catalog\/(.*)\.properties$/, "$1")),
    // The same on every node: derived from the shared secret, so that no further secret is stored.
    env: { [KEY]: spoolingKey(ground.rendered.secret("trino-internal", "shared-secret")) },
  };
}

/**
 * A node's limits of memory, with room for what the generator holds of a worker's heap: a query that takes more is refused, and its
 * worker survives.
 */
export function limitsBesideGenerator(config: string, role: Role): Record<string, string> {
  const changed = (key: string, by: number) => {
    // The stack writes whole `MB`, which are MiB.
    const given = Number(/^(\d+)MB$/.exec(properties.get(config, key) ?? "")?.[1]) * MiB;
    if (!(given + by > 0)) throw new Error(`${key} of Trino's ${role} leaves no room: ${given} bytes and ${by}`);
    return { [key]: dataSize(given + by) };
  };
  return {
    ...changed("query.max-memory", -GENERATOR),
    ...(role === "worker"
      ? { ...changed("query.max-memory-per-node", -GENERATOR), ...changed("memory.heap-headroom-per-node", GENERATOR) }
      : {}),
  };
}

/** `<folder>/catalogs/*.properties`: the user's own catalogs, in Trino's format. */
function ownCatalogs(folder: string): Record<string, string> {
  const own = join(folder, CATALOGS);
  if (!existsSync(own)) return {};
  const names = readdirSync(own).filter((name) => /^[a-z][\w-]*\.properties$/.test(name));
  return Object.fromEntries(names.map((name) => [`catalog/${name}`, readFileSync(join(own, name), "utf8")]));
}
