#!/bin/sh
# Runs a command where the only network is loopback: ports cannot clash, and a hidden download fails. Where no such namespace
# can be made it says so and runs the command as it is. It becomes the command: nothing of it is left to kill.
set -eu
up='ip link set lo up && export LAKEHOUSE_ISOLATED=yes && exec "$@"'
if command -v unshare >/dev/null && command -v ip >/dev/null; then
  if [ "$(id -u)" = 0 ] && unshare --net ip link set lo up 2>/dev/null; then
    exec unshare --net sh -c "$up" isolated "$@"
  fi
  if unshare --user --map-current-user --keep-caps --net ip link set lo up 2>/dev/null; then
    exec unshare --user --map-current-user --keep-caps --net sh -c "$up" isolated "$@"
  fi
fi
echo "no network namespace can be made here: the engines run on this machine's loopback" >&2
exec "$@"
