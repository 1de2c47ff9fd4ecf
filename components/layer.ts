import * as pulumi from "@pulumi/pulumi";

import { combined, type Given, givenBy, resolveNeeds } from "./core/given";
import type { Service } from "./core/service";
import { type LayerName, layerOf, pathOf, settingsOf } from "./core/system";
import type { Stack } from "./stack";

export interface LayerArgs {
  readonly stack: Stack;
  /** Capabilities of other layers. @default none */
  readonly given?: Given;
}

/** The systems of one layer that are on, each with the capabilities that it needs. */
export abstract class Layer extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  /** Capabilities that its systems give. */
  readonly gives: Given;

  /** @param type `<layer>:<Class>`, the end of the type token */
  protected constructor(
    type: string,
    layer: LayerName,
    name: string,
    { stack, given = {} }: LayerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`lakehouse:${type}`, name, {}, opts);
    const { platform, settings, facts, grants } = stack;
    const services: Service[] = [];
    let own: Given = {};
    for (const system of stack.systems.filter((each) => layerOf(each) === layer)) {
      const { needs, gives, create } = system;
      const made = create(
        {
          platform,
          settings: settingsOf(system, settings),
          stack: facts,
          grants,
          ...resolveNeeds(pathOf(system), needs, combined(given, own), stack.preferred),
        },
        { parent: this },
      );
      services.push(...made.services);
      for (const of of gives) if (stack.chosen[of] === system.key) stack.preferred.add(made[of]);
      own = combined(own, givenBy(gives, made));
    }
    this.services = services;
    this.gives = own;
  }
}
