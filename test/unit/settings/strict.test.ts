import assert from "node:assert/strict";

import fc from "fast-check";

import { settingsFrom, settingsFromConfig, SettingsError } from "../../../components/settings";
import { isSchedule } from "../../../components/fields/cron";
import { merge } from "../../../components/settings/presets";
import { inRanges } from "../../../components/fields/ranges";

const sound = {
  cluster: { certManager: true },
  nodes: [{ name: "one", pool: "all", cpu: 8, memory: "64Gi" }],
  pools: { all: { default: true } },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
};

/** Errors of valid settings with additions; none if they are accepted. */
function mistakes(over: Readonly<Record<string, unknown>>, base: Readonly<Record<string, unknown>> = sound) {
  try {
    settingsFrom(merge(base, over));
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.mistakes.map(({ path, message }) => `${path}: ${message}`);
  }
}

const CRON = "a cron schedule of five fields (minute, hour, day, month, weekday 0-6) such as '30 2 * * *'";
const RANGE = "a range of addresses that begins with its first one, such as 10.0.0.0/8 or fd00::/8";
const minio = {
  ...sound,
  storage: { objects: { kind: "minio", admin: { host: "s3.lan", port: 443, nodePort: 30_900 } } },
};
const backupAt = (schedule: string) => ({ storage: { postgres: { backup: { schedule } } } });
const airflow = (podLabels: unknown) => ({ orchestration: { airflow: { podLabels } } });

interface Case {
  readonly name: string;
  readonly over: Readonly<Record<string, unknown>>;
  /** @default settings with a store of the kind s3 */
  readonly base?: Readonly<Record<string, unknown>>;
  readonly says: string;
}

const refused: readonly Case[] = [
  {
    name: "more memory than any machine has",
    over: { query: { trino: { worker: { memory: "999999999Pi" } } } },
    says: 'lakehouse:query.trino.worker.memory: given "999999999Pi"; allowed: 1Mi to 64Ti',
  },
  {
    name: "next to no memory",
    over: { observability: {}, orchestration: { airflow: { occupies: { memory: "1Ki" } } } },
    says: 'lakehouse:orchestration.airflow.occupies.memory: given "1Ki"; allowed: 1Mi to 64Ti',
  },
  {
    name: "a larger disk than there is",
    over: { query: { trino: { spill: "5000Pi" } } },
    says: 'lakehouse:query.trino.spill: given "5000Pi"; allowed: 1Mi to 1Pi',
  },
  {
    name: "more cores than any machine has",
    over: { query: { trino: { worker: { cpu: 1e9 } } } },
    says: "lakehouse:query.trino.worker.cpu: given 1000000000; allowed: 0.001 to 4096 cores",
  },
  {
    name: "less than a thousandth of a core",
    over: { query: { trino: { worker: { cpu: 0.0001 } } } },
    says: "lakehouse:query.trino.worker.cpu: given 0.0001; allowed: 0.001 to 4096 cores",
  },
  {
    name: "a URL with a password, which is not shown",
    over: { cluster: { mavenMirror: "https://me:sw0rdf1sh@repo.lan/maven" } },
    says: 'lakehouse:cluster.mavenMirror: given "https://[hidden]@repo.lan/maven"; allowed: a URL without a user or password, which everybody would see in the manifests',
  },
  {
    name: "an object store's URL with a password",
    over: { storage: { objects: { endpoint: "http://key:p@ss@192.0.2.7:9000" } } },
    says: 'lakehouse:storage.objects.endpoint: given "http://[hidden]@192.0.2.7:9000"; allowed: a URL without a user or password, which everybody would see in the manifests',
  },
  {
    name: "a URL that ends a shell's string",
    over: { cluster: { mavenMirror: "http://repo.lan/'; touch x" } },
    says: 'lakehouse:cluster.mavenMirror: given "http://repo.lan/\'; touch x"; allowed: a URL such as https://mirror.example.org/maven',
  },
  {
    name: "an object store's URL with a path",
    over: { storage: { objects: { endpoint: "https://s3.example.org/bucket" } } },
    says: 'lakehouse:storage.objects.endpoint: given "https://s3.example.org/bucket"; allowed: a URL of a host such as https://s3.example.org or http://192.0.2.10:9000',
  },
  {
    name: "a port that there is not",
    over: { storage: { objects: { endpoint: "https://s3.example.org:70000" } } },
    says: 'lakehouse:storage.objects.endpoint: given "https://s3.example.org:70000"; allowed: a URL of a host such as https://s3.example.org or http://192.0.2.10:9000',
  },
  {
    name: "an address outside of the ranges that are opened",
    over: { storage: { objects: { endpoint: "http://192.168.1.10:9000" } } },
    says: "lakehouse:storage.objects.cidrs: given 192.0.2.0/24, and 192.168.1.10 of lakehouse:storage.objects.endpoint is in none of them; allowed: ranges that contain it",
  },
  {
    name: "labels that select all pods",
    over: airflow({}),
    says: "lakehouse:orchestration.airflow.podLabels: given {}; allowed: at least one label, because none selects every pod of the namespace",
  },
  {
    name: "labels of Prometheus' pods that select all pods",
    over: { observability: { prometheusLabels: {} } },
    says: "lakehouse:observability.prometheusLabels: given {}; allowed: at least one label, because none selects every pod of the namespace",
  },
  {
    name: "a label with a name that Kubernetes refuses",
    over: airflow({ "-app": "web" }),
    says: "lakehouse:orchestration.airflow.podLabels.-app: '-app' is not allowed as a name; allowed: a name of letters, digits, '-', '_' and '.', at most 63, perhaps after a domain and '/'",
  },
  {
    name: "a label with a value that Kubernetes refuses",
    over: { observability: { selector: { release: "kube prometheus" } } },
    says: "lakehouse:observability.selector.release: given \"kube prometheus\"; allowed: a value in quotes of letters, digits, '-', '_' and '.', at most 63",
  },
  {
    name: "a label without quotes",
    over: airflow({ worker: true }),
    says: "lakehouse:orchestration.airflow.podLabels.worker: given true; allowed: a value in quotes of letters, digits, '-', '_' and '.', at most 63",
  },
  {
    name: "a list instead of labels",
    over: airflow(["worker"]),
    says: 'lakehouse:orchestration.airflow.podLabels: given ["worker"]; allowed: a map of labels such as { app: web }',
  },
  {
    name: "more labels than anybody has",
    over: airflow(Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`l${String(index)}`, "x"]))),
    says: 'lakehouse:orchestration.airflow.podLabels: given {"l0":"x","l1":"x","l2":"x","l3":"x","l4":"x","l5":"x","l...; allowed: at most 32 labels',
  },
  {
    name: "a schedule of an hour that there is not",
    over: backupAt("99 99 * * *"),
    says: `lakehouse:storage.postgres.backup.schedule: given "99 99 * * *"; allowed: ${CRON}`,
  },
  {
    name: "a schedule that never comes",
    over: { catalog: { hiveMetastore: { backup: { schedule: "0 0 30 2 *" } } } },
    says: `lakehouse:catalog.hiveMetastore.backup.schedule: given "0 0 30 2 *"; allowed: ${CRON}`,
  },
  {
    name: "a range that begins inside of itself",
    over: { cluster: { apiServer: { cidrs: ["10.0.0.5/8"] } } },
    says: `lakehouse:cluster.apiServer.cidrs[0]: given "10.0.0.5/8"; allowed: ${RANGE}`,
  },
  {
    name: "an address with zeros in front",
    over: { cluster: { apiServer: { cidrs: ["10.00.0.0/8"] } } },
    says: `lakehouse:cluster.apiServer.cidrs[0]: given "10.00.0.0/8"; allowed: ${RANGE}`,
  },
  {
    name: "a host that is two",
    base: minio,
    over: { storage: { objects: { admin: { host: "s3.lan, other.lan" } } } },
    says: 'lakehouse:storage.objects.admin.host: given "s3.lan, other.lan"; allowed: a host name or an address such as s3.example.org, 192.0.2.10 or 2001:db8::1',
  },
  {
    name: "one port of the nodes for two services",
    base: minio,
    over: { storage: { postgres: { admin: { nodePort: 30_900 } } } },
    says: "lakehouse:storage.postgres.admin.nodePort: given 30900, which lakehouse:storage.objects.admin.nodePort has already; allowed: a port of its own",
  },
];

describe("settings refuse", () => {
  for (const { name, over, base, says } of refused) {
    it(name, () => {
      assert.deepEqual(mistakes(over, base), [says]);
    });
  }
});

describe("keys of another namespace", () => {
  const config = (key: string) =>
    settingsFromConfig({
      ...Object.fromEntries(Object.entries(sound).map(([name, value]) => [`lakehouse:${name}`, JSON.stringify(value)])),
      [key]: "{}",
    });

  for (const [key, nearest] of [
    ["lakehous:query", "lakehouse:query"],
    ["Lakehouse:cluster", "lakehouse:cluster"],
    ["lake-house:compute", "lakehouse:compute"],
    ["open-lakehouse:qurey", "lakehouse:query"],
    ["lakhouse:whatever", "lakehouse:whatever"],
  ] as const) {
    it(`${key} is refused, with the nearest spelling`, () => {
      const namespace = key.split(":")[0] ?? "";
      assert.throws(
        () => config(key),
        new SettingsError([{ path: key, message: `unknown namespace '${namespace}'; did you mean '${nearest}'?` }]),
      );
    });
  }

  it("are ignored if they do not resemble the project's", () => {
    for (const key of ["kubernetes:context", "minio:server", "aws:region", "pulumi:tags", "cluster:query"])
      assert.doesNotThrow(() => config(key), key);
  });
});

describe("settings accept", () => {
  const taken: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "IPv6 ranges, in the form in which the API server takes them": {
      cluster: { apiServer: { cidrs: ["FD00:0:0::/48", "10.0.0.0/8"] } },
    },
    "a URL with an IPv6 address": {
      storage: { objects: { endpoint: "http://[2001:db8::7]:9000", cidrs: ["2001:db8::/64"] } },
    },
    "a mirror on a port of its own": { cluster: { mavenMirror: "http://repo.lan:8081/maven" } },
    "labels with a domain": { observability: { selector: { "app.kubernetes.io/part-of": "monitoring", "empty": "" } } },
    "names with dots of nodes and storage classes": {
      nodes: [{ name: "k8s-1.lab.local", pool: "all", cpu: 8, memory: "64Gi", disks: { "lvm.local.csi": "2Ti" } }],
      cluster: { storageClass: "lvm.local.csi" },
    },
    "schedules with words, lists, ranges and steps": backupAt("*/15 1-5,23 ? JAN-Mar/2 sun,3"),
  };
  for (const [name, over] of Object.entries(taken)) {
    it(name, () => {
      assert.deepEqual(mistakes(over), []);
    });
  }

  it("IPv6 ranges in any notation, and store the shortest", () => {
    const { cluster } = settingsFrom(merge(sound, { cluster: { apiServer: { cidrs: ["2001:0DB8:0:0::/64"] } } }));
    assert.deepEqual(cluster.apiServer.cidrs, ["2001:db8::/64"]);
  });
});

describe("a schedule", () => {
  it("has the syntax of github.com/robfig/cron", () => {
    for (const text of ["0 0 * * *", "0 0 29 2 *", "0 0 31 1,2 *", "59 23 31 12 6", "5/10 * * * *", "0 0 30 2 1"])
      assert.ok(isSchedule(text), text);
    for (const text of [
      "60 * * * *",
      "0 24 * * *",
      "0 0 0 * *",
      "0 0 * 13 *",
      "0 0 * * 7",
      "0 0 * * 5L",
      "5-1 * * * *",
    ])
      assert.ok(!isSchedule(text), text);
    for (const text of ["*/0 * * * *", "* * * *", "@daily", "", "a b c d e", "0 0 31 2,4,6,9,11 *", "1,, * * * *"])
      assert.ok(!isSchedule(text), text);
  });
});

describe("ranges", () => {
  it("contain the addresses with their prefix", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.ipV4(), (first, bits, address) => {
        const value = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
        const same = Math.floor(value(first) / 2 ** (32 - bits)) === Math.floor(value(address) / 2 ** (32 - bits));
        assert.equal(inRanges(address, [`${first}/${String(bits)}`]), same);
      }),
    );
    assert.ok(inRanges("2001:db8::7", ["10.0.0.0/8", "2001:db8::/64"]));
    assert.ok(!inRanges("2001:db9::7", ["10.0.0.0/8", "2001:db8::/64"]));
  });
});
