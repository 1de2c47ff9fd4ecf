import { writeFileSync } from "node:fs";
import { hostname } from "node:os";

import { PORTS } from "../../../components/query/druid/config";
import { type Role, ROLES } from "../../../components/query/druid/pods";
import { until } from "../../core/until";
import { contained } from "../contained";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { command } from "../obtain/command";
import { druidHome, startDruid } from "./druid";

const ROUTER = `http://127.0.0.1:${String(PORTS.router)}`;
const NAMES = ["minio.lakehouse-storage.svc", "postgres-rw.lakehouse-storage.svc", "druid-router.lakehouse-druid.svc"];

/** User and password. */
export type Login = readonly [string, string];

/** Druid's roles as processes, with the sidecar that makes its users and the task that takes records in, all as rendered. */
export class DruidCluster {
  readonly engines = new Map<Role, Engine>();
  private readonly hosts: string;

  constructor(private readonly ground: Ground) {
    this.hosts = ground.path("druid", "hosts");
    // The kubelet writes the pod's own name too.
    writeFileSync(this.hosts, `127.0.0.1 localhost ${hostname()} ${NAMES.join(" ")}\n`);
  }

  /** Starts all roles, the coordinator first, and waits until they answer. */
  async start(): Promise<void> {
    const home = druidHome(this.ground);
    const start = async (role: Role) => {
      this.engines.set(role, await startDruid(this.ground, role, home, this.hosts));
    };
    await start("coordinator");
    await Promise.all(ROLES.filter((role) => role !== "coordinator").map(start));
    for (const role of ["broker", "historical"] as const)
      await until(`${role} is ready`, async () => {
        const answer = await fetch(`http://127.0.0.1:${String(PORTS[role])}/druid/${role}/v1/readiness`);
        return answer.status === 200;
      });
  }

  /** Starts the sidecar, and waits until it has made Trino's user. */
  async users(): Promise<void> {
    const { ground } = this;
    const { line, env } = this.beside("Deployment", "druid-coordinator", "users", {
      "/opt/lakehouse/users": ground.write("users", { users: ground.rendered.secret("druid-users", "users") }),
      "/opt/lakehouse/roles": ground.write("roles", ground.rendered.configMap("druid-coordinator-roles")),
    });
    await Engine.start(ground.run, { name: "users", command: line, env });
    const trino = this.login("trino-druid");
    await until("Trino's user is known", async () => (await this.sql(trino, "SELECT 1")).code === 200);
  }

  /** Runs the rendered task once. @returns what it prints */
  ingest(): Promise<string> {
    const specs = this.ground.write("specs", this.ground.rendered.configMap("druid-ingestion-specs"));
    const { line, env } = this.beside("Job", "druid-ingestion", "ingestion", { "/opt/lakehouse/specs": specs });
    return command(line, { env });
  }

  /** Login of a Secret of a client. */
  login(secret: string): Login {
    const { rendered } = this.ground;
    return [rendered.secret(secret, "username"), rendered.secret(secret, "password")];
  }

  /** Asks the router. @param user undefined for nobody */
  async ask(user: Login | undefined, path: string, body?: object) {
    const answer = await fetch(`${ROUTER}/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        "Content-Type": "application/json",
        ...(user && { Authorization: `Basic ${Buffer.from(user.join(":")).toString("base64")}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { code: answer.status, text: (await answer.text()).trim() };
  }

  sql(user: Login | undefined, query: string, more: object = {}) {
    return this.ask(user, "druid/v2/sql", { query, ...more });
  }

  /** Command line and variables of a container beside the roles, with its mounts. */
  private beside(kind: string, name: string, container: string, mounts: Record<string, string>) {
    const found = this.ground.rendered.container(kind, name, container);
    const line = contained(found, {
      mounts: { "/tmp": this.ground.folder(`tmp-${container}`), ...mounts },
      hosts: this.hosts,
      user: 1000,
    });
    return { line, env: { ...this.ground.rendered.env(found), PATH: process.env.PATH ?? "" } };
  }
}
