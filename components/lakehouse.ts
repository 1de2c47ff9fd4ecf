import * as pulumi from "@pulumi/pulumi";

import { Catalog } from "./catalog";
import { Capacity, Cluster, platform as describePlatform, stackNamespaces } from "./cluster";
import { Compute } from "./compute";
import { url } from "./core/endpoint";
import type { BucketGrant } from "./core/grant";
import { Observability } from "./observability";
import { Orchestration } from "./orchestration";
import { stackPods } from "./pods";
import { Query } from "./query";
import type { Settings } from "./settings";
import { bucketMarks, libraryPins, Storage } from "./storage";
import { knownTopics, Processing, Streaming } from "./streaming";

/** What a stack tells those who use it: dashboards, other stacks, people. */
export type LakehouseOutputs = Readonly<Record<string, pulumi.Input<unknown>>>;

/** The whole platform of one stack. Reads like a table of contents: each layer gets what the ones before it offer. */
export class Lakehouse extends pulumi.ComponentResource {
  readonly outputs: LakehouseOutputs;

  constructor(name: string, settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:index:Lakehouse", name, {}, opts);
    const platform = describePlatform(settings);
    // Some object stores keep rights on the bucket: it is told all grants once every client has asked for its own.
    const [grants, provideGrants] = pulumi.deferredOutput<readonly BucketGrant[]>();

    const groups = stackPods(platform, settings);
    const cluster = new Cluster(
      "cluster",
      {
        platform,
        kubernetes: settings.cluster.kubernetes,
        labelNodes: settings.cluster.labelNodes,
        namespaces: stackNamespaces(platform, groups),
      },
      { parent: this },
    );
    const capacity = new Capacity(
      "capacity",
      {
        platform,
        groups,
        namespaces: Object.values(cluster.namespaces),
        buckets: bucketMarks(settings.storage),
        namespace: platform.namespace("operators"),
      },
      { parent: this, dependsOn: [cluster] },
    );
    // A pod that comes before its quota has grown is refused, and whoever waits for it would keep the quota from growing.
    const layer = { parent: this, dependsOn: [cluster, capacity] };

    const streaming = new Streaming("streaming", { platform, settings: settings.streaming.kafka }, layer);
    const { log } = streaming;
    const storage = new Storage(
      "storage",
      { platform, settings: settings.storage, grants, events: log?.events, pins: libraryPins(settings) },
      layer,
    );
    const { objects, database, libraries } = storage;
    const catalog = new Catalog(
      "catalog",
      { platform, settings: settings.catalog, objects, database, libraries },
      layer,
    );
    const { tables } = catalog;
    const unattended = settings.orchestration.airflow.mode === "off";
    const compute = new Compute(
      "compute",
      { platform, settings: settings.compute, objects, tables, libraries, unattended },
      layer,
    );
    const topics = knownTopics(settings.streaming);
    const query = new Query(
      "query",
      { platform, settings: settings.query, objects, tables, database, events: log?.events, topics },
      layer,
    );
    const processing = new Processing(
      "processing",
      { platform, settings: settings.streaming, log, objects, tables, database, libraries },
      layer,
    );
    const orchestration = new Orchestration(
      "orchestration",
      {
        platform,
        settings: settings.orchestration,
        jobs: compute.jobs,
        jobNamespace: compute.namespace,
        sql: query.sql,
      },
      layer,
    );
    const services = [storage, catalog, compute, query, streaming, processing, orchestration].flatMap(
      (each) => each.services,
    );
    new Observability("observability", { platform, settings: settings.observability, services }, layer);
    provideGrants(pulumi.output(objects.grants));

    this.outputs = {
      namespaces: cluster.namespaces,
      s3: { endpoint: url(objects.endpoint), region: objects.region, buckets: objects.buckets },
      postgres: database.endpoint.host,
      ...(tables === undefined ? {} : { icebergRest: tables.restUrl, metastore: url(tables.thrift) }),
      ...(query.sql === undefined ? {} : { sql: { url: url(query.sql.endpoint), catalogs: query.sql.catalogs } }),
      jobs: compute.jobs.map((job) => job.name),
      services: services.map((service) => service.service),
    };
    this.registerOutputs(this.outputs);
  }
}
