#!/bin/sh
# Runs scripts of npm at the same time, at most four. What the first says is shown as it comes, the others' words when they
# have ended. Ends with the exit code of one that failed.
set -u
first="$1"
shift
pids="" at=3
for name in "$@"; do
  log="$(mktemp)"
  eval "exec $at<\"\$log\" $((at + 1))>\"\$log\""
  # It has no name any more: who is killed leaves nothing.
  rm -f "$log"
  eval "npm run --silent \"\$name\" >&$((at + 1)) 2>&1 &"
  pids="$pids $!" at=$((at + 2))
done
npm run --silent "$first"
code=$? at=3
for pid in $pids; do
  wait "$pid"
  other=$?
  eval "cat <&$at"
  [ "$other" -eq 0 ] || code="$other"
  at=$((at + 2))
done
exit "$code"
