import { ALLOWED } from "./allowed";
import { described } from "./described";
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

/** A pattern as a table shows it. */
const code = ({ source }: RegExp) => `\`${source.replace(/^\^|\$$|\\(?=[./-])/g, "").replaceAll("|", "\\|")}\``;
