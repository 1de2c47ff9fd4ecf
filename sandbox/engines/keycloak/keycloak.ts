import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { contained } from "../contained";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { command } from "../obtain/command";
import type { Container, Rendered } from "../rendered";
import type { Authority } from "../authority";

/** Address of the pods on this machine. */
export const ADDRESS = "127.0.0.63";
export const SERVICE = "keycloak.lakehouse-identity.svc";
const MANAGEMENT = `http://${ADDRESS}:9000`;
const CA_DIRECTORY = "/mnt/lakehouse-ca";

interface Probes {
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

/** The rendered server and its task as processes, each in its own mounts, beside the PostgreSQL of a ground on its own port. */
export class KeycloakServer {
  private engine: Engine | undefined;

  /**
   * @param rendered files of the next start or task, which a test may replace
   * @param host of the issuer
   */
  constructor(
    private readonly ground: Ground,
    public rendered: Rendered,
    private readonly authority: Authority,
    host: string,
  ) {
    this.hosts = `${ADDRESS} ${SERVICE} ${host}`;
    const lines = ["127.0.0.1 localhost postgres-rw.lakehouse-storage.svc", this.hosts];
    writeFileSync(this.at("hosts"), `${lines.join("\n")}\n`);
    writeFileSync(join(this.folder("ca"), "ca.pem"), authority.pem);
  }

  /** A line of /etc/hosts for others. */
  readonly hosts: string;

  /** Mount of the bundle that pods trust. */
  get trusted(): Readonly<Record<string, string>> {
    return { [CA_DIRECTORY]: this.folder("ca") };
  }

  async start(): Promise<void> {
    const { run, tools } = this.ground;
    await this.authority.certify(this.rendered, "keycloak-tls", this.folder("certificate"));
    const { JAVA_TOOL_OPTIONS: _, ...container } = { JAVA_TOOL_OPTIONS: "", ...this.server };
    const mounts = {
      "/opt/keycloak": tools.keycloak,
      "/srv/keycloak": this.folder("home"),
      "/mnt/certificate": this.folder("certificate"),
      ...this.trusted,
      "/tmp": this.folder("tmp"),
    };
    // The test's authority is in PEM alone; the server opens nothing that it is to trust.
    const { JAVA_TOOL_OPTIONS: __ = "", ...env } = this.rendered.env(this.server);
    const { path } = (this.server as unknown as Probes).readinessProbe.httpGet;
    this.engine = await Engine.start(
      run,
      {
        name: "keycloak",
        command: contained(container, { mounts, hosts: this.at("hosts"), user: 1000 }),
        env: { ...env, JAVA_HOME: javaHome(21, 27) },
        ready: async () => (await fetch(`${MANAGEMENT}${path}`)).ok,
      },
      { restartPolicy: "Never" },
    );
  }

  kill(): Promise<void> {
    return this.engine?.kill() ?? Promise.resolve();
  }

  get pid(): number {
    return this.engine?.pid ?? 0;
  }

  async metrics(): Promise<string> {
    return (await fetch(`${MANAGEMENT}/metrics`)).text();
  }

  /** Runs the task once. @returns what it says @throws Error with its output when it fails */
  async setUp(): Promise<string> {
    const container = this.rendered.container("Job", "keycloak-setup", "setup");
    rmSync(this.folder("task"), { recursive: true });
    const secret = (name: string, folder: string) => {
      const values = this.rendered.object("Secret", name).stringData as Record<string, string>;
      for (const [key, value] of Object.entries(values)) writeFileSync(join(this.folder("task", folder), key), value);
      return this.folder("task", folder);
    };
    for (const [file, text] of Object.entries(this.rendered.configMap("keycloak-setup-setup")))
      writeFileSync(join(this.folder("task", "setup"), file), text);
    const mounts = {
      "/opt/lakehouse/setup": this.folder("task", "setup"),
      "/mnt/people": secret("keycloak-people", "people"),
      "/mnt/clients": secret("keycloak-clients", "clients"),
      ...this.trusted,
      "/tmp": this.folder("task", "tmp"),
    };
    const line = contained(container, { mounts, hosts: this.at("hosts"), user: 1000 });
    return command(line, { env: this.rendered.env(container) });
  }

  /** A path in the folder of the server. */
  at(...parts: readonly string[]): string {
    return join(this.ground.folder("keycloak"), ...parts);
  }

  private get server(): Container {
    return this.rendered.container("Deployment", "keycloak-server", "keycloak");
  }

  private folder(...parts: readonly string[]): string {
    const path = this.at(...parts);
    mkdirSync(path, { recursive: true });
    return path;
  }
}
