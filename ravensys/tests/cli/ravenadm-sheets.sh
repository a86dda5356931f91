#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm dev buildsheet, explode, generate-conspiracy, sort: what they print, write, refuse and leave alone.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

data=$TOP/ravensys/tests/data/sheets
mk=$TOP/mk
conf=$T/p/ravenadm.ini
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"
adm() {
	"$RAVENADM" -C "$conf" "$@"
}
maps=$(cd "$data/source" && echo bucket_*/sheet-maps)
files=$(cd "$data/source" && echo bucket_*/sheet-files)

# --- dev buildsheet
adm dev buildsheet "$data/source/$maps" >"$T/sheet" 2>"$T/err"
ok "dev buildsheet DIR" cmp "$T/sheet" "$data/compiled/$maps"
(cd "$data/source/$files" && adm dev buildsheet) >"$T/sheet" 2>"$T/err"
ok "of the present folder" cmp "$T/sheet" "$data/compiled/$files"
adm dev buildsheet "$data/compiled/$files" >"$T/sheet"
ok "of a buildsheet it is that buildsheet" cmp "$T/sheet" "$data/compiled/$files"
values=$(cd "$data/source" && echo bucket_*/sheet-helpers)
runs 0 "dev makefile of a buildsheet" adm dev makefile "$data/compiled/$values"
made=$out
runs 0 "and of its recipe" adm dev makefile "$data/source/$values"
is "$out" "$made" "is the same"
runs 0 "--output" adm dev buildsheet "$data/source/$maps" --output "$T/tree"
like "$out" '^sheet-maps buildsheet created at:$' "says so"
like "$out" "^$T/tree/$maps\$" "and where"
ok "it is there" cmp "$T/tree/$maps" "$data/compiled/$maps"
runs 2 "another word behind DIR" adm dev buildsheet "$data/source/$maps" keep
runs 0 "--genesis" adm dev buildsheet "$data/source/$files" --genesis
like "$out" '^INVALID_RPATH=		yes$' "makes no run path fatal"

# the profile's tree is one of source recipes until it is said otherwise
mkdir -p "$T/source/$(dirname "$maps")"
cp -r "$data/source/$maps" "$T/source/$maps"
runs 0 "a source tree as the profile's" adm configure set directory_conspiracy "$T/source"
runs 1 "save into it" adm dev buildsheet "$T/source/$maps" save
like "$err" 'is a tree of source recipes, not of buildsheets' "is refused"
mkdir "$T/mine"
runs 0 "a compiled one" adm configure set directory_conspiracy "$T/mine"
runs 0 "save" adm dev buildsheet "$T/source/$maps" save
ok "into it" cmp "$T/mine/$maps" "$data/compiled/$maps"
runs 0 "a custom tree" adm configure set directory_unkindness "$T/source"
runs 1 "save of its recipe" adm dev buildsheet "$T/source/$maps" save
like "$err" 'is of the custom tree: its sheet is not saved' "is refused"
runs 0 "no custom tree" adm configure set directory_unkindness none

# faults are all said
bad=$T/bad
cp -r "$data/source/$maps" "$bad"
sed 's/^OPT_ON\[all\]=.*/OPT_ON[all]=		ONE TWO/' "$data/source/$maps/specification" >"$bad/specification"
mkdir "$bad/files"
printf 'x: {\n type: "sometimes"\n max_version: "1"\n colour: red\n}\n' >"$bad/files/messages-primary.ucl"
printf 'at-noon: []\npost-install: [{ code: "x" }]\n' >"$bad/files/scripts-primary.ucl.in"
printf 'x: { dir_path: "a" }\ny: 3\n' >"$bad/files/triggers-x.ucl"
printf 'x: {\n' >"$bad/files/triggers-y.ucl"
printf 'not looked at' >"$bad/files/triggers-z.txt"
runs 1 "option groups" adm dev buildsheet "$bad"
like "$err" 'specification:[0-9]+: 2 options of radio group EITHER are on by default: it must be one$' "radio"
like "$err" 'specification:[0-9]+: 0 options of restricted group SOME are on by default: it must be one or more$' "restricted"
is "$out" "" "nothing is printed"
cp "$data/source/$maps/specification" "$bad/specification"
runs 1 "messages, scripts, triggers" adm dev buildsheet "$bad"
for text in "messages-primary.ucl: x: 'message' is missing" "messages-primary.ucl: x: type 'sometimes' is none of install, remove, upgrade" \
    "messages-primary.ucl: x: min_version and max_version are of type upgrade alone" "messages-primary.ucl: x: there is no key 'colour'" \
    "scripts-primary.ucl.in: 'at-noon' is no phase" "scripts-primary.ucl.in: at-noon: must be a list" "scripts-primary.ucl.in: post-install: 'args' is missing" \
    "triggers-x.ucl: x: 'dir_path' must be a list" "triggers-x.ucl: x: neither 'trigger' nor 'cleanup'" "triggers-x.ucl: y: must be { ... }, given once" \
    "triggers-y.ucl:2: object without end: not UCL"; do
	like "$err" "specification: files/$text" "$text"
done
unlike "$err" 'triggers-z' "others are not looked at"
name=$T/colon
cp -r "$data/source/$files" "$name"
echo x >"$name/files/a:b"
runs 1 "a file name with a colon" adm dev buildsheet "$name"
like "$err" 'files/a:b has a colon' "is refused"

# --- dev explode
runs 0 "dev explode" adm dev explode "$data/compiled/$files" "$T/exploded"
is "$(cat "$T/exploded/manifests/plist.tools")" "bin/a
bin/b" "a manifest in full"
nok "no manifest is made of nothing" test -s "$T/exploded/manifests/plist.dev"
ok "a file as it was" cmp "$T/exploded/patches/patch-b" "$data/source/$files/patches/patch-b"
adm dev buildsheet "$T/exploded" >"$T/sheet"
ok "it compiles to the same bytes" cmp "$T/sheet" "$data/compiled/$files"
runs 1 "into a folder that is not empty" adm dev explode "$data/compiled/$files" "$T/exploded"
like "$err" 'the folder is not empty' "is refused"
runs 1 "a sheet that there is not" adm dev explode "$T/none" "$T/x"
sed 's/^KEYWORDS=.*/KEYWORDS=		devel nonsense/' "$data/compiled/$maps" >"$T/faulty"
runs 1 "a faulty sheet" adm dev explode "$T/faulty" "$T/x"
like "$err" "faulty:5: " "names the line"
sed 's/^EPOCH=.*/&/; s/^CONTACT=/# a remark\nCONTACT=/' "$data/compiled/$maps" >"$T/other"
runs 1 "a sheet that no recipe compiles to" adm dev explode "$T/other" "$T/y"
like "$err" 'no specification compiles to this sheet' "is refused"
is "$(ls "$T/y")" "" "and nothing is written"
runs 0 "a whole tree" adm dev explode "$data/compiled" "$T/sources"
like "$out" '^11 sheets exploded, 0 with faults$' "all of it"
mkdir "$T/empty"
runs 1 "a tree without sheets" adm dev explode "$T/empty" "$T/z"
lines=$( (trap '' XFSZ; ulimit -f 0; adm dev explode "$data/compiled" "$T/full") 2>&1 >/dev/null | wc -l)
is "$lines" 1 "a disk that takes nothing ends it at once"

# --- dev generate-conspiracy
runs 0 "dev generate-conspiracy" adm dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
like "$out" '^11 ports: 11 sheets written, 0 unchanged, 0 removed, 0 ports with faults' "counts"
ok "the same bytes" diff -r "$T/gc" "$data/compiled"
is "$(find "$T/gc" -name '.*' -type f)" "" "nothing is left over"
before=$(find "$T/gc" -type f -printf '%p %i %T@\n' | sort)
runs 0 "once more" adm dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
like "$out" '^11 ports: 0 sheets written, 11 unchanged' "nothing to do"
is "$(find "$T/gc" -type f -printf '%p %i %T@\n' | sort)" "$before" "and no file is touched"
rm -r "${T:?}/sources/$maps"
mkdir -p "$T/gc/bucket_FF"
echo x >"$T/gc/bucket_FF/gone"
echo x >"$T/gc/bucket_FF/.gone.new"
echo kept >"$T/gc/README"
sed 's/^SDESC\[std\]=.*/SDESC[std]=		Recipe with another summary/' "$T/sources/$files/specification" >"$T/changed"
cp "$T/changed" "$T/sources/$files/specification"
runs 0 "after changes" adm dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
like "$out" '^10 ports: 1 sheets written, 9 unchanged, 2 removed' "what changed"
nok "the sheet without a recipe is gone" test -e "$T/gc/$maps"
nok "the one of an unknown port too" test -e "$T/gc/bucket_FF"
is "$(cat "$T/gc/README")" kept "other files stay"
like "$(cat "$T/gc/$files")" '^SDESC\[std\]=		Recipe with another summary$' "the new one"

# faults: all of them, of all ports; their sheets stay, the others are made
before=$(cat "$T/gc/$files")
sed 's/^CONTACT=.*/CONTACT=		somebody/; s/^HOMEPAGE=.*/HOMEPAGE=		ftp:/' "$T/changed" >"$T/sources/$files/specification"
least=$(cd "$data/source" && echo bucket_*/sheet-least)
echo nonsense >>"$T/sources/$least/specification"
many=$(cd "$data/source" && echo bucket_*/sheet-many)
echo 'CFLAGS=			-g' >>"$T/sources/$many/specification"
mkdir -p "$T/sources/bucket_00/misplaced"
cp "$data/source/$least/specification" "$T/sources/bucket_00/misplaced/"
mkdir -p "$T/sources/bucket_00/nothing"
runs 3 "faults" adm dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
like "$err" "$files/specification:[0-9]+: HOMEPAGE" "one"
like "$err" "$files/specification:[0-9]+: CONTACT" "two of a recipe"
like "$err" "$least/specification:[0-9]+: " "another recipe"
like "$err" "bucket_00/misplaced/specification: NAMEBASE is 'sheet-least', whose place is $least" "a recipe in the wrong place"
like "$err" "bucket_00/nothing/specification: there is no such file" "a folder without a recipe"
like "$out" '^12 ports: 1 sheets written, 7 unchanged, 0 removed, 4 ports with faults' "counts"
is "$(cat "$T/gc/$files")" "$before" "the sheet of a faulty recipe stays"
like "$(cat "$T/gc/$many")" '^CFLAGS=			-g$' "that of a good one is made"
runs 3 "--json" adm --json dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
is "$(printf '%s' "$out" | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["ports"], d["faulty"], len(d["faults"]) >= 5)')" "12 4 True" "one document"

# a run that cannot write one sheet changes none
rm -r "$T/sources/bucket_00/misplaced" "$T/sources/bucket_00/nothing"
cp "$data/source/$least/specification" "$T/sources/$least/"
cp "$T/changed" "$T/sources/$files/specification"
for port in "$T"/sources/bucket_*/*; do
	sed -i 's/^CONTACT=.*/CONTACT=		Other_Body[other@example.org]/' "$port/specification"
done
content() {
	(cd "$T/gc" && find . -type f ! -name '.*' -exec sha256sum {} + | sort)
}
before=$(content)
(
	ulimit -f 8
	adm dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
) >/dev/null 2>"$T/err"
isnt $? 0 "a sheet larger than the system allows"
is "$(content)" "$before" "no sheet changes"
runs 0 "without that limit" adm dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
like "$out" ' 0 unchanged' "all do"
is "$(find "$T/gc" -name '.*' -type f)" "" "and nothing is left over"
if command -v flock >/dev/null; then
	runs 1 "while another one writes" flock "$T/gc" "$RAVENADM" dev generate-conspiracy "$T/sources" -o "$T/gc" --mk "$mk"
	like "$err" "$T/gc: is in use by another process" "is refused"
	runs 1 "dumps of all likewise" flock "$T/gc" "$RAVENADM" dev dump --all --output "$T/gc" --tree "$T/sources" --mk "$mk"
	like "$err" "$T/gc: is in use by another process" "is refused"
fi
runs 1 "into a source tree" adm dev generate-conspiracy "$data/source" -o "$T/sources" --mk "$mk"
like "$err" 'is a tree of source recipes' "is refused"
runs 1 "of a tree that is none" adm dev generate-conspiracy "$T/empty" -o "$T/gc" --mk "$mk"
runs 2 "with --tree" adm dev generate-conspiracy --tree "$T/sources" "$T/sources" -o "$T/gc" --mk "$mk"
runs 0 "into folders that are not there yet" adm dev generate-conspiracy "$T/sources" -o "$T/new/of/it" --mk "$mk"
ok "with the same bytes" diff -r "$T/new/of/it" "$T/gc" -x README
runs 0 "a profile without a tree" adm configure set directory_conspiracy none
runs 1 "without a place for them" adm dev generate-conspiracy "$T/sources" --mk "$mk"
like "$err" 'no tree to write to: give --output DIR$' "the way out"

# --- dev sort
port=$T/sorted
cp -r "$data/source/$files" "$port"
printf 'b/2\n@dir z\n@mode 644\na/1\na/1\n@comment x\nroot\n' >"$port/manifests/plist.primary"
cp "$port/manifests/plist.primary" "$T/unsorted"
runs 0 "dev sort --dry-run" adm -n dev sort "$port"
like "$out" '^manifests/plist.primary$' "names what would change"
ok "and changes nothing" cmp "$port/manifests/plist.primary" "$T/unsorted"
runs 0 "dev sort" adm dev sort "$port"
is "$(cat "$port/manifests/plist.primary")" "@comment x
@(,,644) root
@(,,644) a/1
b/2
@dir z" "the normal form"
(cd "$port" && adm dev sort) >"$T/out" 2>&1
is "$(cat "$T/out")" "" "sorted once is sorted"
runs 1 "a folder without manifests" adm dev sort "$T/empty"
finish
