import type { KUBERNETES_VERSIONS } from "../components/cluster/settings";
import { pinned } from "../components/core/pins";

/** Versions of what is below the stack: tools that make clusters, and what is installed before the first `pulumi up`. */

type KubernetesVersion = (typeof KUBERNETES_VERSIONS)[number];

/** Tools that `lakehouse cluster create` starts: their least version, and where they come from. */
export const TOOLS = {
  kind: { version: "v0.32.0", from: "go install sigs.k8s.io/kind@v0.32.0, or https://kind.sigs.k8s.io" },
  kubectl: { version: "v1.34.0", from: "https://kubernetes.io/docs/tasks/tools" },
  helm: { version: "v3.19.0", from: "https://helm.sh/docs/intro/install" },
  clusterctl: { version: "v1.14.0", from: "https://cluster-api.sigs.k8s.io/user/quick-start#install-clusterctl" },
} as const;

/** A release of Kubernetes and the image of its nodes. */
export interface NodeRelease {
  readonly version: string;
  readonly image: string;
}

const release = (version: string, digest: string): NodeRelease => ({
  version,
  image: `docker.io/kindest/node:${version}@sha256:${digest}`,
});

/** By the minor version of the settings. Images and digests are those that kind v0.32.0 was released with: another release's may not start. */
export const NODE_RELEASES: Readonly<Record<KubernetesVersion, NodeRelease>> = {
  "1.34": release("v1.34.8", "02722c2dedddcfc00febf5d27fbeb9b7b2c14294c82109ff4a85d89ac9ba3256"),
  "1.35": release("v1.35.5", "ce977ae6d65918d0b58a5f8b5e940429c2ce42fa3a5619ec2bbc60b949c0ac95"),
  "1.36": release("v1.36.1", "3489c7674813ba5d8b1a9977baea8a6e553784dab7b84759d1014dbd78f7ebd5"),
};

/** Core, bootstrap and control plane by kubeadm, and the providers of trials. */
export const CLUSTER_API = "v1.14.2";

/** Files of a project at a tag, each with the SHA-256 of its content in hexadecimal digits. */
export interface Manifests {
  readonly project: string;
  readonly tag: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Network and policies: flannel with Calico's policy. Upstream publishes a manifest alone, no chart. */
export const CANAL: Manifests = {
  project: "projectcalico/calico",
  tag: "v3.32.1",
  files: { "manifests/canal.yaml": "aa58a7b245586a90d75d969b9184326f6218acea7e4951ce2931113cd8e91e39" },
};

/** Network of the pods in Canal's manifest. */
export const POD_SUBNET = "10.244.0.0/16";
export const SERVICE_SUBNET = "10.96.0.0/16";

const gatewayApi = (name: string) => `config/crd/standard/gateway.networking.k8s.io_${name}.yaml`;

/** The standard channel. Files of the tag rather than the release's one file, for which the project publishes no sum. */
export const GATEWAY_API: Manifests = {
  project: "kubernetes-sigs/gateway-api",
  tag: "v1.6.1",
  files: {
    [gatewayApi("backendtlspolicies")]: "0d48c9e4b53dd9510cf615b9b1192d9d7afb07a1cc0498c9515627cb1c075419",
    [gatewayApi("gatewayclasses")]: "53710048ba26f8620eed59d5e51b157ecf040daf5c6eef31a4b991e0808c4be5",
    [gatewayApi("gateways")]: "25b885f5870b8fff1ae82efa2628b2761cef3745900c2aecf8fb76629a01255a",
    [gatewayApi("grpcroutes")]: "53a8d029da8f07e55d3fa58a5cf6de5950dab19fbb8d6a8082fb5e51ca5ef6fc",
    [gatewayApi("httproutes")]: "a424a0d6c953b162e71d1d97bb7e75012d8f1ac264e7274f2763d1b96ab39852",
    [gatewayApi("listenersets")]: "bf4d4b02564999b2558b96e31465129895db9b3a8adfb90adb9c80eac52a3a70",
    [gatewayApi("referencegrants")]: "8c645e9333cfa67790cc2a53e0c00076f88b2bd4230d2b49688c78bc34f9b2c3",
    [gatewayApi("tcproutes")]: "d5104d0cf30e924f5e3c9e2e76abd46876401c34ca33b9e79321523eee78c7f6",
    [gatewayApi("tlsroutes")]: "bb8b67926e5d9652cbfd2e19063b7c1d9e78806c9dd671608f57baef2f2e3bbb",
    [gatewayApi("udproutes")]: "4b80684c2bf8ef4b0a2a3ab45164ac9f96258fc69912645ff50ced595b0aa6de",
    [gatewayApi("vap_safeupgrades")]: "afb0ea1b3cc2e9344d93b0926fbe741aeb48ab4439f9f7b4b77b9ac94faf6c2e",
  },
};

/** Charts, which Helm installs before the stack is there. */
export const bootstrapPins = pinned({
  certManager: {
    version: "v1.21.1",
    licence: "Apache-2.0",
    chart: { chart: "cert-manager", repository: "oci://quay.io/jetstack/charts" },
  },
  openebs: {
    version: "4.5.1",
    licence: "Apache-2.0",
    chart: { chart: "openebs", repository: "https://openebs.github.io/openebs" },
  },
});
