#!/bin/sh
# SPDX-License-Identifier: ISC
# Every recipe of a tree, source or compiled, is read without a fault, and gives a dump and a Makefile of every variant
# for linux:x86_64: our own recipes, made-up ones, and the public trees (RAVENSOURCE, CONSPIRACY).
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

HOME=$T/home
export HOME
ports=200
[ "${RV_LONG:-0}" = 0 ] || ports=4000

recipes() { # TREE: bucket_XX/NAME of each
	(cd "$1" && for port in bucket_*/*; do
		if [ -f "$port" ] || [ -f "$port/specification" ]; then echo "$port"; fi
	done)
}

# The variants that the recipes list, NAME:VARIANT a line, without asking our reader.
variants() { # TREE
	recipes "$1" | while read -r port; do
		text=$1/$port
		[ -f "$text" ] || text=$text/specification
		awk -v name="${port#*/}" '
			/^\[FILE:/ { exit }
			/^VARIANTS=/ { on = 1; sub(/^VARIANTS=/, "\t\t\t") }
			on && /^\t\t\t/ { n = split($0, v, /[\t ]+/); for (i = 1; i <= n; i++) if (v[i] != "") print name ":" v[i]; next }
			on { exit }' "$text"
	done
}

same_names() { # FOLDER FILE-OF-NAMES NAME
	find "$1" -type f -printf '%f\n' | sort >"$T/found"
	sort "$2" >"$T/wanted"
	ok "$3" cmp "$T/found" "$T/wanted"
	is "$(find "$1" -type f -empty)" "" "none of them empty"
}

read_all() { # NAME TREE MK
	recipes "$2" | sed 's,.*/,,' >"$T/names"
	isnt "$(wc -l <"$T/names")" 0 "$1: $(wc -l <"$T/names") recipes"
	rm -rf "$T/dumps" "$T/makefiles"
	runs 0 "$1: every dump" "$RAVENADM" dev dump --all -o "$T/dumps" --tree "$2" --mk "$3" --platform linux:x86_64:4.4
	is "$err" "" "without a fault"
	same_names "$T/dumps" "$T/names" "a dump of each recipe"
	runs 0 "$1: every Makefile" "$RAVENADM" dev makefile --all -o "$T/makefiles" --tree "$2" --mk "$3" --platform linux:x86_64:4.4
	is "$err" "" "without a fault"
	variants "$2" >"$T/names"
	same_names "$T/makefiles" "$T/names" "a Makefile of each of $(wc -l <"$T/names") variants"
}

read_all "our recipes" "$TOP/buckets" "$TOP/mk"
read_all "the tests' recipes" "$TOP/ravensys/tests/ports" "$TOP/mk"
read_all "recipes for buildsheets" "$TOP/ravensys/tests/data/sheets/source" "$TOP/mk"
read_all "buildsheets" "$TOP/ravensys/tests/data/sheets/compiled" "$TOP/mk"
ok "$ports ports are made up" "$TOOLS/gentree" "$T/source" $ports
read_all "made-up recipes" "$T/source" "$TOP/mk"
runs 0 "they are compiled" "$RAVENADM" dev generate-conspiracy "$T/source" -o "$T/compiled" --mk "$TOP/mk"
read_all "made-up buildsheets" "$T/compiled" "$TOP/mk"

# one fault is found, and the rest is read all the same
port=$(recipes "$T/source" | head -n 1)
echo 'NONSENSE=		1' >>"$T/source/$port/specification"
run "$RAVENADM" dev makefile --all -o "$T/makefiles2" --tree "$T/source" --mk "$TOP/mk"
isnt "$status" 0 "a fault among $ports recipes"
like "$err" "$port/specification:[0-9]+: " "is said with its line"
is "$(printf '%s\n' "$err" | grep -c specification:)" 1 "and no other"

if [ -n "${RAVENSOURCE:-}" ] && [ -n "${CONSPIRACY:-}" ]; then
	read_all "the public recipes" "$RAVENSOURCE" "$CONSPIRACY/Mk"
	read_all "the public buildsheets" "$CONSPIRACY" "$CONSPIRACY/Mk"
else
	skip_long 2 "the public trees: RAVENSOURCE and CONSPIRACY say where they are"
fi
finish
