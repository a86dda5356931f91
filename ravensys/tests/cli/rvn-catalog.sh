#!/bin/sh
# SPDX-License-Identifier: ISC
# catalog: configuration, freshness, expiry, unreachable and untrusted repositories, priorities.
# shellcheck source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

now=$(date +%s)
day=86400
packages <<'END'
package a~primary~std 1
file raven/a 644 a
END
publish
new_root "$T/root"
conf=$ROOT/raven/etc/rvn/repos/test.conf

# configuration
mkdir -p "$T/empty"
runs 1 "no such root" "$RVN" -r "$T/none" info
like "$err" 'no such folder' "it says so"
runs 0 "info of an empty root" "$RVN" -r "$T/empty" info
ok "reading made nothing" test ! -e "$T/empty/raven"
runs 1 "no repository" "$RVN" -r "$T/empty" catalog
like "$err" 'no repository is configured' "the way out"
cp "$conf" "$T/conf"
echo 'colour= red' >>"$conf"
runs 1 "unknown key" rvn catalog
like "$err" 'test.conf:4: ' "with file and line"
grep -v ^url "$T/conf" >"$conf"
runs 1 "missing url" rvn catalog
like "$err" "test.conf: .*url" "it is named"
cp "$T/conf" "$conf"
echo 'enabled= no' >>"$conf"
runs 1 "disabled" rvn catalog
cp "$T/conf" "$conf"
echo 'catalog_hours= often' >"$ROOT/raven/etc/rvn/rvn.conf"
runs 1 "bad rvn.conf" rvn catalog
like "$err" "rvn.conf:1: catalog_hours: 'often': wanted a number" "with line and what is wanted"
echo 'keep_packages= perhaps' >"$ROOT/raven/etc/rvn/rvn.conf"
runs 1 "bad yes or no" rvn catalog
rm "$ROOT/raven/etc/rvn/rvn.conf"
runs 1 "-o of an unknown key" rvn -o colour=red catalog
runs 1 "-o without a value" rvn -o catalog_hours catalog
runs 1 "-o at" rvn -o at=2026-01-01 catalog

# freshness
runs 0 "catalog" rvn catalog
like "$out" '^test: 1 packages, good until 20' "counts"
packages <<'END'
package b~primary~std 1
file raven/b 644 b
END
publish
runs 0 "catalog soon after" rvn catalog
like "$out" '1 packages' "the old one"
runs 0 "catalog with catalog_hours=0" rvn -o catalog_hours=0 catalog
like "$out" '2 packages' "the new one"
runs 0 "catalog --json" rvn --json catalog --force
like "$out" '^\{"changed":0,"repositories":\[\{"name":"test","packages":2,"expires":"20' "JSON"

# unreachable
mv "$T/repo" "$T/away"
runs 1 "catalog --force of a repository that is away" rvn catalog --force
like "$err" 'repository test: ' "it is named"
runs 0 "install goes on with a good catalogue" env RV_TEST_NOW=$((now + 2 * day)) "$RVN" -r "$ROOT" -n install a
mv "$T/away" "$T/repo"
sed 's|^url=.*|url= http://127.0.0.1:9/repo|' "$T/conf" >"$conf"
runs 1 "no server" rvn catalog --force
like "$err" '127.0.0.1' "the address is named"
runs 1 "no server, no catalogue" env "RV_TEST_NOW=$((now + 15 * day))" "$RVN" -r "$ROOT" install -y a
cp "$T/conf" "$conf"

# expiry: 14 days for the timestamp
warn=$(RV_TEST_NOW=$((now + 12 * day)) rvn -n install a 2>&1)
like "$warn" 'timestamp.json expires at' "a warning before the end"
runs 1 "past the end" env RV_TEST_NOW=$((now + 15 * day)) "$RVN" -r "$ROOT" install -y a
like "$err" 'expired' "it says so"
like "$err" 'timestamp.json' "and names the file"
runs 1 "past the end, dry" env RV_TEST_NOW=$((now + 15 * day)) "$RVN" -r "$ROOT" -n install a
like "$err" '\-\-allow-expired' "the way out"
runs 0 "--allow-expired" env RV_TEST_NOW=$((now + 15 * day)) "$RVN" -r "$ROOT" --allow-expired install -y a
like "$err" 'expired' "said aloud"
runs 0 "remove past the end" env RV_TEST_NOW=$((now + 15 * day)) "$RVN" -r "$ROOT" remove -y a
RV_TEST_NOW=$((now + 10 * day)) refresh
runs 0 "refreshed" env RV_TEST_NOW=$((now + 15 * day)) "$RVN" -r "$ROOT" catalog

# trust
"$TOOLS/mkrepo" "$T/keys2" "$T/packages" "$T/repo2" >/dev/null
sed "s|^url=.*|url= $T/repo2|" "$T/conf" >"$conf"
runs 1 "another repository's signatures" rvn catalog --force
like "$err" 'json' "a file is named"
cp "$T/conf" "$conf"
sum=$(sha256sum "$T/repo/metadata/1.root.json" | cut -d' ' -f1)
new_root "$T/print"
printf 'url= %s\nabi= %s\nfingerprint= %s\n' "$T/repo" "$ABI" "$sum" >"$ROOT/raven/etc/rvn/repos/test.conf"
runs 0 "trust by fingerprint" env RV_TEST_NOW=$((now + 10 * day)) "$RVN" -r "$ROOT" catalog
new_root "$T/print2"
printf 'url= %s\nabi= %s\nfingerprint= %064d\n' "$T/repo" "$ABI" 7 >"$ROOT/raven/etc/rvn/repos/test.conf"
runs 1 "wrong fingerprint" rvn catalog

# a package that was changed in the repository
new_root "$T/flip"
rvn catalog >/dev/null
for f in "$T/repo/targets/$ABI_FILE/files/"*a~primary~std*; do
	cp "$f" "$T/good"
	printf X | dd of="$f" bs=1 seek=200 conv=notrunc 2>/dev/null
	before=$(tree "$ROOT")
	runs 1 "a flipped byte in a package" rvn install -y a
	like "$err" 'a~primary~std~1.rvn' "the package is named"
	is "$(tree "$ROOT")" "$before" "and nothing changed"
	cp "$T/good" "$f"
done
runs 0 "good again" rvn install -y a
# what is wrong with repositories stops only what needs them
new_root "$T/wrong"
runs 0 "install" rvn install -y a
echo nonsense >"$ROOT/raven/etc/rvn/repos/wrong.conf"
for command in info check history "which /raven" "-n remove a" "exec true" "remove -y a" autoremove; do
	# shellcheck disable=SC2086
	run rvn $command
	is "$status" 0 "a wrong configuration of a repository: $command"
done
for command in "install -y a" "search a" catalog "-n catalog" upgrade; do
	# shellcheck disable=SC2086
	runs 1 "a wrong configuration of a repository: $command" rvn $command
	like "$err" '^rvn: wrong.conf:1: ' "$command: it is told"
done
{
	echo "url= file://$T/nowhere"
	echo "abi= $ABI"
	echo "root= test.root.json"
} >"$ROOT/raven/etc/rvn/repos/aaa.conf"
rm "$ROOT/raven/etc/rvn/repos/wrong.conf"
touch -d '2 days ago' "$ROOT/raven/var/db/rvn/tuf/test/timestamp.json"
runs 1 "one of two repositories is away" rvn catalog
like "$err" '^rvn: repository aaa: ' "it is named"
ok "the other is renewed" test "$(find "$ROOT/raven/var/db/rvn/tuf/test/timestamp.json" -mmin -60)"
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$T" "$ROOT"
	chmod 600 "$ROOT/raven/etc/rvn/repos/test.conf"
	runs 0 "a configuration that only root may read: info" as_user "$RVN" -r "$ROOT" info
	runs 1 "a configuration that only root may read: search" as_user "$RVN" -r "$ROOT" search a
	like "$err" 'test.conf.*Permission denied' "it is told"
else
	skip 3 "needs root"
fi
finish
