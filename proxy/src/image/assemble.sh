#!/usr/bin/env bash
# assemble.sh OUT JAR SBOM TIME [runtime]: the files of the image, for Jib to pack.
#
# OUT/app holds the jar, the SBOM and the JVM's flags. With "runtime", OUT/runtime holds all else that runs it: a Java runtime of the
# modules it needs, made by jlink of the JDK in IMAGE_JDK (or JAVA_HOME), and this machine's C library; and OUT/app what a training
# run leaves for the start: of Java 25 and newer an AOT cache, of older ones a class-data archive. Linux with glibc only.
set -euo pipefail
out=$1 jar=$2 sbom=$3 time=$4
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.unsupported

rm -rf "$out"
app=$out/app/opt/apf-proxy
root=$out/runtime
mkdir -p "$app" "$root"
cp "$jar" "$app/apf-proxy.jar"
cp "$sbom" "$app/sbom.json"
cp "$(dirname "$0")/jvm.flags" "$app/jvm.flags"
# Java trusts the archive only beside a jar of the time it was made with; Jib gives all files this one.
touch -d "$time" "$app"/*
[ "${5:-}" = runtime ] || exit 0

mkdir -p "$root/etc" "$root/tmp" "$root/opt"
jdk=${IMAGE_JDK:-${JAVA_HOME:?}}
"$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files --output "$out/jlink"
cp -rL "$out/jlink" "$root/opt/java" # licences are links
rm -rf "$out/jlink"
java=$root/opt/java/bin/java
"$java" -Xshare:dump >/dev/null

# ---- what the runtime and the jar's native libraries are linked with; ldd knows nothing of other architectures ----
(mkdir "$out/native" && cd "$out/native" && "$jdk/bin/jar" xf "$jar" META-INF/native)
{ find "$root/opt/java" "$out/native" -type f \( -name '*.so' -o -perm -u+x \) -print0 | xargs -0 ldd 2>/dev/null || true; } |
  grep -oE '/[^ :]+\.so[^ :]*' | grep -v "^$out" | sort -u | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
rm -rf "$out/native"
echo 'nonroot:x:65532:65532::/tmp:/sbin/nologin' >"$root/etc/passwd"
echo 'nonroot:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

# ---- what loads quickly: a start before an upstream that is down, up to the end of the warm-up, which loads what requests need; then SIGTERM ----
version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/ *java.specification.version = //p')
flags=$app/jvm.flags
if [ "$version" -ge 25 ]; then
  kept=apf-proxy.aot made=AOTCacheOutput used=AOTCache
  # smaller objects; a cache of one layout of objects is good for that one only
  echo '+UseCompactObjectHeaders' >>"$flags"
else
  kept=apf-proxy.jsa made=ArchiveClassesAtExit used=SharedArchiveFile
  echo "assemble.sh: a runtime of Java $version; of Java 25, with an AOT cache, it starts sooner: -Dimage.jdk=FOLDER" >&2
fi
cat >"$out/training.kubeconfig" <<'K'
apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "https://127.0.0.1:9", insecure-skip-tls-verify: true}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
users: [{name: none, user: {token: none}}]
K
cd "$app"
"$java" -XX:Flags=jvm.flags "-XX:$made=$kept" -jar apf-proxy.jar \
  --kubeconfig "$out/training.kubeconfig" --bind-address=127.0.0.1 --secure-port=0 --admin-port=0 --admin-tls --allow-insecure-upstream \
  --cert-dir "$out/training" --shutdown-grace=0s --warm-up=6s >"$out/training.log" 2>&1 &
training=$!
for _ in $(seq 600); do
  grep -q 'warmed up' "$out/training.log" && break
  kill -0 $training 2>/dev/null || break
  sleep 0.1
done
kill -TERM $training 2>/dev/null || true
wait $training || { cat "$out/training.log" >&2; exit 1; }
[ -s "$kept" ] || { echo "assemble.sh: $kept was not written" >&2; cat "$out/training.log" >&2; exit 1; }
echo "$used=$kept" >>"$flags"
touch -d "$time" "$flags"
