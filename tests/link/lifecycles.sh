#!/usr/bin/env bash
# docs/lifecycles.md is what the program says of its own tables.
set -u
cd "$(dirname "$0")/../.."
program=${MINQING_BIN_DIR:-build/release}/minqingd
if difference=$(diff docs/lifecycles.md <("$program" lifecycle --markdown)); then
  echo "ok - docs/lifecycles.md shows the tables of the program"
else
  echo "not ok - docs/lifecycles.md shows the tables of the program"
  printf '%s\nminqingd lifecycle --markdown > docs/lifecycles.md makes it anew\n' "$difference" >&2
  exit 1
fi
