#!/usr/bin/env bash
# The registry tier: Debian's docker-registry on loopback, images made with umoci and pushed with skopeo, pulled by
# groot.jar and by the server (emulated host). Installs what it needs; builds the jars if they are not there.
#
# Proves with a real registry what RegistrySourceTest proves with a scripted one: schema 2 and OCI, gzip, zstd and plain
# layers, a list with Windows versions, basic authentication, a pinned digest, cached layers, whiteouts, quota, refusals.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
maven=${GARDENCELL_MAVEN:-mvn -B -ntp}

note() { echo "registry: $*"; }
fail() { echo "registry: FAILED: $*" >&2; exit 1; }
is() { [ "$2" = "$3" ] || fail "$1: '$2' (expected: '$3')"; }
has() { case $2 in *"$3"*) ;; *) fail "$1: '$2' (expected it to contain: '$3')" ;; esac; }

if ! command -v docker-registry >/dev/null || ! command -v skopeo >/dev/null || ! command -v umoci >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends docker-registry skopeo umoci curl python3 >/dev/null
fi
[ -f groot-image/target/groot.jar ] && [ -f garden-server/target/garden-server.jar ] ||
  $maven -q -DskipTests -pl groot-image,garden-server -am package

# --- two registries, one of them with a password --------------------------------------------------------------------
start_registry() {
  local name=$1 auth=$2
  mkdir -p "$work/$name"
  cat >"$work/$name.yml" <<YML
version: 0.1
log: {level: info}
storage: {filesystem: {rootdirectory: $work/$name}}
http: {addr: "127.0.0.1:0"}
$auth
YML
  : >"$work/$name.log"
  docker-registry serve "$work/$name.yml" >>"$work/$name.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do
    registry=$(sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/$name.log" | head -1)
    [ -n "$registry" ] && return
    sleep 0.1
  done
  fail "docker-registry does not start: $(tail -3 "$work/$name.log")"
}
start_registry open ''
open=$registry
python3 - "$work/htpasswd" <<'PY'
import crypt, sys
open(sys.argv[1], "w").write("cell:" + crypt.crypt("s3cret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)) + "\n")
PY
start_registry closed "auth: {htpasswd: {realm: cells, path: $work/htpasswd}}"
closed=$registry

# --- images: two layers, the second removes a file of the first -----------------------------------------------------
tree() { mkdir -p "$(dirname "$work/$1/$2")"; printf %s "$3" >"$work/$1/$2"; }
tree base Files/app/hello.txt 'hello from the base'
tree base Files/app/old.txt 'to be removed'
head -c 3000000 /dev/urandom >"$work/base/Files/app/noise.bin"
tree top Files/app/hello.txt 'hello from the top'
tree top Files/app/.wh.old.txt ''
for layer in base top; do tar -C "$work/$layer" -cf "$work/$layer.tar" Files; done
umoci init --layout "$work/img"
umoci new --image "$work/img:one"
umoci raw add-layer --image "$work/img:one" "$work/base.tar"
umoci config --image "$work/img:one" --os windows --architecture amd64 --config.env 'PATH=C:\app' --config.env A=b=c
umoci tag --image "$work/img:one" two
umoci raw add-layer --image "$work/img:two" "$work/top.tar"
push() { skopeo copy -q --insecure-policy --dest-tls-verify=false "$@"; }
push "oci:$work/img:one" "docker://$open/cell/app:one"
push "oci:$work/img:two" "docker://$open/cell/app:two"
push --format v2s2 "oci:$work/img:two" "docker://$open/cell/app:schema2"
push --dest-compress-format zstd "oci:$work/img:two" "dir:$work/zstd-check" 2>/dev/null || true
push --dest-compress-format zstd "oci:$work/img:two" "docker://$open/cell/zstd:two"
push --dest-creds cell:s3cret "oci:$work/img:two" "docker://$closed/cell/private:two"

# a list in which only the second entry runs on this host's build
digest() { curl -fsS -o "$work/manifest" -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://$open/v2/cell/app/manifests/$1" &&
  sha256sum "$work/manifest" | cut -d' ' -f1; }
one=$(digest one)
two=$(digest two)
entry() { printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%d,"platform":{"os":"%s","architecture":"amd64"%s}}' "$@"; }
size() { digest "$1" >/dev/null; stat -c %s "$work/manifest"; }
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,%s]}' \
  "$(entry "$one" "$(size one)" linux '')" "$(entry "$two" "$(size two)" windows ',"os.version":"10.0.20348.2402"')" >"$work/index"
curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' --data-binary "@$work/index" "http://$open/v2/cell/app/manifests/list"

# --- the command ----------------------------------------------------------------------------------------------------
printf 'log_level: info\ninsecure_registries: ["%s", "%s"]\n' "$open" "$closed" >"$work/groot.yml"
groot() { java -XX:TieredStopAtLevel=1 -jar groot-image/target/groot.jar --host emulated --data-dir "$work/data" "$@" 2>>"$work/groot.log"; }
configured() { groot --config "$work/groot.yml" "$@"; }
layers() { configured list | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["layers"]))'; }
blobs() { grep -c 'GET /v2/cell/app/blobs' "$work/open.log" || true; }

note "an image of two layers"
is 'pull of one layer' "$(configured pull "docker://$open/cell/app:one")" ''
is 'layers after one' "$(layers)" 1
configured pull "docker://$open/cell/app:two"
is 'layers after two' "$(layers)" 2
before=$(blobs)
configured pull "docker://$open/cell/app:schema2"
is 'layers after schema 2' "$(layers)" 2
configured pull "docker://$open/cell/app@sha256:$two"
configured pull "docker://$open/cell/app:list"
is 'layers after a list' "$(layers)" 2
[ $(($(blobs) - before)) -le 6 ] || fail "cached layers were fetched again: $(($(blobs) - before)) blobs (expected: 3 configurations, at most asked for twice)"
configured pull "docker://$open/cell/zstd:two"
is 'layers after zstd' "$(layers)" 2

note "a volume with its environment"
made=$(configured create "docker://$open/cell/app:two" h1)
has 'document' "$made" '"env":["PATH=C:\\app","A=b=c"]'
volume=$(ls -d "$work"/data/emulator/volumes/*/ | head -1)
is 'file of the top layer' "$(cat "$volume/app/hello.txt")" 'hello from the top'
[ ! -e "$volume/app/old.txt" ] || fail 'a removed file is there'
cmp -s "$volume/app/noise.bin" "$work/base/Files/app/noise.bin" || fail 'a file has other bytes'
has 'statistics' "$(configured stats h1)" '"exclusive_bytes_used":0'
configured delete h1

note "refusals"
refused() { local out; if out=$("$@"); then fail "$* succeeded"; fi; printf %s "$out"; }
has 'unknown tag' "$(refused configured pull "docker://$open/cell/app:none")" "reading manifest none in $open/cell/app: manifest unknown"
has 'unknown repository' "$(refused configured pull "docker://$open/cell/none:one")" 'manifest unknown'
has 'not listed' "$(refused groot pull "docker://$open/cell/app:one")" 'server gave HTTP response to HTTPS client'
has 'too small' "$(refused configured create --disk-limit-size-bytes 5000 "docker://$open/cell/app:two" h2)" 'layers exceed disk quota'
has 'no password' "$(refused configured pull "docker://$closed/cell/private:two")" 'authentication required'
is 'layers after refusals' "$(layers)" 2

note "a registry with a password, given by the environment"
configured delete h1
groot --config "$work/groot.yml" gc >/dev/null
is 'layers after gc' "$(layers)" 0
GROOT_PASSWORD=s3cret groot --config "$work/groot.yml" pull --username cell "docker://$closed/cell/private:two"
is 'layers after a private pull' "$(layers)" 2
grep -q s3cret "$work/groot.log" && fail 'the password is in the log'

# --- the server -----------------------------------------------------------------------------------------------------
note "the server creates a container from the registry"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
java -XX:TieredStopAtLevel=1 -jar garden-server/target/garden-server.jar --host emulated --data-dir "$work/server" \
  --bind-ip 127.0.0.1 --bind-port "$port" --image-plugin-extra-arg=--config="$work/groot.yml" >"$work/server.log" 2>&1 &
pids+=($!)
for _ in $(seq 300); do
  curl -fsS "http://127.0.0.1:$port/ping" >/dev/null 2>&1 && break
  sleep 0.1
done
answer=$(curl -sS -X POST "http://127.0.0.1:$port/containers" -d "{\"handle\":\"c1\",\"image\":{\"uri\":\"docker://$open/cell/app:two\"}}")
has 'create' "$answer" '"c1"'
is 'file in the container' "$(curl -sS "http://127.0.0.1:$port/containers/c1/files?source=/app/hello.txt" | tar -xO)" 'hello from the top'
answer=$(curl -sS -X POST "http://127.0.0.1:$port/containers" -d "{\"handle\":\"c2\",\"image\":{\"uri\":\"docker://$open/cell/app:none\"}}")
has 'create of an unknown tag' "$answer" 'manifest unknown'
is 'destroy' "$(curl -sS -o /dev/null -w '%{http_code}' -X DELETE "http://127.0.0.1:$port/containers/c1")" 200
is 'volumes left' "$(ls "$work/server/groot/volumes")" ''
note "all passed in $SECONDS s"
