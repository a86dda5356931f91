#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs every benchmark: programs of build/bench/ and scripts bench_*.sh. Each prints lines "bench NAME VALUE UNIT" (median of
# several runs) and, behind a #, how it was measured and the spread.
set -eu
cd "$(dirname "$0")/../.."
B=${B:-$PWD/build}
export B
for program in "$B"/bench/bench_* ravensys/bench/bench_*.sh; do
	[ -x "$program" ] || continue
	"$program"
done
