#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs every libFuzzer program for some seconds on a copy of its corpus; a finding ends it with status 1 and is kept.
# usage: run.sh BUILD_FOLDER SECONDS
set -eu
cd "$(dirname "$0")/../.."
build=$1
seconds=$2
bad=0
mkdir -p "$build/corpus" "$build/findings"
for program in "$build"/fuzz/*; do
	[ -x "$program" ] || continue
	name=$(basename "$program")
	mkdir -p "$build/corpus/$name"
	if "$program" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
		-artifact_prefix="$build/findings/$name-" "$build/corpus/$name" "ravensys/fuzz/corpus/$name" \
		>"$build/$name.log" 2>&1; then
		echo "fuzz $name: no finding in $seconds s, $(awk '/stat::number_of_executed_units/ {print $2}' "$build/$name.log") runs"
	else
		echo "fuzz $name: FINDING, see $build/$name.log and $build/findings"
		bad=1
	fi
done
exit $bad
