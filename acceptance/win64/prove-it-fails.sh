#!/usr/bin/env bash
# Proves that the Win64 tier notices a binding that is wrong: breaks one in a copy of the commit, runs a class of the tier on the
# copy, and wants it to fail; and so on for each kind of mistake. Not part of the gate: it takes some minutes, and has to be run
# again only when bindings or the tier have changed.
#
#   prove-it-fails.sh [signature|offset|width|slot ...]     default: all
#
# Fails when a mistake goes unnoticed, or when it can no longer be made because the code has changed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
bindings=hcs-jna/src/main/java/io/gardencell/hcs/jna

# replace FILE FROM TO: in a file of the bindings, exactly what stands there
replace() {
  FROM=$2 TO=$3 perl -0pi -e 'BEGIN { $n = 0 } $n += s/\Q$ENV{FROM}\E/$ENV{TO}/; END { exit !$n }' "$copy/$bindings/$1" ||
    { echo "$1 no longer has: $2" >&2; exit 2; }
}

make_mistake() {
  case $1 in
    signature) # a function loses an argument
      replace compute/VmCompute.java 'int HcsStartComputeSystem(Pointer system, WString options, ' 'int HcsStartComputeSystem(Pointer system, '
      replace compute/JnaComputeSystem.java 'HcsStartComputeSystem(handle.open(), Wide.of(""), ' 'HcsStartComputeSystem(handle.open(), '
      ;;
    offset) # the path of a layer descriptor, 4 bytes too early
      replace layer/LayerDescriptors.java 'i * BYTES + 24, path' 'i * BYTES + 20, path'
      ;;
    width) # 8-bit text
      replace layer/VmComputeLayers.java 'int ActivateLayer(Pointer info, WString id)' 'int ActivateLayer(Pointer info, String id)'
      replace layer/JnaLayers.java 'dll.ActivateLayer(info.pointer(), Wide.of(layer.toString()))' 'dll.ActivateLayer(info.pointer(), layer.toString())'
      ;;
    slot) # a COM method's neighbour
      replace volume/ComMethod.java 'put_QuotaLimit", 13)' 'put_QuotaLimit", 12)'
      ;;
    *) echo "unknown mistake $1 (expected: signature, offset, width, slot)" >&2; exit 2 ;;
  esac
}

unnoticed=()
[ $# -gt 0 ] || set -- signature offset width slot
for mistake in "$@"; do
  rm -rf "${copy:?}"/* "$copy"/.[a-z]*
  git -C "$root" archive HEAD | tar -x -C "$copy"
  make_mistake "$mistake"
  status=0
  "$copy/acceptance/win64/run.sh" hcs-jna/VmComputeIT >"$copy/out" 2>&1 || status=$?
  echo "== $mistake: exit $status"
  grep -E '\[X\]|COMPILATION|without a report|tests (successful|failed)|^== failed' "$copy/out" | sort -u || true
  # a copy that does not compile, or that passes, proves nothing
  if [ $status -eq 0 ] || grep -q 'COMPILATION\|BUILD FAILURE' "$copy/out"; then
    unnoticed+=("$mistake")
  fi
done
[ ${#unnoticed[@]} -eq 0 ] || { echo "not noticed: ${unnoticed[*]}"; exit 1; }
echo "every mistake was noticed"
