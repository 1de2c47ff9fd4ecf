import type { Alert, Monitoring, Scrape } from "../../core/monitoring";
import { DEAD_LETTERS, PORT, PORT_NAME } from "./config";

const scrape = (service: string): Scrape => ({ role: service, portName: PORT_NAME, port: PORT });

/** Records of a topic that a function may be behind: more than a storm that its pods clean within minutes. */
const BEHIND = 1000;

/** Its pods come and go, so what must not be missed is of Kafka's exporter: how far the group has read. */
export function functionMonitoring(service: string): Monitoring {
  const group = `consumergroup="${service}"`;
  const job = `job="${service}"`;
  const labels = { consumergroup: service };
  const away: Alert = {
    name: "FunctionSourceAway",
    // Of a group without a member the exporter has the lag, and no number of members.
    expr: `label_replace(absent(kafka_consumergroup_members{${group}} > 0), "consumergroup", "${service}", "", "")`,
    for: "15m",
    severity: "critical",
    summary: "Nobody reads the topic of a function: its source is not ready, and objects stay as they are.",
    test: { series: { [`kafka_consumergroup_members{${group}}`]: "0x40" }, at: "20m", labels },
  };
  return {
    scrapes: [scrape(service)],
    alerts: [
      away,
      {
        name: "FunctionBehind",
        expr: `sum by (consumergroup) (kafka_consumergroup_lag{${group}}) > ${String(BEHIND)}`,
        for: "30m",
        severity: "warning",
        summary: `More than ${String(BEHIND)} objects have been waiting for a function for half an hour.`,
        test: {
          series: { [`kafka_consumergroup_lag{${group},topic="arrivals",partition="0"}`]: "5000x60" },
          at: "40m",
          labels,
        },
      },
      {
        name: "FunctionFailing",
        expr: `sum by (job) (increase(cleaning_events_total{${job},status=~"5.."}[15m])) > 5`,
        for: "5m",
        severity: "warning",
        summary: "A function asks for its events again: the object store or the API server refuses it.",
        test: {
          series: { [`cleaning_events_total{${job},status="503"}`]: "0+2x40" },
          at: "30m",
          labels: { job: service },
        },
      },
      {
        name: "FunctionQuarantine",
        expr: `sum by (job) (increase(cleaning_objects_total{${job},outcome="quarantine"}[1h])) > 0`,
        for: "0m",
        severity: "warning",
        summary: "Within an hour a function has put an object into quarantine: it is not what the rules say.",
        test: {
          series: { [`cleaning_objects_total{${job},outcome="quarantine"}`]: "0x10 1x40" },
          at: "30m",
          labels: { job: service },
        },
      },
    ],
    panels: [
      {
        title: "Objects",
        expr: `sum by (outcome) (increase(cleaning_objects_total{${job}}[5m]))`,
        legend: "{{outcome}}",
        unit: "short",
      },
      {
        title: "Records",
        expr: `sum by (outcome) (increase(cleaning_records_total{${job}}[5m]))`,
        legend: "{{outcome}}",
        unit: "short",
      },
      {
        title: "Objects that wait",
        expr: `sum by (consumergroup) (kafka_consumergroup_lag{${group}})`,
        legend: "{{consumergroup}}",
        unit: "short",
      },
      {
        title: "Time of an event, slowest tenth",
        expr: `histogram_quantile(0.9, sum by (le) (rate(cleaning_event_seconds_bucket{${job}}[15m])))`,
        legend: "seconds",
        unit: "s",
      },
      { title: "Pods", expr: `count(up{${job}} == 1) or vector(0)`, legend: "pods", unit: "short" },
    ],
  };
}

/** Of the topic, which stays where the pod that writes it ends. */
const topic = `topic="${DEAD_LETTERS}"`;

export const deadLetterMonitoring: Monitoring = {
  scrapes: [scrape(DEAD_LETTERS)],
  alerts: [
    {
      name: "FunctionDeadLetters",
      expr: `sum by (topic) (increase(kafka_topic_partition_current_offset{${topic}}[1h])) > 0`,
      for: "0m",
      severity: "critical",
      summary: "An event was given up after all of its tries: its object is not cleaned, and nothing tries again.",
      test: {
        series: { [`kafka_topic_partition_current_offset{${topic},partition="0"}`]: "7x10 8x40" },
        at: "30m",
        labels: { topic: DEAD_LETTERS },
      },
    },
  ],
  panels: [
    {
      title: "Dead letters",
      expr: `sum by (topic) (increase(kafka_topic_partition_current_offset{${topic}}[1h]))`,
      legend: "{{topic}}",
      unit: "short",
    },
  ],
};
