#!/bin/sh
# SPDX-License-Identifier: ISC
# Buildsheets: what recipes compile to, byte for byte; apart and together again; the same Makefiles from a sheet as from
# its recipe; a run that is killed leaves every sheet whole. Stored sheets are those that Ravenports' program makes; with
# RAVENSOURCE, CONSPIRACY (git checkouts) every recipe that did not change since the release compiles to the released
# sheet, and with ORIGINAL every other to what that program makes of it.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

HOME=$T/home
export HOME
ports=200
[ "${RV_LONG:-0}" = 0 ] || ports=4000
sheets=$TOP/ravensys/tests/data/sheets

compile() { # SOURCE OUTPUT MK
	"$RAVENADM" dev generate-conspiracy "$1" --output "$2" --mk "$3"
}

same_sheets() { # DIR DIR NAME
	ok "$3" diff -rq -x Mk -x .git -x README.md "$1" "$2"
}

# The reader puts what has an index in the order of its lines, which in a sheet is another one than in the recipe: the
# order of some lines may differ then, and with it the numbers of reasons.
same_makefiles() { # SOURCE COMPILED MK NAME
	rm -rf "$T/ms" "$T/mc"
	runs 0 "$4: Makefiles from the recipes" "$RAVENADM" dev makefile --all -o "$T/ms" --tree "$1" --mk "$3" --platform linux:x86_64:4.4
	runs 0 "$4: Makefiles from the sheets" "$RAVENADM" dev makefile --all -o "$T/mc" --tree "$2" --mk "$3" --platform linux:x86_64:4.4
	diff -rq "$T/ms" "$T/mc" >"$T/differ"
	nok "the same names" grep -q '^Only' "$T/differ"
	sed 's/^Files \(.*\) and .*/\1/' "$T/differ" | while read -r file; do
		for dir in ms mc; do
			sed 's/\[Reason [0-9]*\] //; s/ \\$//' "$T/$dir/${file##*/}" | sort >"$T/$dir.sorted"
		done
		cmp -s "$T/ms.sorted" "$T/mc.sorted" || echo "${file##*/}"
	done >"$T/other"
	is "$(cat "$T/other")" "" "$4: the same lines ($(grep -c . "$T/differ") of $(find "$T/ms" -type f | wc -l) in another order)"
}

there_and_back() { # COMPILED MK NAME
	rm -rf "$T/apart" "$T/again"
	runs 0 "$3: every sheet is taken apart" "$RAVENADM" dev explode "$1" "$T/apart"
	is "$err" "" "without a fault"
	runs 0 "$3: and compiled again" compile "$T/apart" "$T/again" "$2"
	same_sheets "$1" "$T/again" "$3: the same bytes"
	rm -rf "$T/apart" "$T/again"
}

whole() { # NAME SOURCE MK
	runs 0 "$1: compiled" compile "$2" "$T/out" "$3"
	there_and_back "$T/out" "$3" "$1"
	same_makefiles "$2" "$T/out" "$3" "$1"
}

# --- our own
runs 0 "recipes for buildsheets" compile "$sheets/source" "$T/out" "$TOP/mk"
same_sheets "$T/out" "$sheets/compiled" "compile to the stored sheets"
for tree in buckets ravensys/tests/ports ravensys/tests/data/sheets/source; do
	rm -rf "$T/out"
	whole "$tree" "$TOP/$tree" "$TOP/mk"
done
rm -rf "$T/out"
ok "$ports ports are made up" "$TOOLS/gentree" "$T/source" $ports
whole "made-up recipes" "$T/source" "$TOP/mk"

if original_can_run && [ -n "${CONSPIRACY:-}" ]; then
	mkdir "$T/made"
	original_setup "$T/original" "$CONSPIRACY"
	# shellcheck disable=SC2016 # the inner shell expands them
	original_sh 'cd "$1" && for port in bucket_*/*; do
		mkdir -p "$2/${port%/*}" && "$ORIGINAL" dev buildsheet "$1/$port" >"$2/$port"
	done' "$sheets/source" "$T/made" >"$T/said" 2>&1
	same_sheets "$T/made" "$sheets/compiled" "the stored sheets are what that program makes"
else
	skip_long 1 "no program to compare the stored sheets with: ORIGINAL and CONSPIRACY say where it is"
fi

# the tricky recipes that are good: 18-mutated-recipes.sh compares their sheets with stored ones
verdicts=$TOP/ravensys/tests/data/verdicts
mkdir "$T/cases"
if command -v python3 >/dev/null && python3 "$TOP/ravensys/tests/verdicts.py" make "$T/cases"; then
	good=0
	for case in "$T"/cases/*/; do
		"$RAVENADM" dev buildsheet --tree "$verdicts/tree" "$case" >"$T/sheet" 2>/dev/null || continue
		rm -rf "$T/apart"
		good=$((good + 1))
		"$RAVENADM" dev explode -q "$T/sheet" "$T/apart" &&
			"$RAVENADM" dev buildsheet --tree "$verdicts/tree" "$T/apart" | cmp -s - "$T/sheet" || echo "$case"
	done >"$T/differ" 2>&1
	ok "$good tricky recipes" test "$good" -ge 60
	is "$(cat "$T/differ")" "" "apart and together again: the same bytes"
else
	skip 2 "no python3 to make the tricky recipes"
fi
rm -rf "$T/cases" "$T/apart"

# --- killed at any moment, every sheet is whole: the old one or the new one
old=$T/old
new=$T/new
runs 0 "the old sheets" compile "$T/source" "$old" "$TOP/mk"
sed -i 's/^CONTACT=.*/CONTACT=		Some_Body[new@example.org]/' "$T"/source/bucket_*/*/specification
runs 0 "the new sheets" compile "$T/source" "$new" "$TOP/mk"
mixed=0
torn=0
for tenth in 0 1 2 3 4 5 6 7 8 9; do
	rm -rf "$T/victim"
	cp -r "$old" "$T/victim"
	timeout -s KILL "0.$tenth$tenth" "$RAVENADM" dev generate-conspiracy "$T/source" -o "$T/victim" --mk "$TOP/mk" >/dev/null 2>&1
	sleep 0.2 # the worker dies with its parent
	for port in $(cd "$old" && echo bucket_*/*); do
		cmp -s "$T/victim/$port" "$old/$port" || cmp -s "$T/victim/$port" "$new/$port" || torn=$((torn + 1))
	done
	diff -rq "$T/victim" "$new" >/dev/null || mixed=$((mixed + 1))
done
is "$torn" 0 "no sheet is torn"
note "$mixed of 10 runs were killed before their end"
runs 0 "the next run" compile "$T/source" "$T/victim" "$TOP/mk"
same_sheets "$T/victim" "$new" "brings all up to date, and leaves nothing over"
rm -rf "$T/victim" "$old" "$new" "$T/source" "$T/out"

# --- the public trees
if [ -z "${RAVENSOURCE:-}" ] || [ -z "${CONSPIRACY:-}" ]; then
	skip_long 9 "the public trees: RAVENSOURCE and CONSPIRACY say where they are"
	finish
	exit
fi
whole "the public recipes" "$RAVENSOURCE" "$CONSPIRACY/Mk"
there_and_back_released() {
	mkdir "$T/released"
	cp -r "$CONSPIRACY"/bucket_* "$T/released"
	there_and_back "$T/released" "$CONSPIRACY/Mk" "the released sheets"
	rm -rf "$T/released"
}
there_and_back_released

# what changed since the release: git knows
released=$(git -C "$CONSPIRACY" log -1 --format=%ct --grep='^Ravenports generated' 2>/dev/null)
base=$(git -C "$RAVENSOURCE" rev-list -1 --before="${released:-0}" HEAD 2>/dev/null)
if [ -n "$released" ] && [ -n "$base" ]; then
	git -C "$RAVENSOURCE" diff --name-only "$base" HEAD | grep -o '^bucket_[0-9A-F]*/[^/]*' | sort -u >"$T/changed"
	(cd "$T/out" && find bucket_* -type f) | sort | comm -23 - "$T/changed" >"$T/unchanged"
	isnt "$(wc -l <"$T/unchanged")" 0 "$(wc -l <"$T/unchanged") recipes did not change since the release"
	while read -r port; do
		cmp -s "$T/out/$port" "$CONSPIRACY/$port" || echo "$port"
	done <"$T/unchanged" >"$T/differ"
	is "$(cat "$T/differ")" "" "their sheets are the released ones"
else
	skip_long 2 "no history in RAVENSOURCE and CONSPIRACY to see what changed since the release"
fi
if original_can_run; then
	mkdir "$T/by-original"
	cp -r "$CONSPIRACY/Mk" "$T/by-original"
	original_writable=yes
	original_setup "$T/original2" "$T/by-original"
	original dev generate-conspiracy "$(cd "$RAVENSOURCE" && pwd -P)" >"$T/said" 2>&1
	like "$(cat "$T/said")" '^Conspiracy generation time' "that program compiles them too"
	same_sheets "$T/out" "$T/by-original" "every sheet is the one that it makes"
else
	skip_long 2 "no program to compare with: ORIGINAL says where it is"
fi
finish
