#!/usr/bin/env bash
# Prints the folder with a Pulumi CLI and its Node.js language host. They are taken from the PATH, or built once from the Go modules
# in tools/ into LAKEHOUSE_CACHE (about five minutes on two cores). Without Go it fails and prints the reason.
set -euo pipefail
root="$(cd "$(dirname "$0")/.." && pwd)"
cache="${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse}"

if command -v pulumi >/dev/null && command -v pulumi-language-nodejs >/dev/null; then
  dirname "$(command -v pulumi)"
  exit 0
fi
if ! command -v go >/dev/null; then
  echo "pulumi: no Pulumi CLI on the PATH, and no Go to build one; install either" >&2
  exit 1
fi
cli="github.com/pulumi/pulumi/pkg/v3"
version="$(cd "$root/tools/pulumi" && go list -m -f '{{.Version}}' "$cli")"
bin="$cache/pulumi-$version"
if [ ! -x "$bin/pulumi" ] || [ ! -x "$bin/pulumi-language-nodejs" ]; then
  mkdir -p "$bin"
  echo "building the Pulumi CLI $version from its Go modules, once ..." >&2
  flags="-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version#v}"
  (cd "$root/tools/pulumi" && go build -mod=readonly -ldflags "$flags" -o "$bin/pulumi.new" "$cli/cmd/pulumi") >&2
  (cd "$root/tools/pulumi-language-nodejs" && go build -mod=readonly -o "$bin/language.new" github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs) >&2
  mv "$bin/language.new" "$bin/pulumi-language-nodejs"
  mv "$bin/pulumi.new" "$bin/pulumi"
fi
echo "$bin"
