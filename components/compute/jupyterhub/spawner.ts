import type * as k8s from "@pulumi/kubernetes";

import type { SecretKeys } from "../../core/capabilities";
import { labels } from "../../core/labels";
import { container, emptyDirectory, type Mount, operatedPod } from "../../core/operated-pod";
import type { ContainerArgs } from "../../core/pod";
import { groupName, type PodGroup } from "../../core/pod-group";
import { pullSecrets } from "../../core/site";
import { trustAnnotations } from "../../core/trust";
import { NOTEBOOK } from "./pods";
import type { PersonSettings } from "./settings";

/** Pods of people: the template, and what the hub adds to it. Pure. */

export const NOTEBOOK_PORT = 8888;
/** The image's user. */
const USER = 1000;
export const HOME_DIRECTORY = "/home/jovyan";
/** The delivered notebooks, in each home and read-only. */
export const EXAMPLES_DIRECTORY = `${HOME_DIRECTORY}/lakehouse`;
export const EXAMPLES = `${NOTEBOOK}-examples`;

/** Names that KubeSpawner gives (`make_pod`). */
const CONTAINER = "notebook";
const PORT_NAME = "notebook-port";

export interface NotebookFacts {
  readonly group: PodGroup;
  readonly image: string;
  readonly version: string;
  /** What is the same for everybody. */
  readonly env: NonNullable<ContainerArgs["env"]>;
}

/** A person's pod without what is the person's own: home, keys and name. */
export function notebookTemplate({
  group,
  image,
  version,
  env,
}: NotebookFacts): k8s.types.input.core.v1.PodTemplateSpec {
  const mounts: Mount[] = [
    emptyDirectory(group, "tmp", "/tmp"),
    { volume: { name: "examples", configMap: { name: EXAMPLES } }, path: EXAMPLES_DIRECTORY, readOnly: true },
  ];
  const args: ContainerArgs = {
    name: CONTAINER,
    image,
    env: { HOME: HOME_DIRECTORY, PYTHONPATH: EXAMPLES_DIRECTORY, ...env },
  };
  const notebook = {
    ...container(args, group, mounts),
    ports: [{ name: PORT_NAME, containerPort: NOTEBOOK_PORT }],
    workingDir: HOME_DIRECTORY,
  };
  const pod = operatedPod({ group, user: USER, token: false, initContainers: [], containers: [notebook], mounts });
  const annotations = trustAnnotations(group);
  return {
    metadata: {
      labels: labels({ ...group, version }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: { ...pod, serviceAccountName: NOTEBOOK, restartPolicy: "OnFailure", ...pullSecrets(group) },
  };
}

/** What one person has of his own. */
export interface PersonFacts {
  readonly settings: PersonSettings;
  readonly keys: SecretKeys;
  /** A role of PostgreSQL. @default there is none */
  readonly vectors?: SecretKeys;
  /** A user of Trino who asks in the person's name. @default nobody signs in there */
  readonly trino?: SecretKeys;
  readonly claim: string;
  readonly env: Readonly<Record<string, string>>;
}

type Keys = readonly [secret: string, user: string, password: string];

const keysOf = ({ secret, userKey, passwordKey }: SecretKeys): Keys => [secret, userKey, passwordKey];

/** What the hub is told of pods. It reads the templates by the API when it makes one. */
export interface Spawning {
  readonly namespace: string;
  readonly image: string;
  /** By profile: pods at the same time, and the name of the template. */
  readonly profiles: Readonly<Record<string, { readonly most: number; readonly template: string }>>;
  readonly people: Readonly<
    Record<
      string,
      {
        readonly profile: string;
        readonly claim: string;
        /** Secret with the keys of the object store, and the names of both in it. */
        readonly keys: Keys;
        /** The same of the role of PostgreSQL. @default there is none */
        readonly vectors?: Keys;
        /** The same of the user of Trino. @default there is none */
        readonly trino?: Keys;
        readonly env: Readonly<Record<string, string>>;
      }
    >
  >;
}

export const spawning = (
  namespace: string,
  image: string,
  groups: readonly PodGroup[],
  people: Readonly<Record<string, PersonFacts>>,
): Spawning => ({
  namespace,
  image,
  profiles: Object.fromEntries(
    groups.map((group) => [group.role, { most: group.replicas, template: groupName(group) }]),
  ),
  people: Object.fromEntries(
    Object.entries(people).map(([name, { settings, keys, vectors, trino, ...own }]) => [
      name,
      {
        ...{ profile: settings.profile, keys: keysOf(keys) },
        ...(vectors === undefined ? {} : { vectors: keysOf(vectors) }),
        ...(trino === undefined ? {} : { trino: keysOf(trino) }),
        ...own,
      },
    ]),
  ),
});
