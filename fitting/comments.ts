import { mayRun } from "../components/core/node";
import { systemName } from "../components/core/system";
import type { Fragment } from "../components/settings/presets";
import { sizeText } from "../planner/report/advice";
import { gib, list, plural } from "../planner/report/format";
import { described, placeOf } from "./described";
import type { Draft } from "./draft";
import { type Machine, reserve, RESERVE_SOURCE } from "./machine";
import { reasons } from "./reasons";
import type { Comments } from "./write";

/** What the comments of a stack file are made from. */
export interface Commented {
  readonly made: Draft;
  readonly all: readonly Machine[];
  /** What takes room on the machines of a cluster. @default the machines are not of a cluster */
  readonly occupied?: readonly string[] | undefined;
  /** Settings that have to be replaced before `pulumi up`. */
  readonly replace: readonly string[];
}

/** The settings that have to be replaced before `pulumi up`, and why each size is as it is. */
export function commentsOf({ made, all, occupied, replace }: Commented): Comments {
  const { fragment, needed } = made;
  const stack = described(fragment);
  const nodes = stack.nodes.filter((node) => stack.groups.some((group) => mayRun(group, node)));
  const comments = new Map<string, string | readonly string[]>(reasons(made));
  comments.set("preset", `Sizes and settings to start from; those below differ from it.`);
  const room = nodes.reduce((sum, { limit }) => sum + limit.memory, 0);
  comments.set("nodes", [
    occupied === undefined
      ? `The system keeps ${sizeText(all[0]?.system.memory ?? 0)} of each${isUsual(all) ? ` (${RESERVE_SOURCE})` : ""}.`
      : `Of each the system keeps what the kubelet does not give away, and what runs there already: ${list(occupied) || "nothing that asks for memory"}.`,
    `Of what is left 70 % may be requested, ${gib(room)} on ${plural(nodes.length, "machine")}${nodes.length < all.length ? " without a taint" : ""}; the rest is the buffer against memory pressure.`,
  ]);
  for (const [system, by] of needed) comments.set(placeOf(system), `${systemName(by)} needs it.`);
  if (made.preset !== "dev" && isOff(fragment))
    comments.set(
      "storage.postgres.backup",
      "Backups need cert-manager in the cluster: with it, cluster.certManager: true and no line here.",
    );
  for (const path of replace)
    comments.set(path, [...[comments.get(path) ?? []].flat(), "TO REPLACE before `pulumi up`: nothing answers there."]);
  if (isUnprotected(fragment)) comments.set("cluster.protectData", "The data of one machine without a copy may go.");
  return comments;
}

const isUsual = (all: readonly Machine[]): boolean =>
  all.every((machine) => machine.system.memory === reserve(machine).memory);

const isUnprotected = ({ cluster }: Fragment): boolean =>
  (cluster as { readonly protectData?: boolean } | undefined)?.protectData === false;

function isOff(fragment: Fragment): boolean {
  const { postgres } = (fragment.storage ?? {}) as {
    readonly postgres?: { readonly backup?: { readonly plugin?: string } };
  };
  return postgres?.backup?.plugin === "off";
}
