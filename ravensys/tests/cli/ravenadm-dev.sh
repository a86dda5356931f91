#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm dev: the Makefile of a recipe, its distinfo, and what a bad recipe is told.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

conf=$T/p/ravenadm.ini
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"

port=$T/sample
mkdir -p "$port"
cp "$TOP/ravensys/tests/data/recipes/good-whole" "$port/specification"
runs 0 "dev makefile DIR" "$RAVENADM" -C "$conf" dev makefile "$port"
like "$out" '^NAMEBASE=sample$' "NAMEBASE"
like "$out" '^REVISION=3$' "REVISION"
like "$out" '^DL_SITES_main=https://www.example.org/files/$' "sites"
like "$out" '^DISTFILE_1=sample-1.4.2.tar.gz:main$' "distfile"
like "$out" '^SUBPACKAGES=set primary docs$' "subpackages of std"
like "$out" '^LICENSE_FILE_MIT = \$\{WRKSRC\}/COPYING$' "braces"
like "$out" '^CONFIGURE_ARGS=--with-greeting="good day" --disable-nls --with-extras$' "an option that is on"
unlike "$out" '^BUILD_TARGET' "an option that is off"
like "$out" '^PLIST_SUB=DOCS-OFF= DOCS-ON="@comment " EXTRAS-ON= EXTRAS-OFF="@comment "$' "options in PLIST_SUB"
unlike "$out" '^post-install-option' "a target of an option that is off"
is "$(printf '%s\n' "$out" | tail -n 1)" '.include "/xports/Mk/raven.mk"' "ends with the include"
runs 0 "dev makefile DIR VARIANT" "$RAVENADM" -C "$conf" dev makefile "$port" small
like "$out" '^VARIANT=small$' "the variant"
like "$out" '^SUBPACKAGES=single$' "its subpackages"
like "$out" '--without-extras$' "its options"
runs 1 "a variant that there is not" "$RAVENADM" -C "$conf" dev makefile "$port" big
like "$err" "no variant 'big'; it has: std, small" "what there is"
(cd "$port" && "$RAVENADM" -C "$conf" dev makefile >"$T/here") 2>"$T/err"
like "$(cat "$T/here")" '^NAMEBASE=sample$' "the present folder"
runs 1 "a folder that there is not" "$RAVENADM" -C "$conf" dev makefile "$T/none"
runs 1 "a folder without a specification" "$RAVENADM" -C "$conf" dev makefile "$T"
like "$err" 'specification: there is no such file' "is named"

# every starter recipe, every variant
for spec in "$TOP"/buckets/*/*/specification; do
	dir=$(dirname "$spec")
	variants=$(awk '/^VARIANTS=/ { $1 = ""; print }' "$spec")
	for variant in $variants; do
		runs 0 "Makefile of $(basename "$dir"):$variant" "$RAVENADM" -C "$conf" dev makefile "$dir" "$variant"
	done
done

cp "$TOP/ravensys/tests/data/recipes/several-at-once" "$port/specification"
runs 1 "a bad recipe" "$RAVENADM" -C "$conf" dev makefile "$port"
is "$(printf '%s\n' "$err" | grep -c "sample/specification:[0-9]*: ")" 4 "all its faults, with file and line"
like "$err" '4 problems$' "and how many"
is "$out" "" "nothing on standard output"
runs 1 "the same with --json" "$RAVENADM" -C "$conf" --json dev makefile "$port"
like "$out" '^{"problems":.*"line": ?6,"class": ?"value","reason":"REVISION .*"further": ?0}$' "a document with lines and classes"
is "$(printf '%s\n' "$out" | grep -o '"class"' | wc -l | tr -d ' ')" 4 "of all problems"

cp "$TOP/ravensys/tests/data/recipes/good-whole" "$port/specification"
mkdir -p "$T/upstream"
sed "s|https://www.example.org/files/|file://$T/upstream/|" "$TOP/ravensys/tests/data/recipes/good-whole" >"$port/specification"
runs 1 "dev distinfo of a file that no site has" "$RAVENADM" -C "$conf" dev distinfo "$port"
like "$err" "sample-1.4.2.tar.gz.*put them into $T/p/distfiles by hand" "names it and the way out"
nok "no distinfo was written" test -e "$port/distinfo"
echo content >"$T/upstream/sample-1.4.2.tar.gz"
runs 0 "dev distinfo fetches" "$RAVENADM" -C "$conf" dev distinfo "$port"
sum=$(sha256sum "$T/upstream/sample-1.4.2.tar.gz" | cut -d' ' -f1)
is "$(cat "$port/distinfo")" "$sum            8 sample-1.4.2.tar.gz" "sum, size, name"
ok "the file is where builds look for it" cmp "$T/upstream/sample-1.4.2.tar.gz" "$T/p/distfiles/sample-1.4.2.tar.gz"
echo other >"$T/upstream/sample-1.4.2.tar.gz"
runs 0 "again" "$RAVENADM" -C "$conf" dev distinfo "$port"
is "$(cut -c1-64 "$port/distinfo")" "$sum" "what is there is not fetched again"

missing=
keys=0
awk -F'[(, ]+' '/^RV_KEY_ROW/ && $3 != "PASS" && $3 != "IGNORED" { print $2 }' "$TOP/ravensys/builder/port/keys.def" >"$T/keys"
while read -r key; do
	keys=$((keys + 1))
	grep -qw -- "$key" "$TOP/docs/specification.5" || missing="$missing $key"
done <"$T/keys"
ok "keywords are looked at" test "$keys" -gt 100
is "$missing" "" "every keyword stands in specification.5"
finish
