#!/bin/sh
# SPDX-License-Identifier: ISC
# Repositories over HTTP, with mirrors; several repositories with priorities.
# shellcheck source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
no_proxy=127.0.0.1
export no_proxy

packages <<'END'
package a~primary~std 1
file raven/a 644 a of the first
package both~primary~std 2
file raven/both 644 newer, of the first
END
publish

# a server that ends with its standard input
mkfifo "$T/stdin"
"$TOOLS/testhttpd" -l "$T/log" "$T" <"$T/stdin" >"$T/port" &
server=$!
exec 9>"$T/stdin"
at_exit "exec 9>&-; kill $server 2>/dev/null"
i=0
until [ -s "$T/port" ] || [ $i = 100 ]; do
	i=$((i + 1))
	sleep 0.05
done
url=http://127.0.0.1:$(cat "$T/port")

conf() { # NAME LINE ...
	printf '%s\n' "$@" | sed 1d >"$ROOT/raven/etc/rvn/repos/$1.conf"
}

new_root "$T/root"
conf test "url= $url/ok/repo" "abi= $ABI" "root= test.root.json"
runs 0 "catalog over HTTP" rvn catalog
runs 0 "install over HTTP" rvn install -y a
is "$(cat "$ROOT/raven/a")" "a of the first" "the file is there"
rvn remove -y a >/dev/null

new_root "$T/mirrored"
conf test "url= $url/status/503" "mirrors= http://127.0.0.1:9/nobody $url/ok/repo" "abi= $ABI" "root= test.root.json"
runs 0 "a mirror takes over" rvn install -y a

new_root "$T/cut"
conf test "url= $url/status/404" "abi= $ABI" "root= test.root.json"
runs 1 "a server that has no such repository" rvn install -y a
like "$err" "repository test: .*" "it is named"
ok "nothing is installed" test ! -e "$ROOT/raven/a"
new_root "$T/long"
conf test "url= $url/endless/repo" "abi= $ABI" "root= test.root.json"
runs 1 "a server that never ends" timeout 60 "$RVN" -r "$ROOT" install -y a
ok "nothing is installed" test ! -e "$ROOT/raven/a"

# priorities
first=$T/repo
STORE=$T/packages2/$ABI_FILE
mkdir -p "$STORE"
packages <<'END'
package both~primary~std 1
file raven/both 644 older, of the second
package own~primary~std 1
require both~primary~std
file raven/own 644 of the second
END
"$TOOLS/mkrepo" "$T/keys2" "$T/packages2" "$T/repo2" >/dev/null
new_root "$T/two"
cp "$T/repo2/metadata/1.root.json" "$ROOT/raven/etc/rvn/repos/second.root.json"
conf test "url= $first" "abi= $ABI" "root= test.root.json"
conf second "url= $T/repo2" "abi= $ABI" "root= second.root.json" "priority= 5"
runs 0 "install with two repositories" rvn install -y own
is "$(cat "$ROOT/raven/both")" "older, of the second" "the priority decides, not the version"
like "$(rvn --json info both)" '"repository":"second"' "and is recorded"
runs 0 "search names each offer" rvn --json search both
is "$(printf '%s' "$out" | grep -o '"repository"' | wc -l)" 2 "both are shown"
conf second "url= $T/repo2" "abi= $ABI" "root= second.root.json" "priority= 5" "enabled= no"
runs 0 "upgrade when the preferred one is gone" rvn upgrade -y
is "$(cat "$ROOT/raven/both")" "newer, of the first" "takes the newer one"
finish
