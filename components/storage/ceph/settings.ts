import { z } from "zod";

import { count, dnsLabel, mode, port, section, size } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";
import { cidr } from "../../fields/ranges";
import { legacyMd5, region } from "../objects";

/** The existing Ceph cluster's RADOS gateway, provisioned through Rook's claims. */
export const ceph = section({
  kind: z.literal("ceph"),
  namespace: dnsLabel.default("rook-ceph").describe("namespace of the Rook cluster; default rook-ceph"),
  store: dnsLabel.default("lakehouse").describe("name of the CephObjectStore; default lakehouse"),
  gateway: mode("existing", "deployed")
    .default("existing")
    .describe(
      "`deployed` makes the store in the Rook cluster too, a CephObjectStore with its gateways; default existing",
    ),
  server: size({ replicas: 2, cpu: 1, memory: "2Gi" }).describe("pods of a deployed gateway"),
  data: section({
    failureDomain: mode("host", "osd")
      .default("host")
      .describe("what may fail without loss: a machine, or a single disk; default host"),
    copies: count(1, 9)
      .default(3)
      .describe("copies of each object's metadata, and of its data without `erasure`; default 3"),
    erasure: section({
      data: count(2, 32).describe("parts that an object's data is divided into"),
      coding: count(1, 16).describe("parts that may be lost"),
    })
      .optional()
      .describe("erasure coding of data, whose parts each need a failure domain of their own; default copies"),
  })
    .prefault({})
    .describe("pools of a deployed store, which are kept when it is deleted"),
  tls: z.boolean().default(false).describe("the gateway speaks HTTPS (Rook's securePort); default false"),
  port: port.optional().describe("port of the gateway's Service; default 80, 443 with tls"),
  targetPort: port
    .optional()
    .describe("port that the gateway's pods listen on; default 8080; the Service's port with tls or hostCidrs"),
  hostCidrs: z
    .array(cidr)
    .prefault([])
    .describe("addresses of the gateway's nodes, where it is on the host network; default none, it is in pods"),
  buckets: mode("claim", "existing")
    .default("claim")
    .describe("claim new buckets, or attach to existing ones; default claim"),
  isolated: z
    .boolean()
    .default(false)
    .describe("the gateway's namespace denies by default: render the policies of its side too; default false"),
  region,
  legacyMd5,
});

export type CephSettings = z.output<typeof ceph>;

const PATH = "lakehouse:storage.objects";

/** What a store of the stack's own has not. */
export function* deployable({ gateway, tls, hostCidrs, buckets }: CephSettings): Generator<Mistake> {
  if (gateway === "existing") return;
  const refused = [
    ["tls", tls, "true", "false"],
    ["hostCidrs", hostCidrs.length > 0, "addresses of nodes", "none: its gateways are pods"],
    ["buckets", buckets === "existing", "existing", "claim"],
  ] as const;
  for (const [key, given, what, allowed] of refused)
    if (given)
      yield {
        path: `${PATH}.${key}`,
        message: `given ${what} with gateway deployed; allowed: ${allowed}, or gateway existing`,
      };
}
