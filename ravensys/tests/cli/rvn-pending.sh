#!/bin/sh
# SPDX-License-Identifier: ISC
# A transaction that was interrupted: what reading commands say, and who completes it.
# shellcheck source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

command -v strace >/dev/null || skip_all "no strace here"

packages <<'END'
package a~primary~std 1
file raven/a1 644 one
file raven/a2 644 two
file raven/a3 644 three
script post-install
print("late script")
.
END
publish
new_root "$T/root"
rvn catalog >/dev/null
clean=$(tree "$ROOT")

# Killed at the Nth rename: committed when the first operations of the transaction have begun.
killed_at() {
	strace -f -o /dev/null -e "trace=renameat,renameat2,rename" \
		-e "inject=renameat,renameat2,rename:signal=KILL:when=$1" "$RVN" -r "$ROOT" install -y a >/dev/null 2>&1
}

n=1
state=none
while [ $n -lt 40 ] && [ "$state" != pending ]; do
	killed_at $n
	rvn info >/dev/null 2>"$T/info"
	grep -q 'is pending' "$T/info" && ls "$ROOT"/raven/a[123] >/dev/null 2>&1 && state=pending
	[ "$state" = pending ] || rvn check >/dev/null 2>&1
	[ "$state" = pending ] || rvn remove -y a >/dev/null 2>&1
	n=$((n + 1))
done
is "$state" pending "a committed transaction that was killed"
note "killed at rename $((n - 1))"

runs 0 "info" rvn info
like "$out" '^a~primary~std' "shows the committed state"
like "$err" 'transaction [0-9]+ \(rvn install a\) is pending' "and warns"
for command in "which /raven/a1" history; do
	# shellcheck disable=SC2086
	runs 0 "$command" rvn $command
	like "$err" 'is pending' "$command: warns"
done
runs 0 "a dry run completes nothing" rvn -n install a
like "$err" 'is pending' "and warns"
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$T" "$ROOT"
	run as_user "$RVN" -r "$ROOT" check
	like "$err" 'is pending' "check by who may not write warns"
else
	skip 1 "needs root"
fi
runs 0 "check by who may write" rvn check
like "$err" 'which was interrupted, has been completed' "completes it"
like "$err" 'late script' "the scripts that were left too"
is "$(cat "$ROOT/raven/a1" "$ROOT/raven/a2" "$ROOT/raven/a3")" "one
two
three" "all files are there"
runs 0 "info afterwards" rvn info
is "$err" "" "has nothing to warn of"
like "$(rvn --json history -l 1)" '"state":"done".*"resumed":[1-9]' "the history knows"
is "$(find "$ROOT" -name '.rvn-*')" "" "no stray file"
rvn remove -y a >/dev/null

# killed before the commit: taken back
killed_before() {
	strace -f -o /dev/null -e trace=syncfs -e inject=syncfs:signal=KILL:when=1 \
		"$RVN" -r "$ROOT" install -y a >/dev/null 2>&1
}
killed_before
runs 1 "the next command that writes" rvn remove -y a
like "$err" 'which was interrupted, has been taken back' "takes back what was not committed"
like "$err" 'a: not installed' "and goes on"
is "$(tree "$ROOT")" "$clean" "the old system is there"

# a script that runs when rvn is killed dies before the lock is free
packages <<'END'
package s~primary~std 1
file raven/s 644 s
script post-install
while not io.open("/raven/go") do end
print("went")
.
END
publish
rvn catalog -f >/dev/null
"$RVN" -r "$ROOT" install -y s >/dev/null 2>&1 &
pid=$!
child=
i=0
while [ $i -lt 200 ] && [ -z "$child" ]; do
	i=$((i + 1))
	sleep 0.05
	child=$({ tr -d ' ' <"/proc/$pid/task/$pid/children"; } 2>/dev/null)
done
sleep 0.2
like "$(find "/proc/$child/fd" -printf '%l\n' 2>/dev/null)" '/var/db/rvn/lock$' "a script holds the lock too"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
: >"$ROOT/raven/go"
runs 0 "the next command runs the script again" rvn check
like "$err" 's~primary~std: went' "to its end"
nok "the first one is dead" grep -q 'State:.*[RSD] (' "/proc/$child/status"
finish
