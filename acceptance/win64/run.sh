#!/usr/bin/env bash
# The Win64 tier: test classes in a Windows JVM under Wine, on the stand-in vmcompute.dll. README.md says how to add one.
#
#   run.sh                                   every class listed in the file `tests`
#   run.sh hcs-jna/VmComputeIT winc-runtime  only the lines that match one of these (module/simple name, module or class)
#   run.sh server                            only server.sh, which comes last without arguments: the whole daemon
#
# Fails when a class fails, runs no test or cannot run at all. GARDENCELL_WIN64_CYCLES: how many processes LeaksIT makes (10000).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/host.sh"
trap 'end_windows; rm -rf "$work"' EXIT

selected() {
  local module=$1 classes=$2 class wanted
  shift 2
  [ $# -eq 0 ] && return 0
  for wanted in "$@"; do
    for class in ${classes//,/ }; do
      case $wanted in "$module" | "$class" | "${class##*.}" | "$module/${class##*.}" | "$module/$class") return 0 ;; esac
    done
  done
  return 1
}

lines=() modules=()
while read -r module class seconds mode; do
  if selected "$module" "$class" "$@"; then
    lines+=("$module $class $seconds ${mode:-plain}")
    [[ " ${modules[*]-} " == *" $module "* ]] || modules+=("$module")
  fi
done < <(grep -v '^ *\(#\|$\)' "$here/tests")
[ ${#lines[@]} -gt 0 ] || [ "$*" = server ] || { echo "no line of $here/tests matches: $*" >&2; exit 2; }

cd "$root"
prepare() {
  install_tools
  install_jre
  build_stand_in
  $maven -q -DskipTests -pl "$(IFS=,; echo "${modules[*]}")" -am package \
    dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/win64.classpath
  fetch_console
}

# Goes to the prefix of a mode, which is made when it is first needed.
enter_prefix() {
  end_windows
  export WINEPREFIX=$work/$1
  [ -d "$WINEPREFIX" ] && return
  make_jailed_wine
  case $1 in
    plain) make_prefix wine64 plain ;;
    jail) make_prefix "$work/wine" jail ;;
    *) note "unknown mode $1 (expected: plain, jail)"; return 2 ;;
  esac
}

# The self-contained jar of a module, as Windows sees it; nothing if it is no program.
program() {
  local name
  name=$(sed -n 's|.*<runnable.name>\(.*\)</runnable.name>.*|\1|p' "$root/$1/pom.xml")
  [ -z "$name" ] || windows_path "$root/$1/target/$name.jar"
}

# The module's own classes, those of a program from its jar as it ships, and its test class path; the console carries JUnit itself.
class_path() {
  local entry jar
  jar=$(program "$1")
  [ -z "$jar" ] || printf '%s;' "$jar"
  windows_path "$root/$1/target/classes"
  printf ';'
  windows_path "$root/$1/target/test-classes"
  without_junit "$1" | tr ':' '\n' | while read -r entry; do
    printf ';'
    windows_path "$entry"
  done
}

# A line's classes in a JVM of their own, on a host that has nothing yet. Every test has to run: a skipped one fails the line.
run_classes() {
  local module=$1 classes=$2 seconds=$3 mode=$4 class selections=() wine=wine64 state=st
  for class in ${classes//,/ }; do selections+=(--select-class "$class"); done
  enter_prefix "$mode" || return
  [ "$mode" = plain ] || { wine=$work/wine state=fakehcs; }
  rm -rf "${WINEPREFIX:?}/drive_c/$state" "$WINEPREFIX/drive_c/tmp"
  mkdir -p "$WINEPREFIX/drive_c/$state" "$WINEPREFIX/drive_c/tmp"
  FAKEHCS_ROOT="C:\\$state" timeout -k 10 "$seconds" "$wine" "$java" -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    "-Dgardencell.jar=$(program "$module")" \
    -Dgardencell.cycles="${GARDENCELL_WIN64_CYCLES:-10000}" -Djava.io.tmpdir='C:\tmp' -Dgardencell.probe=probe.exe "-Dgardencell.root=$(windows_path "$root")" \
    "-Dlogback.configurationFile=$(windows_path "$root/config/logback-test.xml")" \
    -jar "$(windows_path "$work/junit-platform-console-standalone-$console.jar")" execute \
    --disable-banner --details=tree --disable-ansi-colors --fail-if-no-tests \
    --class-path "$(class_path "$module")" "${selections[@]}" </dev/null |
    tee "$work/report" || return
  # a JVM that dies of an access violation ends with 0 under Wine: only the report tells
  grep -q '^\[ *0 tests failed' "$work/report" || { note "the JVM ended without a report"; return 1; }
  grep -q '^\[ *0 tests skipped' "$work/report" || { note "tests were skipped"; return 1; }
  cat "$WINEPREFIX/drive_c/$state/lookups.txt" >>"$work/lookups" 2>/dev/null || true
}

# Every function that docs/native-functions.md calls bound was called by some class: JNA looks a function up when it is first called.
every_function_was_called() {
  local missing
  missing=$(sed -n 's/^| \([a-z0-9]*\) | \([A-Za-z0-9_.]*\) | bound |.*/\1 \2/p' docs/native-functions.md | sort -u |
    comm -23 - <(sort -u "$work/lookups"))
  [ -z "$missing" ] || { note "bound, but never called in this tier:"; printf '%s\n' "$missing"; return 1; }
}

# docs/smoke.ps1 cannot run here; that it is PowerShell at all can be seen.
smoke_script_is_powershell() {
  local lib=${GARDENCELL_WIN64_CACHE:-$work/cache}/$grammar
  [ -d "$lib" ] || python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target "$lib" tree-sitter==0.25.2 "$grammar"
  PYTHONPATH=$lib python3 "$here/parse_powershell.py" docs/smoke.ps1
}

# Wine itself loses a message in about one run of a thousand: one more try, and said so.
failed=()
twice() {
  local name=$1 started=$SECONDS status=0
  shift
  note "$name"
  "$@" || status=$?
  if [ $status -ne 0 ]; then
    note "$name: exit $status (124 is a time-out); trying once more, Wine may have lost a message"
    status=0
    "$@" || status=$?
  fi
  note "$name: $((SECONDS - started)) s, exit $status"
  [ $status -eq 0 ] || failed+=("$name")
}

[ ${#lines[@]} -eq 0 ] || prepare
for line in ${lines[@]+"${lines[@]}"}; do
  read -r module class seconds mode <<<"$line"
  twice "$module/$class" run_classes "$module" "$class" "$seconds" "$mode"
done
if [ $# -eq 0 ]; then
  every_function_was_called || failed+=("native functions")
  smoke_script_is_powershell || failed+=("docs/smoke.ps1")
fi
if [ $# -eq 0 ] || [ "$*" = server ]; then
  end_windows
  GARDENCELL_WIN64_CACHE=${GARDENCELL_WIN64_CACHE:-$work/cache} twice server "$here/server.sh"
fi
[ ${#failed[@]} -eq 0 ] || { note "failed: ${failed[*]}"; exit 1; }
note "all passed"
