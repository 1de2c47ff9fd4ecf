import type { Field } from "../core/field";
import { once } from "../core/once";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import { hasLabels } from "../workloads/text";
import { shortName, type Workload } from "../workloads/types";
import { type HostReference, hostsIn, isManifest } from "./hosts";
import type { Side } from "./rules";
import { type Service, targetPorts } from "./services";

/** A connection that must work, derived from the configuration of a workload and not from the policies. */
export interface Need {
  readonly client: Workload;
  /** Pods of the stack, or a stand-in with only their namespace. */
  readonly servers: readonly Side[];
  /** The name of the servers in messages. */
  readonly to: string;
  /** Ports of the containers. */
  readonly ports: readonly number[];
  /** Whether all ports must be open, or one is enough because the text names none. */
  readonly all: boolean;
  /** The field or file that implies the connection. */
  readonly field: string;
  /** The cause in messages: `uses trino.query.svc:8080`. */
  readonly because: string;
}

/** A text that pods read, and the field or file that holds it. */
export interface Text {
  readonly text: string;
  readonly where: string;
}

/** Every connection that the workloads of a stack need. */
export function needs(stack: Stack, known: ReadonlyMap<string, Service>): Need[] {
  return stack.workloads.flatMap((client) => [
    ...unique(textsOf(client, stack).flatMap((text) => referred(client, text, known, stack))),
    ...implied(client, stack),
  ]);
}

const configMapsOf = once(
  (stack: Stack): ReadonlyMap<string, Resource> =>
    new Map(stack.of("core/ConfigMap").map((map) => [`${map.namespace ?? ""}/${map.name}`, map])),
);

/** Variables that say where browsers find the pod itself. */
const OWN_PAGES = /^(?:GF_SERVER_ROOT_URL|AIRFLOW__API__BASE_URL)$/;

/** Every text that pods read: their specification, mounted files, and custom resources that configure them. */
export function textsOf(client: Workload, stack: Stack): Text[] {
  const configMaps = configMapsOf(stack);
  const pages = new Set(
    client.texts
      .flatMap((field) => field.items)
      .filter((variable) => OWN_PAGES.test(variable.at("name").text ?? ""))
      .map((variable) => variable.at("value").path),
  );
  const own = client.texts
    .flatMap((field) => [...field.strings()])
    .filter(({ field }) => !pages.has(field.path))
    .map(({ field }) => textAt(field, field.path));
  const mounted = client.configMaps.flatMap((name) => {
    const map = configMaps.get(`${client.namespace ?? ""}/${name}`);
    const data = map?.root.at("data").entries ?? [];
    return data
      .filter(([, field]) => !isOfPods(field.text ?? ""))
      .map(([, field]) => textAt(field, `ConfigMap ${name} ${field.path}`));
  });
  const read = (client.reads ?? []).flatMap(({ key, name, label: wanted }) => {
    const [label, value] = wanted ?? [];
    const theirs = ({ namespace, name: own, root }: Resource) =>
      namespace === client.namespace &&
      (name === undefined || own === name) &&
      (label === undefined || root.at("metadata", "labels", label).text === value);
    return stack
      .of(key)
      .filter(theirs)
      .flatMap(({ kind, name: own, root }) =>
        [...root.at("spec").strings()].map(({ field }) => textAt(field, `${kind} ${own} ${field.path}`)),
      );
  });
  return [...own, ...mounted, ...read];
}

/** Whether a file is the manifest of pods that others run. A kubeconfig has no metadata: who reads it connects to what it names. */
const isOfPods = (text: string): boolean => isManifest(text) && /(?:^|[{,])\s*"?metadata"?\s*:/m.test(text);

function textAt(field: Field, where: string): Text {
  return { text: field.text ?? "", where };
}

function referred(client: Workload, { text, where }: Text, known: ReadonlyMap<string, Service>, stack: Stack): Need[] {
  return hostsIn(text).flatMap((reference): Need[] => {
    const { namespace = client.namespace, host, port } = reference;
    const service = known.get(`${namespace ?? ""}/${reference.service}`);
    const common = { client, field: where, because: `uses ${host}`, all: port !== undefined };
    if (service !== undefined && service.pods.length > 0) {
      const servers = service.pods.filter((pods) => pods !== client || talksToItself(client));
      if (servers.length === 0) return [];
      return [{ ...common, servers, to: nameOf(servers), ports: targetPorts(service, port) }];
    }
    if (!isFull(reference) || stack.workloads.some((pods) => pods === client && pods.namespace === undefined))
      return [];
    // Operators and charts make Services that the stack does not list, so only the namespace is known.
    const server: Side = { namespace, labels: undefined, listeners: [] };
    return [
      {
        ...common,
        servers: [server],
        to: host.replace(/:\d+$/, ""),
        ports: port === undefined ? [] : [port],
        all: false,
      },
    ];
  });
}

function isFull({ host }: HostReference): boolean {
  return host.includes(".svc");
}

/** Replicas of a StatefulSet connect to each other to form a cluster; replicas of a Deployment do not. */
function talksToItself(client: Workload): boolean {
  return client.replicas > 1 && client.resource.kind === "StatefulSet";
}

function nameOf(servers: readonly Workload[]): string {
  return servers.map(shortName).join(", ");
}

function implied(client: Workload, stack: Stack): Need[] {
  return client.implied.flatMap((need): Need[] => {
    if ("from" in need) {
      if (need.from !== "operator") return [];
      // The operator is the client, if the stack has it.
      const operators = stack.workloads.filter(({ operates }) => operates?.includes(need.of));
      return operators.map((operator) => direct(operator, [client], need.ports, "values", `the operator ${need.why}`));
    }
    if (need.to === "api-server") return [];
    if (need.to === "pods") {
      const named = (pods: Workload) =>
        pods.namespace === client.namespace && (pods !== client || client.replicas > 1) && hasLabels(pods, need.labels);
      const servers = stack.workloads.filter(named);
      return servers.length === 0 ? [] : [direct(client, servers, need.ports, "spec", need.why)];
    }
    const servers = stack.workloads.filter((pods) => pods.resource === client.resource && pods.role === need.role);
    return [direct(client, servers, need.ports, client.role === "" ? "spec" : `spec.${client.role}`, need.why)];
  });
}

function direct(
  client: Workload,
  servers: readonly Workload[],
  ports: readonly number[],
  field: string,
  why: string,
): Need {
  const to = nameOf(servers);
  return { client, servers, to, ports, all: true, field, because: `needs ${to} (${why})` };
}

/** Needs with the same servers and ports, once. */
function unique(list: readonly Need[]): Need[] {
  const byKey = new Map<string, Need>();
  for (const need of list) {
    const key = `${need.servers.map((side) => side.namespace ?? "").join()} ${need.to} ${need.ports.join()}`;
    if (!byKey.has(key)) byKey.set(key, need);
  }
  return [...byKey.values()];
}
