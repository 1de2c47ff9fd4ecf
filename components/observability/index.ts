import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../core/platform";
import type { Metrics } from "../core/capabilities";
import type { PodPeer } from "../core/endpoint";
import { labels } from "../core/labels";
import { Link } from "../core/link";
import type { Service } from "../core/service";
import type { ObservabilitySettings } from "./settings";
import type { Overview } from "./overview";
import { podMonitors, scrapeLinks } from "./monitors";
import { alertRules } from "./rules";
import { runbooks } from "./runbooks";

export interface ObservabilityArgs {
  readonly platform: Platform;
  readonly settings: ObservabilitySettings;
  /** All services of the stack. */
  readonly services: readonly Service[];
  /** What the overview shows, once everything is connected. @default an overview of nodes and quotas alone */
  readonly outputs?: () => Overview;
}

/** Metrics, alerts and dashboards of every service that brings some. */
export class Observability extends pulumi.ComponentResource {
  readonly metrics: Metrics | undefined;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:observability:Observability", name, {}, opts);
    const { platform, settings, services, outputs } = args;
    if (settings.mode === "existing") {
      const scraper = prometheusPeer(settings);
      const watched = services.filter((service) => service.monitoring !== undefined);
      for (const service of watched) this.watch(service, settings, scraper);
      this.dashboards(platform, settings, services, watched, outputs?.());
      this.metrics = { scraper };
    }
    this.registerOutputs();
  }

  /** Monitors and rules are in the service's namespace and are deleted with it. */
  private watch(service: Service, settings: ObservabilitySettings, scraper: PodPeer): void {
    const child = { parent: this };
    const { namespace } = service;
    for (const link of scrapeLinks(service, scraper)) new Link(`${scraper.name}-to-${link.to.name}`, link, child);
    for (const { name, role, spec } of podMonitors(service)) {
      const found = { ...labels({ service: service.service, role }), ...settings.selector };
      new k8s.apiextensions.CustomResource(
        name,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "PodMonitor",
          metadata: { name, namespace, labels: found },
          spec,
        },
        child,
      );
    }
    const rules = alertRules(service, runbooks(settings.runbooks));
    if (rules.groups.length === 0) return;
    const name = `${service.service}-alerts`;
    const found = { ...labels({ service: service.service, role: "alerts" }), ...settings.selector };
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name, namespace, labels: found },
        spec: rules,
      },
      child,
    );
  }

  private dashboards(
    platform: Platform,
    settings: ObservabilitySettings,
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
            namespace: settings.namespace,
            labels: { ...labels({ service: subject, role: "dashboard" }), ...settings.dashboardLabels },
          },
          data: { [`${name}.json`]: text },
        },
        { parent: this },
      );
    }
  }
}

/** The pods of the existing Prometheus. */
export function prometheusPeer(settings: ObservabilitySettings): PodPeer {
  const { namespace, prometheusLabels, isolated } = settings;
  return { kind: "pods", name: "prometheus", namespace, labels: prometheusLabels, managed: isolated };
}
