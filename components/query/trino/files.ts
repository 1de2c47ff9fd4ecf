import { readFileSync } from "node:fs";
import { join } from "node:path";

import { serviceHost } from "../../core/endpoint";
import type { ConfigFiles } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import { properties } from "../../core/render";
import { cacheManager, type Lake } from "./catalogs/lake";
import * as config from "./config";
import type { TrinoSettings } from "./settings";
import { SIGNED_IN } from "./sign-in";

/** Properties of a node that speaks TLS, of one that asks who one is, and of one with something in front of it. */
export interface Secured {
  readonly https?: NonNullable<config.NodeConfig["more"]>;
  readonly signIn?: NonNullable<config.NodeConfig["more"]>;
  readonly front?: NonNullable<config.NodeConfig["more"]>;
}

/** Everything in /etc/trino except the catalogs. @param secured of the node. @default plain HTTP, nobody signs in there, and nothing is in front of it */
export function etcFiles(
  pods: readonly PodGroup[],
  settings: TrinoSettings,
  lake: Lake,
  role: config.Role,
  catalogs: { readonly writable: readonly string[]; readonly readOnly: readonly string[] },
  { https, signIn, front }: Secured = {},
): ConfigFiles {
  const groupOf = (wanted: string) => {
    const found = pods.find((group) => group.role === wanted);
    if (found === undefined) throw new Error(`Trino has no pods of role ${wanted}`);
    return found;
  };
  const { replicas, cpu } = settings.worker;
  const worker = { query: config.trinoMemory(groupOf("worker").limits.memory).query, replicas, cpu };
  const memory = config.trinoMemory(groupOf(role).limits.memory);
  const cache = cacheManager(lake);
  return {
    mountPath: config.ETC,
    files: {
      ...programs(),
      ...(cache === undefined ? {} : { [config.CACHE_MANAGER_FILE]: cache }),
      "config.properties": config.configProperties({
        coordinator: role === "coordinator",
        memory,
        worker,
        discoveryUrl: `http://${serviceHost("trino", groupOf("coordinator").namespace)}:${String(config.PORT)}`,
        spill: settings.spill,
        ...(settings.maxSeconds === undefined ? {} : { maxSeconds: settings.maxSeconds }),
        cacheManager: cache !== undefined,
        more: { ...https, ...signIn, ...front },
      }),
      "jvm.config": config.jvmConfig(memory),
      "node.properties": config.nodeProperties("lakehouse"),
      "log.properties": properties({ "io.trino": "INFO" }),
      ...(signIn !== undefined
        ? SIGNED_IN.files
        : {
            "access-control.properties": properties({
              "access-control.name": "file",
              "security.config-file": "/etc/trino/rules.json",
            }),
            "rules.json": config.accessControl(catalogs.writable, catalogs.readOnly),
          }),
      ...(role === "coordinator"
        ? {
            "resource-groups.properties": properties({
              "resource-groups.configuration-manager": "file",
              "resource-groups.config-file": "/etc/trino/resource-groups.json",
            }),
            "resource-groups.json": config.resourceGroups(settings.concurrency, signIn !== undefined),
          }
        : {}),
    },
  };
}

const programs = () =>
  Object.fromEntries(config.PROGRAMS.map((file) => [file, readFileSync(join(__dirname, "programs", file), "utf8")]));
