#!/usr/bin/env bash
# docs/import.md lists the columns that the program understands.
set -u
cd "$(dirname "$0")/../.."
program=${MINQING_BIN_DIR:-build/release}/minqingd
rule="docs/import.md lists the columns of the program"
if difference=$(diff <(sed -n '/^### divisions$/,/^## Exports$/p' docs/import.md | sed '$d') \
  <("$program" columns | sed '1{/^$/d}'; echo)); then
  echo "ok - $rule"
else
  echo "not ok - $rule"
  printf '%s\nminqingd columns prints them\n' "$difference" >&2
  exit 1
fi
