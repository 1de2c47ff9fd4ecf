import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ObjectStore } from "../../core/capabilities";
import { type Endpoint, type PodPeer, serviceEndpoint, url } from "../../core/endpoint";
import { selector } from "../../core/labels";
import { Link } from "../../core/link";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import * as config from "./config";
import type { CopyFacts } from "./indices";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { front } from "../search-nodes";
import { NAME, nodePods } from "./pods";
import type { ElasticsearchSettings } from "./settings";

export interface ElasticsearchArgs {
  readonly platform: Platform;
  readonly settings: ElasticsearchSettings;
  readonly objects: ObjectStore;
  /** The pods of the operator, which connects to the nodes. */
  readonly operator: PodPeer;
}

/** Prefix of the copies in the bucket. */
const PREFIX = `${NAME}/`;
/** The operator has no condition `Ready`, but a phase. */
export const APPLIED = { "pulumi.com/waitFor": "jsonpath={.status.phase}=Ready" };

/** The nodes of Elasticsearch, as a resource of the ECK operator. */
export class Elasticsearch extends Service {
  readonly endpoint: Endpoint;
  /** Place of the copies; undefined where none are made. */
  readonly copy: CopyFacts | undefined;
  readonly running: pulumi.Resource;

  constructor(name: string, args: ElasticsearchArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, operator } = args;
    const facts = { namespace: platform.namespace("storage"), pods: nodePods(platform, settings), monitoring };
    super("storage:Elasticsearch", name, facts, opts);
    const role = front(settings);
    this.endpoint = serviceEndpoint({ name, peer: this.peer(role), service: name, port: config.HTTP_PORT });
    this.connect(operator);
    const copies = settings.snapshots.method === "s3" ? this.copies(objects) : undefined;
    this.copy = copies?.facts;
    this.running = this.custom(
      name,
      {
        apiVersion: config.API,
        kind: "Elasticsearch",
        metadata: { ...this.metadata(name, "nodes", pins.elasticsearch.version), annotations: APPLIED },
      },
      config.clusterSpec(this.pods, settings, copies?.s3),
      { dependsOn: this.parts, ...platform.dataOptions },
    );
    // The operator's own Service has all nodes behind it.
    new k8s.core.v1.Service(
      name,
      {
        metadata: this.metadata(name, role, pins.elasticsearch.version),
        spec: {
          selector: selector({ service: NAME, role }),
          ports: [{ name: "http", port: config.HTTP_PORT, targetPort: config.HTTP_PORT }],
        },
      },
      { parent: this },
    );
    this.registerOutputs({ url: url(this.endpoint) });
  }

  /** Nodes connect to each other, and the operator to each of them. */
  private connect(operator: PodPeer): void {
    const nodes = { ...this.endpoint, peer: this.peer() };
    const ports = { port: config.TRANSPORT_PORT, targetPorts: [config.TRANSPORT_PORT] };
    this.link({ ...nodes, ...ports, name: `${NAME}-nodes` });
    const each: Endpoint = { ...nodes, name: `${NAME}-each` };
    new Link(`${operator.name}-to-${each.name}`, { from: operator, to: each }, { parent: this });
  }

  /** Access to the bucket of copies. */
  private copies(objects: ObjectStore) {
    const keys = this.use(objects.grant(this, [{ bucket: "backups", prefix: PREFIX, level: "write" }]));
    const facts = { bucket: objects.buckets.backups, path: PREFIX.replace(/\/$/, "") };
    return { facts, s3: { url: url(objects.endpoint), region: objects.region, keys } };
  }
}
