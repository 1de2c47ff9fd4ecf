import type * as pulumi from "@pulumi/pulumi";

import { type Endpoint, serviceEndpoint } from "../../core/endpoint";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import { Workload } from "../../core/workload";
import * as config from "./etcd.config";
import { etcdMonitoring } from "./etcd.monitoring";
import { pins } from "./pins";
import { DATA, ETCD, etcdPods, MEMBER } from "./pods";
import type { MilvusSettings } from "./settings";

export interface EtcdArgs {
  readonly platform: Platform;
  readonly settings: MilvusSettings;
}

/** The image knows none. */
const USER = 65_532;

/** etcd with Milvus' metadata. It asks for no user: only pods of Milvus reach it. */
export class Etcd extends Service {
  /** Each pod by a name of its own. */
  readonly endpoint: Endpoint;
  /** `host:port` of each pod. */
  readonly hosts: readonly string[];
  /** Ready once a majority is. */
  readonly running: pulumi.Resource;

  constructor({ platform, settings }: EtcdArgs, opts?: pulumi.ComponentResourceOptions) {
    const namespace = platform.namespace("query");
    super(
      "query:MilvusEtcd",
      ETCD,
      { namespace, pods: etcdPods(platform, settings), monitoring: etcdMonitoring },
      opts,
    );
    const { client, peer } = config.PORTS;
    const pods = this.peer(MEMBER);
    this.endpoint = serviceEndpoint({ name: ETCD, peer: pods, service: ETCD, port: client, scheme: "http" });
    this.hosts = config.endpoints(settings, namespace);
    const group = this.group(MEMBER);
    if (group.replicas > 1)
      this.link({ ...this.endpoint, name: `${ETCD}-members`, port: peer, targetPorts: [client, peer] }, MEMBER);
    this.running = new Workload(
      pods.name,
      {
        group,
        version: pins.etcd.version,
        user: USER,
        priorityClass: group.priorityClass,
        serviceName: ETCD,
        servicePorts: { client: { port: client }, peer: { port: peer } },
        dataOptions: platform.dataOptions,
        containers: [
          {
            name: "etcd",
            image: pins.etcd.image,
            command: ["/usr/local/bin/etcd"],
            args: config.etcdArgs(settings, namespace),
            env: { POD_NAME: { fieldRef: { fieldPath: "metadata.name" } } },
            ports: { client, peer, [config.METRICS.portName]: config.METRICS.port },
            mounts: { [config.DATA_DIRECTORY]: DATA },
            // Ready within a majority, so that a roll waits before the next one; alive without, so that none is lost to an outage of others.
            startupProbe: health("/health?serializable=true", 120),
            readinessProbe: health("/health", 3),
            livenessProbe: health("/health?serializable=true", 8),
          },
        ],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

const health = (path: string, failureThreshold: number) => ({
  httpGet: { path, port: config.METRICS.portName },
  periodSeconds: 5,
  timeoutSeconds: 5,
  failureThreshold,
});
