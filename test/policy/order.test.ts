import assert from "node:assert/strict";

import type { Recorded } from "../../cli/recorder";
import { ONE } from "../support/ca";
import { having, judged, recorded, STACKS } from "./harness";

type Fields = Readonly<Record<string, unknown>>;

/** Where an object names another of its namespace, by the key that the name stands under, or the key above it. */
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

/** `Secret trino-s3` of each object that is named. */
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

/** Everything that the engine makes before a resource. A child is registered after its parent, so after what that depends on, too. */
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

/** What is named by an object that makes pods, and is not made before it. */
function late(all: readonly Recorded[]): { readonly late: string[]; readonly checked: string[] } {
  const byUrn = new Map(all.map((one) => [one.urn, one]));
  const named = new Map(all.map((one) => [identity(one), one]));
  // Bindings name accounts, but start nothing.
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

describe("pods come after what they name", () => {
  for (const stack of STACKS) {
    it(`in ${stack}: configuration, Secrets and accounts`, async () => {
      const found = late(await recorded(stack));
      assert.deepEqual(found.late, []);
      assert.ok(found.checked.length > 20, String(found.checked.length));
    });
  }

  it("and the owner's CAs", async () => {
    const { resources } = await judged("homelab", having("homelab", "cluster", { caBundle: ONE }));
    const found = late(resources);
    assert.deepEqual(found.late, []);
    assert.ok(found.checked.some((pair) => pair.includes("ConfigMap lakehouse-ca")));
  });
});
