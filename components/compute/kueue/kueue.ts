import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { PodGroup } from "../../core/pod-group";
import type { Admission, JobQueues } from "../../core/queueing";
import { Service } from "../../core/service";
import {
  API_VERSION,
  clusterQueue,
  clusterQueueName,
  flavor,
  flavorName,
  jobLabels,
  priorities,
  priorityName,
  tolerations,
} from "./queues.config";
import type { KueueSettings } from "./settings";

export interface KueueArgs {
  /** Of the jobs. */
  readonly namespace: string;
  readonly settings: KueueSettings;
}

/** Queues of jobs by Kueue: what each may use of a client's pods. */
export class Kueue extends Service implements JobQueues {
  private readonly args: KueueArgs;
  private readonly ranks: readonly pulumi.Resource[];

  constructor(args: KueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("compute:Kueue", "queues", { namespace: args.namespace, pods: [] }, opts);
    this.args = args;
    this.ranks = priorities().map(({ priority, ...rank }) =>
      this.made("WorkloadPriorityClass", priorityName(priority), rank),
    );
    this.registerOutputs({ queues: Object.keys(args.settings.queues) });
  }

  admit(client: Service, roles: readonly PodGroup[]): Admission {
    const { namespace, settings } = this.args;
    const flavors = roles.map((group) => this.made("ResourceFlavor", flavorName(group), { spec: flavor(group) }));
    const queues = Object.keys(settings.queues).map((queue) => {
      const name = clusterQueueName(namespace, queue);
      const spec = clusterQueue(queue, settings.queues, roles, namespace);
      const cluster = this.made("ClusterQueue", name, { spec }, flavors);
      const metadata = this.metadata(queue, "");
      const facts = { apiVersion: API_VERSION, kind: "LocalQueue", metadata };
      return this.custom(`${client.service}-queue-${queue}`, facts, { clusterQueue: name }, { dependsOn: cluster });
    });
    return {
      labels: jobLabels,
      tolerations: (role) => tolerations({ namespace: client.namespace, service: client.service, role }),
      after: [...queues, ...this.ranks],
    };
  }

  /** A resource of the cluster. */
  private made(kind: string, name: string, body: object, after: pulumi.Resource[] = []): pulumi.Resource {
    const { labels } = this.metadata(name, "");
    const args = { apiVersion: API_VERSION, kind, metadata: { name, labels }, ...body };
    return new k8s.apiextensions.CustomResource(name, args, { parent: this, dependsOn: after });
  }
}
