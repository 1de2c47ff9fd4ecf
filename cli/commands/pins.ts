import type { Command } from "commander";

import { deliver, type OutputFlags, withOutput } from "./output-option";

/** Adds the commands about pinned versions: `images`, `outdated` and `charts`. Modules are loaded on first use. */
export function addPins(program: Command): void {
  program.commandsGroup("Versions:");
  withOutput(program.command("images"))
    .description("list every image with its tag, licence and locked digest")
    .option("--lock", "ask each registry for the digest behind the tag (network), and write images.lock.json")
    .option(
      "--sbom",
      "a bill of materials of the images that are built from this project, as CycloneDX's JSON, instead",
    )
    .action(async ({ lock, sbom, ...flags }: OutputFlags & { readonly lock?: boolean; readonly sbom?: boolean }) => {
      if (sbom === true) {
        const { billOfMaterials } = require("../sbom") as typeof import("../sbom");
        await deliver(`${JSON.stringify(billOfMaterials(), null, 2)}\n`, flags);
        return;
      }
      const { imagesCommand } = require("../images") as typeof import("../images");
      const { text, complete } = await imagesCommand(lock === true);
      await deliver(text, flags);
      process.exitCode = complete ? 0 : 1;
    });

  withOutput(program.command("outdated"))
    .description("compare every pinned image, chart and library with the newest version in its registry (network)")
    .option("--maven <url>", "Maven repository of libraries; default: Maven Central")
    .option("--json", "the table as JSON")
    .action(async ({ maven, json, ...flags }: OutputFlags & { readonly maven?: string; readonly json?: boolean }) => {
      const { outdated, outdatedTable } = require("../outdated") as typeof import("../outdated");
      const rows = await outdated(maven === undefined ? {} : { maven });
      await deliver(json === true ? `${JSON.stringify(rows, null, 2)}\n` : outdatedTable(rows), flags);
    });

  withOutput(program.command("charts"))
    .description(
      "list the operators' charts, and whether each is in the local mirror charts/ or read from its repository",
    )
    .option("--mirror", "download missing charts (network), and write charts.lock.json")
    .action(async ({ mirror, ...flags }: OutputFlags & { readonly mirror?: boolean }) => {
      const { chartsCommand } = require("../charts") as typeof import("../charts");
      const { text, complete } = await chartsCommand(mirror === true);
      await deliver(text, flags);
      process.exitCode = complete ? 0 : 1;
    });
}
