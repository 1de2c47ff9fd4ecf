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
  barmanSidecar: { ...barman, image: "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v{version}" },
});
