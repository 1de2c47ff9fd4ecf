import { MiB, parseBytes, parseCores } from "../components/core/quantity";
import { type Bind, type File, filesOf } from "./files";
import { type Health, healthOf, HEALTHY } from "./health";
import type { Container } from "./kubernetes";
import { expanded, type Values } from "./values";
import { type Pod, volumeOf } from "./workloads";

/** A service of compose's file, without networks and order, which follow from the whole. */
export interface Service {
  readonly image: string;
  readonly hostname?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly working_dir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly (object | string)[];
  readonly tmpfs?: readonly string[];
  readonly healthcheck?: Health;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly stop_signal?: string;
  readonly stop_grace_period?: string;
  readonly network_mode?: string;
  readonly deploy: {
    readonly replicas?: number;
    readonly resources: { readonly limits: { readonly cpus?: string; readonly memory?: string } };
  };
}

/** A named volume, and the user that writes to it. */
export interface Volume {
  readonly name: string;
  readonly owner: string;
  /** Whether it keeps data, unlike an empty directory. */
  readonly data: boolean;
}

/** One container of a pod. */
export interface Made {
  readonly name: string;
  readonly service: Service;
  readonly files: ReadonlyMap<string, File>;
  readonly volumes: readonly Volume[];
}

/** The containers of a pod, in the order in which they start: each but the last must have ended before the next. */
export interface Containers {
  readonly init: readonly Made[];
  readonly main: Made;
  /** Others of the pod, which share the main one's network. */
  readonly beside: readonly Made[];
}

export function containersOf(pod: Pod, values: Values): Containers {
  const { initContainers = [], containers } = pod.spec;
  const [first, ...others] = containers;
  if (first === undefined) throw new Error(`${pod.name}: it has no container`);
  return {
    init: initContainers.map((each) => made(pod, each, `${pod.name}-${each.name}`, true, values)),
    main: made(pod, first, pod.name, pod.task, values),
    beside: others.map((each) => {
      const { name, service, ...rest } = made(pod, each, `${pod.name}-${each.name}`, false, values);
      return { name, service: { ...service, network_mode: `service:${pod.name}` }, ...rest };
    }),
  };
}

function made(pod: Pod, container: Container, name: string, ends: boolean, values: Values): Made {
  const { files, binds } = filesOf(pod, container, values);
  const env = values.env(container.env ?? [], pod.namespace, {
    "metadata.name": pod.hostname ?? pod.name,
    "metadata.namespace": pod.namespace,
    // Its own name reaches it: an address is not known before it runs.
    "status.podIP": pod.name,
  });
  const words = (all: readonly string[]) => all.map((word) => values.text(expanded(word, env)));
  const { volumes, tmpfs } = volumesOf(pod, container);
  const health = ends ? undefined : healthOf(container);
  const mounts = [
    ...binds.map(mounted),
    ...volumes.map(({ name: source, target }) => `${source}:${target}`),
    ...(health?.test.join(" ").includes(HEALTHY.target) === true ? [mounted(HEALTHY)] : []),
  ];
  const { limits = {} } = container.resources ?? {};
  const environment = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, values.text(value)]));
  const service: Service = {
    image: container.image,
    ...(pod.hostname === undefined || ends ? {} : { hostname: pod.hostname }),
    ...userOf(pod, container),
    ...(container.command === undefined ? {} : { entrypoint: words(container.command) }),
    ...(container.args === undefined ? {} : { command: words(container.args) }),
    ...(container.workingDir === undefined ? {} : { working_dir: container.workingDir }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...(mounts.length === 0 ? {} : { volumes: mounts }),
    ...(tmpfs.length === 0 ? {} : { tmpfs }),
    ...(health === undefined ? {} : { healthcheck: { ...health, test: health.test.map((word) => values.text(word)) } }),
    ...security(container),
    ...(ends ? {} : { restart: "unless-stopped", ...stop(pod, container) }),
    deploy: {
      ...(pod.replicas === 1 || ends ? {} : { replicas: pod.replicas }),
      resources: {
        limits: {
          ...(limits.cpu === undefined ? {} : { cpus: String(parseCores(String(limits.cpu)) ?? limits.cpu) }),
          ...(limits.memory === undefined ? {} : { memory: megabytes(limits.memory) }),
        },
      },
    },
  };
  return { name, service, files, volumes };
}

const mounted = ({ source, target }: Bind) => `${source}:${target}:ro`;

function userOf({ spec }: Pod, { securityContext = {} }: Container): { user?: string } {
  const { runAsUser, runAsGroup = runAsUser } = { ...spec.securityContext, ...securityContext };
  return runAsUser === undefined ? {} : { user: `${String(runAsUser)}:${String(runAsGroup)}` };
}

function security({ securityContext = {} }: Container): Partial<Service> {
  const { readOnlyRootFilesystem, capabilities, allowPrivilegeEscalation } = securityContext;
  return {
    ...(readOnlyRootFilesystem === true ? { read_only: true } : {}),
    ...(capabilities?.drop === undefined ? {} : { cap_drop: capabilities.drop }),
    ...(capabilities?.add === undefined ? {} : { cap_add: capabilities.add }),
    ...(allowPrivilegeEscalation === false ? { security_opt: ["no-new-privileges:true"] } : {}),
  };
}

function stop({ spec }: Pod, { lifecycle = {} }: Container): Partial<Service> {
  const { terminationGracePeriodSeconds: grace = 30 } = spec;
  return {
    ...(lifecycle.stopSignal === undefined ? {} : { stop_signal: lifecycle.stopSignal }),
    stop_grace_period: `${String(grace)}s`,
  };
}

/** Folders that lose nothing of worth when their container stops: temporary files, shared memory, sockets. */
const SCRATCH = /^\/(tmp|dev\/shm|run\/.*)$/;

/**
 * Claims and empty directories become named volumes, which init containers share with the main one; `/tmp` is in memory. Programs
 * run from it, as Java's libraries do.
 */
function volumesOf(pod: Pod, { volumeMounts = [] }: Container) {
  const { runAsUser = 0, runAsGroup = runAsUser, fsGroup = runAsGroup } = pod.spec.securityContext ?? {};
  const volumes: (Volume & { readonly target: string })[] = [];
  const tmpfs: string[] = [];
  for (const { name, mountPath, subPath } of volumeMounts) {
    const { emptyDir } = volumeOf(pod, name) ?? {};
    if (emptyDir === undefined && !pod.claims.includes(name)) continue;
    if (emptyDir !== undefined && (SCRATCH.test(mountPath) || emptyDir.medium === "Memory")) {
      const { sizeLimit } = emptyDir;
      const size = sizeLimit === undefined ? "" : `,size=${megabytes(sizeLimit).toLowerCase()}`;
      tmpfs.push(`${mountPath}:exec,mode=1777${size}`);
      continue;
    }
    if (subPath !== undefined)
      throw new Error(`${pod.name}: ${mountPath} is a part of a volume, which has no like here`);
    const owner = `${String(runAsUser)}:${String(fsGroup)}`;
    volumes.push({ name: `${pod.name}-${name}`, owner, data: emptyDir === undefined, target: mountPath });
  }
  return { volumes, tmpfs };
}

/** `1536Mi` → `1536M`, which compose reads as mebibytes. */
function megabytes(size: string): string {
  const bytes = parseBytes(size);
  if (bytes === undefined) throw new Error(`${size}: not a size`);
  return `${String(Math.max(1, Math.floor(bytes / MiB)))}M`;
}
