import assert from "node:assert/strict";

import { drainCommand } from "../../../../components/catalog/hive-metastore/config";
import { monitoring } from "../../../../components/catalog/hive-metastore/monitoring";
import { pins } from "../../../../components/pins";
import { catalog, type Container, type Pod } from "../fixtures";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const JOB = "kubernetes:batch/v1:Job";
const CRON_JOB = "kubernetes:batch/v1:CronJob";

const named = (containers: readonly Container[] | undefined) => (containers ?? []).map(({ name }) => name);
const secrets = (container: Container) =>
  (container.env ?? []).filter((each) => each.valueFrom !== undefined).map(({ name, valueFrom }) => [name, valueFrom]);
const key = (name: string, of: string) => ({ secretKeyRef: { name, key: of } });

describe("metastore servers", () => {
  it("are two on different nodes, of which one may be unavailable", async () => {
    const { one } = await catalog();
    const { spec } = one(DEPLOYMENT, "hive-metastore-server");
    const selector = {
      matchLabels: {
        "app.kubernetes.io/name": "hive-metastore",
        "app.kubernetes.io/instance": "hive-metastore-server",
      },
    };
    assert.equal(spec.replicas, 2);
    assert.deepEqual(spec.template.spec.affinity.podAntiAffinity, {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: selector, topologyKey: "kubernetes.io/hostname" },
      ],
    });
    const budget = one("kubernetes:policy/v1:PodDisruptionBudget", "hive-metastore-server");
    assert.deepEqual(budget.spec, { maxUnavailable: 1, selector });
  });

  it("start with the script that does not touch the schema, and are ready when REST answers", async () => {
    const { one } = await catalog();
    const pod = one(DEPLOYMENT, "hive-metastore-server").spec.template.spec;
    const [server] = pod.containers;
    assert.equal(server.image, pins.hiveMetastore.image);
    assert.deepEqual(server.command, ["/opt/hive/bin/start-metastore"]);
    assert.deepEqual(server.readinessProbe, {
      httpGet: { path: "/iceberg/v1/config", port: "rest" },
      periodSeconds: 10,
      timeoutSeconds: 5,
    });
    const thrift = { tcpSocket: { port: "thrift" } };
    assert.deepEqual(server.startupProbe, { ...thrift, periodSeconds: 5, failureThreshold: 60 });
    assert.deepEqual(server.livenessProbe, { ...thrift, periodSeconds: 15, failureThreshold: 4, timeoutSeconds: 5 });
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.priorityClassName, "lakehouse-serving");
  });

  it("end when all clients have disconnected, before the grace period ends", async () => {
    const { one } = await catalog();
    const pod = one(DEPLOYMENT, "hive-metastore-server").spec.template.spec;
    const [server] = pod.containers;
    assert.deepEqual(server.lifecycle?.preStop.exec.command, drainCommand());
    assert.equal(pod.terminationGracePeriodSeconds, 90);
  });

  it("tell the AWS SDK to send no checksums that the store does not support", async () => {
    const { one } = await catalog();
    const [server] = one(DEPLOYMENT, "hive-metastore-server").spec.template.spec.containers;
    assert.ok(
      server.env?.some(({ name, value }) => name === "AWS_REQUEST_CHECKSUM_CALCULATION" && value === "when_required"),
    );
  });

  it("derive the heap from their own size", async () => {
    const { one } = await catalog({ server: { memory: "8Gi" } });
    const [server] = one(DEPLOYMENT, "hive-metastore-server").spec.template.spec.containers;
    assert.match(server.env?.find(({ name }) => name === "HADOOP_CLIENT_OPTS")?.value ?? "", /^-Xmx6144m /);
  });

  it("fetch libraries that the image lacks, and none for an own image", async () => {
    const pod = async (given: Readonly<Record<string, unknown>>): Promise<Pod> =>
      (await catalog(given)).one(DEPLOYMENT, "hive-metastore-server").spec.template.spec;
    const paths = (of: Pod) => of.containers[0].volumeMounts.map(({ mountPath }) => mountPath);
    const fetching = await pod({});
    assert.deepEqual(named(fetching.initContainers), ["fetch-jars"]);
    assert.deepEqual(paths(fetching), ["/etc/hive-metastore", "/tmp", "/opt/lakehouse/jars"]);
    const own = await pod({ jars: "image", image: "registry.example.org/hive:4.2.1" });
    assert.deepEqual(named(own.initContainers), []);
    assert.deepEqual(paths(own), ["/etc/hive-metastore", "/tmp"]);
    assert.equal(own.containers[0].image, "registry.example.org/hive:4.2.1");
  });
});

describe("the schema", () => {
  it("is made once, by a Job that waits for the database", async () => {
    const { one, registered } = await catalog();
    const pod = one(JOB, "metastore-tasks-schema").spec.template.spec;
    assert.deepEqual(named(pod.initContainers), ["wait", "fetch-jars"]);
    assert.deepEqual(pod.containers[0].command, [
      "/opt/hive/bin/schematool",
      "-dbType",
      "postgres",
      "-initOrUpgradeSchema",
      "--verbose",
    ]);
    assert.deepEqual([pod.restartPolicy, pod.serviceAccountName], ["Never", "metastore-tasks-schema"]);
    // No other container runs a command that could make it.
    assert.equal(registered.filter(({ inputs }) => JSON.stringify(inputs).includes("schematool")).length, 1);
  });

  it("is made before the first server is created", async () => {
    const { created } = await catalog();
    const [schema, server] = [`${JOB} metastore-tasks-schema`, `${DEPLOYMENT} hive-metastore-server`].map((each) =>
      created.indexOf(each),
    );
    assert.ok(schema !== undefined && server !== undefined && schema >= 0 && schema < server);
  });

  it("is made in the servers' database, without access to the object store", async () => {
    const { one } = await catalog();
    const files = (role: string) => one("kubernetes:core/v1:ConfigMap", `${role}-conf`).data;
    const [schema, server] = [files("metastore-tasks-schema"), files("hive-metastore-server")];
    const ofDatabase = ["metastore-log4j2.properties", "metastore-site.xml"];
    assert.deepEqual(Object.keys(schema).sort(), ofDatabase);
    assert.deepEqual(Object.keys(server).sort(), ["core-site.xml", "jmx-exporter.yaml", ...ofDatabase]);
    assert.equal(schema["metastore-site.xml"], server["metastore-site.xml"]);
  });
});

describe("the metadata's backup", () => {
  it("runs on schedule, one at a time: a dump, then its upload", async () => {
    const { one } = await catalog({ backup: { schedule: "0 3 * * *", retentionDays: 7 } });
    const { metadata, spec } = one(CRON_JOB, "metastore-tasks-backup");
    assert.equal(metadata.name, "metastore-tasks-backup");
    assert.deepEqual([spec.schedule, spec.concurrencyPolicy], ["0 3 * * *", "Forbid"]);
    const pod = spec.jobTemplate.spec.template.spec;
    assert.deepEqual(
      pod.initContainers?.map(({ name, image }) => [name, image]),
      [["dump", pins.postgres.image]],
    );
    assert.equal(pod.containers[0].image, pins.minioClient.image);
    // The backup has its own read-only user: the owner's credentials are not in the pod.
    assert.deepEqual(secrets(pod.initContainers[0]!), [
      ["PGUSER", key("metastore-tasks-postgres", "username")],
      ["PGPASSWORD", key("metastore-tasks-postgres", "password")],
    ]);
    assert.match(pod.containers[0].args?.[0] ?? "", /--older-than 7d 'store\/x-backups\/hive-metastore\/'$/);
    assert.equal(pod.restartPolicy, "Never");
  });
});

describe("credentials of the catalog", () => {
  it("are references to Secrets in every container, and never values", async () => {
    const { one, registered } = await catalog();
    const server = one(DEPLOYMENT, "hive-metastore-server").spec.template.spec.containers[0];
    assert.deepEqual(secrets(server), [
      ["HMS_DB_USER", key("hive-metastore-postgres", "username")],
      ["HMS_DB_PASSWORD", key("hive-metastore-postgres", "password")],
      ["AWS_ACCESS_KEY_ID", key("hive-metastore-s3", "access-key")],
      ["AWS_SECRET_ACCESS_KEY", key("hive-metastore-s3", "secret-key")],
    ]);
    const schema = one(JOB, "metastore-tasks-schema").spec.template.spec.containers[0];
    assert.deepEqual(
      secrets(schema).map(([name]) => name),
      ["HMS_DB_USER", "HMS_DB_PASSWORD"],
    );
    const { containers, initContainers = [] } = one(CRON_JOB, "metastore-tasks-backup").spec.jobTemplate.spec.template
      .spec;
    assert.deepEqual(
      [...initContainers, ...containers].map((each) => secrets(each).map(([name]) => name)),
      [
        ["PGUSER", "PGPASSWORD"],
        ["S3_ACCESS_KEY", "S3_SECRET_KEY"],
      ],
    );
    assert.ok(registered.every(({ type }) => type !== "kubernetes:core/v1:Secret"));
    // A literal of such a variable would be a value.
    const literal = /"name":"[A-Z_]*(?:PASSWORD|SECRET|ACCESS_KEY)[A-Z_]*","value":/;
    assert.ok(registered.every(({ inputs }) => !literal.test(JSON.stringify(inputs))));
  });
});

describe("the metastore's monitoring", () => {
  it("scrapes a named port of the servers", async () => {
    const { one } = await catalog();
    const [server] = one(DEPLOYMENT, "hive-metastore-server").spec.template.spec.containers;
    assert.deepEqual(server.ports, [
      { name: "thrift", containerPort: 9083 },
      { name: "rest", containerPort: 9001 },
      { name: "metrics", containerPort: 9404 },
    ]);
    assert.deepEqual(monitoring.scrapes, [{ role: "server", portName: "metrics", port: 9404 }]);
  });
});
