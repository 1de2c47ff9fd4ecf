import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { until } from "../../core/until";
import { Authority } from "../authority";
import { contained } from "../contained";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { jvmOptions } from "../jvm";
import { command } from "../obtain/command";
import { formerNames, hashOf, jdk, nifiHome } from "./home";

/** One node from the rendered files, and the task that deploys the flow. */

const SERVICE = "nifi.lakehouse-nifi.svc";
const NODE = "nifi-node-0.nifi-nodes.lakehouse-nifi.svc";
const PORT = 8443;
const CERTIFICATES = ["nifi-node-tls", "nifi-flows-tls", "nifi-metrics-tls"] as const;
export type CertificateName = (typeof CERTIFICATES)[number] | "stranger";
/** Volumes, and directories of a pod. */
const KEPT = ["state", "content", "provenance"] as const;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The API server as a pod sees it. */
export interface ApiServer {
  /** Folder of the account: token, namespace and authority. */
  readonly account: string;
  readonly address: URL;
}

export class NifiNode {
  private engine: Engine | undefined;
  private home = "";
  private hash = "";
  private readonly hosts: string;

  /** @param cluster where it finds the API server. @default it is no cluster */
  constructor(
    private readonly ground: Ground,
    private readonly cluster?: ApiServer,
  ) {
    this.hosts = ground.path("nifi", "hosts");
    writeFileSync(this.hosts, `127.0.0.1 localhost ${SERVICE} ${NODE} minio.lakehouse-storage.svc\n`);
  }

  /** Makes home and certificates, once. */
  async prepare(): Promise<void> {
    this.home = await nifiHome(this.ground);
    await this.certify();
    this.hash = await hashOf(this.ground, this.ground.rendered.secret("nifi-admin", "password"));
  }

  async start(): Promise<void> {
    const { changes, rendered, run } = this.ground;
    const { cluster } = this;
    const container = rendered.container("StatefulSet", "nifi-node", "nifi");
    const mounts: Record<string, string> = {
      "/opt/nifi/nifi-current": this.home,
      "/opt/lakehouse/conf": this.ground.write("nifi/files", rendered.configMap("nifi-node-conf")),
      "/opt/lakehouse/certificate": this.folder("nifi-node-tls"),
      "/srv/nifi/conf": this.ground.folder("nifi", "conf"),
      "/srv/nifi/work": this.ground.folder("nifi", "work"),
      ...Object.fromEntries(KEPT.map((name) => [`/srv/nifi/${name}`, this.folder(name)])),
      "/tmp": this.ground.folder("nifi", "tmp"),
      // Where /var/run leads to.
      ...(cluster === undefined ? {} : { "/run/secrets/kubernetes.io/serviceaccount": cluster.account }),
    };
    const hashed = (text: string) => `lakehouse-admin:${text}`;
    const env = {
      ...rendered.env(container),
      NIFI_ADMIN_HASH: changes
        .value("nifi/env", "NIFI_ADMIN_HASH", hashed(rendered.secret("nifi-admin", "password")), hashed(this.hash))
        .replace(/^[^:]*:/, ""),
      POD_NAME: "nifi-node-0",
      ...(cluster === undefined
        ? {}
        : { KUBERNETES_SERVICE_HOST: cluster.address.hostname, KUBERNETES_SERVICE_PORT: cluster.address.port }),
      PATH: `${jdk()}/bin:${process.env.PATH ?? ""}`,
      JAVA_TOOL_OPTIONS: jvmOptions(this.ground),
    };
    const probe = container.readinessProbe?.exec.command ?? [];
    this.engine = await Engine.start(
      run,
      {
        name: "nifi",
        command: contained(container, { mounts, hosts: this.hosts, user: 1000 }),
        env,
        ready: async () => {
          await command(contained({ name: "probe", command: probe }, { mounts, hosts: this.hosts, user: 1000 }), {
            env: { POD_NAME: "nifi-node-0" },
          });
          return true;
        },
      },
      { restartPolicy: "Never" },
    );
  }

  kill(): Promise<void> {
    return this.engine?.kill() ?? Promise.resolve();
  }

  stop(): Promise<void> {
    return this.engine?.stop() ?? Promise.resolve();
  }

  get pid(): number {
    return this.engine?.pid ?? 0;
  }

  get log(): string {
    return this.engine?.log ?? "";
  }

  /** A path in the folder of a volume or of a certificate. */
  folder(...parts: readonly string[]): string {
    return this.ground.folder("nifi", ...parts);
  }

  /** Runs the task that deploys the flow. @returns what it says that it changed */
  async deploy(): Promise<Readonly<Record<string, boolean>>> {
    return JSON.parse(await this.task("Job", "flows")) as Record<string, boolean>;
  }

  /** Runs the task that looks whether the flow runs. @throws Error with what it says when it does not */
  async check(): Promise<void> {
    await this.task("CronJob", "check");
  }

  /** Runs the container of a task with its files. @throws Error with its output when it fails */
  private task(kind: "Job" | "CronJob", role: string): Promise<string> {
    const { rendered } = this.ground;
    const name = `nifi-${role}`;
    const container = rendered.container(kind, name, role);
    const files = rendered.configMap(`${name}-flows`);
    const own = { ...files, "flow.json": formerNames(this.ground, files["flow.json"] ?? "") };
    const mounts = {
      "/opt/lakehouse/flows": this.ground.write(`nifi/${role === "flows" ? "" : `${role}-`}flows`, own),
      "/opt/lakehouse/certificate": this.folder("nifi-flows-tls"),
      "/tmp": this.ground.folder("nifi", `tmp-${role}`),
    };
    return command(contained(container, { mounts, hosts: this.hosts, user: 1000 }), { env: rendered.env(container) });
  }

  /** Waits until no file is in a queue. */
  async quiet(): Promise<void> {
    await until("queues are empty", async () => {
      const { text } = await this.ask("flow/process-groups/root", { as: "nifi-flows-tls" });
      return /"flowFilesQueued":0\b/.test(text) && !/"flowFilesQueued":[1-9]/.test(text);
    });
  }

  /** Stops all processors, as a person does. */
  async stopFlow(): Promise<void> {
    const as = "nifi-flows-tls";
    const { text } = await this.ask("flow/process-groups/root", { as });
    const [, id = ""] = /"processGroups":\[\{[^]*?"id":"([0-9a-f-]{36})"/.exec(text) ?? [];
    const body = JSON.stringify({ id, state: "STOPPED" });
    const headers = { "Content-Type": "application/json" };
    await this.send({ path: `flow/process-groups/${id}`, as, method: "PUT", body, headers });
  }

  /** The flow as it is kept. */
  get flow(): string {
    return gunzipSync(readFileSync(join(this.folder("state", "flow"), "flow.json.gz"))).toString();
  }

  /** Puts a file into the inbox, whole. */
  put(name: string, content: string): void {
    const inbox = this.folder("content", "inbox");
    writeFileSync(join(inbox, name), content);
  }

  get inbox(): readonly string[] {
    return readdirSync(this.folder("content", "inbox"));
  }

  /** Asks the API. @param as certificate that the client shows. @default none */
  ask(
    path: string,
    { as, ...more }: { readonly as?: CertificateName | undefined; readonly [header: string]: unknown } = {},
  ) {
    return this.send({ path, ...(as === undefined ? {} : { as }), headers: more as Record<string, string> });
  }

  /** Signs in by name and password. The text of the answer is the token. */
  login(username: string, password: string): Promise<Answer> {
    const body = new URLSearchParams({ username, password }).toString();
    return this.send({ path: "access/token", body, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
  }

  private send(asked: {
    readonly path: string;
    readonly as?: CertificateName;
    readonly method?: string;
    readonly body?: string;
    readonly headers: Record<string, string>;
  }): Promise<Answer> {
    const file = (name: CertificateName, key: string) => this.ground.path("nifi", name, key);
    const { as, body } = asked;
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: "127.0.0.1",
          port: PORT,
          path: `/nifi-api/${asked.path}`,
          method: asked.method ?? (body === undefined ? "GET" : "POST"),
          servername: SERVICE,
          headers: { Host: `${SERVICE}:${String(PORT)}`, ...asked.headers },
          ca: readFileSync(file("nifi-node-tls", "ca.crt")),
          ...(as === undefined
            ? {}
            : { cert: readFileSync(file(as, "tls.crt")), key: readFileSync(file(as, "tls.key")) }),
        },
        (answer) => {
          let text = "";
          answer.on("data", (part: Buffer) => (text += part.toString()));
          answer.on("end", () => {
            resolve({ status: answer.statusCode ?? 0, text });
          });
        },
      );
      call.on("error", reject);
      call.end(body);
    });
  }

  /** Makes the certificates of the rendered resources, as cert-manager does. */
  private async certify(): Promise<void> {
    const authority = await Authority.make(this.folder("authority"), "nifi-ca");
    for (const name of CERTIFICATES) await authority.certify(this.ground.rendered, name, this.folder(name));
  }

  /** Makes a certificate with the name of a known client, by an authority that nobody knows. */
  async stranger(): Promise<void> {
    const others = await Authority.make(this.folder("others"), "nifi-ca");
    await others.issue({ commonName: "nifi-flows" }, this.folder("stranger"));
  }
}
