import { basename, join } from "node:path";

import { dropStalePidFile } from "../core/pid-file";
import { until } from "../core/until";
import { type Format, flags, json, properties } from "./formats";
import { Engine } from "./engine";
import type { Ground } from "./ground";
import { javaHome } from "./java-home";
import type { Rendered } from "./rendered";
import { TrinoClient } from "./trino-client";

const ROLES = { coordinator: "trino", worker: "trinoWorker" } as const;
export type Role = keyof typeof ROLES;

export interface Trino {
  readonly coordinator: Engine;
  readonly worker: Engine;
}

/** What a node has beyond what the stack renders. */
export interface Additions {
  /** Of `config.properties`. */
  readonly config?: Readonly<Record<string, string>>;
  /** More files of `/etc/trino`, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Names of catalogs among them that everybody may write to. */
  readonly catalogs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A coordinator and a worker; ready when both are known to the coordinator. */
export async function startTrino(ground: Ground, more: Additions = {}): Promise<Trino> {
  const [coordinator, worker] = await Promise.all([
    startNode(ground, "coordinator", undefined, more),
    startNode(ground, "worker", undefined, more),
  ]);
  await nodesAreReady(ground);
  return { coordinator, worker };
}

/** A node with the files of its two ConfigMaps. */
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
    // The launcher refuses to start when any process has the number in it.
    dropStalePidFile(join(data, "var", "run", "launcher.pid"), /\bjava\b/, data);
    return spec();
  };
  // A worker tells the coordinator its pod's address; the coordinator is known by its Service.
  return Engine.start(ground.run, start, role === "worker" ? { readdress: () => ground.readdress("trinoWorker") } : {});
}

/** Identities of the nodes that the coordinator counts on; a process has a new one each time it is started. */
async function activeNodes(ground: Ground): Promise<string[]> {
  const sql = "select node_id from system.runtime.nodes where state = 'active'";
  return (await new TrinoClient(ground.at("trino")).rows(sql)).map(([id]) => String(id));
}

/** Waits until there are two nodes that may run queries, of which none is one that is gone: both news take a moment. */
export async function nodesAreReady(ground: Ground, gone: readonly string[] = []): Promise<void> {
  let nodes: string[] = [];
  let failure = "";
  const ready = async () => {
    nodes = await activeNodes(ground).catch(() => []);
    if (nodes.length !== 2 || nodes.some((id) => gone.includes(id))) return false;
    // A worker that is known and answers slowly at first, on a busy machine, gets no work.
    return new TrinoClient(ground.at("trino")).rows("select count(*) from tpch.tiny.region").then(
      () => true,
      (error: unknown) => {
        failure = String(error);
        return false;
      },
    );
  };
  const explain = () => Promise.resolve(`it has ${nodes.length}, ${failure}`);
  await until("Trino has 2 active nodes that work", ready, { explain });
}

/** Identity of the worker that runs, to know later that it is another. */
export async function workerNode(ground: Ground): Promise<string[]> {
  const sql = "select node_id from system.runtime.nodes where not coordinator and state = 'active'";
  return (await new TrinoClient(ground.at("trino")).rows(sql)).map(([id]) => String(id));
}

/** Every file of the node, and where it is different from the rendered one. */
function files(ground: Ground, role: Role, name: string, more: Additions): Record<string, string> {
  const { changes, ports, rendered } = ground;
  const etc = `${ground.run.folder}/${name}/etc`;
  const catalogs = Object.entries(rendered.configMap(`trino-${role}-catalog`));
  const all: Record<string, string> = {
    ...rendered.configMap(`trino-${role}-etc`),
    ...Object.fromEntries(catalogs.map(([file, text]) => [`catalog/${file}`, text])),
    ...topicFiles(rendered, role),
    "catalog/tpch.properties": "",
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
  set("access-control.properties", properties, "security.config-file", () => `${etc}/rules.json`);
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
  set("catalog/tpch.properties", properties, "connector.name", () => "tpch");
  for (const [key, value] of Object.entries(more.config ?? {})) set("config.properties", properties, key, () => value);
  const added = (more.catalogs ?? []).map((catalog) => ({ catalog, allow: "all" }));
  set("rules.json", json, "catalogs", (rules) =>
    JSON.stringify([...(JSON.parse(rules) as object[]), { catalog: "tpch", allow: "read-only" }, ...added]),
  );
  return all;
}

/** How to sign in to Kafka and what its topics are as tables, where the stack has them. */
function topicFiles(rendered: Rendered, role: Role): Record<string, string> {
  const name = `trino-${role}-kafka`;
  if (!rendered.has("ConfigMap", name)) return {};
  return Object.fromEntries(Object.entries(rendered.configMap(name)).map(([file, text]) => [`kafka/${file}`, text]));
}
