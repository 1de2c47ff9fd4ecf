import assert from "node:assert/strict";

import { logstashSpec, pipelineText } from "../../../../components/storage/elasticsearch/logstash.config";
import { logstashPods } from "../../../../components/storage/elasticsearch/pods";
import { at, kafka, mistakes, own, PIPELINES, search } from "./fixtures";

describe("Logstash", () => {
  it("commits what its queue has, and names each document after its record", () => {
    const text = pipelineText({ topic: "app", stream: "logs-app" }, kafka, search);
    for (const line of [
      "enable_auto_commit => false",
      'group_id => "logstash-app"',
      'sasl_jaas_config => "${KAFKA_JAAS}"',
      'action => "create"',
      'index => "logs-app"',
      'document_id => "%{[@metadata][kafka][topic]}+%{[@metadata][kafka][partition]}+%{[@metadata][kafka][offset]}"',
    ])
      assert.ok(text.includes(`    ${line}\n`), line);
    const [group] = logstashPods(at(PIPELINES), own(PIPELINES));
    const { config: settings } = logstashSpec(group ?? assert.fail(), own(PIPELINES).logstash, kafka, search) as {
      config: Record<string, unknown>;
    };
    assert.deepEqual(
      [settings["queue.type"], settings["queue.checkpoint.writes"], settings["queue.max_bytes"]],
      ["persisted", 1, "4915mb"],
    );
  });

  it("runs only where there is something to index, and with Kafka", () => {
    assert.deepEqual(logstashPods(at(), own()), []);
    assert.deepEqual(mistakes(PIPELINES, { streaming: { kafka: { enabled: false } } }), [
      "logstash.pipelines: given while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or none",
    ]);
    assert.deepEqual(mistakes({ logstash: { pipelines: [{ topic: "app", stream: "audit-app" }] } }), [
      'logstash.pipelines[0].stream: given "audit-app", for which lakehouse:storage.elasticsearch.indices has no template; allowed: a name that begins with logs-',
    ]);
  });
});
