import { match, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { startFlinkProcess } from "../../sandbox/engines/flink";
import type { Ground, Place } from "../../sandbox/engines/ground";
import { startKafka } from "../../sandbox/engines/kafka";
import { makeMetastoreSchema, startMetastore } from "../../sandbox/engines/metastore";
import { startMinio } from "../../sandbox/engines/minio";
import { makeMinioResources } from "../../sandbox/engines/minio-resources";
import { startPostgres } from "../../sandbox/engines/postgres";
import { makePostgresResources } from "../../sandbox/engines/postgres-resources";
import { submit } from "../../sandbox/engines/spark";
import { startNode } from "../../sandbox/engines/trino";
import { stage } from "./stage";

interface Broken {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Ports that must be its own: the sound engine holds the others. */
  readonly own: readonly Place[];
  readonly start: (ground: Ground, name: string) => Promise<unknown>;
  /** What the engine says; any other failure is not the proof. */
  readonly says: RegExp;
}

const minio = async (ground: Ground, name: string) => {
  const engine = await startMinio(ground, name);
  try {
    await makeMinioResources(ground);
  } finally {
    await engine.kill();
  }
};
const postgres = async (ground: Ground, name: string) => {
  const started = await startPostgres(ground, name);
  try {
    await makePostgresResources(ground, started);
  } finally {
    await started.engine.kill();
  }
};
const coordinator = (ground: Ground, name: string) => startNode(ground, "coordinator", name);
const spark = (ground: Ground) => submit(ground, "bronze-to-silver", ["--ensure-only"]);
/** Told to the worker that runs: it refuses what it cannot run, and goes on with what it has. */
const connector = (ground: Ground) => stage().connect.on(ground).makeConnectors();
/** A job that cannot be planned ends its JobManager, which answers before that. */
const job = async (ground: Ground, name: string) => {
  const engine = await startFlinkProcess(ground, "jobManager", name);
  throw new Error(`ended with ${await engine.ended}`);
};

const S3: Place[] = ["s3", "console"];
const STORE = "manifests/lakehouse-storage";
const CATALOG = "manifests/lakehouse-catalog";
const QUERY = "manifests/lakehouse-query";
const COMPUTE = "manifests/lakehouse-compute";
const STREAMING = "manifests/lakehouse-streaming";

const CASES: readonly Broken[] = [
  {
    what: "an argument of the object store",
    file: `${STORE}/statefulset-minio.yaml`,
    from: "--address",
    to: "--adress",
    own: S3,
    start: minio,
    says: /flag provided but not defined|adress/,
  },
  {
    what: "an action in a user's policy",
    file: "resources/minio/iampolicy-spark.yaml",
    from: "s3:GetObject",
    to: "s3:GetObjekt",
    own: S3,
    start: minio,
    says: /GetObjekt|unsupported action|invalid/i,
  },
  {
    what: "a policy that is attached",
    file: "resources/minio/iamuserpolicyattachment-trino.yaml",
    from: "trino",
    to: "trinno",
    own: S3,
    start: minio,
    says: /specified user does not exist/i,
  },
  {
    what: "a parameter of the database",
    file: `${STORE}/cluster-postgres.yaml`,
    from: "logical",
    to: "logicall",
    own: ["postgres"],
    start: postgres,
    says: /logicall/,
  },
  {
    what: "the owner of a database",
    file: "resources/postgresql/database-metastore.yaml",
    from: "hive_metastore",
    to: "hive_metastor",
    own: ["postgres"],
    start: postgres,
    says: /role "hive_metastor" does not exist/,
  },
  {
    what: "the database of the metastore's schema",
    file: `${CATALOG}/configmap-metastore-tasks-schema-conf.yaml`,
    from: "5432/metastore",
    to: "5432/metastor",
    own: [],
    start: makeMetastoreSchema,
    says: /database "metastor" does not exist/,
  },
  {
    what: "the database of the metastore",
    file: `${CATALOG}/configmap-hive-metastore-server-conf.yaml`,
    from: "5432/metastore",
    to: "5432/metastor",
    own: ["thrift", "metastoreMetrics"],
    start: startMetastore,
    says: /database "metastor" does not exist/,
  },
  {
    what: "the names of the metastore\'s metrics",
    file: `${CATALOG}/configmap-hive-metastore-server-conf.yaml`,
    from: "metrics:*",
    to: "metrics*",
    own: ["thrift", "metastoreMetrics"],
    start: startMetastore,
    says: /MalformedObjectNameException/,
  },
  {
    what: "a property of Trino",
    file: `${QUERY}/configmap-trino-coordinator-etc.yaml`,
    from: "spill-enabled",
    to: "spill-enabledd",
    own: ["trino"],
    start: coordinator,
    says: /spill-enabledd/,
  },
  {
    what: "a property of a catalog",
    file: `${QUERY}/configmap-trino-coordinator-catalog.yaml`,
    from: "s3.path-style-access",
    to: "s3.path-stile-access",
    own: ["trino"],
    start: coordinator,
    says: /path-stile-access/,
  },
  {
    what: "memory beyond the heap",
    file: `${QUERY}/configmap-trino-coordinator-etc.yaml`,
    from: "headroom-per-node=384MB",
    to: "headroom-per-node=450MB",
    own: ["trino"],
    start: coordinator,
    says: /cannot be larger than the available heap/,
  },
  {
    what: "the group of a selector",
    file: `${QUERY}/configmap-trino-coordinator-etc.yaml`,
    from: "lakehouse.pipelines",
    to: "lakehouse.pipeline",
    own: ["trino"],
    start: coordinator,
    says: /nonexistent group: lakehouse\.pipeline\b/,
  },
  {
    what: "the class that reads files",
    file: `${COMPUTE}/sparkapplication-bronze-to-silver.yaml`,
    from: "S3FileIO",
    to: "S3FileOI",
    own: [],
    start: spark,
    says: /S3FileOI/,
  },
  {
    what: "a role of Kafka's nodes",
    file: `${STREAMING}/kafkanodepool-combined.yaml`,
    from: "broker",
    to: "brooker",
    own: ["kafka", "kafkaPlain", "kafkaControl", "kafkaReplication", "kafkaMetrics"],
    start: startKafka,
    says: /Invalid value brooker for configuration process\.roles/,
  },
  {
    what: "the plugin that a connector reads by",
    file: `${STREAMING}/kafkaconnector-source-shop.yaml`,
    from: "pgoutput",
    to: "pgoutputt",
    own: [],
    start: connector,
    says: /'plugin\.name' value is invalid/,
  },
  {
    what: "the place of a connector in the database's log",
    file: `${STREAMING}/kafkaconnector-source-shop.yaml`,
    from: "connect_shop",
    to: "connect-shop",
    own: [],
    start: connector,
    says: /'slot\.name' value is invalid/,
  },
  {
    what: "the connector of a table in the job's SQL",
    file: `${STREAMING}/configmap-flink-sql.yaml`,
    from: "'connector' = 'kafka'",
    to: "'connector' = 'kafkaa'",
    own: ["flink", "flinkLeader", "flinkBlobs", "flinkLeaderQuery", "flinkLeaderMetrics"],
    start: job,
    says: /Could not find any factory for identifier 'kafkaa'/,
  },
];

/** So many start at once: much of a start is waiting. */
const AT_ONCE = 3;

describe("a rendered property that is wrong stops the engine that reads it", function () {
  this.timeout(300_000);

  const said = new Map<Broken, string | undefined>();

  /** What it said when it ended; nothing, where it started all the same. */
  async function attempt({ file, from, to, own, start }: Broken, name: string): Promise<string | undefined> {
    const { ground } = stage();
    // Outside: a file that has no such text is a mistake of the test.
    const broken = await ground.with(ground.rendered.with(file, from, to), ...own);
    try {
      await start(broken, name);
      return undefined;
    } catch (error) {
      const log = join(ground.run.folder, `${name}.log`);
      return String(error) + (existsSync(log) ? readFileSync(log, "utf8") : "");
    }
  }

  before(async () => {
    const waiting = CASES.entries();
    const some = async () => {
      for (const [at, each] of waiting) said.set(each, await attempt(each, `broken-${at}`));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, some));
  });

  for (const each of CASES) {
    it(`${each.what}: ${each.from} → ${each.to}`, () => {
      const words = said.get(each);
      ok(words !== undefined, "it started all the same");
      match(words, each.says);
    });
  }
});
