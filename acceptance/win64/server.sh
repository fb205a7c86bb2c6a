#!/usr/bin/env bash
# The whole daemon under Wine: garden-server.jar with --host hcs in a Windows JRE, on the stand-in in the mode that gives
# containers a drive of their own, driven over its socket by WindowsCellIT in this machine's JVM.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
. "$here/host.sh"
trap 'end_windows; rm -rf "$work"' EXIT

cd "$root"
install_tools
install_jre
build_stand_in
jar=garden-server/target/garden-server.jar
# what mvn verify has built serves as it is
newer=$(find ./*/src/main ./*/pom.xml pom.xml -newer $jar 2>/dev/null | head -1 || true)
[ -f $jar ] && [ -z "$newer" ] || $maven -q -DskipTests -pl garden-server -am package
$maven -q -DskipTests -pl acceptance -am test-compile \
  dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/win64.classpath
fetch_console

unset FAKEHCS_ROOT
# the daemon may open the jobs of containers, as SYSTEM may
export FAKEHCS_SYSTEM=1
make_jailed_wine
cat >"$work/daemon" <<DAEMON
#!/usr/bin/env bash
exec '$work/wine' '$java' -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -jar '$(windows_path "$root/$jar")' \
  server --host hcs --init-bin 'C:\\bin\\init.exe' "\$@"
DAEMON
chmod +x "$work/daemon"
make_prefix "$work/wine"
mkdir "$WINEPREFIX/drive_c/bin"
cp "$work/fakehcs/init.exe" "$work/fakehcs/probe.exe" "$WINEPREFIX/drive_c/bin/"

timeout -k 10 "${1:-400}" java -Dgardencell.win64.server="$work/daemon" -Dgardencell.win64.drive="$WINEPREFIX/drive_c" \
  -jar "$work/junit-platform-console-standalone-$console.jar" execute \
  --disable-banner --details=tree --disable-ansi-colors --fail-if-no-tests \
  --class-path "acceptance/target/classes:acceptance/target/test-classes:$(without_junit acceptance)" \
  --select-class io.gardencell.acceptance.win64.WindowsCellIT </dev/null
