import { deepEqual, equal, ok } from "node:assert/strict";

import { problems } from "../support/crd";
import { shippedConfig } from "../support/stacks";
import { customResourceValidators } from "../support/upstream";
import { having, judged } from "./harness";

/** Time limit against a hanging test. */
const PATIENCE_MS = 20 * 60_000;

const RULES = { columns: { id: "integer", price: "decimal(9,2)" }, required: ["id"], key: ["id"] };
const ORDERS = {
  from: "uploads/orders/",
  to: "orders/",
  rules: RULES,
  most: 1,
  cpu: 0.05,
  memory: "288Mi",
  maxSize: "2Mi",
};

/** The dev stack on a larger machine, with functions and the history that large objects need. */
function on(functions: object): Record<string, string> {
  const nodes = JSON.parse(shippedConfig("dev").values["lakehouse:nodes"] ?? "[]") as object[];
  return {
    ...having("dev", "compute", { sparkHistory: { enabled: true } }),
    ...having("dev", "streaming", {
      kafka: { enabled: true, topics: [{ name: "uploads" }] },
      knative: { enabled: true, image: "ghcr.io/example/cleaning:1", functions },
    }),
    "lakehouse:nodes": JSON.stringify(nodes.map((node) => ({ ...node, cpu: 32, memory: "128Gi" }))),
  };
}

type Json = Readonly<Record<string, unknown>>;
interface Seen {
  readonly name: string;
  readonly type: string;
  readonly inputs: Json;
}

describe("functions on Knative", function () {
  this.timeout(PATIENCE_MS);
  let custom: readonly Json[] = [];

  it("keep every policy, with the rights that they need and no others", async () => {
    const { resources, plan } = await judged(
      "dev",
      on({ orders: ORDERS, logs: { ...ORDERS, from: "uploads/logs/", to: "logs/", large: "spark" } }),
    );
    deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    const all = resources as readonly Seen[];
    const one = (type: string, name: string) => {
      const found = all.filter((each) => each.type.endsWith(`:${type}`) && each.name === name);
      equal(found.length, 1, `${type} ${name}`);
      return found[0]!.inputs;
    };
    // Only the function that submits large objects has a right in the cluster, and that right is to make them.
    const applications = { apiGroups: ["sparkoperator.k8s.io"], resources: ["sparkapplications"] };
    const roles = all.filter(({ type, name }) => type.endsWith(":Role") && name.startsWith("functions-"));
    deepEqual(
      roles.map(({ name, inputs }) => [name, (inputs.metadata as Json).namespace, inputs.rules]),
      [
        [
          "functions-logs",
          "lakehouse-compute",
          [
            { ...applications, verbs: ["create"] },
            { ...applications, resourceNames: ["bronze-to-silver"], verbs: ["get"] },
          ],
        ],
      ],
    );
    const service = one("Service", "functions-logs") as { spec: { template: { spec: Json } } };
    equal(service.spec.template.spec.automountServiceAccountToken, true);
    const other = one("Service", "functions-orders") as {
      metadata: Json;
      spec: { template: { spec: Json; metadata: Json } };
    };
    equal(other.spec.template.spec.automountServiceAccountToken, false);
    equal((other.metadata.labels as Json)["networking.knative.dev/visibility"], "cluster-local");
    // It reads one part, adds to two others, and deletes nothing.
    const grant = JSON.stringify(
      all.find(
        ({ name, type }) =>
          name.startsWith("functions-orders") && type.startsWith("minio:") && type.endsWith("Policy:IamPolicy"),
      )?.inputs,
    );
    for (const part of ["bronze/uploads/orders/*", "bronze/quarantine/functions-orders/*", "silver/orders/*"])
      ok(grant.includes(part), grant);
    ok(!grant.includes("DeleteObject"), grant);
    // The bucket tells each function's topic of its prefix, beside what the settings say.
    const told = JSON.stringify(
      all.filter(({ type }) => type.includes("BucketNotification")).map(({ inputs }) => inputs),
    );
    for (const prefix of ["uploads/orders/", "uploads/logs/", "uploads/"])
      ok(told.includes(`"filterPrefix":"${prefix}"`), told);
    custom = all.filter(({ type }) => type.includes("knative.dev")).map(({ inputs }) => inputs);
  });

  it("are as upstream's definitions want them, without unknown fields", function () {
    const validators = customResourceValidators();
    if (validators === undefined) this.skip();
    equal(custom.length, 5);
    for (const manifest of custom as unknown as { apiVersion: string; kind: string; metadata: { name: string } }[])
      deepEqual(problems(validators(manifest.apiVersion, manifest.kind), manifest), [], manifest.metadata.name);
  });
});
