import { container, type Fault, set } from "./fault";

const WORKER = "Deployment trino-worker";
const IMAGE = {
  resource: "Deployment lakehouse-query/trino-worker",
  field: "spec.template.spec.containers[0].image",
} as const;
const REDIS = "docker.io/library/redis:7.4.2";
/** A made-up token of the right form. */
const PASSWORD = "hunter2-Xq9vL3mZ";

/** Faults of software's origin, and secrets outside of Secrets. */
export const supplyFaults: readonly Fault[] = [
  {
    ...IMAGE,
    policy: "image-require-pinned-tag",
    plant: set(WORKER, container("image"), "docker.io/trinodb/trino:latest"),
    says: "docker.io/trinodb/trino:latest",
  },
  {
    ...IMAGE,
    policy: "image-forbid-dead-registry",
    plant: set(WORKER, container("image"), "docker.io/bitnami/trino:480"),
    says: "docker.io/bitnami/trino:480",
  },
  {
    ...IMAGE,
    policy: "image-require-allowed-registry",
    plant: set(WORKER, container("image"), "registry.example.com/trino:480"),
    says: "registry.example.com",
  },
  {
    ...IMAGE,
    policy: "image-require-allowed-licence",
    plant: set(WORKER, container("image"), REDIS),
    says: "SSPL-1.0",
    config: { licences: { "docker.io/library/redis": "SSPL-1.0" }, forbid: ["SSPL-1.0"] },
  },
  {
    ...IMAGE,
    policy: "image-require-digest",
    plant: set(WORKER, container("image"), REDIS),
    says: REDIS,
    config: { digests: { [REDIS]: `sha256:${"0".repeat(64)}` } },
  },
  {
    policy: "chart-require-pinned-version",
    plant: set("Release spark-operator", "version", "^2.5.0"),
    resource: "Release lakehouse-operators/spark-operator",
    field: "version",
    says: "^2.5.0",
  },
  {
    policy: "configmap-forbid-secrets",
    plant: set("ConfigMap trino-worker-catalog", ["data", "postgres.properties"], `connection-password=${PASSWORD}\n`),
    resource: "ConfigMap lakehouse-query/trino-worker-catalog",
    field: 'data["postgres.properties"]',
    says: "connection-password",
  },
  {
    policy: "container-forbid-secrets",
    plant: set(WORKER, [...container("env"), 0], { name: "TRINO_SHARED_SECRET", value: PASSWORD }),
    resource: IMAGE.resource,
    field: "spec.template.spec.containers[0].env[0].value",
    says: "container trino",
  },
  {
    policy: "release-forbid-secrets",
    plant: set("Release spark-operator", "values.controller.password", PASSWORD),
    resource: "Release lakehouse-operators/spark-operator",
    field: "values.controller.password",
    says: "password",
  },
  {
    policy: "customresource-forbid-secrets",
    plant: set("Cluster postgres", "spec.postgresql.parameters.ssl_passphrase_password", PASSWORD),
    resource: "Cluster lakehouse-storage/postgres",
    field: "spec.postgresql.parameters.ssl_passphrase_password",
    says: "password",
  },
];
