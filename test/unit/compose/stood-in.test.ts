import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";

import { systemName } from "../../../components/core/system";
import { readEnv } from "../../../compose/dotenv";
import { holdsWhatKubernetesGives, objectOf, type Objects, rendered, serviceOf } from "./equal";
import { composed, text } from "./made";

type Made = Awaited<ReturnType<typeof composed>>;

/** Systems alone, with what they need. */
function alone(wanted: string): { readonly made: () => Made; readonly objects: () => readonly Objects[] } {
  let made: Made | undefined;
  let objects: readonly Objects[] = [];
  before(async () => {
    made = await composed([wanted]);
    objects = await rendered(made);
  });
  return { made: () => made ?? assert.fail("not composed"), objects: () => objects };
}

/** Lines of a file of properties. */
const properties = (content: string): Record<string, string> =>
  Object.fromEntries([...content.matchAll(/^([^=\n]+)=(.*)$/gm)].map(([, key = "", value = ""]) => [key, value]));

describe("OpenSearch for compose", () => {
  const { made, objects } = alone("opensearch");

  for (const [kind, name] of [
    ["StatefulSet", "opensearch-data"],
    ["Job", "opensearch-access-setup"],
    ["Deployment", "opensearch-dashboards-server"],
  ] as const)
    it(`gives the containers of ${name} what Kubernetes gives them`, () => {
      holdsWhatKubernetesGives(made(), objects(), kind, name);
    });

  it("has certificates of an authority of its own, in files that others cannot read", () => {
    const file = (name: string) => text(made(), `secrets/opensearch-data/srv/opensearch/config/transport/${name}`);
    const [node, authority] = [file("tls.crt"), file("ca.crt")].map((pem) => new X509Certificate(pem));
    assert.ok(node && authority);
    assert.equal(node.subject, "CN=opensearch-node");
    assert.ok(node.checkIssued(authority) && node.verify(authority.publicKey));
    assert.equal(node.subjectAltName, "DNS:*.opensearch-data-nodes.lakehouse-storage.svc");
    assert.match(file("tls.key"), /^-----BEGIN PRIVATE KEY-----\n/);
  });

  it("starts users and rights after the node, and Dashboards after them", () => {
    const after = (name: string) => Object.keys(serviceOf(made(), name).depends_on ?? {});
    assert.ok(after("opensearch-access-setup").includes("opensearch-data"));
    assert.ok(after("opensearch-dashboards-server").includes("opensearch-access-setup"));
  });
});

describe("Spark's history for compose", () => {
  const { made, objects } = alone("spark-history");

  it("gives its containers what Kubernetes gives them", () => {
    holdsWhatKubernetesGives(made(), objects(), "Deployment", "spark-history-server");
    assert.deepEqual(made().selection.systems.map(systemName), ["minio", "libraries", "spark-history"]);
  });
});

describe("Spark Connect for compose", () => {
  const { made, objects } = alone("spark-connect");
  const NAME = "spark-connect-server";

  it("gives its containers what Kubernetes gives them, its file of properties too", () => {
    holdsWhatKubernetesGives(made(), objects(), "Deployment", NAME, [NAME]);
  });

  it("runs the tasks of its executors in its own process, with their memory and cores", () => {
    const [container] = objectOf(objects(), "Deployment", NAME).spec.template.spec.containers;
    const [program = "", ...words] = container?.command ?? [];
    const conf = properties(text(made(), `configs/${NAME}/etc/spark-connect/connect.conf`));
    const { entrypoint = [], deploy } = serviceOf(made(), NAME);
    assert.equal(entrypoint[0], program);
    // In dev a server and one executor of 1 GiB and half a core each: a half may burst to a whole one.
    assert.deepEqual(entrypoint.slice(1, 7), [
      ...["--master", `local[${conf["spark.executor.cores"] ?? ""}]`],
      ...["--driver-memory", "1228m"],
      ...["--conf", "spark.driver.host=localhost"],
    ]);
    assert.equal(entrypoint.length, 7 + words.length);
    assert.deepEqual(deploy.resources.limits, { cpus: "1.5", memory: "2048M" });
  });

  it("has no pods of Kubernetes, and its token in .env", () => {
    assert.ok(!Object.keys(made().file.services).some((name) => name.includes("executor")));
    const { environment = {} } = serviceOf(made(), NAME);
    const [, variable = ""] = /^\$\{(\w+)\}$/.exec(environment.SPARK_CONNECT_AUTHENTICATE_TOKEN ?? "") ?? [];
    assert.equal(readEnv(text(made(), ".env")).get(variable), "of-spark-connect-token-0123456789");
  });
});

describe("Kafka Connect for compose", () => {
  const { made, objects } = alone("connect");
  const specOf = (kind: string) =>
    objects().find((one) => one.kind === kind) as unknown as {
      readonly metadata: { readonly name: string };
      readonly spec: {
        readonly image: string;
        readonly class: string;
        readonly config: Readonly<Record<string, string | number | boolean>>;
        readonly jvmOptions: Readonly<Record<string, string>>;
        readonly bootstrapServers: string;
        readonly resources: { readonly limits: { readonly memory: string } };
        readonly template: {
          readonly connectContainer: { readonly env: readonly { readonly name: string; readonly value?: string }[] };
        };
      };
    };

  it("is the worker of the KafkaConnect: its configuration, image, heap, size and variables", () => {
    const { spec } = specOf("KafkaConnect");
    const file = properties(text(made(), "configs/connect/opt/lakehouse/connect/worker.properties"));
    for (const [key, value] of Object.entries(spec.config)) assert.equal(file[key], String(value), key);
    assert.equal(file["bootstrap.servers"], spec.bootstrapServers);
    for (const prefix of ["", "producer.", "consumer.", "admin."])
      assert.match(file[`${prefix}sasl.jaas.config`] ?? "", /username="connect" password="\$\{strimzienv:/);
    const { image, environment = {}, deploy } = serviceOf(made(), "connect");
    assert.equal(image, spec.image);
    assert.equal(deploy.resources.limits.memory, "768M");
    assert.equal(spec.resources.limits.memory, "768Mi");
    assert.equal(
      environment.KAFKA_HEAP_OPTS,
      Object.entries(spec.jvmOptions)
        .flat()
        .join(" ")
        .replaceAll(/(-Xm[sx]) /g, "$1"),
    );
    for (const { name, value } of spec.template.connectContainer.env)
      if (value === undefined) assert.match(environment[name] ?? "", /^(\$\{\w+_PASSWORD\}|[a-z_]+)$/, name);
      else assert.equal(environment[name], value);
  });

  it("has Debezium's folder from its own image, where the cluster mounts it", () => {
    const { image, entrypoint = [], command = [] } = serviceOf(made(), "connect-debezium");
    assert.match(image, /debezium\/connect/);
    assert.match(
      [...entrypoint, ...command].join(" "),
      /cp -R \/kafka\/connect\/debezium-connector-postgres\/\. \/mnt\/debezium\/kafka/,
    );
    const volumes = (name: string) =>
      (serviceOf(made(), name).volumes ?? []).filter((one) => one.endsWith(":/mnt/debezium"));
    assert.equal(volumes("connect").length, 1);
    assert.deepEqual(volumes("connect"), volumes("connect-debezium"));
    assert.match(serviceOf(made(), "connect").environment?.CLASSPATH ?? "", /^\/mnt\/debezium\/kafka\/connect\//);
  });

  it("makes the connectors of the plan by its API, after Kafka's users and the databases", () => {
    const { metadata, spec } = specOf("KafkaConnector");
    const made_ = JSON.parse(text(made(), `configs/connect-setup/opt/lakehouse/setup/${metadata.name}.json`)) as Record<
      string,
      string
    >;
    for (const [key, value] of Object.entries(spec.config)) assert.equal(made_[key], String(value), key);
    assert.equal(made_["connector.class"], spec.class);
    const after = (name: string) => Object.keys(serviceOf(made(), name).depends_on ?? {});
    assert.ok(after("connect-setup").includes("connect"));
    assert.ok(after("connect-debezium").includes("kafka-setup"), after("connect-debezium").join());
    assert.ok(after("connect-debezium").includes("postgres-setup"), after("connect-debezium").join());
  });
});
