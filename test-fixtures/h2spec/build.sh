#!/usr/bin/env bash
# build.sh [DIR]: builds h2spec, the conformance test of HTTP/2, and prints its path as the last line.
# Without DIR it goes to a cache folder outside the tree, one per state of this module; it is not built again there.
set -euo pipefail
cd "$(dirname "$0")"
command -v go >/dev/null || { echo "build.sh: go is not on the PATH; it takes Go 1.26 or newer" >&2; exit 1; }

sources=$(cat build.sh go.mod go.sum | sha256sum | cut -c1-16)
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/apf-proxy/h2spec-$sources}
if [ ! -x "$out/h2spec" ]; then
  mkdir -p "$out"
  CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags "-s -w" -o "$out/h2spec.new" github.com/summerwind/h2spec/cmd/h2spec >&2
  mv "$out/h2spec.new" "$out/h2spec"
fi
echo "$out/h2spec"
