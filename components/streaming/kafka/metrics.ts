import { json } from "../../core/render";

/** Rules of the JMX exporter that Strimzi starts in every node: metrics of alerts and panels, without series for each partition. */

interface Rule {
  /** MBeans of the rule. The exporter reads no others: all of a broker's take longer than a scrape may. */
  readonly beans: readonly string[];
  readonly pattern: string;
  readonly name: string;
  readonly type: "COUNTER" | "GAUGE";
  readonly labels?: Readonly<Record<string, string>>;
}

/** Names are those of Strimzi's own examples, so that dashboards made for them fit. */
const KAFKA: readonly Rule[] = [
  {
    beans: ["MessagesInPerSec", "BytesInPerSec", "BytesOutPerSec"].map(
      (name) => `kafka.server:type=BrokerTopicMetrics,name=${name},topic=*`,
    ),
    pattern: "kafka.server<type=BrokerTopicMetrics, name=(\\w+)PerSec, topic=(.+)><>Count",
    name: "kafka_server_brokertopicmetrics_$1_total",
    type: "COUNTER",
    labels: { topic: "$2" },
  },
  {
    beans: ["kafka.server:type=ReplicaManager,*"],
    pattern: "kafka.server<type=ReplicaManager, name=(\\w+)><>Value",
    name: "kafka_server_replicamanager_$1",
    type: "GAUGE",
  },
  {
    beans: ["kafka.controller:type=KafkaController,*"],
    pattern: "kafka.controller<type=KafkaController, name=(\\w+)><>Value",
    name: "kafka_controller_kafkacontroller_$1",
    type: "GAUGE",
  },
  {
    beans: ["kafka.log:type=LogManager,name=OfflineLogDirectoryCount"],
    pattern: "kafka.log<type=LogManager, name=OfflineLogDirectoryCount><>Value",
    name: "kafka_log_logmanager_offlinelogdirectorycount",
    type: "GAUGE",
  },
  {
    beans: ["kafka.server:type=KafkaRequestHandlerPool,name=RequestHandlerAvgIdlePercent"],
    pattern: "kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>OneMinuteRate",
    name: "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
    type: "GAUGE",
  },
  {
    beans: ["kafka.network:type=RequestMetrics,name=TotalTimeMs,request=Produce"],
    pattern: "kafka.network<type=RequestMetrics, name=TotalTimeMs, request=(\\w+)><>(\\d+)thPercentile",
    name: "kafka_network_requestmetrics_totaltimems",
    type: "GAUGE",
    labels: { request: "$1", quantile: "0.$2" },
  },
];

const CONNECT: readonly Rule[] = [
  {
    beans: ["kafka.connect:type=connect-worker-metrics,connector=*"],
    pattern: "kafka.connect<type=connect-worker-metrics, connector=(.+)><>(connector-[a-z-]+-task-count)",
    name: "kafka_connect_worker_$2",
    type: "GAUGE",
    labels: { connector: "$1" },
  },
  {
    beans: ["kafka.connect:type=source-task-metrics,*"],
    pattern: "kafka.connect<type=source-task-metrics, connector=(.+), task=(\\d+)><>source-record-write-total",
    name: "kafka_connect_source_task_source_record_write_total",
    type: "COUNTER",
    labels: { connector: "$1", task: "$2" },
  },
  {
    // Debezium: age of a change when it was handled, in milliseconds; -1 before the first.
    beans: ["debezium.postgres:type=connector-metrics,context=streaming,*"],
    pattern: "debezium.postgres<type=connector-metrics, context=streaming, server=(.+)><>MilliSecondsBehindSource",
    name: "debezium_metrics_milliseconds_behind_source",
    type: "GAUGE",
    labels: { server: "$1" },
  },
];

/** Written as JSON, which is YAML too. */
const file = (all: readonly Rule[]): string =>
  json({
    lowercaseOutputName: true,
    includeObjectNames: all.flatMap(({ beans }) => beans),
    rules: all.map(({ beans: _, ...rule }) => rule),
  });

export const kafkaRules = (): string => file(KAFKA);
export const connectRules = (): string => file(CONNECT);
