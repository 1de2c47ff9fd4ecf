import { z } from "zod";

import { formatBytes, MiB } from "../../core/quantity";
import { host, originUrl } from "../../fields/addresses";
import { schedule } from "../../fields/cron";
import {
  bucketName,
  cores,
  count,
  disk,
  dnsLabel,
  dnsSubdomain,
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

const REGION = "the name of a region such as eu-central-1";

export const postgres = withDefaults(
  section({
    by: mode("cloudnative-pg", "zalando")
      .default("cloudnative-pg")
      .describe("the operator that runs it; one server does not move from one to the other; default cloudnative-pg"),
    ...operator(
      "the operator, CloudNativePG or Zalando's",
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
    walStorage: disk
      .prefault("10Gi")
      .describe("write-ahead log volume of one instance, or with zalando its part of the one volume; default 10Gi"),
    exporter: section({
      cpu: cores.prefault(0.05).describe("cores; default 0.05"),
      memory: memory.prefault("64Mi").describe("memory; default 64Mi"),
    })
      .prefault({})
      .describe("container with metrics beside each instance of zalando"),
    backup: section({
      plugin: mode("existing", "deployed", "off")
        .default("deployed")
        .describe("Barman Cloud plugin; with zalando, whose image has WAL-G, `off` or on; default deployed"),
      schedule: schedule.default("15 2 * * *").describe("schedule of base backups; default '15 2 * * *' (UTC)"),
      retentionDays: count(1, 3650).default(30).describe("days that backups are kept; default 30"),
      serverName: dnsLabel
        .default("postgres")
        .describe(
          "folder of the archive below postgres/; choose another one where it has the archive of a former server; default postgres",
        ),
      store: section({
        endpoint: originUrl
          .refine((text) => text.startsWith("https://"), { error: "a URL by https, since backups go there" })
          .describe("URL of the store by https, such as https://s3.example.org"),
        bucket: bucketName.describe("bucket, which is there; its owner says who deletes in it"),
        region: z
          .string({ error: REGION })
          .regex(/^[a-z0-9-]{1,63}$/, { error: REGION })
          .default("us-east-1")
          .describe("region that requests are signed for; default us-east-1"),
        secret: dnsSubdomain.describe("Secret with the keys AccessKey and SecretKey, in PostgreSQL's namespace"),
        cidrs: z
          .array(cidr)
          .min(1, { error: "at least one range" })
          .describe("addresses of its host, which network policies allow"),
        encryption: mode("AES256", "aws:kms", "off")
          .default("AES256")
          .describe(
            "what the store encrypts objects with: a key of its own, one of its service of keys, or what the bucket says; default AES256",
          ),
      })
        .optional()
        .describe(
          "a store of S3 elsewhere that keeps backups and write-ahead log, so that they outlive this cluster; default the stack's bucket backups",
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
