import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { parse } from "yaml";

import { PATIENCE } from "../../../sandbox/core/until";
import { restricted } from "../../../policies/pods";
import { run } from "./runner";

/** Go module with upstream's own cases up to Kubernetes 1.37, in effect a development dependency. */
const MODULE = "k8s.io/pod-security-admission@v0.37.2";
const FOLDER = "LAKEHOUSE_POD_SECURITY_CASES";

type Level = "baseline" | "restricted";

/** The policy for each check of upstream. A missing check is new upstream. */
const ANSWERS: Readonly<Record<string, string>> = {
  allowprivilegeescalation: "container-forbid-escalation",
  apparmorprofile: "pod-forbid-unconfined",
  capabilities_baseline: "container-forbid-capabilities",
  capabilities_restricted: "container-forbid-capabilities",
  hostnamespaces: "pod-forbid-host-access",
  hostpathvolumes: "pod-forbid-volume-types",
  hostports: "pod-forbid-host-access",
  hostprobesandhostlifecycle: "container-forbid-probe-hosts",
  privileged: "container-forbid-privileged",
  procmount: "container-forbid-privileged",
  procmount_restricted: "container-forbid-privileged",
  restrictedvolumes: "pod-forbid-volume-types",
  runasnonroot: "pod-require-nonroot",
  runasuser: "pod-require-nonroot",
  seccompprofile_baseline: "container-require-seccomp",
  seccompprofile_restricted: "container-require-seccomp",
  selinuxoptions: "pod-forbid-selinux",
  sysctls: "pod-forbid-sysctls",
  windowshostprocess: "pod-forbid-host-access",
};

/** Policies whose checks are equal in `baseline`; the others are stricter than `baseline`. */
const SAME_IN_BASELINE = [
  "pod-forbid-host-access",
  "container-forbid-probe-hosts",
  "pod-forbid-sysctls",
  "pod-forbid-unconfined",
  "pod-forbid-selinux",
];

describe("the restricted profile, with upstream's published cases,", () => {
  let cases = "";

  before(async function () {
    const found = await find();
    if ("missing" in found) {
      console.warn(`\n  SKIPPED: upstream's Pod Security cases. ${found.missing}\n`);
      this.skip();
    }
    cases = found.folder;
  });

  it("has a policy for every check with a case", () => {
    const checks = new Set(
      (["baseline", "restricted"] as const).flatMap((level) => read(cases, level, "fail")).map(check),
    );
    assert.deepEqual(
      [...checks].filter((one) => ANSWERS[one] === undefined),
      [],
    );
  });

  for (const level of ["baseline", "restricted"] as const) {
    it(`refuses each pod that fails ${level}, by the policy for that check`, async () => {
      const pods = read(cases, level, "fail");
      const unnoticed: string[] = [];
      for (const pod of pods) {
        const policy = ANSWERS[check(pod)] ?? "";
        if (!(await judge(pod)).some(({ name }) => name === policy)) unnoticed.push(`${pod.name}: ${policy}`);
      }
      assert.deepEqual(unnoticed, []);
      assert.ok(pods.length >= 34, String(pods.length));
    });
  }

  it("accepts each pod that passes restricted", async () => {
    const pods = read(cases, "restricted", "pass");
    assert.deepEqual((await Promise.all(pods.map(judge))).flat(), []);
    assert.ok(pods.length >= 22, String(pods.length));
  });

  it("accepts each pod that passes baseline, if restricted is not stricter", async () => {
    const pods = read(cases, "baseline", "pass");
    const judged = (await Promise.all(pods.map(judge))).flat();
    assert.deepEqual(
      judged.filter(({ name }) => SAME_IN_BASELINE.includes(name)),
      [],
    );
    assert.ok(pods.length >= 14, String(pods.length));
  });
});

interface Case {
  /** `procmount_restricted0` */
  readonly name: string;
  readonly props: Record<string, unknown>;
}

function check({ name }: Case): string {
  return name.replace(/\d+$/, "");
}

/** Cases of the newest minor version. */
function read(cases: string, level: Level, outcome: "pass" | "fail"): Case[] {
  const minors = readdirSync(join(cases, level)).map((name) => Number(name.replace("v1.", "")));
  const folder = join(cases, level, `v1.${String(Math.max(...minors))}`, outcome);
  return readdirSync(folder).map((file) => ({
    name: file.replace(".yaml", ""),
    props: parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>,
  }));
}

async function judge({ name, props }: Case): Promise<{ name: string; says: string }[]> {
  const outcomes = await Promise.all(
    restricted.map(async (policy) => {
      const outcome = await run(policy, [{ type: "kubernetes:core/v1:Pod", name, props }]);
      assert.ok(Array.isArray(outcome));
      return outcome.map((says) => ({ name: policy.name, says }));
    }),
  );
  return outcomes.flat();
}

/** Folder of the cases: a given one, else in the module that `go` fetches into its cache. */
async function find(): Promise<{ folder: string } | { missing: string }> {
  const named = process.env[FOLDER];
  if (named !== undefined) {
    return existsSync(join(named, "restricted")) ? { folder: named } : { missing: `${FOLDER}=${named} has none.` };
  }
  try {
    const options = { cwd: tmpdir(), timeout: PATIENCE };
    const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", MODULE], options);
    return { folder: join((JSON.parse(stdout) as { Dir: string }).Dir, "test", "testdata") };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return { missing: `Set ${FOLDER} to test/testdata of ${MODULE}, or put go on the PATH (${reason}).` };
  }
}
