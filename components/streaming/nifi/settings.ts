import { z } from "zod";

import { disabled } from "../../fields/common";
import { count, disk, dnsLabel, dnsSubdomain, memory, section, size, withDefaults } from "../../fields/fields";

const TOPIC = "the name of a topic: lower-case letters, digits, '.', '_' and '-'";

/** Flows of files and records. */
export const nifi = withDefaults(
  section({
    enabled: disabled,
    node: size({ cpu: 0.5, memory: "2Gi" }).describe(
      "nodes; several of them are one cluster, each with its own queues",
    ),
    state: disk
      .prefault("5Gi")
      .describe("volume of a node with what is where in its queues, its flow and its state; default 5Gi"),
    content: disk
      .prefault("20Gi")
      .describe("volume of a node with the contents that are in its queues, and its own inbox; default 20Gi"),
    provenance: disk.prefault("10Gi").describe("volume of a node with what became of each file; default 10Gi"),
    inbox: dnsSubdomain
      .optional()
      .describe(
        "a PersistentVolumeClaim in NiFi's namespace with files to land, which all nodes can mount (ReadWriteMany); default: a folder on each node's own volume",
      ),
    topics: z
      .array(z.string({ error: TOPIC }).regex(/^[a-z0-9][a-z0-9._-]{0,248}$/, { error: TOPIC }), {
        error: "a list of topics",
      })
      .default([])
      .describe("topics of JSON records to land in bronze; default none"),
    queue: withDefaults(
      section({
        objects: count(1, 1_000_000).default(10_000).describe("files in one queue; default 10000"),
        size: memory.prefault("1Gi").describe("size of what is in one queue; default 1Gi"),
      }),
    ).describe("back-pressure: where a queue holds so much, what fills it waits"),
    hosts: z
      .array(z.union([dnsSubdomain, dnsLabel]), { error: "a list of host names" })
      .default([])
      .describe("names besides the Service's by which people reach it; default none, by port-forward"),
  }),
);

export type NifiSettings = z.output<typeof nifi>;
