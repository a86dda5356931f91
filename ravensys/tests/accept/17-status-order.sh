#!/bin/sh
# SPDX-License-Identifier: ISC
# The plan of whole trees: which ports, in which order. Over our recipes and a made-up tree of 4,000 ports the order is
# checked by a program that shares no code; with CONSPIRACY, RAVENSOURCE and ORIGINAL the list is the original's.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

# nothing of the user's: the cache is ours
HOME=$T/home
export HOME
unset XDG_CACHE_HOME

check() { # GRAPH LIST TREE [--original]
	python3 "$TOP/ravensys/tests/plan-check.py" "$@"
}
# plan NAME TREE OPTION ...: both lists and the graph of a tree, checked; TREE "-": its recipes are not read by the checker
plan() {
	name=$1 recipes=$2
	shift 2
	runs 0 "$name: status-everything" "$RAVENADM" status-everything -q "$@"
	cp "$T/.out" "$T/list"
	runs 0 "$name: graph" "$RAVENADM" graph --format json "$@"
	cp "$T/.out" "$T/graph"
	ok "$name: all ports, each after what it needs, by how many wait for it" check "$T/graph" "$T/list" "$recipes"
	runs 0 "$name: status-everything --order ravenports" "$RAVENADM" status-everything -q --order ravenports "$@"
	cp "$T/.out" "$T/list.original"
	ok "$name: the same counted as the original does" check "$T/graph" "$T/list.original" "$recipes" --original
}

# --- our recipes, with the machine's own compiler and tools
ours() {
	"$RAVENADM" -C "$T/p/ravenadm.ini" "$@"
}
ok "a profile" ours configure --init "$T/p" --tree "$TOP/buckets" --mk "$TOP/mk"
runs 0 "our recipes: status-everything" ours status-everything -q
cp "$T/.out" "$T/list"
runs 0 "our recipes: graph" ours graph --format json
cp "$T/.out" "$T/graph"
ok "our recipes: all ports, each after what it needs, by how many wait for it" check "$T/graph" "$T/list" -
is "$(grep -c . "$T/list")" "$(cat "$TOP"/buckets/bucket_*/*/specification | sed -n 's/^VARIANTS=[ 	]*//p' | wc -w | tr -d ' ')" \
    "a line a variant"

# --- a made-up tree
made=$T/made
ok "a tree of 4,000 ports" "$TOOLS/gentree" "$made" 4000
plan "made-up tree" "$made" --tree "$made" --mk "$TOP/mk" --platform linux:x86_64:4.4
set -- --tree "$made" --mk "$TOP/mk" --platform linux:x86_64:4.4
runs 0 "unchanged" "$RAVENADM" status-everything -q "$@"
ok "the same list" cmp "$T/list" "$T/.out"

# thousands of ports with few descriptors and little memory
memory=500000
case $(file -b "$RAVENADM" 2>/dev/null; ldd "$RAVENADM" 2>/dev/null) in
*libasan*) memory=unlimited ;;
esac
# shellcheck disable=SC3045 # every sh that we meet has -n and -v
few() {
	(ulimit -n 256 && ulimit -v "$memory" && "$RAVENADM" "$@")
}
rm -rf "$HOME"
runs 0 "with 256 descriptors: the first time" few status-everything -q "$@"
ok "the same list" cmp "$T/list" "$T/.out"
sed 's/ .*//' "$T/list" >"$T/all"
runs 0 "with 256 descriptors: status of every port, named in a file" few status "$@" "$T/all"
is "$(grep -c "never built" "$T/.out")" "$(grep -c . "$T/all")" "a line a port"
sed 's/^[a-z]* *\([^ ]*\) .*/\1/' "$T/.out" >"$T/order"
ok "in the same order" cmp "$T/all" "$T/order"
runs 0 "with 256 descriptors: a dry run of a build of all" few build -n "$@" "$T/all"
is "$(grep -c "never built" "$T/.out")" "$(grep -c . "$T/all")" "a line a port"

# a port that is not in the tree, and a cycle: the rest is planned
cycle=$T/cycle
ok "a tree with a cycle" "$TOOLS/gentree" --cycle "$cycle" 300
runs 1 "is said" "$RAVENADM" status-everything -q --tree "$cycle" --mk "$TOP/mk" --platform linux:x86_64:4.4
like "$err" "^ravenadm: dependency cycle: ([^ ]+) -> .* -> [^ ]+$" "as a path"
path=$(sed -n 's/.*cycle: //p' "$T/.err" | head -n 1)
is "${path%% *}" "${path##* }" "that ends where it begins"
ok "what does not touch it is planned" test "$(grep -c . "$T/.out")" -gt 20

# --- the public trees
public() {
	original_setup "$T/original" "$1" || return 1
	# shellcheck disable=SC2016
	original_sh '"$ORIGINAL" status-everything >/dev/null && cat /tmp/ravenadm_status_results.txt' >"$T/results" || return 1
	# its eight toolchain packages are in its store: it says rebuild where ours, which is empty, says new
	sed -e '/^$/,$d' -e 's/ (rebuild / (new /' "$T/results" >"$T/wanted"
	test "$(grep -c . "$T/wanted")" -gt 1000
}
if [ -n "${CONSPIRACY:-}" ]; then
	plan "compiled public tree" - --tree "$CONSPIRACY" --platform linux:x86_64:4.4
	if original_can_run; then
		ok "the original's list" public "$CONSPIRACY"
		ok "ours is the same" diff "$T/wanted" "$T/list.original"
	else
		skip_long 2 "no ORIGINAL"
	fi
else
	skip_long 7 "no CONSPIRACY"
fi
if [ -n "${RAVENSOURCE:-}" ] && [ -n "${CONSPIRACY:-}" ]; then
	plan "public recipes" "$RAVENSOURCE" --tree "$RAVENSOURCE" --mk "$CONSPIRACY/Mk" --platform linux:x86_64:4.4
else
	skip_long 5 "no RAVENSOURCE"
fi
finish
