import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

import { ETC, METRICS_PORT, PORT } from "../../../components/query/presto/config";
import type { Role } from "../../../components/query/presto/pods";
import { contained } from "../contained";
import { Engine } from "../engine";
import { properties } from "../formats";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { JVM_OPTIONS } from "../jvm";
import { command } from "../obtain/command";
import type { Container } from "../rendered";

/** Presto's nodes from the rendered files, each with an address of its own, the Services' names and ports, and a read-only root. */

const ADDRESSES: Readonly<Record<Role, string>> = { coordinator: "127.0.0.1", worker: "127.0.0.2" };
export const at = (role: Role, port = PORT): string => `${ADDRESSES[role]}:${String(port)}`;

const HOME = "/opt/presto-server";
const AGENTS = "/usr/lib/presto/utils";
/** Programs that the image has on its path. */
const PROGRAMS = "/opt/lakehouse/bin";

/** The accounts that every base of images has, and no others. */
const ACCOUNTS = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n";

/** Lines of the hosts file that are the same on every node: services by their names in the cluster. */
const SERVICES = [
  "presto.lakehouse-query.svc",
  "minio.lakehouse-storage.svc",
  "hive-metastore.lakehouse-catalog.svc",
].join(" ");

export class PrestoNode {
  private constructor(
    private readonly ground: () => Ground,
    readonly role: Role,
    readonly engine: Engine,
  ) {}

  /** @param ground its rendered files are those of the next start; a test may give others for a later one */
  static async start(role: Role, ground: () => Ground): Promise<PrestoNode> {
    const name = `presto-${role}`;
    const spec = () => {
      const now = ground();
      // A new pod has empty scratch volumes.
      rmSync(join(now.run.folder, name), { recursive: true, force: true });
      const container = containerOf(now, role);
      return {
        name,
        command: contained(container, place(now, role, container, files(now, role))),
        // The run's folder is not in its root.
        cwd: "/",
        env: { ...now.rendered.env(container), ...environment() },
        ready: async () => {
          const info = await fetch(`http://${at(role)}/v1/info`, { signal: AbortSignal.timeout(2000) });
          return !((await info.json()) as { starting: boolean }).starting;
        },
      };
    };
    return new PrestoNode(ground, role, await Engine.start(ground().run, spec));
  }

  /** Runs the rendered startup probe in the node's container. @throws Error if it fails */
  probe(): Promise<string> {
    const ground = this.ground();
    const container = containerOf(ground, this.role);
    const probe = { name: "probe", command: container.startupProbe?.exec.command ?? [] };
    return command(contained(probe, place(ground, this.role, container)), { cwd: "/", env: environment() });
  }

  /** What the rendered agent exposes, in Prometheus' format. */
  async metrics(): Promise<string> {
    return (await fetch(`http://${at(this.role, METRICS_PORT)}/metrics`)).text();
  }
}

/** The rendered user of the pod. */
function userOf({ rendered }: Ground, role: Role): number {
  const { spec } = rendered.object("Deployment", `presto-${role}`) as {
    readonly spec?: {
      readonly template: { readonly spec: { readonly securityContext: { readonly runAsUser: number } } };
    };
  };
  if (spec === undefined) throw new Error(`presto-${role}: it has no pods`);
  return spec.template.spec.securityContext.runAsUser;
}

const containerOf = ({ rendered }: Ground, role: Role): Container =>
  rendered.container("Deployment", `presto-${role}`, "presto");

function environment(): Record<string, string> {
  const java = javaHome(17, 18);
  return {
    JAVA_HOME: java,
    PATH: `${PROGRAMS}:${java}/bin:${process.env.PATH ?? ""}`,
    // Without the run's folder of temporary files, which is not in its root.
    [JVM_OPTIONS]: (process.env[JVM_OPTIONS] ?? "").replace(/-Djava\.io\.tmpdir=\S+/, ""),
  };
}

/** Files of both ConfigMaps, with the changes for this machine; those of catalogs are below `catalog/`. */
function files({ changes, rendered }: Ground, role: Role): Record<string, string> {
  const all: Record<string, string> = {
    ...rendered.configMap(`presto-${role}-etc`),
    ...Object.fromEntries(
      Object.entries(rendered.configMap(`presto-${role}-catalog`)).map(([file, text]) => [`catalog/${file}`, text]),
    ),
  };
  const set = (file: string, key: string, value: string | undefined) => {
    all[file] = changes.set(`presto-${role}/${file.replace("catalog/", "")}`, all[file] ?? "", properties, key, value);
  };
  for (const key of ["node.bind-ip", "node.internal-address"]) set("node.properties", key, ADDRESSES[role]);
  const port = `=${String(METRICS_PORT)}:`;
  const own = changes.value(`presto-${role}/jvm.config`, "-javaagent", port.slice(1, -1), at(role, METRICS_PORT));
  all["jvm.config"] = (all["jvm.config"] ?? "").replace(port, `=${own}:`);
  const iceberg = "catalog/lakehouse.properties";
  for (const key of ["iceberg.catalog.type", "iceberg.rest.uri", "iceberg.security", "security.config-file"])
    set(iceberg, key, undefined);
  set(iceberg, "hive.metastore.uri", properties.get(all["catalog/hive.properties"] ?? "", "hive.metastore.uri"));
  return all;
}

/** A folder for each rendered mount, and those of the image: Presto, the agent, and Python for its launcher. */
function place(ground: Ground, role: Role, { volumeMounts = [] }: Container, etc: Record<string, string> = {}) {
  const { tools } = ground;
  const folder = (...parts: string[]) => ground.folder(`presto-${role}`, ...parts);
  const hosts = ground.path(`presto-${role}`, "hosts");
  writeFileSync(hosts, `${ADDRESSES[role]} localhost ${hostname()}\n${ADDRESSES.coordinator} ${SERVICES}\n`);
  const passwd = ground.path(`presto-${role}`, "passwd");
  writeFileSync(passwd, ACCOUNTS);
  ground.write(`presto-${role}/etc`, etc);
  link(`${tools.python}/bin/python`, join(folder("programs"), "python"));
  link(tools.jmxExporter, join(folder("agents"), "jmx_prometheus_javaagent.jar"));
  const scratch = volumeMounts.map(({ mountPath }) => mountPath).filter((path) => !path.startsWith(ETC));
  return {
    hosts,
    programs: { "/etc/passwd": passwd },
    user: userOf(ground, role),
    mounts: {
      [ETC]: folder("etc"),
      [HOME]: tools.presto,
      [AGENTS]: folder("agents"),
      [PROGRAMS]: folder("programs"),
      ...Object.fromEntries(scratch.map((path) => [path, folder("scratch", path.replaceAll("/", "_"))])),
    },
  };
}

function link(to: string, from: string): void {
  rmSync(from, { force: true });
  symlinkSync(to, from);
}
