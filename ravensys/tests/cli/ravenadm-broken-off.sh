#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm is killed, or refused, at each of its own system calls that make something last: whatever was being published,
# the next run makes what the sources say, never less and never a mixture.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
LONG=${RV_LONG:-0}
RV_LONG=0
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"

make_profile "$T/p" || skip_all "no profile"
header=$tree/bucket_4E/tiny-lib/files/tiny.h
cp "$header" "$T/header"
other() {
	echo "/* other */" >>"$header"
}
same() {
	cp "$T/header" "$header"
}

runs 0 "a first build" radm build tiny-lib
content_ids "$T/p/packages" >"$T/wanted"
like "$(cat "$T/wanted")" "tiny-lib~set" "made packages"
other
runs 0 "a build of other sources" strace -o "$T/calls" -e trace=renameat,renameat2,fsync,fdatasync,pwrite64 \
	"$RAVENADM" -C "$conf" build tiny-lib
content_ids "$T/p/packages" >"$T/got"
nok "makes other packages" cmp "$T/got" "$T/wanted"
same
runs 0 "and the first again" radm build tiny-lib

# broken HOW CALL N: a run on other sources that is broken off, then one on the first
broken() {
	other
	strace -o /dev/null -e "trace=$2" -e "inject=$2:$1:when=$3" "$RAVENADM" -C "$conf" build tiny-lib >"$T/out" 2>"$T/err" </dev/null
	status=$?
	same
	row=0
	case $1-$status in
	signal=KILL-*) ;;
	*-0) ;;
	*-1 | *-3) [ -s "$T/err" ] || { row=1; note "no message"; } ;;
	*) row=1; note "status $status: $(cat "$T/err")" ;;
	esac
	radm status tiny-lib >"$T/status" 2>&1 || { row=1; note "status fails: $(cat "$T/status")"; }
	content_ids "$T/p/packages" >"$T/got"
	# a record that says otherwise would be believed by whoever has packages of the same size
	cmp -s "$T/wanted" "$T/got" || grep -q "never built\|changed: " "$T/status" || { row=1; note "still on record: $(cat "$T/status")"; }
	left=$(leftovers "$T/p")
	[ -z "$left" ] || { sleep 0.5; left=$(leftovers "$T/p"); }
	left=$left$(find "$T/p" -name '.tmp-*')
	[ -z "$left" ] || { row=1; note "left: $left"; }
	radm build tiny-lib >"$T/out" 2>&1 || { row=1; note "the next build fails: $(cat "$T/out")"; }
	content_ids "$T/p/packages" >"$T/got"
	cmp -s "$T/wanted" "$T/got" || { row=1; note "$(diff "$T/wanted" "$T/got")" "$(cat "$T/out")"; }
	test_result "$row" "$1 at $2 $3"
}

# every_call HOW CALL STEP
every_call() {
	n=$(grep -c "^$2(" "$T/calls")
	i=1
	while [ "$i" -le "$n" ]; do
		broken "$1" "$2" "$i"
		i=$((i + $3))
	done
}

rename=$(sed -n 's/^\(renameat2*\)(.*/\1/p' "$T/calls" | head -n 1)
every_call signal=KILL "$rename" 1
every_call signal=KILL fdatasync 1
if [ "$LONG" = 1 ]; then
	every_call signal=KILL fsync 1
	every_call signal=KILL pwrite64 1
	for error in ENOSPC EIO; do
		for call in "$rename" fdatasync fsync pwrite64; do
			every_call error=$error "$call" 1
		done
	done
else
	every_call error=EIO "$rename" 1
	every_call error=ENOSPC pwrite64 8
	every_call error=EIO fdatasync 3
fi
finish
