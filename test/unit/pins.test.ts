import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { isChart, isImage, isJar } from "../../components/core/pins";
import { COMPATIBILITY } from "../../components/core/versions";
import { allPins, pins } from "../../components/pins";
import { systems } from "../../components/systems";
import { systemName } from "../../components/core/system";
import { PROJECT_FOLDER } from "../../inputs/project";

describe("pins", () => {
  it("have unique names across systems", () => {
    assert.deepEqual(
      allPins.filter((pin) => allPins.some((other) => other !== pin && other.name === pin.name)),
      [],
    );
    assert.deepEqual(Object.keys(pins).sort(), allPins.map(({ name }) => name).sort());
  });

  it("form a tuple of the compatibility table", () => {
    const { spark, scala, iceberg, deltaSpark: delta, hiveClient, hiveMetastore: hive, hadoop, awsSdk, trino } = pins;
    assert.ok(
      COMPATIBILITY.some((row) =>
        Object.entries({ spark, scala, iceberg, delta, hiveClient, hive, hadoop, awsSdk, trino }).every(
          ([name, { version }]) => row[name as keyof typeof row] === version,
        ),
      ),
      "the pins of Spark, Iceberg, Delta, Hive, Hadoop, the AWS SDK and Trino are no row of COMPATIBILITY",
    );
  });

  it("name every image by registry and tag, never latest, and none from a dead registry", () => {
    for (const { image } of allPins.filter(isImage)) {
      assert.match(
        image,
        /^(docker\.io|docker\.elastic\.co|ghcr\.io|quay\.io|registry\.k8s\.io)\/[\w./-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/,
      );
      assert.doesNotMatch(image, /:latest|bitnami|minio\/minio|k8s\.gcr\.io/);
    }
  });

  it("name every image by their version", () => {
    for (const { name, version, tag } of allPins.filter(isImage)) assert.ok(tag.includes(version), name);
  });

  it("include every chart and every library", () => {
    for (const { chart } of allPins.filter(isChart)) {
      assert.match(chart.version, /^\d+\.\d+\.\d+$/);
      assert.match(chart.repository, /^(https|oci):\/\/[\w./-]+$/);
    }
    for (const { jar } of allPins.filter(isJar)) assert.match(jar.sha256, /^[0-9a-f]{64}$/);
  });

  it("have a licence each", () => {
    for (const { name, licence } of allPins) assert.match(licence, /^[A-Za-z0-9.-]+$/, name);
  });

  it("that are held back have a reason for exactly this version, so that a new pin needs a new check", () => {
    for (const { name, version, held } of allPins) {
      if (held === undefined) continue;
      const { pin, newest, read, why } = held;
      assert.equal(pin, version, `the reason for ${name} is about another version`);
      assert.notEqual(newest, pin, `${name} is upstream's newest`);
      assert.match(read, /^20\d\d-[01]\d-[0-3]\d$/);
      assert.ok(why.length > 20, name);
    }
  });

  it("have no moving tags: every number of the version is there", () => {
    for (const { name, version } of allPins)
      if (name !== "scala" && name !== "trino") assert.match(version, /\d+[.-]\d+/, name);
  });

  it("are data that loads neither Pulumi nor a system", () => {
    const files = systems
      .filter((system) => system.pins !== undefined)
      .map((system) => `components/${system.section}/${systemName(system)}/pins.ts`);
    const program = `${JSON.stringify(files)}.forEach((file) => require("./" + file)); console.log(Object.keys(require.cache).join("\\n"))`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", "./scripts/register.js", "-e", program], {
      cwd: PROJECT_FOLDER,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    const loaded = stdout.split("\n").map((path) => path.slice(PROJECT_FOLDER.length + 1));
    const core = ["image-lock", "lock-file", "pins", "project", "versions"].map((name) => `components/core/${name}.ts`);
    assert.deepEqual(loaded.filter((path) => path.startsWith("components/")).sort(), [...core, ...files].sort());
    assert.deepEqual(
      loaded.filter((path) => path.includes("@pulumi/")),
      [],
    );
  });

  it("of systems are not imported by core, which imports only fields", () => {
    const folder = join(PROJECT_FOLDER, "components/core");
    for (const name of readdirSync(folder)) {
      const above = [
        ...readFileSync(join(folder, name), "utf8").matchAll(/(?:from|require\(|import\() ?"(\.\.\/[^"]+)"/g),
      ];
      for (const [, path = ""] of above) assert.ok(path.startsWith("../fields/"), `${name} imports ${path}`);
    }
  });
});
