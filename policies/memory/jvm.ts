import type { Field } from "../core/field";
import { parseJvmMemory } from "../core/quantity";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Container, Workload } from "../workloads/types";

/** A heap setting of a JVM. */
export interface Heap {
  /** The field or file that holds the setting, for messages. */
  readonly where: string;
  /** As written: `-Xmx6553m`. */
  readonly setting: string;
  /** Bytes; undefined if `share` is given. */
  readonly bytes: number | undefined;
  /** Share of the container's limit (0 to 1); undefined if `bytes` is given. */
  readonly share: number | undefined;
  /** Direct memory (`-XX:MaxDirectMemorySize`), in bytes. */
  readonly direct: number;
}

/** The heap that the JVM options in a text set. The last option of a kind wins, as in the JVM. */
export function heapIn(text: string, where: string): Heap[] {
  if (!text.includes("-X")) return [];
  const bare = text.replace(/^\s*#.*$/gm, "");
  const last = (pattern: RegExp) => [...bare.matchAll(pattern)].at(-1);
  const xmx = last(/-Xmx(\d+[kmgt]?)\b/gi);
  const percentage = last(/-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/g);
  const found = xmx ?? percentage;
  if (found === undefined) return [];
  const direct = jvmBytes(last(/-XX:MaxDirectMemorySize=(\d+[kmgt]?)\b/gi)?.[1]) ?? 0;
  const bytes = jvmBytes(xmx?.[1]);
  // -Xmx wins over the percentage.
  const share = xmx === undefined ? Number(percentage?.[1]) / 100 : undefined;
  return [{ where, setting: found[0], bytes, share, direct }];
}

/** A bare number is in bytes for the JVM, in MiB for Spark and Hadoop. */
function jvmBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /\d$/.test(text) ? Number(text) : parseJvmMemory(text);
}

/** Variables such as `HADOOP_HEAPSIZE=1024`, in MiB without a unit. Kafka's *_HEAP_OPTS hold -Xmx and are read as options. */
const HEAP_SIZE = /(^|_)HEAP_?SIZE(_MAX)?$/;

/** Every heap setting of a container, in its manifest and in the files that it mounts. */
export function heapsOf(container: Container, workload: Workload, files: readonly File[]): Heap[] {
  const { field } = container;
  const options = [...field.at("command").strings(), ...field.at("args").strings()];
  const variables = field.at("env").items;
  const mounted = mountsOf(field, workload);
  return [
    ...options.flatMap((one) => heapIn(one.field.text ?? "", one.field.path)),
    ...variables.flatMap((variable) => heapIn(variable.at("value").text ?? "", variable.at("value").path)),
    ...variables
      .filter((variable) => HEAP_SIZE.test(variable.at("name").text ?? ""))
      .flatMap((variable) => sized(variable.at("value"), variable.at("name").text ?? "")),
    ...(container.heap === undefined ? [] : heapOfField(container.heap)),
    ...files
      .filter(({ map }) => mounted === undefined || mounted.has(map))
      .flatMap(({ map, name, field: text }) => heapIn(text.text ?? "", `ConfigMap ${map} ${name}`)),
  ];
}

/** A field of a custom resource holds either the size of the heap or all JVM options. */
function heapOfField(field: Field): Heap[] {
  return [...heapIn(field.text ?? "", field.path), ...sized(field, field.leaf)];
}

function sized(field: Field, name: string): Heap[] {
  const bytes = field.text === undefined ? undefined : parseJvmMemory(field.text);
  if (bytes === undefined) return [];
  return [{ where: field.path, setting: `${name} ${field.text ?? ""}`, bytes, share: undefined, direct: 0 }];
}

/** A file of a ConfigMap that configures JVMs. */
export interface File {
  readonly map: string;
  readonly name: string;
  readonly field: Field;
}

/** Usual names of files with JVM options: `jvm.config`, `jvm.options`, `java-opts`. */
const JVM_FILE = /jvm|java.?opts/i;

export function jvmFiles(workload: Workload, stack: Stack): File[] {
  return filesOf(workload, stack, (name) => JVM_FILE.test(name));
}

/** Files of the ConfigMaps that pods read. */
export function filesOf(workload: Workload, stack: Stack, wanted: (name: string) => boolean): File[] {
  const maps = workload.configMaps.flatMap((name): Resource[] => {
    const found = stack.of("core/ConfigMap").find((one) => one.namespace === workload.namespace && one.name === name);
    return found === undefined ? [] : [found];
  });
  return maps.flatMap((map) =>
    map.root
      .at("data")
      .entries.filter(([name]) => wanted(name))
      .map(([name, field]) => ({ map: map.name, name, field })),
  );
}

/** Names of the ConfigMaps that one container mounts; undefined if an operator mounts them. */
function mountsOf(field: Field, { volumes, spec }: Workload): ReadonlySet<string> | undefined {
  if (spec === undefined || field.at("volumeMounts").absent) return undefined;
  const mounted = new Set(field.at("volumeMounts").items.map((one) => one.at("name").text));
  const own = volumes.filter((volume) => mounted.has(volume.at("name").text));
  return new Set(
    own.flatMap((volume) => [
      volume.get("configMap.name").text ?? "",
      ...volume.get("projected.sources").items.map((source) => source.get("configMap.name").text ?? ""),
    ]),
  );
}
