import assert from "node:assert/strict";

import { RESTRICTED } from "../../../../components/core/pod-security";
import { flinkLine } from "../../../../components/streaming/flink/deployment";
import { problems, schemaOf, validator } from "../../../support/crd";
import { upstream } from "../../../support/upstream";
import { flink } from "./fixtures";

const CRD = "crds/flink-kubernetes-operator/flinkdeployments.flink.apache.org-v1.yml";
const TYPE = "kubernetes:flink.apache.org/v1beta1:FlinkDeployment";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly object[];
  readonly resources: object;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}
interface Role {
  readonly replicas: number;
  readonly resource: object;
  readonly podTemplate: {
    readonly metadata: {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };
    readonly spec: {
      readonly automountServiceAccountToken: boolean;
      readonly securityContext: object;
      readonly initContainers: readonly Container[];
      readonly containers: readonly [Container];
      readonly volumes: readonly { readonly name: string; readonly [kind: string]: unknown }[];
    };
  };
}
interface Spec {
  readonly image: string;
  readonly mode: string;
  readonly flinkVersion: string;
  readonly serviceAccount: string;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  readonly job: object;
  readonly jobManager: Role;
  readonly taskManager: Role;
}

async function deployment(of: Readonly<Record<string, unknown>> = {}): Promise<Spec> {
  const { ofType } = await flink(of);
  const [found, ...others] = ofType(TYPE);
  assert.ok(found !== undefined && others.length === 0);
  return found.inputs.spec as unknown as Spec;
}

describe("the job's FlinkDeployment", () => {
  it("is accepted by the operator's CRD, without unknown fields", async function () {
    const crd = upstream(CRD);
    if (crd === undefined) this.skip();
    const { ofType } = await flink();
    const { apiVersion, kind, metadata, spec } = ofType(TYPE)[0]?.inputs ?? assert.fail();
    const validate = validator(schemaOf(crd, "v1beta1"));
    assert.deepEqual(problems(validate, { apiVersion, kind, metadata, spec }), []);
    for (const wrong of [
      { ...spec, unknown: true },
      { ...spec, mode: "somehow" },
      { ...spec, flinkVersion: "2.0" },
    ])
      assert.notDeepEqual(problems(validate, { apiVersion, kind, metadata, spec: wrong }), []);
  });

  it("runs the SQL with Flink's own driver, from the newest checkpoint, and drops no state", async () => {
    const { job, mode, flinkVersion, image } = await deployment();
    assert.deepEqual(job, {
      entryClass: "org.apache.flink.table.runtime.application.SqlDriver",
      args: ["--scriptUri", "file:///opt/lakehouse/sql/orders.sql"],
      parallelism: 10,
      state: "running",
      upgradeMode: "last-state",
      allowNonRestoredState: false,
    });
    assert.deepEqual([mode, flinkVersion], ["standalone", "v2_0"]);
    assert.match(image, /^docker\.io\/library\/flink:2\.0\.2-scala_2\.12-java17/);
  });

  it("has the founding sizes by default: a JobManager of 1 core and 2 Gi, five TaskManagers of 2 cores and 4 Gi", async () => {
    const { jobManager, taskManager, flinkConfiguration } = await deployment();
    assert.deepEqual([jobManager.replicas, jobManager.resource], [1, { cpu: 1, memory: "2048m" }]);
    assert.deepEqual([taskManager.replicas, taskManager.resource], [5, { cpu: 2, memory: "4096m" }]);
    assert.equal(flinkConfiguration["taskmanager.numberOfTaskSlots"], "2");
  });

  it("has a parallelism of all slots of its TaskManagers", async () => {
    const { job, flinkConfiguration } = await deployment({ taskManager: { replicas: 3, cpu: 4.5, memory: "8Gi" } });
    assert.equal((job as { parallelism: number }).parallelism, 12);
    assert.equal(flinkConfiguration["taskmanager.numberOfTaskSlots"], "4");
  });

  it("names Flink's version like the operator", () => {
    assert.deepEqual(["2.0.2", "1.20.3", "2.10.0"].map(flinkLine), ["v2_0", "v1_20", "v2_10"]);
  });
});

describe("pods of the job", () => {
  it("are restricted, and write only to emptyDirs", async () => {
    const { jobManager, taskManager } = await deployment();
    for (const { podTemplate } of [jobManager, taskManager]) {
      const { securityContext, containers, initContainers } = podTemplate.spec;
      assert.deepEqual(securityContext, {
        runAsNonRoot: true,
        runAsUser: 9999,
        runAsGroup: 9999,
        fsGroup: 9999,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const each of [...containers, ...initContainers]) assert.deepEqual(each.securityContext, RESTRICTED);
      const written = containers[0].volumeMounts.filter(({ readOnly }) => readOnly !== true);
      assert.deepEqual(
        written.map(({ mountPath }) => mountPath),
        ["/tmp", "/opt/flink/log", "/data/flink"],
      );
    }
  });

  it("have the labels that links select", async () => {
    const { jobManager, taskManager } = await deployment();
    const names = [jobManager, taskManager].map(({ podTemplate }) => [
      podTemplate.metadata.labels["app.kubernetes.io/name"],
      podTemplate.metadata.labels["app.kubernetes.io/instance"],
    ]);
    assert.deepEqual(names, [
      ["flink", "flink-jobmanager"],
      ["flink", "flink-taskmanager"],
    ]);
  });

  it("get the plugin for checkpoints from the image, and verify the sums of libraries", async () => {
    const { taskManager } = await deployment();
    const [plugin, jars] = taskManager.podTemplate.spec.initContainers;
    assert.deepEqual(plugin?.args, ["cp /opt/flink/opt/flink-s3-fs-presto-*.jar /opt/flink/plugins/s3-fs-presto/"]);
    const fetched = [...(jars?.args?.[0] ?? "").matchAll(/'[0-9a-f]{64} {2}(\S+)'/g)].map(([, file]) => file);
    assert.deepEqual(fetched, [
      "iceberg-flink-runtime-2.0-1.10.1.jar",
      "iceberg-aws-bundle-1.10.1.jar",
      "flink-sql-connector-kafka-4.0.1-2.0.jar",
      "hadoop-client-api-3.4.1.jar",
      "hadoop-client-runtime-3.4.1.jar",
    ]);
    assert.equal(jars?.args?.[0]?.match(/sha256sum -c/g)?.length, 1);
  });

  it("fetch nothing if an own image has the libraries, at the same path", async () => {
    const { taskManager } = await deployment({ jars: "image", image: "registry.example.org/flink:2.0.2-own" });
    const { initContainers, containers, volumes } = taskManager.podTemplate.spec;
    assert.deepEqual(
      initContainers.map(({ name, image }) => [name, image]),
      [["s3-plugin", "registry.example.org/flink:2.0.2-own"]],
    );
    assert.equal(containers[0].env.find(({ name }) => name === "HADOOP_CLASSPATH")?.value, "/opt/lakehouse/jars/*");
    assert.ok(!volumes.some(({ name }) => name === "jars"));
  });

  it("have passwords only by reference", async () => {
    const { jobManager, taskManager } = await deployment();
    for (const { podTemplate } of [jobManager, taskManager]) {
      const { env } = podTemplate.spec.containers[0];
      assert.deepEqual(
        env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name, valueFrom }) => [name, valueFrom]),
        [
          ["AWS_ACCESS_KEY_ID", { secretKeyRef: { name: "flink-s3", key: "access-key" } }],
          ["AWS_SECRET_ACCESS_KEY", { secretKeyRef: { name: "flink-s3", key: "secret-key" } }],
          ["KAFKA_USERNAME", { secretKeyRef: { name: "flink-kafka", key: "username" } }],
          ["KAFKA_PASSWORD", { secretKeyRef: { name: "flink-kafka", key: "password" } }],
        ],
      );
    }
  });

  it("are replaced when the SQL changes", async () => {
    const checksum = async (of: object) => {
      const { jobManager, taskManager } = await deployment({ ...of });
      const [one, other] = [jobManager, taskManager].map(
        ({ podTemplate }) => podTemplate.metadata.annotations["lakehouse.dev/config"],
      );
      assert.equal(one, other);
      return one;
    };
    assert.equal(await checksum({}), await checksum({ disk: "20Gi" }));
    assert.notEqual(await checksum({}), await checksum({ latenessSeconds: 31 }));
  });

  it("mount the SQL only in the JobManager, and give TaskManagers the disk of the settings", async () => {
    const { jobManager, taskManager } = await deployment({ disk: "20Gi" });
    const volume = (role: Role, name: string) => role.podTemplate.spec.volumes.find((each) => each.name === name);
    assert.deepEqual(volume(jobManager, "sql"), { name: "sql", configMap: { name: "flink-sql" } });
    assert.equal(volume(taskManager, "sql"), undefined);
    assert.deepEqual(volume(taskManager, "work"), { name: "work", emptyDir: { sizeLimit: "20Gi" } });
    assert.deepEqual(volume(jobManager, "work"), { name: "work", emptyDir: { sizeLimit: "1Gi" } });
  });
});
