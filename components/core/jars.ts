import type { ContainerArgs } from "./pod";
import { GiB } from "./quantity";
import { shellWord } from "./render";
import { images, type JarPin, jars } from "./versions";

/** Where libraries stand in every pod that needs some, whether fetched or brought by an own image. */
export const JAR_DIRECTORY = "/opt/lakehouse/jars";

/** Room for the libraries: the AWS SDK alone is 0.6 GB. In bytes. */
export const JAR_ROOM = 2 * GiB;

/** Libraries that upstream's image of each system lacks. */
export const MISSING_JARS = {
  hiveMetastore: ["postgresJdbc", "awsSdk", "jmxExporter"],
  spark: ["icebergSpark", "icebergAws"],
  // Iceberg's catalog for Flink does not load without Hadoop's classes.
  flink: ["icebergFlink", "icebergAws", "flinkKafka", "hadoopApi", "hadoopRuntime"],
} as const satisfies Readonly<Record<string, readonly (keyof typeof jars)[]>>;
export type IncompleteImage = keyof typeof MISSING_JARS;

export const missingJars = (image: IncompleteImage): JarPin[] => MISSING_JARS[image].map((name) => jars[name]);

export const jarFile = (jar: JarPin): string => `${jar.artifact}-${jar.version}.jar`;
export const jarPath = (jar: JarPin): string => `${JAR_DIRECTORY}/${jarFile(jar)}`;

/** Where a library stands in a Maven repository. */
export const jarUrl = (repository: string, jar: JarPin): string =>
  `${repository.replace(/\/+$/, "")}/${jar.group.replaceAll(".", "/")}/${jar.artifact}/${jar.version}/${jarFile(jar)}`;

/** A line of `sha256sum`. */
export const sumLine = (jar: JarPin, file = jarFile(jar)): string => `${jar.sha256}  ${file}`;

/** `curl` that fails on an answer that is none; `tries` outlast a server that comes up or is being replaced. */
export function download(url: string, file: string, tries: readonly string[]): string {
  const options = ["--fail", "--silent", "--show-error", "--location", "--connect-timeout 10", ...tries];
  return `curl ${options.join(" ")} --output ${shellWord(file)} ${shellWord(url)}`;
}

/** A server that is away, or does not have the newest library yet, is asked again for ten minutes. */
const PATIENCE = ["--retry 200", "--retry-delay 3", "--retry-max-time 600", "--retry-all-errors"];

/**
 * An init container that fetches libraries from a server of this stack and refuses files whose SHA-256 is not the pinned
 * one. Upstream's images lack them; an own image that has them in the same place needs none of this.
 * @param server URL of the folder that has them
 */
export function jarFetcher(pins: readonly JarPin[], server: string): ContainerArgs {
  return {
    name: "fetch-jars",
    image: images.nginx,
    command: ["/bin/sh", "-ec"],
    args: [fetchScript(pins, server)],
    // Nothing of the account that it runs as is read.
    env: { HOME: "/tmp" },
  };
}

export function fetchScript(pins: readonly JarPin[], server: string): string {
  return [
    `cd ${shellWord(JAR_DIRECTORY)}`,
    ...pins.map((pin) => download(`${server}/${jarFile(pin)}`, jarFile(pin), PATIENCE)),
    `printf '%s\\n' ${pins.map((pin) => shellWord(sumLine(pin))).join(" ")} | sha256sum -c -`,
  ].join("\n");
}
