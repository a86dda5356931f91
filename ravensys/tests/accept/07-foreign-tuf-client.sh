#!/bin/sh
# SPDX-License-Identifier: ISC
# An independent client of The Update Framework (npm's tuf-js, installed here for the test alone) gets the catalogue and
# a package over `ravenadm serve`, and refuses what it must. Only in check-long: it asks the npm registry.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

command -v node >/dev/null || skip_all 'no node'
command -v npm >/dev/null || skip_all 'no npm'
# the newest that runs on this node
case $(node --version) in
v18.*) version=3.0.1 ;;
*) version=5.0.1 ;;
esac
mkdir "$T/npm"
(cd "$T/npm" && npm install --no-audit --no-fund --loglevel=error "tuf-js@$version") >"$T/npm.log" 2>&1 ||
	skip_all "npm cannot install tuf-js: $(tail -n 1 "$T/npm.log")"
note "tuf-js $version on node $(node --version)"

adm() { "$RAVENADM" -C "$T/r.ini" "$@"; }
ABI=linux-x86_64-test.1
NAME=one~primary~std~1.0+2_1,3.rvn
REPO=$T/q/repo
ok 'a profile' adm configure --init "$T/q"
ok 'keys' adm key generate
mkdir -p "$T/q/packages/$ABI"
printf 'package one~primary~std 1.0+2_1,3\ncomment One\nbig raven/one 0644 100000 1\n' |
	"$TOOLS/mkpackage" "$T/q/packages/$ABI" - >/dev/null
ok 'a repository' adm generate-repository

serve "$T/r.ini"
cp "$REPO/metadata/1.root.json" "$T/root.json"
client() {
	client_folder=$1
	shift
	node "$TOP/ravensys/tests/data/tuf-client.js" "$T/npm/node_modules" "$url" "$T/root.json" \
		"$T/$client_folder" "$ABI" "$NAME" "$@" 2>&1
}
sum() { sha256sum <"$1" | cut -d' ' -f1; }
sums() { echo "accepted $(sum "$(find "$REPO/targets/$ABI" -name '*.catalog.sqlite.zst')") $(sum "$T/q/packages/$ABI/$NAME")"; }
state() {
	find "$REPO" -mindepth 1 -delete
	cp -a "$T/$1/." "$REPO/"
}

mkdir "$T/flips"
is "$(client a)" "$(sums)" 'gets the catalogue and a package'
is "$(client a)" "$(sums)" 'once more'
is "$(client flips "$REPO" "${SEED:-1}" 200)" '200 refused' "refuses 200 flips (seed ${SEED:-1})"

# longer than signed
for file in "$REPO/metadata/1.snapshot.json" "$REPO/metadata/1.targets.json" "$REPO/metadata/1.$ABI.json" \
	"$REPO/metadata/1.$ABI-files.json" "$REPO/targets/$ABI"/*.zst "$REPO/targets/$ABI/files"/*; do
	cp -p "$file" "$T/kept"
	cp "$file" "$T/longer" && echo >>"$T/longer"
	rm "$file" && cp "$T/longer" "$file"
	rm -rf "$T/b"
	like "$(client b)" '^refused' "longer than signed: $(basename "$file" | cut -c1-50)"
	cp -p "$T/kept" "$file"
done
cp -p "$REPO/metadata/timestamp.json" "$T/kept"
head -c 20000 /dev/zero | tr '\0' ' ' >>"$REPO/metadata/timestamp.json"
rm -rf "$T/b"
like "$(client b)" '^refused' 'longer than any timestamp'
cp -p "$T/kept" "$REPO/metadata/timestamp.json"
rm -rf "$T/b"
is "$(client b)" "$(sums)" 'accepts the truth'

# rollback, mix and match
cp -a "$REPO" "$T/repo1"
printf 'package two~primary~std 1.0\ncomment Two\nfile raven/two 0644 two\n' |
	"$TOOLS/mkpackage" "$T/q/packages/$ABI" - >/dev/null
ok 'another state' adm generate-repository
cp -a "$REPO" "$T/repo2"
like "$(client a)" '^accepted' 'is accepted'
state repo1
like "$(client a)" '^refused: .*version 1 is less than current version 2' 'rollback is refused'
for file in snapshot "$ABI" "$ABI-files"; do
	state repo2
	cp "$T/repo1/metadata/1.$file.json" "$REPO/metadata/2.$file.json"
	rm -rf "$T/c"
	like "$(client c)" '^refused' "a mixture is refused: $file"
done

# another key; freeze
state repo2
mv "$T/q/keys" "$T/keys1"
ok 'another publisher' adm key generate
find "$REPO" -mindepth 1 -delete
ok 'of the same packages' adm generate-repository
rm -rf "$T/d"
like "$(client d)" '^refused' 'his timestamp is refused'
cp -a "$REPO" "$T/repo3"
state repo2
cp "$T/repo3/metadata/timestamp.json" "$T/repo3/metadata/1.snapshot.json" "$REPO/metadata/"
rm -rf "$T/d"
like "$(client d)" '^refused' 'among the rightful files, too'
rm -rf "$T/q/keys"
mv "$T/keys1" "$T/q/keys"
state repo2
old=$(($(date +%s) - 15 * 86400))
ok 'a timestamp of two weeks ago' env RV_TEST_NOW=$old "$RAVENADM" -C "$T/r.ini" generate-repository --refresh
rm -rf "$T/e"
like "$(client e)" '^refused: .*timestamp.json is expired' 'freeze is refused'
ok 'refresh' adm generate-repository --refresh
like "$(client e)" '^accepted' 'which makes it good again'

# the on-line key replaced: the client follows the chain of roots
ok 'the key goes' rm "$T/q/keys/online.key" "$T/q/keys/online.pub"
ok 'another takes its place' adm key generate online
ok 'publish with it' adm generate-repository
like "$(ls "$REPO/metadata")" '^2\.root\.json$' 'root 2'
like "$(client e)" '^accepted' 'is followed by who knew root 1'
finish
