#!/bin/sh
# SPDX-License-Identifier: ISC
#
# subst.sh [-c] FILE NAME=VALUE...: print FILE with each %%NAME%% replaced by VALUE, to the letter;
# the first value of a name counts, an unknown %%NAME%% stays.  -c leaves out lines that become "@comment ...".
set -eu

drop=0
if [ "$1" = -c ]; then
	drop=1
	shift
fi
[ -f "$1" ] || { echo "$1: no such file" >&2; exit 1; }

exec awk '
BEGIN {
	drop = ARGV[1] + 0
	for (i = 3; i < ARGC; i++) {
		eq = index(ARGV[i], "=")
		name = substr(ARGV[i], 1, eq - 1)
		if (eq > 1 && !(name in value))
			value[name] = substr(ARGV[i], eq + 1)
	}
	file = ARGV[2]
	while ((state = (getline line < file)) > 0) {
		out = ""
		while (match(line, /%%[^%]+%%/)) {
			name = substr(line, RSTART + 2, RLENGTH - 4)
			if (name in value) {
				out = out substr(line, 1, RSTART - 1) value[name]
				line = substr(line, RSTART + RLENGTH)
			} else {
				out = out substr(line, 1, RSTART + RLENGTH - 3)
				line = substr(line, RSTART + RLENGTH - 2)
			}
		}
		line = out line
		if (!(drop && line ~ /^@comment /))
			print line
	}
	exit state < 0
}' "$drop" "$@"
