import assert from "node:assert/strict";

import { existingNamespaces, stackNamespaces } from "../../../components/cluster/namespaces";
import { NAMESPACES } from "../../../components/cluster/platform";
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
  it("are those in which something runs, and the one that describes the nodes", () => {
    assert.deepEqual(stackNamespaces(platform, []), [{ key: "operators", name: "lake-operators", holdsData: false }]);
    assert.deepEqual(
      stackNamespaces(platform, [group("lake-query"), group("lake-query"), group("lake-catalog")]).map(
        ({ key }) => key,
      ),
      ["operators", "catalog", "query"],
    );
  });

  it("are there for each layer, whichever service of it runs", () => {
    for (const key of NAMESPACES)
      assert.ok(
        stackNamespaces(platform, [group(`lake-${key}`)]).some((one) => one.name === `lake-${key}`),
        key,
      );
  });

  it("keep data where pods have volumes of their own", () => {
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

  it("are not made for what is somebody else's", () => {
    const groups = [group("airflow", { origin: "existing", volumes }), group("lake-query", { origin: "existing" })];
    assert.deepEqual(
      stackNamespaces(platform, groups).map(({ key }) => key),
      ["operators"],
    );
  });
});

describe("existing namespaces that a stack uses", () => {
  it("are those of its pods that are not its own", () => {
    const groups = [group("lake-query"), group("cnpg-system"), group("cnpg-system"), group("a")];
    assert.deepEqual(existingNamespaces(platform, groups), ["a", "cnpg-system"]);
  });

  it("are none for pods that are there already, nor for a layer of the stack that has no namespace yet", () => {
    assert.deepEqual(existingNamespaces(platform, [group("airflow", { origin: "existing" }), group("lake-query")]), []);
  });
});
