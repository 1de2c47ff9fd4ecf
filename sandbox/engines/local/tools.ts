import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { cacheFolder } from "../../core/cache";
import { type Artefact, artefacts, obtain, type Tools } from "../obtain";
import { sources } from "../obtain/sources";
import { Download } from "./download";
import { known, partOf } from "./parts";

/** Artefacts of a local lakehouse, with the megabytes of their downloads, or of their sources where they are built. */
const NEEDED = {
  trino: 821,
  python: 850,
  minio: 450,
  awsSdk: 533,
  icebergRest: 203,
  metastore: 136,
  icebergAws: 60,
  icebergSpark: 45,
  metastoreScripts: 42,
  jmxExporter: 3,
  postgresJdbc: 1,
} as const satisfies Partial<Record<keyof typeof artefacts, number>>;

type Name = keyof typeof artefacts;
type Sizes = Partial<Record<Name, number>>;

/** The same with those of parts. */
const neededBy = (parts: readonly string[]): Sizes =>
  Object.assign({}, ...known(parts).map((name) => partOf(name).artefacts), NEEDED) as Sizes;

/** Trino's client has the server's version. */
const CLIENT = { kind: "maven", coordinates: `io.trino:trino-cli:${artefacts.trino.version}:jar:executable` } as const;

/** Names of artefacts that are not in the cache. */
function missing(needed: Sizes): Name[] {
  const tools = join(cacheFolder(), "tools");
  const there = existsSync(tools) ? readdirSync(tools) : [];
  return (Object.keys(needed) as Name[]).filter((name) => {
    const { from, version } = artefacts[name];
    const known =
      from.kind === "jar" ? artefacts[name].what : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return !there.some((each) => each.startsWith(`${known}-${version}`));
  });
}

/** Kinds of sources of the artefacts that are not in the cache. */
export const toObtain = (parts: readonly string[] = []): Artefact["from"]["kind"][] =>
  missing(neededBy(parts)).map((name) => artefacts[name].from.kind);

/** Obtains the missing artefacts. @param say prints a line at the start and end of each, with the rest, and progress in between */
export async function obtainLocal(say: (line: string) => void, parts: readonly string[] = []): Promise<Tools> {
  const needed = neededBy(parts);
  const wanted = missing(needed);
  const downloads = wanted.map((name) => {
    const { what, version } = artefacts[name];
    return { name, what: `${what} ${version}`, megabytes: needed[name] ?? 0 };
  });
  const download = new Download(downloads, say);
  if (wanted.length > 0) say(`${download.plan} are obtained into ${join(cacheFolder(), "tools")}, once`);
  try {
    return await obtain(() => undefined, Object.keys(needed) as Name[], download);
  } finally {
    download.end();
  }
}

/** The jar of Trino's command line. */
export function trinoClient(): Promise<string> {
  return sources.maven("trino-cli", artefacts.trino.version, CLIENT);
}

/** The folder of Python's packages with DuckDB and its extensions: those of the query API. */
export async function duckdbPackages(): Promise<string> {
  return (await obtain(() => undefined, ["queryApi"])).queryApi;
}
