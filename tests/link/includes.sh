#!/usr/bin/env bash
# Includes go only the ways that docs/architecture.md allows, and the contract names every path.
set -u
cd "$(dirname "$0")/../.."
bad=0
n=0

# allow FOLDER PREFIX…: its files include of this project only what begins with one of these.
allow() {
  local folder=$1 pattern
  shift
  pattern=$(printf '|%s' "$@")
  n=$((n + 1))
  local wrong
  wrong=$(grep -rnE '^#include "' "$folder" --include='*.[ch]' | grep -vE "#include \"(${pattern#|})" || true)
  report "$folder includes only $*" "$wrong"
}

report() { # RULE VIOLATIONS
  if [ -z "$2" ]; then
    echo "ok - $1"
  else
    echo "not ok - $1"
    printf '%s\n' "$2" >&2
    bad=1
  fi
}

allow core core/
allow client client/ core/
allow tui tui/ client/minqing.h core/
allow platform/model platform/model/ core/
allow platform/domain platform/domain/ platform/model/ core/
allow platform/store platform/store/ platform/model/ core/
allow platform/analysis platform/analysis/ platform/domain/ platform/store/ platform/model/ core/
allow platform/api platform/api/ platform/analysis/ platform/domain/ platform/store/ platform/model/ core/
allow platform/http platform/http/ platform/api/api.h platform/model/ core/
allow platform/commands platform/ core/
allow platform/import platform/import/ platform/analysis/ platform/domain/ platform/store/ platform/model/ core/
allow platform/demo platform/demo/ platform/analysis/ platform/domain/ platform/store/ platform/model/ core/

report "no curl and no cJSON in tui/ or in client/minqing.h" \
  "$(grep -nE 'curl/|cJSON|core/json' -r tui client/minqing.h --include='*.[ch]' || true)"
report "no HTTP and no SQL library in domain/" \
  "$(grep -nE 'sqlite3|microhttpd|cJSON' -r platform/domain platform/model --include='*.[ch]' || true)"
report "no SQL text outside store/" \
  "$(grep -niE '"(select|insert|update|delete) ' -r platform core client tui --include='*.[ch]' |
    grep -v '^platform/store/' || true)"
report "banned functions are not used" \
  "$(grep -nwE '(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol)\(' -r core client tui platform tests --include='*.[ch]' || true)"
report "every source names its licence" \
  "$(git ls-files -co --exclude-standard '*.c' '*.h' | while read -r f; do
    [ ! -f "$f" ] || head -n 1 "$f" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$f"; done)"

# Paths of the route tables against the contract (feed and health of http/ included).
routes=$({ grep -rhoE '\{API_(GET|POST|DELETE), "[^"]+"' platform/api | sed -E 's/.*, "([^"]+)"/\/\1/'; echo /changes; } |
  sed -E 's/\*/{}/g' | sort -u)
paths=$(sed -nE 's/^  (\/[^:]*):$/\1/p' docs/api.yaml | sed -E 's/\{[a-z]+\}/{}/g' | sort -u)
report "docs/api.yaml has every path that exists and no other" "$(diff <(echo "$routes") <(echo "$paths") || true)"
exit $bad
