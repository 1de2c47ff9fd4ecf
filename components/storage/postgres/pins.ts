import { pinned } from "../../core/pins";

const repository = "https://cloudnative-pg.github.io/charts";

const barman = {
  version: "0.13.0",
  licence: "Apache-2.0",
  held: {
    pin: "0.13.0",
    newest: "0.14.0",
    read: "2026-11-28",
    why: "the version of the chart that carries 0.14 was not seen, and faults of its restore are open",
  },
};

/**
 * Operator and plugin. The server's image is a shared pin, because jobs that dump databases run it too. Images are the charts' own
 * defaults.
 */
export const pins = pinned({
  cloudNativePg: {
    version: "1.30.0",
    licence: "Apache-2.0",
    held: {
      pin: "1.30.0",
      newest: "1.30.1",
      read: "2026-11-28",
      why: "the version of the chart that carries 1.30.1 was not seen; the proofs run the operator of this pin",
    },
    image: "ghcr.io/cloudnative-pg/cloudnative-pg:{version}",
    chart: { chart: "cloudnative-pg", version: "0.29.0", repository },
  },
  barmanPlugin: {
    ...barman,
    image: "ghcr.io/cloudnative-pg/plugin-barman-cloud:v{version}",
    chart: { chart: "plugin-barman-cloud", version: "0.7.0", repository },
  },
  zalando: {
    version: "2.0.1",
    licence: "MIT",
    held: {
      pin: "2.0.1",
      newest: "2.0.2",
      read: "2026-11-28",
      why: "values and CRDs were read of 2.0.1; a chart of 2.0.2 was not seen",
    },
    image: "ghcr.io/zalando/postgres-operator:v{version}",
    chart: {
      chart: "postgres-operator",
      version: "2.0.1",
      repository: "https://opensource.zalando.com/postgres-operator/charts/postgres-operator",
    },
  },
  // PostgreSQL 14 to 18 with Patroni, WAL-G and pgvector.
  spilo: { version: "4.1-p2", licence: "Apache-2.0", image: "ghcr.io/zalando/spilo-18:{version}" },
  postgresExporter: {
    version: "0.17.1",
    licence: "Apache-2.0",
    image: "quay.io/prometheuscommunity/postgres-exporter:v{version}",
  },
  barmanSidecar: { ...barman, image: "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v{version}" },
});
