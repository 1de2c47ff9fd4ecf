import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../core/platform";
import type { Dashboards, Scraping } from "../core/telemetry";
import type { PodPeer } from "../core/endpoint";
import { labels } from "../core/labels";
import { Link } from "../core/link";
import type { Service } from "../core/service";
import type { ExistingSettings } from "./settings";
import type { Overview } from "./overview";
import { monitors, scrapeLinks } from "./monitors";
import { alertRules } from "./rules";
import { runbooks } from "./runbooks";

export interface ObservabilityArgs {
  readonly platform: Platform;
  readonly settings: ExistingSettings;
  /** All services of the stack. */
  readonly services: readonly Service[];
  /** The stack's own Prometheus. @default the existing one of the settings, if any */
  readonly metrics?: Scraping;
  /** Where the stack's own Grafana finds dashboards. @default those of the existing one, where that is used */
  readonly dashboards?: Dashboards;
  /** What the overview shows, once everything is connected. @default an overview of nodes and quotas alone */
  readonly outputs?: () => Overview;
}

/** Metrics, alerts and dashboards of every service that brings some. */
export class Observability extends pulumi.ComponentResource {
  readonly metrics: Scraping | undefined;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:observability:Observability", name, {}, opts);
    const { platform, settings, services, outputs } = args;
    const used = settings.mode === "existing" ? existing(settings) : undefined;
    const metrics = args.metrics ?? used?.metrics;
    const dashboards = args.dashboards ?? used?.dashboards;
    const watched = services.filter((service) => service.monitoring !== undefined);
    if (metrics !== undefined) for (const service of watched) this.watch(service, settings, metrics);
    if (dashboards !== undefined) this.dashboards(platform, dashboards, services, watched, outputs?.());
    this.metrics = metrics;
    this.registerOutputs();
  }

  /** Monitors and rules are in the service's namespace and are deleted with it. */
  private watch(service: Service, settings: ExistingSettings, { scraper, selector, after }: Scraping): void {
    const child = { parent: this };
    const resource = after.length === 0 ? child : { ...child, dependsOn: [...after] };
    const { namespace } = service;
    for (const link of scrapeLinks(service, scraper)) new Link(`${scraper.name}-to-${link.to.name}`, link, child);
    for (const { kind, name, role, spec } of monitors(service)) {
      const found = { ...labels({ service: service.service, role }), ...selector };
      new k8s.apiextensions.CustomResource(
        name,
        { apiVersion: "monitoring.coreos.com/v1", kind, metadata: { name, namespace, labels: found }, spec },
        resource,
      );
    }
    const rules = alertRules(service, runbooks(settings.runbooks));
    if (rules.groups.length === 0) return;
    const name = `${service.service}-alerts`;
    const found = { ...labels({ service: service.service, role: "alerts" }), ...selector };
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name, namespace, labels: found },
        spec: rules,
      },
      resource,
    );
  }

  private dashboards(
    platform: Platform,
    { namespace, labels: found }: Dashboards,
    services: readonly Service[],
    watched: readonly Service[],
    outputs: Overview | undefined,
  ): void {
    // Loaded on demand: Grafana's library takes as long to load as everything else here, and not every stack needs it.
    const { serviceDashboard } = require("./dashboards") as typeof import("./dashboards");
    const { OVERVIEW, overviewDashboard } = require("./overview") as typeof import("./overview");
    const groups = services.flatMap((service) => service.pods);
    const texts = {
      [OVERVIEW]: overviewDashboard(platform.nodes, groups, outputs),
      ...Object.fromEntries(watched.map((service) => [service.service, serviceDashboard(service)])),
    };
    for (const [subject, text] of Object.entries(texts)) {
      const name = `dashboard-${subject}`;
      new k8s.core.v1.ConfigMap(
        name,
        {
          metadata: {
            name: `lakehouse-${name}`,
            namespace,
            labels: { ...labels({ service: subject, role: "dashboard" }), ...found },
          },
          data: { [`${name}.json`]: text },
        },
        { parent: this },
      );
    }
  }
}

/** The existing Prometheus and Grafana. */
function existing(settings: ExistingSettings): { readonly metrics: Scraping; readonly dashboards: Dashboards } {
  const { namespace, selector, dashboardLabels } = settings;
  return {
    metrics: { scraper: prometheusPeer(settings), selector, after: [] },
    dashboards: { namespace, labels: dashboardLabels },
  };
}

/** The pods of the existing Prometheus. */
export function prometheusPeer(settings: ExistingSettings): PodPeer {
  const { namespace, prometheusLabels, isolated } = settings;
  return { kind: "pods", name: "prometheus", namespace, labels: prometheusLabels, managed: isolated };
}
