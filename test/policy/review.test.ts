import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MARKDOWN_LIMIT } from "../../planner/report/markdown";
import { renderReview, reviewExitCode } from "../../planner/report/review";
import type { Baseline } from "../../preview/changes";
import { OutputFolder } from "../../preview/output";
import { planStack } from "../../preview/plan";
import { readStackFile } from "../../inputs/stack-file";
import { shippedConfig, shippedWith } from "../support/stacks";
import { add, container, type Edit, find, remove, rewrite, set } from "./sabotage/fault";

/** A change as a pull request makes it: of the program (an edit of what it makes), or of settings, by section. */
interface Change {
  readonly what: string;
  readonly edit?: Edit;
  /** Values of settings by path. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

const halved: Edit = (stack) => {
  const quota = find(stack, "ResourceQuota lakehouse-query-lakehouse-serving");
  const { spec } = quota.inputs as { spec: { hard: Record<string, string> } };
  const half = Object.entries(spec.hard).map(([key, value]) => [
    key,
    value.replace(/^\d+(\.\d+)?/, (number) => String(Number(number) / 2)),
  ]);
  return set("ResourceQuota lakehouse-query-lakehouse-serving", "spec.hard", Object.fromEntries(half))(stack);
};

/** Harmful pull requests, and what names the harm. */
const harmful: readonly (Change & { readonly says: RegExp })[] = [
  { what: "a dropped bucket", edit: remove("S3Bucket bronze"), says: /🔴.*bronze/ },
  {
    what: "a widened grant",
    edit: rewrite("IamPolicy trino", ["policy"], "s3:GetObject", "s3:*"),
    says: /🟠.*iampolicy-trino.*allows more: s3:\\\*/,
  },
  {
    what: "an opened policy",
    edit: set("NetworkPolicy trino-to-minio-ingress", "spec.ingress", [{}]),
    says: /🟠.*minio-from-trino.*opens a way in from anywhere on any port/,
  },
  {
    what: "no default that denies",
    edit: remove("NetworkPolicy lakehouse-query-default-deny"),
    says: /🟠.*default-deny.*no longer denies ingress and egress/,
  },
  { what: "a halved quota", edit: halved, says: /🟡.*resourcequota-lakehouse-serving.*holds less/ },
  {
    what: "an older image",
    edit: rewrite("Deployment trino-worker", container("image") as string[], "484", "400"),
    says: /🟡.*deployment-trino-worker.*runs an older image: .*484 → 400/,
  },
  {
    what: "versions that are kept no longer",
    settings: { "lakehouse:storage/buckets/bronze/versioning": false },
    says: /🔴.*versions of objects/,
  },
  {
    what: "backups that end sooner",
    settings: { "lakehouse:storage/buckets/backups/expireDays": 7 },
    says: /🔴.*backups.*deletes objects after 7 days, not 90/,
  },
  {
    what: "a system with stored data that is off",
    settings: { "lakehouse:query/trino/enabled": false },
    says: /🔴.*deletes stored data/,
  },
  {
    what: "a privileged pod",
    edit: set("Deployment trino-worker", container("securityContext.privileged"), true),
    says: /🟠.*deployment-trino-worker.*is privileged/,
  },
  {
    what: "an account of a cluster's administrator",
    edit: add("RoleBinding spark-driver", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", "all", {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "all" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: "spark", namespace: "lakehouse-compute" }],
    }),
    says: /🟠.*gives the role cluster-admin to ServiceAccount spark/,
  },
];

const harmless: readonly Change[] = [
  { what: "nothing" },
  { what: "more memory", settings: { "lakehouse:query/trino/coordinator": { memory: "1536Mi" } } },
  { what: "backups that are kept longer", settings: { "lakehouse:storage/buckets/backups/expireDays": 120 } },
  { what: "versions of another bucket", settings: { "lakehouse:storage/buckets/gold": { versioning: true } } },
  { what: "one more topic", settings: { "lakehouse:streaming/kafka/topics/1": { name: "payments" } } },
  {
    what: "one more table of a topic",
    settings: {
      "lakehouse:streaming/kafka/topics/1": { name: "returns" },
      "lakehouse:query/trino/kafka/topics/2": { topic: "returns", columns: { id: "varchar" } },
    },
  },
  { what: "a newer image", edit: rewrite("Deployment trino-worker", container("image") as string[], "484", "999") },
  { what: "a label", edit: set("Service trino", ["metadata", "labels", "team"], "data") },
  { what: "a narrower grant", edit: rewrite("IamPolicy trino", ["policy"], '"s3:DeleteObject",', "") },
  { what: "prices", settings: { "lakehouse:prices": { book: "usage" } } },
];

/** Lines of a comment that a browser shows before one scrolls. */
const SCREEN = 25;

describe("a review of a pull request", () => {
  let folder = "";
  let base: Baseline;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-review-"));
    const { plan, files } = await planStack(shippedConfig("dev"), new OutputFolder(join(folder, "dev")));
    base = { name: "main (1234567)", plan, files };
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function review({ edit, settings = {} }: Change) {
    const file = join(folder, "Pulumi.dev.yaml");
    writeFileSync(file, shippedWith("dev", settings));
    const options = { against: base, ...(edit !== undefined && { sabotage: edit }) };
    const { plan } = await planStack(
      readStackFile(folder, "dev", file),
      new OutputFolder(join(folder, "dev")),
      options,
    );
    const all = [{ stack: "dev", plan }];
    const text = renderReview(all, "main (1234567)");
    return { plan, text, screen: text.split("\n").slice(0, SCREEN), code: reviewExitCode(all) };
  }

  for (const change of harmful)
    it(`names the harm in its first screen: ${change.what}`, async () => {
      const { screen, text } = await review(change);
      assert.ok(
        screen.some((line) => change.says.test(line)),
        text.slice(0, 4000),
      );
      assert.ok(text.length < MARKDOWN_LIMIT);
    });

  for (const change of harmless)
    it(`puts neither data nor access at its top: ${change.what} (slow)`, async () => {
      const { screen, plan, text } = await review(change);
      assert.deepEqual(
        plan.changes?.harms.filter(({ severity }) => severity === "data"),
        [],
        text.slice(0, 3000),
      );
      assert.ok(!screen.some((line) => line.startsWith("- 🔴")));
      assert.ok(!screen.some((line) => line.startsWith("- 🟠")) || change.what.includes("topic"), text.slice(0, 3000));
    });

  it("refuses a loss of data until its token is in the description, and tells the token", async () => {
    const { code, text } = await review(harmful.find(({ what }) => what.includes("stored data"))!);
    assert.equal(code, 1);
    assert.match(text, /write `lakehouse acknowledge [0-9a-f]{8}` into the description/);
  });

  it("of many stacks with 5 000 changes each has the worst of each at its top, below the limit", async () => {
    const { plan } = await review(harmful[0]!);
    const objects = Array.from({ length: 5000 }, (_, index) => ({
      ...plan.changes!.objects![0]!,
      resource: `ns/object-${String(index)}`,
      fields: [{ path: `spec.value${String(index)}`, before: index, after: index + 1 }],
    }));
    const stacks = ["dev", "test", "prod"].map((stack) => ({
      stack,
      plan: { ...plan, stack, changes: { ...plan.changes!, objects } },
    }));
    const text = renderReview(
      [
        ...stacks,
        { stack: "old", gone: true },
        { stack: "new", mistakes: ["Pulumi.new.yaml: lakehouse:nodes: missing"] },
      ],
      "main (1234567)",
    );
    assert.ok(text.length < MARKDOWN_LIMIT, String(text.length));
    const screen = text.split("\n").slice(0, SCREEN).join("\n");
    assert.match(screen, /\*\*old\*\* is deleted/);
    assert.match(screen, /\*\*new\*\* Pulumi\.new\.yaml/);
    assert.match(screen, /🔴 \*\*dev\*\*, \*\*test\*\*, \*\*prod\*\* \*\*data\*\* .*bronze/);
    assert.equal(text.split("<details").length, text.split("</details>").length);
  });
});
