import { poolLabels, registration } from "../components/cluster/registration";
import { fingerprint } from "../components/core/fingerprint";
import type { Mistake } from "../components/fields/mistakes";
import type { Settings } from "../components/settings/schema";
import { clusterName, isControlPlane, nodeGroups, Unfit } from "./description";
import { type Template, WORKER } from "./infrastructure";
import { type KubeadmOptions, kubeadmControlPlane, kubeadmWorker, patches, values, VARIABLES } from "./kubeadm";
import { NODE_RELEASES, POD_SUBNET, SERVICE_SUBNET } from "./pins";

const CLUSTER = "cluster.x-k8s.io/v1beta2";
const NAME = "lakehouse";

export interface CapiOptions extends KubeadmOptions {
  /** Control planes, where the settings name none. */
  readonly controlPlanes: number;
}

/**
 * A Cluster of Cluster API and its ClusterClass: a machine deployment for each entry of `lakehouse:nodes`, with the labels and taints that the
 * stack wants its nodes to have. Templates cannot be changed, so each is named by its content.
 * @throws Unfit with everything that Cluster API cannot do as the settings say
 */
export function capiObjects(settings: Settings, stack: string, options: CapiOptions): Template[] {
  const wrong = mistakesOf(settings);
  if (wrong.length > 0) throw new Unfit(wrong);
  const { infrastructure } = options;
  const groups = nodeGroups(settings);
  const workers = groups.filter(({ node }) => !isControlPlane(node));
  const planes = groups.filter(({ node }) => isControlPlane(node));
  const pools = new Set(workers.map(({ node }) => node.pool));
  const classes = [...infrastructure.machines].filter(([name]) => name === WORKER || pools.has(name));
  const parts = {
    cluster: byContent(infrastructure.cluster),
    controlPlane: byContent(infrastructure.controlPlane),
    plane: byContent(infrastructure.ownControlPlane ?? kubeadmControlPlane(planes[0]?.node, options)),
    bootstrap: byContent(infrastructure.ownBootstrap ?? kubeadmWorker(options)),
    machines: new Map(classes.map(([name, template]) => [name, byContent(template)])),
  };
  const count = planes.length === 0 ? options.controlPlanes : planes.reduce((sum, one) => sum + one.count, 0);
  const classFor = (pool: string) => (parts.machines.has(pool) ? pool : WORKER);
  const byKubeadm = infrastructure.ownBootstrap === undefined;
  const clusterClass: Template = {
    apiVersion: CLUSTER,
    kind: "ClusterClass",
    metadata: { name: NAME },
    spec: {
      infrastructure: { templateRef: refTo(parts.cluster) },
      controlPlane: {
        templateRef: refTo(parts.plane),
        machineInfrastructure: { templateRef: refTo(parts.controlPlane) },
      },
      workers: {
        machineDeployments: [...parts.machines].map(([name, template]) => ({
          class: name,
          bootstrap: { templateRef: refTo(parts.bootstrap) },
          infrastructure: { templateRef: refTo(template) },
        })),
      },
      ...(byKubeadm ? { variables: VARIABLES, patches: patches([...parts.machines.keys()], infrastructure) } : {}),
    },
  };
  const cluster: Template = {
    apiVersion: CLUSTER,
    kind: "Cluster",
    metadata: { name: clusterName(stack) },
    spec: {
      clusterNetwork: {
        pods: { cidrBlocks: [POD_SUBNET] },
        services: { cidrBlocks: [SERVICE_SUBNET] },
        serviceDomain: "cluster.local",
      },
      topology: {
        classRef: { name: NAME },
        version: NODE_RELEASES[settings.cluster.kubernetes].version,
        controlPlane: { replicas: count },
        // Each machine deployment has values of its own.
        ...(byKubeadm ? { variables: values({ labels: {}, taints: [] }) } : {}),
        workers: {
          machineDeployments: workers.map(({ name, count: replicas, node }) => ({
            class: classFor(node.pool),
            name: name.replaceAll(".", "-"),
            replicas,
            metadata: { labels: poolLabels(node) },
            ...(byKubeadm ? { variables: { overrides: values(registration(node)) } } : {}),
          })),
        },
      },
    },
  };
  const { machines, ...single } = parts;
  return [...infrastructure.others, ...Object.values(single), ...machines.values(), clusterClass, cluster];
}

const refTo = ({ apiVersion, kind, metadata: { name } }: Template) => ({ apiVersion, kind, name });

/** `worker-1f3a…`: a change makes another template, and Cluster API replaces the machines one by one. */
function byContent(template: Template): Template {
  const { name, ...metadata } = template.metadata;
  return {
    ...template,
    metadata: { ...metadata, name: `${name}-${fingerprint(JSON.stringify(template)).slice(0, 8)}` },
  };
}

/** Machines get names of their own, and are what the entries of the settings have in common. */
function mistakesOf({ cluster, nodes }: Settings): Mistake[] {
  const labels = cluster.labelNodes
    ? [
        {
          path: "lakehouse:cluster.labelNodes",
          message:
            "given true, but Cluster API names its machines itself, so the stack cannot find them by name; allowed: false, as machines are registered with their pool's label",
        },
      ]
    : [];
  const seen = new Map<string, number>();
  return [
    ...labels,
    ...nodes.flatMap(({ name }, at) => {
      const md = name.replaceAll(".", "-");
      const before = seen.get(md);
      seen.set(md, at);
      return before === undefined
        ? []
        : [
            {
              path: `lakehouse:nodes[${String(at)}].name`,
              message: `given "${name}", which is "${md}" as a machine deployment, as lakehouse:nodes[${String(before)}] is; allowed: another name`,
            },
          ];
    }),
  ];
}
