import * as pulumi from "@pulumi/pulumi";

import { Catalog } from "./catalog";
import { Compute } from "./compute";
import { doorUrl } from "./core/door";
import { url } from "./core/endpoint";
import { type Given, combined } from "./core/given";
import { ground } from "./ground";
import type { Layer, LayerArgs } from "./layer";
import { Observability } from "./observability";
import { Orchestration } from "./orchestration";
import { Query } from "./query";
import type { Settings } from "./settings";
import { describeStack } from "./stack";
import { Storage } from "./storage";
import { Processing, Streaming } from "./streaming";

/** Outputs of a stack for dashboards, other stacks and people. */
export type LakehouseOutputs = Readonly<Record<string, pulumi.Input<unknown>>>;

/** The layers in the order of their needs: each gets the capabilities of the ones before it. */
const LAYERS = {
  streaming: Streaming,
  storage: Storage,
  catalog: Catalog,
  compute: Compute,
  query: Query,
  processing: Processing,
  orchestration: Orchestration,
} satisfies Record<string, new (name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) => Layer>;

/** The whole platform of one stack. */
export class Lakehouse extends pulumi.ComponentResource {
  readonly outputs: LakehouseOutputs;

  constructor(name: string, settings: Settings, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:index:Lakehouse", name, {}, opts);
    const stack = describeStack(settings);
    const { cluster, child } = ground(stack, this);

    let given: Given = {};
    const layers = Object.entries(LAYERS).map(([layer, Made]) => {
      const made = new Made(layer, { stack, given }, child);
      given = combined(given, made.gives);
      return made;
    });
    const services = layers.flatMap((layer) => layer.services);
    new Observability("observability", { platform: stack.platform, settings: settings.observability, services }, child);
    stack.completeGrants((given.objects ?? []).flatMap(({ grants }) => grants));

    this.outputs = {
      namespaces: cluster.namespaces,
      ...outputs(given),
      doors: stack.doors.map((door) => ({
        name: door.name,
        kind: door.kind,
        url: doorUrl(door),
        ...(door.health === undefined ? {} : { health: door.health }),
      })),
      services: services.map((service) => service.service),
    };
    this.registerOutputs(this.outputs);
  }
}

/** Outputs about the stack's capabilities. */
function outputs({ objects, database, tables, sql, jobs = [] }: Given): LakehouseOutputs {
  const [store] = objects ?? [];
  const [server] = database ?? [];
  const [catalog] = tables ?? [];
  const [engine] = sql ?? [];
  return {
    ...(store && {
      s3: { endpoint: url(store.endpoint), region: store.region, buckets: store.buckets, grants: store.grants },
    }),
    ...(server && { postgres: server.endpoint.host }),
    ...(catalog && { icebergRest: catalog.restUrl, metastore: url(catalog.thrift) }),
    ...(engine && { sql: { url: url(engine.endpoint), catalogs: engine.catalogs } }),
    jobs: jobs.flatMap((work) => work.jobs.map((job) => job.name)),
  };
}
