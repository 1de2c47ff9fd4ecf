import type { Certified } from "../../core/certificates";
import { serviceHost } from "../../core/endpoint";
import type { NodeRole } from "../search-nodes";
import { headless, NODE_NAME } from "./config";

/** The Secret with what nodes show each other. */
export const NODES = "opensearch-transport";

/** Each node is server and client of others. Nodes read it anew when it changes. */
export const nodes = (roles: readonly NodeRole[], namespace: string): Certified => ({
  commonName: NODE_NAME,
  secretName: NODES,
  dnsNames: roles.map((role) => `*.${serviceHost(headless(role), namespace)}`),
});
