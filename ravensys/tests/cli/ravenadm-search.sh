#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm search, subpackages: what the recipes say, found before anything is built.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

conf=$T/p/ravenadm.ini
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"
radm() {
	"$RAVENADM" -C "$conf" "$@"
}
ports() {
	printf '%s\n' "$out" | cut -d' ' -f1 | tr '\n' ' '
}

runs 0 "by name" radm search lua
is "$(ports)" "lua54:std lua54:plain " "a part of it"
runs 0 "in capitals" radm search LUA54
is "$(ports)" "lua54:std lua54:plain " "is the same"
runs 0 "by description" radm search engine
is "$(ports)" "sqlite:std " "a word of it"
runs 0 "by keyword" radm search --by keyword databases
is "$(ports)" "sqlite:std " "a port that has it"
runs 1 "only there" radm search --by name databases
is "$out" "" "nothing"
like "$err" "search: nothing found" "is said"
runs 0 "two patterns" radm search engine sql
is "$(ports)" "sqlite:std " "must both fit"
runs 1 "two that do not" radm search engine lua
runs 0 "a pattern for the whole" radm search --by name 'sql*'
is "$(ports)" "sqlite:std " "fits"
runs 1 "not for a part" radm search --by name 'q?'
runs 0 "as JSON" radm --json search sqlite
like "$out" '^\[\{"port":"sqlite:std","version":"[0-9._]+","description":"[^"]*","keywords":\["databases"' "a document"
runs 1 "JSON of nothing" radm --json search no-such-thing
is "$out" "[]" "an empty array"
runs 0 "by file" radm search --by file bin/lua
like "$out" '^lua54:[a-z]+ +bin/lua$' "subpackage and path"
unlike "$out" '@' "no keywords"
runs 0 "by file, a pattern" radm search --by file '*/lua.h'
like "$out" '^lua54:dev +include/.*lua.h$' "for the whole path"
runs 0 "by file, as JSON" radm --json search --by file bin/sqlite3
like "$out" '\{"port":"sqlite","manifest":"[a-z]+","file":"bin/sqlite3"\}' "a document"
runs 0 "by name and file" radm search --by name --by file lua54
like "$out" '^lua54:std ' "the port"
runs 2 "by something else" radm search --by colour red
like "$err" "none of name, description, keyword, file" "what there is"
runs 2 "no pattern" radm search
runs 2 "an empty pattern" radm search ''
runs 0 "--tree" radm search --tree "$TOP/ravensys/tests/ports" tiny
like "$out" '^tiny-lib:std ' "another tree"
runs 1 "a tree that there is not" radm search --tree "$T/none" x
like "$err" "$T/none" "is named"
cp -r "$TOP/ravensys/tests/ports" "$T/ports"
echo nonsense >>"$(find "$T/ports" -path '*/tiny-lib/specification')"
runs 0 "a recipe with faults" radm search --tree "$T/ports" tiny
like "$err" "tiny-lib/specification:[0-9]+: " "is said"
unlike "$out" '^tiny-lib:' "and not found"
like "$out" '^tiny' "others are"

# --- subpackages
runs 0 "subpackages" radm subpackages sqlite lua54:std
is "$(printf '%s\n' "$out" | head -n 1)" "sqlite:std subpackages: $(sed -n 's/^SPKGS\[std\]=[[:blank:]]*//p' "$TOP/buckets/bucket_6D/sqlite/specification")" "in the recipe's order"
is "$(printf '%s\n' "$out" | wc -l)" 2 "a line each"
runs 0 "as JSON" radm --json subpackages hello
like "$out" '^\[\{"port":"hello:std","subpackages":\["[a-z]+"' "a document"
printf 'hello\n\n  lua54:std\n' >"$T/list"
runs 0 "a list in a file" radm subpackages "$T/list"
is "$(ports)" "hello:std lua54:std " "its ports"
: >"$T/empty"
runs 1 "an empty list" radm subpackages "$T/empty"
like "$err" "$T/empty: there is no port in it" "is said"
runs 1 "a port that there is not" radm subpackages helo
like "$err" "no port 'helo'.*nearest names are: hello" "what is near"
runs 1 "a variant that there is not" radm subpackages hello:big
like "$err" "hello: no variant 'big'; it has: std" "what there is"
runs 1 "no name of a port" radm subpackages a:b:c
runs 2 "nothing" radm subpackages
echo nonsense >"$T/p/x"
runs 1 "a recipe with faults" radm subpackages --tree "$T/ports" tiny-lib
like "$err" "tiny-lib/specification:[0-9]+: " "which are said"
finish
