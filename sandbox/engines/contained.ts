import { existsSync } from "node:fs";

import type { Container } from "./rendered";

/** Mounts and user of a container on this machine. */
export interface Place {
  /** Folders of this machine by their mount path in the container. */
  readonly mounts: Readonly<Record<string, string>>;
  /** A file that replaces /etc/hosts. */
  readonly hosts: string;
  /** Replacements of programs, by the path of the replaced one. @default none */
  readonly programs?: Readonly<Record<string, string>>;
  readonly user: number;
}

/**
 * Command line that runs a rendered container unchanged in namespaces of its own: with its paths, its user and a read-only root.
 * Missing folders of the root are overlays, so nothing of this machine changes.
 */
export function contained({ command = [], args = [] }: Container, place: Place): readonly [string, ...string[]] {
  // Programs that this machine lacks get an empty file to be mounted over.
  const missing = Object.keys(place.programs ?? {}).filter((path) => !existsSync(path));
  const tops = [...new Set([...Object.keys(place.mounts), ...missing].map((path) => path.split("/")[1] ?? ""))].filter(
    (top) => top !== "tmp",
  );
  // The folder of overlays is empty itself.
  const overlaid = tops.filter((top) => top !== "mnt");
  const binds = [
    [place.hosts, "/etc/hosts"],
    ...Object.entries(place.programs ?? {}).map(([path, program]) => [program, path]),
    // Last, because other mounts may be below it.
    ...Object.entries(place.mounts)
      .sort(([one], [other]) => Number(one === "/tmp") - Number(other === "/tmp"))
      .map(([path, folder]) => [folder, path]),
  ];
  const lines = [
    "mount -t tmpfs none /mnt",
    ...overlaid.flatMap((top) => [
      `mkdir -p /mnt/${top}/upper /mnt/${top}/work`,
      `mount -t overlay -o lowerdir=/${top},upperdir=/mnt/${top}/upper,workdir=/mnt/${top}/work none /${top}`,
    ]),
    ...Object.keys(place.mounts).map((path) => `mkdir -p '${path}'`),
    ...missing.map((path) => `touch '${path}'`),
    ...binds.map(([from, to]) => `mount --bind '${from ?? ""}' '${to ?? ""}'`),
    ...["", ...tops].map((top) => `mount -o remount,bind,ro /${top}`),
    `exec unshare --user --map-user=${String(place.user)} --map-group=${String(place.user)} -- "$@"`,
  ];
  return [
    ...(["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"] as const),
    ...[lines.join("\n"), "contained", ...command, ...args],
  ];
}
