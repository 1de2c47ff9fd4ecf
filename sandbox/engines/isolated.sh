#!/bin/sh
# Runs a command in a network namespace with only loopback: ports cannot clash, and a hidden download fails. Without such a
# namespace it prints a warning and runs the command on this machine's network. The command replaces this process.
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
echo "this machine allows no network namespace: the engines run on its own loopback" >&2
exec "$@"
