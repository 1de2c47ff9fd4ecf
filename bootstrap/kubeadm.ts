import { type Registration, registration } from "../components/cluster/registration";
import { CONTROL_PLANE, type Infrastructure, type Template, WORKER } from "./infrastructure";
import { CERTS } from "./mirrors";

/** What kubeadm is told on machines of Cluster API. */

const BOOTSTRAP = "bootstrap.cluster.x-k8s.io/v1beta2";
const PLANE = "controlplane.cluster.x-k8s.io/v1beta2";

export interface KubeadmOptions {
  readonly infrastructure: Infrastructure;
  /** containerd's files for mirrors, by path below `certs.d`. */
  readonly mirrors: ReadonlyMap<string, string>;
}

const labelText = (labels: Registration["labels"]) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

export const values = ({ labels, taints }: Registration) => [
  { name: "nodeLabels", value: labelText(labels) },
  { name: "nodeTaints", value: taints },
];

/** What a machine deployment says of its nodes. */
export const VARIABLES = [
  {
    name: "nodeLabels",
    required: true,
    schema: {
      openAPIV3Schema: {
        type: "string",
        default: "",
        example: "lakehouse.dev/pool=query",
        description: "labels that kubelet registers its node with, separated by commas",
      },
    },
  },
  {
    name: "nodeTaints",
    required: true,
    schema: {
      openAPIV3Schema: {
        type: "array",
        default: [],
        description: "taints that kubelet registers its node with",
        items: {
          type: "object",
          required: ["key", "effect"],
          properties: {
            key: { type: "string" },
            value: { type: "string" },
            effect: { type: "string", enum: ["NoSchedule", "PreferNoSchedule", "NoExecute"] },
          },
        },
      },
    },
  },
];

export function patches(classes: readonly string[], { inContainers }: Infrastructure): object[] {
  const path = "/spec/template/spec/joinConfiguration/nodeRegistration";
  const patch = (name: string, field: string, valueFrom: object) => ({
    name,
    definitions: [
      {
        selector: {
          apiVersion: BOOTSTRAP,
          kind: "KubeadmConfigTemplate",
          matchResources: { machineDeploymentClass: { names: classes } },
        },
        jsonPatches: [{ op: "add", path: `${path}/${field}`, valueFrom }],
      },
    ],
  });
  const eviction = inContainers ? `- name: ${NO_EVICTION.name}\n  value: "${NO_EVICTION.value}"\n` : "";
  return [
    patch("nodeLabels", "kubeletExtraArgs", {
      template: `- name: node-labels\n  value: "{{ .nodeLabels }}"\n${eviction}`,
    }),
    patch("nodeTaints", "taints", { variable: "nodeTaints" }),
  ];
}

/** kubeadm's own default: Cluster API takes no empty object, and the patches need one. */
const REGISTRATION = { imagePullPolicy: "IfNotPresent" };

/** Containers share the disk of the machine, so its fill level is no reason to end pods. */
const NO_EVICTION = { name: "eviction-hard", value: "nodefs.available<0%,nodefs.inodesFree<0%,imagefs.available<0%" };

export function kubeadmControlPlane(
  listed: Parameters<typeof registration>[0] | undefined,
  options: KubeadmOptions,
): Template {
  const { inContainers } = options.infrastructure;
  const registered = listed === undefined ? undefined : registration(listed);
  const args = [
    ...(registered === undefined ? [] : [{ name: "node-labels", value: labelText(registered.labels) }]),
    ...(inContainers ? [NO_EVICTION] : []),
  ];
  const nodeRegistration = {
    ...REGISTRATION,
    ...(args.length === 0 ? {} : { kubeletExtraArgs: args }),
    ...(registered === undefined ? {} : { taints: registered.taints }),
  };
  return {
    apiVersion: PLANE,
    kind: "KubeadmControlPlaneTemplate",
    metadata: { name: CONTROL_PLANE },
    spec: {
      template: {
        spec: {
          kubeadmConfigSpec: {
            ...(inContainers
              ? { clusterConfiguration: { apiServer: { certSANs: ["localhost", "127.0.0.1", "0.0.0.0"] } } }
              : {}),
            initConfiguration: { nodeRegistration },
            joinConfiguration: { nodeRegistration },
            ...files(options),
          },
        },
      },
    },
  };
}

export const kubeadmWorker = (options: KubeadmOptions): Template => ({
  apiVersion: BOOTSTRAP,
  kind: "KubeadmConfigTemplate",
  metadata: { name: WORKER },
  spec: { template: { spec: { joinConfiguration: { nodeRegistration: REGISTRATION }, ...files(options) } } },
});

/** Mirrors of registries. */
function files({ mirrors }: KubeadmOptions): object {
  if (mirrors.size === 0) return {};
  return {
    files: [...mirrors].map(([path, content]) => ({
      path: `${CERTS}/${path}`,
      owner: "root:root",
      permissions: "0644",
      content,
    })),
  };
}
