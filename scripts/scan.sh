#!/usr/bin/env bash
# Has a scanner that knows nothing of this project judge the rendered manifests of all stacks. What it finds must be
# explained in scan-exceptions.json. Exit code 69: the scanner cannot be obtained here, nothing was judged.
set -euo pipefail
cd "$(dirname "$0")/.."
cache="${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse}"
version=v1.20.0
folder="$cache/kube-score-$version"

# Sets `scanner`: the pinned version, built once by Go, else one that is installed.
obtain() {
  scanner="$folder/kube-score"
  [ -x "$scanner" ] && return
  if command -v go >/dev/null; then
    echo "kube-score $version is built, once"
    mkdir -p "$folder"
    log="$(GOPATH="$folder/go" GOBIN="$folder" GOFLAGS=-modcacherw \
      go install "github.com/zegl/kube-score/cmd/kube-score@$version" 2>&1)" || echo "$log" | tail -n 5
    rm -rf "$folder/go"
    [ -x "$scanner" ] && return
  fi
  scanner="$(command -v kube-score)"
}

if ! obtain; then
  echo "NOT SCANNED: kube-score could not be obtained: install Go or kube-score" >&2
  exit 69
fi

out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
stacks=()
for file in Pulumi.*.yaml; do
  stack="${file#Pulumi.}" stack="${stack%.yaml}"
  stacks+=("$stack")
  node bin/lakehouse.js plan --stack "$stack" --out "$out" >/dev/null
  # It exits with 1 on any finding, explained or not: what it wrote is judged below.
  find "$out/$stack/manifests" -name '*.yaml' -print0 |
    xargs -0 "$scanner" score --kubernetes-version v1.32 --output-format json >"$out/$stack.json" || [ -s "$out/$stack.json" ]
done
node scripts/scan-findings.js "$out" "${stacks[@]}"
