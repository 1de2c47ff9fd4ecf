import { parseAllDocuments } from "yaml";

import { InputError } from "../inputs/input-error";

/** An object of Kubernetes, as far as it is read here. */
export interface Template {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Where machines come from: what an infrastructure provider of Cluster API brings. */
export interface Infrastructure {
  readonly cluster: Template;
  readonly controlPlane: Template;
  /** Machines of a pool by the pool's name; `worker` for those of every other. */
  readonly machines: ReadonlyMap<string, Template>;
  /** Control plane and bootstrap of another kind than kubeadm's. */
  readonly ownControlPlane?: Template;
  readonly ownBootstrap?: Template;
  /** Objects that are only passed on, such as identities. */
  readonly others: readonly Template[];
  readonly inContainers: boolean;
}

const API = "infrastructure.cluster.x-k8s.io/v1beta2";
export const CONTROL_PLANE = "control-plane";
export const WORKER = "worker";

/** Containers on one machine, for trials: upstream's provider `docker`, whose Docker* kinds are called Dev* since v1.10. */
export function docker(image: string, mounts: readonly object[]): Infrastructure {
  const machine = (name: string): Template => ({
    apiVersion: API,
    kind: "DevMachineTemplate",
    metadata: { name },
    spec: {
      template: {
        spec: { backend: { docker: { customImage: image, ...(mounts.length === 0 ? {} : { extraMounts: mounts }) } } },
      },
    },
  });
  return {
    cluster: {
      apiVersion: API,
      kind: "DevClusterTemplate",
      metadata: { name: "lakehouse" },
      spec: { template: { spec: { backend: { docker: {} } } } },
    },
    controlPlane: machine(CONTROL_PLANE),
    machines: new Map([[WORKER, machine(WORKER)]]),
    others: [],
    inContainers: true,
  };
}

/**
 * Templates of a provider that the user brings: one `*ClusterTemplate`, and a `*MachineTemplate` each for `control-plane`, `worker` and, where
 * machines of a pool differ, the pool.
 * @param name of the file, for messages
 * @throws InputError with a line for each mistake
 */
export function ownInfrastructure(text: string, name: string): Infrastructure {
  const wrong: string[] = [];
  const all = templatesIn(text, name);
  const infrastructure = all.filter(({ apiVersion }) => apiVersion.startsWith("infrastructure.cluster.x-k8s.io/"));
  const machines = infrastructure.filter(({ kind }) => kind.endsWith("MachineTemplate"));
  const clusters = infrastructure.filter(({ kind }) => kind.endsWith("ClusterTemplate"));
  const named = (which: string) => machines.find(({ metadata }) => metadata.name === which);
  if (clusters.length !== 1)
    wrong.push(`${name}: ${clusters.length === 0 ? "no" : String(clusters.length)} *ClusterTemplate; allowed: one`);
  for (const which of [CONTROL_PLANE, WORKER])
    if (named(which) === undefined)
      wrong.push(`${name}: no *MachineTemplate "${which}"; allowed: one for the control plane and one for workers`);
  const [cluster] = clusters;
  const controlPlane = named(CONTROL_PLANE);
  if (cluster === undefined || controlPlane === undefined || wrong.length > 0) throw new InputError(wrong);
  const ofGroup = (group: string) => all.find(({ apiVersion }) => apiVersion.startsWith(`${group}.cluster.x-k8s.io/`));
  const ownControlPlane = ofGroup("controlplane");
  const ownBootstrap = ofGroup("bootstrap");
  const used = new Set<Template | undefined>([cluster, ...machines, ownControlPlane, ownBootstrap]);
  return {
    cluster,
    controlPlane,
    machines: new Map(machines.filter((each) => each !== controlPlane).map((each) => [each.metadata.name, each])),
    ...(ownControlPlane === undefined ? {} : { ownControlPlane }),
    ...(ownBootstrap === undefined ? {} : { ownBootstrap }),
    others: all.filter((each) => !used.has(each)),
    inContainers: false,
  };
}

function templatesIn(text: string, name: string): Template[] {
  const documents = parseAllDocuments(text, { prettyErrors: false });
  const problems = documents.flatMap(({ errors }) =>
    errors.map(({ message }) => `${name}: not YAML: ${message.split("\n")[0] ?? ""}`),
  );
  if (problems.length > 0) throw new InputError(problems);
  const all = documents.map((document) => document.toJS() as Partial<Template> | null).filter((each) => each !== null);
  const isObject = ({ apiVersion, kind, metadata }: Partial<Template>) =>
    typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
  const wrong = all.flatMap((each, at) =>
    isObject(each)
      ? []
      : [
          `${name}: document ${String(at + 1)} has no apiVersion, kind or metadata.name; allowed: objects of Kubernetes`,
        ],
  );
  if (wrong.length > 0) throw new InputError(wrong);
  return all as Template[];
}
