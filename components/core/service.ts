import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Endpoint, PodPeer } from "./endpoint";
import { type Labels, labels, selector, serviceSelector } from "./labels";
import { Link } from "./link";
import type { Monitoring } from "./monitoring";
import { groupName, type PodGroup } from "./pod-group";
import { groupText } from "./pod-group-text";

/** What every object of a service has. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/** What is known of a service before anything of it is created. */
export interface ServiceFacts {
  readonly namespace: string;
  readonly pods: readonly PodGroup[];
  /** @default not watched */
  readonly monitoring?: Monitoring;
  /** @default true: the namespace is ours and denies by default */
  readonly managed?: boolean;
  /** Labels of the pods of a role, or of all, where an operator or a chart sets them. @default our own */
  readonly podLabels?: (role: string | undefined) => Labels;
}

/**
 * Runs pod groups and offers endpoints. Its facts are the component's inputs, so whoever sees the resources of a stack
 * (the plan, the state, a policy) sees the sizes too.
 */
export abstract class Service extends pulumi.ComponentResource {
  readonly namespace: string;
  readonly pods: readonly PodGroup[];
  readonly monitoring: Monitoring | undefined;
  private readonly secrets: pulumi.Resource[] = [];
  private readonly ways = new Set<string>();
  private readonly managed: boolean;
  private readonly podLabels: (role: string | undefined) => Labels;

  /** @param type `<layer>:<Class>`, the end of the type token */
  protected constructor(
    type: string,
    readonly service: string,
    facts: ServiceFacts,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`lakehouse:${type}`, service, { pods: facts.pods.map(groupText) }, opts);
    this.namespace = facts.namespace;
    this.pods = facts.pods;
    this.monitoring = facts.monitoring;
    this.managed = facts.managed ?? true;
    this.podLabels =
      facts.podLabels ?? ((role) => (role === undefined ? serviceSelector(service) : selector({ service, role })));
  }

  /** The pods of one role, or of all. */
  peer(role?: string): PodPeer {
    const { service, namespace, managed } = this;
    const name = role === undefined ? service : groupName({ service, role });
    return { kind: "pods", name, namespace, labels: this.podLabels(role), managed };
  }

  /** Connects the pods of one role, or of all, to an endpoint. */
  link(to: Endpoint, role?: string): Link {
    const from = this.peer(role);
    return new Link(`${from.name}-to-${to.name}`, { from, to }, { parent: this });
  }

  /**
   * Takes what was granted: opens the way to where it holds, once, for the pods of one role or all.
   * @example const s3 = this.use(objects.grant(this, [{ bucket: "gold", level: "write" }]));
   */
  protected use<T extends { readonly endpoint: Endpoint }>(access: T, role?: string): T {
    const way = `${role ?? ""} ${access.endpoint.name}`;
    if (!this.ways.has(way)) this.link(access.endpoint, role);
    this.ways.add(way);
    return access;
  }

  /** Secrets that are there so far: pods that name one come after it. */
  get parts(): pulumi.Resource[] {
    return [...this.secrets];
  }

  /**
   * A Secret in the service's namespace, named after the service and what it is for. Values may come from resources.
   * @param options.after what there must be first: pods wait for their Secrets, so for this as well
   */
  secret(
    role: string,
    stringData: Readonly<Record<string, pulumi.Input<string>>>,
    { type, after = [] }: { readonly type?: string; readonly after?: pulumi.Resource[] } = {},
  ): k8s.core.v1.Secret {
    const { service, namespace } = this;
    const name = `${service}-${role}`;
    const secret = new k8s.core.v1.Secret(
      name,
      {
        // Not metadata(): what a subclass adds to its labels is not on Secrets, and would change them all.
        metadata: { name, namespace, labels: labels({ service, role }) },
        ...(type === undefined ? {} : { type }),
        stringData: { ...stringData },
      },
      { parent: this, dependsOn: after },
    );
    this.secrets.push(secret);
    return secret;
  }

  /** Name, namespace and labels of an object of the service. */
  protected metadata(name: string, role: string, version?: string): Metadata {
    const facts = { service: this.service, role, ...(version === undefined ? {} : { version }) };
    return { name, namespace: this.namespace, labels: labels(facts) };
  }

  /** The pods of a role as they were sized. */
  protected group(role: string): PodGroup {
    const group = this.pods.find((pods) => pods.role === role);
    if (group === undefined) throw new Error(`${this.service} has no pods of role ${role}`);
    return group;
  }
}
