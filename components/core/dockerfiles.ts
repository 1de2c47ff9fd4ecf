import { type IncompleteImage, jarPath, jarUrl, MISSING_JARS, missingJars } from "./jars";
import { images, MAVEN_CENTRAL } from "./versions";

/** Folder of each image below `images/`. */
export const IMAGE_FOLDERS: Readonly<Record<IncompleteImage, string>> = {
  hiveMetastore: "hive-metastore",
  spark: "spark",
  flink: "flink",
};

/**
 * Upstream's image with the libraries that it lacks, for `jars: image`. Nothing runs in a build: the builder loads each file
 * and refuses one whose sum is not the pinned one.
 */
export function dockerfile(image: IncompleteImage): string {
  return [
    "# Made by `npm run images` from components/core/versions.ts. Needs a builder that has ADD --checksum.",
    `ARG REPOSITORY=${MAVEN_CENTRAL}`,
    `FROM ${images[image]}`,
    "ARG REPOSITORY",
    ...missingJars(image).map(
      (jar) => `ADD --checksum=sha256:${jar.sha256} --chmod=0444 ${jarUrl("${REPOSITORY}", jar)} ${jarPath(jar)}`,
    ),
    "",
  ].join("\n");
}

/** Every Dockerfile by its path below `images/`. */
export const dockerfiles = (): ReadonlyMap<string, string> =>
  new Map(
    (Object.keys(MISSING_JARS) as IncompleteImage[]).map((image) => [
      `${IMAGE_FOLDERS[image]}/Dockerfile`,
      dockerfile(image),
    ]),
  );
