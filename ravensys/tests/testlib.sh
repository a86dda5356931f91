# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# TAP for shell tests; POSIX sh. A test begins with
#
#	# shellcheck source-path=SCRIPTDIR source=../testlib.sh
#	. "$(dirname "$0")/../testlib.sh"
#
# and ends with `finish`. It has $TOP (the checkout), $B (the build folder), $RVN, $RAVENADM, $TOOLS (test tools) and
# $T, a private folder that goes with the test. Nothing else of the caller's environment matters.
#
#	ok NAME COMMAND [ARG ...]	the command succeeds
#	nok NAME COMMAND [ARG ...]	it fails
#	is GOT WANTED NAME		equal texts
#	isnt GOT UNWANTED NAME
#	like TEXT ERE NAME		the text has a line that matches
#	unlike TEXT ERE NAME
#	run COMMAND [ARG ...]		sets $status, $out and $err; never ends the test
#	runs STATUS NAME COMMAND ...	run, and the exit status is STATUS
#	skip COUNT REASON, skip_all REASON, note TEXT, finish
#	skip_long COUNT REASON		skip in a long run; a short one does not have these tests
#	at_exit COMMAND			run when the test ends, the last one first
#	serve CONF			`ravenadm serve` on a free port until the test ends; sets $server and $url
LC_ALL=C
TZ=UTC
export LC_ALL TZ
unset RAVENADM_CONF CDPATH MAKEFLAGS MFLAGS MAKELEVEL
umask 022

TOP=$(cd "$(dirname "$0")/../../.." && pwd) || exit 1
B=${B:-build}
case $B in /*) ;; *) B=$TOP/$B ;; esac
RVN=$B/bin/rvn
RAVENADM=$B/bin/ravenadm
TOOLS=$B/tests/tools

T=$(mktemp -d "${TMPDIR:-/tmp}/ravensys-test.XXXXXX") || exit 1
test_count=0
test_failed=0
test_ending=0
test_at_exit=

test_end() {
	test_status=$?
	trap - EXIT
	eval "$test_at_exit"
	chmod -R u+rwX "$T" 2>/dev/null
	rm -rf "$T"
	if [ "$test_ending" = 0 ]; then
		echo "# ended in the middle, status $test_status"
		[ "$test_status" != 0 ] || test_status=1
	fi
	exit "$test_status"
}
trap test_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

at_exit() {
	test_at_exit="$*
$test_at_exit"
}

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

test_result() { # STATUS NAME
	test_count=$((test_count + 1))
	if [ "$1" = 0 ]; then
		printf 'ok %d - %s\n' "$test_count" "$2"
	else
		test_failed=$((test_failed + 1))
		printf 'not ok %d - %s\n' "$test_count" "$2"
	fi
	[ "$1" = 0 ]
}

ok() {
	test_name=$1
	shift
	if "$@" >"$T/.ok" 2>&1; then
		test_result 0 "$test_name"
	else
		test_result 1 "$test_name" || note "failed: $*" "$(head -n 20 "$T/.ok")"
	fi
}

nok() {
	test_name=$1
	shift
	if "$@" >"$T/.ok" 2>&1; then
		test_result 1 "$test_name" || note "succeeded: $*"
	else
		test_result 0 "$test_name"
	fi
}

is() {
	if [ "$1" = "$2" ]; then
		test_result 0 "$3"
	else
		test_result 1 "$3" || note "got: $1
wanted: $2"
	fi
}

isnt() {
	if [ "$1" != "$2" ]; then
		test_result 0 "$3"
	else
		test_result 1 "$3" || note "got: $1"
	fi
}

like() {
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		test_result 0 "$3"
	else
		test_result 1 "$3" || note "got: $1
wanted a match of: $2"
	fi
}

unlike() {
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		test_result 1 "$3" || note "got: $1
wanted no match of: $2"
	else
		test_result 0 "$3"
	fi
}

run() {
	"$@" >"$T/.out" 2>"$T/.err" </dev/null
	status=$?
	out=$(cat "$T/.out")
	err=$(cat "$T/.err")
	return 0
}

runs() {
	test_status_wanted=$1
	test_name=$2
	shift 2
	run "$@"
	if [ "$status" = "$test_status_wanted" ]; then
		test_result 0 "$test_name"
	else
		test_result 1 "$test_name" || note "status $status, wanted $test_status_wanted: $*
standard output: $(printf '%s' "$out" | head -n 20)
standard error: $(printf '%s' "$err" | head -n 20)"
	fi
}

serve() {
	"$RAVENADM" -C "$1" serve --listen 127.0.0.1:0 >"$T/serve" 2>&1 &
	server=$!
	at_exit "kill $server 2>/dev/null"
	tries=0
	while ! grep -qs http "$T/serve" && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	url=$(sed -n 's/.* at \(http.*\)/\1/p' "$T/serve")
}

skip() {
	test_left=$1
	while [ "$test_left" -gt 0 ]; do
		test_count=$((test_count + 1))
		test_left=$((test_left - 1))
		printf 'ok %d # SKIP %s\n' "$test_count" "$2"
	done
}
skip_long() {
	[ "${RV_LONG:-0}" != 1 ] || skip "$@"
}

skip_all() {
	test_ending=1
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

finish() {
	test_ending=1
	printf '1..%d\n' "$test_count"
	[ "$test_failed" = 0 ]
	exit $?
}
