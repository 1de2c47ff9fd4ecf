import type { SearchAccess, TopicAccess } from "../../core/capabilities";
import { url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { imageFor } from "../../core/site";
import { pins } from "./pins";
import { LOGSTASH, LOGSTASH_VOLUMES, QUEUE_DIRECTORY } from "./pods";
import type { ElasticsearchSettings } from "./settings";
import { heapMiB } from "../search-nodes";
import { claimTemplates, login, podTemplate } from "./template";

/** The operator's resource that runs Logstash, and its pipelines, as pure functions. */

export const API = "logstash.k8s.elastic.co/v1alpha1";
export const PORT = 9600;

type Pipeline = ElasticsearchSettings["logstash"]["pipelines"][number];

/** A string in Logstash's language, which has no escapes by default: no value here has a quote. */
const quoted = (text: string): string => {
  if (text.includes('"')) throw new Error(`${text} has a quote`);
  return `"${text}"`;
};

const block = (name: string, settings: Readonly<Record<string, string>>): string =>
  [`  ${name} {`, ...Object.entries(settings).map(([key, value]) => `    ${key} => ${value}`), "  }"].join("\n");

/**
 * From a topic to a data stream. Offsets are committed once the queue on disk has the records, and each document has the name of its
 * record: nothing is lost when a pod is killed, and what is read twice is refused the second time.
 */
export function pipelineText({ topic, stream }: Pipeline, kafka: TopicAccess, search: SearchAccess): string {
  const from = block("kafka", {
    bootstrap_servers: quoted(kafka.bootstrap),
    topics: `[${quoted(topic)}]`,
    // A reader may use groups that begin with its name.
    group_id: quoted(`${LOGSTASH}-${topic}`),
    client_id: quoted(`${LOGSTASH}-${topic}`),
    security_protocol: quoted(kafka.securityProtocol),
    sasl_mechanism: quoted(kafka.mechanism),
    sasl_jaas_config: quoted("${KAFKA_JAAS}"),
    auto_offset_reset: quoted("earliest"),
    enable_auto_commit: "false",
    isolation_level: quoted("read_committed"),
    decorate_events: quoted("basic"),
    codec: quoted("json"),
  });
  const part = (name: string) => `%{[@metadata][kafka][${name}]}`;
  const to = block("elasticsearch", {
    hosts: `[${quoted(url(search.endpoint))}]`,
    user: quoted("${ELASTICSEARCH_USER}"),
    password: quoted("${ELASTICSEARCH_PASSWORD}"),
    index: quoted(stream),
    action: quoted("create"),
    document_id: quoted(["topic", "partition", "offset"].map(part).join("+")),
    data_stream: "false",
    // Templates and retention come from the setup.
    manage_template: "false",
    ilm_enabled: "false",
  });
  return `input {\n${from}\n}\noutput {\n${to}\n}\n`;
}

const alive = { httpGet: { path: "/", port: PORT } };

/** Bytes of the volume for queues; records that Elasticsearch refuses take some, and segments are written whole. */
const QUEUE_SHARE = 0.6;
const REFUSED_SHARE = 0.2;

export function logstashSpec(
  group: PodGroup,
  { pipelines, volume }: ElasticsearchSettings["logstash"],
  kafka: TopicAccess,
  search: SearchAccess,
): object {
  const heap = String(heapMiB(group));
  const share = (part: number) => `${String(Math.floor((part * volume) / pipelines.length / MiB))}mb`;
  return {
    version: pins.logstash.version,
    image: imageFor(group, pins.logstash.image),
    count: group.replicas,
    config: {
      "pipeline.ecs_compatibility": "disabled",
      "queue.type": "persisted",
      "queue.max_bytes": share(QUEUE_SHARE),
      // Every record is on disk before its offset is committed.
      "queue.checkpoint.writes": 1,
      "dead_letter_queue.enable": true,
      "dead_letter_queue.max_bytes": share(REFUSED_SHARE),
      "dead_letter_queue.storage_policy": "drop_older",
      "xpack.monitoring.enabled": false,
    },
    pipelines: pipelines.map((each) => ({
      "pipeline.id": each.topic,
      "config.string": pipelineText(each, kafka, search),
    })),
    // The operator's certificate would be for a port that only probes use.
    services: [{ name: "api", tls: { selfSignedCertificate: { disabled: true } } }],
    podTemplate: podTemplate({
      group,
      version: pins.logstash.version,
      volumes: LOGSTASH_VOLUMES,
      inits: ["logstash-internal-init-config"],
      // What is in a pipeline is written, or stays in the queue.
      terminationGracePeriodSeconds: 60,
      container: {
        name: "logstash",
        env: {
          LS_JAVA_OPTS: `-Xms${heap}m -Xmx${heap}m`,
          // Ruby refuses a directory that everybody may write to, as `/tmp` is.
          TMPDIR: QUEUE_DIRECTORY,
          KAFKA_JAAS: fromSecret(kafka.secret, kafka.jaasKey),
          ...login(search, "ELASTICSEARCH_USER", "ELASTICSEARCH_PASSWORD"),
        },
        startupProbe: { ...alive, periodSeconds: 10, failureThreshold: 30, timeoutSeconds: 5 },
        livenessProbe: { ...alive, periodSeconds: 15, failureThreshold: 4, timeoutSeconds: 5 },
        volumeMounts: [{ name: LOGSTASH_VOLUMES["/tmp"] ?? "", mountPath: "/tmp" }],
      },
    }),
    volumeClaimTemplates: claimTemplates(group),
  };
}
