import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";

import { rights, script, variables } from "../../../../components/storage/migration/config";
import { complete, migration } from "../../../../components/storage/migration/settings";

const OLD = { endpoint: "https://s3.old.example.org", cidrs: ["192.0.2.0/24"], secret: "old" };
const PARTS = [
  { from: "raw", to: "bronze" },
  { from: "lake", prefix: "gold/", to: "gold", toPrefix: "old/" },
];
const BUCKETS = { bronze: "a-bronze", silver: "a-silver", gold: "a-gold", warehouse: "a-wh", backups: "a-backups" };

const settings = (item: object, job: object = {}) =>
  migration.parse({ enabled: true, job, items: { lake: { ...OLD, parts: PARTS, ...item } } });
const itemOf = (item: object = {}) => settings(item).items.lake!;
const mistakes = (item: object, job?: object) =>
  [...complete(settings(item, job))].map(({ path, message }) => `${path}: ${message}`);

describe("a migration", () => {
  it("may add below the folders of its parts, and delete nothing", () => {
    deepEqual(rights(itemOf()), [
      { bucket: "bronze", level: "append" },
      { bucket: "gold", level: "append", prefix: "old/" },
    ]);
  });

  it("has both stores in variables, without a key, and limits only where they are set", () => {
    const here = { endpoint: "http://minio:9000", region: "eu" };
    const found = variables(itemOf({ pathStyle: false, region: "eu-west-1" }), here);
    equal(found.RCLONE_CONFIG_FROM_FORCE_PATH_STYLE, "false");
    equal(found.RCLONE_CONFIG_FROM_REGION, "eu-west-1");
    equal(found.RCLONE_CONFIG_TO_ENDPOINT, "http://minio:9000");
    ok(!("RCLONE_BWLIMIT" in found));
    equal(variables(itemOf({ bandwidth: "50Mi" }), here).RCLONE_BWLIMIT, "52428800B");
    ok(Object.keys(found).every((name) => !name.includes("ACCESS_KEY")));
  });

  it("is a script that shells read, with the real names of buckets", () => {
    const text = script(itemOf(), BUCKETS);
    ok(text.includes("\npart 'from:raw/' 'to:a-bronze/'\npart 'from:lake/gold/' 'to:a-gold/old/'\n"), text);
    ok(!text.includes("--download"));
    ok(script(itemOf({ verify: "bytes" }), BUCKETS).includes("check --one-way --download "));
    equal(spawnSync("sh", ["-n"], { input: text, encoding: "utf8" }).stderr, "");
  });

  it("ends with the worst of its parts: a failure before a difference", () => {
    // A stand-in for rclone: `check` of raw differs, `copy` of the second part fails.
    const rclone = `rclone() { case "$1 $*" in copy*lake*) return 1 ;; check*) echo x > /tmp/differ; return 1 ;; esac; }\n`;
    const ends = (parts: object[]) => {
      const text = script(itemOf({ parts }), BUCKETS).replaceAll("/tmp/", "./");
      const folder = spawnSync("mktemp", ["-d"], { encoding: "utf8" }).stdout.trim();
      const run = spawnSync("sh", ["-c", rclone.replace("/tmp/", "./") + text], { cwd: folder, encoding: "utf8" });
      spawnSync("rm", ["-r", folder]);
      return [run.status, run.stdout.trim().split("\n").at(-1)];
    };
    deepEqual(ends([PARTS[0]!]), [3, "migration: differs: x"]);
    equal(ends(PARTS)[0], 1);
    equal(ends(PARTS.toReversed())[0], 1);
  });
});

describe("settings of a migration", () => {
  const cases: readonly (readonly [item: object, job: object, expected: string])[] = [
    [
      { transfers: 64 },
      { memory: "512Mi" },
      "lakehouse:storage.migration.job.memory: given 512Mi with 64 transfers of lake; allowed: at least 2464Mi, or fewer transfers",
    ],
    [
      {
        parts: [
          { from: "a-raw", to: "bronze" },
          { from: "b-raw", to: "bronze", toPrefix: "b/" },
        ],
      },
      {},
      'lakehouse:storage.migration.items.lake.parts[1].toPrefix: given "b/" of bronze, and part 0 goes there too; allowed: a folder that no other part has',
    ],
  ];
  for (const [item, job, expected] of cases)
    it(`are refused: ${expected}`, () => {
      deepEqual(mistakes(item, job), [expected]);
    });

  it("are refused where they name nothing, a folder outside, or a bucket that takes no lake's objects", () => {
    deepEqual(
      [...complete(migration.parse({ enabled: true }))].map(({ path }) => path),
      ["lakehouse:storage.migration.items"],
    );
    for (const part of [
      { from: "raw", to: "bronze", toPrefix: "../x/" },
      { from: "raw", to: "bronze", toPrefix: "x" },
      { from: "raw", to: "backups" },
      { from: "Raw", to: "bronze" },
    ])
      equal(migration.safeParse({ items: { lake: { ...OLD, parts: [part] } } }).success, false, JSON.stringify(part));
  });
});
