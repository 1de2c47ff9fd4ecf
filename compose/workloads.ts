import { ofKind, type StackObject } from "../components/core/composition";
import type { Labels } from "../components/core/labels";
import { INSIDE } from "../components/core/stand-in";
import type { Container, PodSpec, ServiceObject, Volume, WorkloadObject } from "./kubernetes";
import { selects } from "./kubernetes";

/** One pod of a stack: a service of the file, with one-shot services for its init containers. */
export interface Pod {
  /** `trino-coordinator`, or `valkey-server-0` where a StatefulSet has several. */
  readonly name: string;
  /** The name that the pod has in Kubernetes, where it is stable. */
  readonly hostname: string | undefined;
  readonly namespace: string;
  readonly labels: Labels;
  /** Whether it ends by itself. */
  readonly task: boolean;
  /** Copies, of a Deployment. */
  readonly replicas: number;
  readonly spec: PodSpec;
  /** Names of its volumes that keep data. */
  readonly claims: readonly string[];
  /** DNS names that reach it. */
  readonly aliases: readonly string[];
  /** The service whose server's network it shares. */
  readonly inside: string | undefined;
  /** What it was made from. */
  readonly of: readonly StackObject[];
}

const WORKLOADS = ["Deployment", "StatefulSet", "Job"] as const;
const POD_NAME = "statefulset.kubernetes.io/pod-name";

/** A metrics exporter beside a server: nobody scrapes it on a laptop. */
const isExporter = ({ name }: Container) => name.endsWith("exporter");

/**
 * The pods of a stack's objects, without exporters of metrics.
 * @param standsFor what objects that are not of the plan stand for
 */
export function podsOf(
  objects: readonly StackObject[],
  standsFor: (object: StackObject) => readonly StackObject[],
): Pod[] {
  const services = ofKind<ServiceObject>(objects, "Service");
  return WORKLOADS.flatMap((kind) => ofKind<WorkloadObject>(objects, kind)).flatMap((one) => {
    const { metadata, spec } = one;
    const containers = spec.template.spec.containers.filter((each) => !isExporter(each));
    if (containers.length === 0) return [];
    const stateful = one.kind === "StatefulSet";
    const { replicas = 1 } = spec;
    const count = stateful ? replicas : Math.min(replicas, 1);
    return Array.from({ length: count }, (_, at): Pod => {
      const hostname = stateful ? `${metadata.name}-${String(at)}` : undefined;
      const labels = { ...spec.template.metadata.labels, ...(hostname === undefined ? {} : { [POD_NAME]: hostname }) };
      const claims = (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
      return {
        name: stateful && replicas > 1 ? `${metadata.name}-${String(at)}` : metadata.name,
        hostname,
        namespace: metadata.namespace,
        labels,
        task: one.kind === "Job",
        replicas: stateful ? 1 : replicas,
        spec: { ...spec.template.spec, containers },
        claims,
        aliases: aliases(services, { namespace: metadata.namespace, labels, hostname, domain: spec.serviceName }),
        inside: spec.template.metadata.annotations?.[INSIDE],
        of: standsFor(one),
      };
    });
  });
}

interface Named {
  readonly namespace: string;
  readonly labels: Labels;
  readonly hostname: string | undefined;
  /** The headless Service of a StatefulSet. */
  readonly domain: string | undefined;
}

function aliases(services: readonly ServiceObject[], { namespace, labels, hostname, domain }: Named): string[] {
  const own = services.filter(
    ({ metadata, spec }) =>
      metadata.namespace === namespace && spec.selector !== undefined && selects(spec.selector, labels),
  );
  const names = own.map(({ metadata }) => `${metadata.name}.${namespace}.svc`);
  const pod = hostname === undefined || domain === undefined ? [] : [`${hostname}.${domain}.${namespace}.svc`];
  return [...new Set([...names, ...pod])].sort();
}

export const volumeOf = ({ spec }: Pod, name: string): Volume | undefined =>
  spec.volumes?.find((volume) => volume.name === name);
