import { platform } from "../../../components/cluster/platform";
import { routeOf } from "../../../components/core/door";
import { allDoors } from "../../../components/facts";
import { settingsFrom, SettingsError } from "../../../components/settings";
import type { Mistake } from "../../../components/fields/mistakes";
import { type Fragment, put } from "../../../components/settings/presets";
import { systems } from "../../../components/systems";
import { ONE } from "../../support/ca";
import { type Choice, INSTANCES, SIZES, type Switch, SWITCHES } from "./switches";

/** Choices of all switches as accepted settings. */

/** Required settings of a kind. A new kind with required settings needs a line here. */
const KINDS: Readonly<Record<string, Fragment>> = {
  ceph: {},
  minio: { admin: { host: "s3.example.org", port: 443 } },
  seaweedfs: {},
  s3: { endpoint: "https://s3.example.org", cidrs: ["203.0.113.0/24"] },
};

const machine = (name: string) => ({ name, pool: "all", cpu: 128, memory: "1Ti" });
/** Nodes with room for all systems at once, because other tests prove capacity. */
const BASE: Fragment = {
  preset: "homelab",
  nodes: ["one", "two", "three", "four"].map(machine),
  pools: { all: { default: true } },
  // Without either nobody can sign in to SQL engines, and whether somebody does is a switch.
  cluster: {
    storageClass: "fast",
    issuer: "lab",
    caBundle: ONE,
    gateway: {
      class: "edge",
      namespace: "edge",
      proxies: { namespace: "edge", labels: { app: "proxy" } },
      tlsAnnotations: { "edge.example.org/backend": "HTTPS" },
    },
  },
  // Where Keycloak is, and its client of the example.
  doors: { keycloak: { url: "https://id.example.org" } },
  licences: { allow: ["Elastic-2.0"] },
  // Upstream's image of OpenSearch has no plugin for snapshots in S3, and snapshots are a switch.
  storage: { postgres: { server: { replicas: 3 } }, opensearch: { image: "ghcr.io/example/opensearch:3.8.0" } },
  streaming: { connect: { sources: [{ database: "shop" }] } },
};

/** Default values of all switches. */
export const USUAL: Choice = Object.fromEntries(SWITCHES.map(({ path, values }) => [path, values[0]]));

/** Every door that the gateway can lead to, with a name. */
function hosts(gate: string): Fragment {
  const any = settingsFrom({
    nodes: BASE.nodes,
    pools: BASE.pools,
    cluster: { certManager: true },
    storage: { objects: { kind: "ceph" } },
  });
  const routes = allDoors(platform(any), any).map((door) => ({ name: door.name, route: routeOf(door) }));
  return Object.fromEntries(
    routes
      .filter(({ route }) => route !== undefined && !(gate === "ingress" && route === "grpc"))
      .map(({ name }) => [name, { host: `${name}.example.org`, anyone: true }]),
  );
}

/** A stack file with these choices. */
export function written(choice: Choice): Fragment {
  const kind = choice["storage.objects.kind"];
  const gate = String(choice["cluster.gateway.mode"] ?? "off");
  let fragment = put(
    gate === "off" ? BASE : { ...BASE, doors: hosts(gate) },
    "storage.objects",
    KINDS[String(kind)] ?? {},
  );
  for (const { section, key, example = {} } of systems) fragment = put(fragment, `${section}.${key}`, example);
  for (const one of SWITCHES)
    if (one !== INSTANCES && (one.kinds?.includes(kind ?? "") ?? true))
      fragment = put(fragment, one.path, choice[one.path]!);
  if (choice[INSTANCES.path] === "one")
    for (const one of SIZES)
      if (one.kind === undefined || one.kind === kind) fragment = put(fragment, one.path, { replicas: 1 });
  return fragment;
}

/** Errors of the settings for a choice. */
export function mistakes(choice: Choice): readonly Mistake[] {
  try {
    settingsFrom(written(choice));
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
}

/**
 * An accepted choice with the given values; the other values are as close to `others`, else to the defaults, as possible. Undefined
 * if the settings refuse the given values with any others.
 */
export function accepted(given: Choice, others: Choice): Choice | undefined {
  return turned(given, others) ?? turned(given, USUAL);
}

/** Changes the switches that an error names, one after the other, except for the given ones. */
function turned(given: Choice, others: Choice): Choice | undefined {
  let choice = { ...others, ...given };
  const settled = new Set(Object.keys(given));
  for (;;) {
    const found = mistakes(choice);
    if (found.length === 0) return choice;
    const next = found.flatMap(named).find(({ path }) => !settled.has(path));
    if (next === undefined) return undefined;
    settled.add(next.path);
    const other = next.values.find((value) => value !== choice[next.path]);
    if (other !== undefined) choice = { ...choice, [next.path]: other };
  }
}

/** The switches that an error names, the needed one before the one that needs it. */
export function named({ path, message }: Mistake): Switch[] {
  const paths = [...`${message} ${path}`.matchAll(/lakehouse:([A-Za-z.]+[A-Za-z])/g)].map(([, found = ""]) => found);
  return paths.flatMap((found) => {
    if (found.endsWith(".replicas")) return INSTANCES;
    // A setting that is not a switch counts as the switch of its system.
    const system = `${found.slice(0, found.lastIndexOf("."))}.enabled`;
    return SWITCHES.find((one) => one.path === found) ?? SWITCHES.find((one) => one.path === system) ?? [];
  });
}

/** Differences from the defaults, for a message. */
export function described(choice: Choice): string {
  const changed = SWITCHES.filter(({ path, values }) => choice[path] !== values[0]);
  return changed.map(({ path }) => `${path}: ${String(choice[path])}`).join(", ");
}
