import type { Libraries } from "./capabilities";
import { bare } from "./endpoint";
import type { IncompletePin, Jar } from "./pins";
import type { ContainerArgs } from "./pod";
import { GiB } from "./quantity";
import { shellWord } from "./render";
import { shared } from "./versions";

/** Directory of libraries in every pod that needs some, fetched or part of an own image. */
export const JAR_DIRECTORY = "/opt/lakehouse/jars";

/** Room for the libraries: the AWS SDK alone is 0.6 GB. In bytes. */
export const JAR_ROOM = 2 * GiB;

export const missingJars = ({ lacks }: IncompletePin): Jar[] => lacks.map(({ jar }) => jar);

export const jarFile = (jar: Jar): string => `${jar.artifact}-${jar.version}.jar`;
/** Where it is in the directory: a class path of the directory has no files of its folders. */
const jarPlace = (jar: Jar): string => (jar.folder === undefined ? jarFile(jar) : `${jar.folder}/${jarFile(jar)}`);
export const jarPath = (jar: Jar): string => `${JAR_DIRECTORY}/${jarPlace(jar)}`;

/** URL of a library in a Maven repository. */
export const jarUrl = (repository: string, jar: Jar): string =>
  `${bare(repository)}/${jar.group.replaceAll(".", "/")}/${jar.artifact}/${jar.version}/${jarFile(jar)}`;

/** A line of `sha256sum`. */
export const sumLine = (jar: Jar, file = jarFile(jar)): string => `${jar.sha256}  ${file}`;

/** `curl` command that fails on an HTTP error; `retryOptions` outlast a server that starts or is replaced. */
export function download(url: string, file: string, retryOptions: readonly string[]): string {
  const options = ["--fail", "--silent", "--show-error", "--location", "--connect-timeout 10", ...retryOptions];
  return `curl ${options.join(" ")} --output ${shellWord(file)} ${shellWord(url)}`;
}

/** Retries for ten minutes: the server may be restarting, or lack the newest library yet. */
const RETRY_OPTIONS = ["--retry 200", "--retry-delay 3", "--retry-max-time 600", "--retry-all-errors"];

/**
 * An init container that fetches libraries from a server of this stack and refuses files whose SHA-256 is not the pinned
 * one. Upstream's images lack them; an own image that has them in the same place needs none of this.
 * @param server URL of the folder that has them
 */
export function jarFetcher(pins: readonly Jar[], server: string): ContainerArgs {
  return {
    name: "fetch-jars",
    image: shared.nginx.image,
    command: ["/bin/sh", "-ec"],
    args: [fetchScript(pins, server)],
    // curl reads no configuration of the image's user.
    env: { HOME: "/tmp" },
  };
}

export function fetchScript(pins: readonly Jar[], server: string): string {
  return [
    `cd ${shellWord(JAR_DIRECTORY)}`,
    ...[...new Set(pins.flatMap(({ folder = [] }) => folder))].map((folder) => `mkdir -p ${shellWord(folder)}`),
    ...pins.map((pin) => download(`${server}/${jarFile(pin)}`, jarPlace(pin), RETRY_OPTIONS)),
    `printf '%s\\n' ${pins.map((pin) => shellWord(sumLine(pin, jarPlace(pin)))).join(" ")} | sha256sum -c -`,
  ].join("\n");
}

/** Libraries of a stack whose images lack none. */
export const NO_LIBRARIES: Libraries = {
  fetcher: ({ service }) => {
    throw new Error(`${service} fetches libraries, and this stack serves none`);
  },
};
