#!/bin/sh
# SPDX-License-Identifier: ISC
# What is kept of whole trees: where, when it is used, when it is not, and that its loss or damage changes no answer.
# shellcheck disable=SC2119,SC2120 # some calls of index have more options, most have none
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

HOME=$T/home
XDG_CACHE_HOME=$T/cache
export HOME XDG_CACHE_HOME
kept=$T/cache/ravenadm/scan
cp -r "$TOP/buckets" "$T/tree"

index() {
	"$RAVENADM" dev generate-index --mk "$TOP/mk" --tree "$T/tree" --output "$T/out" "$@"
}

version_is() { # NAME VERSION
	like "$(cat "$T/out/fpc_equivalents")" "^$1 $2 " "$1 is $2"
}

ports=$(find "$T/tree" -name specification | wc -l)
runs 0 "the first time" index
like "$out" "^$ports ports, " "every port is there"
is "$(find "$kept" -name '*.scan' | wc -l)" 1 "one file is kept, in the cache of who has no profile"
is "$(find "$kept" -name '*.scan' -perm 600 | wc -l)" 1 "which nobody else may write"
file=$(find "$kept" -name '*.scan')

if command -v strace >/dev/null; then
	traced() {
		strace -f -qq -e trace=openat,execve -o "$T/trace" "$RAVENADM" dev generate-index --mk "$TOP/mk" --tree "$T/tree" --output "$T/out"
	}
	touch -d '1 hour ago' "$T"/tree/bucket_*/*/specification
	sleep 4
	index >"$T/log" 2>&1
	runs 0 "again" traced
	is "$(grep -c 'openat.*specification' "$T/trace")" 0 "no recipe is read when nothing changed"
	is "$(grep -c 'execve' "$T/trace")" 1 "and no worker is started"
	touch "$T"/tree/bucket_*/hello/specification
	runs 0 "a recipe is touched" traced
	is "$(grep -c 'openat.*specification' "$T/trace")" 1 "it alone is read"
else
	skip 5 "no strace"
fi

sed -i 's/^VERSION=.*/VERSION=\t\t97.1/' "$T"/tree/bucket_*/hello/specification
runs 0 "edited" index
version_is hello 97.1
spec=$(echo "$T"/tree/bucket_*/hello/specification)
printf '%s\n' "$(sed 's/^VERSION=.*/VERSION=\t\t97.2/' "$spec")" >"$spec"
runs 0 "edited at once, with the same size and inode" index
version_is hello 97.2

for damage in ':' "head -c 100" "tr 0 1" "sed s/hello/jello/"; do
	$damage <"$file" >"$T/damaged"
	cp "$T/damaged" "$file"
	runs 0 "the kept file is damaged: $damage" index
	version_is hello 97.2
	is "$err" "" "nothing is said"
done
rm -rf "$T/cache"
: >"$T/cache"
runs 0 "nothing can be kept" index
version_is hello 97.2
rm -f "$T/cache"

runs 0 "another mk folder" "$RAVENADM" dev generate-index --mk "$TOP/mk" --tree "$T/tree" --output "$T/out"
rm -rf "${spec%/*}"
runs 0 "a port went" index
like "$out" "^$((ports - 1)) ports, " "and is not listed"

# a cache that cannot be written: a folder is where the file would be renamed to
for kept in "$XDG_CACHE_HOME"/ravenadm/scan/*.scan; do
	rm "$kept"
	mkdir -p "$kept/full"
done
runs 0 "a cache that cannot be written" index
is "$(find "$XDG_CACHE_HOME" -name '.scan-*')" "" "costs time, and leaves nothing"
for kept in "$XDG_CACHE_HOME"/ravenadm/scan/*.scan; do
	rm -r "$kept"
	ln -s /etc/passwd "$kept"
done
runs 0 "one that cannot be opened" index
is "$(find "$XDG_CACHE_HOME" -type l)" "" "is made anew"
rm -r "$XDG_CACHE_HOME"

# specifications that are no files: faults of their ports alone, and nobody waits for a FIFO's writer
cp -r "$T/tree" "$T/odd"
ports=$(find "$T/odd" -name specification | wc -l)
i=0
for spec in "$T"/odd/bucket_*/*/specification; do
	i=$((i + 1))
	rm "$spec"
	case $i in
	1) ln -s /dev/zero "$spec" ;;
	2) mkfifo "$spec" ;;
	3) mkdir "$spec" && break ;;
	esac
done
odd() {
	timeout 60 "$RAVENADM" "$@" --mk "$TOP/mk"
}
for again in first second; do
	runs 1 "ports without a plain file, the $again time" odd status-everything --tree "$T/odd"
	is "$(printf '%s\n' "$err" | grep -c 'specification: not a plain file$')" 3 "are told"
	like "$out" "^lua54:plain " "and the others planned"
done
runs 1 "dumps" odd dev dump --all --output "$T/dumps" --tree "$T/odd"
is "$(find "$T/dumps" -type f | wc -l)" $((ports - 3)) "of the others"
runs 1 "lint" odd dev lint --all --tree "$T/odd"
like "$err" "/sqlite: .*" "goes on to the last"
runs 3 "sheets" odd dev generate-conspiracy "$T/odd" --output "$T/sheets"
like "$out" "^$ports ports: $((ports - 3)) sheets written, .* 3 ports with faults" "of the others"

# a tree that is not mounted
mkdir "$T/bare"
before=$(sha256sum "$T"/out/*)
runs 1 "a tree without ports" "$RAVENADM" dev generate-index --mk "$TOP/mk" --tree "$T/bare" --output "$T/out"
like "$err" "$T/bare: there is no port in it: the index is as it was" "is no index"
is "$(sha256sum "$T"/out/*)" "$before" "nothing is written"

# with a profile: in its folder
runs 0 "a profile" "$RAVENADM" -C "$T/ravenadm.ini" configure --init "$T/profile" --tree "$T/tree" --mk "$TOP/mk"
runs 0 "the profile's trees" "$RAVENADM" -C "$T/ravenadm.ini" status-everything --all
runs 0 "again" "$RAVENADM" -C "$T/ravenadm.ini" status-everything --all
is "$(find "$T/profile/scan" -name '*.scan' | wc -l)" 1 "are kept in its folder"

# the custom tree of the profile
mkdir "$T/custom"
cp -r "$T"/tree/bucket_?? "$T/custom"
hidden=$(sed -n '1s/^.. \([^ ]*\) .*/\1/p' "$T/out/conspiracy_variants")
rm -rf "$T"/tree/bucket_*/"$hidden"
runs 0 "a custom tree" "$RAVENADM" -C "$T/ravenadm.ini" configure set directory_unkindness "$T/custom"
runs 0 "is read with the other" "$RAVENADM" -C "$T/ravenadm.ini" status-everything --all
like "$out" "^$hidden:" "with what it alone has"
runs 0 "but an index is of the published tree" "$RAVENADM" -C "$T/ravenadm.ini" dev generate-index --output "$T/out"
unlike "$(cat "$T/out/conspiracy_variants")" "^.. $hidden " "alone"

set --
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
	mkdir "$T/tree$i"
	set -- "$@" --tree "$T/tree$i"
done
runs 1 "fourteen trees more" index "$@"
like "$err" "at most 13 trees" "are too many"

"$RAVENADM" --worker scan --request /dev/stdin >"$T/log" 2>&1 <<'EOR'
{"v":1,"kind":"scan","id":1,"body":{"what":"tree","trees":["x"],"heads":true}}
EOR
like "$(cat "$T/log")" "tree scan request: 0 descriptors came with it" "a request without its descriptors is refused"
finish
