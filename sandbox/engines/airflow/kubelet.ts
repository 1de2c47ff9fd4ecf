import { once } from "node:events";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import type { KubernetesObject } from "../../control-plane/api";
import type { ControlPlane } from "../../control-plane/control-plane";

/** A pod whose program runs as a process of this machine. */
export interface Begun {
  /** The container that tells how the pod ends, and its image. */
  readonly container: { readonly name: string; readonly image: string };
  /** File with the container's log. */
  readonly log: string;
  /** Exit code of a pod that ends. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Ends the program of a pod that was deleted. @default it goes on */
  stop?(): void;
}

/** What runs the pods of one kind. */
export interface Runner {
  /** Selects its pods, as `?labelSelector=…`. @default all */
  readonly query?: string;
  /** Starts the program of a pod. @returns undefined for a pod that is none of its own */
  begin(pod: KubernetesObject): Promise<Begun | undefined>;
}

interface Entry extends Begun {
  readonly uid: string;
  ended: boolean;
}

/**
 * Stand-in for the kubelet of simulated nodes: has the programs of pods run as processes of this machine, reports their exit codes to
 * the API server, and serves their logs through it. The real control plane admits and schedules the pods.
 */
export class Kubelet {
  /** By the pod's name. */
  private readonly pods = new Map<string, Entry>();
  private stopped = false;

  private constructor(
    private readonly plane: ControlPlane,
    private readonly runner: Runner,
    private readonly server: Server,
  ) {}

  /** @param nodes names of the nodes whose logs it serves */
  static async start(plane: ControlPlane, runner: Runner, nodes: readonly string[]): Promise<Kubelet> {
    const { crt, key } = plane.certificate;
    const server = createServer({ cert: readFileSync(crt), key: readFileSync(key) });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const kubelet = new Kubelet(plane, runner, server);
    server.on("request", (request, response) => {
      // /containerLogs/<namespace>/<pod>/<container>
      const url = new URL(request.url ?? "", "https://node");
      const name = url.pathname.split("/")[3] ?? "";
      void kubelet.sendLog(name, url.searchParams, response).then(() => {
        response.end();
      });
    });
    const { port } = server.address() as AddressInfo;
    const status = {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    };
    for (const name of nodes) {
      await plane.api.patch({ apiVersion: "v1", kind: "Node", metadata: { name } }, { status }, "status");
    }
    void kubelet.watch();
    return kubelet;
  }

  close(): void {
    this.stopped = true;
    this.server.closeAllConnections();
    this.server.close();
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      const pods = await this.plane.api.list("v1", "pods", this.runner.query ?? "").catch(() => undefined);
      for (const pod of pods ?? []) {
        const { phase } = (pod.status ?? {}) as { readonly phase?: string };
        if (phase !== "Running" || this.pods.has(pod.metadata.name)) continue;
        await this.begin(pod).catch((error: unknown) => {
          this.report(error);
        });
      }
      if (pods !== undefined) this.forget(new Set(pods.map(({ metadata }) => metadata.uid)));
      await sleep(200);
    }
  }

  /** Ends programs of pods that are gone. Their logs stay. */
  private forget(alive: ReadonlySet<string | undefined>): void {
    for (const pod of this.pods.values()) {
      if (pod.ended || alive.has(pod.uid)) continue;
      pod.ended = true;
      pod.stop?.();
    }
  }

  private async begin(pod: KubernetesObject): Promise<void> {
    const begun = await this.runner.begin(pod);
    if (begun === undefined) return;
    const entry: Entry = { ...begun, uid: pod.metadata.uid ?? "", ended: false };
    this.pods.set(pod.metadata.name, entry);
    begun.exited
      .then(async (code) => {
        entry.ended = true;
        await this.end(pod, begun.container, code).catch(() => undefined);
      })
      .catch((error: unknown) => {
        this.report(error);
      });
  }

  private report(error: unknown): void {
    if (!this.stopped) console.error(error);
  }

  private async end(
    pod: KubernetesObject,
    { name, image }: Begun["container"],
    code: number | NodeJS.Signals,
  ): Promise<void> {
    const well = code === 0;
    const terminated = {
      exitCode: typeof code === "number" ? code : 137,
      reason: well ? "Completed" : "Error",
      finishedAt: new Date().toISOString(),
    };
    const state = { name, image, imageID: "", ready: false, restartCount: 0, state: { terminated } };
    const status = { phase: well ? "Succeeded" : "Failed", containerStatuses: [state] };
    await this.plane.api.patch(pod, { status }, "status");
  }

  /** Writes the log of a pod; with `follow`, waits until the pod has ended. */
  private async sendLog(name: string, query: URLSearchParams, to: Writable): Promise<void> {
    const found = this.pods.get(name);
    if (found === undefined) return;
    const stamp = query.get("timestamps") === "true" ? () => `${new Date().toISOString()} ` : () => "";
    while (query.get("follow") === "true" && !found.ended && !this.stopped) await sleep(100);
    if (!existsSync(found.log)) return;
    for await (const line of createInterface({ input: createReadStream(found.log) })) to.write(`${stamp()}${line}\n`);
  }
}
