#!/usr/bin/env bash
# start-kubelet.sh DIR [fake-kubelet flags...]: a fake node for the apiserver that
# start.sh started in DIR. Pods then run "for real" enough for exec, attach, cp,
# logs and port-forward. stop.sh DIR ends it too.
set -euo pipefail
bin=${KUBEBUILDER_ASSETS:?names no folder; build.sh prints it}
dir=$(cd "${1:?usage: start-kubelet.sh DIR}" && pwd); shift
pki=$dir/pki
if [ -s "$dir/fake-kubelet.pid" ] && kill -0 "$(cat "$dir/fake-kubelet.pid")" 2>/dev/null; then
  echo "already running in $dir" >&2; exit 1
fi
setsid "$bin/fake-kubelet" --kubeconfig "$dir/admin.kubeconfig" --root "$dir/pods" \
  --cert "$pki/kubelet.crt" --key "$pki/kubelet.key" --client-ca "$pki/ca.crt" \
  "$@" </dev/null >"$dir/fake-kubelet.log" 2>&1 &
pid=$!
echo $pid >"$dir/fake-kubelet.pid"
for _ in $(seq 200); do
  if grep -qs '^ready ' "$dir/fake-kubelet.log"; then
    sed -n 's/^ready //p' "$dir/fake-kubelet.log"; exit 0
  fi
  kill -0 $pid 2>/dev/null || break
  sleep 0.05
done
cat "$dir/fake-kubelet.log" >&2; exit 1
