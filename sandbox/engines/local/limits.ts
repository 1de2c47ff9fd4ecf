import { parseBytes } from "../../../components/core/quantity";
import type { Rendered } from "../rendered";

/**
 * Bytes that a rendered object gives to its pod.
 * @param path keys from the object down to the size, such as `spec resources limits memory`
 */
export function limitOf(rendered: Rendered, kind: string, name: string, path: string): number {
  let at: unknown = rendered.object(kind, name);
  for (const key of path.split(" ")) at = (at as Readonly<Record<string, unknown>> | undefined)?.[key];
  // Flink writes mebibytes as `1024m`.
  const bytes = typeof at === "string" ? parseBytes(at.replace(/m$/, "Mi")) : undefined;
  if (bytes === undefined) throw new Error(`${kind} ${name}: it has no size at ${path}`);
  return bytes;
}

/** Of a container of a Deployment. */
export const containerLimit = (rendered: Rendered, name: string): number =>
  limitOf(rendered, "Deployment", name, "spec template spec containers 0 resources limits memory");
