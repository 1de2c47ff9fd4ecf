import { randomBytes } from "node:crypto";

import { manifests } from "../../preview/manifests";
import { PROJECT_FOLDER } from "../../inputs/project";
import { record, revealed } from "../../preview/recorder";
import { readStackFile, type StackConfig } from "../../inputs/stack-file";
import { parseCores } from "../../components/core/quantity";
import { artefacts } from "./obtain/artefacts";

type Content = Readonly<Record<string, unknown>>;
type Values = StackConfig["values"];

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Exec {
  readonly command: readonly string[];
}

export interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly volumeMounts?: readonly { readonly mountPath: string }[];
  readonly startupProbe?: { readonly exec: Exec };
  readonly readinessProbe?: { readonly exec: Exec };
  readonly lifecycle?: { readonly preStop: { readonly exec: Exec } };
}

interface PodTemplate {
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}

/** Settings with the Trino version that runs here, for which its files are rendered. */
function forObtained(values: Values): Values {
  const key = "lakehouse:query";
  const { trino, ...query } = JSON.parse(values[key] ?? "{}") as { readonly trino?: object };
  return { ...values, [key]: JSON.stringify({ ...query, trino: { ...trino, version: artefacts.trino.version } }) };
}

/**
 * Output of `lakehouse plan` for a stack, with two differences: Trino's files are for the version that can be obtained, and
 * generated secrets have random values instead of `[secret]`, one for each resource, so that an engine gets exactly the secret that
 * refers to it. It is never written to disk.
 */
export class Rendered {
  private constructor(
    private readonly files: ReadonlyMap<string, Content>,
    private readonly render: (more: Values) => Promise<Rendered>,
  ) {}

  /**
   * @param generated the secret that a resource of some name generates. @default random ones
   * @param config other settings than those of the stack's file
   * @param program what is rendered. @default the whole stack
   */
  static async of(
    stack: string,
    generated = (resource: string) => `${resource}-${randomBytes(12).toString("hex")}`,
    config: StackConfig = readStackFile(PROJECT_FOLDER, stack),
    program: () => unknown = require("../../index") as () => unknown,
  ): Promise<Rendered> {
    const known = new Map<string, string>();
    const once = (resource: string) => {
      const secret = known.get(resource) ?? generated(resource);
      known.set(resource, secret);
      return secret;
    };
    const render = async (more: Values): Promise<Rendered> => {
      const settings = { ...config, values: forObtained({ ...config.values, ...more }) };
      const options = { project: "lakehouse", stack, generated: once };
      const { recorded } = await record(program, settings, options);
      const files = manifests(recorded.map(revealed)).map(({ path, content }) => [path, content] as const);
      return new Rendered(new Map(files), render);
    };
    return render({});
  }

  /** The same stack with more settings, by key; what was generated stays as it is. */
  having(more: Values): Promise<Rendered> {
    return this.render(more);
  }

  /** Greatest cpu limit of a container, in cores: JVMs start as many threads as they see processors. */
  get processors(): number {
    return Math.max(1, ...[...this.files.values()].flatMap(cpuLimits).map(Math.ceil));
  }

  /** Every file's path: `manifests/<namespace>/<kind>-<name>.yaml`, `resources/<provider>/<kind>-<name>.yaml`. */
  get paths(): readonly string[] {
    return [...this.files.keys()];
  }

  /** Every object and resource. */
  get all(): readonly Content[] {
    return [...this.files.values()];
  }

  /** The one object of a kind and name. */
  object(kind: string, name: string): Content {
    const end = `/${kind.toLowerCase()}-${name}.yaml`;
    const found = this.paths.filter((path) => !path.startsWith("resources/") && path.endsWith(end));
    const [only] = found;
    if (only === undefined || found.length > 1) throw new Error(`${end}: rendered ${found.length} times, not once`);
    return this.files.get(only) ?? {};
  }

  /** All objects of a kind. */
  objects<T>(kind: string): T[] {
    const start = `/${kind.toLowerCase()}-`;
    const ours = this.paths.filter((path) => path.startsWith("manifests/") && path.includes(start));
    return ours.map((path) => this.files.get(path) as T & { kind?: string }).filter((each) => each.kind === kind);
  }

  has(kind: string, name: string): boolean {
    return this.paths.some((path) => path.endsWith(`/${kind.toLowerCase()}-${name}.yaml`));
  }

  /** Resources of another provider, such as `minio` `s3Bucket`. */
  resources<T>(provider: string, kind: string): T[] {
    const start = `resources/${provider}/${kind.toLowerCase()}-`;
    return this.paths.filter((path) => path.startsWith(start)).map((path) => this.files.get(path) as T);
  }

  /** Files of a ConfigMap by name. */
  configMap(name: string): Readonly<Record<string, string>> {
    return this.object("ConfigMap", name).data as Record<string, string>;
  }

  secret(name: string, key: string): string {
    const value = (this.object("Secret", name).stringData as Record<string, string> | undefined)?.[key];
    if (value === undefined) throw new Error(`Secret ${name}: it has no key ${key}`);
    return value;
  }

  /** Values of a Helm chart's release. */
  release(name: string): Readonly<Record<string, unknown>> {
    const [path, ...more] = this.paths.filter((each) => each.startsWith("releases/") && each.endsWith(`/${name}.yaml`));
    if (path === undefined || more.length > 0) throw new Error(`release ${name}: it is not rendered once`);
    return this.files.get(path)?.values as Readonly<Record<string, unknown>>;
  }

  /** A container of a Deployment, StatefulSet, Job or CronJob; init containers too. */
  container(kind: string, name: string, container: string): Container {
    const spec = this.object(kind, name).spec as {
      readonly template?: PodTemplate;
      readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } };
    };
    const pod = (spec.template ?? spec.jobTemplate?.spec.template)?.spec;
    const found = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].find((each) => each.name === container);
    if (found === undefined) throw new Error(`${kind} ${name}: it has no container ${container}`);
    return found;
  }

  /** The variables of a container, with the values of the Secrets that they name. */
  env({ env = [] }: Pick<Container, "env">): Record<string, string> {
    return Object.fromEntries(
      env.map(({ name, value, valueFrom }) => {
        const key = valueFrom?.secretKeyRef;
        return [name, key === undefined ? (value ?? "") : this.secret(key.name, key.key)];
      }),
    );
  }

  /** Files that another rendering lacks: what `up` would create in a change from that one to this. */
  beyond(other: Rendered): Rendered {
    return new Rendered(new Map([...this.files].filter(([path]) => !other.files.has(path))), this.render);
  }

  /** The same with folders of pods at places of this machine, by their paths, wherever a file names them. */
  at(places: Readonly<Record<string, string>>): Rendered {
    const move = (text: string) =>
      Object.entries(places).reduce((moved, [from, to]) => moved.replaceAll(from, to), text);
    const files = [...this.files].map(([path, of]) => [path, JSON.parse(move(JSON.stringify(of))) as Content] as const);
    return new Rendered(new Map(files), this.render);
  }

  /** The same with one file changed, for tests that break it. @throws Error when nothing changes */
  with(path: string, from: string, to: string): Rendered {
    const before = JSON.stringify(this.files.get(path) ?? {});
    const after = before.replaceAll(JSON.stringify(from).slice(1, -1), JSON.stringify(to).slice(1, -1));
    if (after === before) throw new Error(`${path}: there is no ${from} in it`);
    return new Rendered(new Map([...this.files, [path, JSON.parse(after) as Content]]), this.render);
  }
}

/** All values of `limits.cpu`, in cores. */
function cpuLimits(value: unknown): number[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const { cpu } = (key === "limits" ? inner : {}) as { cpu?: string | number };
    return cpu === undefined ? cpuLimits(inner) : [parseCores(String(cpu)) ?? 0];
  });
}
