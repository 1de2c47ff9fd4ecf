import { z } from "zod";

import { dnsLabel, mode, port, section } from "../../fields/fields";
import { cidr } from "../../fields/ranges";
import { legacyMd5, region } from "../objects";

/** The existing Ceph cluster's RADOS gateway, provisioned through Rook's claims. */
export const ceph = section({
  kind: z.literal("ceph"),
  namespace: dnsLabel.default("rook-ceph").describe("namespace of the Rook cluster; default rook-ceph"),
  store: dnsLabel.default("lakehouse").describe("name of the CephObjectStore; default lakehouse"),
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
