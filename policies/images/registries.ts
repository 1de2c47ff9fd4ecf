/** Registries that are allowed by default, and repositories that are gone or frozen. */

export interface DeadRegistry {
  /** The repository, or the parent of repositories. */
  readonly prefix: string;
  readonly reason: string;
  /** The fix, as an imperative. */
  readonly instead: string;
}

const MINIO = {
  reason: "the community image can no longer be pulled",
  instead: "use a maintained image with the MinIO API, pinned",
};
const BITNAMI = "use the image that the project itself publishes";

/** Repositories that are gone or frozen. */
export const DEAD_REGISTRIES: readonly DeadRegistry[] = [
  { prefix: "docker.io/bitnami", reason: "versioned images left it on 28 August 2025", instead: BITNAMI },
  { prefix: "docker.io/bitnamilegacy", reason: "it is frozen since August 2025 and gets no fixes", instead: BITNAMI },
  { prefix: "docker.io/minio/minio", ...MINIO },
  { prefix: "docker.io/minio/mc", ...MINIO },
  { prefix: "quay.io/minio", ...MINIO },
  { prefix: "k8s.gcr.io", reason: "it is frozen since April 2023", instead: "use registry.k8s.io" },
  {
    prefix: "gcr.io/kubebuilder",
    reason: "its images are gone",
    instead: "use quay.io/brancz/kube-rbac-proxy, pinned",
  },
  { prefix: "docker.io/projectnessie", reason: "it is no longer updated", instead: "use ghcr.io/projectnessie" },
];

export const REGISTRIES: readonly string[] = [
  "docker.io",
  "ghcr.io",
  "quay.io",
  "registry.k8s.io",
  "gcr.io",
  "public.ecr.aws",
  "docker.elastic.co",
  "container-registry.oracle.com",
];
