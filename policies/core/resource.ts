import type { PolicyResource, PolicyResourceOptions, ResourceValidationArgs } from "@pulumi/policy";

import { Field } from "./field";
import { known } from "./unconfigured";

/** Prefix of the annotations and labels that this pack reads. */
export const DOMAIN = "lakehouse.dev";

/** Resources by their properties; both are freed together. */
const READ = new WeakMap<object, Resource>();
/** Keys by type token, cached because every policy asks for them. */
const KEYS = new Map<string, string>();

/** One resource of a stack, for rules to read. */
export class Resource {
  /** Kubernetes objects: `apps/Deployment`, `postgresql.cnpg.io/Cluster` (whatever the version). Others: the type token. */
  readonly key: string;
  /** `Deployment` */
  readonly kind: string;
  readonly root: Field;

  /** All policies that get the same properties object (see `memoize.ts`) share one Resource. */
  static of(source: ResourceValidationArgs): Resource {
    const properties = Field.of(source.props).value;
    if (typeof properties !== "object" || properties === null) return new Resource(source);
    let resource = READ.get(properties);
    if (resource === undefined) READ.set(properties, (resource = new Resource(source)));
    return resource;
  }

  constructor(private readonly source: ResourceValidationArgs | PolicyResource) {
    this.key = keyOf(source.type);
    this.kind = this.key.slice(Math.max(this.key.lastIndexOf("/"), this.key.lastIndexOf(":")) + 1);
    this.root = known(source);
  }

  get urn(): string {
    return this.source.urn;
  }

  /** The logical name in the program. */
  get logicalName(): string {
    return this.source.name;
  }

  get opts(): PolicyResourceOptions {
    return this.source.opts;
  }

  /** URNs of the resources that a property was computed from; empty outside of stack policies. */
  sourcesOf(property: string): string[] {
    if (!("propertyDependencies" in this.source)) return [];
    return (this.source.propertyDependencies[property] ?? []).map(({ urn }) => urn);
  }

  /** Name of the object; the logical name if the provider generates one. */
  get name(): string {
    return this.root.at("metadata", "name").text ?? this.root.at("name").text ?? this.logicalName;
  }

  /** `default` if it is absent, undefined if it is unknown. */
  get namespace(): string | undefined {
    const field = this.root.at("metadata", "namespace").or(this.root.at("namespace"));
    return field.absent ? "default" : field.text;
  }

  /** `Deployment lakehouse-query/trino` */
  get title(): string {
    const namespaced = !this.root.at("metadata", "namespace").or(this.root.at("namespace")).absent;
    return `${this.kind} ${namespaced ? `${this.namespace ?? "?"}/` : ""}${this.name}`;
  }

  annotation(name: string): string | undefined {
    return this.root.at("metadata", "annotations", name).text;
  }
}

/** `kubernetes:apps/v1:Deployment` → `apps/Deployment`. Rules do not depend on the version of an API. */
export function keyOf(type: string): string {
  let key = KEYS.get(type);
  if (key === undefined) {
    const match = /^kubernetes:([^/:]+)(?:\/[^:]+)?:(\w+)$/.exec(type);
    key = match === null ? type : `${match[1] ?? ""}/${match[2] ?? ""}`;
    KEYS.set(type, key);
  }
  return key;
}
