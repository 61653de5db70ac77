#!/usr/bin/env bash
# start.sh DIR PORT [kube-apiserver flags...]: real etcd and kube-apiserver on https://127.0.0.1:PORT, state under DIR.
#
# etcd listens on unix sockets inside DIR, so PORT is the only TCP port taken and instances with different DIR and
# PORT run side by side. Certificates, tokens and data are made once per DIR and survive stop and start.
# Environment: KUBEBUILDER_ASSETS (folder of the binaries), READY_TIMEOUT (seconds, default 60), AUDIT=1 (audit log of
# level Metadata in DIR/audit.log), OWNER_PID (process with whose end everything in DIR is stopped).
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 DIR PORT [kube-apiserver flags...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
bin=${KUBEBUILDER_ASSETS:?names no folder; build.sh prints it}
mkdir -p "$1"; dir=$(cd "$1" && pwd); port=$2; shift 2
pki=$dir/pki
url=https://127.0.0.1:$port

alive() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }
if alive "$dir/kube-apiserver.pid" || alive "$dir/etcd.pid"; then
  echo "already running in $dir (stop.sh first)" >&2; exit 1
fi
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "127.0.0.1:$port is taken" >&2; exit 1
fi
rm -f "$dir"/*.pid

# ---- certificates ---------------------------------------------------------
eckey() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>/dev/null; }
ca() { # NAME SUBJECT
  eckey "$pki/$1.key"
  openssl req -x509 -new -sha256 -key "$pki/$1.key" -subj "$2" -days 3650 \
    -addext 'basicConstraints=critical,CA:TRUE' \
    -addext 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature' \
    -out "$pki/$1.crt"
}
leaf() { # NAME SUBJECT CA USAGE [SAN]
  eckey "$pki/$1.key"
  openssl req -new -sha256 -key "$pki/$1.key" -subj "$2" -out "$pki/$1.csr"
  { echo 'basicConstraints=critical,CA:FALSE'
    echo 'keyUsage=critical,digitalSignature'
    echo "extendedKeyUsage=$4"
    [ -n "${5:-}" ] && echo "subjectAltName=$5"; true; } >"$pki/$1.ext"
  openssl x509 -req -sha256 -in "$pki/$1.csr" -CA "$pki/$3.crt" -CAkey "$pki/$3.key" \
    -set_serial "0x$(openssl rand -hex 8)" -days 3650 -extfile "$pki/$1.ext" \
    -out "$pki/$1.crt" 2>/dev/null
  rm -f "$pki/$1.csr" "$pki/$1.ext"
}
if [ ! -e "$pki/done" ]; then
  rm -rf "$pki"; mkdir -p "$pki"; chmod 700 "$pki"
  ca ca '/CN=fixture-ca'                    # serving certs and client certs
  ca front-proxy-ca '/CN=fixture-front-proxy-ca'
  leaf apiserver '/CN=kube-apiserver' ca serverAuth \
    'DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:10.0.0.1'
  leaf admin '/O=system:masters/CN=admin' ca clientAuth
  leaf kubelet-client '/O=system:masters/CN=kube-apiserver-kubelet-client' ca clientAuth
  leaf kubelet '/CN=fake-kubelet' ca serverAuth 'DNS:localhost,IP:127.0.0.1'
  # What a proxy presents so that its X-Remote-* headers are believed.
  leaf front-proxy-client '/CN=front-proxy-client' front-proxy-ca clientAuth
  openssl genrsa -out "$pki/sa.key" 2048 2>/dev/null
  openssl rsa -in "$pki/sa.key" -pubout -out "$pki/sa.pub" 2>/dev/null
  touch "$pki/done"
fi

# ---- static tokens: token,user,uid,"groups" -------------------------------
if [ ! -e "$dir/tokens.csv" ]; then
  cat >"$dir/tokens.csv" <<'T'
admin-token,admin,uid-admin,"system:masters"
alice-token,alice,uid-alice,"dev"
bob-token,bob,uid-bob,"dev"
elephant-token,elephant,uid-elephant,"load"
mouse-token,mouse,uid-mouse,"load"
nobody-token,nobody,uid-nobody
kcm-token,system:kube-controller-manager,uid-kcm
scheduler-token,system:kube-scheduler,uid-scheduler
node-token,system:node:fake-node,uid-node,"system:nodes"
proxy-token,apf-proxy,uid-apf-proxy
T
  chmod 600 "$dir/tokens.csv"
fi

# ---- kubeconfigs ----------------------------------------------------------
kubeconfig() { # NAME, then one line "key: value" per credential
  local name=$1; shift
  { cat <<K
apiVersion: v1
kind: Config
clusters:
- name: fixture
  cluster: {server: "$url", certificate-authority: "$pki/ca.crt"}
contexts:
- name: $name
  context: {cluster: fixture, user: $name}
current-context: $name
users:
- name: $name
  user:
K
    printf '    %s\n' "$@"; } >"$dir/$name.kubeconfig"
  chmod 600 "$dir/$name.kubeconfig"
}
kubeconfig admin 'token: admin-token'
kubeconfig admin-cert "client-certificate: $pki/admin.crt" "client-key: $pki/admin.key"
for u in alice bob elephant mouse nobody kcm scheduler node proxy; do kubeconfig $u "token: $u-token"; done

# ---- etcd -----------------------------------------------------------------
# unix socket names must fit 107 bytes, so they are relative to the cwd (DIR).
cd "$dir"
rm -f etcd-client.sock* etcd-peer.sock*
setsid "$bin/etcd" --name fixture --data-dir "$dir/etcd" \
  --listen-client-urls unix://etcd-client.sock --advertise-client-urls unix://etcd-client.sock \
  --listen-peer-urls unix://etcd-peer.sock --initial-advertise-peer-urls unix://etcd-peer.sock \
  --initial-cluster fixture=unix://etcd-peer.sock \
  --unsafe-no-fsync --quota-backend-bytes 2147483648 --snapshot-count 50000 \
  --log-level warn \
  </dev/null >etcd.log 2>&1 &
echo $! >etcd.pid

# ---- kube-apiserver -------------------------------------------------------
audit=()
if [ "${AUDIT:-0}" = 1 ]; then
  printf 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n  omitStages: [RequestReceived]\n' >audit-policy.yaml
  audit=(--audit-policy-file="$dir/audit-policy.yaml" --audit-log-path="$dir/audit.log")
fi
setsid "$bin/kube-apiserver" \
  --etcd-servers=unix://etcd-client.sock \
  --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$port" \
  --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
  --client-ca-file="$pki/ca.crt" \
  --token-auth-file="$dir/tokens.csv" \
  --requestheader-client-ca-file="$pki/front-proxy-ca.crt" \
  --requestheader-allowed-names=front-proxy-client \
  --requestheader-username-headers=X-Remote-User \
  --requestheader-uid-headers=X-Remote-Uid \
  --requestheader-group-headers=X-Remote-Group \
  --requestheader-extra-headers-prefix=X-Remote-Extra- \
  --proxy-client-cert-file="$pki/front-proxy-client.crt" --proxy-client-key-file="$pki/front-proxy-client.key" \
  --service-account-issuer=https://kubernetes.default.svc \
  --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
  --service-cluster-ip-range=10.0.0.0/24 \
  --kubelet-client-certificate="$pki/kubelet-client.crt" --kubelet-client-key="$pki/kubelet-client.key" \
  --kubelet-preferred-address-types=InternalIP \
  --authorization-mode=Node,RBAC \
  --disable-admission-plugins=ServiceAccount \
  --endpoint-reconciler-type=none \
  --allow-privileged=true \
  --profiling=true \
  "${audit[@]}" "$@" </dev/null >kube-apiserver.log 2>&1 &
echo $! >kube-apiserver.pid

if [ -n "${OWNER_PID:-}" ]; then
  setsid bash -c 'tail --pid="$1" -f /dev/null; "$2/stop.sh" "$3"' - "$OWNER_PID" "$here" "$dir" </dev/null >/dev/null 2>&1 &
fi

# ---- ready? ---------------------------------------------------------------
deadline=$((SECONDS + ${READY_TIMEOUT:-60}))
while :; do
  for p in etcd kube-apiserver; do
    if ! alive "$dir/$p.pid"; then
      echo "$p ended while starting; last lines of $dir/$p.log:" >&2
      tail -n 20 "$dir/$p.log" >&2; "$here/stop.sh" "$dir" >&2 || true; exit 1
    fi
  done
  [ "$(curl -s --max-time 2 --cacert "$pki/ca.crt" -H 'Authorization: Bearer admin-token' "$url/readyz" || true)" = ok ] && break
  if [ $SECONDS -ge $deadline ]; then
    echo "not ready in time; see $dir/kube-apiserver.log" >&2
    curl -s --max-time 2 --cacert "$pki/ca.crt" -H 'Authorization: Bearer admin-token' "$url/readyz?verbose" >&2 || true
    "$here/stop.sh" "$dir" >&2 || true; exit 1
  fi
  sleep 0.05
done
echo "$url"
