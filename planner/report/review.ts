import { alike } from "../changes/report/summary";
import { harmLine, MARKS } from "../changes/report/markdown";
import { SEVERITIES } from "../changes/harms";
import type { Plan } from "../plan";
import { violations } from "../verdict";
import { money } from "./format";
import { MARKDOWN_LIMIT, renderMarkdown } from "./markdown";
import { bounded, folded, prose } from "./markdown-text";
import { changeCounts, costChange, dataLosses, shortfalls } from "./summary";

/** What became of a stack: its plan, or why it has none. */
export type Reviewed =
  | { readonly stack: string; readonly plan: Plan }
  /** A line for each mistake in its settings. */
  | { readonly stack: string; readonly mistakes: readonly string[] }
  /** It is in the base, and no longer here. */
  | { readonly stack: string; readonly gone: true };

/** First line of the comment, by which it is found again. It is not shown. */
export const MARKER = "<!-- lakehouse review -->";

/** Characters for the table of stacks, and for what is to be looked at first. */
const TABLE = 4000;
const FIRST = 8000;

/**
 * Plans of all stacks as one comment: what is to be looked at first, then each stack. Never over `MARKDOWN_LIMIT` characters.
 * @param base `main (3f2a1b0)`
 */
export function renderReview(all: readonly Reviewed[], base: string): string {
  const plans = all.flatMap((one) => ("plan" in one ? [one.plan] : []));
  const differing = plans.filter((plan) => changeCounts(plan) !== "no change" || plan.verdict !== "ok");
  const limit = Math.floor((MARKDOWN_LIMIT - TABLE - FIRST - 2000) / Math.max(1, differing.length)) - 200;
  const first = firstLines(all);
  const rows = all.map(row);
  return `${[
    MARKER,
    `## Lakehouse: ${headline(all)}, compared with ${prose(base, 100)}`,
    first.length === 0 ? "" : bounded(FIRST, first, "more to look at"),
    `| stack | plan | changes | to look at | a month |\n|---|---|---|---|---:|\n${bounded(TABLE, rows, "stacks")}`,
    ...differing.map((plan) =>
      folded(
        `<b>${prose(plan.stack, 100)}</b>: ${changeCounts(plan)}`,
        renderMarkdown(plan, { limit }),
        differing.length === 1,
      ),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

function headline(all: readonly Reviewed[]): string {
  const refused = all.filter(isRefused).length;
  if (refused > 0) return `❌ ${String(refused)} of ${String(all.length)} stacks may not be deployed`;
  return `✅ ${all.length === 1 ? "the stack" : `all ${String(all.length)} stacks`} may be deployed`;
}

/** A stack that is deleted runs on until it is destroyed: it is named, and refused by nobody. */
const isRefused = (one: Reviewed) => "mistakes" in one || ("plan" in one && one.plan.verdict !== "ok");

/** Everything that a reviewer must see, of all stacks, the worst first. */
function firstLines(all: readonly Reviewed[]): string[] {
  const gone = all.flatMap((one) => ("gone" in one ? [`- 🔴 **data** the stack ${name(one.stack)} is deleted`] : []));
  const mistakes = all.flatMap((one) =>
    "mistakes" in one ? one.mistakes.map((line) => `- ❌ ${name(one.stack)} ${prose(line, 300)}`) : [],
  );
  const plans = all.flatMap((one) => ("plan" in one ? [one.plan] : []));
  const tagged = plans.flatMap((plan) => [
    ...dataLosses(plan.resources).map(({ verb, resource }) => ({
      severity: "data" as const,
      resource,
      text: `${verb} stored data`,
      stack: plan.stack,
    })),
    ...(plan.changes?.harms ?? [])
      .filter(({ text }) => !text.endsWith(" stored data"))
      .map((harm) => ({ ...harm, stack: plan.stack })),
  ]);
  const refused = plans.flatMap((plan) => [
    ...shortfalls(plan.unplaced).map(
      (pod) =>
        `- ❌ ${name(plan.stack)} no room for ${String(pod.count)} × ${prose(pod.name, 80)}: ${prose(pod.reason, 300)}`,
    ),
    ...violations(plan.policies)
      .filter(({ policy }) => policy !== "plan-acknowledge-data-loss")
      .map(
        ({ policy, resource, message }) =>
          `- ❌ ${name(plan.stack)} ${prose(policy, 80)}: ${prose(resource, 100)} ${prose(message, 300)}`,
      ),
    ...tokens(plan).map(
      (token) =>
        `- 🔴 ${name(plan.stack)} to accept the loss of its data, write \`lakehouse acknowledge ${token}\` into the description`,
    ),
  ]);
  const harms = SEVERITIES.flatMap((severity) => {
    const stacks = new Map<string, string[]>();
    for (const plan of plans)
      for (const harm of alike(tagged.filter((one) => one.severity === severity && one.stack === plan.stack))) {
        const line = harmLine(harm);
        stacks.set(line, [...(stacks.get(line) ?? []), plan.stack]);
      }
    return [...stacks].map(([line, names]) =>
      line.replace(`- ${MARKS[severity]}`, `- ${MARKS[severity]} ${names.map(name).join(", ")}`),
    );
  });
  const data = harms.filter((line) => line.startsWith(`- ${MARKS.data}`));
  return [...gone, ...mistakes, ...data, ...refused, ...harms.filter((line) => !data.includes(line))];
}

const name = (stack: string) => `**${prose(stack, 60)}**`;

const tokens = (plan: Plan) => [
  ...new Set(plan.policies.failed.flatMap(({ message }) => /--acknowledge ([0-9a-f]{8})\./.exec(message)?.[1] ?? [])),
];

function row(one: Reviewed): string {
  const cells = (...of: readonly string[]) => `| ${[name(one.stack), ...of].join(" | ")} |`;
  if ("gone" in one) return cells("🔴 deleted", "", "", "");
  if ("mistakes" in one) return cells("❌ mistakes in its settings", "", String(one.mistakes.length), "");
  const { plan } = one;
  const { verdict, cost, changes } = plan;
  const verdicts = { "ok": "✅ ok", "does-not-fit": "❌ does not fit", "policy-violations": "❌ refused by policies" };
  const counts = SEVERITIES.map(
    (severity) => [severity, (changes?.harms ?? []).filter((harm) => harm.severity === severity).length] as const,
  );
  const change = costChange(cost);
  return cells(
    verdicts[verdict],
    changeCounts(plan),
    counts.flatMap(([severity, count]) => (count === 0 ? [] : [`${MARKS[severity]} ${String(count)}`])).join(" "),
    `${money(cost.monthly, cost.currency)}${change === undefined || change === "unchanged" ? "" : ` (${change})`}`,
  );
}

/** 0 if every stack may be deployed, 1 if one may not, 2 if one has mistakes in its settings. */
export function reviewExitCode(all: readonly Reviewed[]): 0 | 1 | 2 {
  if (all.some((one) => "mistakes" in one)) return 2;
  return all.some(isRefused) ? 1 : 0;
}
