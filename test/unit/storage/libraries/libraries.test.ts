import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { platform } from "../../../../components/cluster";
import { sparkFor } from "../../../../components/compute/event-logs";
import { fetchScript, JAR_DIRECTORY, missingJars, NO_LIBRARIES } from "../../../../components/core/jars";
import { PRESETS } from "../../../../components/core/system";
import type { Jar } from "../../../../components/core/pins";
import { MAVEN_CENTRAL } from "../../../../components/core/versions";
import { pins } from "../../../../components/pins";
import { stackFacts } from "../../../../components/facts";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { libraryPod } from "../../../../components/storage/libraries/libraries";
import { libraryPods } from "../../../../components/storage/libraries/pods";
import {
  LIBRARY_DIRECTORY,
  librarySource,
  nginxConf,
  obtainScript,
  serveScript,
} from "../../../../components/storage/libraries/config";

const NODES = {
  nodes: ["a", "b"].map((name) => ({ name, pool: "services", cpu: 16, memory: "96Gi" })),
  pools: { services: { default: true } },
};
const CEPH = { objects: { kind: "ceph", namespace: "rook-ceph", store: "lakehouse" } };
const settings = ({ cluster, ...given }: Readonly<Record<string, unknown>> = {}) =>
  settingsFrom({
    ...NODES,
    storage: CEPH,
    ...given,
    cluster: { certManager: true, ...(cluster as object | undefined) },
  });

const source = (mavenMirror?: string, of: Readonly<Record<string, unknown>> = {}) => {
  const { cluster, storage } = settings({
    cluster: { ...(mavenMirror === undefined ? {} : { mavenMirror }) },
    storage: { ...CEPH, libraries: { source: of } },
  });
  const { url, scheme, targetPorts, peer } = librarySource(cluster.mavenMirror, storage.libraries);
  return [url, scheme, targetPorts, peer.kind === "range" ? peer.cidrs : `${peer.namespace} ${String(peer.managed)}`];
};

describe("the source of libraries", () => {
  it("is Maven Central, at any address on port 443", () => {
    assert.deepEqual(source(), [MAVEN_CENTRAL, "https", [443], ["0.0.0.0/0"]]);
  });

  it("has the port, scheme and address of a mirror's URL", () => {
    const lan = "http://repo.lan:8081/maven";
    assert.deepEqual(source(lan), [lan, "http", [8081], ["0.0.0.0/0"]]);
    assert.deepEqual(source(lan, { cidrs: ["192.168.1.20/32"] }), [lan, "http", [8081], ["192.168.1.20/32"]]);
    assert.deepEqual(source("http://192.168.1.20/m").slice(1), ["http", [80], ["192.168.1.20/32"]]);
    assert.deepEqual(source("https://[fd00::1]:8443/m").slice(1), ["https", [8443], ["fd00::1/128"]]);
  });

  it("is in the namespace of a cluster-internal URL, on the port of its pods", () => {
    const inside = "http://nexus.tools.svc:80/repository/maven";
    assert.deepEqual(source(inside), [inside, "http", [80], "tools false"]);
    assert.deepEqual(source(inside, { targetPort: 8081 }).slice(2), [[8081], "tools false"]);
    assert.deepEqual(source("http://nexus.tools.svc.cluster.local:8081/m").slice(2), [[8081], "tools false"]);
  });

  it("has no password in its URL, and a fully qualified name", () => {
    const mistake = (url: string) => {
      try {
        source(url);
      } catch (error) {
        if (error instanceof SettingsError) return error.message;
      }
      return assert.fail(url);
    };
    assert.match(
      mistake("https://u:p@m.example.org/m"),
      /lakehouse:cluster\.mavenMirror: .*without a user or password/,
    );
    assert.match(mistake("http://nexus:8081/m"), /lakehouse:cluster\.mavenMirror: given .*a name with a dot/);
    for (const url of ["https://m.example.org/?a=b", "ftp://m.x/m", "http://m.x/'; touch x; '"])
      assert.match(mistake(url), /lakehouse:cluster\.mavenMirror: given/);
  });
});

describe("served libraries", () => {
  const names = (given: Readonly<Record<string, unknown>>) =>
    stackFacts(settings(given)).libraries.map(({ artifact }) => artifact);

  it("are those of the running systems that fetch, once each", () => {
    const spark = (eventLogs: boolean) => sparkFor({ tables: true, eventLogs });
    const [metastore, alone, logged] = [pins.hiveMetastore, spark(false), spark(true)].map((of) =>
      missingJars(of).map(({ artifact }) => artifact),
    );
    assert.deepEqual(names({}), [...metastore!, ...alone!]);
    assert.deepEqual(
      new Set(names({ compute: { sparkHistory: { enabled: true } } })),
      new Set([...metastore!, ...logged!]),
    );
    assert.deepEqual(names({ compute: { spark: { jars: "image" } } }), metastore);
    assert.deepEqual(
      names({ catalog: { hiveMetastore: { jars: "image" } }, compute: { spark: { enabled: false } } }),
      [],
    );
    const all = names({ streaming: { kafka: { enabled: true }, flink: { enabled: true } } });
    assert.equal(all.length, new Set(all).size);
    assert.ok(all.includes("hadoop-client-api"));
  });

  it("are Delta's too where tables are Delta; the metastore's client is apart from the class path", () => {
    const lacking = missingJars(sparkFor({ tables: true, eventLogs: false, delta: true }));
    const delta = names({ catalog: { formats: { tables: { marts: { format: "delta" } } } } });
    for (const { artifact } of lacking) assert.ok(delta.includes(artifact), artifact);
    assert.ok(delta.includes("delta-storage") && delta.includes("hive-exec"));
    const apart = lacking.filter(({ folder }) => folder !== undefined);
    assert.deepEqual(
      apart.map(({ artifact }) => artifact),
      ["hive-exec"],
    );
    const script = fetchScript(apart, "http://libraries:8080");
    assert.match(script, /mkdir -p '?metastore-client'?\n/);
    assert.match(script, /--output '?metastore-client\/hive-exec-[\d.]+\.jar'? '?http:\/\/libraries:8080\/hive-exec/);
    assert.match(script, /[0-9a-f]{64} {2}metastore-client\/hive-exec-[\d.]+\.jar/);
  });

  it("have two pods, so that a lost node stops no start, and one on a laptop", () => {
    const replicas = PRESETS.map((preset) => {
      const of = settings({ preset });
      return [preset, libraryPods(platform(of), of.storage.libraries)[0]?.replicas];
    });
    assert.deepEqual(Object.fromEntries(replicas), { dev: 1, homelab: 2, minimal: 2, medium: 2, large: 2 });
  });

  it("cannot be requested in a stack that serves none", () => {
    const client = Object.create(null, { service: { value: "spark" } }) as Parameters<typeof NO_LIBRARIES.fetcher>[0];
    assert.throws(() => NO_LIBRARIES.fetcher(client, []), /spark fetches libraries, and this stack serves none/);
  });

  it("are downloaded before the server answers, by a pod without keys and token", () => {
    const of = settings();
    const [group] = libraryPods(platform(of), of.storage.libraries);
    const pod = libraryPod(group!, [pins.awsSdk.jar], MAVEN_CENTRAL);
    assert.deepEqual([pod.user, pod.token, pod.initContainers?.map(({ name }) => name)], [101, undefined, ["obtain"]]);
    const env = [...(pod.initContainers ?? []), ...pod.containers].flatMap((each) => Object.values(each.env ?? {}));
    assert.ok(env.every((value) => typeof value === "string"));
    assert.match(nginxConf(), /listen 8080;\n {4}include \/tmp\/listen-ipv6\.conf\*;\n {4}root \/srv\/libraries;/);
  });

  for (const [node, expected] of [
    ["has IPv6", "listen [::]:8080;\n"],
    ["has none", undefined],
  ] as const)
    it(`are served on IPv4 and IPv6, or on IPv4 only: the node's kernel ${node}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "libraries-"));
      const [inet6, listen] = [join(folder, "if_inet6"), join(folder, "listen-ipv6.conf")];
      // A file of an earlier start.
      writeFileSync(listen, "listen [::]:1;");
      if (expected !== undefined) writeFileSync(inet6, "");
      writeFileSync(join(folder, "nginx"), `#!/bin/sh\necho "$@" > '${folder}/started'\n`, { mode: 0o755 });
      const script = serveScript().replaceAll("/proc/net/if_inet6", inet6).replaceAll("/tmp/listen-ipv6.conf", listen);
      execFileSync("sh", ["-ec", script], { env: { PATH: `${folder}:${process.env.PATH ?? ""}` } });
      assert.equal(existsSync(listen) ? readFileSync(listen, "utf8") : undefined, expected);
      assert.equal(readFileSync(join(folder, "started"), "utf8"), "-e stderr -c /opt/lakehouse/conf/nginx.conf\n");
      rmSync(folder, { recursive: true });
    });
});

/** Runs a script in its own folder with a fake `curl` that records its requests, or answers from a table. */
function run(script: string, directory: string, curl: string, folder = mkdtempSync(join(tmpdir(), "libraries-"))) {
  const [bin, volume] = [join(folder, "bin"), join(folder, "volume")];
  for (const each of [bin, volume]) mkdirSync(each, { recursive: true });
  writeFileSync(join(bin, "curl"), `#!/bin/sh\n${curl}\n`, { mode: 0o755 });
  const moved = script.replace(`cd '${directory}'`, `cd '${volume}'`);
  assert.notEqual(moved, script);
  let failed = false;
  try {
    execFileSync("sh", ["-ec", moved], {
      env: { PATH: `${bin}:${process.env.PATH ?? ""}`, ASKED: join(folder, "asked") },
      stdio: "pipe",
    });
  } catch {
    failed = true;
  }
  const asked = existsSync(join(folder, "asked")) ? readFileSync(join(folder, "asked"), "utf8") : "";
  return { folder, volume, failed, asked };
}

/** The last argument is the URL, and the third from the end the file. */
const NOTE = `for last; do :; done; printf '%s\\n' "$last" >> "$ASKED"; exit 22`;

describe("scripts that fetch", () => {
  it("pass the exact URL through a real shell, and run no part of it", () => {
    const hostile = fc.string({
      unit: fc.constantFrom(..."'\"`$();&|<> *?\\{}~!#ab".split(""), "'; touch ../pwned; '", "$(touch ../pwned)"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const url = `http://m.example.org/${text.replace(/\/+$/, "")}x`;
        for (const [script, directory] of [
          [obtainScript([pins.jmxExporter.jar], url), LIBRARY_DIRECTORY],
          [fetchScript([pins.jmxExporter.jar], url), JAR_DIRECTORY],
        ] as const) {
          const { folder, failed, asked } = run(script, directory, NOTE);
          try {
            assert.ok(failed);
            assert.ok(asked.startsWith(`${url}/`), asked);
            assert.deepEqual(readdirSync(folder).sort(), ["asked", "bin", "volume"]);
          } finally {
            rmSync(folder, { recursive: true });
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("downloading libraries", () => {
  const pin = (artifact: string, text: string, sha256 = sum(text)): Jar => ({
    group: "g.h",
    artifact,
    version: "1",
    sha256,
  });
  const sum = (text: string) => execFileSync("sha256sum", { input: text, encoding: "utf8" }).slice(0, 64);
  /** Every requested file contains its artifact's name. */
  const ANSWER = `while [ $# -gt 1 ]; do if [ "$1" = --output ]; then file=$2; fi; shift; done
printf '%s\\n' "$1" >> "$ASKED"; name=\${1##*/}; printf '%s' "\${name%-1.jar}" > "$file"`;
  const AWAY = 'echo away >> "$ASKED"; exit 7';
  let folder = "";
  const start = (pins: readonly Jar[], curl: string) => {
    rmSync(join(folder, "asked"), { force: true });
    return run(obtainScript(pins, "http://m.x/m/"), LIBRARY_DIRECTORY, curl, folder);
  };
  const files = () =>
    readdirSync(join(folder, "volume"))
      .filter((file) => file.endsWith(".jar"))
      .sort();
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "libraries-"))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("requests only missing files, at Maven's paths", () => {
    const first = start([pin("a", "a"), pin("b", "b")], ANSWER);
    assert.deepEqual([first.failed, files()], [false, ["a-1.jar", "b-1.jar"]]);
    assert.equal(first.asked, "http://m.x/m/g/h/a/1/a-1.jar\nhttp://m.x/m/g/h/b/1/b-1.jar\n");
    const again = start([pin("a", "a"), pin("b", "b")], AWAY);
    assert.deepEqual([again.failed, again.asked], [false, ""]);
    const more = start([pin("a", "a"), pin("c", "c")], ANSWER);
    assert.deepEqual([more.failed, more.asked], [false, "http://m.x/m/g/h/c/1/c-1.jar\n"]);
  });

  it("keeps the previous release for its pods, and drops older ones", () => {
    for (const name of ["a", "b", "c"]) assert.equal(start([pin(name, name)], ANSWER).failed, false);
    assert.deepEqual(files(), ["b-1.jar", "c-1.jar"]);
    // A restart is no new release.
    start([pin("c", "c")], AWAY);
    assert.deepEqual(files(), ["b-1.jar", "c-1.jar"]);
  });

  it("fails without publishing a file with a wrong sum", () => {
    const bad = start([pin("a", "something else")], ANSWER);
    assert.deepEqual([bad.failed, files()], [true, []]);
  });

  it("replaces a damaged file, or fails", () => {
    start([pin("a", "a")], ANSWER);
    writeFileSync(join(folder, "volume", "a-1.jar"), "damaged");
    assert.equal(start([pin("a", "a")], AWAY).failed, true);
    assert.equal(start([pin("a", "a")], ANSWER).failed, false);
    assert.equal(readFileSync(join(folder, "volume", "a-1.jar"), "utf8"), "a");
  });
});
