import { z } from "zod";

import { host, pageUrl } from "../../fields/addresses";
import { disabled } from "../../fields/common";
import { count, disk, dnsLabel, dnsSubdomain, mode, port, section, size, withDefaults } from "../../fields/fields";
import { cidr } from "../../fields/ranges";

const KEY = "a key of a Secret: letters, digits, '-', '_' and '.'";
const CHANNEL = "a channel such as #alerts";
const ADDRESS = "an e-mail address such as data@example.org";

const secretKey = section({
  name: dnsSubdomain.describe("name of a Secret in the namespace observability, which you make"),
  key: z
    .string({ error: KEY })
    .regex(/^[-._a-zA-Z0-9]{1,253}$/, { error: KEY })
    .describe("key in it"),
});
const cidrs = z
  .array(cidr)
  .min(1, { error: "at least one range" })
  .describe("addresses of the receiver, which network policies allow");
const address = z.string({ error: ADDRESS }).regex(/^[^\s@<>"]+@[^\s@<>"]+$/, { error: ADDRESS });

const receiver = {
  name: dnsLabel.describe("its name in Alertmanager"),
  severities: z
    .array(mode("critical", "warning"))
    .min(1, { error: "at least one severity" })
    .default(["critical", "warning"])
    .describe("alerts that it gets; default critical and warning"),
  cidrs,
};

/** What differs between receivers. What is secret of them is named, and never written here. */
const receivers = z
  .array(
    z.discriminatedUnion("kind", [
      section({
        kind: z.literal("webhook"),
        ...receiver,
        url: pageUrl.describe("URL that takes alerts by POST"),
        secret: secretKey.optional().describe("its bearer token; default none"),
      }),
      section({
        kind: z.literal("slack"),
        ...receiver,
        channel: z
          .string({ error: CHANNEL })
          .regex(/^[#@][\w.-]{1,80}$/, { error: CHANNEL })
          .describe(CHANNEL),
        secret: secretKey.describe("the URL of the incoming webhook"),
      }),
      section({
        kind: z.literal("email"),
        ...receiver,
        to: address.describe("who is written to"),
        from: address.describe("who writes"),
        host: host.describe("mail server, which speaks STARTTLS"),
        port: port.default(587).describe("port of the mail server; default 587"),
        user: address.or(dnsLabel).optional().describe("user of the mail server; default none"),
        secret: secretKey.optional().describe("password of that user; default none"),
      }),
      section({
        kind: z.literal("pagerduty"),
        ...receiver,
        secret: secretKey.describe("the routing key of the Events API, version 2"),
      }),
    ]),
    { error: "a list of receivers, each with a kind: webhook, slack, email or pagerduty" },
  )
  .default([])
  .describe("where alerts go; default nowhere: they are seen in Grafana and Alertmanager alone");

/** The stack's own Prometheus. */
export const prometheus = withDefaults(
  section({
    enabled: disabled.describe("run it; default false"),
    server: size({ replicas: 2, cpu: 0.5, memory: "4Gi" }).describe("Prometheus: each server scrapes everything"),
    volume: disk.prefault("50Gi").describe("volume of each Prometheus; default 50Gi"),
    retentionDays: count(1, 3650)
      .default(15)
      .describe("days that metrics are kept, while the volume has room; default 15"),
    remoteWrite: z
      .array(
        section({
          url: pageUrl.describe("URL that takes metrics by remote write"),
          cidrs,
          secret: secretKey.optional().describe("its bearer token; default none"),
        }),
      )
      .default([])
      .describe("where all metrics are written to as well; default nowhere"),
    alertmanager: withDefaults(
      section({
        server: size({ replicas: 2, cpu: 0.05, memory: "128Mi" }).describe("Alertmanager"),
        volume: disk.prefault("1Gi").describe("volume of each Alertmanager, for silences; default 1Gi"),
        receivers,
      }),
    ),
    operatorSize: size({ cpu: 0.1, memory: "256Mi" }).describe("pods of the Prometheus operator"),
    stateMetrics: size({ cpu: 0.1, memory: "256Mi" }).describe(
      "kube-state-metrics, which reports on objects of Kubernetes",
    ),
  }),
);

export type PrometheusSettings = z.output<typeof prometheus>;
export type Receiver = PrometheusSettings["alertmanager"]["receivers"][number];
export type SecretKey = z.output<typeof secretKey>;
