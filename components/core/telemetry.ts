import type * as pulumi from "@pulumi/pulumi";

import type { SecretKeys } from "./capabilities";
import type { Endpoint, PodPeer } from "./endpoint";
import type { Labels } from "./labels";
import type { Service } from "./service";

/** Scrapes pods, and judges their alerts: the stack's own Prometheus, or an existing one. */
export interface Scraping {
  readonly scraper: PodPeer;
  /** Labels by which monitors and rules are found. */
  readonly selector: Labels;
  /** What must exist before monitors and rules: their CRDs, where this stack brings them. */
  readonly after: readonly pulumi.Resource[];
}

/** The stack's own Prometheus, which can be asked too. */
export interface Metrics extends Scraping {
  readonly query: Endpoint;
  readonly alerts: Endpoint;
}

/** Keeps logs, and answers questions about them. */
export interface Logs {
  readonly kind: "loki" | "opensearch" | "elasticsearch";
  readonly endpoint: Endpoint;
  /** The right of a client to read all logs. */
  read(client: Service): LogsAccess;
}

/** The way to logs for one client: stores with users have its user, and the name of the index. */
export interface LogsAccess extends Partial<SecretKeys> {
  readonly endpoint: Endpoint;
  readonly index?: string;
}

/** Where a Grafana finds dashboards: ConfigMaps of one namespace with these labels. */
export interface Dashboards {
  readonly namespace: string;
  readonly labels: Labels;
}
