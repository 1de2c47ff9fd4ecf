import assert from "node:assert/strict";

import type { Recorded } from "../../preview/recorder";
import { ONE } from "../support/ca";
import { having, judged, recorded, STACKS } from "./harness";

type Fields = Readonly<Record<string, unknown>>;

/** Kinds of the named object by the key of a reference within a namespace, or by the key above it. */
const REFERENCES: Readonly<Record<string, string>> = {
  configMap: "ConfigMap",
  configMapKeyRef: "ConfigMap",
  configMapRef: "ConfigMap",
  secret: "Secret",
  secretKeyRef: "Secret",
  secretRef: "Secret",
  secretName: "Secret",
  superuserSecret: "Secret",
  serviceAccount: "ServiceAccount",
  serviceAccountName: "ServiceAccount",
};

/** Objects that a value names, such as `Secret trino-s3`. */
function* references(value: unknown, key = ""): Generator<string> {
  if (typeof value === "string" && key in REFERENCES) yield `${REFERENCES[key] ?? ""} ${value}`;
  if (typeof value !== "object" || value === null) return;
  if (key in REFERENCES && !Array.isArray(value)) {
    const { name, secretName } = value as { readonly name?: unknown; readonly secretName?: unknown };
    if (typeof name === "string") yield `${REFERENCES[key] ?? ""} ${name}`;
    if (typeof secretName === "string") yield `Secret ${secretName}`;
  }
  for (const [inner, child] of Object.entries(value)) yield* references(child, Array.isArray(value) ? key : inner);
}

function identity({ type, inputs }: Recorded): string {
  const { name, namespace } = (inputs.metadata ?? {}) as { readonly name?: string; readonly namespace?: string };
  return `${namespace ?? ""}: ${type.slice(type.lastIndexOf(":") + 1)} ${name ?? ""}`;
}

/** All resources that the engine makes before a resource, including those that its parents depend on. */
function before(resource: Recorded, byUrn: ReadonlyMap<string, Recorded>): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [resource];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const urns = [
      next.parent,
      ...next.request.getDependenciesList(),
      ...[...next.request.getPropertydependenciesMap().entries()].flatMap(([, one]) => one.getUrnsList()),
    ];
    for (const urn of urns.filter((one) => !found.has(one))) {
      found.add(urn);
      const one = byUrn.get(urn);
      if (one !== undefined) queue.push(one);
    }
  }
  return found;
}

/** Objects that are named by an object with pods, and not made before it. */
function late(all: readonly Recorded[]): { readonly late: string[]; readonly checked: string[] } {
  const byUrn = new Map(all.map((one) => [one.urn, one]));
  const named = new Map(all.map((one) => [identity(one), one]));
  // Bindings name accounts, but start no pods.
  const starting = all.filter(({ custom, type }) => custom && !/Binding$|core\/v1:/.test(type));
  const pairs = starting.flatMap((one) => {
    const namespace = ((one.inputs.metadata ?? {}) as Fields).namespace;
    const parts = [...new Set(references(one.inputs.spec))].flatMap(
      (reference) => named.get(`${String(namespace)}: ${reference}`) ?? [],
    );
    const first = before(one, byUrn);
    return parts.map((part) => ({ text: `${identity(one)} before ${identity(part)}`, late: !first.has(part.urn) }));
  });
  return { late: pairs.filter((pair) => pair.late).map(({ text }) => text), checked: pairs.map(({ text }) => text) };
}

/** ECK takes users and rights in when their Secrets appear, and clients' Secrets wait for the task that sees them work. */
const TAKEN_LATER = ["users", "roles"].map(
  (part) =>
    `lakehouse-storage: Elasticsearch elasticsearch before lakehouse-storage: Secret elasticsearch-access-${part}`,
);

describe("pods are made after the objects that they name", () => {
  for (const stack of STACKS) {
    it(`in ${stack}: configuration, Secrets and accounts`, async () => {
      const found = late(await recorded(stack));
      assert.deepEqual(found.late, stack === "prod" ? TAKEN_LATER : []);
      assert.ok(found.checked.length > 20, String(found.checked.length));
    });
  }

  it("also the owner's CAs", async () => {
    const { resources } = await judged("homelab", having("homelab", "cluster", { caBundle: ONE }));
    const found = late(resources);
    assert.deepEqual(found.late, []);
    assert.ok(found.checked.some((pair) => pair.includes("ConfigMap lakehouse-ca")));
  });
});
