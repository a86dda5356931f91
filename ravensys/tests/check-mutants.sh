#!/bin/sh
# SPDX-License-Identifier: ISC
# Mutants: each patch takes one protection away, and a test must go red. TAP. usage: check-mutants.sh [PATCH ...]
#
# A patch begins with lines "# test: COMMAND ..." (in the order tried, until one fails) and says in "# what: TEXT" what
# it takes away; "# env: NAME=VALUE ..." is for its tests. The tree and the build folder are copied, so that only what a patch touches is compiled again.
set -u
cd "$(dirname "$0")/../.." || exit 1
TOP=$PWD
B=${B:-$TOP/build}
export LC_ALL=C
unset MAKEFLAGS MAKELEVEL

work=$(mktemp -d "${TMPDIR:-/tmp}/ravensys-mutants.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$work/tree"
for item in Makefile ravensys mk buckets docs bootstrap; do
	[ ! -e "$item" ] || cp -a "$item" "$work/tree/"
done
cp -a "$B" "$work/tree/build"
cd "$work/tree" || exit 1

# a mutant that bounds no download must not fill the disk; the largest file of an honest test is an image of 8 GiB
ulimit -f $((16 * 1024 * 1024 * 2))

[ $# -gt 0 ] || set -- ravensys/tests/mutants/*.patch
tools=$(for tool in ravensys/tests/tools/*.c; do basename "$tool" .c; done | sed 's|^|build/tests/tools/|')
count=0
bad=0
result() {
	count=$((count + 1))
	[ "$1" = ok ] || bad=1
	echo "$1 $count - $2"
}

# Runs the tests of a mutant until one goes red; says which.
red() {
	sed -n 's/^# test: //p' "$1" >"$work/tests"
	settings=$(sed -n 's/^# env: //p' "$1")
	while IFS= read -r test; do
		case $test in
		build/*) make -s B=build "$test" >"$work/log" 2>&1 || return 2 ;;
		esac
		# shellcheck disable=SC2086
		if ! env B="$PWD/build" $settings timeout -k 10 900 prove -Q $test >"$work/log" 2>&1 </dev/null; then
			echo "$test"
			return 0
		fi
	done <"$work/tests"
	return 1
}

for patch; do
	case $patch in /*) ;; *) patch=$work/tree/$patch ;; esac
	name=$(basename "$patch" .patch)
	what=$(sed -n 's/^# what: //p' "$patch")
	if ! patch -s -p1 <"$patch" >"$work/log" 2>&1; then
		result 'not ok' "$name: does not apply"
		sed 's/^/# /' "$work/log"
		exit 1
	fi
	# shellcheck disable=SC2086 # the tests themselves are built when they are run
	if ! make -s -j2 B=build all $tools >"$work/log" 2>&1; then
		result 'not ok' "$name: does not compile"
		tail -n 5 "$work/log" | sed 's/^/# /'
	elif by=$(red "$patch"); then
		result ok "$name: $what: red in $by"
	else
		result 'not ok' "$name: $what: no test went red"
	fi
	patch -s -R -p1 <"$patch" >/dev/null
done
echo "1..$count"
exit $bad
