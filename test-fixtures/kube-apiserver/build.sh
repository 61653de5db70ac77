#!/usr/bin/env bash
# build.sh [DIR]: builds every main of this module and prints the folder that holds them as its last line.
# Without DIR they go to a cache folder outside the tree, one per state of the sources; a complete one is not built again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
command -v go >/dev/null || { echo "build.sh: go is not on the PATH; it takes Go 1.26 or newer" >&2; exit 1; }

sources=$(find build.sh go.mod go.sum cmd -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/apf-proxy/kube-apiserver-$sources}
if [ -e "$out/.complete-$sources" ]; then
  echo "$out"; exit 0
fi

ver=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
date=$(go list -m -f '{{.Time.UTC.Format "2006-01-02T15:04:05Z"}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${ver#v}"
flags="-s -w"
for pkg in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X $pkg.gitVersion=$ver -X $pkg.gitMajor=$major -X $pkg.gitMinor=$minor"
  flags+=" -X $pkg.gitTreeState=clean -X $pkg.gitCommit=unknown -X $pkg.buildDate=$date"
done
echo "building kube-apiserver, etcd, kube-controller-manager, kubectl $ver and fake-kubelet: minutes the first time" >&2
mkdir -p "$out"
# CGO_ENABLED=0: static binaries, as upstream releases them, and no gcc needed.
CGO_ENABLED=0 go build -p "${GO_BUILD_P:-2}" -mod=readonly -trimpath -ldflags "$flags" -o "$out/" ./... >&2
rm -f "$out"/.complete-*
touch "$out/.complete-$sources"
echo "$out"
