import type { ChartPin, ImagePin, IncompletePin, JarPin } from "./pins";
import { shared } from "./versions";

/** A pinned program that a service runs, and the setting that brings it in. */
export type Use = UseSource &
  (
    | { readonly kind: "chart"; readonly pin: ChartPin }
    | { readonly kind: "image"; readonly pin: ImagePin }
    | { readonly kind: "library"; readonly pin: JarPin }
  );

export interface UseSource {
  readonly service: string;
  /** Path of the setting that brings it in. */
  readonly setting: string;
  /** What that setting may be instead. */
  readonly instead: string;
}

export const image = (pin: ImagePin, source: UseSource): Use => ({ ...source, kind: "image", pin });
export const chart = (pin: ChartPin, source: UseSource): Use => ({ ...source, kind: "chart", pin });

/** Chart and image of an operator, for which an existing one can be used instead. */
export const operator = (pin: ChartPin & ImagePin, source: UseSource): readonly [Use, Use] => [
  chart(pin, source),
  image(pin, source),
];

/**
 * Libraries that upstream's image lacks and pods fetch at start, and the server that serves them.
 * @param path of the settings that have `jars`, such as `lakehouse:compute.spark`
 */
export function fetched(service: string, path: string, { lacks }: IncompletePin): Use[] {
  const source = { service, setting: `${path}.jars`, instead: "image" };
  return [...lacks.map((pin): Use => ({ ...source, kind: "library", pin })), image(shared.nginx, source)];
}
