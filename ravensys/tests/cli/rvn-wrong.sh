#!/bin/sh
# SPDX-License-Identifier: ISC
# Wrong command lines, two at once, roots that are not ours, not root.
# shellcheck source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

packages <<'END'
package a~primary~std 1
file raven/bin/a 4755 a
owner raven/bin/a root root
END
publish
new_root "$T/root"

for line in install remove search which exec "autoremove x" "history 1 2" "catalog x" "install --nix a" \
	"-o install" "--wait x install a" "history -l x"; do
	# shellcheck disable=SC2086
	runs 2 "rvn $line" rvn $line
	like "$err" '^rvn: ' "rvn $line: said"
done
runs 2 "misspelt" rvn instal a
like "$err" "did you mean 'install'" "suggested"

# two at once
rvn catalog >/dev/null
lock=$ROOT/raven/var/db/rvn/lock
mkfifo "$T/end"
# shellcheck disable=SC2016
flock "$lock" sh -c 'echo "$$ rvn upgrade" >"$1"; echo ready >"$2"; read -r _ <"$3"' \
	x "$lock" "$T/ready" "$T/end" &
holder=$!
at_exit "kill $holder 2>/dev/null"
i=0
until [ -e "$T/ready" ] || [ $i = 100 ]; do
	i=$((i + 1))
	sleep 0.05
done
before=$(tree "$ROOT")
runs 1 "another rvn at work" rvn install -y a
like "$err" '[0-9]+.*rvn upgrade' "its process and command are named"
runs 1 "--wait that is too short" rvn --wait 1 install -y a
runs 0 "reading goes on" rvn info
runs 0 "searching goes on" rvn search a
is "$(tree "$ROOT")" "$before" "nothing changed"
(
	sleep 1
	echo end >"$T/end"
) &
runs 0 "--wait that is long enough" rvn --wait 20 install -y a
wait "$holder" 2>/dev/null
runs 0 "a dead process blocks nobody" rvn remove -y a
true &
dead=$!
wait "$dead"
# shellcheck disable=SC2016
flock "$lock" sh -c 'echo "$2 rvn upgrade" >"$1"; echo >"$3"; sleep 0.5' x "$lock" "$dead" "$T/dying" &
until [ -e "$T/dying" ]; do
	sleep 0.05
done
runs 0 "what a dead process leaves behind for a moment is waited for" rvn install -y a
wait
runs 0 "remove" rvn remove -y a

# the original programs
for db in var/db/rvn/local.sqlite raven/var/db/rvn/local.sqlite; do
	new_root "$T/theirs"
	mkdir -p "$ROOT/$(dirname $db)"
	: >"$ROOT/$db"
	for command in "install -y a" info catalog check; do
		# shellcheck disable=SC2086
		runs 1 "$db: $command" rvn $command
		like "$err" 'original Ravenports programs' "$db: $command: refused"
	done
	rm -rf "$T/theirs"
done

# links in the way of our own folders
new_root "$T/linked"
mkdir -p "$T/elsewhere"
ln -s "$T/elsewhere" "$ROOT/raven/var"
runs 1 "a link where the database should be" rvn install -y a
is "$(ls "$T/elsewhere")" "" "nothing was written behind it"

# the prefix itself may be a link, to somewhere in the root
new_root "$T/prefix"
mkdir "$ROOT/opt"
mv "$ROOT/raven" "$ROOT/opt/rav"
for target in opt/rav /opt/rav; do
	ln -sfn $target "$ROOT/raven"
	runs 0 "raven -> $target: install" rvn install -y a
	ok "raven -> $target: the file is there" test -f "$ROOT/opt/rav/bin/a"
	runs 0 "raven -> $target: check" rvn check
	runs 0 "raven -> $target: remove" rvn remove -y a
done
ln -sfn ../elsewhere "$ROOT/raven"
runs 1 "raven leads out of the root" rvn install -y a
is "$(ls "$T/elsewhere")" "" "nothing was written there"

# not root
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$T"
	new_root "$T/mine"
	chown -R 65534:65534 "$ROOT"
	runs 0 "install by an ordinary user" as_user "$RVN" -r "$ROOT" install -y a
	is "$(stat -c '%U %a' "$ROOT/raven/bin/a")" "nobody 755" "the file is the user's, without set-id"
	runs 0 "check by the user" as_user "$RVN" -r "$ROOT" check
	like "$out" 'not root' "what was not applied is told"
	runs 0 "remove by the user" as_user "$RVN" -r "$ROOT" remove -y a
	new_root "$T/roots"
	runs 1 "a root of root's, by an ordinary user" as_user "$RVN" -r "$ROOT" install -y a
	like "$err" 'not yours to change' "it says so"
	ok "nothing was made" test ! -e "$ROOT/raven/var"
	new_root "$T/ro"
	if mount --bind "$ROOT" "$ROOT" 2>/dev/null && mount -o remount,ro,bind "$ROOT" 2>/dev/null; then
		at_exit "umount '$T/ro' 2>/dev/null"
		runs 1 "a read-only root" rvn install -y a
		like "$err" '[Rr]ead-only' "it says so"
		runs 0 "reading a read-only root" rvn info
		umount "$ROOT"
	else
		skip 3 "no mounts here"
	fi
else
	skip 11 "needs root"
fi
finish
