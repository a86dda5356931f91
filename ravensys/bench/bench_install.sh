#!/bin/sh
# SPDX-License-Identifier: ISC
# install_vs_bsdtar: wall time of a whole transaction (checked, durable, in the database) against `bsdtar -xf` of the same
# package without any sync: the host compiler's files and headers as one package, and as eight. A new root for each run,
# runs alternate, everything is deleted at the end.
set -eu
B=${B:-build}
T=$(mktemp -d "${TMPDIR:-/tmp}/bench-install.XXXXXX")
trap 'rm -rf "$T"' EXIT
RUNS=${RUNS:-5}
mkdir "$T/one" "$T/eight"

printf 'package one~single~std 1\ntree raven/include /usr/include\ntree raven/lib/gcc /usr/lib/gcc\n' |
	"$B/tests/tools/mkpackage" "$T/one" - >/dev/null
for n in 1 2 3 4 5 6 7; do
	printf 'package p%d~single~std 1\n' $n
	find /usr/include -maxdepth 1 -mindepth 1 -type d | sort |
		awk -v n=$n '{ name = $0; sub(".*/", "", name); if (NR % 7 == n - 1) print "tree raven/include/" name, $0 }'
done | "$B/tests/tools/mkpackage" "$T/eight" - >/dev/null
printf 'package p8~single~std 1\ntree raven/lib/gcc /usr/lib/gcc\n' | "$B/tests/tools/mkpackage" "$T/eight" - >/dev/null

ms() { # COMMAND...: its wall time; what others left to be written is not its business
	sync
	begin=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo $((($(date +%s%N) - begin) / 1000000))
}
ours() { # FOLDER ROOT
	set -- "$1" "$2" "$1"/*.rvn
	folder=$1 root=$2
	shift 2
	: "$folder"
	for file; do
		set -- "$@" "+$file"
		shift
	done
	"$B/tests/tools/rvntest" "$root" apply "$@"
}
theirs() { # FOLDER ROOT
	for file in "$1"/*.rvn; do
		bsdtar -xf "$file" -C "$2"
	done
}
median() {
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[1], v[NR] }'
}

for set in one eight; do
	i=0
	cat "$T/$set"/*.rvn >/dev/null
	while [ "$i" -le "$RUNS" ]; do
		mkdir -p "$T/root/$set-ours-$i" "$T/root/$set-theirs-$i"
		a=$(ms ours "$T/$set" "$T/root/$set-ours-$i")
		b=$(ms theirs "$T/$set" "$T/root/$set-theirs-$i")
		# the first pair warms up
		[ "$i" = 0 ] || { echo "$a" >>"$T/$set.ours"; echo "$b" >>"$T/$set.theirs"; }
		i=$((i + 1))
	done
	[ "$set" = one ] && name=install_vs_bsdtar || name=install_several_vs_bsdtar
	median <"$T/$set.ours" >"$T/a"
	median <"$T/$set.theirs" >"$T/b"
	paste -d ' ' "$T/a" "$T/b" | awk -v name="$name" '{ printf "bench %s %.2f ratio\n# ours %d ms (%d to %d), bsdtar %d ms (%d to %d)", name, $1 / $4, $1, $2, $3, $4, $5, $6 }'
	echo ", $(find "$T/root/$set-theirs-1" | wc -l) entries, $(du -sm "$T/root/$set-theirs-1" | cut -f 1) MiB"
done
