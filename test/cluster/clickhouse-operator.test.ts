import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { stringify } from "yaml";

import { placement } from "../../components/core/placement";
import { resourceRequirements } from "../../components/core/pod-group";
import { selector } from "../../components/core/labels";
import { operatorValues } from "../../components/query/clickhouse/operator.config";
import { keeperHosts, serverHosts } from "../../components/query/clickhouse/pods";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { deploy } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { type Stack, stackOf } from "../../sandbox/control-plane/stack";
import { freePorts } from "../../sandbox/core/ports";
import { until } from "../../sandbox/core/until";
import { readStackFile } from "../../inputs/stack-file";
import { PROJECT_FOLDER } from "../../inputs/project";
import { upstream } from "../support/upstream";
import { started } from "./stacks";

const NAMESPACE = "lakehouse-clickhouse";
const SHARDS = { shards: 2, server: { replicas: 2 }, keeper: { replicas: 3 } };
/** Folders of the operator's image whose files the chart has as values, by their keys. */
const FOLDERS = {
  "chi/config.d": "configdFiles",
  "chi/users.d": "usersdFiles",
  "chk/keeper_config.d": "keeperConfigdFiles",
} as const;

type Map = Readonly<Record<string, unknown>>;
interface Values {
  readonly configs: { readonly files: { readonly "config.yaml": Map } } & Readonly<
    Record<string, Readonly<Record<string, string>>>
  >;
}
const isMap = (value: unknown): value is Map => typeof value === "object" && value !== null && !Array.isArray(value);
/** As Helm merges values over a chart's own. */
const over = (defaults: unknown, values: unknown): unknown =>
  isMap(defaults) && isMap(values)
    ? Object.fromEntries(
        [...new Set([...Object.keys(defaults), ...Object.keys(values)])].map((key) => [
          key,
          key in values ? over(defaults[key], values[key]) : defaults[key],
        ]),
      )
    : values;

interface PodSpec {
  readonly initContainers?: readonly object[];
  readonly containers: readonly {
    readonly name: string;
    readonly resources: unknown;
    readonly command: readonly string[];
  }[];
  readonly affinity: unknown;
  readonly tolerations?: readonly { readonly key: string }[];
  readonly priorityClassName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: { readonly runAsNonRoot?: boolean };
}

/**
 * The real operator on a real API server. Its program is in no registry: `CLICKHOUSE_OPERATOR` names one that was built from the
 * source of the release (`go build ./cmd/operator`). Not proven: what happens inside of containers, for none runs.
 */
describe("ClickHouse's operator", () => {
  let plane: ControlPlane;
  let stack: Stack;
  const program = process.env.CLICKHOUSE_OPERATOR;

  before(async function () {
    const defaults = upstream("chart-values/altinity-clickhouse-operator/values.yaml") as Values | undefined;
    if (program === undefined || !existsSync(program) || defaults === undefined) {
      console.warn("    SKIPPED: CLICKHOUSE_OPERATOR names no program, or the chart's values are not at hand");
      this.skip();
    }
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const query = JSON.parse(config.values["lakehouse:query"] ?? "{}") as object;
    const nodes = [1, 2, 3, 4].map((at) => ({ name: `n${String(at)}`, pool: "everything", cpu: 32, memory: "64Gi" }));
    const clickhouse = { enabled: true, storage: "s3", databases: [{ name: "shop" }], ...SHARDS };
    stack = await stackOf({
      ...config,
      values: {
        ...config.values,
        "lakehouse:query": JSON.stringify({ ...query, clickhouse }),
        "lakehouse:nodes": JSON.stringify(nodes),
      },
    });
    plane = await started(this, { nodes: stack.nodes.map((node) => simulatedNode(node)) });
    const ours = {
      ...stack,
      objects: stack.objects.filter(({ metadata }) => [undefined, NAMESPACE].includes(metadata.namespace)),
    };
    await deploy(plane.api, ours, ["clickhouse.altinity.com", "clickhouse-keeper.altinity.com"]);
    await startOperator(defaults, operatorValues(group("clickhouse-operator")));
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  async function startOperator(defaults: Values, own: Map): Promise<void> {
    const folder = join(plane.run.folder, "clickhouse-operator");
    const merged = over(defaults, own) as Values;
    const write = (path: string, content: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    };
    for (const [place, key] of Object.entries(FOLDERS))
      for (const [file, content] of Object.entries(merged.configs[key] ?? {})) write(`${place}/${file}`, content);
    for (const place of ["chi/conf.d", "chi/templates.d", "chk/conf.d", "chk/templates.d", "chk/users.d"])
      mkdirSync(join(folder, place), { recursive: true });
    write("config.yaml", stringify(merged.configs.files["config.yaml"]));
    const { metrics } = await freePorts("metrics");
    await plane.run.process({
      name: "clickhouse-operator",
      command: [
        program ?? "",
        `-config=${join(folder, "config.yaml")}`,
        `-metrics-endpoint=127.0.0.1:${String(metrics)}`,
        "-logtostderr=true",
      ],
      env: { KUBECONFIG: plane.kubeconfig, OPERATOR_POD_NAMESPACE: NAMESPACE, OPERATOR_POD_IP: "10.9.8.7" },
      ready: async () => (await fetch(`http://127.0.0.1:${String(metrics)}/metrics`)).ok,
    });
  }

  const group = (role: string) =>
    stack.groups.find((each) => each.namespace === NAMESPACE && each.role === role) ?? assert.fail(role);
  const pods = async () =>
    (await plane.api.list("v1", "pods")).filter(({ metadata }) => metadata.namespace === NAMESPACE);
  const one = async (kind: string, apiVersion: string, name: string) =>
    (await plane.api.get({ apiVersion, kind, metadata: { name, namespace: NAMESPACE } })) ??
    assert.fail(`${kind} ${name}`);

  for (const [role, hosts] of [
    ["keeper", keeperHosts(SHARDS)],
    // The others come when the first answers, which no simulated one does.
    ["server", serverHosts(SHARDS).slice(0, 1)],
  ] as const)
    it(`makes pods of the size, the place, the priority and the labels that the plan counts with: ${role}`, async () => {
      await until(`${role}s are there`, async () => {
        const names = (await pods()).map(({ metadata }) => metadata.name);
        return hosts.every((host) => names.includes(`${host}-0`));
      });
      for (const pod of (await pods()).filter(({ metadata }) => hosts.includes(metadata.name.replace(/-0$/, "")))) {
        const spec = pod.spec as PodSpec;
        assert.deepEqual(
          spec.containers.map(({ resources }) => resources),
          [resourceRequirements(group(role))],
        );
        assert.deepEqual(spec.initContainers ?? [], []);
        assert.deepEqual(spec.affinity, placement(group(role)).affinity);
        assert.equal(spec.priorityClassName, group(role).priorityClass);
        assert.equal(spec.automountServiceAccountToken, false);
        for (const [key, value] of Object.entries(selector(group(role))))
          assert.equal(pod.metadata.labels?.[key], value);
      }
    });

  it("makes a budget for each cluster, claims of the size, and no Service for the outside", async () => {
    for (const name of ["chi-clickhouse-main", "chk-clickhouse-main"]) {
      const budget = await one("PodDisruptionBudget", "policy/v1", name);
      assert.equal((budget.spec as { readonly maxUnavailable: unknown }).maxUnavailable, 1);
    }
    const claims = await plane.api.list("v1", "persistentvolumeclaims");
    const own = claims.filter(({ metadata }) => metadata.namespace === NAMESPACE);
    assert.ok(own.length >= 4, String(own.length));
    const services = (await plane.api.list("v1", "services")).filter(
      ({ metadata }) => metadata.namespace === NAMESPACE,
    );
    assert.deepEqual([...new Set(services.map(({ spec }) => (spec as { readonly type: string }).type))], ["ClusterIP"]);
  });

  it("writes the rendered files for the servers, beside its own, and its user with the rights of the stack alone", async () => {
    const { data } = (await one("ConfigMap", "v1", "chi-clickhouse-common-configd")) as {
      data?: Record<string, string>;
    };
    assert.match(data?.["lakehouse.xml"] ?? "", /<user_directories replace="replace">/);
    const users = (await one("ConfigMap", "v1", "chi-clickhouse-common-usersd")) as { data?: Record<string, string> };
    const text = users.data?.["chop-generated-users.xml"] ?? "";
    assert.match(text, /<clickhouse_operator>[^]*<password_sha256_hex>[0-9a-f]{64}</);
    assert.doesNotMatch(text, /access_management|named_collection_control/);
    const grants = [...text.matchAll(/<query>(.*?)<\/query>/g)].map(([, grant]) => grant);
    assert.equal(grants.length, 4, text);
    assert.match(text, /<host_regexp>\^localhost\$<\/host_regexp>/);
  });

  it("leaves volumes where the installation goes", async () => {
    const claims = async () =>
      (await plane.api.list("v1", "persistentvolumeclaims"))
        .filter(({ metadata }) => metadata.namespace === NAMESPACE)
        .map(({ metadata }) => metadata.name)
        .sort();
    const before = await claims();
    await plane.api.delete(
      await one("ClickHouseKeeperInstallation", "clickhouse-keeper.altinity.com/v1", "clickhouse"),
    );
    await until("its pods are gone", async () =>
      (await pods()).every(({ metadata }) => !metadata.name.startsWith("chk-")),
    );
    assert.deepEqual(await claims(), before);
  });
});
