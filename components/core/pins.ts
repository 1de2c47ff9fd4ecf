import { type ImageLock, LOCK_FILE, locked, readLock } from "./image-lock";

/**
 * Pinned versions of programs: one record a program, in `pins.ts` of the system that runs it. Programs that several systems run are
 * in versions.ts. Data alone, so that nothing of Pulumi is loaded for it.
 */

/**
 * An SPDX identifier such as `Apache-2.0`: of the program that a pin is named for, not of every package in an image. Sources: notes
 * on each upstream (November 2026); for libraries other than Iceberg's, the metadata on Maven Central as it is known, not read
 * again at the source.
 */
export type Licence = string;

/** Why a pin is not upstream's newest. */
export interface Held {
  /** The pinned version that the reason is about; another version needs a new reason. */
  readonly pin: string;
  /** Upstream's newest version on the day of `read`. */
  readonly newest: string;
  /** Day on which the versions were read: `2026-11-28`. */
  readonly read: string;
  readonly why: string;
}

/** A Helm chart by its coordinates. */
export interface Chart {
  readonly chart: string;
  readonly version: string;
  readonly repository: string;
}

/** A library by its Maven coordinates. */
export interface Jar {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  /** SHA-256 of the published file, in hexadecimal digits. */
  readonly sha256: string;
  /** Folder of its own, where a program loads it apart from its class path. @default that of the class path */
  readonly folder?: string;
}

/** One program: its version, and the image, chart or library that it comes as. */
export interface Pin {
  /** The key of its record. No two pins have the same. */
  readonly name: string;
  readonly version: string;
  readonly licence: Licence;
  readonly held?: Held;
  /** The image with its tag alone. */
  readonly tag?: string;
  /** The image as pods name it: with the digest too where `images.lock.json` has it for that very tag. */
  readonly image?: string;
  readonly chart?: Chart;
  readonly jar?: Jar;
  /** Libraries that upstream's image lacks. */
  readonly lacks?: readonly JarPin[];
}
export interface ImagePin extends Pin {
  readonly tag: string;
  readonly image: string;
}
export interface ChartPin extends Pin {
  readonly chart: Chart;
}
export interface JarPin extends Pin {
  readonly jar: Jar;
}
export interface IncompletePin extends ImagePin {
  readonly lacks: readonly JarPin[];
}
export type Pins = Readonly<Record<string, Pin>>;

export const isImage = (pin: Pin): pin is ImagePin => pin.image !== undefined;
export const isChart = (pin: Pin): pin is ChartPin => pin.chart !== undefined;
export const isJar = (pin: Pin): pin is JarPin => pin.jar !== undefined;
export const isIncomplete = (pin: Pin): pin is IncompletePin => isImage(pin) && pin.lacks !== undefined;

/** A record as it is written. `{version}` stands for its version. */
export interface PinRecord {
  readonly version: string;
  readonly licence: Licence;
  readonly held?: Held;
  /** `<registry>/<repository>:<tag>` */
  readonly image?: string;
  /** `version` where the chart has another than the program. */
  readonly chart?: Omit<Chart, "version"> & { readonly version?: string };
  readonly jar?: Omit<Jar, "version">;
  readonly lacks?: readonly JarPin[];
}

type Made<R> = Pin &
  (R extends { readonly image: string } ? ImagePin : unknown) &
  (R extends { readonly chart: object } ? ChartPin : unknown) &
  (R extends { readonly jar: object } ? JarPin : unknown) &
  (R extends { readonly lacks: object } ? IncompletePin : unknown);

const LOCK = readLock(LOCK_FILE);

/** Pins of records, each with its key as name. */
export function pinned<R extends Readonly<Record<string, PinRecord>>>(
  records: R,
  lock: ImageLock = LOCK,
): { readonly [Name in keyof R]: Made<R[Name]> } {
  const made = Object.entries(records).map(([name, record]) => [name, pin(name, record, lock)]);
  return Object.fromEntries(made) as { readonly [Name in keyof R]: Made<R[Name]> };
}

function pin(name: string, { image, chart, jar, ...facts }: PinRecord, lock: ImageLock): Pin {
  const { version } = facts;
  const filled = (text: string) => text.replaceAll("{version}", version);
  const tag = image === undefined ? undefined : filled(image);
  return {
    ...facts,
    name,
    ...(tag !== undefined && { tag, image: locked(tag, lock) }),
    ...(chart && { chart: { version, ...chart, repository: filled(chart.repository) } }),
    ...(jar && { jar: { ...jar, version } }),
  };
}

/** Licences of pins that the Open Source Initiative has approved. One that is missing counts as not open source. */
export const OPEN_SOURCE: readonly Licence[] = [
  "AGPL-3.0",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "GPL-2.0",
  "GPL-3.0",
  "ISC",
  "LGPL-2.1",
  "LGPL-3.0",
  "MIT",
  "MPL-2.0",
  "PostgreSQL",
  "PSF-2.0",
];

/** `AGPL-3.0` stands for `AGPL-3.0-only` and `AGPL-3.0-or-later` too, and the other way round. */
export function sameLicence(one: Licence, other: Licence): boolean {
  const family = (licence: Licence) => licence.toLowerCase().replace(/(-only|-or-later|\+)$/, "");
  return family(one) === family(other);
}
