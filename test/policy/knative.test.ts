import { deepEqual, equal, ok } from "node:assert/strict";

import { having, judged } from "./harness";

const RULES = { columns: { id: "integer", price: "decimal(9,2)" }, required: ["id"], key: ["id"] };
const ORDERS = { topic: "uploads", from: "uploads/orders/", to: "orders/", rules: RULES, most: 1, cpu: 0.05, memory: "288Mi", maxSize: "2Mi" };

const on = (functions: object) =>
  having("dev", "streaming", {
    kafka: { enabled: true, topics: [{ name: "uploads" }] },
    knative: { enabled: true, image: "ghcr.io/example/cleaning:1", functions },
  });

type Json = Readonly<Record<string, unknown>>;
interface Seen {
  readonly name: string;
  readonly type: string;
  readonly inputs: Json;
}

describe("functions on Knative", function () {
  this.timeout(300_000);

  it("keep every policy, with the rights that they need and no others", async () => {
    const { resources, plan } = await judged("dev", on({ orders: ORDERS, logs: { ...ORDERS, from: "uploads/logs/", to: "logs/", large: "spark" } }));
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
    const other = one("Service", "functions-orders") as { metadata: Json; spec: { template: { spec: Json; metadata: Json } } };
    equal(other.spec.template.spec.automountServiceAccountToken, false);
    equal((other.metadata.labels as Json)["networking.knative.dev/visibility"], "cluster-local");
    const policies = all.filter(({ name, type }) => name.includes("policy") && name.includes("functions-orders") && type.includes("IamPolicy"));
    ok(policies.length <= 1);
    const text = JSON.stringify(all.find(({ name, type }) => type.startsWith("minio:") && name.includes("functions-orders") && JSON.stringify(type).includes("Policy"))?.inputs ?? {});
    ok(text.includes("uploads/orders/*"), text);
    ok(!text.includes("DeleteObject"), text);
  });
});
