import Table from "cli-table3";
import type { CostReport, Plan } from "../plan";
import { whoPasses } from "./doors";
import { by } from "../order";
import { lossText, units } from "./summary";
import { clean, clip, money } from "./format";
import { MACHINES } from "../cost/charges";
import { type Colors, paragraph } from "./terminal";

/** The part that `--details` adds: lost nodes, bill, types, every change, links, doors, outputs. */
export function renderDetails(plan: Plan, colors: Colors, width: number): string[] {
  const { resources, cost, links, outputs } = plan;
  const types = Object.entries(resources.byType).sort(by(([type]) => type));
  return [
    ...titled(
      colors,
      "While one node is lost",
      table((plan.losses ?? []).map((loss) => [loss.node, lossText(loss) ?? "no pod stays pending"])),
    ),
    ...titled(colors, "Cost", costLines(cost, colors, width)),
    ...titled(
      colors,
      "Resources by type",
      table(
        types.map(([type, count]) => [type, String(count)]),
        1,
      ),
    ),
    // Without a plan to compare with, everything is new.
    ...(plan.changes === undefined
      ? titled(
          colors,
          "Changes",
          resources.create.map((resource) => colors.green(`  + ${clean(resource)}`)),
        )
      : []),
    ...titled(
      colors,
      "Links",
      table(links.map(({ from, to, port, protocol }) => [from, "→", to, `${protocol} ${String(port)}`])),
    ),
    ...titled(
      colors,
      "Doors",
      table((plan.doors ?? []).map((door) => [door.name, door.kind, door.url, door.open, whoPasses(door)])),
    ),
    ...titled(
      colors,
      "Outputs",
      Object.entries(outputs)
        .sort(by(([name]) => name))
        .map(([name, value]) => clip(`  ${clean(name)} = ${clean(JSON.stringify(value))}`, width)),
    ),
  ];
}

/** Lines of the bill, what each system costs, and what no pod uses. */
export function costLines(cost: CostReport, { dim }: Colors, width: number): string[] {
  const amount = (of: number) => money(of, cost.currency);
  const bill = cost.lines.flatMap((line) => {
    const [first = "", ...more] = units(line, cost.currency);
    return [[line.line, first, amount(line.monthly)], ...more.map((part) => ["", part, ""])];
  });
  const lump = cost.systems.some(({ system }) => system === MACHINES);
  const spare = Object.entries(cost.spare ?? {}).filter(([, of]) => of > 0);
  const systems = [
    ...cost.systems.map(({ system, layer, monthly }) => [system, layer, amount(monthly)]),
    ...spare.map(([part, of]) => [
      `${lump ? "of them" : MACHINES}: ${SPARE[part as keyof typeof SPARE]}`,
      "cluster",
      amount(of),
    ]),
  ];
  const book = `prices: ${cost.book} of ${cost.date}, ${cost.source}; ${cost.currency} a month`;
  return [
    ...table(bill, 2, width),
    ...(systems.length === 0 ? [] : ["", dim("  by system, with its layer"), ...table(systems, 2, width)]),
    "",
    ...paragraph({ text: " " }, book, width, dim),
  ];
}

/** Parts of machines that no pod of the stack requests. */
const SPARE = { reserved: "system, pods of others", buffer: "buffer", free: "room for more pods" } as const;

function titled({ bold }: Colors, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `  ${bold(title)}`, ...lines];
}

const NO_BORDER = Object.fromEntries(
  ["top", "bottom", "left", "right"].flatMap((side) =>
    [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((part) => [part, ""]),
  ),
);

/**
 * Columns without borders.
 * @param right index of a right-aligned column
 * @param width columns of the terminal: the texts of the widest column are wrapped into it. @default as wide as the texts
 */
function table(rows: readonly (readonly string[])[], right?: number, width?: number): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => row.map(clean));
  const widths = cells[0]!.map((_, index) => Math.max(...cells.map((row) => row[index]!.length)));
  const built = new Table({
    chars: { ...NO_BORDER, "mid": "", "left-mid": "", "mid-mid": "", "right-mid": "", "middle": "  " },
    style: { "padding-left": 0, "padding-right": 0, "head": [], "border": [] },
    colAligns: widths.map((_, index) => (index === right ? "right" : "left")),
    colWidths: width === undefined ? widths : narrowed(widths, width),
    wordWrap: true,
  });
  built.push(...cells);
  return built
    .toString()
    .split("\n")
    .map((line) => `  ${line}`);
}

/** Widths of columns with two blanks before each, of which the widest gives what is too much. */
function narrowed(widths: readonly number[], width: number): number[] {
  const surplus = widths.reduce((sum, one) => sum + one + 2, 0) - width;
  const widest = widths.indexOf(Math.max(...widths));
  return widths.map((one, index) => (index === widest && surplus > 0 ? Math.max(10, one - surplus) : one));
}
