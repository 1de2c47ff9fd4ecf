import type * as pulumi from "@pulumi/pulumi";

import { type Door, doorUrl, forwardCommand, type PublicDoor } from "./core/door";
import { url } from "./core/endpoint";
import type { BucketNames } from "./core/capabilities";
import type { BucketGrant } from "./core/grant";
import type { Given } from "./core/given";
import type { Node } from "./core/node";
import { type PodGroup, type Resources, sum, times } from "./core/pod-group";
import { settingsOf, systemName } from "./core/system";
import type { Stack } from "./stack";

/** What a stack tells dashboards, other stacks and people: endpoints, doors, capacity, versions, links, and its cost where it is known. */
export interface StackOutputs {
  /** Names of the namespaces, by key. */
  readonly namespaces: Readonly<Partial<Record<string, string>>>;
  readonly s3?: {
    readonly endpoint: string;
    readonly region: string;
    readonly buckets: BucketNames;
    /** Who may do what in which bucket. */
    readonly grants: readonly BucketGrant[];
  };
  /** Host of PostgreSQL. */
  readonly postgres?: string;
  readonly icebergRest?: string | undefined;
  readonly metastore?: string;
  readonly sql?: { readonly url: string; readonly catalogs: readonly string[] };
  /** Names of the jobs. */
  readonly jobs: readonly string[];
  readonly services: readonly string[];
  readonly doors: readonly DoorOutput[];
  readonly capacity: CapacityOutput;
  /** By system, `name version` of the images and charts that it runs. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** By client, the `endpoint:port` that it may reach. */
  readonly links: Readonly<Record<string, readonly string[]>>;
  readonly cost?: CostOutput;
}

export interface DoorOutput extends Pick<Door, "name" | "kind" | "health"> {
  /** As it is inside of the cluster. */
  readonly url: string;
  /** The command that opens it on a person's own machine. */
  readonly open: string;
  /** As it is outside of the cluster, where the settings open it. */
  readonly outside?: string;
}

/** Cpu in cores, memory in bytes. */
export interface CapacityOutput {
  readonly pools: Readonly<Record<string, PoolOutput>>;
  /** What all pods request that stay. */
  readonly requested: Resources;
}

export interface PoolOutput {
  readonly nodes: number;
  /** Of the machines. */
  readonly capacity: Resources;
  /** Most that pods may request: without the system's share and the buffer. */
  readonly limit: Resources;
}

/** What a stack costs a month, by a book of prices. */
export interface CostOutput {
  readonly book: string;
  readonly currency: string;
  readonly monthly: number;
  /** By system; those that cost nothing are left out. */
  readonly systems: Readonly<Record<string, number>>;
}

/** A link as its component's inputs tell it. */
export interface LinkInputs {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

export interface Made {
  readonly stack: Stack;
  readonly given: Given;
  readonly namespaces: StackOutputs["namespaces"];
  readonly services: readonly string[];
  readonly links: readonly LinkInputs[];
  readonly cost: CostOutput | undefined;
}

export function stackOutputs({ stack, given, namespaces, services, links, cost }: Made): StackOutputs {
  return {
    namespaces,
    ...endpoints(given),
    doors: stack.doors.map(({ health, ...door }) => ({
      name: door.name,
      kind: door.kind,
      url: doorUrl(door),
      open: forwardCommand(door),
      ...(health === undefined ? {} : { health }),
      ...outside(stack.facts.door(door.name)),
    })),
    services,
    capacity: capacity(stack.platform.nodes, stack.groups),
    versions: versions(stack),
    links: byClient(links),
    ...(cost && { cost }),
  };
}

const outside = (door: PublicDoor | undefined) => (door === undefined ? {} : { outside: door.url });

function endpoints({ objects, database, tables, sql, jobs = [] }: Given) {
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

function capacity(nodes: readonly Node[], groups: readonly PodGroup[]): CapacityOutput {
  const names = [...new Set(nodes.map(({ pool }) => pool))].sort();
  const pool = (name: string): PoolOutput => {
    const all = nodes.filter((node) => node.pool === name);
    return {
      nodes: all.length,
      capacity: sum(all.map((node) => node.capacity)),
      limit: sum(all.map((node) => node.limit)),
    };
  };
  const lasting = groups.filter(({ lifetime }) => lifetime !== "once");
  return {
    pools: Object.fromEntries(names.map((name) => [name, pool(name)])),
    requested: sum(lasting.map(({ requests, replicas }) => times(requests, replicas))),
  };
}

function versions({ systems, settings, facts }: Stack): StackOutputs["versions"] {
  const found = systems.map((system): [string, string[]] => {
    const uses = system.uses(settingsOf(system, settings), facts).filter(({ kind }) => kind !== "library");
    return [systemName(system), [...new Set(uses.map(({ pin }) => `${pin.name} ${pin.version}`))].sort()];
  });
  return Object.fromEntries(found.filter(([, programs]) => programs.length > 0));
}

function byClient(links: readonly LinkInputs[]): StackOutputs["links"] {
  const clients = [...new Set(links.map(({ from }) => from))].sort();
  const reached = (client: string) =>
    [...new Set(links.filter(({ from }) => from === client).map(({ to, port }) => `${to}:${String(port)}`))].sort();
  return Object.fromEntries(clients.map((client) => [client, reached(client)]));
}

/** Notes the links that a component's children make. */
export const noteLinks =
  (links: LinkInputs[]): pulumi.ResourceTransformation =>
  ({ type, props }) => {
    if (type === "lakehouse:core:Link") links.push(props as LinkInputs);
    return undefined;
  };
