import type { Ground, Place } from "../../../sandbox/engines/ground";
import { makeMetastoreSchema, startMetastore } from "../../../sandbox/engines/metastore/metastore";
import { startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { startPostgres } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { submit } from "../../../sandbox/engines/spark/spark";
import { startNode } from "../../../sandbox/engines/trino/trino";
import { type Broken, breaks } from "../broken";
import { stage } from "./stage";

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

const S3: Place[] = ["s3", "console"];
const STORE = "manifests/lakehouse-storage";
const CATALOG = "manifests/lakehouse-catalog";
const QUERY = "manifests/lakehouse-query";
const COMPUTE = "manifests/lakehouse-compute";

const CASES: readonly Broken[] = [
  {
    what: "an argument of the object store",
    file: `${STORE}/statefulset-minio.yaml`,
    from: "--address",
    to: "--adress",
    own: S3,
    start: minio,
    error: /flag provided but not defined|adress/,
  },
  {
    what: "an action in a user's policy",
    file: "resources/minio/iampolicy-spark.yaml",
    from: "s3:GetObject",
    to: "s3:GetObjekt",
    own: S3,
    start: minio,
    error: /GetObjekt|unsupported action|invalid/i,
  },
  {
    what: "a policy that is attached",
    file: "resources/minio/iamuserpolicyattachment-trino.yaml",
    from: "trino",
    to: "trinno",
    own: S3,
    start: minio,
    error: /specified user does not exist/i,
  },
  {
    what: "a parameter of the database",
    file: `${STORE}/cluster-postgres.yaml`,
    from: "logical",
    to: "logicall",
    own: ["postgres"],
    start: postgres,
    error: /logicall/,
  },
  {
    what: "the owner of a database",
    file: "resources/postgresql/database-metastore.yaml",
    from: "hive_metastore",
    to: "hive_metastor",
    own: ["postgres"],
    start: postgres,
    error: /role "hive_metastor" does not exist/,
  },
  {
    what: "the database of the metastore's schema",
    file: `${CATALOG}/configmap-metastore-tasks-schema-conf.yaml`,
    from: "5432/metastore",
    to: "5432/metastor",
    own: [],
    start: (ground) => makeMetastoreSchema(ground),
    error: /database "metastor" does not exist/,
  },
  {
    what: "the database of the metastore",
    file: `${CATALOG}/configmap-hive-metastore-server-conf.yaml`,
    from: "5432/metastore",
    to: "5432/metastor",
    own: ["thrift", "metastoreMetrics"],
    start: startMetastore,
    error: /database "metastor" does not exist/,
  },
  {
    what: "the names of the metastore\'s metrics",
    file: `${CATALOG}/configmap-hive-metastore-server-conf.yaml`,
    from: "metrics:*",
    to: "metrics*",
    own: ["thrift", "metastoreMetrics"],
    start: startMetastore,
    error: /MalformedObjectNameException/,
  },
  {
    what: "a property of Trino",
    file: `${QUERY}/configmap-trino-coordinator-etc.yaml`,
    from: "spill-enabled",
    to: "spill-enabledd",
    own: ["trino"],
    start: coordinator,
    error: /spill-enabledd/,
  },
  {
    what: "a property of a catalog",
    file: `${QUERY}/configmap-trino-coordinator-catalog.yaml`,
    from: "s3.path-style-access",
    to: "s3.path-stile-access",
    own: ["trino"],
    start: coordinator,
    error: /path-stile-access/,
  },
  {
    what: "memory beyond the heap",
    file: `${QUERY}/configmap-trino-coordinator-etc.yaml`,
    from: "headroom-per-node=384MB",
    to: "headroom-per-node=450MB",
    own: ["trino"],
    start: coordinator,
    error: /cannot be larger than the available heap/,
  },
  {
    what: "the group of a selector",
    file: `${QUERY}/configmap-trino-coordinator-etc.yaml`,
    from: "lakehouse.pipelines",
    to: "lakehouse.pipeline",
    own: ["trino"],
    start: coordinator,
    error: /nonexistent group: lakehouse\.pipeline\b/,
  },
  {
    what: "the class that reads files",
    file: `${COMPUTE}/sparkapplication-bronze-to-silver.yaml`,
    from: "S3FileIO",
    to: "S3FileOI",
    own: [],
    start: spark,
    error: /S3FileOI/,
  },
];

breaks(stage, CASES);
