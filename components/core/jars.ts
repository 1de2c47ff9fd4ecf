import { GiB } from "./quantity";
import { images, type JarPin } from "./versions";
import type { ContainerArgs } from "./pod";

/** Where libraries stand in every pod that needs some, whether fetched or brought by an own image. */
export const JAR_DIRECTORY = "/opt/lakehouse/jars";

/** Room for the libraries: the AWS SDK alone is 0.6 GB. In bytes. */
export const JAR_ROOM = 2 * GiB;

export const jarFile = (jar: JarPin): string => `${jar.artifact}-${jar.version}.jar`;
export const jarPath = (jar: JarPin): string => `${JAR_DIRECTORY}/${jarFile(jar)}`;

/**
 * An init container that fetches libraries by their Maven coordinates and refuses files whose SHA-256 is not the pinned
 * one. Upstream's images lack them; an own image that has them in the same place needs none of this.
 * @param mirror repository to use instead of Maven Central
 */
export function jarFetcher(pins: readonly JarPin[], mirror?: string): ContainerArgs {
  return {
    name: "fetch-jars",
    image: images.maven,
    command: ["/bin/sh", "-ec"],
    args: [fetchScript(pins, mirror)],
    env: { HOME: "/tmp" },
  };
}

/** Maven writes its own files to /tmp, the only place besides the target that it may write to. */
export function fetchScript(pins: readonly JarPin[], mirror?: string): string {
  const settings =
    mirror === undefined
      ? []
      : [
          `printf '%s' '<settings><mirrors><mirror><id>mirror</id><mirrorOf>*</mirrorOf><url>${mirror}</url></mirror></mirrors></settings>' > /tmp/settings.xml`,
        ];
  const maven = `mvn -B -q -Dmaven.repo.local=/tmp/repository${mirror === undefined ? "" : " -s /tmp/settings.xml"}`;
  return [
    ...settings,
    ...pins.map(
      ({ group, artifact, version }) =>
        `${maven} org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=${group}:${artifact}:${version} -DoutputDirectory=${JAR_DIRECTORY}`,
    ),
    `cd ${JAR_DIRECTORY}`,
    ...pins.map((pin) => `echo '${pin.sha256}  ${jarFile(pin)}' | sha256sum -c -`),
  ].join("\n");
}
