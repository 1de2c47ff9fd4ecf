import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

import type { Mistake } from "../fields/mistakes";
import type { Access } from "./access";
import type { Bucket } from "./bucket";
import type { KnownTopics } from "./capabilities";
import type { Composition } from "./composition";
import type { Door, PublicDoor } from "./door";
import type { BucketGrant } from "./grant";
import type { Monitoring } from "./monitoring";
import type { Jar, Pins } from "./pins";
import type { Answers, Capabilities, CapabilityName, Needs } from "./needs";
import type { Platform } from "./platform";
import type { PodGroup } from "./pod-group";
import type { Service } from "./service";
import type { TableEngine, TableFormats } from "./table-formats";
import type { Use } from "./uses";

export * from "./needs";

/** Sizes to start from: docs/homelab.md, docs/local.md, and the founding documents' tiers. */
export const PRESETS = ["dev", "homelab", "minimal", "medium", "large"] as const;
export type PresetName = (typeof PRESETS)[number];

/** Where settings of systems stand: `lakehouse:<section>.<key>`. */
export type SectionName = "storage" | "catalog" | "compute" | "query" | "streaming" | "orchestration" | "observability";

/** Component that a system is part of. `processing` comes after layers that `streaming` comes before. */
export type LayerName = SectionName | "processing";

/** Facts about the whole stack that follow from its settings. */
export interface StackFacts {
  readonly buckets: readonly Bucket[];
  /** Libraries that systems of the stack fetch, without duplicates. */
  readonly libraries: readonly Jar[];
  readonly topics: KnownTopics;
  /** Formats that the settings choose for tables. */
  readonly formats: TableFormats;
  /** Who asks SQL engines. */
  readonly access: Access;
  /** Whether a system that is on gives the capability. */
  gives(capability: CapabilityName): boolean;
  /** How people outside of the cluster reach a door, by its name; undefined where `lakehouse:doors` does not open it. */
  door(name: string): PublicDoor | undefined;
  /** Names of all services of the stack that have pods, without duplicates. */
  services(platform: Platform): readonly string[];
}

/** What is known before the programs of the stack are. */
export type KnownFacts = Pick<StackFacts, "buckets" | "gives" | "formats">;

export interface Facts<S> {
  readonly platform: Platform;
  readonly settings: S;
  readonly stack: StackFacts;
}

/** Arguments of `create`: the facts, and a capability for each need. */
export type CreateArgs<S, N extends Needs> = Facts<S> &
  Answers<N> & {
    /** All grants of the stack on buckets, which are complete once every system is made. */
    readonly grants: pulumi.Input<readonly BucketGrant[]>;
  };

/** Settings as written, incomplete. */
export type Incomplete<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Incomplete<T[K]> }
    : T;

/** A setting whose key has changed. The old key is accepted for one release, and the plan names the new one. */
export interface Moved {
  /** The old key, in the settings of its system: `operator`, or `clients.trino.url` within a section of them. */
  readonly key: string;
  /** The new key in the same settings, or the whole path of one elsewhere: `lakehouse:doors.trino.url`. */
  readonly to: string;
  /** Whether a value of the old key is meant for the new one, where the old key has another meaning now. @default every value */
  readonly is?: (value: unknown) => boolean;
}

/** What a stack can run, described before anything of it exists. `components/systems.ts` lists all of them. */
export interface System<
  Q extends SectionName = SectionName,
  K extends string = string,
  S extends z.ZodType = z.ZodType,
  N extends Needs = Needs,
  G extends CapabilityName = CapabilityName,
  P extends Pins | undefined = Pins | undefined,
> {
  /** One sentence: what it is for. */
  readonly summary: string;
  readonly section: Q;
  readonly key: K;
  /** The value of the setting `kind`, where several systems share one key and one of them is chosen. */
  readonly kind?: string;
  /** @default the section's */
  readonly layer?: LayerName;
  readonly settings: S;
  /** Sizes to start from, on top of the settings' defaults. */
  readonly presets?: Readonly<Partial<Record<PresetName, Incomplete<z.input<S>>>>>;
  /** What its settings cannot be without where it is on, or where all of its pods run, by an example: for its page and for proofs. @default nothing */
  readonly example?: Incomplete<z.input<S>>;
  /** Doors that it cannot be on without, with an example of the URL of each. @default none */
  readonly exampleDoors?: Readonly<Record<string, string>>;
  /** Other settings with which it is on and runs other pods, by an example of each: for proofs. @default none */
  readonly others?: readonly NonNullable<Incomplete<z.input<S>>>[];
  /** Keys that its settings had before. @default none */
  readonly moved?: readonly Moved[];
  /**
   * Least memory of its pods in MiB, by the key of their size: below it an engine's memory rule leaves no room for a heap.
   * 0 for what keeps its bounds by itself (Go, nginx) or has a heap of its chart's or operator's choice.
   */
  readonly least?: Readonly<Record<string, number>>;
  /** The setting that switches it on and its value then. @default `enabled`, `true` */
  readonly switch?: { readonly key: string; readonly value: string };
  /** @default the setting of `switch` has its value */
  readonly on?: (settings: z.output<S>, stack: StackFacts) => boolean;
  /** Mistakes in its own settings that are right one by one. */
  readonly check?: (settings: z.output<S>) => Iterable<Mistake>;
  /** Images, charts and libraries that no other system runs: `pins.ts` in its folder. @default what it runs is shared, or none */
  readonly pins?: P;
  /** Pinned programs that it runs, its own and shared ones. Images of the settings are not among them: their licences are not known. */
  readonly uses: (settings: z.output<S>, stack: KnownFacts) => readonly Use[];
  /** Its services that sign in to others, so that their credentials can be rotated. @default none */
  readonly clients?: readonly string[];
  /**
   * Keeps objects of its own in the bucket `services`, which a stack has where such a system is on. Each service has the prefix of
   * its name there. A function where that depends on its settings. @default false
   */
  readonly keepsObjects?: boolean | ((settings: z.output<S>) => boolean);
  readonly needs: N;
  readonly gives: readonly G[];
  /** Every pod that it will run, so that quotas and namespaces are there before it. Pure. */
  readonly pods: (facts: Facts<z.output<S>>) => readonly PodGroup[];
  /** Lines of the plan that follow from its settings, where it is on. @default none */
  readonly notes?: (settings: z.output<S>, stack: StackFacts) => readonly string[];
  /** What it does with tables of each format. One that needs the catalog of tables and does not say counts as locked out of all. */
  readonly tableEngine?: (settings: z.output<S>) => TableEngine | undefined;
  /** Its monitoring, by service. Services that a setting leaves out (such as an existing operator) are included. @default nothing */
  readonly monitoring?: (facts: Facts<z.output<S>>) => Readonly<Record<string, Monitoring>>;
  /** Entry points for people and for clients outside of the cluster, with those that its settings leave out. @default none */
  readonly doors?: (facts: Facts<z.output<S>>) => readonly Door[];
  /**
   * How it runs without Kubernetes (`lakehouse compose`), where its pods are not among the objects of the plan.
   * @default its Deployments, StatefulSets and Jobs as they are
   */
  readonly compose?: Composition;
  /** Creates its components. Loads their modules, which a description alone does not need. */
  readonly create: (args: CreateArgs<z.output<S>, N>, opts: pulumi.ComponentResourceOptions) => Made<G>;
}

export type Made<G extends CapabilityName> = { readonly services: readonly Service[] } & Pick<Capabilities, G>;

/* eslint-disable @typescript-eslint/no-explicit-any -- every system fits, whatever its settings and needs */
export interface AnySystem extends Omit<
  System<SectionName, string, any>,
  | "presets"
  | "example"
  | "others"
  | "on"
  | "check"
  | "uses"
  | "keepsObjects"
  | "pods"
  | "notes"
  | "tableEngine"
  | "monitoring"
  | "doors"
  | "create"
> {
  readonly presets?: Readonly<Partial<Record<PresetName, object>>>;
  readonly example?: object;
  readonly others?: readonly object[];
  readonly on?: (settings: any, stack: StackFacts) => boolean;
  readonly check?: (settings: any) => Iterable<Mistake>;
  readonly uses: (settings: any, stack: KnownFacts) => readonly Use[];
  readonly keepsObjects?: boolean | ((settings: any) => boolean);
  readonly pods: (facts: Facts<any>) => readonly PodGroup[];
  readonly notes?: (settings: any, stack: StackFacts) => readonly string[];
  readonly tableEngine?: (settings: any) => TableEngine | undefined;
  readonly monitoring?: (facts: Facts<any>) => Readonly<Record<string, Monitoring>>;
  readonly doors?: (facts: Facts<any>) => readonly Door[];
  readonly create: (args: any, opts: pulumi.ComponentResourceOptions) => Made<never> & Partial<Capabilities>;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** Gives a description its type: checked against its own settings, needs and capabilities. */
export const system = <
  const Q extends SectionName,
  const K extends string,
  S extends z.ZodType,
  const N extends Needs,
  const G extends CapabilityName = never,
  P extends Pins | undefined = undefined,
>(
  described: System<Q, K, S, N, G, P>,
): System<Q, K, S, N, G, P> => described;

export const layerOf = ({ section, layer }: Pick<AnySystem, "section" | "layer">): LayerName => layer ?? section;

/** The system's settings within those of the whole stack. */
export const settingsOf = ({ section, key }: Pick<AnySystem, "section" | "key">, settings: object): unknown =>
  (settings as Record<string, Record<string, unknown>>)[section]?.[key];

/** Its example as settings of a stack. */
export const exampleOf = ({
  section,
  key,
  example,
  exampleDoors = {},
}: AnySystem): Readonly<Record<string, object>> => ({
  [section]: { [key]: example ?? {} },
  doors: Object.fromEntries(Object.entries(exampleDoors).map(([door, url]) => [door, { url }])),
});

/** The name of a system wherever a person meets it: `trino`, `ceph`, `query-api`. */
export const systemName = ({ kind, key }: Pick<AnySystem, "kind" | "key">): string =>
  kind ?? key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `lakehouse:query.trino` */
export const pathOf = ({ section, key }: Pick<AnySystem, "section" | "key">): string => `lakehouse:${section}.${key}`;

/** The setting that switches it on, and its value then. */
export const onSwitch = (one: Pick<AnySystem, "switch">): { readonly key: string; readonly value: string | true } =>
  one.switch ?? { key: "enabled", value: true };

/** `lakehouse:query.trino.enabled` */
export const switchOf = (one: AnySystem): string => `${pathOf(one)}.${onSwitch(one).key}`;

/** Whether settings are those of this system: where several systems share a key, `kind` chooses one. */
export const isChosen = ({ kind }: Pick<AnySystem, "kind">, own: unknown): boolean =>
  own !== undefined && (kind === undefined || (own as { kind?: unknown }).kind === kind);

/** Whether a stack's settings switch a system on. */
export function isOn(one: AnySystem, settings: object, stack: StackFacts): boolean {
  const own = settingsOf(one, settings) as Record<string, unknown>;
  if (!isChosen(one, own)) return false;
  if (one.on !== undefined) return one.on(own, stack);
  const { key, value } = onSwitch(one);
  return own[key] === value;
}
