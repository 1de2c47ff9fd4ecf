import { pinned } from "../../core/pins";

const operator = {
  // CRDs and chart of this version were read.
  version: "26.6.0",
  licence: "MIT",
  held: {
    pin: "26.6.0",
    newest: "26.10.1",
    read: "2026-11-28",
    why: "the newest whose chart and definitions were at hand; what it makes of its resources was read in its source",
  },
};
const repository = "oci://ghcr.io/mariadb-operator/charts";

export const pins = pinned({
  // The line with support until 2028, which the operator's release was made for.
  mariadb: {
    version: "11.8.8",
    // The server alone: clients' drivers have licences of their own.
    licence: "GPL-2.0-only",
    image: "docker.io/library/mariadb:{version}",
  },
  mariadbOperator: {
    ...operator,
    image: "ghcr.io/mariadb-operator/mariadb-operator:{version}",
    chart: { chart: "mariadb-operator", repository },
  },
  mariadbOperatorCrds: { ...operator, chart: { chart: "mariadb-operator-crds", repository } },
  // The exporter that the operator's release runs; it probes the server that a request names.
  mysqldExporter: { version: "0.15.1", licence: "Apache-2.0", image: "docker.io/prom/mysqld-exporter:v{version}" },
});
