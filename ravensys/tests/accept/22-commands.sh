#!/bin/sh
# SPDX-License-Identifier: ISC
# The commands that look at whole trees and folders, beside the program whose recipes we read: where a port is, subpackages
# of every variant, what purging deletes, and options that one program saves and the other goes by. Ours alone runs over a
# made-up tree; the comparison needs make check-long RAVENSOURCE=DIR CONSPIRACY=DIR ORIGINAL=PROGRAM.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

conf=$T/p/ravenadm.ini
radm() {
	"$RAVENADM" -C "$conf" "$@"
}
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"

# paths TREE: every distfile that the tree's distinfo files name
names() {
	find "$1" -path '*/bucket_*/*/distinfo' -exec cat {} + | sed -n 's/^[0-9a-f]\{64\} *[0-9]* //p' | sort -u
}
fill() { # FOLDER <NAMES
	while IFS= read -r name; do
		case $name in */*) mkdir -p "$1/${name%/*}" ;; esac
		: >"$1/$name"
	done
}

# --- ours, over a made-up tree
ok "a made-up tree" "$TOOLS/gentree" "$T/made" "${MADE_PORTS:-400}"
radm configure set directory_conspiracy "$T/made"
find "$T/made" -name specification | sed 's|/specification$||; s|.*/||' | sort >"$T/ports"
# shellcheck disable=SC2046
runs 0 "locate every port" radm locate $(cat "$T/ports")
is "$(printf '%s\n' "$out" | grep -c "^Found at $T/made/bucket_")" "$(wc -l <"$T/ports")" "each is found"
sed 's/$/:std/' "$T/ports" >"$T/variants"
# (a made-up distinfo does not know versions that come from mk/)
names "$T/made" | grep -v -e -unknown >"$T/names"
mkdir -p "$T/p/distfiles"
{ cat "$T/names" && echo junk; } | fill "$T/p/distfiles"
runs 0 "purge-distfiles" radm --json purge-distfiles
is "$out" '{"deleted":[{"name":"junk","bytes":0}],"bytes":0,"dry_run":false}' "what a distinfo names stays"
runs 0 "search" radm --json search --by file 'bin/*'
like "$out" '"file":"bin/' "finds files"

# --- beside the other program
if [ -z "${RAVENSOURCE:-}" ] || [ -z "${CONSPIRACY:-}" ] || ! original_can_run; then
	skip_long 9 "make check-long RAVENSOURCE=DIR CONSPIRACY=DIR ORIGINAL=PROGRAM compares with the other program"
	finish
fi
original_setup "$T/original" "$CONSPIRACY" || skip_all "the other program cannot be set up"
radm configure set directory_conspiracy "$CONSPIRACY"
radm configure set directory_mk "$CONSPIRACY/Mk"

awk '{ for (i = 4; i <= NF; i++) print $2 ":" $i }' "$CONSPIRACY/Mk/Misc/conspiracy_variants" >"$T/variants"
radm subpackages "$T/variants" | sort >"$T/ours"
original subpackages "$T/variants" 2>&1 | sort >"$T/theirs"
ok "subpackages of $(wc -l <"$T/variants") variants" cmp "$T/ours" "$T/theirs"
ok "there are some" test -s "$T/ours"

cut -d: -f1 "$T/variants" | sort -u | awk 'NR % 100 == 0' >"$T/some"
echo no-such-port >>"$T/some"
# shellcheck disable=SC2046
radm locate $(cat "$T/some") 2>/dev/null | sed "s|$CONSPIRACY|TREE|" >"$T/ours"
# shellcheck disable=SC2016,SC2046
original_sh 'for port; do $ORIGINAL locate "$port"; done' $(cat "$T/some") 2>&1 |
	sed 's|/var/ravenports/conspiracy|TREE|' >"$T/theirs"
ok "locate of $(wc -l <"$T/some") names" cmp "$T/ours" "$T/theirs"

rm -rf "$T/p/distfiles"
mkdir -p "$T/folder" "$T/p/distfiles"
{ names "$RAVENSOURCE" && printf 'junk\nsub/junk\nrust/crates/junk-1.0.crate\n'; } >"$T/names"
fill "$T/folder" <"$T/names"
cp -a "$T/folder/." "$T/p/distfiles"
radm purge-distfiles | sed -n 's/^deleted //p' | sort >"$T/ours"
# shellcheck disable=SC2016
original_sh 'cp -r "$1"/. /var/ravenports/distfiles && $ORIGINAL purge-distfiles' "$T/folder" 2>&1 |
	sed -n 's/^Deleting //p' | sort >"$T/theirs"
ok "purge-distfiles: $(wc -l <"$T/ours") of $(wc -l <"$T/names") files" cmp "$T/ours" "$T/theirs"
ok "some went" test -s "$T/ours"

mkdir -p "$T/logs" "$T/p/logs"
{ head -n 500 "$T/variants" && printf 'gone:std\nvim:gone\n'; } | sed 's/:/___/; s/$/.log/' >"$T/names"
{ cat "$T/names" && echo 00_last_results.log; } | fill "$T/logs"
cp -a "$T/logs/." "$T/p/logs"
radm purge-logs | sed -n 's/^deleted //p' | sort >"$T/ours"
# shellcheck disable=SC2016
original_sh 'mkdir -p /var/ravenports/primary/logs/logs && cp -r "$1"/. /var/ravenports/primary/logs/logs &&
	$ORIGINAL purge-logs' "$T/logs" 2>&1 | sed -n 's/.*[^A-Za-z0-9._+-]//; s/^\(.*\.log\)$/\1/p' | sort >"$T/theirs"
ok "purge-logs: $(wc -l <"$T/ours") of $(wc -l <"$T/names") logs" cmp "$T/ours" "$T/theirs"
is "$(tr '\n' ' ' <"$T/ours")" "gone___std.log vim___gone.log " "the right ones"

# --- options that ours saves; the Makefile of the other program goes by them as ours does
different=
count=0
grep -lE '^OPTIONS_STANDARD=[[:blank:]]+[A-Z]' "$RAVENSOURCE"/bucket_*/*/specification | awk 'NR % 7 == 0' >"$T/specs"
while IFS= read -r spec; do
	folder=$(dirname "$spec")
	port=$(basename "$folder")
	set --
	# turn the first option round that may be
	for option in $(radm list-options --tree "$RAVENSOURCE" --mk "$CONSPIRACY/Mk" --platform linux:x86_64:4.4 "$port" 2>/dev/null |
		awk '{ print ($2 == "on" ? "-" : "+") $1 }'); do
		if radm -q set-options --tree "$RAVENSOURCE" --mk "$CONSPIRACY/Mk" --platform linux:x86_64:4.4 "$port" "$option" 2>/dev/null; then
			set -- "$option"
			break
		fi
	done
	if [ $# = 0 ] || [ ! -s "$T/p/options/$port" ]; then
		continue
	fi
	count=$((count + 1))
	radm dev makefile --tree "$RAVENSOURCE" --mk "$CONSPIRACY/Mk" --platform linux:x86_64:4.4 "$folder" >"$T/ours" 2>&1
	# shellcheck disable=SC2016
	original_sh 'mkdir -p /var/ravenports/primary/options && cp "$1" /var/ravenports/primary/options/ &&
		$ORIGINAL dev makefile "$2"' "$T/p/options/$port" "$folder" >"$T/theirs" 2>/dev/null </dev/null
	cmp -s "$T/ours" "$T/theirs" || different="$different $port($1)"
done <"$T/specs"
is "$different" "" "Makefiles of $count ports with saved options"
ok "there were some" test "$count" -gt 10
finish
