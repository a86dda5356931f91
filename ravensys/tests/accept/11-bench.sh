#!/bin/sh
# SPDX-License-Identifier: ISC
# `make bench` and the bounds of its figures, each the median of several runs; on a machine that does nothing else.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../figurelib.sh
. "$(dirname "$0")/../figurelib.sh"

figures_of "$TOP/ravensys/bench/run.sh"
bound slot_cycle_ms 15
bound package_create_vs_bsdtar 1.0
bound install_vs_bsdtar 1.2
bound rebuild_nothing_ms 500
finish
