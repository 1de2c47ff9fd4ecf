import assert from "node:assert/strict";

import { parse } from "yaml";

import { EXTERNAL_SECRETS_FOLDER } from "../../preview/secrets";
import { problems } from "../support/crd";
import { customResourceValidators } from "../support/upstream";
import { planned, STACKS } from "./harness";

interface Secret {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type?: string;
  readonly data: Readonly<Record<string, string>>;
}

interface ExternalSecret extends Pick<Secret, "metadata"> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly target: { readonly name: string; readonly template: { readonly type?: string } };
    readonly data: readonly {
      readonly secretKey: string;
      readonly remoteRef: { readonly key: string; readonly property: string };
    }[];
  };
}

/** Texts that Go's `base64.StdEncoding` decodes, as Kubernetes does for each value in `data`. */
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

describe("rendered Secrets", () => {
  for (const stack of STACKS) {
    describe(stack, () => {
      let files: ReadonlyMap<string, string> = new Map();
      before(async () => {
        ({ files } = await planned(stack));
      });
      const below = (folder: string, kind: string) =>
        [...files].filter(([path]) => path.startsWith(`${folder}/`) && path.includes(`/${kind}-`));
      const secrets = () => below("manifests", "secret");

      it("are refused by every API server, and say why", () => {
        assert.ok(secrets().length > 4);
        for (const [path, text] of secrets()) {
          const secret = parse(text) as Secret & { readonly stringData?: unknown };
          assert.equal(secret.stringData, undefined, path);
          assert.ok(Object.keys(secret.data).length > 0, path);
          for (const value of Object.values(secret.data)) assert.doesNotMatch(value, BASE64, path);
          assert.match(text, /^# Not to be applied: the values of this Secret are only in Pulumi's encrypted state\./);
        }
      });

      it("are the only manifests and charts with left-out values", () => {
        const others = [...files].filter(([path, text]) => {
          const applied = path.startsWith("manifests/") || path.startsWith("releases/");
          return applied && !path.includes("/secret-") && /\[(secret|computed)\]/.test(text);
        });
        assert.deepEqual(
          others.map(([path]) => path),
          [],
        );
      });

      it("have an ExternalSecret each, with the same name, type and keys, and without values", () => {
        const all = below(EXTERNAL_SECRETS_FOLDER, "externalsecret");
        const external = all.map(([, text]) => parse(text) as ExternalSecret);
        const shape = (name: string, namespace: string, type: string | undefined, keys: readonly string[]) =>
          JSON.stringify({ name, namespace, type, keys: keys.toSorted() });
        assert.deepEqual(
          external
            .map(({ metadata: { name, namespace }, spec: { target, data } }) => {
              assert.equal(target.name, name);
              for (const { secretKey, remoteRef } of data)
                assert.deepEqual(remoteRef, { key: `lakehouse/${stack}/${namespace}/${name}`, property: secretKey });
              return shape(
                name,
                namespace,
                target.template.type,
                data.map(({ secretKey }) => secretKey),
              );
            })
            .sort(),
          secrets()
            .map(([, text]) => parse(text) as Secret)
            .map(({ metadata: { name, namespace }, type, data }) => shape(name, namespace, type, Object.keys(data)))
            .sort(),
        );
        for (const [path, text] of all) assert.doesNotMatch(text, /\[secret\]/, path);
      });

      it("have ExternalSecrets that upstream's CRD accepts", function () {
        const validators = customResourceValidators();
        if (validators === undefined) return this.skip();
        for (const [path, text] of below(EXTERNAL_SECRETS_FOLDER, "externalsecret")) {
          const manifest = parse(text) as ExternalSecret;
          const validate = validators(manifest.apiVersion, manifest.kind);
          assert.deepEqual(problems(validate, manifest), [], path);
          const wrong = { ...manifest, spec: { ...manifest.spec, unknownField: true } };
          assert.equal(problems(validate, wrong).length, 1, path);
        }
      });
    });
  }
});
