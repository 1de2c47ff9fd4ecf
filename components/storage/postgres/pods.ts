import type { Chart } from "../../core/pins";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { Size } from "../../fields/fields";
import { SIDECAR } from "./config";
import { pins } from "./pins";
import type { PostgresSettings } from "./settings";
import { EXPORTER } from "./zalando";

/** Spilo's pods are not of the restricted profile: they have a namespace of their own. */
export const namespaceOf = (platform: Pick<Platform, "namespace">, { by }: Pick<PostgresSettings, "by">): string =>
  platform.namespace(by === "zalando" ? "postgres" : "storage");

export function postgresPods(platform: Platform, settings: PostgresSettings): PodGroup[] {
  if (settings.by === "zalando") return [spiloPods(platform, settings)];
  const volumes = [platform.volume("data", settings.storage), platform.volume("wal", settings.walStorage)];
  const spread = settings.server.replicas > 1 ? "one-per-node" : "any";
  const names = { service: "postgres", role: "server", namespace: platform.namespace("storage") };
  const { plugin, sidecar } = settings.backup;
  const sidecars = plugin === "off" ? [] : [platform.sidecar(SIDECAR, sidecar)];
  return [platform.podGroup({ ...names, volumes, spread, sidecars }, settings.server)];
}

/** One volume has data and log: the operator knows no second one. */
function spiloPods(platform: Platform, settings: PostgresSettings): PodGroup {
  const names = { service: "postgres", role: "server", namespace: namespaceOf(platform, settings) };
  return platform.podGroup(
    {
      ...names,
      volumes: [platform.volume("pgdata", settings.storage + settings.walStorage)],
      spread: settings.server.replicas > 1 ? "one-per-node" : "any",
      sidecars: [platform.sidecar(EXPORTER, settings.exporter)],
    },
    settings.server,
  );
}

export const zalandoPods = (platform: Platform, settings: PostgresSettings): PodGroup[] =>
  settings.by !== "zalando" || settings.operator === "existing"
    ? []
    : [chartPod(platform, settings, pins.zalando.chart, settings.operatorSize)];

/** The operator calls plugins in its own namespace only, so the plugin is there. */
function operatorNamespace(platform: Platform, settings: PostgresSettings): string {
  return settings.operator === "existing" ? settings.operatorNamespace : platform.namespace("operators");
}

/** The charts label their pods with the names of chart and release, so service, role and release have the chart's name. */
function chartPod(
  platform: Platform,
  settings: PostgresSettings,
  { chart }: Chart,
  size: Omit<Size, "pool"> & Partial<Pick<Size, "pool">>,
): PodGroup {
  const names = { service: chart, role: chart, namespace: operatorNamespace(platform, settings) };
  return platform.podGroup(names, { pool: undefined, ...size });
}

export function cloudNativePgPods(platform: Platform, settings: PostgresSettings): PodGroup[] {
  return settings.operator === "existing" || settings.by === "zalando"
    ? []
    : [chartPod(platform, settings, pins.cloudNativePg.chart, settings.operatorSize)];
}

/** One pod: the chart has no other strategy than Recreate. */
export function barmanPluginPods(platform: Platform, settings: PostgresSettings): PodGroup[] {
  const size = { replicas: 1, cpu: 0.1, memory: 256 * MiB };
  return settings.backup.plugin === "deployed" && settings.by === "cloudnative-pg"
    ? [chartPod(platform, settings, pins.barmanPlugin.chart, size)]
    : [];
}
