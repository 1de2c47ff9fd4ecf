import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readStackFile } from "../../../inputs/stack-file";
import { shippedText } from "../../support/stacks";

const ROOT = join(__dirname, "..", "..", "..");
const HOMELAB = shippedText("homelab");

/** Homelab's settings with one text replaced. @throws Error if the text is missing, so that every case tests something */
function homelab(from: string | RegExp, to: string): string {
  const changed = HOMELAB.replace(from, to);
  assert.notEqual(changed, HOMELAB, `nothing to replace: ${String(from)}`);
  return changed;
}

interface Case {
  readonly name: string;
  readonly file: string;
  /** Whether it is about no line of the file, but about all of it. @default false */
  readonly whole?: true;
  /** Complete stderr: one line for each mistake, after the place in the file. */
  readonly lines: readonly (string | RegExp)[];
}

const cases: readonly Case[] = [
  {
    name: "a wrong type",
    file: homelab("worker: { replicas: 2,", "worker: { replicas: two,"),
    lines: ['lakehouse:query.trino.worker.replicas: given "two"; allowed: a whole number, 1 to 1000'],
  },
  {
    name: "an unknown key with a near one",
    file: homelab("cpu: 4, memory: 24Gi", "cpu: 4, memry: 24Gi"),
    lines: [
      "lakehouse:query.trino.worker.memry: unknown setting; did you mean 'memory'?; allowed: replicas, cpu, memory, pool",
    ],
  },
  {
    name: "a private key beside the CAs, which no message repeats",
    file: homelab("lakehouse:cluster:\n", 'lakehouse:cluster:\n    caBundle: "-----BEGIN PRIVATE KEY-----\\nMIIEvQ"\n'),
    lines: [
      "lakehouse:cluster.caBundle: given a private key, which is not shown; allowed: certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, at most 400000 characters, and no private key",
    ],
  },
  {
    name: "a mirror of something that is no registry, and one that is no place",
    file: homelab(
      "lakehouse:cluster:\n",
      "lakehouse:cluster:\n    registryMirrors: { hub: registry.corp, quay.io: https://registry.corp }\n",
    ),
    lines: [
      "lakehouse:cluster.registryMirrors.hub: 'hub' is not allowed as a name; allowed: the host of a registry such as docker.io, or * for every other",
      'lakehouse:cluster.registryMirrors.quay.io: given "https://registry.corp"; allowed: a registry with or without a folder, such as registry.example.org:5000/dockerhub',
    ],
  },
  {
    name: "topics for SQL without Kafka",
    file: homelab("    trino:\n", "    trino:\n      kafka: { topics: [{ topic: orders }] }\n"),
    lines: [
      "lakehouse:query.trino.kafka.topics: given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or no topics",
    ],
  },
  {
    name: "a column of a type that topics do not have",
    file: homelab("    trino:\n", "    trino:\n      kafka: { topics: [{ topic: orders, columns: { id: int } }] }\n"),
    lines: [
      'lakehouse:query.trino.kafka.topics[0].columns.id: given "int"; allowed: one of varchar, boolean, integer, bigint, double, timestamp',
    ],
  },
  {
    name: "an unknown section",
    file: homelab("lakehouse:observability:", "lakehouse:observabilty:"),
    lines: [/^lakehouse:observabilty: unknown setting; did you mean 'observability'\?; allowed: preset, nodes, /],
  },
  {
    name: "a key without its namespace",
    file: homelab("lakehouse:query:", "query:"),
    lines: ["query: a key without a namespace; did you mean 'lakehouse:query'?"],
  },
  {
    name: "a negative number",
    file: homelab("driver: { replicas: 4", "driver: { replicas: -4"),
    lines: ["lakehouse:compute.spark.driver.replicas: given -4; allowed: a whole number, 1 to 1000"],
  },
  {
    name: "a negative quantity",
    file: homelab("k8s-1, pool: control, cpu: 16, memory: 96Gi", "k8s-1, pool: control, cpu: 16, memory: -96Gi"),
    lines: [
      'lakehouse:nodes[0].memory: given "-96Gi"; allowed: a number with a unit of Ki, Mi, Gi, Ti or Pi, such as 24Gi',
    ],
  },
  {
    name: "a missing unit",
    file: homelab("k8s-2, pool: drivers, cpu: 16, memory: 96Gi", "k8s-2, pool: drivers, cpu: 16, memory: 96"),
    lines: ["lakehouse:nodes[1].memory: given 96; allowed: a number with a unit of Ki, Mi, Gi, Ti or Pi, such as 24Gi"],
  },
  {
    name: "a decimal unit",
    file: homelab("k8s-2, pool: drivers, cpu: 16, memory: 96Gi", "k8s-2, pool: drivers, cpu: 16, memory: 96GB"),
    lines: [
      'lakehouse:nodes[1].memory: given "96GB"; allowed: a number with a unit of Ki, Mi, Gi, Ti or Pi, such as 24Gi',
    ],
  },
  {
    name: "a node smaller than its system",
    file: homelab("k8s-3, pool: executors, cpu: 16, memory: 96Gi", "k8s-3, pool: executors, cpu: 16, memory: 16Gi"),
    lines: [
      "lakehouse:nodes[2].memory: given 16Gi, of which the system keeps 16Gi: nothing is left; allowed: more than 16Gi, or a smaller system.memory",
    ],
  },
  {
    name: "a node with next to nothing left",
    file: homelab("k8s-3, pool: executors, cpu: 16, memory: 96Gi", "k8s-3, pool: executors, cpu: 16, memory: 17Gi"),
    lines: [
      "lakehouse:nodes[2].memory: given 17Gi, which leaves 716Mi for pods; allowed: enough for 1Gi after the system's 16Gi and the buffer",
    ],
  },
  {
    name: "a duplicate node",
    file: homelab("name: k8s-2", "name: k8s-1"),
    lines: ['lakehouse:nodes[1].name: given "k8s-1", which lakehouse:nodes[0] has already; allowed: a name of its own'],
  },
  {
    name: "a pool without a node",
    file: homelab("    drivers: {}\n", "    drivers: {}\n    spare: {}\n"),
    lines: ["lakehouse:pools.spare: a pool without a node; allowed: pools that at least one of lakehouse:nodes names"],
  },
  {
    name: "a node of an unknown pool",
    file: homelab("name: k8s-1, pool: control", "name: k8s-1, pool: contrl"),
    lines: [
      "lakehouse:nodes[0].pool: given \"contrl\", which is not in lakehouse:pools; did you mean 'control'?; allowed: control, drivers, executors",
      "lakehouse:pools.control: a pool without a node; allowed: pools that at least one of lakehouse:nodes names",
    ],
  },
  {
    name: "a size for an unknown pool",
    file: homelab("memory: 8Gi, pool: executors", "memory: 8Gi, pool: executor"),
    lines: [
      "lakehouse:compute.spark.executor.pool: given \"executor\", which is not in lakehouse:pools; did you mean 'executors'?; allowed: control, drivers, executors",
    ],
  },
  {
    name: "an invalid bucket name",
    file: homelab("gold: {}", "gold: { name: Gold_Data }"),
    lines: [/^lakehouse:storage\.buckets\.gold\.name: given "Gold_Data"; allowed: an S3 bucket name: 3 to 63 /],
  },
  {
    name: "two buckets of one name",
    file: homelab("gold: {}", "gold: { name: lakehouse-silver }"),
    lines: [
      'lakehouse:storage.buckets.gold.name: given "lakehouse-silver", which silver has already; allowed: a name of its own',
    ],
  },
  {
    name: "two defaults",
    file: homelab("    drivers: {}\n", "    drivers: { default: true }\n"),
    lines: ["lakehouse:pools: control and drivers have default: true; allowed: exactly one"],
  },
  {
    name: "no default",
    file: homelab("default: true, ", ""),
    lines: ["lakehouse:pools: no pool has default: true; allowed: exactly one"],
  },
  {
    name: "circular use",
    file: homelab("    drivers: {}\n", "    drivers: { fallback: control }\n"),
    lines: ["lakehouse:pools.control.fallback: circular: control → drivers → control; allowed: a chain that ends"],
  },
  {
    name: "an object store of no known kind",
    file: homelab("kind: ceph", "kind: cephfs"),
    lines: [/^lakehouse:storage\.objects\.kind: given "cephfs"; allowed: .*ceph, minio, seaweedfs or s3/],
  },
  {
    name: "an engine without its catalog",
    file: homelab("    hiveMetastore:\n", "    hiveMetastore:\n      enabled: false\n"),
    lines: [
      /^lakehouse:compute\.spark\.enabled: given true, which needs .* is false/,
      /^lakehouse:query\.trino\.enabled: given true, which needs/,
    ],
  },
  {
    name: "several mistakes at once, each with its line",
    file: homelab("name: k8s-2", "name: k8s-1")
      .replace("replicas: 2, cpu: 4", "replicas: 0, cpu: four")
      .replace("gold: {}", "gold: { versionning: true }"),
    lines: [
      /^lakehouse:storage\.buckets\.gold\.versionning: unknown setting; did you mean 'versioning'\?/,
      "lakehouse:query.trino.worker.replicas: given 0; allowed: a whole number, 1 to 1000",
      /^lakehouse:query\.trino\.worker\.cpu: given "four"; allowed: cores such as/,
      /^lakehouse:nodes\[1\]\.name: given "k8s-1"/,
    ],
  },
  {
    name: "an empty file",
    whole: true,
    file: "",
    lines: ["no settings in it; allowed: a `config:` block with keys such as `lakehouse:nodes`"],
  },
  {
    name: "a file without what is required",
    file: "config:\n  lakehouse:preset: homelab\n",
    lines: [
      /^lakehouse:nodes: missing; allowed: a list of nodes/,
      /^lakehouse:pools: missing/,
      /^lakehouse:storage: missing|^lakehouse:storage\.objects: missing/,
    ],
  },
  {
    name: "a huge file",
    whole: true,
    file: `# ${"x".repeat(2 * 1024 * 1024)}\n`,
    lines: ["larger than 1 MiB; allowed: at most 1048576 bytes"],
  },
  { name: "a file that is not YAML", file: "config: [unclosed\n  - {", lines: [/^not YAML: Implicit keys .+$/] },
  {
    name: "a key given twice",
    file: homelab("lakehouse:catalog:", "lakehouse:compute:"),
    lines: [/^not YAML: Map keys must be unique$/],
  },
  {
    name: "structured settings given as text",
    file: homelab(/lakehouse:nodes:\n( {4}- .*\n)+/, "lakehouse:nodes: three of them\n"),
    lines: ['lakehouse:nodes: given "three of them"; allowed: a list of nodes: { name, pool, cpu, memory }'],
  },
];

describe("broken settings", () => {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-broken-"));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [index, { name, file, lines, whole = false }] of cases.entries()) {
    it(`${name}: exit code 2, a line for each mistake, nothing written`, () => {
      const path = join(folder, `Pulumi.case-${String(index)}.yaml`);
      const out = join(folder, "out");
      writeFileSync(path, file);
      const run = spawnSync(
        process.execPath,
        [join(ROOT, "bin/lakehouse.js"), "plan", "--config-file", path, "--out", out],
        { encoding: "utf8" },
      );
      const said = run.stderr.trimEnd().split("\n");
      assert.equal(run.status, 2, run.stderr);
      assert.equal(run.stdout, "");
      assert.equal(existsSync(out), false);
      assert.equal(said.length, lines.length, run.stderr);
      for (const [at, line] of lines.entries()) {
        const [, name, row, column, text = ""] = /^(.*?\.yaml)(?::(\d+):(\d+))?: (.*)$/.exec(said[at] ?? "") ?? [];
        assert.equal(name, path, said[at]);
        if (typeof line === "string") assert.equal(text, line);
        else assert.match(text, line);
        assert.equal(row === undefined, whole, said[at]);
        if (whole || text.startsWith("not YAML: ")) continue;
        const there = file.split("\n")[Number(row) - 1]?.slice(Number(column) - 1) ?? "";
        const key = /^(?:"([^"]*)"|([^:]*(?::[a-z][^:]*)?)):( |$)/.exec(there);
        const marked = key?.[1] ?? key?.[2] ?? "";
        // The key itself, a section around what is missing, the settings as a whole, or an item of a list.
        assert.ok(marked === "config" || text.includes(marked), `${text} at ${there}`);
        assert.ok(marked !== "" || /\[\d+\]/.test(text), `${text} at ${there}`);
      }
      assert.doesNotMatch(run.stderr, /\n\s+at /);
    });
  }

  it("an unknown stack: the message names the existing ones, nearest first", () => {
    const project = join(folder, "project");
    mkdirSync(project);
    for (const stack of ["prod", "my.own", "homelab"]) writeFileSync(join(project, `Pulumi.${stack}.yaml`), "");
    assert.throws(() => readStackFile(project, "homlab"), {
      name: "InputError",
      message:
        "no stack 'homlab': Pulumi.homlab.yaml does not exist; did you mean 'homelab'?; allowed: homelab, my.own, prod",
    });
    const run = spawnSync(process.execPath, [join(ROOT, "bin/lakehouse.js"), "plan", "-s", "homlab"], {
      encoding: "utf8",
    });
    assert.equal(run.status, 2);
    assert.match(run.stderr, /^no stack 'homlab': Pulumi\.homlab\.yaml does not exist; .*\n$/);
  });

  it("an unknown option: the message is one line", () => {
    const run = spawnSync(process.execPath, [join(ROOT, "bin/lakehouse.js"), "plan", "--jsn"], { encoding: "utf8" });
    assert.equal(run.status, 2);
    assert.match(run.stderr, /^error: unknown option '--jsn'.*\n$/s);
  });
});
