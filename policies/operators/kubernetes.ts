import { first } from "../core/path";
import type { Operator, Pods } from "./types";

/** Path of the pod template in each built-in kind; empty for a Pod. */
export const TEMPLATES: Readonly<Record<string, string>> = {
  "apps/Deployment": "spec.template",
  "apps/StatefulSet": "spec.template",
  "apps/ReplicaSet": "spec.template",
  "apps/DaemonSet": "spec.template",
  "batch/Job": "spec.template",
  "batch/CronJob": "spec.jobTemplate.spec.template",
  "core/ReplicationController": "spec.template",
  "core/Pod": "",
  "core/PodTemplate": "template",
};

/** Labels by which a controller tells its pods apart: their values are known in the cluster only. */
const POD_NAME = { "statefulset.kubernetes.io/pod-name": null, "apps.kubernetes.io/pod-index": null };
const REVISION = { "controller-revision-hash": null };
/** A template is no pod. One with this annotation is for a program that makes so many pods of it by itself, at the most. */
const MADE = 'metadata.annotations["lakehouse.dev/replicas"]';
const jobName = (name: string | null) => ({ "batch.kubernetes.io/job-name": name, "job-name": name });

/** Properties of the pods that are not in the template. */
const MAKERS: Readonly<Record<string, Pods>> = {
  "apps/Deployment": { surge: { strategy: "spec.strategy" }, labels: { "pod-template-hash": null } },
  "apps/StatefulSet": { claims: [{ at: "spec.volumeClaimTemplates[*]" }], labels: { ...POD_NAME, ...REVISION } },
  "apps/DaemonSet": { lifetime: "daemon", replicas: 1, labels: REVISION },
  "batch/Job": { lifetime: "once", replicas: "spec.parallelism", labels: jobName("{name}") },
  "batch/CronJob": { lifetime: "job", replicas: "spec.jobTemplate.spec.parallelism", labels: jobName(null) },
  "core/Pod": { replicas: 1 },
  "core/PodTemplate": { when: MADE, lifetime: "elastic", replicas: (place) => Number(first(place, MADE).text ?? 1) },
};

/** Built-in kinds without pods (Kubernetes 1.34–1.36). Lists and patches are left out, and so refused: no policy reads their objects. */
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
    "ResourceQuota",
    "Secret",
    "Service",
    "ServiceAccount",
  ],
  "apps": ["ControllerRevision"],
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

export const kubernetes: Operator = {
  kinds: {
    ...Object.fromEntries(
      Object.entries(TEMPLATES).map(([key, template]) => [key, { pods: { ...MAKERS[key], template } }]),
    ),
    "core/PersistentVolumeClaim": { pods: [], holdsData: "elsewhere" },
  },
  podless: PODLESS,
};
