import { readdirSync, existsSync } from "node:fs";
import { join } from "node:path";

import { cacheFolder } from "../../core/cache";
import { artefacts, obtain, type Tools } from "../obtain";
import { sources } from "../obtain/sources";

/** What a local lakehouse needs, with its megabytes: of downloads, and for a program that is built, of its sources. */
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

/** Trino's client has the server's version. */
const CLIENT = { kind: "maven", coordinates: `io.trino:trino-cli:${artefacts.trino.version}:jar:executable` } as const;

/** What a start will download, as lines for a person; none when all is there. */
export function missing(): string[] {
  const tools = join(cacheFolder(), "tools");
  const there = existsSync(tools) ? readdirSync(tools) : [];
  const wanted = (Object.keys(NEEDED) as (keyof typeof NEEDED)[]).filter((name) => {
    const { from, version } = artefacts[name];
    const known =
      from.kind === "jar" ? artefacts[name].what : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return !there.some((each) => each.startsWith(`${known}-${version}`));
  });
  if (wanted.length === 0) return [];
  const sum = wanted.reduce((total, name) => total + NEEDED[name], 0);
  return [
    `the first start obtains about ${(sum / 1000).toFixed(1)} GB into ${tools}, once:`,
    ...wanted.map(
      (name) => `  ${String(NEEDED[name]).padStart(4)} MB  ${artefacts[name].what} ${artefacts[name].version}`,
    ),
  ];
}

export function obtainLocal(say: (line: string) => void): Promise<Tools> {
  return obtain(say, Object.keys(NEEDED) as (keyof typeof NEEDED)[]);
}

/** The jar of Trino's command line. */
export function trinoClient(): Promise<string> {
  return sources.maven("trino-cli", artefacts.trino.version, CLIENT);
}
