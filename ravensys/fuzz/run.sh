#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs every libFuzzer program for some seconds on its seeds and what earlier runs found interesting; a finding ends
# the whole with status 1 and is kept.
# usage: run.sh [-jN] BUILD_FOLDER SECONDS [NAME ...]
set -eu
cd "$(dirname "$0")/../.."

jobs=2
case $1 in
-j*)
	jobs=${1#-j}
	shift
	;;
esac
build=$1
seconds=$2
shift 2
export LC_ALL=C
# what was freed is kept for a while: not so much that every run touches new pages
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=16"
mkdir -p "$build/corpus" "$build/findings"

programs() {
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@"
	else
		find "$build/fuzz" -type f -perm -u+x -printf '%f\n' | sort
	fi
}

# shellcheck disable=SC2016 # the inner shell expands them
programs "$@" | xargs -P "$jobs" -I NAME sh -c '
	build=$1 seconds=$2 name=$3
	mkdir -p "$build/corpus/$name"
	words=
	[ ! -f "ravensys/fuzz/$name.dict" ] || words=-dict=ravensys/fuzz/$name.dict
	if "$build/fuzz/$name" -max_total_time="$seconds" -rss_limit_mb=1024 -malloc_limit_mb=512 -timeout=25 -print_final_stats=1 -entropic=0 $words \
		-artifact_prefix="$build/findings/$name-" "$build/corpus/$name" "ravensys/fuzz/corpus/$name" \
		>"$build/$name.log" 2>&1; then
		runs=$(sed -n "s/^stat::number_of_executed_units: *//p" "$build/$name.log")
		echo "fuzz $name: no finding in $seconds s, $runs runs"
	else
		echo "fuzz $name: FINDING, see $build/$name.log and $build/findings"
		exit 1
	fi' sh "$build" "$seconds" NAME
