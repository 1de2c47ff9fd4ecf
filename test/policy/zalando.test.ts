import assert from "node:assert/strict";

import type { Recorded } from "../../preview/recorder";
import { ONE } from "../support/ca";
import { problems } from "../support/crd";
import { customResourceValidators } from "../support/upstream";
import { judged } from "./harness";

const NAMESPACE = "lakehouse-postgres";

const named = (resources: readonly Recorded[], kind: string) =>
  resources.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

interface Policy extends Manifest {
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: object };
    readonly ingress?: readonly { readonly ports?: readonly { readonly port: number }[] }[];
  };
}

/** Homelab with PostgreSQL by one of the operators. */
const homelab = (postgres: object, cluster?: object) =>
  judged("homelab", {
    ...(cluster === undefined ? {} : { "lakehouse:cluster": JSON.stringify(cluster) }),
    "lakehouse:storage": JSON.stringify({ objects: { kind: "ceph" }, bucketPrefix: "lakehouse-", postgres }),
    "lakehouse:query": JSON.stringify({ trino: { enabled: true, worker: { replicas: 2, cpu: 4, memory: "24Gi" } } }),
  });

describe("PostgreSQL by Zalando's operator", () => {
  let made: Awaited<ReturnType<typeof homelab>>;
  before(async () => {
    made = await homelab({ by: "zalando" });
  });
  const one = (kind: string, name: string, namespace = NAMESPACE) => {
    const found = named(made.resources, kind)
      .map(({ inputs }) => inputs as unknown as Manifest)
      .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    assert.ok(found, `${kind} ${name} is missing`);
    return found;
  };

  it("meets every mandatory policy, and upstream's CRD takes its resource without unknown fields", function () {
    assert.deepEqual([made.plan.verdict, made.plan.policies.failed], ["ok", []]);
    const validators = customResourceValidators();
    if (validators === undefined) this.skip();
    const cluster = one("postgresql", "postgres");
    assert.deepEqual(problems(validators(cluster.apiVersion, cluster.kind), cluster), []);
  });

  it("has the roles, databases, extensions and rights that CloudNativePG has", async () => {
    const other = await homelab({
      operator: "existing",
      operatorNamespace: "cnpg-system",
      backup: { plugin: "existing" },
    });
    const sql = (resources: readonly Recorded[]) =>
      resources
        .filter(({ type }) => type.startsWith("postgresql:"))
        .map(({ type, name, inputs }) => JSON.stringify([type, name, inputs]))
        .toSorted();
    assert.ok(sql(made.resources).length > 10);
    assert.deepEqual(sql(made.resources), sql(other.resources));
  });

  it("has a namespace of its own, which alone admits pods of the baseline profile", () => {
    const levels = named(made.resources, "Namespace").map(({ inputs }) => {
      const { metadata } = inputs as unknown as Manifest;
      return [metadata.name, metadata.labels["pod-security.kubernetes.io/enforce"]] as const;
    });
    assert.deepEqual(
      levels.filter(([, level]) => level !== "restricted"),
      [[NAMESPACE, "baseline"]],
    );
  });

  it("has instances on nodes of their own, with the exporter's room", () => {
    const at = made.plan.nodes.filter(({ pods }) => pods.some(({ service }) => service === "postgres"));
    assert.equal(at.length, 2);
    const [pod] = at.flatMap(({ pods }) => pods).filter(({ service }) => service === "postgres");
    assert.equal(pod?.memory, (2048 + 64) * 2 ** 20);
  });

  it("is refused where servers speak TLS alone", async () => {
    const cluster = {
      kubernetes: "1.36",
      storageClass: "ceph-block",
      certManager: true,
      issuer: "lab",
      caBundle: ONE,
      tls: true,
    };
    await assert.rejects(
      () => homelab({ by: "zalando" }, cluster),
      /lakehouse:storage\.postgres\.by: given zalando with lakehouse:cluster\.tls; allowed: cloudnative-pg/,
    );
  });

  it("gives the superuser's password to the operator before it makes the cluster", () => {
    const secret = named(made.resources, "Secret").find(
      ({ inputs }) =>
        (inputs as unknown as Manifest).metadata.name === "postgres.postgres.credentials.postgresql.acid.zalan.do",
    );
    const [cluster] = named(made.resources, "postgresql");
    assert.ok(secret && cluster?.request.getDependenciesList().includes(secret.urn));
  });

  it("is reached by its clients alone, and by the operator at Patroni and SQL", () => {
    const into = named(made.resources, "NetworkPolicy")
      .map(({ inputs }) => inputs as unknown as Policy)
      .filter(({ metadata, spec }) => metadata.namespace === NAMESPACE && spec.ingress !== undefined);
    const opened = (name: RegExp) =>
      into
        .filter(({ metadata }) => name.test(metadata.name))
        .flatMap(({ spec }) => (spec.ingress ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port)));
    assert.deepEqual(opened(/-from-postgres-operator$/).toSorted(), [5432, 8008]);
    assert.deepEqual(opened(/-from-postgres$/).toSorted(), [5432, 8008]);
    assert.deepEqual(opened(/-from-(trino|hive-metastore|metastore-tasks)$/), [5432, 5432, 5432]);
    const { podSelector } = into.find(({ metadata }) => metadata.name === "postgres-from-trino")?.spec ?? {};
    assert.deepEqual(podSelector?.matchLabels, { "application": "spilo", "cluster-name": "postgres" });
  });
});
