import { ALLOWED } from "./allowed";
import { described } from "./described";
import { FOUNDING } from "./founding";
import { artefacts } from "./obtain/artefacts";

/** Proofs of all systems, by the tests in `test/engines`. */
export const PROOFS = described.flatMap(({ proofs }) => proofs);

/** Parts that cannot be obtained, and why: each counts as skipped. */
export const ABSENT = described.flatMap(({ absent }) => absent);

export function proofsDocument(): string {
  const standIns = Object.values(artefacts).flatMap(({ what, version, standsFor }) =>
    standsFor === undefined ? [] : [`| ${what} | ${version} | ${standsFor.version} | ${standsFor.why} |`],
  );
  return `# How far each system is proven

Written by \`npm run test:engines\`, which fails when this page is not what it would write (\`LAKEHOUSE_WRITE_PROOFS=yes\` writes it). The engines
are real processes, started from the files that the dev stack renders; the start scripts of the images are not proven. Memory is as rendered.

## Systems of the founding documents
Level 2: rendered, and what is rendered is as upstream's definitions and the policies want it. 3: a real API server with strict validation takes it, or upstream's own program takes its files. 4: its real engine or operator runs from what is rendered. 5: data go through
it and other real engines, with known results. ${levels()}

| system | level | seen by | note |
|---|---|---|---|
${FOUNDING.map(({ name, level, seen, note = "" }) => `| ${name} | ${level === 0 ? "–" : String(level)} | ${seen[0] === undefined ? "–" : `\`test/${seen[0]}\``} | ${note} |`).join("\n")}

## Seen
${PROOFS.map(({ system, from, seen }) => `### ${system}\nStarted from: ${from}.\n${seen.map((title) => `- ${title}`).join("\n")}`).join("\n\n")}

## Versions that stand in for others
| what | tested | the product has | why |
|---|---|---|---|
${standIns.join("\n")}

## Not proven here
| what | why |
|---|---|
${ABSENT.map(([what, why]) => `| ${what} | ${why} |`).join("\n")}

## Allowed differences from the rendered files
| file | property | kind | why |
|---|---|---|---|
${ALLOWED.map(({ file, key, kind, why }) => `| ${code(file)} | ${code(key)} | ${kind} | ${why} |`).join("\n")}
`;
}

function levels(): string {
  const least = (level: number) => FOUNDING.filter((each) => each.level >= level).length;
  return `Of ${String(FOUNDING.length)}, ${String(least(2))} are at 2 or more, ${String(least(3))} at 3 or more, ${String(least(4))} at 4 or more, ${String(least(5))} at 5.`;
}

/** A pattern as a table shows it. */
const code = ({ source }: RegExp) => `\`${source.replace(/^\^|\$$|\\(?=[./-])/g, "").replaceAll("|", "\\|")}\``;
