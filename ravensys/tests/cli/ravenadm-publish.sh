#!/bin/sh
# SPDX-License-Identifier: ISC
# key generate, generate-repository, serve: what they print, write and refuse.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

adm() { "$RAVENADM" -C "$T/r.ini" "$@"; }

ok 'a profile' adm configure --init "$T/q"

runs 1 'no keys: refused' adm generate-repository
like "$err" 'online.key: there is none.*ravenadm key generate' 'with the way out'
runs 0 'key generate' adm key generate
like "$out" 'root\.key .*take it off this machine' 'says that root goes away'
like "$out" 'targets\.key .*take it off this machine' 'says that targets goes away'
is "$(stat -c %a "$T"/q/keys/*.key | sort -u)" 600 'secret halves are mode 0600'
sums=$(cat "$T"/q/keys/* | sha256sum)
runs 1 'a second time: refused' adm key generate
like "$err" 'key root is there already' 'and says why'
is "$(cat "$T"/q/keys/* | sha256sum)" "$sums" 'nothing was written over'

runs 1 'a key of another name' adm key generate online2
like "$err" 'keys are root, targets, online and abi' 'is refused'

runs 0 'generate-repository' adm generate-repository
like "$out" '^published version 1: 0 packages' 'says what it did'
print=$(sha256sum <"$T/q/repo/metadata/1.root.json" | cut -d' ' -f1)
like "$out" "^fingerprint of the first root: $print\$" 'tells the fingerprint'
tree=$(cd "$T/q/repo" && find . -type f ! -name .lock -exec sha256sum {} + | sort)
runs 0 'again' adm generate-repository
like "$out" '^nothing to publish: version 1' 'does nothing'
is "$(cd "$T/q/repo" && find . -type f ! -name .lock -exec sha256sum {} + | sort)" "$tree" 'and writes nothing'
runs 0 'refresh' adm --json generate-repository --refresh
like "$out" '"changed":true,.*"version":2,.*"expires_file":"timestamp.json"' 'renews'

# who signs by command
cat >"$T/sign" <<'S'
#!/bin/sh
# $1: hexadecimal seed as an Ed25519 private key in DER
in=$(mktemp) && der=$(mktemp) && cat >"$in" &&
printf '302e020100300506032b657004220420%s' "$1" | xxd -r -p >"$der" &&
openssl pkeyutl -sign -rawin -in "$in" -inkey "$der" -keyform DER
status=$?
rm -f "$in" "$der"
exit $status
S
chmod +x "$T/sign"
if command -v xxd >/dev/null && command -v openssl >/dev/null; then
	seed=$(sed 's/.*"private":"\([0-9a-f]*\)".*/\1/' "$T/q/keys/online.key")
	mv "$T/q/keys/online.key" "$T/online.key"
	ok 'a signing command' adm configure set sign_online "$T/sign $seed"
	runs 0 'signs in place of the key file' adm generate-repository --refresh
	like "$out" '^published version 3' 'the next version'
	ok 'a command that fails' adm configure set sign_online false
	runs 1 'is an error' adm generate-repository --refresh
	like "$err" 'signing command of key online: .*exit status 1' 'that names the key'
	ok 'a command that signs nothing' adm configure set sign_online true
	runs 1 'is an error too' adm generate-repository --refresh
	like "$err" 'signing command of key online: gave 0 bytes' 'that says so'
	ok 'another key' adm configure set sign_online \
		"$T/sign 0000000000000000000000000000000000000000000000000000000000000000"
	runs 1 'is an error as well' adm generate-repository --refresh
	like "$err" 'not a signature by online.pub' 'that says so'
	mv "$T/online.key" "$T/q/keys/online.key"
else
	skip 12 'no xxd or openssl'
fi
chmod 644 "$T/q/keys/online.key"
runs 1 'a key that others can read' adm generate-repository
like "$err" 'online.key: others may read it: chmod 600 it' 'is refused'
chmod 600 "$T/q/keys/online.key"

# a lost key: clients follow from root to root, those that were there before and those that begin with the first one
client() { # NAME
	mkdir -p "$T/$1/raven/etc/rvn/repos"
	cp "$T/q/repo/metadata/1.root.json" "$T/$1/raven/etc/rvn/repos/q.root.json"
	printf 'url= %s\nabi= %s\nroot= q.root.json\n' "$T/q/repo" "$abi" >"$T/$1/raven/etc/rvn/repos/q.conf"
}
abi=$(find "$T/q/repo/metadata" -name '1.linux-*.json' ! -name '*-files*' -printf '%f' |
	sed 's/^1\.\([^-]*\)-\([^-]*\)-\(.*\)\.json$/\1:\2:\3/')
client before
runs 0 'a client of the first root' "$RVN" -r "$T/before" catalog
cp -a "$T/q/repo" "$T/older"
rm "$T/q/keys/online.key" "$T/q/keys/online.pub"
runs 0 'one key alone' adm --json key generate online
like "$out" '"keys":\[\{"name":"online","keyid":"[0-9a-f]{64}"\}\]' 'is told'
ok 'publish with it' adm generate-repository
ok 'root 2 names it' test -f "$T/q/repo/metadata/2.root.json"
runs 0 'a client that was there follows' "$RVN" -r "$T/before" catalog --force
client after
runs 0 'so does one that begins with the first root' "$RVN" -r "$T/after" catalog
sed -i "s|^url=.*|url= $T/older|" "$T/before/raven/etc/rvn/repos/q.conf"
runs 1 'who followed takes nothing of the lost key any more' "$RVN" -r "$T/before" catalog --force
like "$err" '^rvn: repository q: timestamp\.json: ' 'and names the file'

# serve
serve "$T/r.ini"
like "$url" '^http://127\.0\.0\.1:[1-9][0-9]*/$' 'serve says where'
code() { curl -s -o /dev/null --path-as-is -w '%{http_code}' "$@"; }
is "$(curl -s "${url}repo/metadata/timestamp.json" | sha256sum)" \
	"$(sha256sum <"$T/q/repo/metadata/timestamp.json")" 'gives a file'
catalog=$(cd "$T/q/repo" && find targets -name '*.catalog.sqlite.zst' | head -n 1)
is "$(curl -s -r 3-6 "${url}repo/$catalog" | od -An -tx1)" \
	"$(tail -c +4 "$T/q/repo/$catalog" | head -c 4 | od -An -tx1)" 'a range'
is "$(curl -s -r -5 "${url}repo/$catalog" | od -An -tx1)" \
	"$(tail -c 5 "$T/q/repo/$catalog" | od -An -tx1)" 'a range from the end'
is "$(code -r 99999999- "${url}repo/$catalog")" 416 'a range outside'
sum=$(basename "$catalog" .catalog.sqlite.zst)
like "$(curl -sI "${url}repo/$catalog")" "^ETag: \"$sum\"" 'an immutable file has its sum as ETag'
is "$(code -H "If-None-Match: \"$sum\"" "${url}repo/$catalog")" 304 'which need not be sent again'
is "$(code -I "${url}repo/$catalog")" 200 'HEAD'
like "$(curl -s "${url}repo/metadata/")" '1\.root\.json' 'a folder is listed'
is "$(code "${url}repo/metadata")" 301 'under its name with a slash'
is "$(code "$url")" 200 'an index page'
is "$(code "${url}logs/")" 200 'the logs'
for path in repo/.lock repo/../keys/online.key repo/%2e%2e/keys/online.key repo/..%2fkeys/online.key nothing \
	repo/nothing keys/online.key //repo/ repo/metadata//timestamp.json repo/metadata/timestamp.json/; do
	is "$(code "$url$path")" 404 "not there: /$path"
done
ln -s ../keys/online.key "$T/q/repo/link"
is "$(code "${url}repo/link")" 404 'links are not followed'
is "$(code -X POST -d x "$url")" 405 'POST'
is "$(code -X DELETE "${url}repo/$catalog")" 405 'DELETE'
runs 1 'the same address twice' adm serve --listen "$(echo "$url" | sed 's,http://\(.*\)/,\1,')"
like "$err" 'listen on 127.*: Address already in use' 'is refused'
for bad in x 127.0.0.1 127.0.0.1:x 127.0.0.1:70000 host:80 '[::1:80'; do
	runs 1 "listen on $bad" adm serve --listen "$bad"
	like "$err" 'not an address' 'is no address'
done
kill -TERM "$server"
wait "$server"
is $? 0 'SIGTERM ends it'
finish
