import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Run } from "../../core/run";
import type { Container, Rendered } from "../rendered";
import { DISK_THRESHOLD, type Ended, NUMBERS, SearchNodes } from "../search/nodes";
import { certify } from "./certificates";
import { jdk } from "./home";
import { operatedSettings, yamlOf } from "./operated";
import { upstream, type Word } from "./upstream";

const SET = "elasticsearch-es-data";
const HOME = "/usr/share/elasticsearch";
const address = (number: number) => `127.0.0.${String(31 + number)}`;
const name = (number: number) => `${SET}-${String(number)}`;

interface Resource {
  readonly nodeSets: readonly {
    readonly config: Readonly<Record<string, unknown>>;
    readonly podTemplate: { readonly spec: { readonly containers: readonly Container[] } };
  }[];
}

/** Nodes as the operator makes them of the rendered resource and Secrets, each at an address of its own. */
export class Cluster extends SearchNodes {
  private readonly hashes = new Map<string, string>();

  constructor(run: Run, rendered: Rendered) {
    super(run, rendered);
    for (const each of ["calls", "users", "tmp-setup", "copies"]) mkdirSync(this.at(each));
    const hosts = NUMBERS.map((number) => `${address(number)} ${name(number)}.${SET}.lakehouse-storage.svc`);
    const front = `${address(0)} elasticsearch.lakehouse-storage.svc`;
    writeFileSync(this.at("hosts"), ["127.0.0.1 localhost", ...hosts, front, ""].join("\n"));
  }

  protected address(number: number): string {
    return address(number);
  }

  certify(into = "certificates"): Promise<void> {
    return certify(this.at(into), NUMBERS.map(name));
  }

  /** Runs upstream's classes on a text. */
  upstream(word: Word, text: string): Promise<string> {
    return upstream(this.at("home"), word, text);
  }

  /** Hands the files of users and rights to all nodes, as the operator and kubelet do. */
  async handOver(): Promise<void> {
    const users = await this.hashed(this.rendered.secret("elasticsearch-access-users", "users"));
    const files = {
      users,
      "users_roles": this.rendered.secret("elasticsearch-access-users", "users_roles"),
      "roles.yml": this.rendered.secret("elasticsearch-access-roles", "roles.yml"),
    };
    for (const number of NUMBERS) {
      const folder = this.at(`config-${String(number)}`);
      mkdirSync(folder, { recursive: true });
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    }
  }

  /** The hash is made by Pulumi's provider of passwords, which has not run: in its place stands what it would be of. */
  private async hashed(users: string): Promise<string> {
    const lines = users.trimEnd().split("\n");
    const missing = lines.filter((line) => !this.hashes.has(line));
    const made =
      missing.length === 0 ? [] : (await this.upstream("hash", `${missing.join("\n")}\n`)).trimEnd().split("\n");
    for (const [index, line] of missing.entries()) this.hashes.set(line, made[index] ?? "");
    for (const line of lines)
      this.changes.value(
        "elasticsearch-access-users/users",
        line.split(":")[0] ?? "",
        line,
        this.hashes.get(line) ?? "",
      );
    return lines.map((line) => `${this.hashes.get(line) ?? ""}\n`).join("");
  }

  private get set(): Resource["nodeSets"][number] {
    const [set] = (this.rendered.object("Elasticsearch", "elasticsearch").spec as Resource).nodeSets;
    if (set === undefined) throw new Error("no nodes are rendered");
    return set;
  }

  begin(number: number, certificates = "certificates"): void {
    const of = (kind: string) => this.at(`${kind}-${String(number)}`);
    for (const each of ["config", "data", "logs", "tmp"]) mkdirSync(of(each), { recursive: true });
    for (const each of ["http-certs", "transport-certs", "transport-remote-certs"])
      mkdirSync(join(of("config"), each), { recursive: true });
    writeFileSync(join(of("config"), "elasticsearch.yml"), this.settings(number));
    writeFileSync(join(of("config"), "log4j2.properties"), readFileSync(this.at("home/config/log4j2.properties")));
    const seeds = NUMBERS.map((each) => `${address(each)}:9300\n`);
    writeFileSync(join(of("config"), "unicast_hosts.txt"), seeds.join(""));
    const [container] = this.set.podTemplate.spec.containers;
    const env = this.rendered.env(container ?? { env: [] });
    const java = [
      `${jdk()}/bin/java`,
      ...(env.ES_JAVA_OPTS ?? "").split(" "),
      ...["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=/tmp", "-Des.distribution.type=docker"],
      // Its library of vectors is in the image only.
      ...[`-Des.nativelibs.path=${HOME}/native`, "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false"],
      ...["-Dlog4j2.disable.jmx=true", "-Dlog4j.shutdownHookEnabled=false", "--add-modules=jdk.net"],
      ...["--enable-native-access=ALL-UNNAMED", "-cp", `${HOME}/bin:${HOME}/lib/*`, "Launch", HOME, `${HOME}/config`],
    ];
    const mounts = {
      [HOME]: this.at("home"),
      [`${HOME}/config`]: of("config"),
      // The operator mounts one for HTTP too, though TLS is off there.
      [`${HOME}/config/http-certs`]: this.at(certificates),
      [`${HOME}/config/transport-certs`]: this.at(certificates),
      [`${HOME}/config/transport-remote-certs`]: this.at(certificates),
      [`${HOME}/data`]: of("data"),
      [`${HOME}/logs`]: of("logs"),
      "/tmp": of("tmp"),
      "/srv/copies": this.at("copies"),
    };
    const variables = {
      POD_NAME: name(number),
      POD_IP: address(number),
      NODE_NAME: `machine-${String(number)}`,
      NAMESPACE: "lakehouse-storage",
      HEADLESS_SERVICE_NAME: SET,
    };
    const log = openSync(this.logFile(number), "w");
    const node = { name: "elasticsearch", command: java };
    this.running.set(number, this.child(node, mounts, { ...env, ...variables }, log));
  }

  /** Settings as the operator writes them, with what this machine and the missing modules ask for. */
  private settings(number: number): string {
    const all = operatedSettings(this.set.config, { cluster: "elasticsearch", first: NUMBERS.map(name) });
    const change = (key: string, to: string | undefined) => {
      const from = all[key] === undefined ? undefined : `${all[key] as string | number | boolean}`;
      this.changes.value("elasticsearch/elasticsearch.yml", key, from, to);
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a setting that is left out
      if (to === undefined) delete all[key];
      else all[key] = to;
    };
    change("network.host", address(number));
    for (const key of Object.keys(all)) if (ABSENT.test(key)) change(key, undefined);
    change("readiness.port", undefined);
    change("path.repo", "/srv/copies");
    change(DISK_THRESHOLD, "false");
    return yamlOf(all);
  }

  /** Whether a node has a master, as its readiness port says in a pod, where it listens on all addresses. */
  protected isReady(number: number): Promise<boolean> {
    const path = "/_cluster/health?timeout=1s&master_timeout=1s";
    const asked = this.requestAs("elasticsearch-access-admin", "GET", path, undefined, number);
    return asked.then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Runs the setup's task; what needs a module that is not here is left out. */
  setup(): Promise<Ended> {
    const container = this.rendered.container("Job", "elasticsearch-access-setup", "setup");
    const calls = this.rendered.configMap("elasticsearch-access-setup-calls").calls ?? "";
    const left = calls
      .replaceAll(/^PUT (\/_(?:ilm|slm|snapshot)\/\S+) .*\n/gm, (line, path: string) => {
        this.changes.value("elasticsearch-access/calls", path, line, undefined);
        return "";
      })
      .replaceAll(/"index\.lifecycle\.name":"[^"]*",/g, (setting) => {
        this.changes.value("elasticsearch-access/calls", "index.lifecycle.name", setting, undefined);
        return "";
      });
    writeFileSync(this.at("calls/calls"), left);
    writeFileSync(this.at("users/known"), this.rendered.secret("elasticsearch-access-known", "known"));
    const mounts = {
      "/opt/lakehouse/calls": this.at("calls"),
      "/opt/lakehouse/users": this.at("users"),
      "/tmp": this.at("tmp-setup"),
    };
    return this.ended(container, mounts);
  }

  /** One request of the setup, by the beginning of its path. */
  call(path: string): string {
    const calls = this.rendered.configMap("elasticsearch-access-setup-calls").calls ?? "";
    const line = calls.split("\n").find((each) => each.startsWith(`PUT ${path}`));
    if (line === undefined) throw new Error(`no request to ${path}`);
    return line.split(" ").slice(2).join(" ");
  }
}

/** Settings of modules that no registry has. */
const ABSENT = /^(ingest\.geoip\.|stack\.templates\.|xpack\.watcher\.|s3\.client\.)/;
