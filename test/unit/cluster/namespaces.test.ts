import assert from "node:assert/strict";

import { existingNamespaces, stackNamespaces } from "../../../components/cluster/namespaces";
import { NAMESPACES } from "../../../components/core/platform";
import type { PodGroup } from "../../../components/core/pod-group";

const platform = { namespace: (key: string) => `lake-${key}` };

const group = (namespace: string, over: Partial<PodGroup> = {}): PodGroup => ({
  service: "x",
  role: "x",
  namespace,
  replicas: 1,
  requests: { cpu: 1, memory: 1 },
  limits: { cpu: 1, memory: 1 },
  volumes: [],
  pools: [],
  spread: "any",
  lifetime: "always",
  origin: "deployed",
  ...over,
});
const volumes = [{ name: "data", size: 1 }];

describe("namespaces of a stack", () => {
  it("are those with pods, and the one with the capacity ConfigMap", () => {
    assert.deepEqual(stackNamespaces(platform, []), [
      { key: "operators", name: "lake-operators", holdsData: false, readsHost: false, baseline: false },
    ]);
    assert.deepEqual(
      stackNamespaces(platform, [group("lake-query"), group("lake-query"), group("lake-catalog")]).map(
        ({ key }) => key,
      ),
      ["operators", "catalog", "query"],
    );
  });

  it("exist for each layer with any running service", () => {
    for (const key of NAMESPACES)
      assert.ok(
        stackNamespaces(platform, [group(`lake-${key}`)]).some((one) => one.name === `lake-${key}`),
        key,
      );
  });

  it("are protected if pods in them have volumes", () => {
    const groups = [group("lake-storage", { volumes }), group("lake-storage"), group("lake-streaming")];
    assert.deepEqual(
      stackNamespaces(platform, groups).map(({ key, holdsData }) => [key, holdsData]),
      [
        ["operators", false],
        ["storage", true],
        ["streaming", false],
      ],
    );
  });

  it("admit pods that read their node in one of them alone", () => {
    const all = stackNamespaces(
      platform,
      NAMESPACES.map((key) => group(`lake-${key}`)),
    );
    assert.deepEqual(
      all.filter(({ readsHost }) => readsHost).map(({ key }) => key),
      ["agents"],
    );
  });

  it("are not made for existing systems", () => {
    const groups = [group("airflow", { origin: "existing", volumes }), group("lake-query", { origin: "existing" })];
    assert.deepEqual(
      stackNamespaces(platform, groups).map(({ key }) => key),
      ["operators"],
    );
  });
});

describe("existing namespaces that a stack uses", () => {
  it("are those of its pods that the stack does not make", () => {
    const groups = [group("lake-query"), group("cnpg-system"), group("cnpg-system"), group("a")];
    assert.deepEqual(existingNamespaces(platform, groups), ["a", "cnpg-system"]);
  });

  it("exclude those of existing pods, and those of layers that are off", () => {
    assert.deepEqual(existingNamespaces(platform, [group("airflow", { origin: "existing" }), group("lake-query")]), []);
  });
});
