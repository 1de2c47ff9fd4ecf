import assert from "node:assert/strict";

import { parse } from "yaml";

import { problems } from "../support/crd";
import { customResourceValidators } from "../support/upstream";
import { planned, STACKS } from "./harness";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/** Groups that Kubernetes itself serves. */
const BUILT_IN =
  /^(v1|apps|batch|networking\.k8s\.io|policy|rbac\.authorization\.k8s\.io|scheduling\.k8s\.io|storage\.k8s\.io)(\/|$)/;

describe("custom resources of the shipped stacks", () => {
  for (const stack of STACKS) {
    it(`${stack}: upstream's definitions accept every one of them, and no field is unknown`, async function () {
      const validators = customResourceValidators();
      if (validators === undefined) this.skip();
      const { files } = await planned(stack);
      const custom = [...files]
        .filter(([path]) => path.startsWith("manifests/"))
        .map(([, text]) => parse(text) as Manifest)
        .filter(({ apiVersion }) => !BUILT_IN.test(apiVersion));
      assert.ok(custom.length > 3, String(custom.length));
      for (const manifest of custom) {
        const validate = validators(manifest.apiVersion, manifest.kind);
        const name = `${manifest.kind} ${manifest.metadata.name}`;
        assert.deepEqual(problems(validate, manifest), [], name);
        const wrong = problems(validate, { ...manifest, spec: { ...manifest.spec, unknownField: true } });
        assert.equal(wrong.length, 1, `${name} with an unknown field passes`);
      }
    });
  }
});
