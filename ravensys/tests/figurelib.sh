# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# Figures of benchmarks and their bounds. Needs testlib.sh.
#
#	figures_of COMMAND [ARG ...]	runs the benchmarks, which print "bench NAME VALUE UNIT" lines
#	bound NAME MOST			the figure is there and not greater
figures_of() {
	"$@" >"$T/figures" 2>"$T/errors"
	is "$?" 0 "the benchmarks run"
	note "$(cat "$T/figures" "$T/errors")"
}

bound() {
	value=$(awk -v name="$1" '$1 == "bench" && $2 == name { print $3 }' "$T/figures")
	ok "$1 ${value:-is missing}, at most $2" awk -v v="${value:-nothing}" -v m="$2" 'BEGIN { exit !(v ~ /^[0-9.]+$/ && v + 0 <= m + 0) }'
}
