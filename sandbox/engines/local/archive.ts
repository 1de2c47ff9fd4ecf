import { existsSync, renameSync, rmSync, statSync } from "node:fs";

import { z } from "zod";

import { command } from "../obtain/command";
import { Refused } from "./refused";

/** Version of a backup's layout. */
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

/** Description of the first layout, without a number of entries. */
const firstContents = contents.omit({ entries: true, bytes: true }).extend({ layout: z.literal(1) });

export type Contents = Readonly<z.infer<typeof contents>>;
export type AnyContents = Contents | Readonly<z.infer<typeof firstContents>>;

const ALLOWED = "allowed: one that 'lakehouse local backup' wrote";

/** Packs a folder into one file, atomically, readable by its owner only. */
export async function pack(folder: string, target: string): Promise<void> {
  const unfinished = `${target}.unfinished`;
  try {
    // The description first, so that it can be read without the rest.
    await command(["tar", "czf", unfinished, "-C", folder, DESCRIPTION, "databases", "objects"]);
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * Reads a whole archive, checks its sums, and writes nothing.
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
    throw new Refused(`${given}: it has entries outside of its folder; nothing was written. ${ALLOWED}`);
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
