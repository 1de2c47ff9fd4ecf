import { createInterface } from "node:readline";

import { OPTIONAL } from "../fitting/draft";
import type { InitFlags } from "../fitting/init";
import { InputError } from "../inputs/input-error";
import { OBJECT_STORES } from "../fitting/objects";

/** Asks somebody one question; an empty answer is an empty text. */
export type Ask = (question: string) => Promise<string>;

interface Question {
  readonly flag: keyof InitFlags;
  readonly text: string;
  readonly otherwise: string;
}

const QUESTIONS: readonly Question[] = [
  { flag: "nodes", text: "How many machines?", otherwise: "1" },
  { flag: "memory", text: "Memory of each?", otherwise: "16Gi" },
  { flag: "cpu", text: "Cores of each?", otherwise: "8" },
  {
    flag: "objects",
    text: `Object store: ${OBJECT_STORES.join(", ")} (s3 and ceph are there already, the others are deployed)?`,
    otherwise: "minio",
  },
  { flag: "with", text: `Besides Trino and Spark: ${[...OPTIONAL.keys()].join(", ")}?`, otherwise: "" },
];

/** Answers in place of flags that were not given. They are checked as flags are. */
export async function askFor(ask: Ask, given: InitFlags): Promise<InitFlags> {
  const answers: Partial<Record<keyof InitFlags, string>> = {};
  for (const { flag, text, otherwise } of QUESTIONS) {
    if (given[flag] !== undefined) continue;
    const answer = (await ask(`${text}${otherwise === "" ? "" : ` [${otherwise}]`} `)).trim();
    answers[flag] = answer === "" ? otherwise : answer;
  }
  return answers as InitFlags;
}

/** Asks at the terminal. Undefined where input or output is none. */
export function terminalAsk(): { readonly ask: Ask; readonly end: () => void } | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Keeps lines that come before their question, as pasted ones do.
  const answers = lines[Symbol.asyncIterator]();
  return {
    ask: async (question) => {
      lines.setPrompt(question);
      lines.prompt();
      const { value, done } = (await answers.next()) as IteratorResult<string, undefined>;
      if (done === true)
        throw new InputError(["the answers ended before all questions were asked; nothing is written"]);
      return value;
    },
    end: () => {
      lines.close();
    },
  };
}
