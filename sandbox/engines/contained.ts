import type { Container } from "./rendered";

/** What a container finds around it, on this machine. */
export interface Place {
  /** Folders here by the path at which the container has them. */
  readonly mounts: Readonly<Record<string, string>>;
  /** A file that takes the place of /etc/hosts. */
  readonly hosts: string;
  /** Programs that take the place of others, by the path of those. @default none */
  readonly programs?: Readonly<Record<string, string>>;
  readonly user: number;
}

/**
 * The command line that runs a rendered container as it stands, in namespaces of its own: its paths, its user, a root that
 * cannot be written to. Folders that the root lacks are laid over it, so nothing of this machine changes.
 */
export function contained({ command = [], args = [] }: Container, place: Place): readonly [string, ...string[]] {
  const tops = [...new Set(Object.keys(place.mounts).map((path) => path.split("/")[1] ?? ""))].filter(
    (top) => top !== "tmp",
  );
  const binds = [
    [place.hosts, "/etc/hosts"],
    ...Object.entries(place.programs ?? {}).map(([path, program]) => [program, path]),
    // Last, as what else is bound may stand below it.
    ...Object.entries(place.mounts)
      .sort(([one], [other]) => Number(one === "/tmp") - Number(other === "/tmp"))
      .map(([path, folder]) => [folder, path]),
  ];
  const lines = [
    "mount -t tmpfs none /mnt",
    ...tops.flatMap((top) => [
      `mkdir -p /mnt/${top}/upper /mnt/${top}/work`,
      `mount -t overlay -o lowerdir=/${top},upperdir=/mnt/${top}/upper,workdir=/mnt/${top}/work none /${top}`,
    ]),
    ...Object.keys(place.mounts).map((path) => `mkdir -p '${path}'`),
    ...binds.map(([from, to]) => `mount --bind '${from ?? ""}' '${to ?? ""}'`),
    ...["", ...tops].map((top) => `mount -o remount,bind,ro /${top}`),
    `exec unshare --user --map-user=${String(place.user)} --map-group=${String(place.user)} -- "$@"`,
  ];
  return [
    ...(["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"] as const),
    ...[lines.join("\n"), "contained", ...command, ...args],
  ];
}
