import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { pins } from "../../components/pins";
import { isCustomGroup } from "../../policies/core/groups";
import { type Api, ApiError, type KubernetesObject, type Resource } from "./api";
import { get, LARGE } from "./download";
import { PINS } from "./tools";
import { until } from "../core/until";

const run = promisify(execFile);

interface Source {
  /** Folder of `tools/` that pins the module. */
  readonly pins: string;
  readonly module: string;
  /** Folder or file of the CRDs in the module's archive. */
  readonly path: string;
}

const ECK: Source = { pins: "eck", module: "github.com/elastic/cloud-on-k8s/v3", path: "config/crds/v1/all-crds.yaml" };

const SHARED = join(__dirname, "..", "..", "..", "shared", "crds");

/** CRDs by API group, in the archives of the operators' Go modules, whose sums are pinned. */
const SOURCES: Readonly<Record<string, Source>> = {
  "postgresql.cnpg.io": {
    pins: "cloudnative-pg",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    path: "config/crd/bases",
  },
  "sparkoperator.k8s.io": {
    pins: "spark-operator",
    module: "github.com/kubeflow/spark-operator/v2",
    path: "config/crd/bases",
  },
  "monitoring.coreos.com": {
    pins: "prometheus-operator",
    module: "github.com/prometheus-operator/prometheus-operator",
    path: "example/prometheus-operator-crd",
  },
  "barmancloud.cnpg.io": {
    pins: "definitions",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    path: "config/crd/bases",
  },
  "cert-manager.io": { pins: "definitions", module: "github.com/cert-manager/cert-manager", path: "deploy/crds" },
  "ceph.rook.io": { pins: "definitions", module: "github.com/rook/rook", path: "deploy/examples/crds.yaml" },
  "gateway.networking.k8s.io": { pins: "definitions", module: "sigs.k8s.io/gateway-api", path: "config/crd/standard" },
  "kueue.x-k8s.io": { pins: "kueue", module: "sigs.k8s.io/kueue", path: "config/components/crd/bases" },
  "policy.networking.k8s.io": {
    pins: "definitions",
    module: "sigs.k8s.io/network-policy-api",
    path: "config/crd/standard",
  },
  "objectbucket.io": { pins: "definitions", module: "github.com/rook/rook", path: "deploy/examples/crds.yaml" },
};

/** Groups of the ECK operator, which watches all of them. */
export const ECK_GROUPS: readonly string[] = [
  "agent",
  "apm",
  "autoops",
  "autoscaling",
  "beat",
  "elasticsearch",
  "enterprisesearch",
  "kibana",
  "logstash",
  "maps",
  "packageregistry",
  "stackconfigpolicy",
].map((name) => `${name}.k8s.elastic.co`);

interface Released {
  /** Their folder beside the repository, where upstream's files are at hand. */
  readonly shared: string;
  /** URL of the folder at the tag of the project's release. */
  readonly at: string;
  readonly files: readonly string[];
}

/** Altinity's operator has two groups in one folder. */
const CLICKHOUSE: Released = {
  shared: "clickhouse-operator-altinity",
  at: `https://raw.githubusercontent.com/Altinity/clickhouse-operator/release-${pins.clickhouseOperator.version}/deploy/helm/clickhouse-operator/crds`,
  files: [
    "clickhouseinstallations.clickhouse",
    "clickhouseinstallationtemplates.clickhouse",
    "clickhouseoperatorconfigurations.clickhouse",
    "clickhousekeeperinstallations.clickhouse-keeper",
  ].map((name) => `CustomResourceDefinition-${name}.altinity.com.yaml`),
};

/** CRDs of operators that are not Go modules, over HTTPS from a tag: their projects publish no sums. */
const RELEASED: Readonly<Record<string, Released>> = {
  "kafka.strimzi.io": {
    shared: "strimzi-kafka-operator",
    at: `https://raw.githubusercontent.com/strimzi/strimzi-kafka-operator/${pins.strimzi.version}/packaging/helm-charts/helm3/strimzi-kafka-operator/crds`,
    files: [
      "040-Crd-kafka.yaml",
      "041-Crd-kafkaconnect.yaml",
      "043-Crd-kafkatopic.yaml",
      "044-Crd-kafkauser.yaml",
      "045-Crd-kafkanodepool.yaml",
      "047-Crd-kafkaconnector.yaml",
      "049-Crd-kafkarebalance.yaml",
    ],
  },
  "flink.apache.org": {
    shared: "flink-kubernetes-operator",
    at: `https://raw.githubusercontent.com/apache/flink-kubernetes-operator/release-${pins.flinkOperator.version}/helm/flink-kubernetes-operator/crds`,
    files: ["flinkdeployments.flink.apache.org-v1.yml", "flinksessionjobs.flink.apache.org-v1.yml"],
  },
  "clickhouse.altinity.com": CLICKHOUSE,
  "clickhouse-keeper.altinity.com": CLICKHOUSE,
  "acid.zalan.do": {
    shared: "zalando-postgres-operator",
    at: `https://raw.githubusercontent.com/zalando/postgres-operator/v${pins.zalando.version}/manifests`,
    files: ["postgresql.crd.yaml", "operatorconfiguration.crd.yaml"],
  },
  "k8s.mariadb.com": {
    shared: "mariadb-operator",
    at: `https://raw.githubusercontent.com/mariadb-operator/mariadb-operator/v${pins.mariadbOperator.version}/config/crd/bases`,
    files: ["databases", "grants", "mariadbs", "physicalbackups", "users"].map(
      (name) => `k8s.mariadb.com_${name}.yaml`,
    ),
  },
};

/** Whether it is known where the CRDs of an API group are published. */
export const isPublished = (group: string): boolean =>
  group in SOURCES || group in RELEASED || ECK_GROUPS.includes(group);

/** A CRD as the text that its project publishes. */
export interface Definition {
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly text: string;
}

/**
 * The CRDs of some objects.
 * @param whole groups of which all CRDs are needed: an operator watches all of its own
 * @throws Error when one cannot be obtained
 */
export async function definitionsFor(
  objects: readonly Pick<KubernetesObject, "apiVersion" | "kind">[],
  whole: readonly string[] = [],
): Promise<Definition[]> {
  // The core group has no name: its `apiVersion` is `v1`.
  const groupOf = ({ apiVersion }: Pick<KubernetesObject, "apiVersion">) => /^([^/]+)\//.exec(apiVersion)?.[1] ?? "";
  const kinds = new Set(objects.map((object) => `${groupOf(object)} ${object.kind}`));
  const groups = new Set([...objects.map(groupOf).filter(isCustomGroup), ...whole]);
  const found: Definition[] = [];
  for (const group of groups) {
    const wanted = (await published(group)).filter(
      (each) => each.group === group && (whole.includes(group) || kinds.has(`${group} ${each.kind}`)),
    );
    if (wanted.length === 0) throw new Error(`no CRD of ${group} in the files that its project publishes`);
    found.push(...wanted);
  }
  return found;
}

async function published(group: string): Promise<Definition[]> {
  const source = ECK_GROUPS.includes(group) ? ECK : SOURCES[group];
  if (source !== undefined) return definitions(join(await moduleFolder(source.pins, source.module), source.path));
  const released = RELEASED[group];
  if (released === undefined) throw new Error(`no source is known for CRDs of ${group}: add it to SOURCES or RELEASED`);
  const beside = join(SHARED, released.shared);
  if (existsSync(beside)) return definitions(beside);
  const texts = await Promise.all(released.files.map((file) => get(`${released.at}/${file}`, LARGE)));
  return texts.flatMap((text) => fromText(text.toString("utf8")));
}

/** Folder of a pinned module, which Go downloads once and checks. */
export async function moduleFolder(pins: string, module: string): Promise<string> {
  const { stdout } = await run("go", ["mod", "download", "-json", module], { cwd: join(PINS, pins) });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}

/** The CRDs in a file or in the files of a folder. */
export function definitions(path: string): Definition[] {
  if (!existsSync(path)) throw new Error(`${path} is missing`);
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => join(path, name))
    : [path];
  return files.flatMap((file) => fromText(readFileSync(file, "utf8")));
}

/** Without a YAML parser, which takes seconds for all CRDs: the API server parses them. */
function fromText(text: string): Definition[] {
  return text
    .split(/^---\s*$/m)
    .filter((each) => /^kind: CustomResourceDefinition$/m.test(each))
    .map((each) => ({
      text: each,
      name: /^metadata:\n(?: {2}.*\n)*? {2}name: (\S+)/m.exec(each)?.[1] ?? "",
      group: /^ {2}group: (\S+)/m.exec(each)?.[1] ?? "",
      kind: /^ {2}names:\n(?: {4}.*\n)*? {4}kind: (\S+)/m.exec(each)?.[1] ?? "",
    }));
}

/** Applies CRDs and waits until their kinds are served. */
export async function establish(api: Api, all: readonly Definition[]): Promise<void> {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const query = "?fieldManager=lakehouse&force=true";
  await Promise.all(
    all.map(({ name, text }) => api.must("PATCH", `${path}/${name}${query}`, text, "application/apply-patch+yaml")),
  );
  const names = new Set(all.map(({ name }) => name));
  const established = async () =>
    (await api.list("apiextensions.k8s.io/v1", "customresourcedefinitions")).filter(
      (one) => names.has(one.metadata.name) && isEstablished(one),
    );
  await until(
    `${String(names.size)} definitions are established`,
    async () => (await established()).length === names.size,
  );
  const versions = (await established()).flatMap(kindsOf);
  await until(`${String(names.size)} kinds are served`, () => served(api, versions));
}

/** Whether discovery lists all kinds: it does so a moment after they are established, and answers 404 for a new group until then. */
export async function served(api: Api, kinds: readonly Kind[]): Promise<boolean> {
  // An earlier list of the group may be cached.
  api.forgetKinds();
  const found = await Promise.all(
    kinds.map(async ({ apiVersion, kind }) => {
      const resources = await api.resources(apiVersion).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return [];
        throw error;
      });
      return resources.some((resource) => resource.kind === kind);
    }),
  );
  return found.every(Boolean);
}

type Kind = Pick<Resource, "apiVersion" | "kind">;

function isEstablished({ status }: KubernetesObject): boolean {
  const { conditions } = (status ?? {}) as {
    /** Null in a new CRD. */
    readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null;
  };
  return (conditions ?? []).some((each) => each.type === "Established" && each.status === "True");
}

/** Kinds that a CRD adds. */
function kindsOf({ spec }: KubernetesObject): Kind[] {
  const { group, names, versions } = spec as {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  return versions.flatMap(({ name, served }) => (served ? [{ apiVersion: `${group}/${name}`, kind: names.kind }] : []));
}
