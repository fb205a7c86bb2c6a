#!/bin/sh
# Prints our figures beside a yardstick's, measured in turns on this machine:
#   acceptance/bench/run.sh [stdout] [stream-in] [ping]
# and without a name also those of the emulated host by itself (EmulatedHostBench).
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
java -Dgardencell.root="$PWD" ${BENCH_OPTIONS:-} \
  -cp "acceptance/target/classes:hcs-jna/target/test-classes:garden-client/target/classes:$jar" \
  io.gardencell.acceptance.bench.Benchmarks "$@"
if [ $# -eq 0 ]; then
  java -Dlogback.configurationFile=config/logback-test.xml ${BENCH_OPTIONS:-} \
    -cp "acceptance/target/classes:$jar" io.gardencell.acceptance.bench.EmulatedHostBench
fi
