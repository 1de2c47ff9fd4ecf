import { once } from "node:events";
import { createReadStream, readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import type { KubernetesObject } from "../../control-plane/api";
import type { ControlPlane } from "../../control-plane/control-plane";
import type { Ground } from "../ground";
import { type Application, driver } from "../spark/spark";

const CONTAINER = "spark-kubernetes-driver";
/** The operator's own label. */
const APPLICATION = "sparkoperator.k8s.io/app-name";

interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly { readonly name: string; readonly image: string; readonly args?: readonly string[] }[];
}

interface Driver {
  readonly log: string;
  ended: boolean;
}

/**
 * Stand-in for the kubelet: runs the command of a driver's pod as a process of this machine, with the application's
 * configuration. It reports the exit code to the API server, and serves the log through it. The real operator makes the pod; the
 * real control plane admits and schedules it.
 */
export class DriverPods {
  private readonly drivers = new Map<string, Driver>();
  private stopped = false;

  private constructor(
    private readonly plane: ControlPlane,
    private readonly ground: Ground,
    private readonly server: Server,
  ) {}

  static async start(plane: ControlPlane, ground: Ground, nodes: readonly string[]): Promise<DriverPods> {
    const { crt, key } = plane.certificate;
    const server = createServer({ cert: readFileSync(crt), key: readFileSync(key) });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const pods = new DriverPods(plane, ground, server);
    server.on("request", (request, response) => {
      // /containerLogs/<namespace>/<pod>/<container>
      const url = new URL(request.url ?? "", "https://node");
      const name = url.pathname.split("/")[3] ?? "";
      void pods.sendLog(name, url.searchParams, response).then(() => {
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
    void pods.watch();
    return pods;
  }

  close(): void {
    this.stopped = true;
    this.server.closeAllConnections();
    this.server.close();
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      const pods = await this.plane.api.list("v1", "pods", "?labelSelector=spark-role%3Ddriver").catch(() => []);
      for (const pod of pods) {
        const { phase } = (pod.status ?? {}) as { readonly phase?: string };
        if (phase !== "Running" || this.drivers.has(pod.metadata.name)) continue;
        await this.run(pod).catch((error: unknown) => {
          if (!this.stopped) console.error(error);
        });
      }
      await sleep(200);
    }
  }

  private async run(pod: KubernetesObject): Promise<void> {
    const { name, namespace, labels } = pod.metadata;
    const { containers } = pod.spec as PodSpec;
    const [container] = containers.filter((each) => each.name === CONTAINER);
    const application = await this.plane.api.get({
      apiVersion: "sparkoperator.k8s.io/v1beta2",
      kind: "SparkApplication",
      metadata: { name: labels?.[APPLICATION] ?? "", namespace },
    });
    if (container === undefined || application === undefined) return;
    // Arguments of the image's start script: `driver --properties-file <file> --class <class> <main file> <arguments>`.
    const [, , , , , ...line] = container.args ?? [];
    const spec = driver(this.ground, application as unknown as Application, name, line);
    const { log, exited } = await this.ground.run.process({ name, ...spec });
    const entry: Driver = { log, ended: false };
    this.drivers.set(name, entry);
    void exited.then(async (code) => {
      entry.ended = true;
      await this.end(pod, container.image, code).catch(() => undefined);
    });
  }

  private async end(pod: KubernetesObject, image: string, code: number | NodeJS.Signals): Promise<void> {
    const well = code === 0;
    const terminated = {
      exitCode: typeof code === "number" ? code : 137,
      reason: well ? "Completed" : "Error",
      finishedAt: new Date().toISOString(),
    };
    const state = { name: CONTAINER, image, imageID: "", ready: false, restartCount: 0, state: { terminated } };
    const status = { phase: well ? "Succeeded" : "Failed", containerStatuses: [state] };
    await this.plane.api.patch(pod, { status }, "status");
  }

  /** Writes the log of a driver; with `follow`, waits until the driver has ended. */
  private async sendLog(name: string, query: URLSearchParams, to: Writable): Promise<void> {
    const found = this.drivers.get(name);
    if (found === undefined) return;
    const stamp = query.get("timestamps") === "true" ? () => `${new Date().toISOString()} ` : () => "";
    while (query.get("follow") === "true" && !found.ended && !this.stopped) await sleep(100);
    for await (const line of createInterface({ input: createReadStream(found.log) })) to.write(`${stamp()}${line}\n`);
  }
}
