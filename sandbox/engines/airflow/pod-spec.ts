import { accountFolder } from "../../control-plane/account";
import type { KubernetesObject } from "../../control-plane/api";
import type { ControlPlane } from "../../control-plane/control-plane";
import type { Ground } from "../ground";
import { deliver } from "./config-volume";

/** What a container has of its pod: files and variables, read at the API server as the kubelet does. */

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}
export interface PodSpec {
  readonly containers: readonly [Container];
  readonly initContainers?: readonly Container[];
  readonly restartPolicy?: "Always" | "Never" | "OnFailure";
  readonly serviceAccountName: string;
  readonly securityContext: { readonly runAsUser: number };
  readonly volumes?: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly emptyDir?: object;
    readonly projected?: object;
  }[];
}

type Volume = NonNullable<PodSpec["volumes"]>[number];

/** Folders of this machine by the paths at which a container has them. */
export async function mounts(
  plane: ControlPlane,
  ground: Ground,
  pod: KubernetesObject,
  { volumeMounts = [] }: Container,
): Promise<Record<string, string>> {
  const { volumes = [] } = pod.spec as PodSpec;
  const all = volumeMounts.map(async ({ name, mountPath }) => {
    const volume = volumes.find((each) => each.name === name);
    if (volume === undefined) throw new Error(`${pod.metadata.name}: there is no volume ${name}`);
    // What /var/run leads to.
    return [mountPath.replace(/^\/var\/run\//, "/run/"), await folderOf(plane, ground, pod, volume)] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

async function folderOf(plane: ControlPlane, ground: Ground, pod: KubernetesObject, volume: Volume): Promise<string> {
  const { name, namespace = "" } = pod.metadata;
  if (volume.projected !== undefined)
    return accountFolder(plane, { name: (pod.spec as PodSpec).serviceAccountName, namespace });
  const folder = ground.folder("pods", name, "volumes", volume.name);
  if (volume.configMap !== undefined)
    deliver(folder, await dataOf(plane, "ConfigMap", namespace, volume.configMap.name));
  return folder;
}

/** Variables of a container, with the values of Secrets, and of other variables in them. */
export async function variables(
  plane: ControlPlane,
  pod: KubernetesObject,
  { env = [] }: Container,
): Promise<Record<string, string>> {
  const api = new URL(plane.api.access.server);
  const values: Record<string, string> = {
    HOSTNAME: pod.metadata.name,
    KUBERNETES_SERVICE_HOST: api.hostname,
    KUBERNETES_SERVICE_PORT: api.port,
  };
  for (const variable of env)
    values[variable.name] = (await valueOf(plane, pod, variable)).replace(
      /\$\((\w+)\)/g,
      (whole, other: string) => values[other] ?? whole,
    );
  return values;
}

async function valueOf(
  plane: ControlPlane,
  { metadata }: KubernetesObject,
  { name, value = "", valueFrom }: Variable,
): Promise<string> {
  if (valueFrom === undefined) return value;
  const { secretKeyRef: key, fieldRef } = valueFrom;
  if (fieldRef?.fieldPath === "metadata.name") return metadata.name;
  if (key === undefined) throw new Error(`${metadata.name}: ${name} comes from ${JSON.stringify(valueFrom)}`);
  const data = await dataOf(plane, "Secret", metadata.namespace ?? "", key.name);
  return Buffer.from(data[key.key] ?? "", "base64").toString();
}

async function dataOf(
  plane: ControlPlane,
  kind: "ConfigMap" | "Secret",
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const found = await plane.api.get({ apiVersion: "v1", kind, metadata: { name, namespace } });
  if (found === undefined) throw new Error(`${kind} ${namespace}/${name} is not there`);
  return found.data as Readonly<Record<string, string>>;
}
