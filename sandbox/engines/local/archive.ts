import { existsSync, renameSync, rmSync, statSync } from "node:fs";

import { z } from "zod";

import { command } from "../obtain/command";
import { Refused } from "./refused";

/** What a backup's own description says; another layout has another number. */
export const LAYOUT = 2;
export const DESCRIPTION = "lakehouse-backup.json";

const contents = z.object({
  layout: z.literal(LAYOUT),
  /** ISO 8601. */
  made: z.string(),
  databases: z.array(z.string().min(1)),
  /** Objects by bucket. */
  buckets: z.record(z.string(), z.int().nonnegative()),
  /** Entries of the archive besides this one. */
  entries: z.int().positive(),
  /** Bytes of all files. */
  bytes: z.int().nonnegative(),
});

/** As the first version wrote it: with no number of entries to compare. */
const firstContents = contents.omit({ entries: true, bytes: true }).extend({ layout: z.literal(1) });

export type Contents = Readonly<z.infer<typeof contents>>;
export type AnyContents = Contents | Readonly<z.infer<typeof firstContents>>;

const ALLOWED = "allowed: one that 'lakehouse local backup' wrote";

/** One file of a folder: whole or not at all, and nobody else may read it. */
export async function pack(folder: string, target: string): Promise<void> {
  const unfinished = `${target}.unfinished`;
  try {
    // The description first: whoever reads it need not read the rest.
    await command(["tar", "czf", unfinished, "-C", folder, DESCRIPTION, "databases", "objects"]);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * Reads all of an archive, whose sums tell of damage, and writes nothing.
 * @throws Refused when it is damaged, cut off, or no backup
 */
export async function checked(source: string, given: string): Promise<AnyContents> {
  if (!existsSync(source) || !statSync(source).isFile())
    throw new Refused(`${given}: there is no such file; ${ALLOWED}`);
  const description = (name: string) => command(["tar", "xzOf", source, name]).catch(() => undefined);
  const described = (await description(DESCRIPTION)) ?? (await description(`./${DESCRIPTION}`));
  const listed = await command(["tar", "tzf", source]).catch(() => undefined);
  if (listed === undefined)
    throw new Refused(`${given}: damaged or cut off, or no archive; nothing was written. ${ALLOWED}`);
  const parsed = z.discriminatedUnion("layout", [contents, firstContents]).safeParse(json(described ?? ""));
  if (!parsed.success) throw new Refused(`${given}: not a backup of a local lakehouse of this version; ${ALLOWED}`);
  const names = listed.split("\n").filter((name) => name !== "" && name !== DESCRIPTION);
  if (names.some((name) => name.startsWith("/") || name.split("/").includes("..")))
    throw new Refused(`${given}: it would write outside of its folder; nothing was written. ${ALLOWED}`);
  const { data } = parsed;
  if (data.layout === LAYOUT && names.length !== data.entries)
    throw new Refused(
      `${given}: ${names.length} entries are in it and not ${data.entries}; nothing was written. ${ALLOWED}`,
    );
  return data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
