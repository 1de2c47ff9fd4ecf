import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { freePorts } from "../core/ports";
import { stopAll } from "../core/processes";
import { Run, type RunOptions, tail } from "../core/run";
import { type Access, Api, type KubernetesObject } from "./api";
import { apiServer, etcd, HOST, kwok, manager, scheduler } from "./arguments";
import type { Jobs } from "./kwok";
import { obtainAll, type ObtainOptions } from "./obtain";
import { until } from "../core/until";

/** Programs that store and validate objects; none of them acts on objects. */
export const API_SERVER = ["etcd", "kube-apiserver"] as const;
/** Programs that act on objects. */
const CONTROLLERS = ["kube-controller-manager", "kube-scheduler", "kwok"] as const;
/** All programs of a control plane; kubectl is only for people. */
export const CONTROL_PLANE = [...API_SERVER, ...CONTROLLERS] as const;

export interface ControlPlaneOptions extends ObtainOptions {
  /** Nodes that exist from the start. @default none */
  readonly nodes?: readonly KubernetesObject[];
  /** Only etcd and the API server: nodes and pods stay as they are written. @default false */
  readonly alone?: boolean;
  /** @default "complete" */
  readonly jobs?: Jobs;
  /** Part of the name of the run's folder. @default "control-plane" */
  readonly name?: string;
  /** Folder of its files, and whether it outlives this process. @default a temporary folder that is removed with this process */
  readonly run?: RunOptions;
}

export interface ControlPlane {
  /** Client with the rights of an administrator. */
  readonly api: Api;
  /** Path of a file for kubectl, Pulumi's provider, operators. */
  readonly kubeconfig: string;
  /** The API server's own certificate and key for 127.0.0.1, which webhooks may use too. */
  readonly certificate: { readonly crt: string; readonly key: string };
  /** More processes, such as operators, that end with it. */
  readonly run: Run;
  /** Ends all processes and removes the files. */
  end(): Promise<void>;
}

/** Rarer garbage collection of Go: none of the processes gets large. */
const QUICK = { GOGC: "400" };

/** Attempts with other ports: another process may take a free port before it is used. */
const ATTEMPTS = 3;

/** A real API server on etcd, with controller manager, scheduler and simulated nodes, on free ports of the loopback. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const tools: Tools = await obtainAll(options.alone === true ? API_SERVER : CONTROL_PLANE, options);
  for (let attempt = 1; ; attempt++) {
    const run = Run.start(options.name ?? "control-plane", options.run);
    try {
      return await start(run, tools, options);
    } catch (error) {
      await stopAll(run.folder);
      await run.end();
      rmSync(run.folder, { recursive: true, force: true });
      if (attempt === ATTEMPTS || !(error as Error).message.includes("address already in use")) throw error;
    }
  }
}

type Tools = Readonly<Record<(typeof API_SERVER)[number], string>> &
  Readonly<Partial<Record<(typeof CONTROLLERS)[number], string>>>;

async function start(
  run: Run,
  tools: Tools,
  { nodes = [], jobs = "complete", alone = false }: ControlPlaneOptions,
): Promise<ControlPlane> {
  const { folder } = run;
  const ports = await freePorts("client", "peer", "api");
  const log = join(folder, "etcd.log");
  await run.process({
    name: "etcd",
    command: [tools.etcd, ...etcd(folder, ports)],
    env: QUICK,
    // Read from its own log: another etcd might answer on its port.
    ready: () =>
      Promise.resolve(existsSync(log) && readFileSync(log, "utf8").includes("ready to serve client requests")),
  });
  const api = await startServer(run, tools["kube-apiserver"], ports);
  const kubeconfig = writeKubeconfig(folder, api.access);
  if (alone) await Promise.all(nodes.map((node) => api.create(node)));
  else await startControllers(run, tools, { api, kubeconfig, jobs, nodes });
  const crt = join(folder, "server", "apiserver.crt");
  return {
    api,
    kubeconfig,
    certificate: { crt, key: crt.replace(/crt$/, "key") },
    run,
    end: async () => {
      api.close();
      await run.end();
    },
  };
}

interface ControllersArgs extends Required<Pick<ControlPlaneOptions, "jobs" | "nodes">> {
  readonly api: Api;
  readonly kubeconfig: string;
}

async function startControllers(run: Run, tools: Tools, { api, kubeconfig, jobs, nodes }: ControllersArgs) {
  const { folder } = run;
  const others = {
    "kube-controller-manager": manager(folder, kubeconfig),
    "kube-scheduler": scheduler(kubeconfig),
    "kwok": kwok(folder, kubeconfig, jobs),
  } as const;
  const started = await Promise.all(
    CONTROLLERS.map(async (name) => ({
      name,
      ...(await run.process({ name, command: [tools[name] ?? name, ...others[name]], env: QUICK })),
    })),
  );
  // They have no listeners, so their effects on objects show that they run.
  const died = Promise.race(
    started.map(async ({ name, exited, log: file }) => {
      const code = await exited;
      throw new Error(`${name} ended with ${String(code)}:\n${tail(file)}`);
    }),
  );
  died.catch(() => undefined);
  await Promise.race([died, populated(api, nodes)]);
}

async function populated(api: Api, nodes: readonly KubernetesObject[]): Promise<void> {
  await Promise.all(nodes.map((node) => api.create(node)));
  await until(`${String(nodes.length)} nodes are ready`, async () => (await ready(api)) === nodes.length);
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "default" } };
  await until("namespaces have their account", async () => (await api.get(account)) !== undefined);
}

async function startServer(
  run: Run,
  program: string,
  ports: { readonly client: number; readonly api: number },
): Promise<Api> {
  const token = randomBytes(24).toString("hex");
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const file = (name: string, content: string) => {
    writeFileSync(join(run.folder, name), content, { mode: 0o600 });
    return join(run.folder, name);
  };
  const certificates = join(run.folder, "server");
  mkdirSync(certificates);
  const server = `https://${HOST}:${String(ports.api)}`;
  let access: Access | undefined;
  await run.process({
    name: "kube-apiserver",
    env: QUICK,
    command: [
      program,
      ...apiServer(run.folder, ports, {
        tokens: file("tokens.csv", `${token},admin,admin,system:masters\n`),
        verifying: file("accounts.pub", publicKey),
        signing: file("accounts.key", privateKey),
      }),
    ],
    ready: async () => {
      access ??= { server, token, ca: readFileSync(join(certificates, "apiserver.crt"), "utf8") };
      const probe = new Api(access);
      try {
        return (await probe.call("GET", "/readyz")).status === 200;
      } finally {
        probe.close();
      }
    },
  });
  if (access === undefined) throw new Error("the API server made no certificate");
  return new Api(access);
}

/** Writes a kubeconfig as JSON, which is YAML, readable by its owner only. */
function writeKubeconfig(folder: string, { server, token, ca }: Access): string {
  const name = "lakehouse-sandbox";
  const path = join(folder, "kubeconfig");
  const config = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": name,
    "clusters": [{ name, cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    "users": [{ name, user: { token } }],
    "contexts": [{ name, context: { cluster: name, user: name } }],
  };
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return path;
}

/** Number of nodes without the taint of new nodes, so that they accept pods. */
async function ready(api: Api): Promise<number> {
  interface Spec {
    readonly taints?: readonly { readonly key: string }[];
  }
  const nodes = await api.list("v1", "nodes");
  const fresh = ({ spec }: KubernetesObject) =>
    (spec as Spec).taints?.some(({ key }) => key.startsWith("node.kubernetes.io/")) === true;
  return nodes.filter((node) => !fresh(node)).length;
}
