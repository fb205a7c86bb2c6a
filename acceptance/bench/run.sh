#!/bin/sh
# Prints our figures beside a yardstick's, measured in turns on this machine:
#   acceptance/bench/run.sh [stdout] [stream-in] [ping]
# Needs a built tree (mvn -o -q -DskipTests package); the Go yardstick needs a Go compiler.
set -eu
cd "$(dirname "$0")/../.."

jar=garden-server/target/garden-server.jar
if [ ! -f "$jar" ]; then
  echo "no $jar: run mvn -o -q -DskipTests package" >&2
  exit 1
fi
if command -v go > /dev/null; then
  (cd acceptance/bench/hello && GO111MODULE=off go build -o ../../target/hello main.go)
fi
exec java -Dgardencell.root="$PWD" ${BENCH_OPTIONS:-} \
  -cp "acceptance/target/classes:garden-client/target/classes:$jar" \
  io.gardencell.acceptance.bench.Benchmarks "$@"
