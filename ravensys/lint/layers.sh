#!/bin/sh
# SPDX-License-Identifier: ISC
# No include may point upward in the layer table, and each foreign header has one owner.
set -eu
cd "$(dirname "$0")/../.."
grep -rn --include='*.[ch]' -E '^[[:space:]]*#[[:space:]]*include' \
	ravensys/lib ravensys/builder ravensys/cli ravensys/ravenadm ravensys/rvn ravensys/include 2>/dev/null |
	awk -f ravensys/lint/layers.awk ravensys/lint/layers.tsv -
