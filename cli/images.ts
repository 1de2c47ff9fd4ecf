import { renameSync, rmSync, writeFileSync } from "node:fs";

import Table from "cli-table3";

import { type ImageLock, LOCK_FILE, lockText, readLock } from "../components/core/image-lock";
import { isImage } from "../components/core/pins";
import { type Answer, askDigest, type RegistryOptions } from "../components/core/registry";
import { allPins } from "../components/pins";

/** An image that is pinned. */
export interface PinnedImage {
  /** Reference with tag and without digest. */
  readonly image: string;
  readonly licence: string;
}

export interface LockResult {
  readonly lock: ImageLock;
  /** Images whose registry gave no digest, with the reason. */
  readonly unanswered: readonly { readonly image: string; readonly reason: string }[];
}

/**
 * `lakehouse images`: lists the images with licence and locked digest.
 * @param ask asks the registries for digests first, and writes them to the lock file
 */
export async function imagesCommand(
  ask: boolean,
  file: string = LOCK_FILE,
  options?: RegistryOptions,
): Promise<{ readonly text: string; readonly complete: boolean }> {
  const images = allPins.filter(isImage).map(({ tag, licence }) => ({ image: tag, licence }));
  const before = readLock(file);
  if (!ask) return { text: listImages(images, before), complete: true };
  const tags = images.map(({ image }) => image);
  const { lock, unanswered } = await askLock(tags, before, options);
  writeLock(file, lock);
  return { text: listImages(images, lock, unanswered), complete: unanswered.length === 0 };
}

/** Asks for the digest of every image. Without an answer the old digest stays. Images that are no longer pinned are dropped. */
export async function askLock(
  images: readonly string[],
  before: ImageLock,
  options?: RegistryOptions,
): Promise<LockResult> {
  const unique = [...new Set(images)];
  const answers = await Promise.all(unique.map(async (image) => [image, await askDigest(image, options)] as const));
  const digestOf = (image: string, answer: Answer) => ("digest" in answer ? answer.digest : before[image]);
  return {
    lock: Object.fromEntries(
      answers.flatMap(([image, answer]) => {
        const digest = digestOf(image, answer);
        return digest === undefined ? [] : [[image, digest]];
      }),
    ),
    unanswered: answers.flatMap(([image, answer]) => ("reason" in answer ? [{ image, reason: answer.reason }] : [])),
  };
}

/** Writes atomically, so that the file is never partial. An empty lock makes no file. */
export function writeLock(file: string, lock: ImageLock): void {
  if (Object.keys(lock).length === 0) return;
  const fresh = `${file}.${String(process.pid)}`;
  try {
    writeFileSync(fresh, lockText(lock));
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** A table of all images, and a line for each whose registry gave no digest. */
export function listImages(
  images: readonly PinnedImage[],
  lock: ImageLock,
  unanswered: LockResult["unanswered"] = [],
): string {
  const table = new Table({ head: ["image", "tag", "licence", "digest"], style: { head: [], border: [] } });
  for (const { image, licence } of images) {
    const colon = image.lastIndexOf(":");
    table.push([image.slice(0, colon), image.slice(colon + 1), licence, lock[image] ?? "not locked"]);
  }
  const lines = unanswered.map(({ image, reason }) => {
    const kept = lock[image] === undefined ? "not locked" : "the old digest stays";
    return `${image}: ${reason}; ${kept}`;
  });
  return [table.toString(), ...lines, ""].join("\n");
}
