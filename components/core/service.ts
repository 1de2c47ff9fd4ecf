import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type Certified, issued, type Make } from "./certificates";
import type { Endpoint, PodPeer } from "./endpoint";
import { type Labels, labels, selector, serviceSelector } from "./labels";
import { Link } from "./link";
import type { Monitoring } from "./monitoring";
import type { Platform } from "./platform";
import { groupName, type PodGroup } from "./pod-group";
import { groupText } from "./pod-group-text";
import { PEM_FILE } from "./trust";

/** Metadata of every object of a service. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

/** Kind and metadata of a custom resource. */
export interface CustomFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata & { readonly annotations?: Readonly<Record<string, string>> };
  /** Whether an update waits for the condition `Ready`. @default false */
  readonly ready?: boolean;
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
 * Runs pod groups and offers endpoints. Its pod groups are the component's inputs, so that the plan, the state and policies have
 * the sizes too.
 */
export abstract class Service extends pulumi.ComponentResource {
  readonly namespace: string;
  readonly pods: readonly PodGroup[];
  readonly monitoring: Monitoring | undefined;
  private readonly secrets: pulumi.Resource[] = [];
  private readonly linked = new Set<string>();
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
   * Links the pods of one role, or of all, to the endpoint of a grant, once. Returns the grant.
   * @example const s3 = this.use(objects.grant(this, [{ bucket: "gold", level: "write" }]));
   */
  protected use<T extends { readonly endpoint: Endpoint }>(access: T, role?: string): T {
    const link = `${role ?? ""} ${access.endpoint.name}`;
    if (!this.linked.has(link)) this.link(access.endpoint, role);
    this.linked.add(link);
    return access;
  }

  /** Secrets made so far. Pods depend on the Secrets that they refer to. */
  get parts(): pulumi.Resource[] {
    return [...this.secrets];
  }

  /**
   * A Secret in the service's namespace, named after the service and the Secret's role. Values may come from resources.
   * @param options.after resources that the Secret, and so the pods that refer to it, depend on
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
        // Not metadata(): labels that a subclass adds there would change every Secret.
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

  /** A custom resource of the service. */
  protected custom(
    name: string,
    { apiVersion, kind, metadata, ready = false }: CustomFacts,
    spec: object,
    opts: pulumi.CustomResourceOptions = {},
  ): k8s.apiextensions.CustomResource {
    const annotations = { ...metadata.annotations, ...(ready ? READY : {}) };
    const annotated = Object.keys(annotations).length === 0 ? {} : { annotations };
    return new k8s.apiextensions.CustomResource(
      name,
      { apiVersion, kind, metadata: { ...metadata, ...annotated }, spec },
      { parent: this, ...opts },
    );
  }

  /** A resource of cert-manager, which is there once it is ready: the first argument of `certified`. */
  protected readonly certificate: Make<pulumi.Resource> = (name, { resource, ...facts }, spec, after) =>
    this.custom(name, { ...facts, metadata: this.metadata(resource, "certificate"), ready: true }, spec, {
      ...(after.length === 0 ? {} : { dependsOn: after }),
    });

  /** The certificate of a server by the cluster's issuer, where programs of the stack speak TLS with each other. */
  protected tlsCertificate({ tls, issuer }: Pick<Platform, "tls" | "issuer">, wanted: Certified): pulumi.Resource[] {
    return tls ? [issued(this.certificate, issuer, wanted)] : [];
  }

  /** The CAs that pods trust as a Secret, for programs that take them from one alone; undefined without a bundle. */
  protected caSecret({ caBundle }: Pick<Platform, "caBundle">) {
    if (caBundle === undefined) return undefined;
    const made = this.secret("ca", { [PEM_FILE]: caBundle });
    return { secret: `${this.service}-ca`, key: PEM_FILE, made };
  }

  /** The pod group of a role. */
  protected group(role: string): PodGroup {
    const group = this.pods.find((pods) => pods.role === role);
    if (group === undefined) throw new Error(`${this.service} has no pods of role ${role}`);
    return group;
  }
}

const READY = { "pulumi.com/waitFor": "condition=Ready" };
