import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { GatewaySettings } from "../cluster/gateway";
import { issued, type Make } from "../core/certificates";
import type { Door } from "../core/door";
import { type Endpoint, type Peer, serviceEndpoint } from "../core/endpoint";
import { labels } from "../core/labels";
import { Link } from "../core/link";
import type { Service } from "../core/service";
import type { Settings } from "../settings/schema";
import * as routes from "./routes";

export interface DoorsArgs {
  readonly settings: Pick<Settings, "doors" | "allow" | "cluster">;
  /** Doors of the stack. */
  readonly doors: readonly Door[];
  /** All services of the stack, among them those behind the doors. */
  readonly services: readonly Service[];
}

/** Whether the settings open a door to anybody. */
export const opensDoors = ({ doors, allow }: DoorsArgs["settings"]): boolean =>
  allow.length > 0 || Object.values(doors).some(({ host }) => host !== undefined);

/** Ways into the stack: what `lakehouse:doors` and `lakehouse:allow` open, with network policies, and nothing else. */
export class Doors extends pulumi.ComponentResource {
  private readonly services: ReadonlyMap<string, Service>;

  constructor(name: string, { settings, doors, services }: DoorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:doors:Doors", name, {}, opts);
    this.services = new Map(services.map((service) => [service.service, service]));
    const { gateway, issuer } = settings.cluster;
    const hosted = doors.flatMap((door): routes.HostedDoor[] => {
      const host = settings.doors[door.name]?.host;
      return host === undefined ? [] : [{ ...door, host }];
    });
    const shared =
      gateway.mode === "deployed" && hosted.length > 0
        ? [this.custom(routes.gatewayOf(hosted, gateway), this.certificates(hosted, gateway, issuer))]
        : [];
    for (const door of hosted) {
      this.link(proxies(gateway), door);
      const certificate = gateway.mode === "deployed" ? [] : this.certificates([door], gateway, issuer);
      if (gateway.mode === "ingress") this.ingress(routes.ingressOf(door, gateway), certificate);
      else this.route(door, gateway, [...shared, ...certificate]);
    }
    for (const { name: named, namespace, labels: podLabels, to, isolated } of settings.allow) {
      const door = doors.find((each) => each.name === to);
      const from = { kind: "pods", name: named ?? namespace, namespace, labels: podLabels, managed: isolated } as const;
      if (door !== undefined) this.link(from, door);
    }
    this.registerOutputs();
  }

  private route(door: routes.HostedDoor, gateway: GatewaySettings, after: pulumi.Resource[]): void {
    const own =
      gateway.mode === "existing" && gateway.listener === undefined
        ? [this.custom(routes.listenerSetOf(door, gateway), after)]
        : after;
    this.custom(routes.gatewayRoute(door, gateway), own);
  }

  /** Certificates of doors whose programs have none for their name. */
  private certificates(
    doors: readonly routes.HostedDoor[],
    gateway: GatewaySettings,
    issuer?: string,
  ): pulumi.Resource[] {
    return doors.flatMap((door) => {
      const wanted = routes.certificateOf(door, gateway);
      if (wanted === undefined) return [];
      const { namespace, ...certified } = wanted;
      const make: Make<pulumi.Resource> = (_, { resource, ...facts }, spec, after) =>
        this.custom({ ...facts, name: resource, namespace, annotations: READY, spec }, after);
      return [issued(make, issuer, certified)];
    });
  }

  private ingress(
    { name, namespace, annotations, spec }: ReturnType<typeof routes.ingressOf>,
    after: pulumi.Resource[],
  ) {
    new k8s.networking.v1.Ingress(
      `${name}-ingress`,
      { metadata: { name, namespace, labels: labels({ service: name, role: "door" }), annotations }, spec },
      { parent: this, dependsOn: after },
    );
  }

  private custom(resource: routes.Resource, after: pulumi.Resource[]): pulumi.Resource {
    const { apiVersion, kind, name, namespace, annotations, spec } = resource;
    const annotated = annotations === undefined ? {} : { annotations: { ...annotations } };
    return new k8s.apiextensions.CustomResource(
      `${name}-${kind.toLowerCase()}`,
      {
        apiVersion,
        kind,
        metadata: { name, namespace, labels: labels({ service: name, role: "door" }), ...annotated },
        spec,
      },
      { parent: this, dependsOn: after },
    );
  }

  private link(from: Peer, door: Door): void {
    const to = this.endpoint(door);
    new Link(`${from.name}-to-${to.name}`, { from, to }, { parent: this });
  }

  /** The pods behind a door's Service. */
  private endpoint({ name, service, namespace, port, scheme, tls, pods = {} }: Door): Endpoint {
    const behind = this.services.get(pods.service ?? service);
    if (behind === undefined) throw new Error(`no service of the stack is behind the door ${name}`);
    const peer = behind.peer(pods.role);
    if (peer.namespace !== namespace)
      throw new Error(`the door ${name} leads to ${namespace}, and its pods are in ${peer.namespace}`);
    const way = { ...(scheme === undefined ? {} : { scheme }), ...(tls === undefined ? {} : { tls }) };
    return serviceEndpoint({ name: `${name}-door`, peer, service, port, ...way });
  }
}

/** What requests come from. Policies of its side are made where its namespace denies by default. */
function proxies({ proxies: { namespace, labels: podLabels, cidrs, isolated }, ...gateway }: GatewaySettings): Peer {
  if (podLabels === undefined)
    return { kind: "range", name: "gateway", cidrs, reason: "the cluster's gateway is on its nodes" };
  const at = namespace ?? gateway.namespace;
  if (at === undefined) throw new Error("the gateway's pods have no namespace");
  return { kind: "pods", name: "gateway", namespace: at, labels: podLabels, managed: isolated };
}

const READY = { "pulumi.com/waitFor": "condition=Ready" };
