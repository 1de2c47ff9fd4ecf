import * as pulumi from "@pulumi/pulumi";

import { Catalog } from "./catalog";
import { Compute } from "./compute";
import { type Given, combined } from "./core/given";
import type { Platform } from "./core/platform";
import { Doors, opensDoors } from "./doors";
import { ground } from "./ground";
import type { Layer, LayerArgs } from "./layer";
import { Observability } from "./observability";
import { Telemetry } from "./observability/telemetry";
import { Orchestration } from "./orchestration";
import { type CostOutput, type LinkInputs, noteLinks, type StackOutputs, stackOutputs } from "./outputs";
import { Query } from "./query";
import type { Settings } from "./settings";
import { describeStack } from "./stack";
import { Storage } from "./storage";
import { Processing, Streaming } from "./streaming";

/** The layers in the order of their needs: each gets the capabilities of the ones before it. */
const LAYERS = {
  streaming: Streaming,
  storage: Storage,
  catalog: Catalog,
  compute: Compute,
  query: Query,
  processing: Processing,
  orchestration: Orchestration,
  observability: Telemetry,
} satisfies Record<string, new (name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) => Layer>;

/** The name `observability` is that of the component which turns monitoring into objects. */
const NAMES: Readonly<Partial<Record<string, string>>> = { observability: "telemetry" };

export interface LakehouseArgs {
  readonly settings: Settings;
  /** What the stack costs. @default not known: neither its outputs nor the overview in Grafana say it */
  readonly cost?: (platform: Platform) => CostOutput;
}

/** The whole platform of one stack. */
export class Lakehouse extends pulumi.ComponentResource {
  /** For dashboards, other stacks and people. */
  readonly outputs: StackOutputs;

  constructor(name: string, { settings, cost }: LakehouseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const links: LinkInputs[] = [];
    const transformations = [...(opts.transformations ?? []), noteLinks(links)];
    super("lakehouse:index:Lakehouse", name, {}, { ...opts, transformations });
    const stack = describeStack(settings);
    const { cluster, child } = ground(stack, this);

    let given: Given = {};
    const layers = Object.entries(LAYERS).map(([layer, Made]) => {
      const made = new Made(NAMES[layer] ?? layer, { stack, given }, child);
      given = combined(given, made.gives);
      return made;
    });
    const services = layers.flatMap((layer) => layer.services);
    const { platform } = stack;
    if (opensDoors(settings)) new Doors("doors", { settings, doors: stack.doors, services }, child);
    let described: StackOutputs | undefined;
    // Once all links are there: those of the monitors are the last.
    const outputs = (): StackOutputs =>
      (described ??= stackOutputs({
        stack,
        given,
        namespaces: cluster.namespaces,
        services: services.map((service) => service.service),
        links,
        cost: cost?.(platform),
      }));
    const [metrics] = given.metrics ?? [];
    const [dashboards] = given.dashboards ?? [];
    const own = { ...(metrics && { metrics }), ...(dashboards && { dashboards }) };
    const { observability } = settings;
    new Observability("observability", { platform, settings: observability, services, outputs, ...own }, child);
    stack.completeGrants((given.objects ?? []).flatMap(({ grants }) => grants));

    this.outputs = outputs();
    this.registerOutputs(this.outputs);
  }
}
