import { ofKind, type StackObject, type StandIn } from "../../core/composition";
import { formatCores, formatBytes, parseBytes, parseCores } from "../../core/quantity";
import { sparkMemory, sparkSize } from "../spark-conf";
import { CONFIG_FILE } from "./config";

/** Spark Connect without Kubernetes: the same server with the same file, whose tasks run in its own process. */

interface Container {
  readonly command: readonly string[];
  readonly resources: { readonly limits: { readonly cpu: string; readonly memory: string } };
}

interface Server {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [Container];
        readonly volumes: readonly { readonly configMap?: { readonly name: string } }[];
      };
    };
  };
}

interface Files {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

export function standIns(objects: readonly StackObject[]): readonly StandIn[] {
  const server = ofKind<Server>(objects, "Deployment").find(({ metadata }) => metadata.name === "spark-connect-server");
  if (server === undefined) return [];
  const names = server.spec.template.spec.volumes.flatMap(({ configMap }) => configMap?.name ?? []);
  const file = ofKind<Files>(objects, "ConfigMap").find(
    ({ metadata, data }) => names.includes(metadata.name) && CONFIG_FILE in data,
  );
  if (file === undefined) throw new Error("spark-connect-server has no file of properties");
  return [{ of: [server], objects: [alone(server, properties(file.data[CONFIG_FILE] ?? ""))] }];
}

/** The server with the room of its executors. */
function alone(server: Server & StackObject, conf: ReadonlyMap<string, string>): StackObject {
  const { template } = server.spec;
  const [container] = template.spec.containers;
  const { cpu, memory } = container.resources.limits;
  const value = (key: string) => conf.get(key) ?? missing(key);
  const executors = Number(value("spark.dynamicAllocation.maxExecutors"));
  // Spark's `m` is MiB.
  const executor = [value("spark.executor.memory"), value("spark.executor.memoryOverhead")].map(
    (size) => parseBytes(`${size.toUpperCase()}i`) ?? missing(size),
  );
  const bytes = (parseBytes(memory) ?? missing(memory)) + executors * executor.reduce((sum, each) => sum + each, 0);
  const slots = executors * Number(value("spark.executor.cores"));
  const cores =
    (parseCores(cpu) ?? missing(cpu)) + executors * (parseCores(value("spark.kubernetes.executor.limit.cores")) ?? 0);
  const [program = "", ...words] = container.command;
  const command = [
    program,
    // Words win over the file.
    ...["--master", `local[${String(slots)}]`],
    ...["--driver-memory", sparkSize(sparkMemory(bytes).heap)],
    // Nobody else connects to it, and its own name is none of this container's.
    ...["--conf", "spark.driver.host=localhost"],
    ...words,
  ];
  const limits = { cpu: formatCores(cores), memory: formatBytes(bytes) };
  const own = { ...container, command, resources: { limits } };
  const spec = { ...template.spec, containers: [own] };
  return { ...server, spec: { ...server.spec, template: { ...template, spec } } };
}

const properties = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );

function missing(what: string): never {
  throw new Error(`spark-connect-server: cannot read ${what}`);
}
