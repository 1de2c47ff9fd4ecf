import assert from "node:assert/strict";

import { parse } from "yaml";

import { selector } from "../../components/core/labels";
import { type PodGroup, resourceRequirements } from "../../components/core/pod-group";
import { clientRole, rolesFile, usersFile, usersRolesFile } from "../../components/storage/elasticsearch/roles";
import { merge } from "../../components/settings/presets";
import { PROJECT_FOLDER } from "../../inputs/project";
import { readStackFile } from "../../inputs/stack-file";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { ECK_GROUPS } from "../../sandbox/control-plane/crds";
import { deploy } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { startEck } from "../../sandbox/control-plane/operators";
import { type Stack, stackOf } from "../../sandbox/control-plane/stack";
import { until } from "../../sandbox/core/until";
import { operatedSettings } from "../../sandbox/engines/elasticsearch/operated";
import { started } from "./stacks";

const NAMESPACE = "lakehouse-storage";
/** Kinds of other operators, which do not run here. */
const OURS = ["Elasticsearch", "Kibana", "Logstash"];

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources: unknown;
  readonly securityContext?: { readonly capabilities?: unknown; readonly allowPrivilegeEscalation?: boolean };
}
interface PodSpec {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly priorityClassName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit?: string } }[];
}

const ELASTICSEARCH = {
  enabled: true,
  data: { replicas: 1 },
  manager: { replicas: 3, cpu: 0.25, memory: "1280Mi" },
  coordinator: { replicas: 1, cpu: 0.25, memory: "1280Mi" },
  logstash: { pipelines: [{ topic: "orders", stream: "logs-orders" }] },
};

/** The dev stack with Elasticsearch, on four larger machines. */
function withElasticsearch(): Promise<Stack> {
  const dev = readStackFile(PROJECT_FOLDER, "dev");
  const of = (key: string) => JSON.parse(dev.values[`lakehouse:${key}`] ?? "{}") as Record<string, unknown>;
  const more = {
    nodes: ["a", "b", "c", "d"].map((name) => ({ name, pool: "everything", cpu: 16, memory: "64Gi" })),
    licences: { allow: ["Elastic-2.0"] },
    storage: merge(of("storage"), { elasticsearch: ELASTICSEARCH }),
  };
  const values = Object.entries(more).map(([key, value]) => [`lakehouse:${key}`, JSON.stringify(value)] as const);
  return stackOf({ ...dev, values: { ...dev.values, ...Object.fromEntries(values) } });
}

/** Users and rights as the stack writes them: their values are hidden in a plan. */
const CLIENTS = new Map([
  ["trino", { role: clientRole([{ prefix: "logs-", level: "read" as const }]), roles: [], users: ["trino"] }],
]);
const HASH = `$2a$10$${"a".repeat(53)}`;
const FILES: Readonly<Record<string, Record<string, string>>> = {
  "elasticsearch-access-users": {
    users: usersFile({ "lakehouse-admin": HASH, "trino": HASH }),
    users_roles: usersRolesFile(CLIENTS),
  },
  "elasticsearch-access-roles": { "roles.yml": rolesFile(CLIENTS) },
};

/**
 * The operator of the pinned version on a real API server. Not proven: what happens inside of containers, for none runs; so no node
 * answers the operator.
 */
describe("the real ECK operator", () => {
  let plane: ControlPlane;
  let stack: Stack;

  before(async function () {
    stack = await withElasticsearch();
    plane = await started(this, { nodes: stack.nodes.map((node) => simulatedNode(node)) }, ["eck"]);
    const objects = stack.objects
      .filter(({ apiVersion, kind }) => OURS.includes(kind) || !apiVersion.includes("."))
      .concat(stack.objects.filter(({ apiVersion }) => /(^|\.)k8s\.io\//.test(apiVersion)))
      .map((object) => {
        const files = object.kind === "Secret" ? FILES[object.metadata.name] : undefined;
        return files === undefined ? object : { ...object, stringData: files };
      });
    await deploy(plane.api, { ...stack, objects }, ECK_GROUPS);
    await startEck(plane, "lakehouse-operators", NAMESPACE);
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  const get = (apiVersion: string, kind: string, name: string) =>
    plane.api.get({ apiVersion, kind, metadata: { name, namespace: NAMESPACE } });
  const made = async (kind: "StatefulSet" | "Deployment", name: string): Promise<KubernetesObject> => {
    await until(`${kind} ${name} is there`, async () => (await get("apps/v1", kind, name)) !== undefined);
    return (await get("apps/v1", kind, name)) ?? assert.fail();
  };
  const secret = async (name: string): Promise<Record<string, string>> => {
    await until(`Secret ${name} is there`, async () => (await get("v1", "Secret", name)) !== undefined);
    const { data } = (await get("v1", "Secret", name)) ?? assert.fail();
    return Object.fromEntries(
      Object.entries(data as Record<string, string>).map(([key, text]) => [
        key,
        Buffer.from(text, "base64").toString(),
      ]),
    );
  };
  const group = (service: string, role: string): PodGroup =>
    stack.groups.find((each) => each.service === service && each.role === role) ?? assert.fail(`${service} ${role}`);
  const templateOf = ({ spec }: KubernetesObject) =>
    (spec as { replicas: number; template: { metadata: { labels: Record<string, string> }; spec: PodSpec } }).template;

  for (const [kind, name, service, role, containers] of [
    ["StatefulSet", "elasticsearch-es-data", "elasticsearch", "data", ["elasticsearch"]],
    ["StatefulSet", "elasticsearch-es-manager", "elasticsearch", "manager", ["elasticsearch"]],
    ["StatefulSet", "elasticsearch-es-coordinator", "elasticsearch", "coordinator", ["elasticsearch"]],
    ["Deployment", "kibana-kb", "kibana", "server", ["kibana"]],
    ["StatefulSet", "logstash-ls", "logstash", "server", ["logstash"]],
  ] as const)
    it(`makes of ${service} ${role} pods of the size, the labels and the security that the plan counts with`, async () => {
      const workload = await made(kind, name);
      const template = templateOf(workload);
      const planned = group(service, role);
      const { initContainers, containers: main, volumes, ...spec } = template.spec;
      assert.deepEqual(
        main.map((each) => each.name),
        containers,
      );
      for (const each of [...main, ...initContainers]) {
        assert.deepEqual(each.resources, resourceRequirements(planned), each.name);
        assert.deepEqual(each.securityContext?.capabilities, { drop: ["ALL"] }, each.name);
        assert.equal(each.securityContext.allowPrivilegeEscalation, false, each.name);
        assert.match(each.image ?? "", /^docker\.elastic\.co\/.*:8\.19\.21$/, each.name);
      }
      for (const [key, value] of Object.entries(selector(planned))) assert.equal(template.metadata.labels[key], value);
      assert.equal(spec.priorityClassName, planned.priorityClass);
      assert.equal(spec.automountServiceAccountToken, false);
      // A StatefulSet puts each claim in the place of the volume of its name.
      const claims = (workload.spec as { volumeClaimTemplates?: KubernetesObject[] }).volumeClaimTemplates ?? [];
      const claimed = claims.map(({ metadata }) => metadata.name);
      const unbounded = volumes.filter(
        ({ name: of, emptyDir }) => emptyDir !== undefined && emptyDir.sizeLimit === undefined && !claimed.includes(of),
      );
      assert.deepEqual(
        unbounded.map((each) => each.name),
        [],
      );
    });

  it("has its pods admitted into a namespace of restricted pods, within the quota", async () => {
    const wanted = ["data", "manager", "coordinator"].flatMap((role) =>
      Array.from(
        { length: group("elasticsearch", role).replicas },
        (_, at) => `elasticsearch-es-${role}-${String(at)}`,
      ),
    );
    const names = async () =>
      (await plane.api.list("v1", "pods")).map(({ metadata }) => metadata.name).filter((name) => wanted.includes(name));
    await until("the pods are there", async () => (await names()).length === wanted.length, {
      explain: async () => (await names()).join(", "),
    });
  });

  it("writes the settings that the proof on real nodes starts from", async () => {
    const { nodeSets } = (stack.objects.find(({ kind }) => kind === "Elasticsearch")?.spec ?? assert.fail()) as {
      nodeSets: { name: string; count: number; config: Record<string, unknown> }[];
    };
    const first = [0, 1, 2].map((at) => `elasticsearch-es-manager-${String(at)}`);
    for (const { name, config } of nodeSets) {
      const files = await secret(`elasticsearch-es-${name}-es-config`);
      const written = flat(parse(files["elasticsearch.yml"] ?? ""));
      const expected = operatedSettings(config, { cluster: "elasticsearch", first: name === "manager" ? first : [] });
      assert.deepEqual(texts(written), texts(expected), name);
    }
  });

  it("hands the stack's users and rights to the nodes, and none of Elastic's own for people", async () => {
    const known = async () => (await secret("elasticsearch-es-xpack-file-realm")).users ?? "";
    await until("the users are known", async () => (await known()).includes("trino:"));
    const {
      users = "",
      "users_roles": mapped = "",
      "roles.yml": roles = "",
    } = await secret("elasticsearch-es-xpack-file-realm");
    const own = users.split("\n").map((line) => line.split(":")[0] ?? "");
    assert.ok(own.includes("lakehouse-admin"));
    assert.ok(users.includes(`trino:${HASH}`));
    assert.ok(!own.includes("elastic"), own.join());
    assert.match(mapped, /^lakehouse-trino:trino$/m);
    const { "lakehouse-trino": role } = parse(roles) as Record<string, { indices: object[]; applications: object[] }>;
    assert.deepEqual(role?.indices, [{ names: ["logs-*"], privileges: ["read", "view_index_metadata", "monitor"] }]);
    assert.equal(role.applications.length, 1);
  });
});

/** Nested settings as one level. */
function flat(value: unknown, path = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { [path]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flat(inner, path === "" ? key : `${path}.${key}`)),
  ) as Record<string, unknown>;
}

/** Values as texts, by sorted keys: YAML has `"true"` and `true`. */
const texts = (settings: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(settings)
      .map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : String(value)] as const)
      .sort(),
  );
