import assert from "node:assert/strict";

import { type AnalyzerInfo, EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";

import { PackProcess } from "../../preview/pack-process";
import { PolicyPack, type Violation } from "../../preview/policy-pack";
import { PACK_FOLDER } from "../../inputs/project";
import { exitCode } from "../../planner/verdict";
import { planned, recorded, type StackName } from "./harness";
import type { Fault, Stack } from "./sabotage/fault";
import { faults } from "./sabotage/faults";

/** Policies that no single fault in a shipped stack can violate, with the reason. */
const WITHOUT_FAULT: Readonly<Record<string, string>> = {
  "pod-remediate-labels": "corrects, and judges nothing: test/unit/policies/remediate.test.ts",
  "pod-remediate-seccomp": "corrects, and judges nothing: test/unit/policies/remediate.test.ts",
  "pod-remediate-token": "corrects, and judges nothing: test/unit/policies/remediate.test.ts",
  "connection-require-tls": "no shipped stack speaks TLS between its programs: test/policy/tls.test.ts",
  "crd-require-retention": "no shipped stack has a definition of its own: test/unit/policies/state.test.ts",
};

/** One pack process for all tests, because its start takes longer than judging a stack. */
describe("a stack with one fault", () => {
  const stacks = new Map<StackName, Stack>();
  let pack: PolicyPack;
  let info: AnalyzerInfo;

  before(async () => {
    pack = new PolicyPack(new PackProcess(PACK_FOLDER));
    info = await pack.info();
    for (const stack of new Set(faults.map(({ stack: name = "homelab" }) => name)))
      stacks.set(stack, await recorded(stack));
  });
  after(() => {
    pack.stop();
  });

  /** Judges the changed resources again, and the whole stack. */
  async function judge({ stack = "homelab", plant, policy, config }: Fault): Promise<Violation[]> {
    const sound = stacks.get(stack)!;
    const faulty = plant(sound);
    const untouched = new Set(sound);
    if (config !== undefined) await pack.configure({ [policy]: config });
    try {
      return await pack.judge(
        faulty.filter((resource) => !untouched.has(resource)),
        faulty,
      );
    } finally {
      if (config !== undefined) await pack.configure({});
    }
  }

  it("exists for every policy of the pack", () => {
    const covered = new Set([...faults.map(({ policy }) => policy), ...Object.keys(WITHOUT_FAULT)]);
    const all = info.getPoliciesList().map((policy) => policy.getName());
    assert.deepEqual(
      all.filter((policy) => !covered.has(policy)),
      [],
      "policies without a fault",
    );
    assert.deepEqual(
      [...covered].filter((policy) => !all.includes(policy)),
      [],
      "faults without a policy",
    );
  });

  it("is in no shipped stack", async () => {
    for (const sound of stacks.values()) assert.deepEqual(await pack.judge(sound), []);
    for (const { policy, stack = "homelab", config } of faults) {
      if (config === undefined) continue;
      await pack.configure({ [policy]: config });
      assert.deepEqual(await pack.judge(stacks.get(stack)!), []);
    }
    await pack.configure({});
  });

  for (const fault of faults) {
    const { policy, resource, field, says, also = [] } = fault;
    it(`violates ${policy}: ${resource}, ${field}`, async () => {
      const found = await judge(fault);
      const own = found.filter((violation) => violation.policy === policy);
      const shown = JSON.stringify(found, null, 2);
      assert.ok(own.length > 0, `nothing of ${policy} in ${shown}`);
      assert.ok(
        own.some(({ message }) => message.startsWith(`${field}: ${resource} `) && message.includes(says)),
        shown,
      );
      for (const { message, level } of own) {
        assert.match(message, / Fix: [^ ].+\.$/);
        assert.equal(level, levelOf(info, policy));
      }
      assert.deepEqual(
        [...new Set(found.map((violation) => violation.policy))].sort(),
        [policy, ...also].sort(),
        shown,
      );
    });
  }
});

/** A remediating policy is mandatory when it only judges. */
function levelOf(info: AnalyzerInfo, name: string): Violation["level"] {
  const level = info
    .getPoliciesList()
    .find((policy) => policy.getName() === name)
    ?.getEnforcementlevel();
  return level === EnforcementLevel.ADVISORY ? "advisory" : "mandatory";
}

describe("a plan of homelab with one fault", () => {
  const homelab = faults.filter(({ stack = "homelab" }) => stack === "homelab");
  for (const policy of ["container-require-resources", "image-require-pinned-tag", "webhook-require-ingress"]) {
    it(`is refused for ${policy}, with the field and the fix`, async () => {
      const fault = homelab.find((one) => one.policy === policy)!;
      const { plan } = await planned("homelab", { sabotage: fault.plant });
      assert.equal(plan.verdict, "policy-violations");
      assert.equal(exitCode(plan), 1);
      const [failed] = plan.policies.failed;
      assert.equal(failed?.policy, policy);
      assert.equal(failed.field, fault.field);
      assert.ok(failed.message.startsWith(`${fault.resource} `), failed.message);
      assert.match(failed.message, / Fix: /);
    });
  }

  it("is accepted with advice for an advisory policy", async () => {
    const fault = homelab.find((one) => one.policy === "container-require-memory-guarantee")!;
    const { plan } = await planned("homelab", { sabotage: fault.plant });
    assert.equal(plan.policies.failed[0]?.level, "advisory");
    assert.notEqual(plan.verdict, "policy-violations");
  });
});
