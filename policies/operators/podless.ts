import type { ApiGroup } from "./types";

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

/** Groups of whose kinds the pack reads no pods. Kinds that are left out make some: `Prometheus`, `Gateway`, `Challenge`. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "bitnami.com": ["SealedSecret"],
  "cert-manager.io": ["Certificate", "CertificateRequest", "ClusterIssuer", "Issuer"],
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
    "GatewayClass",
    "HTTPRoute",
    "ListenerSet",
    "ReferenceGrant",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
  ],
  "monitoring.coreos.com": [
    "AlertmanagerConfig",
    "PodMonitor",
    "Probe",
    "PrometheusRule",
    "ScrapeConfig",
    "ServiceMonitor",
  ],
  "policy.networking.k8s.io": ["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"],
  "projectcalico.org": CALICO,
  "snapshot.storage.k8s.io": ["VolumeSnapshot", "VolumeSnapshotClass", "VolumeSnapshotContent"],
  "velero.io": ["BackupStorageLocation", "VolumeSnapshotLocation"],
};

export const podless: readonly ApiGroup[] = Object.entries(KINDS).map(([group, kinds]) => ({ group, podless: kinds }));
