#!/bin/sh
# Runs scripts of npm at the same time. What the first says is shown as it comes, the others' words when they have ended.
# Ends with the exit code of one that failed.
set -u
first="$1"
shift
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
for name in "$@"; do
  { npm run --silent "$name" >"$folder/$name.log" 2>&1; echo "$?" >"$folder/$name.code"; } &
done
npm run --silent "$first"
code=$?
wait
for name in "$@"; do
  cat "$folder/$name.log"
  other="$(cat "$folder/$name.code")"
  [ "$other" -eq 0 ] || code="$other"
done
exit "$code"
