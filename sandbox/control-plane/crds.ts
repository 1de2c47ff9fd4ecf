import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { versions } from "../../components/core/versions";
import { isCustomGroup } from "../../policies/core/groups";
import type { Api, KubernetesObject } from "./api";
import { get, LARGE } from "./download";
import { PINS } from "./tools";
import { until } from "../core/until";

const run = promisify(execFile);

interface Source {
  /** Folder of `tools/` that pins the module. */
  readonly pins: string;
  readonly module: string;
  /** Folder or file of the definitions in the module's archive. */
  readonly path: string;
}

const SHARED = join(__dirname, "..", "..", "..", "shared", "crds");

/** Where the operators publish the definitions of a group: in the archives of their Go modules, whose sums are pinned. */
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
  "ceph.rook.io": { pins: "definitions", module: "github.com/rook/rook", path: "deploy/examples/crds.yaml" },
  "gateway.networking.k8s.io": { pins: "definitions", module: "sigs.k8s.io/gateway-api", path: "config/crd/standard" },
  "kueue.x-k8s.io": { pins: "definitions", module: "sigs.k8s.io/kueue", path: "config/components/crd/bases" },
  "policy.networking.k8s.io": {
    pins: "definitions",
    module: "sigs.k8s.io/network-policy-api",
    path: "config/crd/standard",
  },
  "objectbucket.io": { pins: "definitions", module: "github.com/rook/rook", path: "deploy/examples/crds.yaml" },
};

interface Released {
  /** Their folder beside the repository, where the facts about upstream are at hand. */
  readonly shared: string;
  /** Where the project has them at the tag of its release. */
  readonly at: string;
  readonly files: readonly string[];
}

/** Of operators that are no Go modules. Fetched over HTTPS from a tag: nobody publishes a sum of them. */
const RELEASED: Readonly<Record<string, Released>> = {
  "kafka.strimzi.io": {
    shared: "strimzi-kafka-operator",
    at: `https://raw.githubusercontent.com/strimzi/strimzi-kafka-operator/${versions.strimzi}/packaging/helm-charts/helm3/strimzi-kafka-operator/crds`,
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
    at: `https://raw.githubusercontent.com/apache/flink-kubernetes-operator/release-${versions.flinkOperator}/helm/flink-kubernetes-operator/crds`,
    files: ["flinkdeployments.flink.apache.org-v1.yml", "flinksessionjobs.flink.apache.org-v1.yml"],
  },
};

/** A definition as the text that its project has published. */
export interface Definition {
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly text: string;
}

/**
 * The definitions that some objects need.
 * @param whole groups of which every definition is wanted: an operator watches all of its own
 * @throws when they cannot be had
 */
export async function definitionsFor(
  objects: readonly Pick<KubernetesObject, "apiVersion" | "kind">[],
  whole: readonly string[] = [],
): Promise<Definition[]> {
  // The core group has no name: its objects are of `v1`.
  const groupOf = ({ apiVersion }: Pick<KubernetesObject, "apiVersion">) => /^([^/]+)\//.exec(apiVersion)?.[1] ?? "";
  const kinds = new Set(objects.map((object) => `${groupOf(object)} ${object.kind}`));
  const groups = new Set([...objects.map(groupOf).filter(isCustomGroup), ...whole]);
  const found: Definition[] = [];
  for (const group of groups) {
    const wanted = (await published(group)).filter(
      (each) => each.group === group && (whole.includes(group) || kinds.has(`${group} ${each.kind}`)),
    );
    if (wanted.length === 0) throw new Error(`no definition of ${group} where its project publishes them`);
    found.push(...wanted);
  }
  return found;
}

async function published(group: string): Promise<Definition[]> {
  const source = SOURCES[group];
  if (source !== undefined) return definitions(join(await moduleFolder(source.pins, source.module), source.path));
  const released = RELEASED[group];
  if (released === undefined) throw new Error(`nobody says where the definitions of ${group} are published`);
  const beside = join(SHARED, released.shared);
  if (existsSync(beside)) return definitions(beside);
  const texts = await Promise.all(released.files.map((file) => get(`${released.at}/${file}`, LARGE)));
  return texts.flatMap((text) => fromText(text.toString("utf8")));
}

/** Folder of a pinned module's files, fetched once and checked by Go. */
export async function moduleFolder(pins: string, module: string): Promise<string> {
  const { stdout } = await run("go", ["mod", "download", "-json", module], { cwd: join(PINS, pins) });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}

/** The definitions in a file or in the files of a folder. */
export function definitions(path: string): Definition[] {
  if (!existsSync(path)) throw new Error(`${path} is missing`);
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => join(path, name))
    : [path];
  return files.flatMap((file) => fromText(readFileSync(file, "utf8")));
}

/** Not parsed as YAML, which takes seconds for all of them: the API server does it. */
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

/** Applies definitions and waits until their kinds are served. */
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
  // Kinds are in the list of their group a moment later, and another kind of it may have been asked for before.
  const versions = (await established()).flatMap(kindsOf);
  await until(`${String(names.size)} kinds are served`, async () => {
    api.forgetKinds();
    const served = await Promise.all(
      versions.map(async ({ apiVersion, kind }) =>
        (await api.resources(apiVersion)).some((resource) => resource.kind === kind),
      ),
    );
    return served.every(Boolean);
  });
}

function isEstablished({ status }: KubernetesObject): boolean {
  const { conditions } = (status ?? {}) as {
    /** Null of one that has just been made. */
    readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null;
  };
  return (conditions ?? []).some((each) => each.type === "Established" && each.status === "True");
}

/** What a definition makes the server know. */
function kindsOf({ spec }: KubernetesObject): { readonly apiVersion: string; readonly kind: string }[] {
  const { group, names, versions } = spec as {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  return versions.flatMap(({ name, served }) => (served ? [{ apiVersion: `${group}/${name}`, kind: names.kind }] : []));
}
