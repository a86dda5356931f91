#!/bin/sh
# SPDX-License-Identifier: ISC
# rebuild_nothing_ms: the wall time of `ravenadm build` of the starter list when there is nothing to build (quickstart's profile when
# it is there, else the test ports, with RV_LONG=1 the starter ports); the median of 9 runs.
# shellcheck source-path=SCRIPTDIR source=../tests/testlib.sh
. "$(dirname "$0")/../tests/testlib.sh"
# testlib.sh counts from a test's folder, which lies one deeper
TOP=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../tests/buildlib.sh
. "$(dirname "$0")/../tests/buildlib.sh"

if [ -f "$TOP/quickstart/ravenadm.ini" ]; then
	conf=$TOP/quickstart/ravenadm.ini
	list="hello ncurses readline lua54:std lua54:plain sqlite"
else
	make_profile "$T/p" || exit 1
	list=$PORTS
fi
# shellcheck disable=SC2086 # one word a port
build() {
	radm build $list >"$T/log" 2>&1
}
build || { cat "$T/log" >&2; exit 1; }
[ ! -d "$T/p" ] || keep_distfiles "$T/p"
for _ in 1 2 3 4 5 6 7 8 9; do
	t0=$(date +%s%N)
	build
	t1=$(date +%s%N)
	echo $(((t1 - t0) / 1000000))
done | sort -n >"$T/times"
echo "bench rebuild_nothing_ms $(sed -n 5p "$T/times") ms"
echo "# $list: 9 runs, $(sed -n 1p "$T/times") to $(sed -n 9p "$T/times") ms"
test_ending=1
