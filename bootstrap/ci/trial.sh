#!/usr/bin/env bash
# One trial of a stack on kind, from nothing to nothing: cluster, `pulumi up`, a query, cluster away. For CI and for a laptop:
#   bootstrap/ci/trial.sh [stack]          KEEP=yes leaves the cluster
set -euo pipefail
cd "$(dirname "$0")/../.."
stack="${1:-dev}"
export PULUMI_BACKEND_URL="${PULUMI_BACKEND_URL:-file://$HOME}" PULUMI_CONFIG_PASSPHRASE="${PULUMI_CONFIG_PASSPHRASE-trial}"

end() {
  local code=$?
  [ "$code" -eq 0 ] || kubectl get pods -A || true
  [ -n "${KEEP:-}" ] || npx lakehouse cluster delete -s "$stack" --yes
  exit "$code"
}
npx lakehouse cluster create -s "$stack"
trap end EXIT
pulumi stack select --create "$stack"
pulumi up -s "$stack" --policy-pack policies --yes --skip-preview
# The second time nothing may be left to do.
pulumi preview -s "$stack" --policy-pack policies --expect-no-changes
query="$(kubectl get namespaces -o name | sed -n 's#^namespace/\(.*-query\)$#\1#p')"
kubectl -n "$query" exec deployment/trino-coordinator -- trino --execute "select 1"
