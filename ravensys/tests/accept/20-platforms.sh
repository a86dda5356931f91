#!/bin/sh
# SPDX-License-Identifier: ISC
# Makefiles and dependency lists for other systems and processors differ from those for linux:x86_64 exactly where the
# recipe says so: VAR_OPSYS, VAR_ARCH, C_USES, B_DEPS and the like, OPT_ON, NOT_FOR, ONLY_FOR, BROKEN, targets of a
# system, modules that look at it. A Python script that shares no code with us reads the buildsheets and says it
# (ravensys/tests/tools/platforms.py): of our own recipes, of a made up tree, in the long run of the public tree.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

command -v python3 >/dev/null || skip_all "python3 is not there"
HOME=$T
export HOME
unset RAVENPROFILE XDG_CACHE_HOME
platforms="linux:x86_64:4.4 freebsd:x86_64:14 dragonfly:x86_64:6.4 netbsd:x86_64:10.1 openbsd:x86_64:7.6
    midnightbsd:x86_64:3.2 sunos:x86_64:5.11 darwin:aarch64:17.7 linux:powerpc64le:4.4 linux:aarch64:5.10"

# compare NAME TREE MK: the compiled tree, for all platforms
compare() {
	pairs=
	for platform in $platforms; do
		folder=$T/$1/$(printf '%s' "$platform" | tr : _)
		for kind in makefile depends; do
			runs 0 "$1: $kind for $platform" "$RAVENADM" -q dev $kind --tree "$2" --mk "$3" --platform "$platform" \
			    --all --output "$folder/$kind"
		done
		pairs="$pairs $platform=$folder"
	done
	# shellcheck disable=SC2086 # a word each
	runs 0 "$1: they differ where the recipes say so" python3 "$TOP/ravensys/tests/tools/platforms.py" "$2" $pairs
	note "$out"
}

# compile TREE MK OUT
compile() {
	runs 0 "compiled: $3" "$RAVENADM" -q dev generate-conspiracy "$1" --mk "$2" --output "$3"
}

mkdir -p "$T/source"
cp -r "$TOP"/ravensys/tests/data/transform/bucket_* "$TOP"/buckets/bucket_* "$TOP"/ravensys/tests/ports/bucket_* "$T/source"
for spec in "$T"/source/bucket_*/*/specification; do
	# the recipes for this test say nothing of themselves
	mkdir -p "${spec%/*}/descriptions"
	for part in primary single dev tools docs; do
		[ -f "${spec%/*}/descriptions/desc.$part" ] || echo "A part." >"${spec%/*}/descriptions/desc.$part"
	done
done
compile "$T/source" "$TOP/ravensys/tests/data/transform/Mk" "$T/sheets"
compare own "$T/sheets" "$TOP/ravensys/tests/data/transform/Mk"
like "$out" ' [1-9][0-9]* differ from it, .* 0 faults$' "and some do differ"

ok "a tree is made up" "$TOOLS/gentree" --seed 20 "$T/made" 400
compile "$T/made" "$TOP/mk" "$T/made-sheets"
compare made "$T/made-sheets" "$TOP/mk"

# the script sees a difference that no recipe says
victim=$(find "$T/own/freebsd_x86_64_14/makefile" -type f | sort | head -n 1)
sed -i 's/^NAMEBASE=.*/&x/' "$victim"
# shellcheck disable=SC2086
runs 1 "a line that differs without a reason is found" python3 "$TOP/ravensys/tests/tools/platforms.py" "$T/sheets" \
    linux:x86_64:4.4="$T/own/linux_x86_64_4.4" freebsd:x86_64:14="$T/own/freebsd_x86_64_14"
like "$out" "$(basename "$victim") for freebsd:x86_64:14: other lines differ" "and named"
sed -i 's/^\(NAMEBASE=.*\)x$/\1/' "$victim"
echo 'BUILD nothing:primary:std' >>"$T/own/freebsd_x86_64_14/depends/$(basename "$victim")"
runs 1 "so is a dependency" python3 "$TOP/ravensys/tests/tools/platforms.py" "$T/sheets" \
    linux:x86_64:4.4="$T/own/linux_x86_64_4.4" freebsd:x86_64:14="$T/own/freebsd_x86_64_14"
like "$out" "more dependencies .*nothing:primary:std" "which is named"

if [ -n "${CONSPIRACY:-}" ]; then
	compare public "$CONSPIRACY" "$CONSPIRACY/Mk"
else
	skip_long 21 "the public tree is not there: CONSPIRACY"
fi
finish
