#!/bin/sh
# SPDX-License-Identifier: ISC
# What commands over whole trees of recipes take, with a warm page cache. Over 4,000 made-up ports: tree_index_ms and
# tree_status_first_ms (nothing was kept), tree_status_unchanged_ms, tree_memory_kib (the largest process of all).
# With RAVENSOURCE, CONSPIRACY and ORIGINAL the same and more over the public trees, as ratios to the program whose
# recipes we read, the runs of both taking turns: tree_*_vs_original. Medians of ROUNDS (5) runs.
# shellcheck source-path=SCRIPTDIR source=../tests/testlib.sh
. "$(dirname "$0")/../tests/testlib.sh"
# testlib.sh counts from a test's folder, which lies one deeper
TOP=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../tests/original.sh
. "$(dirname "$0")/../tests/original.sh"

HOME=$T/home
XDG_CACHE_HOME=$T/cache
export HOME XDG_CACHE_HOME
ROUNDS=${ROUNDS:-5}
scans=$T/cache/ravenadm/scan
mkdir -p "$T/times"

timed() { # NAME STATUS COMMAND ...: a line of times/NAME
	timed_name=$1 timed_status=$2
	shift 2
	"$TOOLS/timed" "$@" >"$T/timed" || exit 1
	read -r timed_ms timed_kib timed_got timed_cpu <"$T/timed"
	[ "$timed_got" = "$timed_status" ] || { echo "bench_tree: $* failed" >&2; exit 1; }
	echo "$timed_ms" >>"$T/times/$timed_name"
	echo "$timed_cpu" >>"$T/times/${timed_name}_cpu"
	echo "$timed_kib" >>"$T/times/memory"
}

of() { # NAME KIND: median, least or most
	sort -n "$T/times/$1" | awk -v kind="$2" '{ v[NR] = $1 }
	    END { print kind == "median" ? v[int((NR + 1) / 2)] : kind == "least" ? v[1] : v[NR] }'
}

figure() { # NAME
	echo "bench $1_ms $(of "$1" median) ms"
	echo "# $1: $ROUNDS runs, $(of "$1" least) to $(of "$1" most) ms"
}

# ours NAME OPTIONS: the commands, from nothing kept on
ours() {
	ours_name=$1
	shift
	rm -rf "$scans"
	timed "${ours_name}_index" 0 "$RAVENADM" dev generate-index --output "$T/index" "$@"
	timed "${ours_name}_index_unchanged" 0 "$RAVENADM" dev generate-index --output "$T/index" "$@"
	rm -rf "$scans"
	timed "${ours_name}_status_first" 0 "$RAVENADM" status-everything --platform linux:x86_64:4.4 "$@"
	timed "${ours_name}_status_unchanged" 0 "$RAVENADM" status-everything --platform linux:x86_64:4.4 "$@"
}

"$TOOLS/gentree" "$T/source" 4000 || exit 1
for _ in $(seq "$ROUNDS"); do
	ours tree --mk "$TOP/mk" --tree "$T/source"
done
for name in tree_index tree_index_unchanged tree_status_first tree_status_unchanged; do
	figure $name
done
echo "bench tree_memory_kib $(of memory most) KiB"

if ! original_can_run || [ ! -d "${CONSPIRACY:-}/Mk" ] || [ ! -d "${RAVENSOURCE:-}" ]; then
	echo "# no ratios: they need RAVENSOURCE, CONSPIRACY and ORIGINAL"
	test_ending=1
	exit 0
fi

cp -r "$CONSPIRACY" "$T/theirs"
rm -f "$T/times/memory"

theirs() { # NAME TREE COMMAND ...
	theirs_name=$1 theirs_tree=$2
	shift 2
	# shellcheck disable=SC2034 # original.sh reads it
	original_writable=yes
	original_setup "$T/original" "$theirs_tree"
	original_enter "$TOOLS/timed" "$ORIGINAL" "$@" >"$T/timed" || exit 1
	read -r theirs_ms _ _ theirs_cpu <"$T/timed"
	echo "$theirs_ms" >>"$T/times/$theirs_name"
	echo "$theirs_cpu" >>"$T/times/${theirs_name}_cpu"
}

round() { # NUMBER
	theirs original_index "$T/theirs" dev generate-index
	theirs original_status "$T/theirs" status-everything
	theirs original_firefox "$T/theirs" status firefox
	ours public --tree "$CONSPIRACY"
	timed public_firefox 0 "$RAVENADM" status --platform linux:x86_64:4.4 --tree "$CONSPIRACY" firefox
	# fresh folders, nothing is deleted before: ext4 would look long for inodes that were not in use just now
	mkdir "$T/made$1"
	cp -r "$CONSPIRACY/Mk" "$T/made$1/Mk"
	theirs original_sheets "$T/made$1" dev generate-conspiracy "$RAVENSOURCE"
	timed public_sheets 0 "$RAVENADM" dev generate-conspiracy --mk "$CONSPIRACY/Mk" \
	    --platform linux:x86_64:4.4 --output "$T/compiled$1" "$RAVENSOURCE"
}
for number in $(seq "$ROUNDS"); do
	round "$number"
done
[ "$(find "$T"/made1/bucket_* -type f | wc -l)" = "$(find "$T"/compiled1/bucket_* -type f | wc -l)" ] ||
	echo "# the two did not make as many sheets" >&2

ratio() { # NAME OURS THEIRS
	echo "bench $1_vs_original $(awk -v a="$(of "$2" median)" -v b="$(of "$3" median)" 'BEGIN { printf "%.4f", a / b }') times"
	echo "# $1: $(of "$2" median) ms, $(of "$2" least) to $(of "$2" most)," \
	    "against $(of "$3" median) ms, $(of "$3" least) to $(of "$3" most); $ROUNDS runs each;" \
	    "processor $(of "$2_cpu" median) ms against $(of "$3_cpu" median)"
}
ratio tree_index public_index original_index
ratio tree_index_unchanged public_index_unchanged original_index
ratio tree_status_first public_status_first original_status
ratio tree_status_unchanged public_status_unchanged original_status
ratio tree_status_port public_firefox original_firefox
ratio tree_sheets public_sheets original_sheets
echo "bench tree_public_memory_kib $(of memory most) KiB"
test_ending=1
