#!/bin/sh
# SPDX-License-Identifier: ISC
# What commands over the whole public tree take, as ratios to the program whose recipes we read, in one run with it;
# and that no process takes more than 64 MB. On a machine that does nothing else: make check-long with RAVENSOURCE,
# CONSPIRACY and ORIGINAL.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../figurelib.sh
. "$(dirname "$0")/../figurelib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

if ! original_can_run || [ ! -d "${CONSPIRACY:-}/Mk" ] || [ ! -d "${RAVENSOURCE:-}" ]; then
	skip_all "RAVENSOURCE, CONSPIRACY and ORIGINAL are needed"
fi

figures_of env B="$B" ROUNDS="${ROUNDS:-5}" "$TOP/ravensys/bench/bench_tree.sh"
bound tree_index_vs_original 0.14
bound tree_status_first_vs_original 0.07
bound tree_status_unchanged_vs_original 0.012
bound tree_status_port_vs_original 0.04
bound tree_sheets_vs_original 0.2
bound tree_memory_kib 65536
bound tree_public_memory_kib 65536
finish
