import { z } from "zod";

import { formatBytes, MiB } from "../../core/quantity";
import { host } from "../../fields/addresses";
import { schedule } from "../../fields/cron";
import {
  cores,
  count,
  disk,
  dnsLabel,
  memory,
  mode,
  nodePort,
  port,
  section,
  size,
  withDefaults,
} from "../../fields/fields";
import { operator } from "../../fields/operator";
import { cidr } from "../../fields/ranges";

/** Least memory of the sidecar in bytes: with less it runs out of memory in a base backup. */
const LEAST_SIDECAR = 512 * MiB;
const SIDECAR = `at least ${formatBytes(LEAST_SIDECAR)}`;

export const postgres = withDefaults(
  section({
    ...operator(
      "the CloudNativePG operator",
      "cnpg-system",
      { cpu: 0.1, memory: "256Mi" },
      "pods of the deployed operator; one of them leads",
    ),
    server: size({ replicas: 2, cpu: 1, memory: "4Gi" }).describe(
      "instances; the backups' sidecar comes on top of each",
    ),
    synchronous: mode("required", "preferred", "off")
      .default("preferred")
      .describe(
        "when a write is acknowledged: `required`, when a second instance has it (no write is lost with an instance, and none is accepted while only one is left; at least 3 instances); `preferred`, the same while a second one is available; `off`, at once; default preferred",
      ),
    storage: disk.prefault("20Gi").describe("data volume of one instance; default 20Gi"),
    walStorage: disk.prefault("10Gi").describe("write-ahead log volume of one instance; default 10Gi"),
    backup: section({
      plugin: mode("existing", "deployed", "off").default("deployed").describe("Barman Cloud plugin; default deployed"),
      schedule: schedule.default("15 2 * * *").describe("schedule of base backups; default '15 2 * * *' (UTC)"),
      retentionDays: count(1, 3650).default(30).describe("days that backups are kept; default 30"),
      serverName: dnsLabel
        .default("postgres")
        .describe(
          "folder of the archive below postgres/; choose another one where it has the archive of a former server; default postgres",
        ),
      sidecar: section({
        cpu: cores.prefault(0.25).describe("cores; default 0.25"),
        memory: memory
          .refine((value) => value >= LEAST_SIDECAR, { error: SIDECAR })
          .prefault("512Mi")
          .describe(`memory, ${SIDECAR}; default 512Mi`),
      })
        .prefault({})
        .describe("container that the plugin adds to each instance"),
    }).prefault({}),
    restore: section({
      serverName: dnsLabel.describe("folder of the archive to restore from"),
      time: z.iso
        .datetime({ offset: true, error: "a time such as 2026-03-02T10:00:00Z" })
        .optional()
        .describe("point in time to restore; default: the newest in the archive"),
    })
      .optional()
      .describe("restores an archive when the server is created; default: an empty server"),
    admin: section({
      host: host
        .default("127.0.0.1")
        .describe("host where `pulumi up` reaches PostgreSQL; default 127.0.0.1 (a port-forward)"),
      port: port.default(5432).describe("port where `pulumi up` reaches PostgreSQL; default 5432"),
      nodePort: nodePort.optional().describe("open this port on every node; default none"),
      sslMode: mode("disable", "require", "verify-full")
        .default("require")
        .describe("TLS of that connection; default require"),
      from: z.array(cidr).prefault([]).describe("addresses from which `pulumi up` connects; default none"),
    }).prefault({}),
  }),
);

export type PostgresSettings = z.output<typeof postgres>;
