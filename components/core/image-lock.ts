import { join } from "node:path";

import { PROJECT } from "./project";
import { type Lock, lockFileText, type LockKind, readLockFile } from "./lock-file";

/** Digests by image with its tag. Made by `lakehouse images --lock`, which asks the registries; nobody writes it by hand. */
export type ImageLock = Lock;

export const LOCK_FILE = join(PROJECT, "images.lock.json");
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

const KIND: LockKind = { key: "images", value: DIGEST, entry: '"<image>:<tag>": "sha256:<64 hexadecimal digits>"' };

/** Nothing is locked where there is no file. @throws InputError when the file is there and is no lock */
export const readLock = (file: string): ImageLock => readLockFile(file, KIND);

export const lockText = (lock: ImageLock): string => lockFileText(KIND, lock);

/** `tag@sha256:…` for an image whose very tag is locked, else the image as it is. */
export function locked(image: string, lock: ImageLock): string {
  const digest = Object.hasOwn(lock, image) ? lock[image] : undefined;
  return digest === undefined ? image : `${image}@${digest}`;
}
