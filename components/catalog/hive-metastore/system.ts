import { maybe, one, system } from "../../core/system";
import { NO_LIBRARIES } from "../../core/jars";
import { fetched, image } from "../../core/uses";
import { shared } from "../../core/versions";
import { pins } from "./pins";
import { hiveMetastorePods, metastoreTaskPods } from "./pods";
import { hiveMetastore as settings } from "./settings";
import { monitoring } from "./monitoring";
import { REST_PORT, THRIFT_PORT } from "./config";

const production = { server: { replicas: 3, cpu: 2, memory: "8Gi" } };

/** Table catalog: which tables exist, where their files are, and who changes them. */
export const hiveMetastore = system({
  summary: "Table catalog: which tables exist, where their files are, and who changes them.",
  section: "catalog",
  key: "hiveMetastore",
  settings,
  presets: {
    dev: { server: { replicas: 1, cpu: 0.25, memory: "1Gi" } },
    homelab: { server: { replicas: 2, cpu: 0.5, memory: "4Gi" } },
    minimal: production,
    medium: production,
    large: production,
  },
  least: { server: 1024 },
  pins,
  uses: (own) => {
    const source = { service: "hive-metastore", instead: "an own image", setting: "lakehouse:catalog.hiveMetastore" };
    const on = { ...source, setting: `${source.setting}.enabled`, instead: "false" };
    return [
      // The backup dumps with the first image and uploads with the second.
      image(shared.postgres, on),
      image(shared.minioClient, on),
      ...(own.image === undefined
        ? [image(pins.hiveMetastore, { ...source, setting: `${source.setting}.image` })]
        : []),
      ...(own.jars === "fetch" ? fetched(source.service, source.setting, pins.hiveMetastore) : []),
    ];
  },
  clients: ["hive-metastore", "metastore-tasks"],
  needs: { objects: one("objects"), database: one("database"), libraries: maybe("libraries") },
  gives: ["tables"],
  pods: ({ platform, settings: own }) => [...hiveMetastorePods(platform, own), ...metastoreTaskPods(platform, own)],
  monitoring: () => ({ "hive-metastore": monitoring }),
  doors: ({ platform }) => {
    const place = { namespace: platform.namespace("catalog"), service: "hive-metastore", signIn: undefined };
    const secure = platform.tls ? { scheme: "https" } : {};
    return [
      { ...place, name: "hive-metastore-rest", kind: "iceberg-rest", port: REST_PORT, ...secure },
      { ...place, name: "hive-metastore", kind: "thrift", port: THRIFT_PORT, scheme: "thrift", tls: platform.tls },
    ];
  },
  create: ({ libraries = NO_LIBRARIES, ...args }, opts) => {
    const door = args.stack.door("hive-metastore-rest")?.host;
    const { HiveMetastore } = require("./hive-metastore") as typeof import("./hive-metastore");
    const metastore = new HiveMetastore("hive-metastore", { ...args, libraries, door }, opts);
    return { services: [metastore, metastore.tasks], tables: metastore.tables };
  },
});
