import { z } from "zod";

import { dnsLabel, dnsSubdomain, labelKey, mode, podSelector, section } from "../fields/fields";
import { cidr } from "../fields/ranges";

const ANNOTATION = "text of at most 2000 characters in one line";
const annotations = z.record(
  labelKey,
  z.string({ error: ANNOTATION }).regex(/^[^\n\r]{0,2000}$/, { error: ANNOTATION }),
  { error: "annotations by name, as the class wants them" },
);

/** What leads from outside of the cluster to doors that `lakehouse:doors` gives a host. */
export const gateway = section({
  mode: mode("off", "existing", "deployed", "ingress")
    .default("off")
    .describe(
      "off, nothing of the stack leads in; existing, a Gateway of the cluster; deployed, a Gateway that the stack makes, of a class of the cluster; ingress, a controller of Ingresses; default off",
    ),
  class: dnsSubdomain
    .optional()
    .describe("GatewayClass of a Gateway that the stack makes, or the class of Ingresses; default none"),
  name: dnsSubdomain.default("lakehouse").describe("name of the Gateway; default lakehouse"),
  namespace: dnsLabel
    .optional()
    .describe("namespace of the Gateway, which is there: the stack's own are for its pods alone; default none"),
  listener: dnsSubdomain
    .optional()
    .describe(
      "listener of an existing Gateway for HTTPS, with its owner's certificate; default: each door brings a listener and a certificate of cluster.issuer as a ListenerSet, which the Gateway has to allow",
    ),
  proxies: section({
    namespace: dnsLabel.optional().describe("namespace of the pods that requests come from; default the Gateway's"),
    labels: podSelector
      .optional()
      .describe("labels of these pods, such as { gateway.networking.k8s.io/gateway-name: lakehouse }; default none"),
    cidrs: z
      .array(cidr)
      .default([])
      .describe("addresses that requests come from instead, where proxies are on the nodes' network; default none"),
    isolated: z
      .boolean()
      .default(false)
      .describe("whether their namespace denies by default: render the policies of its side too; default false"),
  })
    .prefault({})
    .describe("what requests come from, which network policies let pass"),
  ranges: z
    .array(cidr)
    .default([])
    .describe(
      "addresses that may come to a Gateway that the stack makes, by an annotation of its load balancer; default all",
    ),
  annotations: annotations
    .default({})
    .describe("annotations of Ingresses, such as those for ranges of addresses; default none"),
  tlsAnnotations: annotations
    .optional()
    .describe(
      "annotations of Ingresses by which their class speaks TLS with pods, for programs that speak nothing else; default none, and these are refused",
    ),
}).prefault({});

export type GatewaySettings = z.output<typeof gateway>;
