import { z } from "zod";

import { disabled } from "../../fields/common";
import { count, section, size, withDefaults } from "../../fields/fields";

const NAMESPACE = "a namespace: lower-case letters, digits and '_', beginning with a letter";
const CLIENT = "trino, spark, or a name of a program: lower-case letters, digits and '-', at most 30";
const ROLE = "an ARN such as arn:aws:iam::000000000000:role/tables";

const clients = z
  .array(z.string({ error: CLIENT }).regex(/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/, { error: CLIENT }))
  .default([]);

const namespace = section({
  write: clients.describe("who makes, changes and drops its tables, and reads them; default nobody"),
  read: clients.describe("who reads its tables; default nobody"),
});

/** A catalog that gives keys. */
export const nessie = withDefaults(
  section({
    enabled: disabled,
    server: size({ replicas: 2, cpu: 0.5, memory: "1Gi" }).describe("each answers engines and programs"),
    connections: count(4, 100).default(20).describe("that all pods have to PostgreSQL at the most; default 20"),
    keyMinutes: count(15, 720)
      .default(60)
      .describe("for which keys to a table are valid, in minutes; stores give none for less than 15; default 60"),
    roleArn: z
      .string({ error: ROLE })
      .regex(/^arn:[\w-]+:iam::\w*:role\/[\w+=,.@/-]+$/, { error: ROLE })
      .optional()
      .describe("role that its user assumes in the store; Ceph and AWS ask for one; default none, as for MinIO"),
    namespaces: z
      .record(z.string({ error: NAMESPACE }).regex(/^[a-z][a-z0-9_]{0,60}$/, { error: NAMESPACE }), namespace, {
        error: "rights by namespace",
      })
      .default({})
      .describe("who may what in each namespace and in those below it; who is named nowhere is let in nowhere"),
  }),
).describe("a second catalog of Iceberg tables, which gives its clients keys for one table at a time: Nessie");

export type NessieSettings = z.output<typeof nessie>;
