import type { Container, Mount, Volume } from "./kubernetes";
import type { Values } from "./values";
import { type Pod, volumeOf } from "./workloads";

/** A file of the output folder. */
export interface File {
  readonly text: string;
  readonly mode: number;
}

/** What a container mounts from the output folder: a folder or one file, read-only. */
export interface Bind {
  readonly source: string;
  readonly target: string;
}

const PLAIN = 0o644;
const PROGRAM = 0o755;

/**
 * The mounted files of a container. The folder `configs/<service>` mirrors the container, so that folders mounted within others
 * are one tree: Docker can make no mount point within a folder that is read-only. Trees with a password are in `secrets`.
 */
export function filesOf(pod: Pod, container: Container, values: Values): { files: Map<string, File>; binds: Bind[] } {
  const mounted = (container.volumeMounts ?? [])
    .flatMap((mount) => filesAt(pod, mount, values))
    .sort((one, other) => (one.target < other.target ? -1 : 1));
  const tops = mounted.filter(({ target }) => !mounted.some((other) => isBelow(target, other.target)));
  const files = new Map<string, File>();
  const binds = tops.map(({ target }): Bind => {
    const tree = mounted.filter((one) => one.target === target || isBelow(one.target, target));
    const all = tree.flatMap((one) => [...one.files]);
    const folder = all.some(([, { text }]) => values.hasSecret(text)) || tree.some(({ secret }) => secret);
    const base = `${folder ? "secrets" : "configs"}/${pod.name}`;
    for (const [path, file] of all) files.set(`${base}${path}`, file);
    return { source: `./${base}${target}`, target };
  });
  return { files, binds };
}

const isBelow = (path: string, folder: string) => path.startsWith(`${folder}/`);

interface Mounted {
  readonly target: string;
  readonly secret: boolean;
  /** By the path in the container. */
  readonly files: readonly (readonly [path: string, file: File])[];
}

function filesAt(pod: Pod, { name, mountPath, subPath }: Mount, values: Values): Mounted[] {
  const volume = volumeOf(pod, name);
  const source = volume?.configMap ?? volume?.secret;
  if (volume === undefined || source === undefined) return [];
  const data = dataOf(pod, volume, values);
  const mode = ((source.defaultMode ?? 0) & 0o111) === 0 ? PLAIN : PROGRAM;
  const keys = source.items ?? Object.keys(data).map((key) => ({ key, path: key }));
  const files = keys.flatMap(({ key, path }) => {
    const text = data[key];
    if (text === undefined || (subPath !== undefined && subPath !== path)) return [];
    return [[subPath === undefined ? `${mountPath}/${path}` : mountPath, { text, mode }] as const];
  });
  return [{ target: mountPath, secret: volume.secret !== undefined, files }];
}

function dataOf({ namespace }: Pod, { configMap, secret }: Volume, values: Values): Readonly<Record<string, string>> {
  if (configMap !== undefined) return values.configMap(namespace, configMap.name);
  return secret === undefined ? {} : values.secret(namespace, secret.secretName);
}
