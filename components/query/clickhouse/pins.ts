import { pinned } from "../../core/pins";

const release = {
  // The newest line that is maintained for a year; both images have the tag.
  version: "26.3.17.110",
  licence: "Apache-2.0",
  held: {
    pin: "26.3.17.110",
    newest: "26.8",
    read: "2026-11-30",
    why: "the newest release of a long-term line whose image others have described at work; no full version of 26.8 was found",
  },
};

export const pins = pinned({
  clickhouse: { ...release, image: "docker.io/clickhouse/clickhouse-server:{version}" },
  clickhouseKeeper: { ...release, image: "docker.io/clickhouse/clickhouse-keeper:{version}" },
  clickhouseOperator: {
    version: "0.26.0",
    licence: "Apache-2.0",
    held: {
      pin: "0.26.0",
      newest: "0.27.1",
      read: "2026-11-30",
      why: "the newest whose chart, definitions and source were at hand; what it makes of its resources was seen on an API server",
    },
    image: "docker.io/altinity/clickhouse-operator:{version}",
    chart: { chart: "altinity-clickhouse-operator", repository: "https://helm.altinity.com" },
  },
});
