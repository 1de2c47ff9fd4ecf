import { pins } from "../../../components/pins";
import { BIND } from "../allowance";
import { description } from "../description";

export const postgres = description({
  artefacts: {
    postgresTls: {
      what: "PostgreSQL with TLS",
      version: "15",
      from: {
        kind: "packages",
        packages: [
          "postgresql-15|postgresql-17",
          "postgresql-client-15|postgresql-client-17",
          "libpq5",
          "libldap-2.5-0|libldap2",
        ],
      },
      extra: true,
      standsFor: {
        version: `PostgreSQL ${pins.postgres.version}`,
        why: "Debian 12 has this one, and that of the lock file was built without TLS",
      },
    },
    python: {
      what: "PostgreSQL with pgvector; from the same lock file, PySpark and the independent readers",
      version: "16.14",
      from: { kind: "python", lock: "python.lock.txt" },
      standsFor: {
        version: `PostgreSQL ${pins.postgres.version}`,
        why: "no package registry has 18 with its clients and pgvector",
      },
    },
  },
  proofs: [
    {
      system: "PostgreSQL",
      from: "parameters of the operator's Cluster; roles, databases, extensions, rights, publications",
      seen: [
        "PostgreSQL runs with the rendered parameters",
        "vectors are compared in the analytics database",
        "no role reads, changes or drops another's data",
        "a changed password applies to the next login, and open connections keep working",
        "no request is refused while clients switch to the next generation and the previous one ends",
        "the database crashes",
      ],
    },
    {
      system: "Hasura's users in PostgreSQL",
      from: "roles and rights that follow from the permissions of Hasura's roles; statements in the form that Hasura makes",
      seen: [
        "reads whole tables that it serves, and no others",
        "inserts rows whose defaults draw from a sequence, and changes the columns that a role changes",
        "may do nothing that no role may, and makes nothing",
        "is bound in time and in connections",
        "may do the same in its next generation, while the former may too",
        "makes its metadata's schema in its own database",
      ],
    },
  ],
  allowed: [
    {
      file: /^postgres\/postgresql\.conf$/,
      key: /^(listen_addresses|port|unix_socket_directories)$/,
      kind: "added",
      why: BIND,
    },
    {
      file: /^postgres\/postgresql\.conf$/,
      key: /^sync_replication_slots$/,
      kind: "left out",
      why: "PostgreSQL 17 introduced it, and no package registry has a version above 16 with its clients and pgvector",
    },
  ],
  absent: [
    ["Hasura itself", "it is in no package registry; its users' rights are proven on PostgreSQL"],
    ["the PostgreSQL operator: failover, base backups, its metrics", "its instance manager is only in its images"],
    [
      "Zalando's operator and Spilo: failover by Patroni, base backups and log by WAL-G, metrics",
      "the operator's module is refused by the Go proxy, and Spilo is an image; the operator's CRD and the chart's values are held against what is rendered",
    ],
  ],
});
