import assert from "node:assert/strict";

import { shippedConfig } from "../../../support/stacks";
import { Rendered } from "../../../../sandbox/engines/rendered";

interface User {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly authorization: { readonly acls: readonly Acl[] } };
}

interface Acl {
  readonly resource: { readonly type: string; readonly name: string };
  readonly operations: readonly string[];
}

/** The stack dev with changed settings of Trino's catalog of topics. */
function dev(kafka?: object): Promise<Rendered> {
  const config = shippedConfig("dev");
  const query: Record<string, string> =
    kafka === undefined ? {} : { "lakehouse:query": JSON.stringify({ trino: { kafka } }) };
  return Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...query } });
}

const user = (rendered: Rendered) =>
  rendered.objects<User>("KafkaUser").find(({ metadata }) => metadata.name === "trino");

describe("Trino's catalog of topics in a stack", () => {
  let rendered: Rendered;
  before(async () => {
    rendered = await dev();
  });

  it("has tables of exactly the topics that its user can read, and the user has no other rights", () => {
    const files = Object.entries(rendered.configMap("trino-worker-kafka")).filter(([name]) => name.endsWith(".json"));
    const topics = files.map(([, text]) => (JSON.parse(text) as { topicName: string }).topicName);
    const acls = user(rendered)?.spec.authorization.acls ?? [];
    assert.deepEqual(
      acls.map(({ resource }) => `${resource.type} ${resource.name}`),
      topics.toSorted().map((topic) => `topic ${topic}`),
    );
    assert.deepEqual(
      [...new Set(acls.flatMap(({ operations }) => operations))],
      ["Describe", "DescribeConfigs", "Read"],
    );
  });

  it("is the same on every node", () => {
    const files = (directory: string) =>
      ["coordinator", "worker"].map((role) => rendered.configMap(`trino-${role}-${directory}`));
    const [one, other] = files("kafka");
    assert.deepEqual(one, other);
    // The cache's size differs between nodes.
    const [catalogs, others] = files("catalog").map((all) => JSON.stringify(all).replaceAll(/max-sizes=\d+MB/g, ""));
    assert.equal(catalogs, others);
  });

  it("is left out with its user, files and connection if it is off", async () => {
    const off = await dev({ enabled: false });
    assert.equal(user(off), undefined);
    assert.deepEqual(
      off.paths.filter((path) => /trino.*kafka|kafka.*trino/.test(path)),
      [],
    );
    assert.deepEqual(Object.keys(off.configMap("trino-worker-catalog")).toSorted(), [
      "delta.properties",
      "lakehouse.properties",
      "postgres.properties",
    ]);
  });

  it("is left out in a stack without Kafka", async () => {
    const homelab = await Rendered.of("homelab");
    assert.equal(homelab.has("ConfigMap", "trino-worker-kafka"), false);
    assert.doesNotMatch(homelab.configMap("trino-worker-etc")["rules.json"] ?? "", /kafka/);
  });
});
