import { BUILT_IN, builtIn } from "../workloads/pods";
import type { ApiGroup } from "./types";

/** Kinds that Kubernetes serves itself (1.34–1.36). Lists and patches of them are nowhere: no policy reads what is inside. */
const PODLESS: Readonly<Record<string, readonly string[]>> = {
  "core": [
    "Binding",
    "ConfigMap",
    "Endpoints",
    "Event",
    "LimitRange",
    "Namespace",
    "Node",
    // Labels and taints of nodes that exist.
    "NodePatch",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "PodTemplate",
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  "apps": ["ControllerRevision"],
  "batch": [],
  "admissionregistration.k8s.io": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  "autoscaling": ["HorizontalPodAutoscaler"],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle", "PodCertificateRequest"],
  "coordination.k8s.io": ["Lease", "LeaseCandidate"],
  "discovery.k8s.io": ["EndpointSlice"],
  "events.k8s.io": ["Event"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "lifecycle.k8s.io": ["Eviction", "EvictionRequest"],
  "networking.k8s.io": ["IPAddress", "Ingress", "IngressClass", "NetworkPolicy", "ServiceCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  "policy": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
  "resource.k8s.io": [
    "DeviceClass",
    "DeviceTaintRule",
    "ResourceClaim",
    "ResourceClaimTemplate",
    "ResourcePoolStatusRequest",
    "ResourceSlice",
  ],
  "scheduling.k8s.io": ["CompositePodGroup", "PodGroup", "PriorityClass", "Workload"],
  "storage.k8s.io": [
    "CSIDriver",
    "CSINode",
    "CSIStorageCapacity",
    "StorageClass",
    "VolumeAttachment",
    "VolumeAttributesClass",
  ],
  "storagemigration.k8s.io": ["StorageVersionMigration"],
};

/** `apps/Deployment` is in the group `apps`. */
function podsOf(group: string): ApiGroup["pods"] {
  const keys = Object.keys(BUILT_IN).filter((key) => key.startsWith(`${group}/`));
  return Object.fromEntries(keys.map((key) => [key.slice(group.length + 1), builtIn]));
}

export const kubernetes: readonly ApiGroup[] = Object.entries(PODLESS).map(([group, podless]) => ({
  group,
  podless,
  pods: podsOf(group),
  holdsData: group === "core" ? ["PersistentVolumeClaim"] : [],
}));
