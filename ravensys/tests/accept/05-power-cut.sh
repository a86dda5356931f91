#!/bin/sh
# SPDX-License-Identifier: ISC
# A power cut during an upgrade: the disk is a file on xfs, and `cp --reflink=always` of it at a random moment is exactly
# what such a disk holds then. The copy is mounted and the next command run: the root is the old or the new one, whole,
# without a stray; when rvn had said that it was done, it is the new one. On ext4, xfs and btrfs, with the database on the
# same and on another file system of the same disk.
#
# Three kinds of moments take turns: anywhere; anywhere with every rename slowed down (most of the time lies between
# commit and applied then); just after the end. CUT_ROUNDS of each file system and placement: 10, with RV_LONG=1 100.
# CUT_ONLY="ext4:same ..." runs some of them. CUT_SEED=N repeats a run's moments.
# In a mount namespace of its own: nobody else's holds a copy of these mounts, and a kill leaves none behind.
if [ -z "${CUT_INSIDE:-}" ] && unshare -m --propagation private true 2>/dev/null; then
	CUT_INSIDE=1 exec unshare -m --propagation private sh "$0" "$@"
fi
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../killlib.sh
. "$(dirname "$0")/../killlib.sh"

[ "$(id -u)" = 0 ] || skip_all "mounting needs root"
for program in mkfs.xfs mkfs.btrfs mkfs.ext4 losetup strace; do
	command -v "$program" >/dev/null || skip_all "$program is missing"
done

MIB=320 # of one file system: the least that mkfs.xfs takes
rounds=${CUT_ROUNDS:-10}
[ -z "$RV_LONG" ] || rounds=${CUT_ROUNDS:-100}
seed=${CUT_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}

# --- the host's disk
host=$T/host
loops=
mkdir "$host" "$T/m"
truncate -s 8G "$T/host.img"
mkfs.xfs -q -m reflink=1 "$T/host.img" || skip_all "xfs cannot be made here"
mount -o loop "$T/host.img" "$host" 2>/dev/null || skip_all "loop devices cannot be mounted here"
# shellcheck disable=SC2016 # expands when it runs
at_exit 'detach; umount "$host"'

loop() { # FILE INDEX: the device of its INDEXth file system
	losetup --find --show --offset $(($2 * MIB * 1048576)) --sizelimit $((MIB * 1048576)) "$1"
}
attach() { # FILE FSTYPE PLACE
	options=defaults
	[ "$2" != xfs ] || options=nouuid
	loops=$(loop "$1" 0) && mount -t "$2" -o "$options" "$loops" "$T/m" || return 1
	[ "$3" = other ] || return 0
	mkdir -p "$T/m/r/raven/var/db/rvn"
	other=$(loop "$1" 1) && loops="$loops $other" && mount -t "$2" -o "$options" "$other" "$T/m/r/raven/var/db/rvn"
}
detach() {
	for mounted in "$T/m/r/raven/var/db/rvn" "$T/m"; do
		tries=0
		while mountpoint -q "$mounted" && ! umount "$mounted" 2>/dev/null && [ "$tries" -lt 100 ]; do
			sleep 0.05
			tries=$((tries + 1))
		done
	done
	for device in $loops; do
		losetup --detach "$device"
	done
	loops=
}

# --- the old root, and pictures of it and of the new one
ok "packages and roots" world "$T/world"
spec() { # VERSION
	awk -v v="$1" 'BEGIN {
		print "package large~primary~std " v
		for (i = 0; i < 20; i++)
			for (k = 0; k < 10; k++)
				if ((i * 10 + k) % 7 != v)
					printf "big raven/share/large/%s%d/f%d 0644 %d %d\n", i % 5 ? "d" : "v" v "-", i, k, (k * 3571) % 20000, i * 10 + k + v
	}'
}
spec 1 | "$TOOLS/mkpackage" "$W/packages" - >/dev/null
spec 2 | "$TOOLS/mkpackage" "$W/packages" - >/dev/null
ok "the old root" "$RT" "$W/upgrade/root" apply "+$W/packages/large~primary~std~1.rvn"
echo "+a~primary~std~2.0.rvn +b~primary~std~2.0.rvn +large~primary~std~2.rvn" >"$W/upgrade/plan"
rm -rf "$W/upgrade/copy"
ok "the upgrade by itself" world_case upgrade

base() { # FSTYPE PLACE
	rm -f "$host/base"
	truncate -s $((2 * MIB))M "$host/base"
	for index in 0 1; do
		loops=$(loop "$host/base" "$index")
		case $1 in
		ext4) mkfs.ext4 -q "$loops" ;;
		*) "mkfs.$1" -q -f "$loops" >/dev/null ;;
		esac || return 1
		losetup --detach "$loops"
	done
	attach "$host/base" "$1" "$2" && mkdir -p "$T/m/r" && cp -a "$W/upgrade/root/." "$T/m/r/" && sync && detach
}

upgrade() { # SLOWLY
	cd "$W/packages" || return 1
	# shellcheck disable=SC2046
	set -- "$1" $(cat "$W/upgrade/plan")
	slowly=$1
	shift
	if [ "$slowly" = slowly ]; then
		exec strace -f -qq -o /dev/null -e trace=renameat,renameat2 -e inject=renameat,renameat2:delay_enter=4000 \
			"$RT" "$T/m/r" apply "$@"
	fi
	exec "$RT" "$T/m/r" apply "$@"
}

# One cut. Prints how it ended, or BAD and why.
cut_once() { # FSTYPE PLACE KIND MOMENT
	if ! cp --reflink=always "$host/base" "$host/disk" || ! attach "$host/disk" "$1" "$2"; then
		echo "BAD cannot be mounted"
		return
	fi
	(upgrade "$3") >"$T/run.out" 2>&1 &
	pid=$!
	if [ "$3" = end ]; then
		wait "$pid" || { echo "BAD the upgrade failed: $(cat "$T/run.out")"; return; }
		finished=yes
	else
		sleep "$4"
		finished=no
		kill -0 "$pid" 2>/dev/null || finished=yes
	fi
	cp --reflink=always "$host/disk" "$host/cut"
	# strace lets its child go when it is killed: that one is found by its lock
	child=$(cut -d ' ' -f 1 "$T/m/r/raven/var/db/rvn/lock" 2>/dev/null)
	[ "$finished" = yes ] || kill -9 "$pid" "${child:-$pid}" 2>/dev/null
	wait "$pid" 2>/dev/null
	detach
	if ! attach "$host/cut" "$1" "$2"; then
		echo "BAD the copy cannot be mounted"
	else
		R=$T/m/r
		if ! whole upgrade; then
			echo "BAD $why"
		elif [ "$finished" = yes ] && [ "$is" = old ]; then
			echo "BAD rvn had said that it was done, and the old root came back"
		else
			echo "$is"
		fi
	fi
	detach
	rm -f "$host/disk" "$host/cut"
}

# How long an upgrade takes here, plain and slowed down.
took_ms() { # FSTYPE PLACE KIND
	cp --reflink=always "$host/base" "$host/disk" && attach "$host/disk" "$1" "$2"
	begin=$(date +%s%N)
	(upgrade "$3") >/dev/null 2>&1
	echo $((($(date +%s%N) - begin) / 1000000))
	detach
	rm -f "$host/disk"
}

for fs in ext4 xfs btrfs; do
	for place in same other; do
		case " ${CUT_ONLY:-$fs:$place} " in
		*" $fs:$place "*) ;;
		*) continue ;;
		esac
		ok "$fs, database on the $place: a disk with the old root" base "$fs" "$place"
		plain_ms=$(took_ms "$fs" "$place" plain)
		slow_ms=$(took_ms "$fs" "$place" slowly)
		awk -v seed="$seed" -v n="$rounds" -v plain="$plain_ms" -v slow="$slow_ms" 'BEGIN {
			srand(seed)
			for (i = 0; i < n; i++)
				if (i % 3 == 0)
					printf "plain %.4f\n", rand() * plain * 1.2 / 1000
				else if (i % 3 == 1)
					printf "slowly %.4f\n", rand() * slow * 1.05 / 1000
				else
					print "end 0"
		}' >"$T/moments"
		: >"$T/ends"
		while read -r kind moment; do
			echo "$kind $moment: $(cut_once "$fs" "$place" "$kind" "$moment")" >>"$T/ends"
		done <"$T/moments"
		is "$(grep -A 20 BAD "$T/ends")" "" "$fs, database on the $place: $rounds cuts within $plain_ms and $slow_ms ms (CUT_SEED=$seed)"
		note "$(awk '{ print $1, $NF }' "$T/ends" | sort | uniq -c | tr '\n' ' ')"
	done
done
finish
