import { KUBERNETES_VERSIONS } from "../components/cluster/settings";
import type { Taint } from "../components/core/node";
import type { Resources } from "../components/core/pod-group";
import { formatBytes, MiB, parseBytes, parseCores } from "../components/core/quantity";
import { type Fragment, merge } from "../components/settings/presets";
import { by } from "../planner/order";
import { type Machine, reserve } from "./machine";
import { type Found, parts } from "./parts";

/** What `kubectl get nodes,pods,storageclasses -A -o json` says of a cluster. Only what is read. */
export interface KubeObject {
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly nodeName?: string;
    readonly taints?: readonly Taint[];
    readonly containers?: readonly KubeContainer[];
    readonly initContainers?: readonly KubeContainer[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly nodeInfo?: { readonly kubeletVersion?: string };
  };
}
interface KubeContainer {
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

/** What was found in a cluster. */
export interface Cluster {
  readonly machines: readonly Machine[];
  /** Settings that follow from it. */
  readonly found: Fragment;
  /** Settings of an object store that is there. */
  readonly objects?: Fragment;
  /** What takes room on the machines already, by namespace, the largest first. */
  readonly occupied: readonly string[];
}

/** Taints that come and go with a node's state. */
const OF_STATE = "node.kubernetes.io/";

/** @param ownPrefix namespaces of a lakehouse that is there already begin with it: its pods are what is planned */
export function readCluster(objects: readonly KubeObject[], ownPrefix = "lakehouse-"): Cluster {
  const of = (kind: string) => objects.filter((one) => one.kind === kind);
  const pods = of("Pod").filter(
    ({ metadata, status }) =>
      !["Succeeded", "Failed"].includes(status?.phase ?? "") && !(metadata?.namespace ?? "").startsWith(ownPrefix),
  );
  const on = new Map<string, Resources>();
  const namespaces = new Map<string, number>();
  for (const pod of pods) {
    const { cpu, memory } = requestsOf(pod);
    const before = on.get(pod.spec?.nodeName ?? "") ?? { cpu: 0, memory: 0 };
    on.set(pod.spec?.nodeName ?? "", { cpu: before.cpu + cpu, memory: before.memory + memory });
    const namespace = pod.metadata?.namespace ?? "";
    namespaces.set(namespace, (namespaces.get(namespace) ?? 0) + memory);
  }
  const nodes = of("Node").toSorted(by(({ metadata }) => metadata?.name ?? ""));
  const there: Found = parts(of("Pod"));
  const [storageClass] = of("StorageClass").toSorted(by((one) => (isDefault(one) ? 0 : 1)));
  const version = /^v(\d+\.\d+)/.exec(nodes[0]?.status?.nodeInfo?.kubeletVersion ?? "")?.[1] ?? "";
  const cluster = {
    ...(KUBERNETES_VERSIONS.some((known) => known === version) ? { kubernetes: version } : {}),
    ...(storageClass?.metadata?.name === undefined ? {} : { storageClass: storageClass.metadata.name }),
  };
  return {
    machines: nodes.map((node) => machine(node, on.get(node.metadata?.name ?? "") ?? { cpu: 0, memory: 0 })),
    found: merge({ cluster }, there.settings),
    ...(there.objects === undefined ? {} : { objects: there.objects }),
    occupied: [...namespaces]
      .filter(([, memory]) => memory > 0)
      .toSorted(by(([, memory]) => -memory))
      .map(([namespace, memory]) => `${namespace} ${formatBytes(upTo(memory, 64 * MiB))}`),
  };
}

/** The system keeps what the kubelet does not give away, or what is usual if that is more, and what runs there. */
function machine({ metadata, spec, status }: KubeObject, used: Resources): Machine {
  const amount = (of: Readonly<Record<string, string>> | undefined): Resources => ({
    cpu: parseCores(of?.cpu ?? "0") ?? 0,
    memory: kubeBytes(of?.memory ?? "0"),
  });
  const [capacity, allocatable] = [amount(status?.capacity), amount(status?.allocatable)];
  const usual = reserve(capacity);
  const keeps = (of: keyof Resources) => Math.max(capacity[of] - allocatable[of], usual[of]) + used[of];
  const taints = (spec?.taints ?? []).filter(({ key }) => !key.startsWith(OF_STATE));
  return {
    name: metadata?.name ?? "",
    cpu: capacity.cpu,
    memory: Math.floor(capacity.memory / MiB) * MiB,
    system: { cpu: Math.ceil(keeps("cpu") * 10 - 1e-9) / 10, memory: upTo(keeps("memory"), 256 * MiB) },
    ...(taints.length === 0
      ? {}
      : {
          taints: taints.map(({ key, value, effect }) => ({ key, ...(value === undefined ? {} : { value }), effect })),
        }),
  };
}

const upTo = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** Containers together with the init containers that keep running. */
function requestsOf({ spec }: KubeObject): Resources {
  const running = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...(spec?.containers ?? []), ...running].reduce(
    ({ cpu, memory }, { resources }) => ({
      cpu: cpu + (parseCores(resources?.requests?.cpu ?? "0") ?? 0),
      memory: memory + kubeBytes(resources?.requests?.memory ?? "0"),
    }),
    { cpu: 0, memory: 0 },
  );
}

const DECIMAL: Readonly<Record<string, number>> = {
  "": 1,
  "m": 0.001,
  "k": 1e3,
  "M": 1e6,
  "G": 1e9,
  "T": 1e12,
  "P": 1e15,
};

/** Bytes of any quantity that Kubernetes writes: `16393244Ki`, `500M`, `1073741824`. 0 for what is none. */
function kubeBytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([mkMGTP]?)$/.exec(text) ?? [];
  return number === undefined ? (parseBytes(text) ?? 0) : Number(number) * (DECIMAL[unit ?? ""] ?? 1);
}

const isDefault = ({ metadata }: KubeObject): boolean =>
  metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
