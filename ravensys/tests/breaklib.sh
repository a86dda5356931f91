# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# A command broken off at each of its own system calls that make something last. Needs testlib.sh and strace.
#
#	break_everywhere NAME CALLS COMMAND [ARG ...]
#
# runs COMMAND once to count the calls of each name in CALLS, then again and again, each time killed at, or refused, one
# of them. Before each run the test's function `reset` makes the world anew; after it `whole` says (status 0, or text on
# standard output) whether what is there is the old or the new state.

can_break() {
	strace -o /dev/null true 2>/dev/null
}

break_once() { # HOW CALL N COMMAND ...
	break_how=$1
	break_call=$2
	break_n=$3
	shift 3
	reset >"$T/.reset" 2>&1 || echo "the world cannot be made anew: $(cat "$T/.reset")"
	strace -f -o /dev/null -e "trace=$break_call" -e "inject=$break_call:$break_how:when=$break_n" "$@" >"$T/.broken" 2>&1 </dev/null
	break_status=$?
	case $break_how-$break_status in
	signal=KILL-137 | signal=KILL-0 | error=*-0) ;;
	error=*-1) [ -s "$T/.broken" ] || echo "$break_how at $break_call $break_n: no message" ;;
	*) echo "$break_how at $break_call $break_n: status $break_status: $(cat "$T/.broken")" ;;
	esac
	whole >"$T/.whole" 2>&1 || echo "$break_how at $break_call $break_n: $(cat "$T/.whole")"
}

break_everywhere() {
	break_name=$1
	break_calls=$2
	shift 2
	reset >/dev/null 2>&1
	ok "$break_name, not broken off" strace -f -o "$T/.calls" -e "trace=$(echo "$break_calls" | tr ' ' ,)" "$@"
	break_total=0
	for break_each in $break_calls; do
		break_count=$(grep -c "[ (]*$break_each(" "$T/.calls")
		break_step=$((1 + break_count / ${BREAK_MOST:-4}))
		[ "${RV_LONG:-0}" = 0 ] || break_step=1
		break_i=1
		while [ "$break_i" -le "$break_count" ]; do
			for break_way in signal=KILL error=ENOSPC error=EIO; do
				break_once $break_way "$break_each" "$break_i" "$@"
				break_total=$((break_total + 1))
			done
			break_i=$((break_i + break_step))
		done
	done >"$T/.bad"
	break_bad=$(cat "$T/.bad")
	is "$break_bad" "" "$break_name: killed at and refused each of $break_calls"
	ok "$break_name: there were such calls" test "$break_total" -gt 0
}
