import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PORTS } from "../../../components/query/druid/config";
import type { Role } from "../../../components/query/druid/pods";
import { connects } from "../connects";
import { contained } from "../contained";
import { answers, Engine } from "../engine";
import { properties } from "../formats";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import type { Container } from "../rendered";

/** Druid's processes from the rendered files, with their paths, user and ports. ZooKeeper does discovery in place of the API server. */

const ZOOKEEPER = "127.0.0.1:2181";
const COMMON = "common.runtime.properties";
/** Extensions that a registry has, with the artefact of each. */
const AVAILABLE = {
  "druid-basic-security": "druidSecurity",
  "postgresql-metadata-storage": "druidPostgres",
  "druid-s3-extensions": "druidS3",
} as const;

const kindOf = (role: Role) => (role === "historical" ? "StatefulSet" : "Deployment");

/** The image's home folder: Druid's libraries, and those of each extension that Druid does not have. */
export function druidHome(ground: Ground): string {
  const { tools } = ground;
  const home = ground.folder("druid-home");
  symlinkSync(tools.druid, join(home, "lib"));
  const there = new Set(readdirSync(tools.druid));
  for (const [extension, artefact] of Object.entries(AVAILABLE)) {
    const into = join(home, "extensions", extension);
    mkdirSync(into, { recursive: true });
    for (const jar of readdirSync(tools[artefact]))
      if (!there.has(jar)) symlinkSync(join(tools[artefact], jar), join(into, jar));
  }
  return home;
}

export function startZooKeeper(ground: Ground): Promise<Engine> {
  const [, port = ""] = ZOOKEEPER.split(":");
  const file = ground.path("zookeeper", "zoo.cfg");
  const data = ground.folder("zookeeper", "data");
  writeFileSync(
    file,
    `tickTime=2000\ndataDir=${data}\nclientPort=${port}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n`,
  );
  return Engine.start(ground.run, {
    name: "zookeeper",
    command: [`${javaHome(17, 18)}/bin/java`, "-Xmx128m", "-cp", `${ground.tools.druid}/*`, ZOOKEEPER_MAIN, file],
    ready: () => connects(Number(port)),
  });
}

const ZOOKEEPER_MAIN = "org.apache.zookeeper.server.ZooKeeperServerMain";

/** Rendered files of a role, with the changes for this machine. */
function files({ changes, rendered }: Ground, role: Role): Record<string, string> {
  const all = { ...rendered.configMap(`druid-${role}-conf`) };
  let common = all[COMMON] ?? "";
  const set = (key: string, value: string | undefined) => {
    common = changes.set(`druid/${COMMON}`, common, properties, key, value);
  };
  for (const key of ["druid.zk.service.enabled", "druid.discovery.type", "druid.discovery.k8s.clusterIdentifier"])
    set(key, undefined);
  for (const key of ["druid.emitter", "druid.emitter.prometheus.strategy", "druid.emitter.prometheus.port"])
    set(key, undefined);
  set("druid.extensions.loadList", undefined);
  set("druid.zk.service.host", ZOOKEEPER);
  return { ...all, [COMMON]: common };
}

/** Starts a pod of a role: its rendered container in namespaces of its own. */
export async function startDruid(ground: Ground, role: Role, home: string, hosts: string): Promise<Engine> {
  const { changes, rendered } = ground;
  const container = rendered.container(kindOf(role), `druid-${role}`, "druid");
  const conf = ground.write(join("druid", role, "conf"), files(ground, role));
  const mounts: Record<string, string> = {
    "/opt/lakehouse/conf": conf,
    "/opt/druid": home,
    "/tmp": ground.folder("druid", role, "tmp"),
    ...(role === "historical" ? { "/srv/druid/segments": ground.folder("druid", role, "segments") } : {}),
    ...(role === "indexer" ? { "/srv/druid/work": ground.folder("druid", role, "work") } : {}),
  };
  const command = (container.command ?? []).map((word) => word.replace("$(POD_IP)", "127.0.0.1"));
  const list = JSON.stringify(Object.keys(AVAILABLE));
  const loaded = changes.value("druid/command", "-Ddruid.extensions.loadList", undefined, list);
  const at = command.indexOf("-cp");
  const line: Container = {
    name: "druid",
    command: [...command.slice(0, at), `-Ddruid.extensions.loadList=${loaded}`, ...command.slice(at)],
  };
  const env = {
    ...rendered.env(container),
    POD_NAME: `druid-${role}`,
    POD_NAMESPACE: "lakehouse-druid",
    POD_IP: "127.0.0.1",
  };
  const java = javaHome(17, 18);
  return Engine.start(ground.run, {
    name: `druid-${role}`,
    command: contained(line, { mounts, hosts, user: 1000 }),
    env: { ...env, PATH: `${java}/bin:${process.env.PATH ?? ""}` },
    ready: () => answers(`http://127.0.0.1:${String(PORTS[role])}/status/health`),
  });
}

/** Deletes the segments on a historical's volume. */
export function emptySegments(ground: Ground): void {
  const folder = ground.folder("druid", "historical", "segments");
  for (const each of readdirSync(folder)) rmSync(join(folder, each), { recursive: true });
}
