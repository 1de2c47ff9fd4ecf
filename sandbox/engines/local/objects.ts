import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Ground } from "../ground";
import { Client } from "../minio/minio";
import { SPOOLING_BUCKET } from "./spooling";

/** Paths that a snapshot leaves out: unfinished uploads, and files that the server has not moved to their place yet. */
const PASSING = [".minio.sys/tmp", ".minio.sys/multipart", ".minio.sys/ilm", SPOOLING_BUCKET];

/**
 * Snapshot of the object store's folder by hard links: the server never changes a file in place. It contains buckets with their
 * settings, users, versions, metadata and folder markers.
 * @param passing paths below it that are left out
 */
export function snapshot(from: string, to: string, passing: readonly string[] = PASSING, below = ""): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(join(from, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (passing.includes(path)) continue;
    if (entry.isDirectory()) {
      mkdirSync(join(to, path));
      snapshot(from, to, passing, path);
    } else if (entry.isFile()) linkOrCopy(join(from, path), join(to, path));
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // A file system without links.
    copyFileSync(from, to);
  }
}

/** Number of objects by bucket, folder markers included. */
export async function countObjects(ground: Ground): Promise<Record<string, number>> {
  const client = Client.root(ground);
  const lines = (await client.run(["ls", "--json", "store"])).split("\n").filter((line) => line !== "");
  const buckets = lines
    .map((line) => (JSON.parse(line) as { key: string }).key.replace(/\/$/, ""))
    .filter((bucket) => bucket !== SPOOLING_BUCKET);
  const counts: Record<string, number> = {};
  for (const bucket of buckets) counts[bucket] = (await client.list(bucket)).length;
  return counts;
}

/** Sets the secrets of the stack's services; all other users keep theirs. */
export async function renewUsers(ground: Ground): Promise<void> {
  const client = Client.root(ground);
  for (const { name, secret } of ground.rendered.resources<{ name: string; secret: string }>("minio", "iamUser")) {
    await client.run(["admin", "user", "add", "store", name, secret]);
  }
}

/** Empties the folder that a restore fills. */
export function emptied(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
