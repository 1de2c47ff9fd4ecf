import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { dropStalePidFile } from "../../core/pid-file";
import { until } from "../../core/until";
import { type Format, flags, json, properties } from "../formats";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import type { Rendered } from "../rendered";
import { TrinoClient } from "./client";

const ROLES = { coordinator: "trino", worker: "trinoWorker" } as const;
export type Role = keyof typeof ROLES;

export interface Trino {
  readonly coordinator: Engine;
  readonly worker: Engine;
}

/** Additions to the rendered files of a node. */
export interface Additions {
  /** Properties of `config.properties`; undefined leaves one out. */
  readonly config?: (role: Role) => Readonly<Record<string, string | undefined>>;
  /** More files of `/etc/trino`, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Names of additional catalogs that all users may write to. */
  readonly catalogs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a coordinator and a worker, and waits until the coordinator lists both as active. */
export async function startTrino(ground: Ground, more: Additions = {}): Promise<Trino> {
  const [coordinator, worker] = await Promise.all([
    startNode(ground, "coordinator", undefined, more),
    startNode(ground, "worker", undefined, more),
  ]);
  await nodesAreReady(ground);
  return { coordinator, worker };
}

/** Starts a node with the files of its ConfigMaps. */
export async function startNode(
  ground: Ground,
  role: Role,
  name = `trino-${role}`,
  more: Additions = {},
): Promise<Engine> {
  const { rendered, tools } = ground;
  const data = ground.folder(name, "data");
  const spec = () => ({
    name,
    command: [
      ...[`${tools.trino}/bin/launcher`, "run", "--data-dir", data],
      ...["--etc-dir", ground.write(`${name}/etc`, files(ground, role, name, more))],
    ],
    env: {
      JAVA_HOME: javaHome(24, 27),
      PATH: `${javaHome(24, 27)}/bin:${process.env.PATH ?? ""}`,
      ...rendered.env(rendered.container("Deployment", `trino-${role}`, "trino")),
      ...more.env,
    },
    ready: async () => {
      const info = await fetch(`http://${ground.at(ROLES[role])}/v1/info`, { signal: AbortSignal.timeout(2000) });
      return !((await info.json()) as { starting: boolean }).starting;
    },
  });
  const start = () => {
    // The launcher refuses to start when any process has the ID in the file.
    dropStalePidFile(join(data, "var", "run", "launcher.pid"), /\bjava\b/, data);
    return spec();
  };
  // Only a worker's address changes with its pod: it announces it to the coordinator, which has a Service.
  return Engine.start(ground.run, start, role === "worker" ? { readdress: () => ground.readdress("trinoWorker") } : {});
}

/** IDs of the active nodes. A process has a new ID at each start. */
async function activeNodes(ground: Ground): Promise<string[]> {
  const sql = "select node_id from system.runtime.nodes where state = 'active'";
  return (await new TrinoClient(ground.at("trino")).rows(sql)).map(([id]) => String(id));
}

interface Expected {
  /** How many nodes there are. @default a coordinator and a worker */
  readonly count?: number;
  /** IDs of lost nodes, which the coordinator lists for a while. */
  readonly gone?: readonly string[];
}

/** Waits until all nodes are active and run queries. */
export async function nodesAreReady(ground: Ground, { count = 2, gone = [] }: Expected = {}): Promise<void> {
  let nodes: string[] = [];
  let failure = "";
  const ready = async () => {
    nodes = await activeNodes(ground).catch(() => []);
    if (nodes.length !== count || nodes.some((id) => gone.includes(id))) return false;
    // A query as proof, because the coordinator gives no work to an active worker that still answers slowly.
    return new TrinoClient(ground.at("trino")).rows("select count(*) from tpch.tiny.region").then(
      () => true,
      (error: unknown) => {
        failure = String(error);
        return false;
      },
    );
  };
  const explain = () => Promise.resolve(`it has ${nodes.length} active nodes; ${failure}`);
  await until(`Trino has ${String(count)} active nodes that run queries`, ready, { explain });
}

/** ID of the running worker, by which its replacement is recognised later. */
export async function workerNode(ground: Ground): Promise<string[]> {
  const sql = "select node_id from system.runtime.nodes where not coordinator and state = 'active'";
  return (await new TrinoClient(ground.at("trino")).rows(sql)).map(([id]) => String(id));
}

const KEYSTORE = "http-server.https.keystore.path";

/** Rendered files of the node, with the changes for this machine. */
function files(ground: Ground, role: Role, name: string, more: Additions): Record<string, string> {
  const { changes, ports, rendered } = ground;
  const etc = `${ground.run.folder}/${name}/etc`;
  const catalogs = Object.entries(rendered.configMap(`trino-${role}-catalog`));
  const all: Record<string, string> = {
    ...rendered.configMap(`trino-${role}-etc`),
    ...Object.fromEntries(catalogs.map(([file, text]) => [`catalog/${file}`, text])),
    ...folder(rendered, role, "kafka"),
    ...folder(rendered, role, "valkey"),
    "catalog/tpch.properties": "",
    ...certificate(ground, role),
    ...more.files,
  };
  const set = (file: string, format: Format, key: string, value: (given: string) => string | undefined) => {
    const text = all[file];
    if (text === undefined) return;
    const to = value(format.get(text, key) ?? "");
    all[file] = changes.set(`trino-${role}/${file}`, text, format, key, to);
  };
  set("config.properties", properties, "discovery.uri", (url) => ground.local(url));
  set("config.properties", properties, "http-server.http.port", () => String(ports[ROLES[role]]));
  set("config.properties", properties, "spiller-spill-path", () => ground.folder(name, "spill"));
  set("node.properties", properties, "node.data-dir", () => ground.folder(name, "data"));
  set("node.properties", properties, "node.bind-ip", () => "127.0.0.1");
  set("node.properties", properties, "node.internal-address", () => "127.0.0.1");
  const here = (path: string) => path.replace(/^\/etc\/trino/, etc);
  set("access-control.properties", properties, "security.config-file", here);
  set("password-authenticator.properties", properties, "file.password-file", here);
  if (properties.get(all["config.properties"] ?? "", KEYSTORE) !== undefined) {
    set("config.properties", properties, KEYSTORE, here);
    set("config.properties", properties, "http-server.https.port", () => String(ports.trinoSecure));
  }
  set("resource-groups.properties", properties, "resource-groups.config-file", () => `${etc}/resource-groups.json`);
  set("jvm.config", flags, "-agentpath:", () => undefined);
  const has = (file: string, key: string) => properties.get(all[`catalog/${file}`] ?? "", key) !== undefined;
  for (const [file] of catalogs) {
    for (const key of [
      "hive.metastore.uri",
      "iceberg.rest-catalog.uri",
      "s3.endpoint",
      "connection-url",
      "kafka.nodes",
    ]) {
      if (has(file, key)) set(`catalog/${file}`, properties, key, (url) => ground.local(url));
    }
    const cached = "fs.cache.directories";
    if (has(file, cached))
      set(`catalog/${file}`, properties, cached, (path) => ground.folder(name, "cache", basename(path)));
  }
  if (all["catalog/kafka.properties"] !== undefined) {
    set("catalog/kafka.properties", properties, "kafka.table-description-dir", () => `${etc}/kafka`);
    set("catalog/kafka.properties", properties, "kafka.config.resources", () => `${etc}/kafka/client.properties`);
  }
  const keys = "catalog/valkey.properties";
  if (all[keys] !== undefined) set(keys, properties, "redis.table-description-dir", () => `${etc}/valkey`);
  set("catalog/tpch.properties", properties, "connector.name", () => "tpch");
  for (const [key, value] of Object.entries(more.config?.(role) ?? {}))
    set("config.properties", properties, key, () => value);
  const added = (more.catalogs ?? []).map((catalog) => ({ catalog, allow: "all" }));
  set("rules.json", json, "catalogs", (rules) =>
    JSON.stringify([...(JSON.parse(rules) as object[]), { catalog: "tpch", allow: "read-only" }, ...added]),
  );
  return all;
}

/** The mounted certificate of a coordinator that speaks TLS. */
function certificate({ rendered, certificates }: Ground, role: Role): Record<string, string> {
  if (certificates === undefined || role === "worker" || !rendered.has("Certificate", "trino-tls")) return {};
  return { "tls/tls-combined.pem": readFileSync(join(certificates, "trino-tls", "tls-combined.pem"), "utf8") };
}

/** Files of a catalog's own folder, if the stack has it: descriptions of its tables, properties of its client. */
function folder(rendered: Rendered, role: Role, catalog: string): Record<string, string> {
  const name = `trino-${role}-${catalog}`;
  if (!rendered.has("ConfigMap", name)) return {};
  const files = Object.entries(rendered.configMap(name));
  return Object.fromEntries(files.map(([file, text]) => [`${catalog}/${file}`, text]));
}
