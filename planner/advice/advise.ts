import { groupName } from "../../components/core/pod-group";
import { by } from "../order";
import { fitsAll, type Packing } from "../pack";
import { type Change, changed, type Stack } from "./change";
import { add, addAndGrow, grow, tolerate } from "./machines";
import { adjustable, type Adjustable, type Judge, shrinkMany, shrinkOne } from "./sizes";

/** One way to make a stack fit: all of its changes together. Other advice is another way. */
export interface Advice {
  readonly changes: readonly Change[];
}

export interface AdviseOptions {
  /** Whether the rules of the settings allow some changes. @default all */
  readonly allows?: (changes: readonly Change[]) => boolean;
}

/** Most settings that are each tried alone, and most of them that are shown. */
const TRIED = 12;
const SHOWN = 3;

/** Work for settings, in pods × nodes that are packed anew. A question about machines is asked a few times, however large a stack is. */
const WORK = 1.5e7;

/**
 * Ways to make a stack fit that does not. Each is packed before it is told, so the stack fits once its changes are made. Settings come
 * first, those that give up least at their head; then larger machines; then more of them.
 */
export function advise(stack: Stack, packing: Packing, { allows = () => true }: AdviseOptions = {}): Advice[] {
  if (packing.unplaced.length === 0) return [];
  const pods = stack.groups.reduce((sum, { replicas }) => sum + replicas, 0);
  let left = WORK;
  const fits = (of: Stack): boolean => fitsAll(of.nodes, of.groups);
  const judge: Judge = {
    fits: (of) => (left -= Math.max(1, pods * of.nodes.length)) > 0 && fits(of),
    allows: (changes) => allows(changes),
  };
  const tolerations = tolerate(stack, packing);
  const ways: (readonly Change[] | undefined)[] = [
    tolerations.length > 0 && fits(changed(stack, tolerations)) ? tolerations : undefined,
    ...smaller(stack, packing, judge),
    ...machines(stack, packing, fits),
  ];
  return ways.flatMap((changes) => (changes === undefined || changes.length === 0 ? [] : [{ changes }]));
}

function machines(stack: Stack, packing: Packing, fits: (stack: Stack) => boolean): (readonly Change[] | undefined)[] {
  const alone = [grow(stack, packing), add(stack, packing, fits)];
  return alone.some((way) => way !== undefined) ? alone : [addAndGrow(stack, packing)];
}

function smaller(stack: Stack, packing: Packing, judge: Judge): (readonly Change[] | undefined)[] {
  const all = adjustable(stack.groups);
  const waiting = new Set(packing.unplaced.map(groupName));
  const hit = ({ group }: Adjustable) => (waiting.has(groupName(group)) ? 0 : 1);
  const alone = all
    .toSorted(by(hit, (one) => -one.weight))
    .slice(0, TRIED)
    .flatMap((of) => shrinkOne(stack, of, judge) ?? []);
  if (alone.length > 0)
    return alone
      .toSorted(by(({ from, to }) => -to / from))
      .slice(0, SHOWN)
      .map((one) => [one]);
  return [shrinkMany(stack, all, judge)];
}
