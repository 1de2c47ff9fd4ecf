import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CONFIG_DIRECTORY, CONFIG_FILE, MANAGEMENT_PORT } from "../../../components/catalog/nessie/config";
import * as front from "../../../components/catalog/nessie/front";
import { contained } from "../contained";
import { answers, Engine } from "../engine";
import { properties } from "../formats";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { command } from "../obtain/command";

const POLICIES = "org/projectnessie/catalog/files/s3/S3IamPolicies.class";
/** The fault of 0.99 that upstream corrected in 0.108.2 (#12704): keys of who only reads named a bucket that is not there. */
const FAULT = { wrong: "arn:aws:s3:::%s%s/*", right: "arn:aws:s3:::%s/%s/*" };
/** The image's folder is one of the root, which this machine has not. */
const PROGRAM = "/opt/deployments";
const PLACES = ["endpoint", "sts-endpoint"].map((key) => `nessie.catalog.service.s3.default-options.${key}`);

/** The rendered pod: the server and what stands before it, as processes on the ports of their files. */
export class NessieServer {
  private server: Engine | undefined;

  private constructor(private readonly ground: Ground) {}

  static async start(ground: Ground): Promise<NessieServer> {
    const nessie = new NessieServer(ground);
    await nessie.program();
    const lines = ["127.0.0.1 localhost", ""];
    writeFileSync(nessie.at("hosts"), lines.join("\n"));
    await nessie.startFront();
    await nessie.startServer();
    return nessie;
  }

  /** Of the catalog for programs on this machine. */
  readonly url = `http://127.0.0.1:${String(front.PORT)}/${front.PATH}`;

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${String(MANAGEMENT_PORT)}/q/metrics`)).text();
  }

  get pids(): number[] {
    return [this.server?.pid ?? 0];
  }

  kill(): Promise<void> {
    return this.server?.kill() ?? Promise.resolve();
  }

  async startServer(): Promise<void> {
    const { rendered, run, changes } = this.ground;
    const container = rendered.container("Deployment", "nessie-server", "nessie");
    let text = rendered.configMap("nessie-server-server")[CONFIG_FILE] ?? "";
    for (const key of [...PLACES, "quarkus.datasource.postgresql.jdbc.url"]) {
      const to = this.ground.local(properties.get(text, key) ?? "");
      text = changes.set(`nessie/${CONFIG_FILE}`, text, properties, key, to);
    }
    writeFileSync(join(this.folder("config"), CONFIG_FILE), text);
    const mounts = {
      [PROGRAM]: this.folder("deployments"),
      [CONFIG_DIRECTORY]: this.folder("config"),
      "/tmp": this.folder("server-tmp"),
    };
    const home = javaHome(21, 27);
    const given = (container.command ?? []).map((word, at, all) =>
      all[at - 1] === "-jar"
        ? changes.value("nessie/args", "-jar", word, word.replace(/^\/deployments/, PROGRAM))
        : word,
    );
    this.server = await Engine.start(
      run,
      {
        name: "nessie",
        command: contained({ ...container, command: given }, { mounts, hosts: this.at("hosts"), user: 10_000 }),
        env: { ...rendered.env(container), PATH: `${home}/bin:${process.env.PATH ?? ""}` },
        ready: () => answers(`http://127.0.0.1:${String(MANAGEMENT_PORT)}/q/health/ready`),
      },
      { restartPolicy: "Never" },
    );
  }

  private async startFront(): Promise<void> {
    const { rendered, run, tools } = this.ground;
    const container = rendered.container("Deployment", "nessie-server", "front");
    writeFileSync(join(this.folder("keys"), "keys.json"), rendered.secret("nessie-keys", "keys.json"));
    for (const [file, text] of Object.entries(rendered.configMap("nessie-server-front")))
      writeFileSync(join(this.folder("front"), file), text);
    const mounts = {
      [front.DIRECTORY]: this.folder("front"),
      [front.KEYS_DIRECTORY]: this.folder("keys"),
      "/tmp": this.folder("front-tmp"),
    };
    await Engine.start(
      run,
      {
        name: "nessie-front",
        command: contained(container, { mounts, hosts: this.at("hosts"), user: 10_000 }),
        env: { ...rendered.env(container), PATH: `${tools.nginx}:${process.env.PATH ?? ""}` },
        ready: () => answers(`http://127.0.0.1:${String(front.PORT)}${front.ALIVE}`),
      },
      { restartPolicy: "Never" },
    );
  }

  /** A program of the name that the image has, which puts the corrected class before the server's own. */
  private async program(): Promise<void> {
    const home = this.folder("deployments");
    symlinkSync(this.ground.tools.nessie, join(home, "server.jar"));
    const jar = (args: readonly string[]) => command([join(javaHome(21, 27), "bin", "jar"), ...args], { cwd: home });
    await jar(["--extract", "--file", "server.jar", POLICIES]);
    const at = join(home, POLICIES);
    writeFileSync(at, corrected(readFileSync(at)));
    writeFileSync(join(home, "manifest"), "Main-Class: io.quarkus.runner.GeneratedMain\nClass-Path: ./ server.jar\n");
    await jar(["--create", "--file", "quarkus-run.jar", "--manifest", "manifest"]);
  }

  private at(...parts: readonly string[]): string {
    return join(this.ground.folder("nessie"), ...parts);
  }

  private folder(...parts: readonly string[]): string {
    const path = this.at(...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }
}

/** A text of a class: its kind, its length, itself. */
const constant = (text: string) => Buffer.concat([Buffer.from([1, 0, text.length]), Buffer.from(text)]);

/** @throws Error for a class without the fault */
function corrected(bytes: Buffer): Buffer {
  const wrong = constant(FAULT.wrong);
  const at = bytes.indexOf(wrong);
  if (at < 0) throw new Error(`${POLICIES} has no ${FAULT.wrong}`);
  return Buffer.concat([bytes.subarray(0, at), constant(FAULT.right), bytes.subarray(at + wrong.length)]);
}
