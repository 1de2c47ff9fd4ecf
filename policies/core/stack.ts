import type { PolicyResource } from "@pulumi/policy";

import { ADDED_KEYS, addedContainers, WORKLOAD_KEYS, workloads } from "../workloads";
import type { Workload } from "../workloads/types";
import { Field } from "./field";
import { type Labels, labelsOf } from "./labels";
import { keyOf, Resource } from "./resource";

/** Stacks by the properties of their first resource; both are freed together with the request. */
const READ = new WeakMap<object, { readonly properties: readonly unknown[]; readonly stack: Stack }>();

/** All resources of a stack. Everything is computed on first use. */
export class Stack {
  private readonly byKey: ReadonlyMap<string, readonly PolicyResource[]>;
  private readonly read = new Map<string, Resource[]>();
  private pods: readonly Workload[] | undefined;
  private labels: ReadonlyMap<string, Labels> | undefined;
  private parents: ReadonlySet<string> | undefined;

  constructor(private readonly resources: readonly PolicyResource[]) {
    const byKey = new Map<string, PolicyResource[]>();
    for (const resource of resources) {
      const key = keyOf(resource.type);
      const list = byKey.get(key);
      if (list === undefined) byKey.set(key, [resource]);
      else list.push(resource);
    }
    this.byKey = byKey;
  }

  /**
   * Each policy gets the resources in new objects, with the same properties objects (see `memoize.ts`). All policies share one
   * Stack for them.
   */
  static of(resources: readonly PolicyResource[]): Stack {
    const properties = resources.map(({ props }) => Field.of(props).value);
    const first = properties[0];
    if (typeof first !== "object" || first === null) return new Stack(resources);
    const known = READ.get(first);
    if (known?.properties.length === properties.length && known.properties.every((one, i) => one === properties[i])) {
      return known.stack;
    }
    const stack = new Stack(resources);
    READ.set(first, { properties, stack });
    return stack;
  }

  /** Keys of all resources (see `keyOf`). */
  get keys(): string[] {
    return [...this.byKey.keys()];
  }

  /** Resources with these keys (see `keyOf`). */
  of(...keys: readonly string[]): Resource[] {
    return keys.flatMap((key) => {
      const known = this.read.get(key);
      if (known !== undefined) return known;
      const resources = (this.byKey.get(key) ?? []).map((source) => new Resource(source));
      this.read.set(key, resources);
      return resources;
    });
  }

  get workloads(): readonly Workload[] {
    this.pods ??= this.of(...WORKLOAD_KEYS)
      .flatMap(workloads)
      .map((workload) => this.complete(workload));
    return this.pods;
  }

  /** A workload with the containers that operators add for the resources that its pods read. */
  private complete(workload: Workload): Workload {
    const { containers, reads = [], namespace } = workload;
    const added = this.of(...ADDED_KEYS)
      .filter((one) => one.namespace === namespace)
      .filter(({ key, name }) => reads.some((read) => read.key === key && read.name === name))
      .flatMap(addedContainers)
      // Two resources may add the same container; the operator makes it once.
      .filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index);
    return added.length === 0 ? workload : { ...workload, containers: [...containers, ...added] };
  }

  /** Namespaces that the stack makes, with their labels. Only these must deny by default. */
  get namespaces(): ReadonlyMap<string, Labels> {
    this.labels ??= new Map(
      this.of("core/Namespace").map(({ name, root }) => [
        name,
        { ...labelsOf(root.at("metadata", "labels")), "kubernetes.io/metadata.name": name },
      ]),
    );
    return this.labels;
  }

  hasChildren({ urn }: Resource): boolean {
    this.parents ??= new Set(this.resources.flatMap(({ parent }) => parent?.urn ?? []));
    return this.parents.has(urn);
  }

  manages(namespace: string | undefined): boolean {
    return namespace !== undefined && this.namespaces.has(namespace);
  }
}
