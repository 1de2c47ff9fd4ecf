import type { Model } from "./model";
import { VOLUMES } from "./volumes";

/** Scripts beside the file, for machines with no more than Docker and a shell. */

const HERE = `#!/bin/sh
set -eu
cd "$(dirname "$0")"
`;

const start = (services: readonly string[]) => `${HERE}
# Starts everything and waits until it is ready. It may run again: what runs stays.
docker compose up --detach --remove-orphans
# Those that stay: compose takes a task that has ended, and that nobody waits for, for one that failed.
docker compose up --detach --wait ${services.join(" ")}
docker compose ps
`;

const STOP = `${HERE}
# Stops everything; the data stay in Docker's volumes.
docker compose stop "$@"
`;

const backup = (data: readonly string[]) => `${HERE}
# Writes the data of all services and their passwords into one file. Services rest meanwhile, so that the data fit together.
[ $# -eq 1 ] || { echo "usage: backup.sh FILE.tar.gz" >&2; exit 2; }
case $1 in /*) file=$1 ;; *) file=$OLDPWD/$1 ;; esac
[ ! -e "$file" ] || { echo "$1: is there already; give another name" >&2; exit 2; }
umask 077
running=$(docker compose ps --services --status running)
again() {
  rm -f "$file.part"
  # One word a service.
  [ -z "$running" ] || docker compose start $running
}
trap again EXIT
docker compose stop
docker compose run --rm --no-deps --no-TTY --volume "$PWD/.env:/lakehouse/.env:ro" ${VOLUMES} \\
  'tar -C / -czf - lakehouse/.env ${data.map((name) => `volumes/${name}`).join(" ")}' > "$file.part"
mv "$file.part" "$file"
echo "$1: written; it has the passwords too" >&2
`;

const restore = (data: readonly string[]) => `${HERE}
# Puts back what backup.sh wrote, with its passwords, in place of all data that are here.
[ $# -eq 2 ] && [ "$2" = --replace ] || { echo "usage: restore.sh FILE.tar.gz --replace" >&2; exit 2; }
case $1 in /*) file=$1 ;; *) file=$OLDPWD/$1 ;; esac
umask 077
# A file that is cut short is found before anything is removed.
tar -xzOf "$file" lakehouse/.env > .env.restored || { rm -f .env.restored; echo "$1: no backup" >&2; exit 2; }
tar -tzf "$file" > /dev/null || { rm -f .env.restored; echo "$1: cut short" >&2; exit 2; }
docker compose down
docker compose run --rm --no-deps --no-TTY ${VOLUMES} \\
  'find ${data.map((name) => `/volumes/${name}`).join(" ")} -mindepth 1 -delete && tar -C / -xzf - volumes' < "$file"
mv .env.restored .env
echo "restored; lakehouse compose makes files with passwords anew, then start.sh starts it" >&2
`;

export function scripts({ groups, volumes }: Model): ReadonlyMap<string, string> {
  const services = [...groups.values()].flatMap((group) => [...group]);
  const lasting = services.filter(([, { restart }]) => restart !== undefined).map(([name]) => name);
  const data = volumes.filter((one) => one.data).map(({ name }) => name);
  return new Map([
    ["start.sh", start(lasting)],
    ["stop.sh", STOP],
    ...(data.length === 0 ? [] : [["backup.sh", backup(data)] as const, ["restore.sh", restore(data)] as const]),
  ]);
}
