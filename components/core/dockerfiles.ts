import { jarPath, jarUrl, missingJars } from "./jars";
import { type IncompletePin, isIncomplete, type Pin } from "./pins";
import { MAVEN_CENTRAL } from "./versions";

/** Folder of an image below `images/`: `hive-metastore`. */
export const imageFolder = ({ name }: Pick<Pin, "name">): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * Upstream's image with the libraries that it lacks, for `jars: image`. Nothing runs in a build: the builder loads each file
 * and refuses one whose sum is not the pinned one.
 */
export function dockerfile(pin: IncompletePin): string {
  return [
    "# Made by `npm run images` from the pins.ts of the system. Needs a builder that has ADD --checksum.",
    `ARG REPOSITORY=${MAVEN_CENTRAL}`,
    `FROM ${pin.image}`,
    "ARG REPOSITORY",
    ...missingJars(pin).map(
      (jar) => `ADD --checksum=sha256:${jar.sha256} --chmod=0444 ${jarUrl("${REPOSITORY}", jar)} ${jarPath(jar)}`,
    ),
    "",
  ].join("\n");
}

/** Every Dockerfile by its path below `images/`. */
export const dockerfiles = (pins: readonly Pin[]): ReadonlyMap<string, string> =>
  new Map(pins.filter(isIncomplete).map((pin) => [`${imageFolder(pin)}/Dockerfile`, dockerfile(pin)]));
