#!/bin/sh
# SPDX-License-Identifier: ISC
# Transactions on one root: what is refused, what is kept, what moves; each fact said in so many words.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../killlib.sh
. "$(dirname "$0")/../killlib.sh"

P=$T/p
mkdir "$P"
pack() {
	"$TOOLS/mkpackage" "$P" - >/dev/null
}
root() { # NAME: an empty root, as $R
	R=$T/$1
	mkdir -p "$R"
}
# rv apply +a~1 -b: short names of packages
rv() {
	command=$1
	shift
	for arg; do
		case $arg in
		+*~*~*) set -- "$@" "+$P/${arg#+}.rvn" ;;
		+*) set -- "$@" "+$P/$(echo "${arg#+}" | sed 's/~/~primary~std~/').rvn" ;;
		[-=]*) set -- "$@" "$arg~primary~std" ;;
		*) set -- "$@" "$arg" ;;
		esac
		shift
	done
	"$RT" "$R" "$command" "$@"
}
picture() {
	rv tree >"$T/picture.$1" && rv state >>"$T/picture.$1" && cat "$T/picture.$1"
}
# The plan is refused, the message matches, nothing changed.
refused() { # NAME ERE ARG...
	test_what=$1 test_why=$2
	shift 2
	before=$(picture before)
	run rv apply "$@"
	is "$status" 1 "$test_what: refused"
	like "$err" "$test_why" "$test_what: it says why"
	is "$(picture after)" "$before" "$test_what: nothing changed"
}

pack <<'SPEC'
package a~primary~std 1
dir raven/share/a 0750
file raven/bin/a 4755 a1
config raven/etc/a.conf 0640 shipped 1
config raven/etc/b.conf 0640 shipped 1
file raven/share/a/one 0644 1
file raven/share/a/folder/x 0644 x
package a~primary~std 2
dir raven/share/a 0755
file raven/bin/a 0755 a2
config raven/etc/a.conf 0640 shipped 2
config raven/etc/b.conf 0640 shipped 2
link raven/share/a/folder new
file raven/share/a/new/x 0644 x
package b~primary~std 1
file raven/share/b 0644 b
package b~primary~std 2
file raven/share/b 0644 b
file raven/share/a/one 0644 one
package thief~primary~std 1
file raven/bin/a 0755 stolen
package twin~primary~std 1
file raven/share/b 0644 other
package links~primary~std 1
link raven/lib64 lib
package links~primary~std 2
dir raven/lib64 0755
file raven/lib64/own 0644 own
package through~primary~std 1
file raven/lib64/through 0644 1
package through~primary~std 2
file raven/lib64/through 0644 2
package outside~primary~std 1
file raven/share/docs/outside 0644 text
package scripts~primary~std 1
file raven/share/scripts 0644 1
script pre-install
ok
.
script post-install
fail
.
script pre-remove
ok
.
script post-remove
ok
.
package hard~primary~std 1
file raven/bin/first 0755 hard
hard raven/share/elsewhere/second raven/bin/first
package big~primary~std 1
big raven/share/big 0644 3000000 1
SPEC

# --- attributes and configuration files
root config
ok "install" rv apply +a~1 +b~1
is "$(stat -c %a "$R/raven/bin/a" "$R/raven/etc/a.conf" "$R/raven/share/a" | tr '\n' ' ')" "4755 640 750 " "modes are the package's"
(umask 077 && root masked && rv apply +a~1)
is "$(stat -c %a "$R/raven/bin/a" "$R/raven/etc/a.conf" "$R/raven/share/a" "$R/raven/bin" | tr '\n' ' ')" "4755 640 750 755 " "whatever the umask"
root config
echo mine >>"$R/raven/etc/a.conf"
ok "upgrade" rv apply +a~2 +b~2
is "$(cat "$R/raven/etc/a.conf")" "shipped 1
mine" "an edited configuration file stays"
is "$(cat "$R/raven/etc/a.conf.rvnnew")" "shipped 2" "the new one lies beside it"
is "$(cat "$R/raven/etc/b.conf")" "shipped 2" "an unedited one is replaced"
nok "without anything beside it" test -e "$R/raven/etc/b.conf.rvnnew"
is "$(stat -c %a "$R/raven/share/a")" 755 "a folder gets its new mode"
is "$(readlink "$R/raven/share/a/folder")" new "a folder becomes a link"
is "$(cat "$R/raven/share/a/new/x")" x "what was in it is where the link leads"
is "$(cat "$R/raven/share/a/one")" one "a file moves from one package to another"
is "$(find "$R" -name '.rvn-*')" "" "no temporary is left"
ok "the check passes" rv check
ok "remove" rv apply -a -b
is "$(cat "$R/raven/etc/a.conf")" "shipped 1
mine" "the edited configuration file outlives its package"
is "$(cd "$R/raven" && find . -path ./var -prune -o -print | sort | tr '\n' ' ')" ". ./etc ./etc/a.conf " "all else is gone"

root config-first
mkdir -p "$R/raven/etc"
echo mine >"$R/raven/etc/a.conf"
ok "install over a configuration file of the user's" rv apply +a~1
is "$(cat "$R/raven/etc/a.conf")" mine "it stays"
is "$(cat "$R/raven/etc/a.conf.rvnnew")" "shipped 1" "ours lies beside it"

# --- what is in the way
root conflicts
ok "install" rv apply +a~1
refused "a file of another package" 'raven/bin/a: belongs to a~primary~std, thief~primary~std brings it too' +thief~1
refused "one file in two packages" 'raven/share/b: both .* bring it' +b~1 +twin~1
echo foreign >"$R/raven/share/b"
refused "a file of nobody" 'raven/share/b: is there and belongs to no package' +b~1
echo b >"$R/raven/share/b"
ok "the same file of nobody is taken over" rv apply +b~1
mkdir -p "$R/raven/share/scripts"
refused "a folder of nobody" 'raven/share/scripts: is a folder that no package owns' +scripts~1
rmdir "$R/raven/share/scripts"
echo foreign >"$R/raven/share/a/folder/mine"
refused "a folder that becomes a link, with a file of nobody in it" 'raven/share/a/folder/mine.* belongs to no package' +a~2
rm "$R/raven/share/a/folder/mine"
mkdir "$T/outside"
ln -s "$T/outside" "$R/raven/share/docs"
refused "a link of nobody where a folder should be" 'raven/share/docs: is a link that no package owns' +outside~1
is "$(ls "$T/outside")" "" "nothing is written where it leads"
rm "$R/raven/share/docs"
mv "$R/raven/bin" "$T/outside/bin"
ln -s "$T/outside/bin" "$R/raven/bin"
refused "a link of nobody where a folder was" 'raven/bin: is a link|link is in the way' +a~2
refused "removal through such a link" 'link is in the way|raven/bin: is a link' -a
is "$(cat "$T/outside/bin/a")" a1 "what lies where it leads is untouched"
rm "$R/raven/bin"
mv "$T/outside/bin" "$R/raven/bin"
mv "$R/raven/share" "$T/outside/share"
ln -s "$T/outside/share" "$R/raven/share"
refused "removal through a link further up" 'link is in the way' -a
is "$(cat "$T/outside/share/a/one")" 1 "what lies where it leads is untouched"

# --- links of folders
root links
ok "a link of a folder" rv apply +links~1
ok "a package that comes through it" rv apply +through~1
is "$(cat "$R/raven/lib/through")" 1 "lies where the link leads"
refused "the link becomes a folder alone" 'raven/lib64: the link changes, but through~primary~std has files beneath it' +links~2
ok "both together" rv apply +links~2 +through~2
is "$(cat "$R/raven/lib64/through" "$R/raven/lib64/own" | tr '\n' ' ')" "2 own " "the folder holds the files"
nok "the old place is empty" test -e "$R/raven/lib"
ok "the check passes" rv check

# --- the prefix is a link inside the root
root prefix
mkdir -p "$R/opt/raven"
ln -s /opt/raven "$R/raven"
ok "a prefix that is a link is followed, inside the root" rv apply +a~1
is "$(cat "$R/opt/raven/bin/a")" a1 "the files are there"
ok "the check passes" rv check

# --- the lock, scripts, readers
root lock
ok "install" rv apply +a~1
flock "$R/raven/var/db/rvn/lock" sleep 5 &
holder=$!
sleep 0.2
RVNTEST_NO_WAIT=1 run rv apply +b~1
is "$status" 1 "a lock that somebody holds is not passed"
like "$err" 'lock|busy|running' "it says so"
ok "a reader needs no lock" rv state
kill "$holder" 2>/dev/null
wait "$holder" 2>/dev/null
sleep 0.1

root scripts
ok "a failing script does not stop an installation" rv apply +scripts~1
is "$(cat "$R/script-log")" "pre-install scripts~primary~std
post-install scripts~primary~std" "scripts before and after"
ok "remove" rv apply -scripts
is "$(tail -n 2 "$R/script-log" | cut -d ' ' -f 1 | tr '\n' ' ')" "pre-remove post-remove " "scripts of the installed package"

# --- what happens between the commit and the end
command -v strace >/dev/null || finish
broken() { # CALL N ARG...: killed at the Nth CALL
	test_call=$1 test_n=$2
	shift 2
	for arg; do
		set -- "$@" "+$P/$(echo "${arg#+}" | sed 's/~/~primary~std~/').rvn"
		shift
	done
	strace -f -qq -o /dev/null -e trace="$test_call" -e inject="$test_call:signal=KILL:when=$test_n" "$RT" "$R" apply -t 1 "$@" 2>/dev/null
}
root pending
ok "install" rv apply +b~1
broken renameat2 1 +a~1
like "$(rv state)" 'pending: committed' "a reader sees what is committed, and that it is pending"
like "$(rv state)" 'a~primary~std 1 ' "the package counts as installed"
mkdir -p "$R/raven/share/a"
echo mine >"$R/raven/share/a/mine"
ok "a folder that somebody made meanwhile takes up ours" rv recover
is "$(cat "$R/raven/share/a/mine" "$R/raven/share/a/one" | tr '\n' ' ')" "mine 1 " "his file and ours"
is "$(find "$R" -name '.rvn-*')" "" "no temporary is left"
ok "the check passes" rv check

root pending2
mkdir -p "$R/raven/share"
broken renameat2 1 +b~1
echo mine >"$R/raven/share/b"
run rv recover
is "$status" 1 "a file that somebody made meanwhile is not overwritten"
like "$err" 'raven/share/b: appeared meanwhile' "it is named"
is "$(cat "$R/raven/share/b")" mine "it is whole"
rm "$R/raven/share/b"
ok "without it the transaction is completed" rv recover
is "$(cat "$R/raven/share/b")" b "ours is there"

# --- a system without exchange and without "rename to a new name only"
W=$T/world
ok "the world of the kill test" world "$W"
breakoff upgrade plain
(cd "$W/packages" && xargs strace -f -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:error=EINVAL "$RT" "$R" apply -t 1 <"$W/upgrade/plan") 2>/dev/null
ok "an upgrade without renameat2: the same end" whole upgrade
is "$is" new "it is the new root"
bad=0
for call in renameat:12 linkat:8 unlinkat:16; do
	n=0
	while [ "$n" -lt "${call#*:}" ]; do
		n=$((n + 1))
		breakoff upgrade "plain-$call-$n"
		(cd "$W/packages" && xargs strace -f -qq -o /dev/null -e trace="renameat2,${call%:*}" -e inject=renameat2:error=EINVAL \
			-e inject="${call%:*}:signal=KILL:when=$n" "$RT" "$R" apply -t 1 <"$W/upgrade/plan") >/dev/null 2>&1
		whole upgrade || { note "$call $n: $why"; bad=$((bad + 1)); }
	done
done
is "$bad" 0 "and broken off there, the old root or the new one"

# --- other file systems and other users
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mount_test() { # SCRIPT
		R=$R P=$P RT=$RT W=$W T=$T unshare -m --propagation private sh -c "$1" >"$T/mount.out" 2>&1
		mount_status=$?
		note "$(cat "$T/mount.out")"
		return "$mount_status"
	}
	root mounts
	mkdir -p "$R/raven/share"
	# shellcheck disable=SC2016
	ok "a hard link between two file systems becomes a copy" mount_test 'mount -t tmpfs none "$R/raven/share" &&
		"$RT" "$R" apply "+$P/hard~primary~std~1.rvn" && cmp "$R/raven/bin/first" "$R/raven/share/elsewhere/second" &&
		"$RT" "$R" check'
	root busy
	# shellcheck disable=SC2016
	ok "a folder with something mounted on it outlives its package" mount_test '"$RT" "$R" apply "+$P/a~primary~std~1.rvn" &&
		mount -t tmpfs none "$R/raven/share/a/folder" && "$RT" "$R" apply -a~primary~std && test -d "$R/raven/share/a/folder" &&
		test ! -e "$R/raven/bin"'
	root space
	mkdir -p "$R/raven/share"
	# shellcheck disable=SC2016
	ok "no room: refused before anything is written" mount_test 'mount -t tmpfs -o size=1m none "$R/raven/share" &&
		! "$RT" "$R" apply "+$P/big~primary~std~1.rvn" 2>"$T/space.err" && grep "raven/share: its file system needs" "$T/space.err" &&
		test -z "$(ls "$R/raven/share")"'
	# shellcheck disable=SC2016
	ok "a read-only mount: refused" mount_test 'mount -t tmpfs -o ro none "$R/raven/share" &&
		! "$RT" "$R" apply "+$P/b~primary~std~1.rvn" 2>"$T/ro.err" && grep "raven/share: is on a read-only file system" "$T/ro.err"'
	mkdir "$T/upper" "$T/work" "$T/merged"
	# shellcheck disable=SC2016
	ok "on an overlay, whose lower folders cannot be renamed" mount_test 'mount -t tmpfs none "$T/upper" && mkdir "$T/upper/u" "$T/upper/w" &&
		mount -t overlay -o "lowerdir=$W/upgrade/root,upperdir=$T/upper/u,workdir=$T/upper/w" none "$T/merged" && cd "$W/packages" &&
		xargs "$RT" "$T/merged" apply <"$W/upgrade/plan" && "$RT" "$T/merged" settle >"$T/overlay.got" && diff "$W/upgrade/new" "$T/overlay.got"'
	root user
	chown 12345:12345 "$R"
	chmod 755 "$T"
	chmod -R a+rX "$P"
	ok "an ordinary user installs" setpriv --reuid 12345 --regid 12345 --clear-groups "$RT" "$R" apply "+$P/a~primary~std~1.rvn"
	is "$(stat -c '%a %u' "$R/raven/bin/a")" "755 12345" "files are his, without set-id bits"
	run setpriv --reuid 12345 --regid 12345 --clear-groups "$RT" "$R" check
	is "$status" 0 "the check passes"
	like "$out" 'unapplied a~primary~std' "and says what is not applied"
	if chattr +i "$T/config/raven/etc" 2>/dev/null; then
		root config
		refused "an immutable folder" 'raven/etc: has the immutable' +a~1
		chattr -i "$R/raven/etc"
	else
		skip 3 "no immutable flag here"
	fi
else
	skip 13 "not root"
fi
finish
