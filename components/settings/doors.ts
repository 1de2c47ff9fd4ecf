import { z } from "zod";

import { pageUrl } from "../fields/addresses";
import { dnsLabel, dnsSubdomain, podSelector, section } from "../fields/fields";

const HOST = "a name with a dot such as trino.example.org, in lower case, no address";

const door = section({
  host: dnsSubdomain
    .refine((name) => name.includes(".") && !/^[\d.]+$/.test(name), { error: HOST })
    .optional()
    .describe("name at which people reach it through lakehouse:cluster.gateway, by https; default none"),
  url: pageUrl
    .optional()
    .describe(
      "URL at which people reach it by something that the stack does not make, instead of a host: its program is told; default none",
    ),
  anyone: z
    .boolean()
    .default(false)
    .describe("open it by a host though nobody signs in there: who reaches the gateway may use it; default false"),
});

/** What people reach from outside of the cluster. Nothing else is open. */
export const doors = z
  .record(dnsLabel, door, { error: "doors by name, such as { trino: { host: trino.example.org } }" })
  .default({});

const client = section({
  name: dnsLabel.optional().describe("name of the client in links and policies; default its namespace"),
  namespace: dnsLabel.describe("namespace of the client's pods, outside of the stack"),
  labels: podSelector.describe("labels of its pods, such as { app: reports }"),
  to: dnsLabel.describe("name of the door"),
  isolated: z
    .boolean()
    .default(false)
    .describe("whether the namespace denies by default: render the policy of its side too; default false"),
});

/** Clients in other namespaces of the cluster. */
export const allow = z.array(client, { error: "a list of clients: { namespace, labels, to }" }).default([]);

export type DoorSettings = z.output<typeof doors>;
export type AllowSettings = z.output<typeof allow>;
