import { jars, versions } from "../../../components/core/versions";

/** A file of Maven Central: `group:artifact:version[:type[:classifier]]`. Maven checks its sum. */
interface MavenFile {
  readonly kind: "maven";
  readonly coordinates: string;
  /** The archive is unpacked; of these folders in it only the named entries stay. @default it stays as it is */
  readonly unpack?: { readonly keep: Readonly<Record<string, readonly string[]>> };
}

/** The runtime libraries of a pom in this project, by its path from `sandbox/engines/`. */
interface MavenLibraries {
  readonly kind: "pom";
  readonly pom: string;
}

/** A jar that the product itself fetches, with its sum. */
interface ProductJar {
  readonly kind: "jar";
  readonly jar: keyof typeof jars;
}

/** Commands of a Go module in `tools/`. */
interface GoCommands {
  readonly kind: "go";
  readonly module: string;
  readonly packages: readonly string[];
}

/** A virtual environment of a lock file, by its path from `sandbox/engines/`. */
interface PythonEnvironment {
  readonly kind: "python";
  readonly lock: string;
}

/** The source archive of a package on PyPI, unpacked; only the named folder of it stays. */
interface PythonArchive {
  readonly kind: "sdist";
  readonly package: string;
  readonly folder: string;
}

/** Programs of a Debian package; where they are installed already, whatever the system, those are used. */
interface DebianPackage {
  readonly kind: "debian";
  readonly package: string;
  readonly program: string;
  /** Where it is in the package. @default "usr/bin" */
  readonly folder?: string;
}

export interface Artefact {
  readonly what: string;
  readonly version: string;
  readonly from:
    MavenFile | MavenLibraries | ProductJar | GoCommands | PythonEnvironment | PythonArchive | DebianPackage;
  /** What the product runs, and why another version stands for it here. @default the same version */
  readonly standsFor?: { readonly version: string; readonly why: string };
}

const product = (jar: keyof typeof jars): Artefact => ({
  what: jars[jar].artifact,
  version: jars[jar].version,
  from: { kind: "jar", jar },
});

/** Plugins that the rendered catalogs and the tests need, those without which Trino does not start, and what brings results. */
const TRINO_PLUGINS = [
  "delta-lake",
  "geospatial",
  "iceberg",
  "jmx",
  "kafka",
  "memory",
  "postgresql",
  "resource-group-managers",
  "spooling-filesystem",
  "tpcds",
  "tpch",
];

/** Everything that is downloaded or built, with its version. */
export const artefacts = {
  minio: {
    what: "object store with the MinIO API, and its client",
    version: "v0.0.0-20260212201848-7aac2a2c5b7c",
    from: { kind: "go", module: "minio", packages: ["github.com/minio/minio", "github.com/minio/mc"] },
    standsFor: { version: `Silo ${versions.minio}`, why: "Silo is an image only; this is the code that it forked" },
  },
  python: {
    what: "PostgreSQL with pgvector; from the same place PySpark and the independent readers",
    version: "16.14",
    from: { kind: "python", lock: "python.lock.txt" },
    standsFor: { version: `PostgreSQL ${versions.postgres}`, why: "no registry has 18 with its clients and pgvector" },
  },
  trino: {
    what: "Trino",
    version: "476",
    from: {
      kind: "maven",
      coordinates: "io.trino:trino-server:476:tar.gz",
      unpack: { keep: { plugin: TRINO_PLUGINS } },
    },
    standsFor: {
      version: versions.trino,
      why: "476 is the last server archive on Maven Central; the files are rendered for it, by the stack's own setting",
    },
  },
  metastore: {
    what: "Hive Metastore",
    version: "4.0.1",
    from: { kind: "pom", pom: "java/metastore.pom.xml" },
    standsFor: {
      version: versions.hive,
      why: "4.0.1 is the newest server on Maven Central; it has no Iceberg REST port",
    },
  },
  metastoreScripts: {
    what: "schema scripts of the metastore",
    version: "4.0.1",
    from: {
      kind: "maven",
      coordinates: "org.apache.hive:hive-standalone-metastore-server:4.0.1:tar.gz:bin",
      unpack: { keep: { lib: [] } },
    },
    standsFor: { version: versions.hive, why: "they belong to the metastore above" },
  },
  icebergRest: {
    what: "Iceberg REST catalog",
    version: versions.iceberg,
    from: { kind: "maven", coordinates: `org.apache.iceberg:iceberg-open-api:${versions.iceberg}:jar` },
    standsFor: {
      version: `the REST port of Hive ${versions.hive}`,
      why: "stands in for the port that metastore 4.0.1 lacks: Iceberg's own server, tables kept in the metastore's database",
    },
  },
  postgresJdbc: product("postgresJdbc"),
  awsSdk: product("awsSdk"),
  jmxExporter: product("jmxExporter"),
  icebergSpark: product("icebergSpark"),
  icebergAws: product("icebergAws"),
  kafka: {
    what: "Kafka and Kafka Connect",
    version: "4.1.2",
    from: { kind: "pom", pom: "java/kafka.pom.xml" },
    standsFor: {
      version: versions.kafka,
      why: "4.1.2 is the newest that Debezium below was made for; all that the stack sets is known to both",
    },
  },
  debezium: {
    what: "Debezium's connector for PostgreSQL",
    version: "3.3.2.Final",
    from: {
      kind: "maven",
      coordinates: "io.debezium:debezium-connector-postgres:3.3.2.Final:tar.gz:plugin",
      unpack: { keep: {} },
    },
    standsFor: { version: versions.debezium, why: "its plugin archive could not be had; this one is of Kafka 4.1" },
  },
  flink: {
    what: "Flink",
    version: versions.flink,
    from: { kind: "sdist", package: "apache-flink-libraries", folder: "deps" },
  },
  flinkMore: {
    what: "Flink's SQL gateway and its plugin for the object store",
    version: "2.0.0",
    from: { kind: "pom", pom: "java/flink.pom.xml" },
    standsFor: { version: versions.flink, why: "Maven Central's newest of this line that could be had" },
  },
  icebergFlink: product("icebergFlink"),
  flinkKafka: product("flinkKafka"),
  hadoopApi: product("hadoopApi"),
  hadoopRuntime: product("hadoopRuntime"),
  prometheus: {
    what: "Prometheus",
    version: "2.42",
    from: { kind: "debian", package: "prometheus", program: "prometheus" },
    standsFor: { version: "the cluster's own", why: "the stack brings none; this is Debian's" },
  },
  nginx: {
    what: "nginx",
    version: "1.22",
    from: { kind: "debian", package: "nginx", program: "nginx", folder: "usr/sbin" },
    standsFor: { version: versions.nginx, why: "no registry has that one; this is Debian's" },
  },
  busybox: {
    what: "BusyBox, the shell and the tools of Alpine's images",
    version: "1.35",
    from: { kind: "debian", package: "busybox", program: "busybox", folder: "bin" },
    standsFor: { version: "the image's own", why: "no registry has the image; this is Debian's" },
  },
  airflow: {
    what: "Airflow, with its providers for Kubernetes and Trino",
    version: "3.1.8",
    from: { kind: "python", lock: "airflow.lock.txt" },
    standsFor: {
      version: "the cluster's own",
      why: "the stack brings none; 3.2.2 is the default of its current chart",
    },
  },
  alertmanager: {
    what: "Alertmanager",
    version: "v0.28.1",
    from: { kind: "go", module: "alertmanager", packages: ["github.com/prometheus/alertmanager/cmd/alertmanager"] },
    standsFor: { version: "the cluster's own", why: "the stack brings none" },
  },
} as const satisfies Record<string, Artefact>;

export type ArtefactName = keyof typeof artefacts;

/** Where each artefact is: a file for a jar, a folder otherwise. */
export type Tools = Readonly<Record<ArtefactName, string>>;
