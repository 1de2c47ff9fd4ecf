import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { KubernetesObject } from "../../control-plane/api";
import type { ControlPlane } from "../../control-plane/control-plane";
import type { Running } from "../../core/run";
import { contained } from "../contained";
import type { Ground } from "../ground";
import { command as run } from "../obtain/command";
import type { Begun, Runner } from "./kubelet";
import { type Container, mounts, type PodSpec, variables } from "./pod-spec";

/** What takes an image's place on this machine. */
export interface Image {
  /** Folders before the machine's own in PATH. */
  readonly path: readonly string[];
  /** Folders of this machine by their paths in the image. @default none */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Command of the image, where containers name none. @default none */
  readonly entrypoint?: readonly string[];
}

export interface OwnPodsArgs {
  readonly plane: ControlPlane;
  readonly ground: Ground;
  /** Namespaces whose pods it runs. */
  readonly namespaces: readonly string[];
  readonly image: (name: string) => Image;
  /** Programs by their paths in all images. */
  readonly programs: Readonly<Record<string, string>>;
  /** Addresses by names, besides those of the pod itself. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** A container's root as a host of its own, whose first process takes all others with it. */
const HOST = ["unshare", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"] as const;
const NAMED = ["sh", "-c", 'hostname "$0" && exec "$@"'] as const;

/**
 * Runs pods as the kubelet does: init containers one after the other, then the container, with the variables, files, scratch, account,
 * user and read-only root of the pod that the API server has. Containers end by Kubernetes' rules and start again.
 */
export class OwnPods implements Runner {
  private readonly running = new Map<string, Running>();
  /** Pods that are to end. */
  private readonly ended = new Set<string>();

  constructor(private readonly args: OwnPodsArgs) {}

  async begin(pod: KubernetesObject): Promise<Begun | undefined> {
    const { name, namespace = "" } = pod.metadata;
    if (!this.args.namespaces.includes(namespace)) return Promise.resolve(undefined);
    const { containers } = pod.spec as PodSpec;
    const [container] = containers;
    return {
      container,
      log: join(this.args.ground.run.folder, `${name}-${container.name}.log`),
      exited: this.live(pod),
      stop: () => {
        this.ended.add(name);
        this.signal(name, "SIGTERM");
      },
    };
  }

  /** Sends a signal to the container of a pod. */
  signal(pod: string, signal: NodeJS.Signals): void {
    try {
      this.running.get(pod)?.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }

  /** Runs a command in the container of a pod, as probes do. @throws Error if it fails */
  async exec(pod: KubernetesObject, command: readonly string[]): Promise<string> {
    const [container] = (pod.spec as PodSpec).containers;
    const [first = "", ...line] = await this.line(pod, { ...container, command, args: [] });
    return run([first, ...line], { cwd: "/", env: await this.env(pod, container) });
  }

  private async live(pod: KubernetesObject): Promise<number | NodeJS.Signals> {
    const { containers, initContainers = [], restartPolicy = "Always" } = pod.spec as PodSpec;
    const { name } = pod.metadata;
    for (const container of [...initContainers, ...containers]) {
      for (;;) {
        const code = await this.once(pod, container);
        if (this.over(name)) return code;
        if (code === 0 && (initContainers.includes(container) || restartPolicy !== "Always")) break;
        if (code !== 0 && restartPolicy === "Never") return code;
        await sleep(1000, undefined, { ref: false });
        if (this.over(name)) return code;
      }
    }
    return 0;
  }

  private async env(pod: KubernetesObject, container: Container): Promise<Record<string, string>> {
    const { plane, image } = this.args;
    const path = [...image(container.image).path, process.env.PATH ?? ""].join(":");
    return { PATH: path, ...(await variables(plane, pod, container)) };
  }

  private over(name: string): boolean {
    return this.ended.has(name) || this.args.ground.run.isOver;
  }

  private async once(pod: KubernetesObject, container: Container): Promise<number | NodeJS.Signals> {
    const { name } = pod.metadata;
    const [first = "", ...line] = await this.line(pod, container);
    const env = await this.env(pod, container);
    const process = await this.args.ground.run.process({
      name: `${name}-${container.name}`,
      command: [first, ...line],
      cwd: "/",
      env,
      // unshare ignores others; the host's first process takes all of them with it.
      signal: "SIGKILL",
    });
    this.running.set(name, process);
    return process.exited;
  }

  private async line(pod: KubernetesObject, container: Container): Promise<string[]> {
    const { ground, plane, programs, hosts } = this.args;
    const { name } = pod.metadata;
    const { securityContext } = pod.spec as PodSpec;
    const user = securityContext.runAsUser;
    const write = (file: string, text: string) => {
      const path = ground.path("pods", name, file);
      writeFileSync(path, text);
      return path;
    };
    const names = Object.entries({ localhost: "127.0.0.1", [name]: "127.0.0.1", ...hosts });
    const place = {
      mounts: {
        "/tmp": ground.folder("pods", name, "tmp"),
        ...this.args.image(container.image).mounts,
        ...(await mounts(plane, ground, pod, container)),
      },
      hosts: write("hosts", names.map(([host, address]) => `${address} ${host}\n`).join("")),
      programs: {
        ...programs,
        "/etc/passwd": write("passwd", `root:x:0:0:root:/root:/bin/sh\nairflow:x:${String(user)}:0::/tmp:/bin/sh\n`),
      },
      user,
    };
    const { entrypoint = [] } = this.args.image(container.image);
    const command = container.command ?? entrypoint;
    return [...HOST, ...NAMED, name, ...contained({ ...container, env: [], command }, place)];
  }
}

/** Whether a process can be a host of its own here. */
export const cannotBeHost = (): Promise<string | undefined> =>
  run([...HOST, ...NAMED, hostname(), "true"]).then(
    () => undefined,
    (error: unknown) => `no namespaces for pods: ${(error as Error).message}`,
  );
