import { properties } from "../formats";
import type { Engine } from "../engine";
import type { Ground } from "../ground";
import { makeMetastoreSchema, type MetastorePrograms, startMetastore } from "../metastore/metastore";
import { nodesAreReady, startNode } from "../trino/trino";

/** What Presto 0.287 reads: a metastore 3.1.3 with the stack's files, and Trino that writes tables to it. */

/** The metastore 3.1.3. */
export const OLD_METASTORE: MetastorePrograms = {
  libraries: "prestoMetastore",
  scripts: "prestoMetastoreScripts",
  schemaTool: "org.apache.hadoop.hive.metastore.tools.MetastoreSchemaTool",
  schemaArgs: ({ changes }, rendered) => {
    const file = "metastore/schema";
    changes.value(file, "-initOrUpgradeSchema", "as rendered", undefined);
    return rendered.map((arg) =>
      arg === "-initOrUpgradeSchema" ? changes.value(file, "-initSchema", undefined, "-initSchema") : arg,
    );
  },
};

export async function startOldMetastore(ground: Ground): Promise<Engine> {
  await makeMetastoreSchema(ground, OLD_METASTORE);
  return startMetastore(ground, "metastore", false, OLD_METASTORE);
}

/** A coordinator alone, with the catalogs `iceberg` and `hive` of that metastore in addition to the rendered ones. */
export async function startWriter(ground: Ground): Promise<Engine> {
  const { rendered } = ground;
  const lakehouse = rendered.configMap("trino-coordinator-catalog")["lakehouse.properties"] ?? "";
  const delta = rendered.configMap("trino-coordinator-catalog")["delta.properties"] ?? "";
  const store = lakehouse.split("\n").filter((line) => /^(fs\.native-s3|s3)\./.test(line));
  const catalog = (name: string, ...lines: string[]) => {
    const uri = `hive.metastore.uri=${ground.local(properties.get(delta, "hive.metastore.uri") ?? "")}`;
    const text = ground.local([...lines, uri, ...store, ""].join("\n"));
    return { [`catalog/${name}.properties`]: text };
  };
  const writer = await startNode(ground, "coordinator", "trino-coordinator", {
    config: () => ({ "node-scheduler.include-coordinator": undefined }),
    files: {
      ...catalog("iceberg", "connector.name=iceberg", "iceberg.catalog.type=hive_metastore"),
      ...catalog("hive", "connector.name=hive"),
    },
    catalogs: ["iceberg", "hive"],
  });
  await nodesAreReady(ground, { count: 1 });
  return writer;
}
