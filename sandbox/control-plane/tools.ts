import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders of pinned Go modules. */
export const PINS = join(__dirname, "..", "..", "tools");

export interface Tool {
  readonly name: string;
  /** Folder below `tools/` whose go.mod pins it. */
  readonly pins: string;
  /** The module whose version is the tool's. */
  readonly module: string;
  /** The program's package in the module. */
  readonly program: string;
  /** Linker flags that tell the program its version. @default none */
  readonly stamp?: (version: string) => readonly string[];
  /** Arguments that print its version; a tool of another minor version is not taken from the PATH. @default never taken from the PATH */
  readonly says?: readonly string[];
  /** Upstream's publication with a checksum. @default none: it is built */
  readonly published?: "envtest" | "release";
  /** Slow cases alone need it, so the gate does not build it beforehand. @default false */
  readonly slow?: boolean;
}

/** Without these linker flags the server's version is `v0.0.0-master`, about which clients complain. */
const stampKubernetes = (version: string): string[] => {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  return [
    `k8s.io/component-base/version.gitVersion=${version}`,
    `k8s.io/component-base/version.gitMajor=${major}`,
    `k8s.io/component-base/version.gitMinor=${minor}`,
    `k8s.io/client-go/pkg/version.gitVersion=${version}`,
  ];
};

const kubernetes = (name: string, published: "envtest" | "release", says: readonly string[] = ["--version"]): Tool => ({
  name,
  pins: "kubernetes",
  module: "k8s.io/kubernetes",
  program: `k8s.io/kubernetes/cmd/${name}`,
  stamp: stampKubernetes,
  says,
  published,
});

const operator = (name: string, module: string, program: string): Tool => ({
  name,
  pins: name,
  module,
  program: `${module}/${program}`,
});

const ETCD = "go.etcd.io/etcd/server/v3";
const KWOK = "sigs.k8s.io/kwok";
const HELM = "helm.sh/helm/v4";
const COMPOSE = "github.com/docker/compose/v2";
const KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5";

export const TOOLS = {
  "etcd": {
    name: "etcd",
    pins: "etcd",
    module: ETCD,
    program: ETCD,
    says: ["--version"],
    published: "envtest",
  } as Tool,
  "kube-apiserver": kubernetes("kube-apiserver", "envtest"),
  "kubectl": kubernetes("kubectl", "envtest", ["version", "--client"]),
  "kube-controller-manager": kubernetes("kube-controller-manager", "release"),
  "kube-scheduler": kubernetes("kube-scheduler", "release"),
  "kwok": {
    name: "kwok",
    pins: "kwok",
    module: KWOK,
    program: `${KWOK}/cmd/kwok`,
    stamp: (version: string) => [`${KWOK}/pkg/consts.Version=${version}`],
    says: ["--version"],
  } as Tool,
  "kind": {
    name: "kind",
    pins: "kind",
    module: "sigs.k8s.io/kind",
    program: "sigs.k8s.io/kind",
    says: ["version"],
  } as Tool,
  "cloudnative-pg": operator("cloudnative-pg", "github.com/cloudnative-pg/cloudnative-pg", "cmd/manager"),
  "spark-operator": operator("spark-operator", "github.com/kubeflow/spark-operator/v2", "cmd/operator"),
  "eck": operator("eck", "github.com/elastic/cloud-on-k8s/v3", "cmd"),
  "kueue": { ...operator("kueue", "sigs.k8s.io/kueue", "cmd/kueue"), slow: true } as Tool,
  "prometheus-operator": operator(
    "prometheus-operator",
    "github.com/prometheus-operator/prometheus-operator",
    "cmd/operator",
  ),
  "helm": {
    name: "helm",
    pins: "helm",
    module: HELM,
    program: `${HELM}/cmd/helm`,
    stamp: (version: string) => [`${HELM}/internal/version.version=${version}`],
    says: ["version", "--short"],
    slow: true,
  } as Tool,
  "docker-compose": {
    name: "docker-compose",
    pins: "docker-compose",
    module: COMPOSE,
    program: `${COMPOSE}/cmd`,
    stamp: (version: string) => [`${COMPOSE}/internal.Version=${version}`],
    says: ["version"],
    slow: true,
  } as Tool,
  "kustomize": {
    name: "kustomize",
    pins: "kustomize",
    module: KUSTOMIZE,
    program: KUSTOMIZE,
    says: ["version"],
    slow: true,
  } as Tool,
} as const;

export type ToolName = keyof typeof TOOLS;

/** The version of a module that a folder of `tools/` pins. */
export function pinned(folder: string, module: string): string {
  const file = join(PINS, folder, "go.mod");
  const line = readFileSync(file, "utf8")
    .split("\n")
    .map((each) => each.trim().replace(/^require /, ""))
    .find((each) => each.startsWith(`${module} v`));
  if (line === undefined) throw new Error(`${file} does not pin ${module}`);
  return line.split(" ")[1] ?? "";
}

export const versionOf = (tool: Tool): string => pinned(tool.pins, tool.module);

/** `1.36` of anything that a program says about its version. */
export function minorOf(text: string): string | undefined {
  return /\bv?(\d+\.\d+)\.\d+/.exec(text)?.[1];
}
