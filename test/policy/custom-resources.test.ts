import assert from "node:assert/strict";

import { parse } from "yaml";

import { isPublished } from "../../sandbox/control-plane/crds";
import { problems } from "../support/crd";
import { customResourceValidators } from "../support/upstream";
import { planned, STACKS, type StackName } from "./harness";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** API groups of Kubernetes itself. */
const BUILT_IN =
  /^(v1|apps|batch|networking\.k8s\.io|policy|rbac\.authorization\.k8s\.io|scheduling\.k8s\.io|storage\.k8s\.io)(\/|$)/;

async function customResources(stack: StackName): Promise<Manifest[]> {
  const { files } = await planned(stack);
  return [...files]
    .filter(([path]) => path.startsWith("manifests/"))
    .map(([, text]) => parse(text) as Manifest)
    .filter(({ apiVersion }) => !BUILT_IN.test(apiVersion));
}

describe("custom resources of the shipped stacks", () => {
  for (const stack of STACKS) {
    it(`${stack}: upstream's CRDs accept all of them, without unknown fields`, async function () {
      const validators = customResourceValidators();
      if (validators === undefined) this.skip();
      const custom = await customResources(stack);
      assert.ok(custom.length > 3, String(custom.length));
      for (const manifest of custom) {
        const validate = validators(manifest.apiVersion, manifest.kind);
        const name = `${manifest.kind} ${manifest.metadata.name}`;
        assert.deepEqual(problems(validate, manifest), [], name);
        const wrong = problems(validate, { ...manifest, spec: { ...manifest.spec, unknownField: true } });
        assert.equal(wrong.length, 1, `${name} with an unknown field passes`);
      }
    });

    it(`${stack}: a control plane in the sandbox can get the CRDs of all of them`, async () => {
      const groups = new Set((await customResources(stack)).map(({ apiVersion }) => apiVersion.split("/")[0] ?? ""));
      assert.deepEqual(
        [...groups].filter((group) => !isPublished(group)),
        [],
      );
    });
  }
});
