import assert from "node:assert/strict";

import { parse } from "yaml";

import { GiB, parseBytes, parseCores } from "../../components/core/quantity";
import { planned } from "./harness";

/** Pods of the rendered manifests, without any number from the program. */
interface Pods {
  readonly service: string;
  readonly role: string;
  readonly replicas: number;
  readonly memory: number;
  readonly pools: readonly string[];
  readonly onePerNode: boolean;
}

interface PodSpec {
  readonly containers: readonly { readonly resources: { readonly requests: { readonly memory: string } } }[];
  readonly affinity?: Affinity;
}
interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms: readonly {
        readonly matchExpressions: readonly { readonly key: string; readonly values: readonly string[] }[];
      }[];
    };
  };
  readonly podAntiAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly unknown[] };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  // Specifications of many kinds; each reader below checks its own.
  readonly spec: never;
}

const bytes = (text: string) => parseBytes(text) ?? assert.fail(`no quantity: ${text}`);
const poolsOf = (affinity: Affinity | undefined) =>
  affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
    .flatMap(({ matchExpressions }) => matchExpressions)
    .find(({ key }) => key === "lakehouse.dev/pool")?.values ?? [];

function named({ metadata: { labels } }: Manifest): Pick<Pods, "service" | "role"> {
  return { service: labels["app.kubernetes.io/name"] ?? "", role: labels["app.kubernetes.io/component"] ?? "" };
}

function fromTemplate(manifest: Manifest, replicas: number, pod: PodSpec): Pods {
  return {
    ...named(manifest),
    replicas,
    memory: pod.containers.reduce((sum, { resources }) => sum + bytes(resources.requests.memory), 0),
    pools: poolsOf(pod.affinity),
    onePerNode: pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined,
  };
}

/** Kinds that run pods, with a reader of their specification. */
const READERS: Readonly<Record<string, (manifest: Manifest, all: readonly Manifest[]) => Pods[]>> = {
  Deployment: (manifest) => {
    const spec = manifest.spec as { replicas: number; template: { spec: PodSpec } };
    return [fromTemplate(manifest, spec.replicas, spec.template.spec)];
  },
  StatefulSet: (manifest, all) => READERS.Deployment!(manifest, all),
  Job: (manifest) => {
    const spec = manifest.spec as { template: { spec: PodSpec } };
    return [fromTemplate(manifest, 1, spec.template.spec)];
  },
  CronJob: (manifest) => {
    const spec = manifest.spec as { jobTemplate: { spec: { template: { spec: PodSpec } } } };
    return [fromTemplate(manifest, 1, spec.jobTemplate.spec.template.spec)];
  },
  Cluster: (manifest, all) => {
    const spec = manifest.spec as {
      instances: number;
      resources: { requests: { memory: string } };
      affinity: Affinity;
      plugins?: unknown[];
    };
    // The plugin adds the sidecar to each instance.
    const store = all.find(({ kind }) => kind === "ObjectStore")?.spec as
      { instanceSidecarConfiguration: { resources: { requests: { memory: string } } } } | undefined;
    const sidecar = store === undefined ? 0 : bytes(store.instanceSidecarConfiguration.resources.requests.memory);
    assert.equal(store === undefined, spec.plugins === undefined);
    const memory = bytes(spec.resources.requests.memory) + sidecar;
    return [
      {
        ...named(manifest),
        replicas: spec.instances,
        memory,
        pools: poolsOf(spec.affinity),
        onePerNode: spec.instances > 1,
      },
    ];
  },
};

/** Spark's pods at their maximum: as many as the quota of their priority class allows. */
function sparkPods(all: readonly Manifest[]): Pods[] {
  const application = all.find(({ kind }) => kind === "SparkApplication") ?? assert.fail("no SparkApplication");
  return ["driver", "executor"].map((role) => {
    const spec = application.spec as Record<
      string,
      { memory: string; memoryOverhead: string; template: { spec: { affinity: Affinity } } }
    >;
    const part = spec[role] ?? assert.fail(role);
    const mebibytes = (text: string) => bytes(text.replace(/m$/, "Mi"));
    const memory = mebibytes(part.memory) + mebibytes(part.memoryOverhead);
    const quota =
      all.find(({ kind, metadata }) => kind === "ResourceQuota" && metadata.name === `spark-${role}`) ??
      assert.fail("no quota");
    const room = bytes((quota.spec as { hard: Record<string, string> }).hard["requests.memory"] ?? "");
    return {
      service: "spark",
      role,
      replicas: Math.floor(room / memory),
      memory,
      pools: poolsOf(part.template.spec.affinity),
      onePerNode: false,
    };
  });
}

describe("homelab's rendered manifests", () => {
  let all: Manifest[] = [];
  let pods: Pods[] = [];
  let nodes: { name: string; pool: string }[] = [];
  let nodeFiles: Manifest[] = [];
  let operators: number;
  before(async () => {
    const { files } = await planned("homelab");
    all = [...files].filter(([path]) => path.startsWith("manifests/")).map(([, text]) => parse(text) as Manifest);
    pods = [...all.flatMap((manifest) => READERS[manifest.kind]?.(manifest, all) ?? []), ...sparkPods(all)];
    nodeFiles = all.filter(({ kind }) => kind === "Node");
    nodes = nodeFiles.map(({ metadata }) => ({
      name: metadata.name,
      pool: metadata.labels["lakehouse.dev/pool"] ?? "",
    }));
    const release = parse(files.get("releases/lakehouse-operators/spark-operator.yaml") ?? "") as {
      values: Record<string, { replicas: number; resources: { requests: { memory: string } } }>;
    };
    operators = ["controller", "webhook"].reduce(
      (sum, part) => sum + release.values[part]!.replicas * bytes(release.values[part]!.resources.requests.memory),
      0,
    );
  });

  const of = (service: string, role?: string) =>
    pods.filter((group) => group.service === service && (role === undefined || group.role === role));
  const gib = (group: Pods | undefined) =>
    group === undefined ? undefined : [group.replicas, group.memory / GiB, [...group.pools]];

  it("give each node its pool", () => {
    assert.deepEqual(nodes, [
      { name: "k8s-1", pool: "control" },
      { name: "k8s-2", pool: "drivers" },
      { name: "k8s-3", pool: "executors" },
    ]);
  });

  it("place the pods of the founding table on its nodes, with its sizes", () => {
    assert.deepEqual(gib(of("trino", "coordinator")[0]), [1, 8, ["control", "drivers"]]);
    assert.deepEqual(gib(of("trino", "worker")[0]), [2, 24, ["drivers", "executors"]]);
    assert.ok(of("trino", "worker")[0]?.onePerNode, "one Trino worker a node: k8s-2 and k8s-3");
    assert.deepEqual(gib(of("spark", "driver")[0]), [4, 4, ["drivers"]]);
    assert.deepEqual(gib(of("spark", "executor")[0]), [4, 8, ["executors"]]);
    assert.deepEqual(gib(of("hive-metastore", "server")[0]), [2, 4, ["control", "drivers"]]);
    assert.ok(of("hive-metastore", "server")[0]?.onePerNode, "one metastore a node: k8s-1 and k8s-2");
  });

  it("fill k8s-3 exactly and leave every node within 56Gi", () => {
    const LIMIT = 56;
    const total = (groups: readonly Pods[]) =>
      groups.reduce((sum, { replicas, memory }) => sum + (replicas * memory) / GiB, 0);
    const onlyOn = (pool: string) => pods.filter(({ pools }) => pools.length === 1 && pools[0] === pool);
    const worker = 24;
    const metastore = 4;
    const airflow = 8;
    assert.equal(total(onlyOn("executors")) + worker, LIMIT);
    // All other pods may use k8s-1 and k8s-2: their sum fits both, and each single pod fits the rest of a node.
    const flexible = pods.filter(
      ({ pools, service }) => pools.includes("control") && pools.length > 1 && service !== "hive-metastore",
    );
    const fixed = {
      control: total(onlyOn("control")) + airflow + metastore,
      drivers: total(onlyOn("drivers")) + worker + metastore,
    };
    assert.ok(fixed.control <= LIMIT, `k8s-1: ${String(fixed.control)}Gi`);
    assert.ok(fixed.drivers <= LIMIT, `k8s-2: ${String(fixed.drivers)}Gi`);
    const rest = total(flexible) + operators / GiB;
    assert.ok(
      fixed.control + fixed.drivers + rest <= 2 * LIMIT,
      `k8s-1 and k8s-2: ${String(fixed.control + fixed.drivers + rest)}Gi`,
    );
    assert.ok(flexible.every(({ memory }) => memory / GiB <= LIMIT - fixed.control));
    const everyPool = new Set(pods.flatMap(({ pools }) => pools));
    assert.deepEqual([...everyPool].sort(), ["control", "drivers", "executors"]);
  });

  it("agree with the plan, node by node", async () => {
    const { plan } = await planned("homelab");
    const on = (node: string) => {
      const sums: Record<string, number> = {};
      for (const pod of plan.nodes.find(({ name }) => name === node)!.pods)
        sums[pod.service] = (sums[pod.service] ?? 0) + pod.memory / GiB;
      return sums;
    };
    const [one, two, three] = [on("k8s-1"), on("k8s-2"), on("k8s-3")];
    assert.deepEqual([one.airflow, one.trino, one["hive-metastore"], one.spark], [8, 8, 4, undefined]);
    assert.deepEqual([two.trino, two.spark, two["hive-metastore"], two.airflow], [24, 16, 4, undefined]);
    assert.deepEqual(three, { trino: 24, spark: 32 });
    for (const node of plan.nodes)
      assert.ok(node.memory.requested <= node.memory.limit && node.cpu.requested <= node.cpu.limit, node.name);
  });

  it("limit the CPU of each pod", () => {
    for (const manifest of all.filter(({ kind }) => kind === "Deployment")) {
      const spec = manifest.spec as {
        template: { spec: { containers: { resources: { limits: { cpu: string } } }[] } };
      };
      for (const { resources } of spec.template.spec.containers) assert.ok((parseCores(resources.limits.cpu) ?? 0) > 0);
    }
  });
});
