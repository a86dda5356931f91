#!/bin/sh
# SPDX-License-Identifier: ISC
# Makefiles, dumps and dependency lists are byte for byte those of the program whose recipes we read: of recipes of our
# own against what it said of them (ravensys/tests/data/transform/*.txt), of a made up tree for their being there, and
# in the long run of every variant of the public trees against the program itself. Then too the stored texts are
# compared with what it says now; STORE=1 with ORIGINAL writes them anew.
#
# The one difference: of INFO pages in a subfolder the original takes "subpackage:folder" for the folder (no public
# recipe has one), which would put them into a folder of that name.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

data=$TOP/ravensys/tests/data/transform
lists=$TOP/ravensys/tests/tools/original_depends.py
HOME=$T
export HOME
unset RAVENPROFILE XDG_CACHE_HOME

# ours KIND OUT ARG ...: of a whole tree
ours() {
	ours_kind=$1 ours_out=$2
	shift 2
	"$RAVENADM" dev "$ours_kind" --platform linux:x86_64:4.4 --all --output "$ours_out" "$@"
}

# flat FOLDER: all its files in one text, without the difference
flat() {
	(cd "$1" && for file in *; do
		echo "==== $file"
		sed 's/^\(INFO_SUBDIR+=\|   INFO_SUBDIR		\)[^:]*:/\1/' "$file"
	done)
}

# theirs TREE OUT: Makefiles and dumps of a source tree, by the original (set up before)
# shellcheck disable=SC2016
theirs() {
	mkdir -p "$2/makefile" "$2/dump"
	for spec in "$1"/bucket_*/*/specification; do
		awk -v dir="${spec%/*}" '
			/^VARIANTS=/ { more = 1; $1 = ""; sub(/^VARIANTS=/, ""); line = $0; next }
			more && /^\t\t\t/ { line = line " " $0; next }
			{ more = 0 }
			END { gsub(/[ \t]+/, " ", line); print dir line }' "$spec"
	done >"$2/list"
	original_sh 'while read -r dir variants; do
		"$ORIGINAL" dev dump "$dir" </dev/null >"$1/dump/${dir##*/}" 2>&1
		for variant in $variants; do
			"$ORIGINAL" dev makefile "$dir" "$variant" </dev/null >"$1/makefile/${dir##*/}:$variant" 2>&1
		done
	done <"$1/list"' "$2"
}

# pages COMPILED OUT whole|each: dependency lists of a compiled tree, from the pages of the whole tree, or of each port
# alone where the tree is not closed. What its sheets say for Linux is made unconditional before, since the pages leave
# that out; those ports are named in OUT/folded and their lists are sorted.
# shellcheck disable=SC2016
pages() {
	python3 "$lists" fold "$1" "$2/tree" linux 4 x86_64 >"$2/folded" || return 1
	(
		original_setup "$2/root" "$2/tree" || exit 1
		original_sh 'mkdir -p /raven/share/ravenadm "$1/www"
			cd /raven/share/ravenadm && touch ravenports.css ravenports-200.png catalog.template
			if [ "$2" = whole ]; then
				"$ORIGINAL" generate-website
				mv /var/ravenports/primary/www/* "$1/www/"
				exit
			fi
			while read -r bucket name count variants; do
				for variant in $variants; do
					mkdir -p "$1/www/bucket_$bucket/$name/$variant"
					"$ORIGINAL" dev web "$name" "$variant" </dev/null \
					    >"$1/www/bucket_$bucket/$name/$variant/index.html"
				done
			done <"$1/tree/Mk/Misc/conspiracy_variants"' "$2" "$3"
	) >"$2/log" 2>&1
	python3 "$lists" lists "$2/www" "$2/depends" && sort_folded "$2/folded" "$2/depends"
}

sort_folded() { # NAMES FOLDER
	while read -r name; do
		for file in "$2/$name":*; do
			[ ! -f "$file" ] || sort -o "$file" "$file"
		done
	done <"$1"
}

# --- recipes of our own
for kind in makefile dump depends; do
	runs 0 "our recipes: $kind" ours $kind "$T/own/$kind" --tree "$data"
done
sort_folded "$data/folded.txt" "$T/own/depends"
for kind in makefile dump depends; do
	flat "$T/own/$kind" >"$T/own/$kind.txt"
	ok "our recipes: $kind as stored" diff "$data/$kind.txt" "$T/own/$kind.txt"
done
is "$(find "$data" -name specification | wc -l | tr -d ' ')" "$(find "$T/own/dump" -type f | wc -l | tr -d ' ')" \
    "a dump each"

# --- a made up tree
ok "a tree is made up" "$TOOLS/gentree" --seed 15 "$T/made" 400
for kind in makefile dump depends; do
	runs 0 "made up recipes: $kind" ours $kind "$T/many/$kind" --tree "$T/made" --mk "$TOP/mk"
done
is "$(find "$T/many/dump" -type f | wc -l | tr -d ' ')" 400 "a dump each"
is "$(find "$T/many/makefile" -type f | wc -l | tr -d ' ')" "$(find "$T/many/depends" -type f | wc -l | tr -d ' ')" \
    "a Makefile and a dependency list for every variant"
is "$(find "$T/many/makefile" -size -200c | wc -l | tr -d ' ')" 0 "no Makefile is empty"

# --- what the original says of our own recipes now
if original_can_run; then
	mkdir -p "$T/compiled" "$T/stored"
	cp -r "$data/Mk" "$T/compiled/"
	mkdir -p "$T/compiled/Mk/Misc"
	for dir in "$data"/bucket_*/*; do
		bucket=${dir%/*}
		mkdir -p "$T/compiled/${bucket##*/}"
		"$RAVENADM" dev buildsheet "$dir" --tree "$data" >"$T/compiled/${bucket##*/}/${dir##*/}" || ok "$dir" false
	done
	original_setup "$T/original" "$T/compiled"
	ok "the original reads our recipes" theirs "$data" "$T/stored"
	(cd "$T/compiled" && for sheet in bucket_*/*; do
		sed -n "s|^VARIANTS=		|${sheet%/*} ${sheet#*/} |p" "$sheet"
	done) | sed 's/^bucket_//' | awk '{ printf "%s %s %d", $1, $2, NF - 2; for (i = 3; i <= NF; i++) printf " %s", $i; print "" }' \
	    >"$T/compiled/Mk/Misc/conspiracy_variants"
	ok "and shows their dependencies" pages "$T/compiled" "$T/stored" each
	for kind in makefile dump depends; do
		flat "$T/stored/$kind" >"$T/stored/$kind.txt"
	done
	if [ "${STORE:-}" = 1 ]; then
		cp "$T/stored/makefile.txt" "$T/stored/dump.txt" "$T/stored/depends.txt" "$data/"
		cp "$T/stored/folded" "$data/folded.txt"
	fi
	for kind in makefile dump depends; do
		ok "what is stored is what it says now: $kind" diff "$data/$kind.txt" "$T/stored/$kind.txt"
	done
	# the same in a system root that is being bootstrapped
	original_genesis=yes
	mkdir -p "$T/genesis"
	original_setup "$T/original-genesis" "$T/compiled"
	ok "the original reads our recipes while bootstrapping" theirs "$data" "$T/genesis"
	ok "and shows their dependencies then" pages "$T/compiled" "$T/genesis" each
	original_genesis=
	for kind in makefile dump depends; do
		ours $kind "$T/own-genesis/$kind" --tree "$data" --genesis >/dev/null
	done
	sort_folded "$T/genesis/folded" "$T/own-genesis/depends"
	for kind in makefile dump depends; do
		flat "$T/genesis/$kind" >"$T/genesis/$kind.txt"
		flat "$T/own-genesis/$kind" >"$T/own-genesis/$kind.txt"
		ok "while bootstrapping: $kind" diff "$T/genesis/$kind.txt" "$T/own-genesis/$kind.txt"
	done
	nok "which says less of dependencies" cmp -s "$T/genesis/depends.txt" "$data/depends.txt"
else
	skip_long 11 "the original program (ORIGINAL), bmake or unshare is not there"
fi

# --- the public trees
count() {
	find "$1" -type f | wc -l | tr -d ' '
}
if [ -n "${RAVENSOURCE:-}" ] && [ -n "${CONSPIRACY:-}" ]; then
	for kind in makefile dump; do
		runs 0 "public recipes: $kind" ours $kind "$T/public/$kind" --tree "$RAVENSOURCE" --mk "$CONSPIRACY/Mk"
		runs 0 "public buildsheets: $kind" ours $kind "$T/sheets/$kind" --tree "$CONSPIRACY"
	done
	runs 0 "public buildsheets: dependencies" ours depends "$T/sheets/depends" --tree "$CONSPIRACY"
	is "$(count "$T/public/dump")" "$(find "$RAVENSOURCE" -name specification | wc -l | tr -d ' ')" "a dump of every recipe"
	is "$(count "$T/sheets/dump")" "$(find "$CONSPIRACY" -path '*/bucket_*' -type f | wc -l | tr -d ' ')" \
	    "a dump of every buildsheet"
	note "$(count "$T/public/makefile") Makefiles of recipes, $(count "$T/sheets/makefile") of buildsheets"
else
	skip_long 7 "the public trees are not there: RAVENSOURCE, CONSPIRACY"
fi
if [ -n "${RAVENSOURCE:-}" ] && [ -n "${CONSPIRACY:-}" ] && original_can_run; then
	original_setup "$T/original2" "$CONSPIRACY"
	ok "the original reads every public recipe" theirs "$RAVENSOURCE" "$T/theirs"
	for kind in makefile dump; do
		ok "every $kind is the original's" diff -r "$T/theirs/$kind" "$T/public/$kind"
	done
	mkdir -p "$T/web"
	ok "the original shows all dependencies" pages "$CONSPIRACY" "$T/web" whole
	sort_folded "$T/web/folded" "$T/sheets/depends"
	ok "every dependency list is the original's" diff -r "$T/web/depends" "$T/sheets/depends"
	note "$(count "$T/theirs/makefile") Makefiles, $(count "$T/theirs/dump") dumps," \
	    "$(count "$T/web/depends") dependency lists compared"
else
	skip_long 5 "the original program or the public trees are not there: ORIGINAL, RAVENSOURCE, CONSPIRACY"
fi
finish
