import { pins } from "../../../components/pins";
import { BIND, FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";

const CONF = /^spark-connect\/connect\.conf$/;
const CLUSTER = "executors are pods; here the server and its executor are one process";

export const sparkConnect = description({
  artefacts: {
    sparkClient: {
      what: "Spark Connect's Python client",
      version: "4.0.4",
      from: { kind: "python", lock: "spark-connect/client.lock.txt" },
      standsFor: {
        version: pins.spark.version,
        why: "PyPI has no newer client of this line; the server is the stack's",
      },
    },
  },
  proofs: [
    {
      system: "Spark Connect",
      from: "its ConfigMap, command and variables, its user and rights in the object store, and the address that a client gets; in the place of Kubernetes driver and executor are one process",
      seen: [
        "a session reads the known totals of a table that a job wrote",
        "a session writes a table of the namespace scratch, and reads it again",
        "a session writes no other table, and does not read raw data",
        "a client without a token, or with another one, is refused",
        "the server has the metric of its heap that an alert asks for",
      ],
    },
  ],
  allowed: [
    {
      file: CONF,
      key: /^spark\.(sql\.catalog\.lakehouse\.(uri|s3\.endpoint)|hadoop\.fs\.s3a\.endpoint|driver\.(host|bindAddress))$/,
      kind: "endpoint",
      why: ONE_MACHINE,
    },
    { file: CONF, key: /^spark\.((driver|executor)\.extraClassPath|local\.dir)$/, kind: "path", why: FOLDER },
    {
      file: CONF,
      key: /^spark\.(ui\.port|driver\.port|blockManager\.port|driver\.blockManager\.port|connect\.grpc\.binding\.port)$/,
      kind: "port",
      why: ONE_MACHINE,
    },
    { file: CONF, key: /^spark\.connect\.grpc\.binding\.address$/, kind: "added", why: BIND },
    { file: CONF, key: /^spark\.sql\.shuffle\.partitions$/, kind: "added", why: CLUSTER },
    { file: CONF, key: /^spark\.master$/, kind: "left out", why: CLUSTER },
    { file: /^spark-connect\/args$/, key: /^--master$/, kind: "added", why: CLUSTER },
    { file: /^spark-connect\/args$/, key: /^(command|--properties-file)$/, kind: "path", why: FOLDER },
  ],
  local: { spark: () => (require("./local") as typeof import("./local")).part },
  absent: [
    ["the next generation of Spark Connect's token", "its test is written and was not run yet"],
    ["executors of Spark Connect as pods, and that idle ones go", "they need a cluster whose nodes run containers"],
  ],
});
