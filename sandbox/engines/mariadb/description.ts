import { pins } from "../../../components/pins";
import { description } from "../description";

export const mariadb = description({
  artefacts: {
    mariadb: {
      what: "MariaDB",
      version: "10.11",
      from: {
        kind: "packages",
        packages: ["mariadb-server-core", "mariadb-client-core", "liburing2", "libaio1|libaio1t64"],
      },
      extra: true,
      standsFor: { version: pins.mariadb.version, why: "Debian 12 has this one" },
    },
  },
  proofs: [],
  allowed: [
    {
      file: /^mariadb\/options$/,
      key: /^bind-address$/,
      kind: "added",
      why: "it has an address of its own, as pods do",
    },
  ],
  absent: [
    [
      "MariaDB's operator, its replication, copies and exporter",
      "its Go module is not served; a server alone has the rendered options, databases, users and rights",
    ],
  ],
});
