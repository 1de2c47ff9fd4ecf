import assert from "node:assert/strict";

import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import type { PlanOptions } from "../../preview/plan";
import { ONE } from "../support/ca";
import { having, planned, STACKS } from "./harness";

/** Time limit against a hanging test. */
const PATIENCE_MS = 20 * 60_000;

const SECURE = { certManager: true, issuer: "lab", caBundle: ONE, tls: true };
/** Servers that speak TLS in every stack that has them. */
const SERVERS = ["hive-metastore-rest", "hive-metastore-thrift", "kafka-clients", "minio", "postgres", "trino"];
/** Each way to do without it, as a text of what is rendered for TLS: what says so is changed. */
const PLAIN: Readonly<Record<string, readonly [from: RegExp, to: string]>> = {
  "the object store": [/https:\/\/minio/g, "http://minio"],
  "the catalog": [/https:\/\/hive-metastore/g, "http://hive-metastore"],
  "PostgreSQL by Java": [/sslmode=verify-full/g, "sslmode=require"],
  "Kafka": [/SASL_SSL/g, "SASL_PLAINTEXT"],
  "the metastore's Thrift": [/(thrift\.client\.ssl\.enabled)=true/g, "$1=false"],
};

type Change = Required<PlanOptions>["sabotage"];

const changed =
  ([from, to]: readonly [RegExp, string]): Change =>
  (all) =>
    all.map((one) => {
      const text = JSON.stringify(one.request.getObject()?.toJavaScript() ?? {});
      const other = text.replaceAll(from, to);
      if (other === text) return one;
      const request = one.request.clone();
      request.setObject(Struct.fromJavaScript(JSON.parse(other) as Parameters<typeof Struct.fromJavaScript>[0]));
      return { ...one, request };
    });

describe("TLS between the programs of a stack", function () {
  this.timeout(PATIENCE_MS);

  for (const stack of STACKS)
    it(`${stack}: every server that has it speaks nothing else, and nothing names it without`, async () => {
      const { plan } = await planned(stack, undefined, having(stack, "cluster", SECURE));
      assert.deepEqual(plan.policies.failed, []);
      const ours = plan.links.filter(({ to }) => SERVERS.includes(to));
      assert.ok(ours.length > 4, String(ours.length));
      assert.deepEqual([...new Set(ours.filter(({ tls }) => tls !== true).map(({ to }) => to))], []);
      assert.ok(plan.notes?.some((note) => note.startsWith("without TLS in spite of lakehouse:cluster.tls: ")));
    });

  it("is off in the shipped stacks, and each plan says so", async () => {
    for (const stack of STACKS) {
      const { plan } = await planned(stack);
      assert.ok(
        plan.notes?.some((note) => note.includes("lakehouse:cluster.tls is false")),
        stack,
      );
    }
  });

  for (const [what, change] of Object.entries(PLAIN))
    it(`is asked for by the pack: ${what} without it`, async () => {
      const { plan } = await planned("dev", { sabotage: changed(change) }, having("dev", "cluster", SECURE));
      const policies = new Set(plan.policies.failed.map(({ policy }) => policy));
      assert.ok(policies.has("connection-require-tls"), [...policies].join());
    });

  it("is refused without what it needs, in one line", async () => {
    await assert.rejects(planned("dev", undefined, having("dev", "cluster", { tls: true })), /lakehouse:cluster\.tls/);
  });
});
