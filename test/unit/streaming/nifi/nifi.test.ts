import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { platform } from "../../../../components/cluster";
import { PROJECT } from "../../../../components/core/project";
import { MiB } from "../../../../components/core/quantity";
import { pins } from "../../../../components/pins";
import { settingsFrom, SettingsError } from "../../../../components/settings";
import { certificates } from "../../../../components/streaming/nifi/certificates";
import * as config from "../../../../components/streaming/nifi/config";
import { flowFile, type Kafka, parametersFile } from "../../../../components/streaming/nifi/flow";
import { heapMiB, nifiPods } from "../../../../components/streaming/nifi/pods";
import * as rights from "../../../../components/streaming/nifi/rights";

const NAMESPACE = "lakehouse-nifi";
const settings = (nifi: object = {}, { kafka = false, certManager = true } = {}) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi", count: 3 }],
    pools: { all: { default: true } },
    cluster: { certManager },
    storage: {
      postgres: { backup: { plugin: "off" } },
      objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] },
    },
    streaming: { kafka: { enabled: kafka }, nifi: { enabled: true, ...nifi } },
  });
const own = (nifi: object = {}) => settings(nifi, { kafka: true }).streaming.nifi;
const mistakes = (nifi: object, more: object = {}): string[] => {
  try {
    settings(nifi, more);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes.map(({ path, message }) => `${path} ${message}`);
    throw error;
  }
};
const SEVERAL = { node: { replicas: 3 } };
const KAFKA: Kafka = {
  bootstrap: "kafka.lakehouse-streaming.svc:9092",
  user: "nifi-2",
  securityProtocol: "SASL_PLAINTEXT",
  mechanism: "SCRAM-SHA-512",
};

/** Keys and values of a properties file. */
const read = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
const properties = (nifi: object = {}) => read(config.nifiProperties(own(nifi)));

describe("NiFi's settings", () => {
  it("require cert-manager, Kafka for topics, and each topic once", () => {
    match(
      mistakes({}, { certManager: false })[0] ?? "",
      /^lakehouse:streaming\.nifi\.enabled given true, which needs cert-/,
    );
    match(
      mistakes({ topics: ["a"] })[0] ?? "",
      /^lakehouse:streaming\.nifi\.topics given while .*kafka\.enabled is false/,
    );
    match(mistakes({ topics: ["a", "a"] }, { kafka: true })[0] ?? "", /nifi\.topics\[1\] given "a" again/);
    deepEqual(mistakes({ topics: ["a"] }, { kafka: true }), []);
  });

  it("give half of a node's memory to the heap", () => {
    const of = settings({ node: { memory: "3Gi" } });
    const [group] = nifiPods(platform(of), of.streaming.nifi);
    ok(group);
    equal(heapMiB(group), 1536);
    match(config.startScript(1536, NAMESPACE), /-Xms1536m -Xmx1536m/);
  });
});

describe("NiFi's nodes", () => {
  it("are a cluster by Leases and ConfigMaps when there are several, and need no API server when there is one", () => {
    const one = properties();
    equal(one["nifi.cluster.is.node"], "false");
    ok(!("nifi.state.management.provider.cluster" in one));
    ok(!config.stateManagement(own()).includes("cluster-provider"));
    const three = properties(SEVERAL);
    equal(three["nifi.cluster.is.node"], "true");
    equal(three["nifi.cluster.leader.election.implementation"], "KubernetesLeaderElectionManager");
    equal(three["nifi.cluster.flow.election.max.candidates"], "3");
    match(config.stateManagement(own(SEVERAL)), /<id>kubernetes-provider<\/id>/);
  });

  it("have acknowledged what is on their disks, and hold back what fills a queue", () => {
    const all = properties({ queue: { objects: 500, size: "64Mi" } });
    equal(all["nifi.flowfile.repository.always.sync"], "true");
    equal(all["nifi.content.repository.always.sync"], "true");
    deepEqual([all["nifi.queue.backpressure.count"], all["nifi.queue.backpressure.size"]], ["500", "64 MB"]);
    const size = properties({ provenance: "10Gi" })["nifi.provenance.repository.max.storage.size"];
    equal(size, "7168 MB", "seven tenths of the volume");
  });

  it("have no secret in their files: the start script adds the key and the hash from variables", () => {
    const files = config.nodeFiles(own(SEVERAL), NAMESPACE);
    ok(!("nifi.sensitive.props.key" in read(files["nifi.properties"] ?? "")));
    match(files["login-identity-providers.xml"] ?? "", /<property name="Password">NIFI_ADMIN_HASH<\/property>/);
    const script = config.startScript(768, NAMESPACE);
    match(script, /unset NIFI_SENSITIVE_KEY NIFI_ADMIN_HASH\nuntil getent .*\ncd .*\nexec java /);
  });

  it("listen on TLS only, read certificates again when they change, and let nobody in without a sign-in", () => {
    const all = properties();
    equal(all["nifi.web.http.port"], undefined);
    equal(all["nifi.security.autoreload.enabled"], "true");
    equal(all["nifi.security.allow.anonymous.authentication"], "false");
    const names = certificates(own({ hosts: ["nifi.example.org"] }), NAMESPACE).flatMap(
      ({ dnsNames = [] }) => dnsNames,
    );
    deepEqual(names, ["*.nifi-nodes.lakehouse-nifi.svc", "nifi.lakehouse-nifi.svc", "localhost", "nifi.example.org"]);
    equal(properties({ hosts: ["nifi.example.org"] })["nifi.web.proxy.host"], "nifi.example.org");
  });

  it("are ready when they answer, and of several when they are one of the cluster", () => {
    const ready = (nifi: object) => config.nodeFiles(own(nifi), NAMESPACE)[config.READY_FILE] ?? "";
    match(ready({}), /"connectedToCluster":false/);
    match(ready(SEVERAL), /"connectedToCluster":true/);
  });

  it("keep running processors for a while when they are told to end, and pods for longer", () => {
    const [seconds = ""] = (properties()["nifi.flowcontroller.graceful.shutdown.period"] ?? "").split(" ");
    ok(Number(seconds) > 0 && config.GRACE_SECONDS > Number(seconds));
  });
});

describe("NiFi's rights", () => {
  const of = (identity: string) => rights.IDENTITIES.find((one) => one.identity === identity)?.rights ?? [];

  it("are nobody's to change", () => {
    for (const { identity, rights: all } of rights.IDENTITIES)
      for (const [resource, action] of all)
        ok(!(/^\/(tenants|policies)/.test(resource) && action === "W"), `${identity} may change ${resource}`);
  });

  it("let the scraper see the flow, and nothing else", () => {
    deepEqual(of("CN=nifi-metrics"), [
      ["/flow", "R"],
      [`/process-groups/${rights.ROOT_GROUP}`, "R"],
    ]);
  });

  it("let the task deploy, and see no content", () => {
    ok(of("CN=nifi-flows").every(([resource]) => !/^\/(data|provenance)/.test(resource)));
  });

  it("name each right once, with all who have it", () => {
    const file = rights.authorizationsFile([
      { identity: "a", rights: [["/flow", "R"]] },
      {
        identity: "b",
        rights: [
          ["/flow", "R"],
          ["/flow", "W"],
        ],
      },
    ]);
    equal(file.match(/<policy /g)?.length, 2);
    match(file, /action="R">\s+<user identifier="user-1"\/>\s+<user identifier="user-2"\/>/);
    match(rights.usersFile([{ identity: 'CN=a "b"', rights: [] }]), /identity="CN=a &#34;b&#34;"/);
  });

  it("know the hash of a password by NiFi's name for it", () => {
    equal(rights.nifiHash("$2a$10$abc"), "$2b$10$abc");
    equal(rights.nifiHash("$2b$10$abc"), "$2b$10$abc");
  });
});

interface Component {
  readonly name: string;
  readonly identifier: string;
  readonly type: string;
  readonly bundle: { readonly version: string };
  readonly executionNode: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly propertyDescriptors: Readonly<Record<string, { readonly identifiesControllerService: boolean }>>;
  readonly autoTerminatedRelationships: readonly string[];
}
interface Connection {
  readonly source: { readonly id: string; readonly name: string };
  readonly destination: { readonly id: string; readonly name: string };
  readonly selectedRelationships: readonly string[];
  readonly backPressureObjectThreshold: number;
  readonly backPressureDataSizeThreshold: string;
}
interface Flow {
  readonly flowContents: {
    readonly processors: readonly Component[];
    readonly controllerServices: readonly Component[];
    readonly connections: readonly Connection[];
  };
}
const NO_KAFKA = { kafka: undefined };
const flow = (nifi: object = {}, { kafka }: { kafka: Kafka | undefined } = { kafka: KAFKA }) =>
  (JSON.parse(flowFile(own(nifi), kafka)) as Flow).flowContents;
const parameters = (nifi: object = {}, { kafka }: { kafka: Kafka | undefined } = { kafka: KAFKA }) =>
  JSON.parse(
    parametersFile(own(nifi), {
      objects: {
        region: "eu-1",
        buckets: { bronze: "a-bronze", silver: "s", gold: "g", warehouse: "w", backups: "b" },
        endpoint: {
          name: "s3",
          peer: { kind: "range", name: "s3", cidrs: [] },
          host: "s3.example.org",
          port: 443,
          targetPorts: [443],
          protocol: "TCP",
          scheme: "https",
        },
      },
      kafka,
    }),
  ) as Record<string, { readonly value?: string; readonly variable?: string }>;

describe("NiFi's flow", () => {
  it("is of the pinned version, and connects what is in it", () => {
    const { processors, controllerServices, connections } = flow();
    for (const { bundle } of [...processors, ...controllerServices]) equal(bundle.version, pins.nifi.version);
    const ids = new Map([...processors, ...controllerServices].map(({ identifier, name }) => [identifier, name]));
    for (const { source, destination } of connections)
      for (const { id, name } of [source, destination]) equal(ids.get(id), name);
    for (const { name, properties: own, propertyDescriptors } of processors)
      for (const [key, { identifiesControllerService }] of Object.entries(propertyDescriptors))
        if (identifiesControllerService) ok(ids.has(own[key] ?? ""), `${name}: ${key}`);
  });

  it("has nothing of Kafka without topics", () => {
    const { processors, controllerServices, connections } = flow({}, NO_KAFKA);
    const text = JSON.stringify([processors, controllerServices, connections]);
    ok(!/kafka/i.test(text), text);
    equal(flow().processors.length - processors.length, 2);
    deepEqual(
      Object.keys(parameters({}, NO_KAFKA)).filter((name) => name.startsWith("kafka")),
      [],
    );
  });

  it("loses nothing on its way: what is not put stays in its queue, what is bad goes to quarantine", () => {
    const { processors, connections } = flow();
    const to = (name: string, relationship: string) =>
      connections
        .filter(
          ({ source, selectedRelationships }) => source.name === name && selectedRelationships.includes(relationship),
        )
        .map(({ destination }) => destination.name);
    deepEqual(to("Land", "failure"), ["Land"]);
    deepEqual(to("Quarantine", "failure"), ["Quarantine"]);
    deepEqual([to("Check JSON", "failure"), to("Route", "empty")], [["Quarantine"], ["Quarantine"]]);
    deepEqual(to("Hash", "failure"), ["Hash"]);
    for (const { name, autoTerminatedRelationships } of processors)
      deepEqual(autoTerminatedRelationships, ["Land", "Quarantine"].includes(name) ? ["success"] : [], name);
  });

  it("holds back by the settings", () => {
    for (const one of flow({ queue: { objects: 7, size: "2Mi" } }).connections) {
      equal(one.backPressureObjectThreshold, 7);
      equal(one.backPressureDataSizeThreshold, `${String(2 * MiB)} B`);
    }
  });

  it("has one reader of an inbox that several nodes share", () => {
    const reader = (nifi: object) => flow(nifi).processors.find(({ name }) => name === "Take files")?.executionNode;
    deepEqual([reader({}), reader(SEVERAL), reader({ inbox: "a" })], ["ALL", "ALL", "ALL"]);
    equal(reader({ ...SEVERAL, inbox: "a" }), "PRIMARY");
    equal(parameters({ inbox: "a" }).inbox?.value, "/srv/nifi/inbox");
    equal(parameters().inbox?.value, "/srv/nifi/content/inbox");
  });

  it("has a value for each parameter that it names, and of a secret the variable's name only", () => {
    for (const kafka of [{ kafka: KAFKA }, NO_KAFKA]) {
      const known = parameters({ topics: ["a", "b"] }, kafka);
      const named = new Set(JSON.stringify(flow({}, kafka)).match(/(?<=#\{)[^}]+(?=\})/g));
      deepEqual([...named].sort(), Object.keys(known).sort());
    }
    const { value, variable } = parameters()["s3.secret.key"] ?? {};
    deepEqual([value, variable], [undefined, "S3_SECRET_KEY"]);
    equal(parameters({ topics: ["a", "b"] })["kafka.topics"]?.value, "a,b");
    equal(parameters()["kafka.user"]?.value, "nifi-2");
  });

  it("has no secret in its file", () => {
    const text = readFileSync(join(PROJECT, "pipelines", "nifi", "bronze.json"), "utf8");
    const { flowContents } = JSON.parse(text) as Flow;
    for (const { properties: all } of flowContents.controllerServices)
      for (const [key, value] of Object.entries(all))
        if (/secret|password|access key/i.test(key)) match(value, /^#\{[^}]+\}$/, key);
  });
});
