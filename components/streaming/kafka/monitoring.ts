import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { nodeRoles } from "./pods";
import type { KafkaSettings } from "./settings";

const CLAIMS = 'persistentvolumeclaim=~"data-[0-9]+-kafka-.*"';

/** Metric names: Kafka's by the rules in metrics.ts, consumer lag by Strimzi's exporter, volumes by the kubelet. */
export function kafkaMonitoring(settings: Pick<KafkaSettings, "combined">): Monitoring {
  const nodes = nodeRoles(settings);
  const broker = settings.combined ? "combined" : "broker";
  return {
    scrapes: [...nodes, "exporter"].map((role) => ({ role, ...METRICS })),
    alerts: [
      {
        name: "KafkaBrokersDown",
        expr: `absent(up{pod=~"kafka-${broker}-[0-9]+"} == 1)`,
        for: "2m",
        severity: "critical",
        summary: "No Kafka broker answers: nothing can be written to or read from any topic.",
        test: { series: { [`up{pod="kafka-${broker}-0"}`]: "0x10" }, at: "5m", labels: {} },
      },
      {
        name: "KafkaNoActiveController",
        // Without an answer there is no series to sum, which means no controller too.
        expr: "(sum(kafka_controller_kafkacontroller_activecontrollercount) or vector(0)) != 1",
        for: "5m",
        severity: "critical",
        summary: "Kafka has no controller, or more than one: no leader is elected and no topic changes.",
        test: {
          series: { 'kafka_controller_kafkacontroller_activecontrollercount{pod="kafka-controller-3"}': "0x15" },
          at: "10m",
          labels: {},
        },
      },
      {
        name: "KafkaOfflinePartitions",
        expr: "max(kafka_controller_kafkacontroller_offlinepartitionscount) > 0",
        for: "1m",
        severity: "critical",
        summary: "Partitions have no leader: they can be neither written nor read.",
        test: {
          series: { 'kafka_controller_kafkacontroller_offlinepartitionscount{pod="kafka-controller-3"}': "2x10" },
          at: "5m",
          labels: {},
        },
      },
      {
        name: "KafkaUnderMinInSync",
        expr: "sum(kafka_server_replicamanager_underminisrpartitioncount) > 0",
        for: "5m",
        severity: "critical",
        summary: "Partitions have fewer copies in sync than a write needs: producers that ask for all of them fail.",
        test: {
          series: { [`kafka_server_replicamanager_underminisrpartitioncount{pod="kafka-${broker}-0"}`]: "4x15" },
          at: "10m",
          labels: {},
        },
      },
      {
        name: "KafkaUnderReplicated",
        expr: "sum(kafka_server_replicamanager_underreplicatedpartitions) > 0",
        for: "15m",
        severity: "warning",
        summary: "Partitions have lost a copy for a quarter of an hour: one more broker down may stop writes.",
        test: {
          series: { [`kafka_server_replicamanager_underreplicatedpartitions{pod="kafka-${broker}-0"}`]: "4x30" },
          at: "20m",
          labels: {},
        },
      },
      {
        name: "KafkaLogDirectoryOffline",
        expr: "max by (pod) (kafka_log_logmanager_offlinelogdirectorycount) > 0",
        for: "1m",
        severity: "critical",
        summary: "A disk of a broker failed: Kafka has taken it out of use, with the copies on it.",
        test: {
          series: { [`kafka_log_logmanager_offlinelogdirectorycount{pod="kafka-${broker}-0"}`]: "1x10" },
          at: "5m",
          labels: { pod: `kafka-${broker}-0` },
        },
      },
      {
        name: "KafkaDiskFilling",
        expr: `min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${CLAIMS}} / kubelet_volume_stats_capacity_bytes{${CLAIMS}}) < 0.15`,
        for: "10m",
        severity: "warning",
        summary: "A volume of Kafka has less than 15 % left; a broker whose disk is full stops.",
        test: {
          series: {
            [`kubelet_volume_stats_available_bytes{persistentvolumeclaim="data-0-kafka-${broker}-0"}`]: "10x30",
            [`kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="data-0-kafka-${broker}-0"}`]: "100x30",
          },
          at: "15m",
          labels: { persistentvolumeclaim: `data-0-kafka-${broker}-0` },
        },
      },
      {
        name: "KafkaConsumerStuck",
        // A lag without progress in 15 minutes: a lag that shrinks is only a busy reader.
        expr: "sum by (consumergroup, topic) (kafka_consumergroup_lag) > 0 and sum by (consumergroup, topic) (increase(kafka_consumergroup_current_offset[15m])) == 0",
        for: "15m",
        severity: "warning",
        summary: "A consumer group has records to read and has read none of them for half an hour.",
        test: {
          series: {
            'kafka_consumergroup_lag{consumergroup="flink",topic="orders",partition="0"}': "50x60",
            'kafka_consumergroup_current_offset{consumergroup="flink",topic="orders",partition="0"}': "7x60",
          },
          at: "40m",
          labels: { consumergroup: "flink", topic: "orders" },
        },
      },
    ],
    panels: [
      {
        title: "Records in",
        expr: "sum by (topic) (rate(kafka_server_brokertopicmetrics_messagesin_total[5m]))",
        legend: "{{topic}}",
        unit: "reqps",
      },
      {
        title: "Bytes in",
        expr: "sum by (pod) (rate(kafka_server_brokertopicmetrics_bytesin_total[5m]))",
        legend: "{{pod}}",
        unit: "Bps",
      },
      {
        title: "Bytes out",
        expr: "sum by (pod) (rate(kafka_server_brokertopicmetrics_bytesout_total[5m]))",
        legend: "{{pod}}",
        unit: "Bps",
      },
      {
        title: "Consumer lag",
        expr: "sum by (consumergroup, topic) (kafka_consumergroup_lag)",
        legend: "{{consumergroup}} {{topic}}",
        unit: "short",
      },
      {
        title: "Partitions short of a copy",
        expr: "sum by (pod) (kafka_server_replicamanager_underreplicatedpartitions)",
        legend: "{{pod}}",
        unit: "short",
      },
      {
        // Fetch requests wait for new records, so their time has no meaning.
        title: "Time of writes, slowest hundredth",
        expr: 'max by (pod) (kafka_network_requestmetrics_totaltimems{request="Produce", quantile="0.99"}) / 1000',
        legend: "{{pod}}",
        unit: "s",
      },
      {
        title: "Idle request handlers",
        expr: "min by (pod) (kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent)",
        legend: "{{pod}}",
        unit: "percentunit",
      },
      {
        title: "Disk left",
        expr: `min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${CLAIMS}})`,
        legend: "{{persistentvolumeclaim}}",
        unit: "bytes",
      },
    ],
  };
}
