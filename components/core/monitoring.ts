import type { Labels } from "./labels";

/** What a service brings so that it can be watched. Pure: the observability layer turns it into monitors, rules, dashboards. */

/** A metrics port of the pods of one role. */
export interface Scrape {
  readonly role: string;
  /** Name of the container port. */
  readonly portName: string;
  readonly port: number;
  /** @default "/metrics" */
  readonly path?: string;
  /** Server `host:port` that an exporter of several servers reports on: becomes the label `instance`. @default the pod itself */
  readonly target?: string;
  /** Its series describe other pods, and keep their own labels `namespace` and `pod`. @default false */
  readonly ownLabels?: boolean;
  /** Secret in the service's namespace with `username` and `password`, where the endpoint asks for a user. */
  readonly basicAuthSecret?: string;
  /**
   * Serves TLS with a certificate of its own making, and asks the API server whether the scraper's account may read `/metrics`, as
   * upstream's role of Prometheus may: a Service with these labels leads there. @default false
   */
  readonly secured?: { readonly labels: Labels; readonly portName: string };
  /** Certificate by which the scraper signs in, where the endpoint speaks TLS. @default plain HTTP */
  readonly tls?: {
    /** Secret in the service's namespace with `ca.crt`, `tls.crt` and `tls.key`. */
    readonly secret: string;
    /** Host of a pod, with `$1` for its name: pods' addresses are in no certificate. */
    readonly host: string;
    /** A name that is in the certificate of each pod. */
    readonly serverName: string;
  };
  /** Speaks TLS and asks for no certificate: a Secret in the service's namespace with `ca.crt`, and a name in the certificate. @default plain HTTP */
  readonly https?: { readonly secret: string; readonly serverName: string };
  /** Key of a Secret in the service's namespace with a token, where the endpoint asks for one. */
  readonly token?: { readonly secret: string; readonly key: string };
}

/** One input series and the moment at which the alert must have fired, in the format of promtool's unit tests. */
export interface AlertTest {
  /** Series by name, with promtool's value notation: `'up{job="x"}': "0x15"`. */
  readonly series: Readonly<Record<string, string>>;
  /** Time of the evaluation, such as `10m`. */
  readonly at: string;
  /** Labels of the firing alert besides `severity`. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Alert {
  /** In CamelCase, as Prometheus names them. The runbook's heading. */
  readonly name: string;
  readonly expr: string;
  /** How long the expression must hold, such as `5m`. */
  readonly for: string;
  readonly severity: "warning" | "critical";
  /** One sentence that says what is wrong, for the person who is woken. */
  readonly summary: string;
  readonly test: AlertTest;
}

/** A series that Prometheus computes and keeps, so that long windows over it cost little. */
export interface Recorded {
  /** `lakehouse:<service>:<what>` */
  readonly name: string;
  readonly expr: string;
}

export interface Panel {
  readonly title: string;
  readonly expr: string;
  /** Legend of a series, such as `{{pod}}`. */
  readonly legend: string;
  /** Grafana's unit: `bytes`, `s`, `short`, `percentunit`, `reqps`. */
  readonly unit: string;
}

export interface Monitoring {
  readonly scrapes: readonly Scrape[];
  readonly alerts: readonly Alert[];
  /** @default none */
  readonly records?: readonly Recorded[];
  readonly panels: readonly Panel[];
}
