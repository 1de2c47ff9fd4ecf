import type { Labels } from "../../core/labels";
import { STATUS_PORT } from "./config";
import type { PostgresSettings } from "./settings";
import { LEADER, PATRONI_PORT, spiloLabels } from "./zalando";

/** What an operator calls the instances that it makes. */
export interface Instances {
  readonly labels: Labels;
  /** Labels of the one that takes writes. */
  readonly leader: Labels;
  /** Service of the one that takes writes. */
  readonly service: string;
  /** Port on which an instance tells how it is. */
  readonly status: { readonly port: number; readonly scheme: "http" | "https" };
  /** Whether instances ask each other there too. */
  readonly asksOthers: boolean;
}

export function instancesOf(name: string, { by }: Pick<PostgresSettings, "by">): Instances {
  if (by === "zalando") {
    const labels = spiloLabels(name);
    const status = { port: PATRONI_PORT, scheme: "http" } as const;
    return { labels, leader: { ...labels, ...LEADER }, service: name, status, asksOthers: true };
  }
  const labels = { "cnpg.io/cluster": name };
  const leader = { ...labels, "cnpg.io/instanceRole": "primary" };
  return { labels, leader, service: `${name}-rw`, status: { port: STATUS_PORT, scheme: "https" }, asksOthers: false };
}
