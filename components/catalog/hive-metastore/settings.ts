import type { z } from "zod";

import { enabled, image, jars } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { count, section, size, withDefaults } from "../../fields/fields";

export const hiveMetastore = withDefaults(
  section({
    enabled,
    server: size({ replicas: 2, cpu: 0.5, memory: "4Gi" }),
    jars,
    image,
    backup: section({
      schedule: schedule
        .default("45 1 * * *")
        .describe("schedule of metadata dumps to the bucket `backups`; default '45 1 * * *' (UTC)"),
      retentionDays: count(1, 3650).default(30).describe("days that dumps are kept; default 30"),
    }).prefault({}),
  }),
);

export type HiveMetastoreSettings = z.output<typeof hiveMetastore>;
