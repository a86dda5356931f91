#!/bin/sh
# SPDX-License-Identifier: ISC
# `make bench` and the bounds of its figures, each the median of several runs; on a machine that does nothing else.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

"$TOP/ravensys/bench/run.sh" >"$T/figures" 2>"$T/errors"
is "$?" 0 "the benchmarks run"
note "$(cat "$T/figures" "$T/errors")"

bound() { # NAME MOST
	value=$(awk -v name="$1" '$1 == "bench" && $2 == name { print $3 }' "$T/figures")
	ok "$1 ${value:-is missing}, at most $2" awk -v v="${value:-nothing}" -v m="$2" 'BEGIN { exit !(v ~ /^[0-9.]+$/ && v + 0 <= m + 0) }'
}
bound slot_cycle_ms 15
bound package_create_vs_bsdtar 1.0
bound install_vs_bsdtar 1.2
bound rebuild_nothing_ms 500
finish
