import { renameSync, rmSync, writeFileSync } from "node:fs";

import Table from "cli-table3";

import { type ImageLock, LOCK_FILE, lockText, readLock } from "../components/core/image-lock";
import { imageLicences } from "../components/core/licences";
import { tags } from "../components/core/versions";
import { type Answer, askDigest, type RegistryOptions } from "../components/core/registry";

/** An image of versions.ts. */
export interface PinnedImage {
  /** With its tag, without a digest. */
  readonly image: string;
  readonly licence: string;
}

export interface LockResult {
  readonly lock: ImageLock;
  /** Images whose registry did not give a digest, with why. */
  readonly unanswered: readonly { readonly image: string; readonly reason: string }[];
}

/**
 * What `lakehouse images` does.
 * @param ask for new digests first, and write them
 */
export async function imagesCommand(
  ask: boolean,
  file: string = LOCK_FILE,
  options?: RegistryOptions,
): Promise<{ readonly text: string; readonly complete: boolean }> {
  const names = Object.keys(tags) as (keyof typeof tags)[];
  const images = names.map((name) => ({ image: tags[name], licence: imageLicences[name] }));
  const before = readLock(file);
  if (!ask) return { text: listImages(images, before), complete: true };
  const { lock, unanswered } = await askLock(Object.values(tags), before, options);
  writeLock(file, lock);
  return { text: listImages(images, lock, unanswered), complete: unanswered.length === 0 };
}

/** Asks for every image. What is not answered keeps the digest that it had; what is no longer pinned goes. */
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

/** The file is the old one or the new one, never a part. Where nothing is locked none is made. */
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

/** One line for each image, and one for each that was asked for in vain. */
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
