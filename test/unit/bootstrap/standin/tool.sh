#!/bin/sh
# Stands in for docker, kind, kubectl and helm: writes down each call, and keeps in $STATE what the real one would keep.
tool="$(basename "$0")"
echo "$tool $*" >>"$STATE/calls"
mkdir -p "$STATE/clusters" "$STATE/record" "$STATE/helm"
last() { for word; do :; done; echo "$word"; }
option() { for word; do case "$word" in "$name"=*) echo "${word#*=}" ;; esac; done; }
name=--name cluster="$(option "$@")"
case "$tool $*" in
"docker info"*) [ ! -e "$STATE/no-engine" ] || { echo "Cannot connect to the Docker daemon" >&2 && exit 1; } ;;
"kind version"*) echo "kind $(cat "$STATE/kind-version" 2>/dev/null || echo v0.32.0) go1.25.0 linux/amd64" ;;
"kind get clusters") ls "$STATE/clusters" ;;
"kind create cluster"*)
  name=--config file="$(option "$@")"
  cluster="$(sed -n 's/^name: //p' "$file")"
  grep -c '^  - role' "$file" >"$STATE/clusters/$cluster"
  [ ! -e "$STATE/slow" ] || { touch "$STATE/started" && while kill -0 "$PPID" 2>/dev/null; do sleep 1; done; }
  [ ! -e "$STATE/broken" ] || { echo "ERROR: failed to create cluster: no space left on device" >&2 && exit 1; }
  ;;
"kind delete cluster"*) rm "$STATE/clusters/$cluster" ;;
"kind get nodes"*) echo "$cluster-control-plane" && echo "$cluster-worker" ;;
"kubectl config get-contexts"*) ls "$STATE/clusters" | sed 's/^/kind-/' ;;
"kubectl "*" get configmap "*)
  [ "$(ls "$STATE/record")" = "" ] || {
    printf '{"data":{"-":"-"' && for file in "$STATE"/record/*; do printf ',"%s":"%s"' "$(basename "$file")" "$(cat "$file")"; done && echo '}}'
  }
  ;;
"kubectl "*" apply "*"-f -")
  cat >"$STATE/input"
  pair="$(sed -n 's/.*"name":"lakehouse-cluster".*"data":{"\([^"]*\)":"\([^"]*\)"}.*/\1 \2/p' "$STATE/input")"
  [ -z "$pair" ] || echo "${pair#* }" >"$STATE/record/${pair%% *}"
  ;;
"helm version"*) echo "v3.19.2+g1" ;;
"helm "*" status "*)
  release="$(ls "$STATE/helm")"
  case "$release" in
  "") echo "Error: release: not found" >&2 && exit 1 ;;
  *) printf '{"info":{"status":"%s"}}' "$(cat "$STATE/helm/openebs" 2>/dev/null || echo deployed)" ;;
  esac
  ;;
"helm "*" upgrade "*) echo deployed >"$STATE/helm/openebs" ;;
"helm "*" uninstall "*) rm "$STATE/helm/openebs" ;;
esac
