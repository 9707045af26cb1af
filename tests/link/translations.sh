#!/usr/bin/env bash
# Every text of the console is translated, and no translation is left over.
set -u
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find tui -name '*.c' | sort | xgettext --from-code=UTF-8 -L C -k_ -kN_ -o "$work/texts.pot" -f - 2>"$work/log"
bad=0
for po in po/*.po; do
  msgmerge -q --no-fuzzy-matching "$po" "$work/texts.pot" -o "$work/merged.po"
  missing=$(msgattrib --untranslated --no-wrap "$work/merged.po" | sed -n 's/^msgid "\(..*\)"$/\1/p')
  over=$(msgattrib --only-obsolete --no-wrap "$work/merged.po" | sed -n 's/^#~ msgid "\(..*\)"$/\1/p')
  if [ -z "$missing" ]; then
    echo "ok - $po translates every text"
  else
    echo "not ok - $po translates every text"
    printf 'missing: %s\n' "$missing" >&2
    bad=1
  fi
  if [ -z "$over" ]; then
    echo "ok - $po holds no text that is gone"
  else
    echo "not ok - $po holds no text that is gone"
    printf 'left over: %s\n' "$over" >&2
    bad=1
  fi
done
exit $bad
