#!/bin/sh
# Runs at most four npm scripts at the same time. The output of the first is shown immediately, that of the others when they have
# ended. Exits with the code of a script that failed.
set -u
first="$1"
shift
pids="" at=3
for name in "$@"; do
  log="$(mktemp)"
  eval "exec $at<\"\$log\" $((at + 1))>\"\$log\""
  # The open file has no name now, so a killed run leaves nothing behind.
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
