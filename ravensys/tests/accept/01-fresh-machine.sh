#!/bin/sh
# SPDX-License-Identifier: ISC
# A bare root, a clone, the README's two commands; how long each took. Only in check-long.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root"
"$TOP/ravensys/tests/fresh-machine.sh" "$T/machine" >"$T/log" 2>&1
is "$?" 0 "the two commands work on a fresh machine"
note "$(grep -E '^fresh |^Files=|^Result|^(not ok|#.*SKIP)' "$T/log")"
[ "$test_failed" = 0 ] || note "$(tail -n 60 "$T/log")"

seconds() {
	awk -v name="$1" '$1 == "fresh" && $2 == name { print $3 }' "$T/log"
}
ok "quickstart within 360 s ($(seconds quickstart_s) s)" test "$(seconds quickstart_s)" -le 360
ok "quickstart again does nothing ($(seconds quickstart_again_s) s)" test "$(seconds quickstart_again_s)" -le 10
ok "check within 1200 s ($(seconds check_s) s)" test "$(seconds check_s)" -le 1200
is "$(grep -c 'skipped:' "$T/log")" 0 "no test skipped"
like "$(cat "$T/log")" 'fresh exec hello: Hello, world' "hello"
like "$(cat "$T/log")" 'fresh exec sqlite3.*: 42' "sqlite3"
like "$(cat "$T/log")" 'fresh exec lua -v: Lua 5\.4' "lua"
umount -l "$T/machine/root" 2>/dev/null
rm -rf --one-file-system "$T/machine"
finish
