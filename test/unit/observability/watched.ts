import { everything } from "../../../cli/system-pages";
import { platform } from "../../../components/cluster";
import type { Monitoring } from "../../../components/core/monitoring";
import { type AnySystem, settingsOf } from "../../../components/core/system";
import { stackFacts } from "../../../components/facts";
import { settingsFrom } from "../../../components/settings";
import { systems } from "../../../components/systems";

const settings = settingsFrom({
  nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
  pools: { all: { default: true } },
  cluster: { certManager: true },
  storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
});
const facts = { platform: platform(settings), stack: stackFacts(settings) };

/**
 * Settings of a system: those of its example, or the usual ones. One that is switched by a kind, as an existing or a deployed server,
 * may have other alerts in each.
 */
const choices = (system: AnySystem) => {
  const on = () => settingsOf(system, everything(system));
  if (system.example !== undefined) return [on()];
  const others = (system.others ?? []).map((other) => ({ ...(on() as object), ...other }));
  const usual = settingsOf(system, settings);
  return [...(usual === undefined ? [] : [usual]), ...(system.switch === undefined ? [] : [on()]), ...others];
};

/** Monitoring of each system by service: its alerts need tests and runbooks. Services that come of settings are those of the example. */
export const watched: readonly { readonly service: string; readonly monitoring: Monitoring }[] = systems.flatMap(
  (system) =>
    choices(system).flatMap((own) =>
      Object.entries(system.monitoring?.({ ...facts, settings: own }) ?? {}).map(([service, monitoring]) => ({
        service,
        monitoring,
      })),
    ),
);
