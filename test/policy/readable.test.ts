import assert from "node:assert/strict";

import { PROJECT_FOLDER } from "../../inputs/project";
import type { Recorded } from "../../preview/recorder";
import { readStackFile } from "../../inputs/stack-file";
import { judged, recorded } from "./harness";

interface Query {
  readonly trino: { readonly coordinator: { memory: string } };
}

/** Strings, numbers and booleans in a value by path, which is how `pulumi preview --diff` shows differences. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

function marked(before: Recorded | undefined, after: Recorded | undefined): string[] {
  const old = new Map(leaves(before?.inputs, ""));
  return leaves(after?.inputs, "")
    .flatMap(([path, value]) => (old.get(path) === value ? [] : [path]))
    .sort();
}

describe("a change of one size", () => {
  it("changes only fields of that size, a line each", async () => {
    const query = JSON.parse(readStackFile(PROJECT_FOLDER, "homelab").values["lakehouse:query"] ?? "") as Query;
    query.trino.coordinator.memory = "10Gi";
    const before = new Map((await recorded("homelab")).map((one) => [one.urn, one]));
    const { resources } = await judged("homelab", { "lakehouse:query": JSON.stringify(query) });
    assert.deepEqual(resources.map(({ urn }) => urn).sort(), [...before.keys()].sort());
    const changes = resources
      .map((one) => [one.name, marked(before.get(one.urn), one)] as const)
      .filter(([, fields]) => fields.length > 0);
    assert.deepEqual(Object.fromEntries(changes), {
      "lakehouse-query-lakehouse-serving": [".spec.hard.limits.memory", ".spec.hard.requests.memory"],
      "trino": [".pods.0"],
      "trino-coordinator": [
        ".spec.template.metadata.annotations.lakehouse.dev/config",
        ".spec.template.spec.containers.0.resources.limits.memory",
        ".spec.template.spec.containers.0.resources.requests.memory",
      ],
      "trino-coordinator-etc": [".data.config.properties", ".data.jvm.config"],
    });
  });
});
