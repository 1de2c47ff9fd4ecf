import assert from "node:assert/strict";

import { unappliable } from "../../preview/secrets";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { applyAll, inventory, prepare, removeAll } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { pods } from "../../sandbox/control-plane/pods";
import type { Stack } from "../../sandbox/control-plane/stack";
import { until } from "../../sandbox/core/until";
import { key, quiet, versions } from "./quiet";
import { stack, STACKS, started } from "./stacks";

/** Not proven here: charts, and buckets, users and databases, which are not Kubernetes objects. Secrets have stand-in values. */
describe("every manifest on a real API server", function () {
  for (const name of STACKS) {
    describe(name, () => {
      let plane: ControlPlane;
      let planned: Stack;
      let found: readonly string[];

      before(async function () {
        planned = await stack(name);
        // Nodes before the stack labels them: homelab's manifests add the labels, prod's nodes have theirs.
        const nodes = planned.nodes.map((node) => simulatedNode(node, { pools: false }));
        plane = await started(this, { nodes });
        await prepare(plane.api, planned);
        found = await quiet(() => inventory(plane.api));
      });
      after(async () => {
        await (plane as ControlPlane | undefined)?.end();
      });

      it("is applied server-side with strict field validation", async () => {
        const applied = await applyAll(plane.api, planned.objects);
        assert.deepEqual(applied.map(key), planned.objects.map(key));
      });

      it("refuses a field that Kubernetes does not know", async () => {
        const service = planned.objects.find(({ kind }) => kind === "Service");
        assert.ok(service);
        const wrong = { ...service, spec: { ...(service.spec as object), replicas: 2 } };
        await assert.rejects(plane.api.apply(wrong), /500|400.*\.spec\.replicas: field not declared in schema/);
      });

      it("refuses a rendered Secret without its values, with and without strict validation", async () => {
        const secret = planned.objects.find(({ kind, stringData }) => kind === "Secret" && stringData !== undefined);
        assert.ok(secret);
        const { name, namespace = "" } = secret.metadata;
        const path = `manifests/${namespace}/secret-${name}.yaml`;
        const rendered = unappliable({ path, urn: "", content: { ...secret } }).content as unknown as KubernetesObject;
        await assert.rejects(plane.api.apply(rendered), /illegal base64 data/);
        await assert.rejects(
          plane.api.create({ ...rendered, metadata: { name: "other", namespace } }),
          /illegal base64 data/,
        );
      });

      it("does not change when it is applied again", async () => {
        const first = await quiet(() => versions(plane.api, planned.objects));
        await applyAll(plane.api, planned.objects);
        const second = await versions(plane.api, planned.objects);
        assert.deepEqual(
          Object.keys(first).filter((each) => first[each] !== second[each]),
          [],
        );
      });

      it("leaves only the labels of the nodes when it is deleted", async () => {
        await removeAll(plane.api, planned.objects);
        await until("no pod is left", async () => (await pods(plane.api)).length === 0);
        const left = new Set(await quiet(() => inventory(plane.api)));
        assert.deepEqual(
          [...left].filter((each) => !found.includes(each)),
          [],
        );
        assert.deepEqual(
          found.filter((each) => !left.has(each)),
          [],
        );
      });
    });
  }
});
