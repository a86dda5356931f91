#!/bin/sh
# SPDX-License-Identifier: ISC
# One flipped byte, anywhere in what rvn reads from a repository, is refused, named, and changes nothing; so are
# rollback, freeze, mix and match, a wrong key, and a file longer than signed.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

# thousands of updates, each with its fsyncs
if [ -w /dev/shm ]; then
	W=$(mktemp -d /dev/shm/ravensys-test.XXXXXX)
	at_exit "rm -rf $W"
else
	W=$T
fi
ABI=linux-x86_64-test.1
NOW=1800000000
DAY=86400
RV_TEST_NOW=$NOW
export RV_TEST_NOW

package() { "$TOOLS/mkpackage" "$W/packages/$ABI" - >/dev/null; }
publish() { "$TOOLS/mkrepo" "$@" "$W/keys" "$W/packages" "$W/repo" >/dev/null; }
file_of() { find "$W/repo/$1" -name "$2" | sort | tail -n 1; }

mkdir -p "$W/packages/$ABI"
printf 'package small~primary~std 1.0\ncomment A small one\nfile raven/small 0644 small\n' | package
{
	echo 'package large~primary~std 1.0'
	echo 'comment A large one'
	echo 'big raven/large/a 0644 300000 1'
	echo 'big raven/large/b 0644 70000 2'
	echo 'link raven/large/c a'
} | package
ok 'a repository' publish

# a root with nothing in it but its configuration, trusting by fingerprint
new_root() {
	rm -rf "$W/root"
	mkdir -p "$W/root/raven/etc/rvn/repos"
	printf 'url= %s\nabi= linux:x86_64:test.1\nfingerprint= %s\n' "$W/repo" \
		"$(sha256sum <"$W/repo/metadata/1.root.json" | cut -d' ' -f1)" \
		>"$W/root/raven/etc/rvn/repos/test.conf"
}
rvn() { "$RVN" -r "$W/root" -y "$@"; }
new_root
ok 'the catalogue' rvn catalog --force
ok 'a package' rvn install large
ok 'is there' rvn check
ok 'and goes' rvn remove large

# --- flips: FILE NAME [OPTION ...]; a client that knows nothing yet each time
flips() {
	flips_file=$1
	flips_name=$2
	shift 2
	ok "$(basename "$flips_file" | cut -c1-40) $*" "$TOOLS/flip" -x "$W/root/raven/var/db/rvn/tuf" \
		-x "$W/root/raven/var/cache/rvn" -k "$W/root" "$@" "$flips_file" "$flips_name" \
		"$RVN" -r "$W/root" -y catalog --force
}
M=$W/repo/metadata
flips "$M/1.root.json" 1.root.json
flips "$M/timestamp.json" timestamp.json
flips "$M/1.snapshot.json" snapshot.json
flips "$M/1.targets.json" targets.json
flips "$M/1.$ABI.json" "$ABI.json"
for file in "$M/1.root.json" "$M/timestamp.json" "$M/1.snapshot.json" "$M/1.targets.json" "$M/1.$ABI.json"; do
	flips "$file" "$(basename "$file" | sed 's/^[0-9]*\.\(.*\)/\1/')" -b 32 -c 150 -s 1
done
catalog=$(file_of targets '*.catalog.sqlite.zst')
flips "$catalog" catalog.sqlite.zst -c 500 -s 2

# --- packages: with a catalogue that is trusted
ok 'the catalogue again' rvn catalog --force
packages() {
	packages_file=$(file_of targets "*.$1~primary~std~1.0.rvn")
	shift
	ok "$(basename "$packages_file" | cut -c60-) $*" "$TOOLS/flip" -x "$W/root/raven/var/cache/rvn/packages" \
		-k "$W/root" "$@" "$packages_file" "$name~primary~std~1.0" "$RVN" -r "$W/root" -y install "$name"
}
name=small
packages small
packages small -b 128 -c 50 -s 3
name=large
packages large -c 1000 -s 4
ok 'the right one' rvn install large small
ok 'is there' rvn check

# --- longer than signed
longer() {
	cp "$1" "$W/kept"
	printf ' ' >>"$1"
	rm -rf "$W/root/raven/var/db/rvn/tuf" "$W/root/raven/var/cache/rvn"
	runs 1 "longer: $(basename "$1" | cut -c1-40)" rvn catalog --force
	like "$err" "$2" 'is named'
	head -c 20000000 /dev/zero >>"$1"
	runs 1 'endless' rvn catalog --force
	like "$err" "$2" 'is named'
	cp "$W/kept" "$1"
}
longer "$M/1.root.json" root.json
longer "$M/timestamp.json" timestamp.json
longer "$M/1.snapshot.json" snapshot.json
longer "$M/1.targets.json" targets.json
longer "$M/1.$ABI.json" "$ABI.json"
longer "$catalog" catalog.sqlite.zst
ok 'and then the truth' rvn catalog --force
rm "$W/packages/$ABI/large~primary~std~1.0.rvn"
ok 'remove both' rvn remove large small
file=$(file_of targets '*.small~primary~std~1.0.rvn')
cp "$file" "$W/kept"
cat "$W/kept" "$W/kept" >"$W/twice" && cp "$W/twice" "$file"
runs 1 'longer: a package' rvn install small
like "$err" 'small~primary~std~1.0' 'is named'
cp "$W/kept" "$file"

# --- rollback, mix and match: two states of the repository
cp -a "$W/repo" "$W/repo1"
printf 'package other~primary~std 1.0\ncomment Another\nfile raven/other 0644 other\n' | package
ok 'another state' publish
cp -a "$W/repo" "$W/repo2"
state() { rm -rf "$W/repo" && cp -a "$W/$1" "$W/repo"; }
ok 'is accepted' rvn catalog --force
state repo1
runs 1 'rollback' rvn catalog --force
like "$err" 'timestamp.json: has version 1, but version 2 was accepted before' 'is refused'
like "$(rvn search other)" 'other~primary~std' 'and the newer catalogue stays'
mixture() {
	state repo2
	cp "$W/repo1/$1" "$W/repo/$2"
	new_root
	runs 1 "mixture: $(basename "$2" | cut -c60-)" rvn catalog --force
	like "$err" "$3" 'is refused'
}
mixture metadata/1.snapshot.json metadata/2.snapshot.json snapshot.json
mixture "metadata/1.$ABI.json" "metadata/2.$ABI.json" "$ABI.json"
for file in "$W/repo2/targets/$ABI"/*.catalog.sqlite.zst; do
	file=targets/$ABI/$(basename "$file")
	[ -f "$W/repo1/$file" ] || mixture "${catalog#"$W/repo/"}" "$file" catalog.sqlite.zst
done

# --- freeze
state repo2
new_root
ok 'before the end' env RV_TEST_NOW=$((NOW + 14 * DAY - 1)) "$RVN" -r "$W/root" catalog --force
runs 1 'freeze' env RV_TEST_NOW=$((NOW + 14 * DAY)) "$RVN" -r "$W/root" catalog --force
like "$err" 'timestamp.json: expired on 2027-.*--allow-expired' 'is refused, with the way out'
ok 'which is taken' env RV_TEST_NOW=$((NOW + 14 * DAY)) "$RVN" -r "$W/root" --allow-expired catalog --force

# --- another key: the same packages, published by somebody else
new_root
rm -rf "$W/repo"
ok 'another publisher' "$TOOLS/mkrepo" "$W/keys2" "$W/packages" "$W/repo"
runs 1 'a wrong fingerprint' rvn catalog --force
like "$err" '1.root.json: not what the fingerprint' 'is refused'
cp "$W/repo/metadata/timestamp.json" "$W/timestamp.json"
state repo2
cp "$W/timestamp.json" "$W/repo/metadata/timestamp.json"
runs 1 'a wrong key' rvn catalog --force
like "$err" 'timestamp.json: signed by 0 of the 1 keys' 'is refused'
state repo2
ok 'the right publisher' rvn catalog --force
ok 'installs' rvn install small other
finish
