import { deepEqual, equal, match, ok } from "node:assert/strict";

import { bucketRequests, locations } from "../../../../components/compute/spark-connect/access";
import { remote } from "../../../../components/compute/spark-connect/config";
import { single } from "../../../../components/compute/spark-connect/settings";
import type { Service } from "../../../../components/core/service";
import { settings } from "../fixtures";
import { layer } from "../layer";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const TEMPLATE = "kubernetes:core/v1:PodTemplate";
const LINK = "lakehouse:core:Link";

const made = (own: object = {}, others: object = {}, credentials: Record<string, unknown> = {}) =>
  layer(
    settings(
      {},
      { sparkConnect: { enabled: true, executor: { replicas: 3, memory: "4Gi", cpu: 1.5 }, ...own }, ...others },
      credentials,
    ),
  );

type Made = Awaited<ReturnType<typeof made>>;
const conf = ({ one }: Made): Record<string, string> =>
  Object.fromEntries(
    (one("kubernetes:core/v1:ConfigMap", "spark-connect-server-conf").inputs.data["connect.conf"] ?? "")
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

describe("rights of sessions", () => {
  const write = (level: "read" | "scratch" | "write") =>
    bucketRequests(level)
      .filter((request) => request.level !== "read")
      .map(({ bucket, prefix = "" }) => `${bucket}/${prefix}`);

  it("are to read, to write a namespace of their own too, or what jobs write", () => {
    deepEqual(write("read"), []);
    deepEqual(write("scratch"), ["warehouse/scratch/"]);
    deepEqual(write("write"), ["bronze/", "silver/", "gold/", "warehouse/"]);
    for (const level of ["read", "scratch"] as const)
      deepEqual(
        bucketRequests(level)
          .filter((request) => request.level === "read")
          .map(({ bucket }) => bucket),
        ["silver", "gold"],
      );
    equal(bucketRequests("write")[0]?.level, "append");
  });

  it("come with the places of the namespaces that they write", () => {
    const buckets = { bronze: "b", silver: "s", gold: "g", warehouse: "w", backups: "x" };
    deepEqual(locations("read", buckets), {});
    deepEqual(locations("scratch", buckets), { scratch: "s3://w/scratch/" });
    deepEqual(Object.keys(locations("write", buckets)), ["bronze", "silver", "gold", "scratch"]);
  });
});

describe("Spark Connect", () => {
  it("makes executors within their number and size, from its template, and gives them back", async () => {
    const of = conf(await made({ idleSeconds: 90 }));
    const chosen = Object.fromEntries(
      Object.entries(of).filter(([key]) => /^spark\.(dynamicAllocation|executor\.(cores|memory))/.test(key)),
    );
    deepEqual(chosen, {
      "spark.dynamicAllocation.cachedExecutorIdleTimeout": "600s",
      "spark.dynamicAllocation.enabled": "true",
      "spark.dynamicAllocation.executorIdleTimeout": "90s",
      "spark.dynamicAllocation.initialExecutors": "0",
      "spark.dynamicAllocation.maxExecutors": "3",
      "spark.dynamicAllocation.minExecutors": "0",
      "spark.dynamicAllocation.shuffleTracking.enabled": "true",
      "spark.dynamicAllocation.shuffleTracking.timeout": "10m",
      "spark.executor.cores": "1",
      "spark.executor.memory": "2457m",
      "spark.executor.memoryOverhead": "1639m",
    });
    equal(of["spark.kubernetes.namespace"], "lakehouse-spark-connect");
    equal(of["spark.driver.host"], "spark-connect.lakehouse-spark-connect.svc");
  });

  it("has the template of executors as an object of the cluster too, the same as the file", async () => {
    const all = await made();
    const { inputs } = all.one(TEMPLATE, "spark-connect-executor");
    const { template, metadata } = inputs as unknown as {
      template: { spec: Record<string, unknown> };
      metadata: { annotations: object };
    };
    deepEqual(metadata.annotations, { "lakehouse.dev/replicas": "3" });
    const data = all.one("kubernetes:core/v1:ConfigMap", "spark-connect-server-conf").inputs.data;
    deepEqual(JSON.parse(data["executor.json"] ?? ""), JSON.parse(JSON.stringify(template)));
    equal(template.spec.serviceAccountName, "spark-connect-executor");
    equal(template.spec.automountServiceAccountToken, false);
  });

  it("opens its port to nobody but clients that take it", async () => {
    const { ofType } = await made();
    const to = ofType(LINK).filter(({ inputs }) => inputs.to.startsWith("spark-connect"));
    deepEqual(to.map(({ inputs }) => [inputs.from, inputs.to, inputs.port]).sort(), [
      ["spark-connect-executor", "spark-connect-executor", 7079],
      ["spark-connect-executor", "spark-connect-server", 7078],
      ["spark-connect-server", "spark-connect-executor", 7079],
    ]);
  });

  it("gives no executor a way to the API server or the catalog", async () => {
    const { ofType } = await made();
    const of = ofType(LINK).filter(({ inputs }) => inputs.from === "spark-connect-executor");
    ok(of.every(({ inputs }) => !["api-server", "hive-metastore-rest"].includes(inputs.to)));
  });

  it("has pods of its own quota alone in its namespace", async () => {
    const { compute } = await made();
    const pods = compute.services.flatMap((service) => service.pods);
    deepEqual(
      pods
        .filter(({ namespace }) => namespace === "lakehouse-spark-connect")
        .map(({ service, role, replicas, priorityClass, lifetime }) => [
          service,
          role,
          replicas,
          priorityClass,
          lifetime,
        ]),
      [
        ["spark-connect", "server", 1, "lakehouse-serving", "always"],
        ["spark-connect", "executor", 3, "spark-executor", "elastic"],
      ],
    );
  });

  it("writes event logs where the stack has a history", async () => {
    equal(conf(await made())["spark.eventLog.dir"], undefined);
    const all = await made({}, { sparkHistory: { enabled: true } });
    equal(conf(all)["spark.eventLog.dir"], "s3a://x-services/spark-history/events");
  });

  it("is one pod", () => {
    const of = settings({}, { sparkConnect: { enabled: true } }).compute.sparkConnect;
    deepEqual([...single(of)], []);
    match([...single({ ...of, server: { ...of.server, replicas: 3 } })][0]?.message ?? "", /given 3; allowed: 1/);
  });
});

describe("the token of Spark Connect", () => {
  it("is a header in the address that clients get", () => {
    equal(
      remote("sc://spark-connect.lakehouse-spark-connect.svc:15002", "abc"),
      "sc://spark-connect.lakehouse-spark-connect.svc:15002/;authorization=Bearer%20abc",
    );
  });

  it("comes from a Secret that has the generation of the server's credentials", async () => {
    const secretOf = async (credentials: Record<string, unknown>) => {
      const { one } = await made({}, {}, credentials);
      const text = JSON.stringify(one(DEPLOYMENT, "spark-connect-server").inputs);
      return (
        /"SPARK_CONNECT_AUTHENTICATE_TOKEN","valueFrom":\{"secretKeyRef":\{"key":"token","name":"([^"]+)"/.exec(
          text,
        )?.[1] ?? text.slice(text.indexOf("SPARK_CONNECT_AUTH"), text.indexOf("SPARK_CONNECT_AUTH") + 160)
      );
    };
    equal(await secretOf({}), "spark-connect-token");
    equal(await secretOf({ "spark-connect": { generation: 2 } }), "spark-connect-token-2");
  });

  it("is in a Secret of each client", async () => {
    const granted: string[] = [];
    const client = {
      service: "notebooks",
      secret: (role: string, data: object) => granted.push(role, ...Object.keys(data)),
    } as unknown as Service;
    const { compute } = await made({}, {}, { "spark-connect": { generation: 3 } });
    const access = compute.gives.sparkConnect?.[0]?.grant(client);
    deepEqual(granted, ["spark-connect-3", "token", "remote"]);
    deepEqual([access?.secret, access?.remoteKey, access?.tokenKey], ["notebooks-spark-connect-3", "remote", "token"]);
  });
});
