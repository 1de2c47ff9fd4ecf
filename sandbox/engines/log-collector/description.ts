import { pins } from "../../../components/pins";
import { description } from "../description";

const SEEN = [
  "finds what two engines say of a query, each line once, with time, level, message and the pod it is from",
  "has a user that adds documents there, and does nothing else",
  "has every metric that an alert names, and counts what the store refuses",
  "loses nothing and repeats nothing while the store is away, and waits on disk within its bounds",
  "goes on where it was after it was killed",
  "has the settings and fields of the store's template",
] as const;

export const logCollector = description({
  artefacts: {
    logCollector: {
      what: "OpenTelemetry's collector, with stand-ins for its exporters to search stores",
      version: "v0.158.0",
      extra: true,
      from: { kind: "go", module: "opentelemetry-collector", packages: ["lakehouse/tools/opentelemetry-collector"] },
      standsFor: { version: pins.collector.version, why: "the newest whose extension for passwords the Go proxy has" },
    },
  },
  proofs: [
    {
      system: "log collector",
      from: "configuration, variables and rights of the chart's release, unchanged; files as the container runtime writes them, with lines that engines wrote; OpenSearch and Elasticsearch with the rendered users, templates and rights",
      seen: SEEN,
    },
  ],
  allowed: [],
  absent: [
    [
      "the exporters opensearch and elasticsearch of the collector",
      "the Go proxy refuses their modules: stand-ins of this project take their keys, and send the same bulk requests through the collector's own queue, batches and retries",
    ],
    ["the collector's chart", "its values are checked against the chart's own file of values; it is not installed"],
  ],
});
