import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Command, CommanderError } from "commander";

import { InputError } from "../../inputs/input-error";
import { PROJECT_FOLDER } from "../../inputs/project";
import { print } from "../terminal";

/** Adds what is about the command and the project itself. Modules are loaded on first use. */
export function addProject(program: Command): void {
  program.commandsGroup("Project:");
  program.option("-V, --version", "show the versions of lakehouse, Node.js and Pulumi's SDK");
  program.on("option:version", () => {
    program.configureOutput().writeOut?.(`${versionLine()}\n`);
    throw new CommanderError(0, "commander.version", "version");
  });

  program
    .command("completion <shell>")
    .description("print a script that completes commands, options, stacks, presets and settings: for bash, zsh or fish")
    .action(async (shell: string) => {
      const { SCRIPTS } = completion();
      const script = SCRIPTS[shell];
      if (script === undefined)
        throw new InputError([
          `completion: given ${JSON.stringify(shell)}; allowed: ${Object.keys(SCRIPTS).join(", ")}`,
        ]);
      await print(script);
    });

  program
    .command("complete [words...]", { hidden: true })
    .description("what may stand at the cursor, for the scripts of `completion`")
    .action((words: readonly string[]) => {
      const { candidates, completionLines } = completion();
      process.stdout.write(completionLines(candidates(program, words)));
    });

  program
    .command("schema")
    .description(
      "generate docs/settings.schema.json, docs/systems/, docs/runbooks.md, the picture in docs/architecture.md and the config block of Pulumi.yaml",
    )
    .action(async () => {
      const { jsonSchema, projectFile } = require("../settings-document") as typeof import("../settings-document");
      const project = join(PROJECT_FOLDER, "Pulumi.yaml");
      writeFileSync(join(PROJECT_FOLDER, "docs", "settings.schema.json"), jsonSchema());
      writeFileSync(project, projectFile(readFileSync(project, "utf8")));
      const { SYSTEM_PAGES, systemPages, withPicture } = require("../system-pages") as typeof import("../system-pages");
      const architecture = join(PROJECT_FOLDER, "docs", "architecture.md");
      writeFileSync(architecture, withPicture(readFileSync(architecture, "utf8")));
      for (const [file, text] of systemPages()) writeFileSync(join(SYSTEM_PAGES, file), text);
      const { RUNBOOKS_PAGE, runbooksPage } = require("../runbooks-page") as typeof import("../runbooks-page");
      writeFileSync(RUNBOOKS_PAGE, runbooksPage(readFileSync(RUNBOOKS_PAGE, "utf8")));
      await print(
        "docs/settings.schema.json, docs/systems/, docs/runbooks.md, docs/architecture.md and Pulumi.yaml are up to date\n",
      );
    });
}

const completion = () => require("../completion") as typeof import("../completion");

/** `lakehouse 0.1.0, Node.js 22.11.0, Pulumi SDK 3.248.0` */
function versionLine(): string {
  const versionOf = (file: string) => (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
  const own = versionOf(join(PROJECT_FOLDER, "package.json"));
  return `lakehouse ${own}, Node.js ${process.versions.node}, Pulumi SDK ${versionOf(require.resolve("@pulumi/pulumi/package.json"))}`;
}
