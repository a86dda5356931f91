#!/bin/sh
# SPDX-License-Identifier: ISC
# --tree, --mk, --platform and --genesis, without any profile; dev dump; --all --output of whole trees.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

HOME=$T/home
XDG_CACHE_HOME=$T/cache
export HOME XDG_CACHE_HOME
unset RAVENPROFILE

# reading COMMAND...: with our own trees
reading() {
	"$RAVENADM" "$@" --tree "$TOP/buckets" --mk "$TOP/mk"
}
port=$T/sample
mkdir -p "$port"
cp "$TOP/ravensys/tests/data/recipes/good-whole" "$port/specification"

runs 0 "no profile is needed" reading dev makefile "$port"
like "$out" '^NAMEBASE=sample$' "the recipe is read"
runs 1 "--tree alone wants the profile's mk" "$RAVENADM" dev makefile --tree "$TOP/buckets" "$port"
like "$err" 'ravenadm.ini: no such configuration' "and says where it looked"
like "$err" 'configure --init DIR, or give --mk DIR$' "and both ways out"
runs 1 "nothing at all" "$RAVENADM" search x
like "$err" 'or give --tree DIR and --mk DIR$' "wants both"
runs 1 "--mk without a tree" "$RAVENADM" search --mk "$TOP/mk" x
like "$err" 'or give --tree DIR$' "wants the other"
runs 1 "a recipe that is named by its folder" "$RAVENADM" dev makefile "$port"
like "$err" 'or give --mk DIR$' "needs no tree"
for what in makefile depends dump buildsheet; do
	runs 0 "--mk is enough for dev $what" "$RAVENADM" dev "$what" --mk "$TOP/mk" "$port"
done
mkdir -p "$T/lost/tree"
runs 0 "a profile" "$RAVENADM" -C "$T/lost.ini" configure --init "$T/lost" --tree "$T/lost/tree" --mk "$TOP/mk"
rmdir "$T/lost/tree"
runs 0 "whose tree is not there" "$RAVENADM" -C "$T/lost.ini" dev makefile "$port"
runs 1 "a configuration that is named must be there" reading -C "$T/none.ini" dev makefile "$port"
runs 1 "a tree that there is not" "$RAVENADM" dev makefile --mk "$TOP/mk" --tree "$T/none" "$port"
like "$err" "$T/none: there is no such folder" "is named"
runs 1 "a mk folder that there is not" "$RAVENADM" dev makefile --mk "$T/none" --tree "$TOP/buckets" "$port"
like "$err" "there is no folder $T/none" "is named"

# a tree with its own Mk
mkdir -p "$T/whole/Mk" "$T/whole/bucket_00"
cp "$TOP"/mk/raven.versions.mk "$T/whole/Mk"
runs 0 "a tree that has its Mk needs no --mk" "$RAVENADM" dev makefile --tree "$T/whole" "$port"
echo 'broken line' >"$T/whole/Mk/raven.information.mk"
runs 1 "which is then read" "$RAVENADM" dev makefile --tree "$T/whole" "$port"
like "$err" 'raven.information.mk:1: neither an assignment nor a directive' "with its faults"

# json_is COMMAND...: one document
json_is() {
	"$RAVENADM" --json "$@" --mk "$TOP/mk" >"$T/json" && python3 -m json.tool "$T/json"
}
for what in makefile depends dump buildsheet; do
	ok "dev $what --json" json_is dev "$what" "$port"
	"$RAVENADM" dev "$what" "$port" --mk "$TOP/mk" >"$T/plain"
	is "$(python3 -c 'import json, sys; print(json.load(sys.stdin), end="")' <"$T/json")" "$(cat "$T/plain")" "is its text"
done
for what in makefile depends dump; do
	ok "dev $what --all --json" json_is dev "$what" --all --output "$T/json.d" --tree "$TOP/buckets"
	like "$(cat "$T/json")" '"ports":[0-9]+,"files":[0-9]+,"faulty":0' "counts"
done
ok "dev lint --rules --json" json_is dev lint --rules
cp -r "$TOP"/ravensys/tests/data/sheets/source/bucket_00/sheet-files "$T/sortable"
ok "dev sort --json" "$RAVENADM" --json dev sort "$T/sortable"
is "$("$RAVENADM" --json dev sort "$T/sortable")" "[]" "nothing to do"
is "$("$RAVENADM" --json dev explode "$TOP/ravensys/tests/data/sheets/compiled" "$T/exploded")" \
    '{"sheets":11,"faulty":0}' "dev explode --json"
is "$("$RAVENADM" --json dev buildsheet "$port" -o "$T/sheets" --mk "$TOP/mk")" "\"$(cd "$T/sheets" && echo bucket_*/*)\"" \
    "dev buildsheet --output --json"
runs 1 "a platform of an unknown system" reading dev makefile --platform plan9:x86_64 "$port"
like "$err" "no system 'plan9': it is one of .*linux" "is told what there is"
runs 1 "a platform of an unknown processor" reading dev makefile --platform linux:pdp11 "$port"
like "$err" "no processor 'pdp11'" "is named"
runs 1 "a platform with a bad release" reading dev makefile --platform linux:x86_64:4/4 "$port"

runs 1 "a build for another system" reading build --platform netbsd:x86_64 hello
like "$err" 'this machine builds for .* only' "is refused"
runs 0 "its status is not" "$RAVENADM" status --tree "$TOP/ravensys/tests/ports" --mk "$TOP/mk" --platform netbsd:x86_64 \
    tiny-lib
like "$out" 'tiny-lib:std' "and is said"

runs 0 "dev dump DIR" reading dev dump --platform freebsd:amd64:14.2 "$port"
like "$out" '^NAMEBASE=		sample$' "NAMEBASE"
like "$out" '^SYSROOT_ARCH=		x86_64$' "the processor, by its own name"
like "$out" '^SYSROOT_MAJOR=		14$' "the major release"
like "$out" '^SYSROOT_RELEASE=	14.2$' "the release"
like "$out" '^SYSROOT_VERSION=	14.2.0$' "the version"
like "$out" '^RPATH_CHECK_FATAL=	TRUE$' "paths to libraries are checked"
runs 0 "dev dump --genesis" reading dev dump --genesis "$port"
like "$out" '^RPATH_CHECK_FATAL=	FALSE$' "but not while bootstrapping"

runs 0 "dev makefile --all" reading dev makefile --platform linux:x86_64:4.4 --all --output "$T/m"
is "$(find "$T/m" -type f | wc -l | tr -d ' ')" \
    "$(cat "$TOP"/buckets/*/*/specification | awk '/^VARIANTS=/ { n += NF - 1 } END { print n }')" "a file each variant"
for file in "$T/m"/*; do
	name=$(basename "$file")
	reading dev makefile --platform linux:x86_64:4.4 "$TOP"/buckets/bucket_*/"${name%%:*}" "${name#*:}" >"$T/one"
	ok "$name: what the command says of it alone" cmp "$file" "$T/one"
done
runs 0 "dev dump --all" reading dev dump --platform linux:x86_64:4.4 --all --output "$T/d"
is "$(find "$T/d" -type f | wc -l | tr -d ' ')" "$(find "$TOP/buckets" -name specification | wc -l | tr -d ' ')" \
    "a file each recipe"
runs 2 "--all without --output" reading dev dump --all
runs 2 "--all with a folder" reading dev dump --all --output "$T/d" "$port"

# the first tree has precedence; faults are said and the rest is written
cp -r "$TOP/buckets" "$T/own"
rm -rf "$T/own"/bucket_*/lua54
find "$T/own" -name specification -path '*hello/*' -exec sed -i 's/^VERSION=.*/VERSION=		99.9/' {} +
runs 0 "two trees" "$RAVENADM" dev dump --tree "$T/own" --tree "$TOP/buckets" --mk "$TOP/mk" --all --output "$T/two"
like "$(cat "$T/two/hello")" '^VERSION=		99.9$' "the port of the first"
ok "what only the second has" test -f "$T/two/lua54"
find "$T/own" -name specification -path '*hello/*' -exec sed -i 's/^VERSION=.*/VERSION=	x/' {} +
runs 1 "a recipe with faults" "$RAVENADM" dev dump --tree "$T/own" --mk "$TOP/mk" --all --output "$T/bad"
like "$err" 'hello/specification:[0-9]+: ' "is named with its line"
nok "is left out" test -e "$T/bad/hello"
ok "the others are there" test -f "$T/bad/ncurses"

# the platform decides: a recipe that says it
sed -e '/^OPTIONS_STANDARD/,/^$/{/^$/i\
VAR_OPSYS[freebsd]=	CFLAGS=-DF\
VAR_ARCH[powerpc64le]=	CFLAGS=-DP
}' "$TOP/ravensys/tests/data/recipes/good-whole" >"$port/specification"
runs 0 "freebsd" reading dev makefile --platform freebsd:x86_64:14 "$port"
like "$out" '^CFLAGS\+=-DF$' "VAR_OPSYS"
runs 0 "powerpc64le by an alias" reading dev makefile --platform linux:ppc64le "$port"
like "$out" '^CFLAGS\+=-DP$' "VAR_ARCH"
unlike "$out" '^CFLAGS\+=-DF$' "and nothing of freebsd"

finish
