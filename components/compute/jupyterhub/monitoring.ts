import type { Monitoring } from "../../core/monitoring";
import type { Platform } from "../../core/platform";
import { HUB_PORT, PROXY_METRICS_PORT } from "./config";
import { HUB } from "./pods";
import type { JupyterhubSettings } from "./settings";

const SPAWNS = "jupyterhub_server_spawn_duration_seconds";
const REQUESTS = "jupyterhub_request_duration_seconds_count";
/** What the culler asks the hub every five minutes. */
const CULLER = `${REQUESTS}{handler="jupyterhub.apihandlers.users.UserListAPIHandler"}`;

/** Names are those of JupyterHub 5.5 and of its proxy 5.2. The hub shows its metrics to who has a token. */
export function monitoring(platform: Platform, { idleMinutes }: Pick<JupyterhubSettings, "idleMinutes">): Monitoring {
  const [{ suffix }] = platform.logins(HUB);
  const token = { secret: `${HUB}-tokens${suffix}`, key: "metrics" };
  return {
    scrapes: [
      { role: "hub", portName: "http", port: HUB_PORT, path: "/hub/metrics", token },
      { role: "proxy", portName: "metrics", port: PROXY_METRICS_PORT },
    ],
    alerts: [
      {
        name: "JupyterhubDown",
        expr: 'absent(up{pod=~"jupyterhub-hub-.*"} == 1)',
        for: "5m",
        severity: "warning",
        summary: "JupyterHub does not answer: nobody signs in or starts a notebook. Those that run go on.",
        test: { series: { 'up{pod="jupyterhub-hub-a"}': "0x15" }, at: "8m", labels: {} },
      },
      {
        name: "JupyterhubProxyDown",
        expr: 'absent(up{pod=~"jupyterhub-proxy-.*"} == 1)',
        for: "3m",
        severity: "critical",
        summary: "JupyterHub's proxy does not answer: nobody reaches a notebook, though all of them run.",
        test: { series: { 'up{pod="jupyterhub-proxy-a"}': "0x15" }, at: "6m", labels: {} },
      },
      {
        name: "JupyterhubSpawnsFail",
        expr: `sum(increase(${SPAWNS}_count{status="failure"}[30m])) >= 3`,
        for: "0m",
        severity: "warning",
        summary: "Three notebooks or more have not started within half an hour.",
        test: { series: { [`${SPAWNS}_count{status="failure"}`]: "0x30 1 2 3 4x20" }, at: "40m", labels: {} },
      },
      {
        name: "JupyterhubSpawnsSlow",
        expr: `histogram_quantile(0.9, sum by (le) (increase(${SPAWNS}_bucket{status="success"}[1h]))) > 120`,
        for: "10m",
        severity: "warning",
        summary: "One in ten notebooks takes more than two minutes to start: no node has room, or has the image.",
        test: {
          series: {
            [`${SPAWNS}_bucket{status="success",le="60"}`]: "0x90",
            [`${SPAWNS}_bucket{status="success",le="120"}`]: "0x90",
            [`${SPAWNS}_bucket{status="success",le="180"}`]: "0+1x90",
            [`${SPAWNS}_bucket{status="success",le="+Inf"}`]: "0+1x90",
          },
          at: "80m",
          labels: {},
        },
      },
      {
        name: "JupyterhubCullerSilent",
        // The hub itself has been there for as long.
        expr: `(sum(increase(${CULLER}[1h])) or vector(0)) == 0 and on() count_over_time(up{pod=~"jupyterhub-hub-.*"}[1h] offset 1h) > 0 and on() max(jupyterhub_running_servers) > 0`,
        for: "10m",
        severity: "warning",
        summary: `Nobody has looked for idle notebooks for an hour: those that do nothing for ${String(idleMinutes)} minutes keep their memory.`,
        test: {
          series: { [CULLER]: "5x200", 'up{pod="jupyterhub-hub-a"}': "1x200", "jupyterhub_running_servers": "2x200" },
          at: "150m",
          labels: {},
        },
      },
    ],
    panels: [
      { title: "Notebooks that run", expr: "max(jupyterhub_running_servers)", legend: "notebooks", unit: "short" },
      {
        title: "People who work",
        expr: "max by (period) (jupyterhub_active_users)",
        legend: "{{period}}",
        unit: "short",
      },
      {
        title: "Starts of notebooks",
        expr: `sum by (status) (increase(${SPAWNS}_count[1h]))`,
        legend: "{{status}}",
        unit: "short",
      },
      {
        title: "Time to start, 90 of 100",
        expr: `histogram_quantile(0.9, sum by (le) (increase(${SPAWNS}_bucket{status="success"}[1h])))`,
        legend: "seconds",
        unit: "s",
      },
      {
        title: "Requests by way of the proxy",
        expr: "sum by (status) (rate(requests_proxy[5m]))",
        legend: "{{status}}",
        unit: "reqps",
      },
    ],
  };
}
