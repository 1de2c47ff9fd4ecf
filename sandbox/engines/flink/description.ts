import { pins } from "../../../components/pins";
import { BIND, FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";
import { product } from "../obtain/artefact";

export const flink = description({
  artefacts: {
    flink: {
      what: "Flink",
      version: pins.flink.version,
      from: { kind: "sdist", package: "apache-flink-libraries", folder: "deps" },
    },
    flinkMore: {
      what: "Flink's SQL gateway and its plugin for the object store",
      version: "2.0.0",
      from: { kind: "pom", pom: "flink/flink.pom.xml" },
      standsFor: { version: pins.flink.version, why: "the newest 2.0 that is on Maven Central" },
    },
    icebergFlink: product(pins.icebergFlink),
    flinkKafka: product(pins.flinkKafka),
    hadoopApi: product(pins.hadoopApi),
    hadoopRuntime: product(pins.hadoopRuntime),
  },
  proofs: [
    {
      system: "Flink",
      from: "configuration, memory, variables and job of the FlinkDeployment, the SQL's ConfigMap; a JobManager and a TaskManager, checkpoints in the object store",
      seen: [
        "writes every order exactly once, and unreadable records to their own table with the reason",
        "loses and doubles no order when the TaskManager crashes",
        "fire when engines crash and resolve when they are back; every order is there exactly once",
        "sums up each minute's orders and amounts as they were sent",
        "flink: the engine exposes them, or they are listed with their source",
      ],
    },
  ],
  allowed: [
    {
      file: /^flink\/orders\.sql$/,
      key: /^(uri|s3\.endpoint|properties\.bootstrap\.servers)$/,
      kind: "endpoint",
      why: ONE_MACHINE,
    },
    { file: /^flink\/(args|env)$/, key: /^(--scriptUri|HADOOP_CLASSPATH)$/, kind: "path", why: FOLDER },
    { file: /^flink-\w+\/config\.yaml$/, key: /^io\.tmp\.dirs$/, kind: "path", why: FOLDER },
    { file: /^flink-\w+\/config\.yaml$/, key: /^s3\.endpoint$/, kind: "endpoint", why: ONE_MACHINE },
    {
      file: /^flink-\w+\/config\.yaml$/,
      key: /^(jobmanager\.rpc|blob\.server|taskmanager\.rpc|taskmanager\.data|metrics\.internal\.query-service|metrics\.reporter\.prom|rest)\.port$/,
      kind: "port",
      why: ONE_MACHINE,
    },
    {
      file: /^flink-\w+\/config\.yaml$/,
      key: /^((jobmanager\.rpc|rest)\.address|(jobmanager|taskmanager)\.bind-host|rest\.bind-address|taskmanager\.host)$/,
      kind: "added",
      why: BIND,
    },
    {
      file: /^flink-\w+\/config\.yaml$/,
      key: /^(high-availability|kubernetes)\./,
      kind: "left out",
      why: "leader election needs ConfigMaps of a cluster",
    },
  ],
  local: { flink: () => (require("./local") as typeof import("./local")).part },
  absent: [
    [
      "Flink's leader election by ConfigMaps",
      "they need a cluster; here a restarted JobManager finds the newest checkpoint in the object store",
    ],
  ],
});
