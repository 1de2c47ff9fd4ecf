import { pinned } from "../../core/pins";

/** Upstream's images and the operator: source that can be read, with limits on what it may be used for. Not open source. */
const LICENCE = "Elastic-2.0";

const stack = {
  version: "8.19.21",
  licence: LICENCE,
  held: {
    pin: "8.19.21",
    newest: "9.5.6",
    read: "2026-11-29",
    why: "Trino's connector asks for ranges of dates by fields that Elasticsearch 9 no longer has (trinodb/trino#28977, open)",
  },
} as const;
const operator = { version: "3.5.0", licence: LICENCE } as const;
const repository = "https://helm.elastic.co";

export const pins = pinned({
  elasticsearch: { ...stack, image: "docker.elastic.co/elasticsearch/elasticsearch:{version}" },
  kibana: { ...stack, image: "docker.elastic.co/kibana/kibana:{version}" },
  logstash: { ...stack, image: "docker.elastic.co/logstash/logstash:{version}" },
  // CRDs and chart of this version, and its source, were read.
  eckOperator: {
    ...operator,
    image: "docker.elastic.co/eck/eck-operator:{version}",
    chart: { chart: "eck-operator", repository },
  },
  eckOperatorCrds: { ...operator, chart: { chart: "eck-operator-crds", repository } },
});
