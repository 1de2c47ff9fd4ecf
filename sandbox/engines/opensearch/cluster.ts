import type { ChildProcess } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { certificates as certified } from "../../../components/core/certified-here";
import type { StackObject } from "../../../components/core/composition";
import type { Run } from "../../core/run";
import { until } from "../../core/until";
import type { Tools } from "../obtain";
import { command } from "../obtain/command";
import type { Container, Rendered } from "../rendered";
import { closed, DISK_THRESHOLD, type Ended, NUMBERS, PORT, SearchNodes } from "../search/nodes";
import { jdk } from "./home";

const address = (number: number) => `127.0.0.${String(21 + number)}`;
const name = (number: number) => `opensearch-data-${String(number)}`;
const NODES = "opensearch-data-nodes.lakehouse-storage.svc";
const STORE = "127.0.0.20:9000";

/** Nodes from a stack's rendered files, each with an address of its own, and the object store of their snapshots. */
export class Cluster extends SearchNodes {
  private constructor(
    run: Run,
    private readonly tools: Tools,
    rendered: Rendered,
  ) {
    super(run, rendered);
  }

  static of(run: Run, tools: Tools, rendered: Rendered): Cluster {
    const cluster = new Cluster(run, tools, rendered);
    for (const each of ["certificates", "calls", "rights", "tmp-setup", "store"]) mkdirSync(cluster.at(each));
    const hosts = NUMBERS.map((number) => `${address(number)} ${NODES}`);
    const front = `${address(0)} opensearch.lakehouse-storage.svc`;
    writeFileSync(cluster.at("hosts"), ["127.0.0.1 localhost", ...hosts, front, ""].join("\n"));
    cluster.certify();
    return cluster;
  }

  protected address(number: number): string {
    return address(number);
  }

  get node(): Container {
    return this.rendered.container("StatefulSet", "opensearch-data", "opensearch");
  }

  /** Makes the certificates of the rendered resources, as compose has them: a CA, and one certificate for all nodes. */
  certify(into = "certificates"): void {
    const kinds = ["Certificate", "Issuer"].flatMap((kind) => this.rendered.objects<StackObject>(kind));
    const [made] = certified(kinds, "opensearch").flatMap(({ objects }) => objects);
    if (made === undefined) throw new Error("OpenSearch has no certificate");
    mkdirSync(this.at(into), { recursive: true });
    for (const [file, text] of Object.entries(made.stringData as Readonly<Record<string, string>>))
      writeFileSync(join(this.at(into), file), text);
  }

  begin(number: number, certificates = "certificates"): void {
    const of = (kind: string) => this.at(`${kind}-${String(number)}`);
    for (const each of ["conf", "security", "config/transport", "data", "logs", "tmp"])
      mkdirSync(
        each.replace(/^(\w+)/, (kind) => of(kind)),
        { recursive: true },
      );
    for (const [file, text] of Object.entries(this.rendered.configMap("opensearch-data-conf")))
      writeFileSync(join(of("conf"), file), this.local(number, file, text));
    for (const [file, text] of Object.entries(this.rendered.configMap("opensearch-data-security")))
      writeFileSync(join(of("security"), file), text);
    const child = this.within(
      number,
      this.node,
      {
        "/usr/share/opensearch": this.at("home"),
        "/usr/share/opensearch/data": of("data"),
        "/usr/share/opensearch/logs": of("logs"),
        "/srv/opensearch/config": of("config"),
        "/srv/opensearch/config/transport": this.at(certificates),
        "/opt/lakehouse/conf": of("conf"),
        "/opt/lakehouse/security": of("security"),
        "/tmp": of("tmp"),
      },
      openSync(this.logFile(number), "w"),
    );
    this.running.set(number, child);
  }

  /** Whether the readiness probe succeeds. */
  protected async isReady(number: number): Promise<boolean> {
    const probe = this.within(
      number,
      { name: "probe", command: this.node.readinessProbe?.exec.command ?? [] },
      { "/opt/lakehouse/conf": this.at(`conf-${String(number)}`), "/tmp": this.at(`tmp-${String(number)}`) },
    );
    return (await closed(probe)) === 0;
  }

  /** Runs the setup Job once, without the calls that need a missing plugin. Returns its exit code and output. */
  setup(): Promise<Ended> {
    const container = this.rendered.container("Job", "opensearch-access-setup", "setup");
    const calls = this.rendered.configMap("opensearch-access-setup-calls").calls ?? "";
    const possible = calls.replaceAll(/^(?:ISM|SM) (\S+) .*\n/gm, (line, path: string) => {
      this.changes.value("opensearch-access/calls", path, line, undefined);
      return "";
    });
    writeFileSync(this.at("calls/calls"), possible);
    for (const file of ["rights", "names"])
      writeFileSync(this.at("rights", file), this.rendered.secret("opensearch-access-rights", file));
    const mounts = {
      "/opt/lakehouse/calls": this.at("calls"),
      "/opt/lakehouse/rights": this.at("rights"),
      "/tmp": this.at("tmp-setup"),
    };
    return this.ended(container, mounts);
  }

  override login(secret: string): readonly [user: string, password: string] {
    if (secret === "opensearch-admin") return ["lakehouse-admin", this.rendered.secret(secret, "password")];
    return super.login(secret);
  }

  /** Starts the object store, with the bucket of snapshots and the user with rights on it. */
  async startStore(): Promise<void> {
    const root = ["root", "root-password"] as const;
    const env = { HOME: this.at("store"), MINIO_ROOT_USER: root[0], MINIO_ROOT_PASSWORD: root[1] };
    const server = [`${this.tools.minio}/minio`, "server", this.at("store/data"), "--address", STORE];
    this.run.child("store", server, env, openSync(this.at("store.log"), "w"));
    const up = async () => (await fetch(`http://${STORE}/minio/health/ready`)).ok;
    await until("the object store answers", () => up().catch(() => false));
    await this.objects("mb", "store/backups");
    for (const { name: user, secret } of this.rendered.resources<{ name: string; secret: string }>("minio", "iamUser"))
      await this.objects("admin", "user", "add", "store", user, secret);
    for (const { name: known, policy } of this.rendered.resources<{ name: string; policy: string }>(
      "minio",
      "iamPolicy",
    )) {
      writeFileSync(this.at(`${known}.policy.json`), policy);
      await this.objects("admin", "policy", "create", "store", known, this.at(`${known}.policy.json`));
      await this.objects("admin", "policy", "attach", "store", known, "--user", known);
    }
  }

  /** Runs the object store's client as its administrator. */
  objects(...args: readonly string[]): Promise<string> {
    return command([`${this.tools.minio}/mc`, "--quiet", "--no-color", ...args], {
      env: { MC_HOST_store: `http://root:root-password@${STORE}`, MC_CONFIG_DIR: this.at("mc") },
    });
  }

  /** A file with the node's own address, because all nodes share this machine. */
  private local(number: number, file: string, text: string): string {
    const here = (key: string, from: string, to: string) =>
      text.includes(from) ? this.changes.value(`opensearch-data/${file}`, key, from, to) : from;
    const all =
      file === "opensearch.yml"
        ? `${text}${DISK_THRESHOLD}: ${this.changes.value(`opensearch-data/${file}`, DISK_THRESHOLD, undefined, "false")}\n`
        : text;
    return [
      ["network.host", "0.0.0.0", address(number)],
      ["127.0.0.1", `127.0.0.1:${PORT}`, `${address(number)}:${PORT}`],
      ["s3.client.default.endpoint", "minio.lakehouse-storage.svc:9000", STORE],
    ].reduce((each, [key = "", from = "", to = ""]) => each.replaceAll(from, here(key, from, to)), all);
  }

  private within(
    number: number,
    container: Container,
    mounts: Readonly<Record<string, string>>,
    log?: number,
  ): ChildProcess {
    const env = {
      ...this.rendered.env(this.node),
      HOSTNAME: name(number),
      JAVA_HOME: jdk(),
      JAVA_OPTS: "-XX:TieredStopAtLevel=1",
    };
    return this.child(container, mounts, env, log);
  }
}
