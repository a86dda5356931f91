#!/bin/sh
# SPDX-License-Identifier: ISC
# search, info, which, check.
# shellcheck source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

packages <<'END'
package apple~primary~std 1.0
comment a red fruit
dir raven/share/fruit 755
file raven/share/fruit/apple 644 red
file raven/bin/apple 755 program
link raven/bin/app apple
hard raven/bin/apple2 raven/bin/apple
config raven/etc/apple.conf 640 sweet
package pear~primary~std 2.0
comment a green fruit
require apple~primary~std
dir raven/share/fruit 755
file raven/share/fruit/pear 644 green
END
publish
new_root "$T/root"

runs 1 "search before there is a catalogue, changing nothing" rvn -n search fruit
like "$err" "run 'rvn catalog'" "it says the way out"
runs 0 "search fetches a catalogue that is missing" rvn search fruit
like "$out" 'apple~primary~std +1.0 +a red fruit' "a row"
runs 0 "search of two words" rvn search fruit GREEN
is "$(printf '%s\n' "$out" | wc -l)" 1 "both must fit, whatever their case"
runs 1 "search that finds nothing" rvn search zebra
runs 0 "search --json" rvn --json search apple
like "$out" '^\[\{"name":"apple~primary~std","version":"1.0",' "JSON"
runs 1 "search --json that finds nothing" rvn --json search zebra
is "$out" "[]" "an empty array"

rvn install -y pear >/dev/null
runs 0 "search marks what is installed" rvn search fruit
like "$out" '^\* +apple' "with a star"

runs 0 "info NAME" rvn info apple
like "$out" '^name +apple~primary~std$' "its name"
like "$out" '^required by +pear~primary~std$' "who needs it"
runs 0 "info -l" rvn info -l apple
like "$out" '^/raven/bin/apple$' "its files"
runs 0 "info --json" rvn --json info -l pear
like "$out" '"requires":\["apple~primary~std"\]' "what it needs"
like "$out" '"files":\["raven",' "its files"
runs 1 "info of nothing" rvn info zebra

runs 0 "which" rvn which /raven/bin/app
is "$out" "/raven/bin/app: apple~primary~std 1.0" "the owner"
runs 0 "which with the root before it" rvn which "$ROOT/raven/bin/app"
runs 0 "which of a folder" rvn which /raven/share/fruit
is "$(printf '%s\n' "$out" | wc -l)" 2 "both owners"
runs 1 "which of nobody's file" rvn which /raven/nothing
like "$err" 'no package owns it' "it says so"
runs 1 "which --json" rvn --json which /raven/bin/apple /raven/nothing
like "$out" '^\[\{"path":"/raven/bin/apple","name":"apple~primary~std","version":"1.0"\}\]$' "what was found"

# check: one change at a time
runs 0 "check" rvn check
like "$out" '^2 packages, 0 differences' "counts"
differs() { # NAME WHAT COMMAND ...
	name=$1
	what=$2
	shift 2
	"$@"
	runs 1 "$name: check" rvn check
	like "$out" "$what" "$name: told"
	rvn install -y --force apple >/dev/null
	runs 0 "$name: install --force heals" rvn check
}
differs "missing file" 'raven/bin/apple: missing|raven/bin/apple2: missing' rm "$ROOT/raven/bin/apple"
differs "content" 'fruit/apple: content' sh -c "echo blu >'$ROOT/raven/share/fruit/apple'"
differs "mode" 'bin/apple.*: mode' chmod 700 "$ROOT/raven/bin/apple"
differs "link target" 'bin/app: ' ln -sfn pear "$ROOT/raven/bin/app"
differs "type" 'fruit/apple: type' ln -sf pear "$ROOT/raven/share/fruit/apple"
mkdir "$T/kept"
mv "$ROOT/raven/share/fruit/apple" "$T/kept/"
mkdir "$ROOT/raven/share/fruit/apple"
runs 1 "a folder in the place of a file: check" rvn check
like "$out" 'fruit/apple: type: a folder, wanted a file' "told"
runs 1 "nobody's folder is not taken away" rvn install -y --force apple
like "$err" 'fruit/apple' "it is named"
rmdir "$ROOT/raven/share/fruit/apple"
mv "$T/kept/apple" "$ROOT/raven/share/fruit/"
echo bitter >"$ROOT/raven/etc/apple.conf"
runs 0 "edited configuration" rvn check
like "$out" 'apple.conf: ' "told"
runs 0 "check NAME" rvn check pear
like "$out" '^1 packages' "one package"
runs 1 "check of nothing" rvn check zebra
runs 0 "check --json" rvn --json check
like "$out" '"faults":0' "JSON"

# reading needs no rights: by somebody else, without writing
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$T" "$T/root"
	runs 0 "info by another user" as_user "$RVN" -r "$ROOT" info
	runs 0 "which by another user" as_user "$RVN" -r "$ROOT" which /raven/bin/app
	runs 0 "history by another user" as_user "$RVN" -r "$ROOT" history
	runs 0 "search by another user" as_user "$RVN" -r "$ROOT" search fruit
	runs 1 "install by another user" as_user "$RVN" -r "$ROOT" install -y apple
	like "$err" 'not yours to change' "it says so"
else
	skip 6 "needs root"
fi
finish
