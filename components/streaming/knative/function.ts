import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Jobs, ObjectStore, OperatedLog } from "../../core/capabilities";
import { isSecure, url } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import { fingerprint } from "../../core/fingerprint";
import { tagOf } from "../../core/image";
import { DOMAIN } from "../../core/labels";
import { emptyDirectory, type Mount } from "../../core/operated-pod";
import { rights } from "../../core/rbac";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import * as config from "./config";
import { functionMonitoring } from "./monitoring";
import { knativePods } from "./pods";
import { CLUSTER_LOCAL, openToServing, openToSource, serviceSpec, SERVING } from "./serving";
import type { FunctionSettings, KnativeSettings } from "./settings";

export interface CleaningFunctionArgs extends Facts<KnativeSettings> {
  readonly name: string;
  readonly item: FunctionSettings;
  readonly objects: ObjectStore;
  readonly log: OperatedLog;
  readonly jobs: Jobs | undefined;
}

/** More readers than now are a setting of the function, not another topic. */
const LEAST_PARTITIONS = 3;

/** One cleaning function: it reads its part of bronze, and writes its part of silver and of the quarantine, and may do nothing else. */
export class CleaningFunction extends Service {
  constructor(args: CleaningFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, name, item, objects } = args;
    const service = config.serviceOf(name);
    const pods = knativePods(platform, settings).filter((group) => group.service === service);
    const namespace = platform.namespace("functions");
    super("streaming:CleaningFunction", service, { namespace, pods, monitoring: functionMonitoring(service) }, opts);
    const access = this.use(
      objects.grant(this, [
        { bucket: "bronze", prefix: item.from, level: "read" },
        { bucket: "bronze", prefix: config.quarantinePrefix(name), level: "append" },
        { bucket: "silver", prefix: item.to, level: "append" },
      ]),
    );
    openToServing(this, settings);
    const large = this.large(args);
    const parts = this.account(large);
    const { bronze, silver } = objects.buckets;
    const lake = { endpoint: url(objects.endpoint), region: objects.region, bronze, silver };
    const text = config.declaration(name, item, lake, large);
    const files = new k8s.core.v1.ConfigMap(
      service,
      { metadata: this.metadata(service, service), data: { [config.FILE]: text } },
      { parent: this },
    );
    const group = this.group(service);
    const { image = "" } = settings;
    const version = tagOf(image);
    const metadata = this.metadata(service, service, version);
    const declared: Mount = {
      volume: { name: "declaration", configMap: { name: service } },
      path: config.DIRECTORY,
      readOnly: true,
    };
    const main = {
      name: "cleaning",
      image,
      args: [`${config.DIRECTORY}/${config.FILE}`],
      env: credentialsEnv(access, "CLEANING_S3_KEY", "CLEANING_S3_SECRET"),
    };
    const mounts = [declared, emptyDirectory(group, "tmp", config.SCRATCH)];
    // A function reads its declaration once, so another one is another revision.
    const annotations = { [`${DOMAIN}/config`]: fingerprint(text) };
    const made = this.custom(
      service,
      { ...SERVING, metadata: { ...metadata, labels: { ...metadata.labels, ...CLUSTER_LOCAL } }, ready: true },
      serviceSpec({ group, version, main, mounts, token: large !== undefined, annotations }, item),
      { dependsOn: [files, ...parts, ...this.parts] },
    );
    this.source(args, made);
    this.registerOutputs();
  }

  /** What submits large objects; undefined where they go to quarantine. */
  private large({ platform, name, item, jobs }: CleaningFunctionArgs): config.LargeObjects | undefined {
    const model = jobs?.jobs[0];
    if (item.large !== "spark" || jobs === undefined || model === undefined) return undefined;
    this.link(platform.apiServer);
    const { metadata } = model.manifest as { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };
    // The model's own say its queue; whose runs they are is the function's name.
    const labels = { ...metadata.labels, ...this.metadata(config.serviceOf(name), "large").labels };
    return { namespace: jobs.namespace, model: model.name, labels };
  }

  /** An account of its own. Where large objects are Spark's it may make applications beside the other jobs, and read the one that is their model. */
  private account(large: config.LargeObjects | undefined): pulumi.Resource[] {
    const { service } = this;
    const metadata = this.metadata(service, service);
    const account = new k8s.core.v1.ServiceAccount(
      service,
      { metadata, automountServiceAccountToken: false },
      { parent: this },
    );
    if (large === undefined) return [account];
    const applications = { apiGroups: ["sparkoperator.k8s.io"], resources: ["sparkapplications"] };
    const rules = [
      { ...applications, verbs: ["create"] },
      { ...applications, resourceNames: [large.model], verbs: ["get"] },
    ];
    return [
      account,
      ...rights({ metadata: { ...metadata, namespace: large.namespace }, rules, account: metadata }, this),
    ];
  }

  /** Events of the topic, by the function's own user of Kafka. */
  private source({ platform, name, item, settings, log: { events } }: CleaningFunctionArgs, to: pulumi.Resource): void {
    const { service } = this;
    const topic = events.topic(service, { partitions: Math.max(LEAST_PARTITIONS, item.consumers) });
    const kafka = events.grant(this, [{ topic, level: "read", group: service }]);
    openToSource(this, settings, kafka.endpoint);
    // It takes authorities from a Secret alone.
    const ca = isSecure(kafka.endpoint) ? this.caSecret(platform) : undefined;
    const sasl = this.secret("sasl", { [config.MECHANISM]: kafka.mechanism });
    this.custom(
      `${service}-source`,
      {
        apiVersion: "sources.knative.dev/v1",
        kind: "KafkaSource",
        metadata: this.metadata(service, "source"),
        ready: true,
      },
      config.kafkaSource(name, item, kafka, `${service}-sasl`, ca),
      { dependsOn: [to, sasl, ...this.parts] },
    );
  }
}
