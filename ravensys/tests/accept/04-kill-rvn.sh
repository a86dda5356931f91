#!/bin/sh
# SPDX-License-Identifier: ISC
# An installation, an upgrade and a removal, killed before every mutating system call, and each such call failing with
# ENOSPC and EIO; a larger upgrade killed at random moments. After the next command the root is the old or the new one.
#
# RV_LONG=1: 3,000 random moments instead of 300, on a disk. KILL_SEED=N repeats a run's moments. KILL_ONLY="upgrade"
# leaves the other plans out, KILL_HOW="KILL EIO" the other ways, KILL_RUNS=0 the random moments.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source=../killlib.sh
. "$(dirname "$0")/../killlib.sh"
# shellcheck source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

CALLS=openat,write,pwrite64,ftruncate,fallocate,fsync,fdatasync,syncfs,mkdirat,unlinkat,unlink,renameat,renameat2,linkat,symlinkat,fchmod,chmod,fchmodat,fchown,fchownat,utimensat,fsetxattr

again=pwrite64,fdatasync,syncfs,unlinkat,renameat,renameat2

# One breaking off of rvn itself, by its main thread (NOT_F) or by any.
if [ "${1:-}" = --rvn ]; then
	W=$2 call=$3 n=$4 follow=${5#none}
	trap - EXIT
	rm -rf "$T"
	breakoff rvn "rvn-$call-$n$follow"
	# shellcheck disable=SC2086
	strace $follow -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$n" \
		"$RVN" -r "$R" upgrade -y >/dev/null 2>&1
	"$RVN" -r "$R" check >"$R.check" 2>&1 || echo "rvn: $call $n $follow: check: $(cat "$R.check")"
	whole rvn || echo "rvn: $call $n $follow: $why"
	echo "$is" >>"$W/ends"
	rm -rf "$R" "$R".*
	exit 0
fi

# One breaking off, in a process of its own: prints nothing, or why it is wrong.
if [ "${1:-}" = --one ]; then
	W=$2 case=$3 call=$4 n=$5 how=$6
	trap - EXIT
	rm -rf "$T"
	breakoff "$case" "$case-$call-$n-$how"
	case $how in
	KILL) inject=signal=KILL faster= ;;
	*) inject=error=$how faster=--seccomp-bpf ;; # strace injects no signals with it
	esac
	# shellcheck disable=SC2086
	(cd "$W/packages" && xargs strace -f -qq $faster -o /dev/null -e trace="$call" -e inject="$call:$inject:when=$n" \
		"$RT" "$R" apply -t 1 <"$W/$case/plan") >/dev/null 2>&1
	status=$?
	# the command that goes on with it may be killed as well
	if [ "$how" = KILL ] && [ $((n % 3)) = 0 ]; then
		strace -f -qq -o /dev/null -e trace="$again" -e inject="$again:signal=KILL:when=$((n / 3 % 12 + 1))" \
			"$RT" "$R" recover >/dev/null 2>&1
	fi
	if ! whole "$case"; then
		echo "$case: $call $n $how: $why"
	elif [ "$how" != KILL ] && [ "$status" = 0 ] && [ "$is" = old ]; then
		echo "$case: $call $n $how: said that it was done, and is not"
	fi
	echo "$how: $is" >>"$W/ends"
	rm -rf "$R" "$R.got" "$R.err"
	exit 0
fi

command -v strace >/dev/null || skip_all "strace is missing"
W=$T
[ -n "$RV_LONG" ] || scratch_in_memory
ok "packages, roots, and a first run of each plan" world "$W"

# NAME COUNT of each mutating call of a whole run
count_calls() { # CASE
	breakoff "$1" count
	(cd "$W/packages" && xargs strace -f -qq -o "$W/log" -e trace="$CALLS" "$RT" "$R" apply -t 1 <"$W/$1/plan") \
		>/dev/null 2>&1
	rm -rf "$R"
	sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$W/log" | sort | uniq -c
}

for case in ${KILL_ONLY:-install upgrade remove}; do
	count_calls "$case" >"$W/calls"
	total=$(awk '{ n += $1 } END { print n + 0 }' "$W/calls")
	for how in ${KILL_HOW:-KILL ENOSPC EIO}; do
		awk -v case="$case" -v how="$how" '{ for (i = 1; i <= $1; i++) print case, $2, i, how }' "$W/calls"
	done >"$W/runs"
	xargs -P 2 -L 1 sh "$0" --one "$W" <"$W/runs" >"$W/bad" 2>&1
	ok "$case: killed before, ENOSPC and EIO at each of $total calls: the old or the new root" test ! -s "$W/bad"
	note "$(cat "$W/bad")" "$(sort "$W/ends" | uniq -c | tr '\n' ' ')"
	is "$(wc -l <"$W/ends")" "$(wc -l <"$W/runs")" "$case: none was left out"
	for how in ${KILL_HOW:-KILL ENOSPC EIO}; do
		for is in old new; do
			ok "$case, $how: some ended with the $is root" grep -q "$how: $is" "$W/ends"
		done
	done
	rm -f "$W/ends"
done

# --- rvn itself: an upgrade from a repository, in one thread or another
rvn_world() {
	mkdir -p "$W/rvn" || return 1
	new_spec=$(world_spec | sed -n '/^package a.* 2.0/,$p')
	world_spec | sed '/^package a.* 2.0/,$d' | packages
	publish
	new_root "$W/rvn/root"
	mkdir "$ROOT/etc" && cp "$W/install/root/etc/passwd" "$W/install/root/etc/group" "$ROOT/etc"
	rvn install -y a b c d >/dev/null 2>&1 || return 1
	echo "$new_spec" | packages
	publish
	rvn catalog --force >/dev/null 2>&1 || return 1
	echo mine >>"$ROOT/raven/etc/edited.conf"
	cp -a "$ROOT" "$W/rvn/copy" && "$RT" "$W/rvn/copy" settle >"$W/rvn/old" || return 1
	strace -f -qq -o "$W/log" -e trace="${CALLS#openat,}" "$RVN" -r "$W/rvn/copy" upgrade -y >/dev/null 2>&1
	"$RT" "$W/rvn/copy" settle >"$W/rvn/new" && ! cmp -s "$W/rvn/old" "$W/rvn/new"
}
if [ -z "$KILL_ONLY" ]; then
	ok "a repository, a root, and rvn upgrade" rvn_world
	main=$(sed -n '1s/^\([0-9]*\) .*/\1/p' "$W/log")
	# of the main thread, and of any other the most
	sed -n 's/^\([0-9]*\) *\([a-z0-9_]*\)(.*/\1 \2/p' "$W/log" | sort | uniq -c | awk -v main="$main" '
		{ t = $2 == main ? "none" : "-f"; if ($1 > most[$3 " " t]) most[$3 " " t] = $1 }
		END { for (k in most) { split(k, part, " "); for (i = 1; i <= most[k]; i++) print part[1], i, part[2] } }' >"$W/runs"
	xargs -P 2 -L 1 sh "$0" --rvn "$W" <"$W/runs" >"$W/bad" 2>&1
	is "$(cat "$W/bad")" "" "rvn upgrade killed before each of $(wc -l <"$W/runs") calls, then rvn check: the old or the new root"
	note "$(sort "$W/ends" | uniq -c | tr '\n' ' ')"
	for is in old new; do
		ok "rvn upgrade: some ended with the $is root" grep -q "$is" "$W/ends"
	done
fi

# --- random moments of a larger one
seed=${KILL_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
runs=300
[ -z "$RV_LONG" ] || runs=3000
runs=${KILL_RUNS:-$runs}
[ "$runs" -gt 0 ] || finish

large_spec() { # VERSION
	awk -v v="$1" 'BEGIN {
		print "package large~primary~std " v
		for (i = 0; i < 40; i++)
			for (k = 0; k < 10; k++)
				if ((i * 10 + k) % 7 != v)
					printf "big raven/share/large/%s%d/f%d 0644 %d %d\n", i % 5 ? "d" : "v" v "-", i, k, (k * 3571) % 20000, i * 10 + k + v
	}'
}
mkdir -p "$W/large"
large_spec 1 | "$TOOLS/mkpackage" "$W/packages" - >/dev/null
large_spec 2 | "$TOOLS/mkpackage" "$W/packages" - >/dev/null
cp -a "$W/install/root" "$W/large/root"
ok "the larger package" "$RT" "$W/large/root" apply "+$W/packages/large~primary~std~1.rvn"
echo "+large~primary~std~2.rvn" >"$W/large/plan"
ok "its upgrade" world_case large

random_moments() { # RUNS SEED WORKER
	awk -v seed="$2$3" -v runs="$1" -v most="$most_ms" 'BEGIN {
		srand(seed)
		for (i = 0; i < runs; i++)
			printf "%.4f\n", rand() * most / 1000
	}' | while read -r moment; do
		breakoff large "large-$3"
		timeout -s KILL "$moment" "$RT" "$R" apply "+$W/packages/large~primary~std~2.rvn" >/dev/null 2>&1
		if whole large; then
			echo "$is" >>"$W/large/$3.ends"
		else
			echo "large: after $moment s: $why" >>"$W/large/$3.bad"
		fi
		rm -rf "$R"
	done 2>/dev/null
}

# the time of a whole run, with two at once as below
begin=$(date +%s%N)
timed() { # NAME
	breakoff large "time-$1"
	"$RT" "$R" apply "+$W/packages/large~primary~std~2.rvn" >/dev/null 2>&1
	rm -rf "$R"
}
for round in a b c d; do
	timed "1$round" &
	timed "2$round" &
	wait
done
most_ms=$((($(date +%s%N) - begin) / 4000000))
random_moments $((runs / 2)) "$seed" 1 &
random_moments $((runs / 2)) "$seed" 2 &
wait
cat "$W/large"/*.bad >"$W/bad" 2>/dev/null
is "$(cat "$W/bad")" "" "large: killed at $runs random moments within $most_ms ms (KILL_SEED=$seed)"
note "$(cat "$W/large"/*.ends | sort | uniq -c | tr '\n' ' ')"
isnt "$(grep -c old "$W/large/1.ends")" 0 "large: some moments were early enough to take it back"
isnt "$(grep -c new "$W/large/1.ends")" 0 "large: some were late enough to complete it"
finish
