#!/bin/sh
# SPDX-License-Identifier: ISC
# What commands over the whole public tree take, as ratios to the program whose recipes we read, in one run with it;
# and that no process takes more than 64 MB. On a machine that does nothing else: make check-long with RAVENSOURCE,
# CONSPIRACY and ORIGINAL.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

if ! original_can_run || [ ! -d "${CONSPIRACY:-}/Mk" ] || [ ! -d "${RAVENSOURCE:-}" ]; then
	skip_all "RAVENSOURCE, CONSPIRACY and ORIGINAL are needed"
fi

B=$B ROUNDS=${ROUNDS:-5} "$TOP/ravensys/bench/bench_tree.sh" >"$T/figures" 2>"$T/errors"
is "$?" 0 "the benchmark runs"
note "$(cat "$T/figures" "$T/errors")"

bound() { # NAME MOST
	value=$(awk -v name="$1" '$1 == "bench" && $2 == name { print $3 }' "$T/figures")
	ok "$1 ${value:-is missing}, at most $2" awk -v v="${value:-nothing}" -v m="$2" 'BEGIN { exit !(v ~ /^[0-9.]+$/ && v + 0 <= m + 0) }'
}
bound tree_index_vs_original 0.14
bound tree_status_first_vs_original 0.07
bound tree_status_unchanged_vs_original 0.012
bound tree_status_port_vs_original 0.04
bound tree_sheets_vs_original 0.2
bound tree_memory_kib 65536
bound tree_public_memory_kib 65536
finish
