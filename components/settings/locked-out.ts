import { FORMAT_WORDS, type FormatAbility, type TableFormat } from "../core/table-formats";
import { stackFacts } from "../facts";
import type { Settings } from "./schema";
import { engines } from "./table-engines";

/** The format that every engine reads. */
const COMMON: TableFormat = "iceberg 2";

/** Lines of the plan: for each chosen format the engines that cannot read, or cannot write, its tables. */
export function formatNotes(settings: Settings): string[] {
  const { formats } = stackFacts(settings);
  return formats.used
    .filter((format) => format !== COMMON)
    .flatMap((format) => [
      `lakehouse:catalog.formats: ${tablesOf(format, formats.said)}${without(settings, format)}`,
      ...(format === "delta" ? [ONE_WRITER] : []),
    ]);
}

/** Spark's log of Delta on S3 looks whether a commit is there and then writes it: what comes between is lost. */
const ONE_WRITER =
  "a Delta table has one writer at a time: two Spark applications, or Spark and Trino, that commit to one table at once can lose a commit";

function tablesOf(format: TableFormat, said: Readonly<Record<string, TableFormat>>): string {
  const named = Object.keys(said).filter((name) => said[name] === format);
  const which = named.length === 0 ? "new Iceberg tables" : `new tables of ${named.join(", ")}`;
  return `${which} are ${FORMAT_WORDS[format]}`;
}

function without(settings: Settings, format: TableFormat): string {
  const all = engines(settings).map(({ system, engine }) => ({
    name: engine?.name ?? system,
    ability: engine?.does[format] ?? ("nothing" satisfies FormatAbility),
  }));
  const named = (wanted: FormatAbility) => all.flatMap(({ name, ability }) => (ability === wanted ? [name] : []));
  const [locked, readers] = [named("nothing"), named("reads")];
  const parts = [
    ...(locked.length === 0 ? [] : [`locked out: ${locked.join(", ")}`]),
    ...(readers.length === 0 ? [] : [`read only: ${readers.join(", ")}`]),
  ];
  return parts.length === 0 ? "; every engine that is on reads and writes them" : `; ${parts.join("; ")}`;
}
