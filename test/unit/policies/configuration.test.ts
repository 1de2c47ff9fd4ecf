import assert from "node:assert/strict";

import type { PolicyInfo } from "@pulumi/pulumi/proto/analyzer_pb";
import { EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import Ajv, { type ErrorObject } from "ajv";

import { PackProcess } from "../../../preview/pack-process";
import { PolicyPack, type PolicySettings, type Violation } from "../../../preview/policy-pack";
import { PACK_FOLDER } from "../../../inputs/project";
import { recorded } from "../../policy/harness";
import { container, type Stack, set } from "../../policy/sabotage/fault";

const WRONG: readonly (readonly [string, object, string])[] = [
  ["image-require-allowed-registry", { registries: "ghcr.io" }, "/registries must be array"],
  ["image-require-allowed-registry", { registries: [1] }, "/registries/0 must be string"],
  ["state-require-protection", { protectState: "yes" }, "/protectState must be boolean"],
  ["monitor-require-ingress", { scraper: {} }, "/scraper must have required property 'namespace'"],
  ["namespace-require-dns", { namespace: 53 }, "/namespace must be string"],
  ["pod-require-nonroot", { allow: ["trino"] }, "/allow must be object"],
];

/**
 * The pack's metadata and its use of configuration, over gRPC. The engine validates a configuration against the policy's schema
 * before it gives it to the pack; another validator of JSON Schema stands in for the engine here.
 */
describe("the pack's metadata and configuration", () => {
  let pack: PolicyPack;
  let policies: readonly PolicyInfo[];
  let faulty: Stack;

  before(async () => {
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    policies = (await pack.info()).getPoliciesList();
    faulty = set(
      "Deployment trino-worker",
      container("image"),
      "docker.io/trinodb/trino:latest",
    )(await recorded("homelab")).filter(({ type, name }) => type.endsWith(":Deployment") && name === "trino-worker");
  });
  after(() => {
    pack.stop();
  });

  async function judged(config: Readonly<Record<string, PolicySettings>>, stack: Stack = []): Promise<Violation[]> {
    await pack.configure(config);
    try {
      return await pack.judge(faulty, stack);
    } finally {
      await pack.configure({});
    }
  }

  const levels = (violations: readonly Violation[]) => violations.map(({ policy, level }) => [policy, level]);

  it("describe every policy in one full sentence, under a name of its own", () => {
    const names = policies.map((policy) => policy.getName());
    assert.equal(new Set(names).size, names.length);
    for (const policy of policies) {
      assert.match(policy.getName(), /^[a-z]+-[a-z]+(-[a-z]+)*$/);
      assert.match(policy.getDescription(), /^[A-Z].+\.$/, policy.getName());
    }
  });

  it("make policies mandatory, except for advisory ones and remediations", () => {
    const by = (level: EnforcementLevel) =>
      policies.filter((policy) => policy.getEnforcementlevel() === level).map((policy) => policy.getName());
    assert.deepEqual(by(EnforcementLevel.ADVISORY), ["container-require-memory-guarantee"]);
    assert.ok(by(EnforcementLevel.DISABLED).every((name) => name.includes("-remediate-")));
    assert.ok(by(EnforcementLevel.MANDATORY).every((name) => !name.includes("-remediate-")));
  });

  it("give every policy a schema that explains each property", () => {
    for (const policy of policies) {
      const properties = schemaOf(policy);
      assert.ok("allow" in properties, policy.getName());
      for (const [name, property] of Object.entries(properties)) {
        const { description, type } = property as { description?: string; type?: string };
        assert.match(description ?? "", /\.$/, `${policy.getName()}.${name}`);
        assert.equal(typeof type, "string", `${policy.getName()}.${name}`);
      }
    }
  });

  for (const level of ["advisory", "mandatory"] as const) {
    it(`report at the configured level ${level}`, async () => {
      const found = await judged({ "image-require-pinned-tag": { enforcementLevel: level } });
      assert.deepEqual(levels(found), [["image-require-pinned-tag", level]]);
    });
  }

  it("report nothing of a disabled policy, and report again without the configuration", async () => {
    assert.deepEqual(await judged({ "image-require-pinned-tag": { enforcementLevel: "disabled" } }), []);
    assert.deepEqual(levels(await judged({})), [["image-require-pinned-tag", "mandatory"]]);
  });

  it("report a failed remediation as mandatory", async () => {
    const found = await judged({ "image-require-pinned-tag": { enforcementLevel: "remediate" } });
    assert.deepEqual(levels(found), [["image-require-pinned-tag", "mandatory"]]);
  });

  it("replace the default by a configured list", async () => {
    const config = { "image-require-allowed-registry": { registries: ["registry.example.com"] } };
    const found = await judged(config, faulty);
    const [message] = found
      .filter(({ policy }) => policy === "image-require-allowed-registry")
      .map((one) => one.message);
    assert.match(message ?? "", /Fix: use an image from one of registry\.example\.com\.$/);
  });

  it("keep judging if values have the wrong type", async () => {
    const config = { "image-require-allowed-registry": { registries: "registry.example.com" } };
    const found = (await judged(config, faulty)).filter(({ policy }) => policy.startsWith("image-"));
    assert.deepEqual(levels(found), [["image-require-pinned-tag", "mandatory"]]);
  });

  for (const [policy, config, message] of WRONG) {
    it(`refuse ${JSON.stringify(config)} for ${policy}: ${message}`, () => {
      const info = policies.find((one) => one.getName() === policy)!;
      // Each property has its schema; the engine allows additional properties.
      const validate = new Ajv({ strict: false }).compile({ type: "object", properties: schemaOf(info) });
      assert.equal(validate(config), false);
      assert.deepEqual(validate.errors?.map(readable), [message]);
    });
  }
});

function schemaOf(policy: PolicyInfo): Record<string, object> {
  return (policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {}) as Record<string, object>;
}

function readable({ instancePath, message }: ErrorObject): string {
  return `${instancePath} ${message ?? ""}`;
}
