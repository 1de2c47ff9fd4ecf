import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { check } from "./check";
import { PORT } from "./config";
import { etcdMonitoring } from "./etcd.monitoring";
import { monitoringOf } from "./monitoring";
import { pins } from "./pins";
import { doorRole, ETCD, etcdPods, milvusPods, NAME } from "./pods";
import { milvus as settings } from "./settings";

const production = (queryNodes: number, cache: string) =>
  ({
    mode: "cluster",
    proxy: { replicas: 2, cpu: 1, memory: "4Gi" },
    mixCoord: { replicas: 2, cpu: 1, memory: "4Gi" },
    dataNode: { replicas: 2, cpu: 4, memory: "16Gi" },
    queryNode: { replicas: queryNodes, cpu: 8, memory: "32Gi" },
    streamingNode: { replicas: 2, cpu: 2, memory: "8Gi" },
    cache,
    scratch: "20Gi",
    etcd: { replicas: 3, cpu: 0.5, memory: "2Gi" },
    etcdVolume: "20Gi",
  }) as const;

export const milvus = system({
  section: "query",
  key: "milvus",
  summary:
    "Vectors that are found by their distance: Milvus, with etcd for its metadata and everything else in the object store.",
  settings,
  presets: {
    dev: {
      standalone: { cpu: 0.5, memory: "2Gi" },
      cache: "5Gi",
      etcd: { cpu: 0.05, memory: "256Mi" },
      etcdVolume: "2Gi",
    },
    // The smallest tier's bill has no Milvus; two query nodes are enough to try it.
    minimal: production(2, "100Gi"),
    medium: production(2, "200Gi"),
    large: production(4, "500Gi"),
  },
  // Go and C++, whose memory follows from what is loaded; below these a process starts and has no room to work.
  least: {
    standalone: 2048,
    proxy: 256,
    mixCoord: 512,
    dataNode: 1024,
    queryNode: 1024,
    streamingNode: 1024,
    etcd: 128,
  },
  check,
  pins,
  uses: (own) => {
    const on = { service: NAME, setting: "lakehouse:query.milvus.enabled", instead: "false" };
    const copies = { service: NAME, setting: "lakehouse:query.milvus.backup.method", instead: "off" };
    return [
      image(pins.milvus, on),
      image(pins.etcd, { ...on, service: ETCD }),
      // Users and rights are made by a client of HTTP.
      image(shared.nginx, on),
      ...(own.backup.method === "off" ? [] : [image(pins.milvusBackup, copies)]),
    ];
  },
  clients: [NAME],
  keepsObjects: true,
  needs: { objects: one("objects") },
  gives: ["vectors"],
  pods: ({ platform, settings: own }) => [...etcdPods(platform, own), ...milvusPods(platform, own)],
  monitoring: ({ settings: own }) => ({ [ETCD]: etcdMonitoring, [NAME]: monitoringOf(own) }),
  doors: ({ platform, settings: own }) => [
    {
      name: NAME,
      kind: "milvus",
      namespace: platform.namespace("query"),
      service: NAME,
      port: PORT,
      signIn: "its users by password",
      pods: { role: doorRole(own) },
    },
  ],
  create: ({ platform, settings: own, objects, grants }, opts) => {
    const { Etcd } = require("./etcd") as typeof import("./etcd");
    const { Milvus } = require("./milvus") as typeof import("./milvus");
    const etcd = new Etcd({ platform, settings: own }, opts);
    const made = new Milvus({ platform, settings: own, objects, etcd, described: grants }, opts);
    return { services: [etcd, made], vectors: made.vectors };
  },
});
