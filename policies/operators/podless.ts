import type { Operator } from "./types";

const CALICO = [
  "GlobalNetworkPolicy",
  "GlobalNetworkSet",
  "HostEndpoint",
  "IPPool",
  "NetworkPolicy",
  "NetworkSet",
  "StagedGlobalNetworkPolicy",
  "StagedKubernetesNetworkPolicy",
  "StagedNetworkPolicy",
  "Tier",
];

/** Kinds that make no pods, by group. Kinds that make some are left out, and so refused: `Challenge`. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "bitnami.com": ["SealedSecret"],
  "cert-manager.io": ["CertificateRequest", "ClusterIssuer", "Issuer"],
  "crd.projectcalico.org": CALICO,
  "external-secrets.io": [
    "ClusterExternalSecret",
    "ClusterPushSecret",
    "ClusterSecretStore",
    "ExternalSecret",
    "PushSecret",
    "SecretStore",
  ],
  "gateway.networking.k8s.io": [
    "BackendTLSPolicy",
    "GRPCRoute",
    // Its proxies are the cluster's: its class says how many, and in which namespace, which is none of the stack's.
    "Gateway",
    "GatewayClass",
    "HTTPRoute",
    "ListenerSet",
    "ReferenceGrant",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
  ],
  "policy.networking.k8s.io": ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"],
  "projectcalico.org": CALICO,
  "snapshot.storage.k8s.io": ["VolumeSnapshot", "VolumeSnapshotClass", "VolumeSnapshotContent"],
  "velero.io": ["VolumeSnapshotLocation"],
};

export const podless: Operator = {
  kinds: {
    // It names the hosts that it certifies.
    "cert-manager.io/Certificate": { pods: [], silent: true },
    "velero.io/BackupStorageLocation": { pods: [], backups: "spec.objectStorage.bucket" },
  },
  podless: KINDS,
};
