#!/bin/sh
# SPDX-License-Identifier: ISC
# The program itself, from catalogue to last script: install, upgrade and remove from a repository, killed before every
# mutating system call, and killed and interrupted at random moments. The next command is `rvn check`; then the root is
# the old or the new one, whole, and the database agrees.
#
# RV_LONG=1: ten times as many random moments. KILL_SEED=N repeats a run's moments.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"
# shellcheck source=../killlib.sh
. "$(dirname "$0")/../killlib.sh"

# What an openat makes is seen by the call after it.
CALLS=write,pwrite64,ftruncate,fallocate,fsync,fdatasync,syncfs,mkdirat,mkdir,unlinkat,unlink,rmdir,rename,renameat,renameat2,linkat,symlinkat,fchmod,chmod,fchmodat,fchown,fchownat,utimensat,fsetxattr

command_of() { # CASE
	case $1 in
	install) echo "install -y a b" ;;
	upgrade) echo "upgrade -y" ;;
	remove) echo "remove -y d a b" ;;
	esac
}

picture() { # ROOT: with what rvn says is installed
	"$RT" "$1" tree && "$RT" "$1" state
	find "$1" -name '.rvn-*'
}

# $R after the command: prints nothing, or what is wrong. $is
verdict() { # CASE WHAT
	is=
	if ! "$RVN" -r "$R" check >"$R.check" 2>&1; then
		echo "$1: $2: check says: $(cat "$R.check")"
	else
		picture "$R" >"$R.got" 2>&1
		if cmp -s "$R.got" "$W/$1/new"; then
			is=new
		elif cmp -s "$R.got" "$W/$1/old"; then
			is=old
		else
			echo "$1: $2: neither old nor new: $(diff "$W/$1/new" "$R.got" | grep '^[<>]' | head -n 6)"
		fi
	fi
	echo "$is" >>"$W/$1/ends"
	rm -rf "$R" "$R.got" "$R.check"
}

# One breaking off, in a process of its own.
if [ "${1:-}" = --one ]; then
	W=$2 case=$3 call=$4 n=$5
	trap - EXIT
	rm -rf "$T"
	breakoff "$case" "$case-$call-$n"
	# shellcheck disable=SC2046
	strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$n" \
		"$RVN" -r "$R" $(command_of "$case") >/dev/null 2>&1
	verdict "$case" "$call $n"
	exit 0
fi

command -v strace >/dev/null || skip_all "strace is missing"
W=$T
scratch_in_memory
mkdir -p "$W/run" "$W/install" "$W/upgrade" "$W/remove" "$W/later"

# version 1 in the repository, then version 2
first() {
	world_packages "$1"
	rm -f "$1"/a~*~2.0.rvn "$1"/b~*~2.0.rvn
}
first "$STORE"
publish
new_root "$W/install/root"
mkdir "$ROOT/etc"
printf 'one:x:7:7::/:\ntwo:x:8:8::/:\n' >"$ROOT/etc/passwd"
printf 'one:x:17:\ntwo:x:18:\n' >"$ROOT/etc/group"
cp -a "$ROOT" "$W/upgrade/root"
ROOT=$W/install/root
ok "a root to install in" rvn install -y c
rm -rf "$ROOT/raven/var/cache/rvn" "$ROOT/raven/var/db/rvn/tuf"
mkdir -p "$ROOT/raven/etc"
echo mine >"$ROOT/raven/etc/edited.conf"
ROOT=$W/upgrade/root
ok "a root to upgrade" rvn install -y a b d
cp -a "$ROOT" "$W/remove/root"
echo mine >>"$ROOT/raven/etc/edited.conf"
echo mine >>"$ROOT/raven/etc/dropped.conf"
echo mine >"$ROOT/raven/share/a/mine"
touch -d '2 days ago' "$ROOT/raven/var/db/rvn/tuf/test/timestamp.json"
echo mine >>"$W/remove/root/raven/etc/edited.conf"
world_packages "$W/later"
rm -f "$W/later"/*~1.0.rvn

prepare() { # CASE: pictures, and its calls
	picture "$W/$1/root" >"$W/$1/old"
	breakoff "$1" "$1-count"
	# shellcheck disable=SC2046
	strace -f -qq -o "$W/log" -e trace="$CALLS" "$RVN" -r "$R" $(command_of "$1") >"$W/$1/said" 2>&1
	test_status=$?
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$W/log" | sort | uniq -c >"$W/$1/calls"
	"$RVN" -r "$R" check >/dev/null 2>&1 && picture "$R" >"$W/$1/new" && rm -rf "$R" &&
		[ "$test_status" = 0 ] && ! cmp -s "$W/$1/old" "$W/$1/new"
}

seed=${KILL_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
moments=40
[ -z "$RV_LONG" ] || moments=400

# KILL without timeout, which does not wait for what it kills; INT with it, for shells start jobs deaf to it.
broken_off() { # SIGNAL SECONDS CASE
	# shellcheck disable=SC2046
	if [ "$1" = KILL ]; then
		"$RVN" -r "$R" $(command_of "$3") >/dev/null 2>&1 &
		sleep "$2"
		kill -KILL $!
		wait $!
	else
		timeout -s "$1" "$2" "$RVN" -r "$R" $(command_of "$3")
	fi >/dev/null 2>&1
}

random_moments() { # CASE SIGNAL
	breakoff "$1" "$1-time"
	begin=$(date +%s%N)
	# shellcheck disable=SC2046
	"$RVN" -r "$R" $(command_of "$1") >/dev/null 2>&1
	most_ms=$((($(date +%s%N) - begin) / 1000000))
	rm -rf "$R"
	awk -v seed="$seed" -v runs="$moments" -v most="$most_ms" 'BEGIN {
		srand(seed)
		for (i = 0; i < runs; i++)
			printf "%.4f\n", rand() * most / 1000
	}' | while read -r moment; do
		breakoff "$1" "$1-random"
		broken_off "$2" "$moment" "$1"
		verdict "$1" "$2 after $moment s (KILL_SEED=$seed)"
	done
}

for case in install upgrade remove; do
	if [ "$case" = upgrade ]; then
		cp "$W/later"/*.rvn "$STORE"
		publish
	fi
	ok "$case: a whole run" prepare "$case" || note "$(cat "$W/$case/said")"
	awk -v case="$case" '{ for (i = 1; i <= $1; i++) print case, $2, i }' "$W/$case/calls" >"$W/runs"
	total=$(wc -l <"$W/runs")
	xargs -P 2 -L 1 sh "$0" --one "$W" <"$W/runs" >"$W/bad" 2>&1
	ok "$case: killed before each of $total calls: the old or the new root" test ! -s "$W/bad"
	note "$(head -n 20 "$W/bad")" "$(sort "$W/$case/ends" | uniq -c | tr '\n' ' ')"
	is "$(wc -l <"$W/$case/ends")" "$total" "$case: none was left out"
	for is in old new; do
		ok "$case: some ended with the $is root" grep -q "$is" "$W/$case/ends"
	done
	for signal in KILL INT; do
		is "$(random_moments "$case" "$signal")" "" "$case: SIG$signal at $moments random moments"
	done
done
finish
