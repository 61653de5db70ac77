#!/usr/bin/env bash
# start-controllers.sh DIR [KUBECONFIG [kube-controller-manager flags...]]: the real controller manager for the
# apiserver that start.sh started in DIR; KUBECONFIG (default DIR/admin.kubeconfig) may lead through a proxy.
# stop.sh DIR ends it too. It fills the aggregated roles admin/edit/view, ends namespaces, runs Deployments.
set -euo pipefail
bin=${KUBEBUILDER_ASSETS:?names no folder; build.sh prints it}
dir=$(cd "${1:?usage: start-controllers.sh DIR [KUBECONFIG]}" && pwd); shift
kc=$(realpath "${1:-$dir/admin.kubeconfig}"); [ $# -gt 0 ] && shift
pki=$dir/pki
setsid "$bin/kube-controller-manager" --kubeconfig "$kc" \
  --authentication-kubeconfig "$kc" --authorization-kubeconfig "$kc" --secure-port=0 \
  --leader-elect=true --leader-elect-lease-duration=15s --leader-elect-renew-deadline=10s \
  --root-ca-file "$pki/ca.crt" --service-account-private-key-file "$pki/sa.key" \
  "$@" </dev/null >"$dir/kube-controller-manager.log" 2>&1 &
echo $! >"$dir/kube-controller-manager.pid"
