import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { DruidCluster } from "../../../sandbox/engines/druid/cluster";
import { startZooKeeper } from "../../../sandbox/engines/druid/druid";
import type { Ground } from "../../../sandbox/engines/ground";
import { JVM_OPTIONS } from "../../../sandbox/engines/jvm";
import { startKafka } from "../../../sandbox/engines/kafka/kafka";
import { EXTRA } from "../../../sandbox/engines/obtain";
import { Cluster } from "../../../sandbox/engines/opensearch/cluster";
import { makeHome } from "../../../sandbox/engines/opensearch/home";
import { startMariadb } from "../../../sandbox/engines/mariadb/mariadb";
import { OLD_METASTORE } from "../../../sandbox/engines/presto/sources";
import { startStage } from "../../../sandbox/engines/stage";
import { ValkeyServers } from "../../../sandbox/engines/valkey/servers";
import { staged } from "../stage";
import { CRM, load } from "./load";
import { rendering } from "./settings";

/** Services by their names in the cluster, with the addresses that their engines have here. */
const HOSTS = `127.0.0.1 localhost ${hostname()}
127.0.0.1 minio.lakehouse-storage.svc postgres-rw.lakehouse-storage.svc druid-router.lakehouse-druid.svc
127.0.0.11 valkey.lakehouse-storage.svc
127.0.0.31 mariadb.lakehouse-storage.svc
127.0.0.21 opensearch.lakehouse-storage.svc
`;

function hostsFile(ground: Ground): string {
  const file = ground.path("services");
  writeFileSync(file, HOSTS);
  return file;
}

/** Trino's JVMs look names up in a file: its catalogs name the other stores as rendered. */
const named = (ground: Ground) => ({
  env: {
    [JVM_OPTIONS]: ground.changes.value(
      "trino/env",
      JVM_OPTIONS,
      undefined,
      `${process.env[JVM_OPTIONS] ?? ""} -Djdk.net.hosts.file=${hostsFile(ground)}`,
    ),
  },
});

async function startSearch({ run, rendered, tools }: Ground): Promise<Cluster> {
  await makeHome(tools, join(run.folder, "home"));
  const cluster = Cluster.of(run, tools, rendered);
  await cluster.start(0);
  const { code, output } = await cluster.setup();
  if (code !== 0) throw new Error(output);
  return cluster;
}

/** All roles of Druid with ZooKeeper, and its users. */
async function startAllDruid(ground: Ground): Promise<DruidCluster> {
  await startZooKeeper(ground);
  const druid = new DruidCluster(ground);
  await druid.start();
  await druid.users();
  return druid;
}

let keys: ValkeyServers | undefined;

async function startValkey({ rendered, tools }: Ground): Promise<ValkeyServers> {
  keys = new ValkeyServers(tools, [0], rendered);
  keys.loadUsers();
  await keys.start(0);
  return keys;
}

after("Valkey ends", () => keys?.end());

/** The started engines, for use within tests and hooks: all stores of one stack, with Trino over them. */
export const stage = staged(
  (stack) =>
    startStage(stack, {
      rendered: rendering,
      ports: { s3: 9000, postgres: 5432, thrift: 9083 },
      extra: EXTRA,
      metastore: OLD_METASTORE,
      trino: named,
    }),
  async ({ ground, sql }) => {
    await startMariadb(ground, CRM);
    const kafka = await startKafka(ground);
    const search = await startSearch(ground);
    const druid = await startAllDruid(ground);
    const valkey = await startValkey(ground);
    await load({ ground, kafka, search, druid, sql, valkey });
    return { kafka, search, druid, valkey };
  },
  { alone: true },
);
