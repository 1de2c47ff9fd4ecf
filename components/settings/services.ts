import { z } from "zod";

import { versions } from "../core/versions";
import { pageUrl } from "./addresses";
import { schedule } from "./cron";
import { count, disk, dnsLabel, labelMap, mode, podSelector, section, size, withDefaults } from "./fields";

const enabled = z.boolean().default(true).describe("default true");

/** Where an image lacks a library: fetch it at pod start, or use an own image that has it. */
export const jars = mode("fetch", "image")
  .default("fetch")
  .describe("fetch missing jars at start, or `image` when the image has them; default fetch");
export const image = z
  .string()
  .regex(/^[\w.-]+(:\d+)?(\/[\w.-]+)+:[\w.-]+(@sha256:[0-9a-f]{64})?$/, {
    error: "registry/name:tag, with @sha256:… if pinned by digest",
  })
  .optional()
  .describe("an own image instead of upstream's");

export const catalog = withDefaults(
  section({
    hiveMetastore: withDefaults(
      section({
        enabled,
        server: size({ replicas: 2, cpu: 0.5, memory: "4Gi" }),
        jars,
        image,
        backup: section({
          schedule: schedule
            .default("45 1 * * *")
            .describe("metadata dump to the backups bucket; default '45 1 * * *' (UTC)"),
          retentionDays: count(1, 3650).default(30).describe("default 30"),
        }).prefault({}),
      }),
    ),
  }),
);

export const compute = withDefaults(
  section({
    spark: withDefaults(
      section({
        enabled,
        operator: size({ replicas: 1, cpu: 0.25, memory: "512Mi" }).describe(
          "the operator's controller and webhook, each",
        ),
        driver: size({ replicas: 2, cpu: 1, memory: "4Gi" }).describe(
          "the pool of drivers: how many at once, and the size of one",
        ),
        executor: size({ replicas: 4, cpu: 1, memory: "8Gi" }).describe(
          "the pool of executors: how many at once, and the size of one",
        ),
        schedules: section({
          "bronze-to-silver": schedule.default("30 0 * * *").describe("default '30 0 * * *'"),
          "silver-to-gold": schedule.default("30 2 * * *").describe("default '30 2 * * *'"),
          "table-maintenance": schedule.default("30 4 * * *").describe("default '30 4 * * *'"),
        })
          .prefault({})
          .describe("when the jobs run (UTC) in a stack without Airflow, which otherwise submits them"),
        jars,
        image,
      }),
    ),
  }),
);

const TOPIC = "the name of a topic: lower-case letters, digits, '.', '_' and '-'";
const COLUMN = "a column's name: lower-case letters, digits and '_', beginning with a letter";

const topicCatalog = section({
  enabled,
  topics: z
    .array(
      section({
        topic: z
          .string({ error: TOPIC })
          .regex(/^[a-z0-9][a-z0-9._-]{0,248}$/, { error: TOPIC })
          .describe("name of the topic; changes of a table are in `<database>.public.<table>`"),
        columns: z
          .record(
            z.string().regex(/^[a-z][a-z0-9_]*$/, { error: COLUMN }),
            mode("varchar", "boolean", "integer", "bigint", "double", "timestamp"),
          )
          .optional()
          .describe("fields of its JSON records and their types; default: none, a record is one text"),
      }),
      { error: "a list of topics: { topic, columns }" },
    )
    .default([])
    .describe("topics that are tables, besides those of lakehouse:streaming; default none"),
})
  .prefault({})
  .describe("the catalog `kafka` of topics, in stacks that have Kafka");

export const query = withDefaults(
  section({
    trino: withDefaults(
      section({
        enabled,
        coordinator: size({ cpu: 2, memory: "8Gi" }),
        worker: size({ replicas: 2, cpu: 4, memory: "24Gi" }),
        concurrency: count(5, 1000).default(10).describe("queries that run at the same time, at least 5; default 10"),
        spill: disk
          .prefault("40Gi")
          .describe("scratch disk of one worker for queries larger than memory; default 40Gi"),
        cache: section({
          enabled,
          size: disk
            .prefault("20Gi")
            .describe(
              "scratch disk of one worker for what it has read of the object store; the coordinator has a tenth, for metadata; default 20Gi",
            ),
        }).prefault({}),
        drainSeconds: count(30, 3600)
          .default(120)
          .describe("how long a worker finishes its tasks before it stops; default 120 s"),
        kafka: topicCatalog,
        version: z
          .string()
          .regex(/^(47[6-9]|4[89]\d|[5-9]\d\d)$/, { error: "a version of Trino from 476 on, such as '484'" })
          .default(versions.trino)
          .describe(
            `the Trino that the files are made for: that of an own image, or another of upstream's; default '${versions.trino}'`,
          ),
        image,
      }),
    ),
  }),
);

export const orchestration = withDefaults(
  section({
    airflow: section({
      mode: mode("existing", "off").default("off").describe("use the Airflow that is there, or none; default off"),
      namespace: dnsLabel.default("airflow").describe("default airflow"),
      serviceAccount: dnsLabel
        .default("airflow-worker")
        .describe("the account that tasks run as; default airflow-worker"),
      podLabels: podSelector
        .default({ component: "worker" })
        .describe("labels of the pods that run tasks; default { component: worker }"),
      occupies: size({ cpu: 2, memory: "8Gi" }).describe("the room that it already takes"),
      isolated: z.boolean().default(false).describe("its namespace denies by default; default false"),
    }).prefault({}),
  }),
);

export const observability = withDefaults(
  section({
    mode: mode("existing", "off")
      .default("off")
      .describe("use the Prometheus operator and Grafana that are there, or none; default off"),
    namespace: dnsLabel.default("monitoring").describe("default monitoring"),
    selector: labelMap
      .default({ release: "kube-prometheus-stack" })
      .describe("labels by which Prometheus finds monitors and rules; default { release: kube-prometheus-stack }"),
    prometheusLabels: podSelector
      .default({ "app.kubernetes.io/name": "prometheus" })
      .describe("labels of the pods that scrape; default { app.kubernetes.io/name: prometheus }"),
    dashboardLabels: labelMap
      .default({ grafana_dashboard: "1" })
      .describe("labels by which Grafana's sidecar finds dashboards; default { grafana_dashboard: '1' }"),
    runbooks: pageUrl
      .optional()
      .describe(
        "your copy of docs/runbooks.md, for alerts to link to; the alert's name is the anchor; default none: the steps stand in the alert",
      ),
    isolated: z.boolean().default(false).describe("its namespace denies by default; default false"),
  }),
);

export const prices = withDefaults(
  section({
    book: mode("founding").default("founding").describe("unit prices that the plan's cost uses; default founding"),
    objectStorageTb: z.number().nonnegative().max(1e6).default(0).describe("TB kept in object storage; default 0"),
  }),
);

const SPDX = "an SPDX identifier such as AGPL-3.0-only";

export const licences = withDefaults(
  section({
    forbid: z
      .array(z.string({ error: SPDX }).regex(/^[A-Za-z0-9][A-Za-z0-9.-]*\+?$/, { error: SPDX }), {
        error: "a list of SPDX identifiers",
      })
      .default([])
      .describe("SPDX identifiers that no service may have; -only and -or-later do not matter; default none"),
  }),
);
