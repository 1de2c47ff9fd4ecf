import type { Certified } from "../../core/certificates";
import { serviceHost } from "../../core/endpoint";
import { HEADLESS } from "./config";
import { NAME } from "./pods";
import { CERTIFIED } from "./rights";
import type { NifiSettings } from "./settings";

/** Secrets with certificates, by who shows them. */
export const SECRETS = { node: "nifi-node-tls", flows: "nifi-flows-tls", metrics: "nifi-metrics-tls" } as const;

/** One for all nodes, since a pod that had the others' too would gain nothing by its own; and one for each program that asks them. */
export const certificates = ({ hosts }: Pick<NifiSettings, "hosts">, namespace: string): Certified[] => [
  {
    commonName: CERTIFIED.node,
    secretName: SECRETS.node,
    // Who comes by a port-forward asks for localhost.
    dnsNames: [`*.${serviceHost(HEADLESS, namespace)}`, serviceHost(NAME, namespace), "localhost", ...hosts],
  },
  { commonName: CERTIFIED.flows, secretName: SECRETS.flows },
  { commonName: CERTIFIED.metrics, secretName: SECRETS.metrics },
];
