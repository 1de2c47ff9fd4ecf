import type { Field } from "../core/field";
import { parseJvmMemory } from "../core/quantity";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Container, Workload } from "../workloads/types";

/** What somebody told a JVM about its heap. */
export interface Heap {
  /** Where it is said, for people. */
  readonly where: string;
  /** What is said: `-Xmx6553m`. */
  readonly said: string;
  /** Bytes, or a share of the container's limit. */
  readonly bytes: number | undefined;
  readonly share: number | undefined;
  /** Memory besides the heap that is stated too, in bytes. */
  readonly direct: number;
}

/** Options of a JVM in a text; the last of several of a kind holds. */
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
  return [{ where, said: found[0], bytes, share, direct }];
}

/** The JVM counts bytes where no unit is given, Spark and Hadoop MiB. */
function jvmBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /\d$/.test(text) ? Number(text) : parseJvmMemory(text);
}

/** `HADOOP_HEAPSIZE=1024` and its kin: MiB where no unit is given. Kafka's *_HEAP_OPTS hold -Xmx and are read as options. */
const HEAP_SIZE = /(^|_)HEAP_?SIZE(_MAX)?$/;
/** Custom resources that keep JVM options as fields of a block. */
const OPTION_BLOCKS = ["jvmOptions"];

/** Every heap that a container is told to take, wherever its manifest and the files that it mounts say so. */
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
    ...OPTION_BLOCKS.flatMap((key) => sized(field.at(key, "-Xmx"), "-Xmx")),
    ...files
      .filter(({ map }) => mounted === undefined || mounted.has(map))
      .flatMap(({ map, name, field: text }) => heapIn(text.text ?? "", `ConfigMap ${map} ${name}`)),
    ...sparkHeap(container),
  ];
}

function sized(field: Field, name: string): Heap[] {
  const bytes = field.text === undefined ? undefined : parseJvmMemory(field.text);
  if (bytes === undefined) return [];
  return [{ where: field.path, said: `${name} ${field.text ?? ""}`, bytes, share: undefined, direct: 0 }];
}

/** Spark's own container takes `memory` for the heap; the limit is another field. */
function sparkHeap({ name, field }: Container): Heap[] {
  return name.startsWith("spark-kubernetes-") ? sized(field.at("memory"), "memory") : [];
}

/** A file of a ConfigMap that configures JVMs. */
export interface File {
  readonly map: string;
  readonly name: string;
  readonly field: Field;
}

/** Files by the names that programs give them: `jvm.config`, `jvm.options`, `java-opts`. */
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

/** ConfigMaps that one container mounts; undefined where an operator mounts them. */
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
