import type { Monitoring } from "../../core/monitoring";
import { PORT } from "./config";

const REQUESTS = "query_api_requests_total";
const SECONDS = 'query_api_request_seconds_bucket{route="/query"}';

/** Names are those of the service's own `/metrics`. */
export const monitoring: Monitoring = {
  scrapes: [{ role: "server", portName: "http", port: PORT }],
  alerts: [
    {
      name: "QueryApiDown",
      expr: 'absent(up{pod=~"query-api-server-.*"} == 1)',
      for: "3m",
      severity: "critical",
      summary: "No replica of the query API answers: programs get nothing.",
      test: { series: { 'up{pod="query-api-server-a"}': "0x10" }, at: "5m", labels: {} },
    },
    {
      name: "QueryApiFailing",
      expr: `sum(rate(${REQUESTS}{status=~"5.."}[5m])) / sum(rate(${REQUESTS}[5m])) > 0.05`,
      for: "10m",
      severity: "warning",
      summary: "More than one in twenty requests to the query API fails by no fault of its caller.",
      test: {
        series: {
          [`${REQUESTS}{route="/query",status="200"}`]: "0+80x30",
          [`${REQUESTS}{route="/query",status="503"}`]: "0+20x30",
        },
        at: "20m",
        labels: {},
      },
    },
    {
      name: "QueryApiEngineUnreachable",
      expr: "max by (engine) (query_api_engine_up) == 0",
      for: "5m",
      severity: "critical",
      summary: "No replica of the query API reaches an engine: its queries are refused.",
      test: {
        series: { 'query_api_engine_up{engine="trino",pod="query-api-server-a"}': "0x15" },
        at: "8m",
        labels: { engine: "trino" },
      },
    },
    {
      name: "QueryApiSlow",
      expr: `histogram_quantile(0.95, sum by (le) (rate(${SECONDS}[10m]))) > 10`,
      for: "15m",
      severity: "warning",
      summary: "One in twenty queries has no first page after ten seconds.",
      test: {
        series: {
          [SECONDS.replace("}", ',le="5"}')]: "0+50x40",
          [SECONDS.replace("}", ',le="10"}')]: "0+50x40",
          [SECONDS.replace("}", ',le="30"}')]: "0+100x40",
          [SECONDS.replace("}", ',le="+Inf"}')]: "0+100x40",
        },
        at: "30m",
        labels: {},
      },
    },
    {
      name: "QueryApiCacheUnreachable",
      expr: "max(query_api_cache_up) == 0",
      for: "10m",
      severity: "warning",
      summary: "No replica of the query API reaches its cache: each counts and keeps results by itself.",
      test: { series: { 'query_api_cache_up{cache="valkey"}': "0x20" }, at: "15m", labels: {} },
    },
  ],
  panels: [
    { title: "Requests", expr: `sum by (status) (rate(${REQUESTS}[5m]))`, legend: "{{status}}", unit: "reqps" },
    {
      title: "Time to the first page, 95 of 100",
      expr: `histogram_quantile(0.95, sum by (le) (rate(${SECONDS}[5m])))`,
      legend: "seconds",
      unit: "s",
    },
    { title: "Errors", expr: "sum by (code) (rate(query_api_errors_total[5m]))", legend: "{{code}}", unit: "reqps" },
    {
      title: "Results",
      expr: "sum by (engine) (rate(query_api_result_bytes_total[5m]))",
      legend: "{{engine}}",
      unit: "Bps",
    },
    {
      title: "Taken from the cache",
      expr: 'sum(rate(query_api_cache_total{result="hit"}[5m])) / sum(rate(query_api_cache_total[5m]))',
      legend: "share",
      unit: "percentunit",
    },
  ],
};
