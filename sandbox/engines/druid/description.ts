import { pins } from "../../../components/pins";
import { description } from "../description";

const NOT_HAD = "no package registry has the extension";
const PLACE = "ZooKeeper stands in for the API server, because no package registry has the extension for it";

export const druid = description({
  artefacts: {
    druid: {
      what: "Druid, and ZooKeeper",
      version: "25.0.0",
      extra: true,
      from: { kind: "pom", pom: "druid/druid.pom.xml" },
      standsFor: {
        version: pins.druid.version,
        why: "the newest version whose PostgreSQL extension a registry has; both versions know all rendered properties",
      },
    },
    druidPostgres: {
      what: "Druid's metadata in PostgreSQL",
      version: "25.0.0",
      extra: true,
      from: { kind: "pom", pom: "druid/druid-postgres.pom.xml" },
    },
    druidS3: {
      what: "Druid's segments in an object store",
      version: "25.0.0",
      extra: true,
      from: { kind: "pom", pom: "druid/druid-s3.pom.xml" },
    },
    druidSecurity: {
      what: "Druid's users",
      version: "27.0.0",
      extra: true,
      from: { kind: "pom", pom: "druid/druid-security.pom.xml" },
      standsFor: { version: "25.0.0", why: "no registry has the extension for Druid 25; this one loads and works" },
    },
  },
  proofs: [
    {
      system: "Druid",
      from: "all five workloads with their files, commands, users and read-only root; PostgreSQL and MinIO with the granted role, user and bucket; the container that makes users; the task that submits a batch",
      seen: [
        "starts every role from its rendered files, and reports its health without a login",
        "accepts the stack's users and no others; readers can only read",
        "ingests files once with the rendered task, and answers queries through the router",
        "keeps a row for each country and day of records that are rolled up, and their exact totals",
        "keeps segments below its own prefix, and its user has no access elsewhere",
        "loses no data when a historical loses its process and volume, or when the coordinator crashes",
        "has no password in its files or in the process list",
      ],
    },
  ],
  allowed: [
    { file: /^druid\/common/, key: /^druid\.(zk\.service\.enabled|discovery\.)/, kind: "left out", why: PLACE },
    { file: /^druid\/common/, key: /^druid\.zk\.service\.host$/, kind: "added", why: PLACE },
    { file: /^druid\/common/, key: /^druid\.(emitter|extensions\.loadList)/, kind: "left out", why: NOT_HAD },
    { file: /^druid\/command$/, key: /^-Ddruid\.extensions\.loadList$/, kind: "added", why: NOT_HAD },
  ],
  absent: [
    ["Druid's discovery by the API server", "no package registry has druid-kubernetes-extensions"],
    ["Druid's metrics", "no package registry has prometheus-emitter; the names of metrics come from its source code"],
    [
      "Druid's streams from Kafka",
      "registries have the Kafka extension only for a version without the PostgreSQL extension",
    ],
  ],
});
