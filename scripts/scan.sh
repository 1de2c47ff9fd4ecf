#!/usr/bin/env bash
# Scans the rendered manifests of all stacks with two independent scanners: kube-score for the operation of pods, checkov for
# Kubernetes' security benchmarks. Every finding needs an exception with a reason in scan-exceptions.json.
# Exit code 69: a scanner cannot be obtained, so only the other one has scanned, or none.
set -euo pipefail
cd "$(dirname "$0")/.."
cache="${LAKEHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lakehouse-ci}"
score_version=v1.20.0
checkov_version=3.3.30

# Sets `score`: the pinned version, built once by Go, else the kube-score on the PATH.
obtain_score() {
  local folder="$cache/kube-score-$score_version" log
  score="$folder/kube-score"
  [ -x "$score" ] && return
  if command -v go >/dev/null; then
    echo "building kube-score $score_version, once ..."
    mkdir -p "$folder"
    log="$(GOPATH="$folder/go" GOBIN="$folder" GOFLAGS=-modcacherw \
      go install "github.com/zegl/kube-score/cmd/kube-score@$score_version" 2>&1)" || echo "$log" | tail -n 5
    rm -rf "$folder/go"
    [ -x "$score" ] && return
  fi
  score="$(command -v kube-score)"
}

# Sets `checkov`: the pinned version, installed once from PyPI into its own environment, else the checkov on the PATH.
obtain_checkov() {
  local folder="$cache/checkov-$checkov_version" log
  checkov="$folder/bin/checkov"
  [ -e "$folder/complete" ] && return
  if command -v python3 >/dev/null; then
    echo "installing checkov $checkov_version, once ..."
    rm -rf "$folder"
    if log="$(python3 -m venv "$folder" 2>&1 && "$folder/bin/pip" install --quiet --disable-pip-version-check \
      "checkov==$checkov_version" 2>&1)"; then
      touch "$folder/complete"
      return
    fi
    echo "$log" | tail -n 5
    rm -rf "$folder"
  fi
  checkov="$(command -v checkov)"
}

scanners=() missing=()
if obtain_score; then scanners+=(kube-score); else missing+=("kube-score (install Go or kube-score)"); fi
if obtain_checkov; then scanners+=(checkov); else missing+=("checkov (install Python with venv, or checkov)"); fi
for one in "${missing[@]}"; do echo "NOT SCANNED by $one" >&2; done
[ "${#scanners[@]}" -eq 0 ] && exit 69

out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
stacks=()
for file in Pulumi.*.yaml; do
  stack="${file#Pulumi.}" stack="${stack%.yaml}"
  stacks+=("$stack")
  node bin/lakehouse.js plan --stack "$stack" --out "$out" >/dev/null
  # Both exit with 1 on any finding. scan-findings.js judges their reports below.
  for scanner in "${scanners[@]}"; do
    report="$out/$stack.$scanner.json"
    case "$scanner" in
    kube-score)
      find "$out/$stack/manifests" -name '*.yaml' -print0 |
        xargs -0 "$score" score --kubernetes-version v1.32 --output-format json >"$report" || [ -s "$report" ]
      ;;
    checkov)
      # --skip-download leaves out descriptions, so that no network is needed.
      "$checkov" --directory "$out/$stack/manifests" --framework kubernetes --output json --compact --quiet \
        --skip-download >"$report" || [ -s "$report" ]
      ;;
    esac
  done
done
node scripts/scan-findings.js "$out" "$(IFS=,; echo "${scanners[*]}")" "${stacks[@]}"
[ "${#missing[@]}" -eq 0 ] || exit 69
