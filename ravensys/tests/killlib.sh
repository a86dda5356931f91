# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# What the tests that break rvn off share: roots before and after an installation, an upgrade and a removal that hold
# every kind of change, and the comparison of what is there afterwards with the one or the other. Needs testlib.sh.
#
#	world FOLDER		packages and roots: FOLDER/{install,upgrade,remove}/{root,plan,old,new}
#	breakoff CASE NAME	a copy of CASE's root as $R, to be broken off in; NAME is unique
#	whole CASE		settles $R; 0 when it is the old or the new one ($is is "old" or "new"), else 1 and $why
RT=$TOOLS/rvntest

# File systems in memory are ten times faster, and a kill does not see the difference.
scratch_in_memory() {
	[ -z "$KILL_ON_DISK" ] && [ -w /dev/shm ] || return 0
	T2=$(mktemp -d /dev/shm/ravensys-test.XXXXXX) || return 0
	at_exit "chmod -R u+rwX '$T2' 2>/dev/null; rm -rf '$T2'"
	W=$T2
}

world_spec() {
	cat <<'SPEC'
package a~primary~std 1.0
dir raven/share/a/empty 0700
file raven/bin/replaced 0755 v1
xattr raven/bin/replaced user.colour red
file raven/bin/gone 0755 v1
file raven/bin/setid 4755 v1
owner raven/bin/setid one two
file raven/share/a/moves 0644 moves
config raven/etc/plain.conf 0644 plain 1
config raven/etc/edited.conf 0644 edited 1
config raven/etc/dropped.conf 0644 dropped 1
config raven/etc/left.conf 0644 left 1
file raven/bin/h1 0755 hard 1
hard raven/bin/h2 raven/bin/h1
hard raven/share/a/h3 raven/bin/h1
link raven/lib64 lib
file raven/lib/libx.so 0755 lib 1
file raven/share/a/folder-to-link/one 0644 1
file raven/share/a/folder-to-link/sub/two 0644 2
file raven/share/a/file-to-folder 0644 file
link raven/share/a/link-to-folder target
file raven/share/a/target/kept 0644 kept
file raven/share/a/folder-to-file/x 0644 x
file raven/share/a/folder-to-file/sub/y 0644 y
link raven/share/a/link link-1
package b~primary~std 1.0
file raven/share/b/stays 0644 b
package c~primary~std 1.0
file raven/bin/c 0755 c
file raven/lib/libc.so 0755 c
link raven/share/c c2
package d~primary~std 1.0
file raven/lib64/libd.so 0755 d
package a~primary~std 2.0
dir raven/share/a/empty 0755
file raven/bin/replaced 0711 v2
xattr raven/bin/replaced user.colour blue
file raven/bin/setid 6755 v2
owner raven/bin/setid two one
config raven/etc/plain.conf 0644 plain 2
config raven/etc/edited.conf 0644 edited 2
config raven/etc/left.conf 0644 left 1
config raven/etc/new.conf 0600 new
file raven/bin/h1 0755 hard 2
hard raven/bin/h2 raven/bin/h1
hard raven/share/a/new/h4 raven/bin/h1
link raven/lib64 lib
file raven/lib/libx.so 0755 lib 2
link raven/share/a/folder-to-link elsewhere
file raven/share/a/elsewhere/one 0644 1
file raven/share/a/elsewhere/sub/two 0644 two
file raven/share/a/file-to-folder/in/deep 0644 deep
file raven/share/a/link-to-folder/kept 0644 kept
file raven/share/a/target/other 0644 other
file raven/share/a/folder-to-file 0644 now a file
link raven/share/a/link link-2
file raven/share/a/new/file 0644 new
script post-upgrade
print("upgraded")
.
package b~primary~std 2.0
file raven/share/b/stays 0644 b2
file raven/share/a/moves 0644 moved
SPEC
}
world_packages() { # FOLDER
	world_spec | "$TOOLS/mkpackage" "$1" - >/dev/null
}

# The picture of a finished plan, from a copy of the root.
world_case() { # CASE
	cp -a "$W/$1/root" "$W/$1/copy" &&
		"$RT" "$W/$1/copy" settle >"$W/$1/old" 2>/dev/null &&
		(cd "$W/packages" && xargs "$RT" "$W/$1/copy" apply -t 1 <"$W/$1/plan") 2>/dev/null &&
		"$RT" "$W/$1/copy" settle >"$W/$1/new" &&
		! cmp -s "$W/$1/old" "$W/$1/new"
}

world() { # FOLDER
	W=$1
	mkdir -p "$W/packages" "$W/install/root" "$W/upgrade" "$W/remove" "$W/run" &&
		world_packages "$W/packages" && cd "$W/packages" || return 1
	mkdir "$W/install/root/etc" && printf 'one:x:7:7::/:\ntwo:x:8:8::/:\n' >"$W/install/root/etc/passwd" &&
		printf 'one:x:17:\ntwo:x:18:\n' >"$W/install/root/etc/group" || return 1
	"$RT" "$W/install/root" apply +c~primary~std~1.0.rvn || return 1
	mkdir -p "$W/install/root/raven/etc" && echo mine >"$W/install/root/raven/etc/edited.conf"
	cp -a "$W/install/root" "$W/upgrade/root" && rm "$W/upgrade/root/raven/etc/edited.conf"
	"$RT" "$W/upgrade/root" apply +a~primary~std~1.0.rvn +b~primary~std~1.0.rvn &&
		"$RT" "$W/upgrade/root" apply +d~primary~std~1.0.rvn || return 1
	cp -a "$W/upgrade/root" "$W/remove/root"
	for test_file in edited dropped; do
		echo mine >>"$W/upgrade/root/raven/etc/$test_file.conf"
	done
	echo mine >"$W/upgrade/root/raven/share/a/mine"
	echo mine >>"$W/remove/root/raven/etc/edited.conf"
	echo mine >"$W/remove/root/raven/share/a/target/mine"
	echo "+a~primary~std~1.0.rvn +b~primary~std~1.0.rvn" >"$W/install/plan"
	echo "+a~primary~std~2.0.rvn +b~primary~std~2.0.rvn" >"$W/upgrade/plan"
	echo "-d~primary~std -a~primary~std -b~primary~std" >"$W/remove/plan"
	for test_case in install upgrade remove; do
		world_case "$test_case" || return 1
	done
	cd "$TOP" || return 1
}

breakoff() { # CASE NAME
	R=$W/run/$2
	cp -a "$W/$1/root" "$R"
}

whole() { # CASE
	is=
	if ! "$RT" "$R" settle >"$R.got" 2>"$R.err"; then
		why="settle failed: $(cat "$R.err")"
	elif cmp -s "$R.got" "$W/$1/new"; then
		is=new
	elif cmp -s "$R.got" "$W/$1/old"; then
		is=old
	else
		why="neither old nor new: $(diff "$W/$1/old" "$R.got" | grep '^[<>]' | head -n 4
			echo "against new:"
			diff "$W/$1/new" "$R.got" | grep '^[<>]' | head -n 4)"
	fi
	[ -n "$is" ]
}
