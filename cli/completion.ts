import type { Argument, Command, Option } from "commander";

import { stacks, stacksFolder } from "../inputs/project";

/** A word that may stand at the cursor, with what it means. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

const words = (all: Iterable<string>, meaning: string): Candidate[] => [...all].map((word) => ({ word, meaning }));

/** Values of options and arguments by their names, after their command's where it has its own. Of the others, which are files or free texts, the shell offers files. */
const VALUES: Readonly<Record<string, () => Candidate[]>> = {
  "stack": () => words(stacks(stacksFolder()), "a stack"),
  "preset": () => {
    const { PRESETS } = require("../components/core/system") as typeof import("../components/core/system");
    return words(PRESETS, "a preset");
  },
  "book": () => {
    const { bookNames } = require("../pricing/books") as typeof import("../pricing/books");
    return words(bookNames(), "a book of prices");
  },
  "with": () => {
    const { OPTIONAL } = require("../fitting/draft") as typeof import("../fitting/draft");
    return words(OPTIONAL.keys(), "an optional system");
  },
  "compose with": () => {
    const { composable } = require("../compose/selection") as typeof import("../compose/selection");
    return words(composable(), "a system that runs without Kubernetes");
  },
  "start with": () => {
    const { NONE, partNames } =
      require("../sandbox/engines/local/parts") as typeof import("../sandbox/engines/local/parts");
    return words([...partNames(), NONE], "a part of a local lakehouse");
  },
  "connect client": () => {
    const { clients } = require("./local/clients") as typeof import("./local/clients");
    return words(Object.keys(clients), "a client");
  },
  "objects": () => {
    const { OBJECT_STORES } = require("../fitting/objects") as typeof import("../fitting/objects");
    return words(OBJECT_STORES, "an object store");
  },
  "as": () => {
    const { PACKAGINGS } = require("../packaging/unit") as typeof import("../packaging/unit");
    return words(PACKAGINGS, "a tool that deploys");
  },
  "provider": () => {
    const { PROVIDERS } = require("../bootstrap/render") as typeof import("../bootstrap/render");
    return words(PROVIDERS, "makes the machines");
  },
  "engine": () => words(["trino", "duckdb"], "an engine"),
  "shell": () => words(["bash", "zsh", "fish"], "a shell"),
  "path": () => {
    const { settingPaths } = require("./setting-paths") as typeof import("./setting-paths");
    return words(settingPaths(), "a setting");
  },
};

/**
 * What may stand at the cursor; none where the shell offers files.
 * @param given the words after the command's name; the last one is at the cursor
 */
export function candidates(program: Command, given: readonly string[]): Candidate[] {
  // Bash takes `--stack=dev` apart.
  const line = given.filter((word, at) => word !== "=" || at === given.length - 1);
  const last = line.at(-1) ?? "";
  const current = last === "=" ? "" : last;
  const [, flag, begun = ""] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  const { command, option, operands } = position(program, line.slice(0, -1));
  if (flag !== undefined) {
    const values = valuesOf(
      command,
      optionsOf(command).find((one) => one.long === flag),
    );
    return starting(values, begun).map((one) => ({ ...one, word: `${flag}=${one.word}` }));
  }
  if (option !== undefined) {
    // Of a list such as `kafka,flink` the last one is at the cursor.
    const [before = ""] = /^.*,/.exec(current) ?? [];
    const values = starting(valuesOf(command, option), current.slice(before.length));
    return values.map((one) => ({ ...one, word: `${before}${one.word}` }));
  }
  if (current.startsWith("-")) return starting(flags(command), current);
  const argument = command.registeredArguments[operands];
  return starting(command.commands.length > 0 ? subcommands(command) : valuesOf(command, argument), current);
}

/** Where in the tree of commands the words lead, the option that waits for a value, and the number of other words. */
function position(program: Command, line: readonly string[]) {
  let command = program;
  let option: Option | undefined;
  let operands = 0;
  for (const word of line) {
    if (word.startsWith("-")) {
      const found = optionsOf(command).find((one) => one.long === word || one.short === word);
      option = found !== undefined && (found.required || found.optional) ? found : undefined;
    } else if (option !== undefined) {
      if (!option.variadic) option = undefined;
    } else {
      const inner = command.commands.find((one) => one.name() === word);
      if (inner === undefined) operands += 1;
      else command = inner;
    }
  }
  return { command, option, operands };
}

const optionsOf = (command: Command) => command.createHelp().visibleOptions(command);

const flags = (command: Command): Candidate[] =>
  optionsOf(command).flatMap(({ long, short, description }) => words([long ?? short ?? ""], description));

const subcommands = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), meaning: one.description() }));

function valuesOf(command: Command, of: Option | Argument | undefined): Candidate[] {
  if (of === undefined) return [];
  const name = "attributeName" in of ? of.attributeName() : of.name();
  return (VALUES[`${command.name()} ${name}`] ?? VALUES[name])?.() ?? [];
}

const starting = (all: readonly Candidate[], begun: string): Candidate[] =>
  all.filter(({ word }) => word.startsWith(begun));

/** A line for each candidate, the meaning after a tab. */
export const completionLines = (found: readonly Candidate[]): string =>
  found.map(({ word, meaning }) => `${word}\t${meaning.replace(/\s+/g, " ")}\n`).join("");

/** What a shell runs once. At each Tab it asks the command, so that it never offers what is not there. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# lakehouse completion bash > ~/.local/share/bash-completion/completions/lakehouse
_lakehouse() {
  local word meaning
  COMPREPLY=()
  while IFS=$'\\t' read -r word meaning; do
    COMPREPLY+=("$word")
  done < <(lakehouse complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -o default -F _lakehouse lakehouse
`,
  zsh: `#compdef lakehouse
# lakehouse completion zsh > a folder of $fpath, as _lakehouse
_lakehouse() {
  local -a found
  local word meaning
  while IFS=$'\\t' read -r word meaning; do
    found+=("\${word//:/\\\\:}:$meaning")
  done < <(lakehouse complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)
  if (( $#found )); then _describe lakehouse found; else _files; fi
}
if [[ $funcstack[1] == _lakehouse ]]; then _lakehouse "$@"; else compdef _lakehouse lakehouse; fi
`,
  fish: `# lakehouse completion fish > ~/.config/fish/completions/lakehouse.fish
function __lakehouse_found
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  set -g __lakehouse_words (lakehouse complete -- $before[2..] "$current" 2> /dev/null)
  test (count $__lakehouse_words) -gt 0
end
complete -c lakehouse -n __lakehouse_found -f -a '$__lakehouse_words'
`,
};
