import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Digests by image with its tag. Made by `lakehouse images --lock`, which asks the registries; nobody writes it by hand. */
export type ImageLock = Readonly<Record<string, string>>;

export const LOCK_FILE = join(__dirname, "..", "..", "images.lock.json");
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Nothing is locked where there is no file. @throws Error when the file is there and is no lock */
export function readLock(file: string): ImageLock {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  const images = imagesOf(text);
  const wrong = images === undefined ? ["its form"] : Object.keys(images).filter((image) => !isDigest(images[image]));
  if (images === undefined || wrong.length > 0)
    throw Object.assign(
      new Error(
        `${file} is not a lock of images: ${wrong.join(", ")}; allowed: { "images": { "<image>:<tag>": "sha256:<64 hexadecimal digits>" } }, as lakehouse images --lock writes it`,
      ),
      { name: "InputError" },
    );
  return images as ImageLock;
}

export function lockText(lock: ImageLock): string {
  const images = Object.fromEntries(Object.entries(lock).sort(([one], [other]) => (one < other ? -1 : 1)));
  return `${JSON.stringify({ images }, null, 2)}\n`;
}

/** `tag@sha256:…` for an image whose very tag is locked, else the image as it is. */
export function locked(image: string, lock: ImageLock): string {
  const digest = Object.hasOwn(lock, image) ? lock[image] : undefined;
  return digest === undefined ? image : `${image}@${digest}`;
}

const isDigest = (value: unknown) => typeof value === "string" && DIGEST.test(value);

function imagesOf(text: string): Record<string, unknown> | undefined {
  try {
    const { images } = JSON.parse(text) as { images?: unknown };
    return typeof images === "object" && images !== null && !Array.isArray(images)
      ? (images as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
