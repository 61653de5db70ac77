#!/usr/bin/env bash
# assemble.sh OUT JAR SBOM TIME [runtime]: the files of the image, for Jib to pack.
#
# OUT/app holds the jar and the SBOM. With "runtime", OUT/runtime holds all else that runs it: a Java runtime of the modules
# it needs, made by jlink of the JDK that builds, and that machine's C library; and OUT/app a class-data archive, made by a
# training run. Linux with glibc only.
set -euo pipefail
out=$1 jar=$2 sbom=$3 time=$4
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.unsupported

rm -rf "$out"
app=$out/app/opt/apf-proxy
root=$out/runtime
mkdir -p "$app" "$root"
cp "$jar" "$app/apf-proxy.jar"
cp "$sbom" "$app/sbom.json"
# Java trusts the archive only beside a jar of the time it was made with; Jib gives all files this one.
touch -d "$time" "$app"/*
[ "${5:-}" = runtime ] || exit 0

mkdir -p "$root/etc" "$root/tmp" "$root/opt"
"${JAVA_HOME:?}/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files --output "$out/jlink"
cp -rL "$out/jlink" "$root/opt/java" # licences are links
rm -rf "$out/jlink"
"$root/opt/java/bin/java" -Xshare:dump >/dev/null

# ---- what the runtime and the jar's native libraries are linked with; ldd knows nothing of other architectures ----
(mkdir "$out/native" && cd "$out/native" && "$JAVA_HOME/bin/jar" xf "$jar" META-INF/native)
{ find "$root/opt/java" "$out/native" -type f \( -name '*.so' -o -perm -u+x \) -print0 | xargs -0 ldd 2>/dev/null || true; } |
  grep -oE '/[^ :]+\.so[^ :]*' | grep -v "^$out" | sort -u | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
rm -rf "$out/native"
echo 'nonroot:x:65532:65532::/tmp:/sbin/nologin' >"$root/etc/passwd"
echo 'nonroot:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

# ---- class-data archive: a start before an upstream that is down, up to the end of the warm-up, which loads what requests need; then SIGTERM ----
cat >"$out/training.kubeconfig" <<'K'
apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "https://127.0.0.1:9", insecure-skip-tls-verify: true}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
users: [{name: none, user: {token: none}}]
K
cd "$app"
"$root/opt/java/bin/java" -XX:ArchiveClassesAtExit=apf-proxy.jsa -jar apf-proxy.jar \
  --kubeconfig "$out/training.kubeconfig" --bind-address=127.0.0.1 --secure-port=0 --admin-port=0 --admin-tls --allow-insecure-upstream \
  --cert-dir "$out/training" --shutdown-grace=0s >"$out/training.log" 2>&1 &
training=$!
for _ in $(seq 600); do
  grep -q 'warmed up' "$out/training.log" && break
  kill -0 $training 2>/dev/null || break
  sleep 0.1
done
kill -TERM $training 2>/dev/null || true
wait $training || { cat "$out/training.log" >&2; exit 1; }
[ -s apf-proxy.jsa ] || { echo "assemble.sh: no class-data archive was written" >&2; cat "$out/training.log" >&2; exit 1; }
