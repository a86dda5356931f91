#!/bin/sh
# SPDX-License-Identifier: ISC
# kill -9 of ravenadm in each phase, three delays each: the next command leaves no process, mount, control group or partial file,
# and the run completes with the content ids of an undisturbed one.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"

if [ "${RV_LONG:-0}" = 1 ]; then
	victim=ncurses:std
	wait_ms=600000
	delays="0 0.3 2"
else
	victim=tiny-app:std
	wait_ms=60000
	delays="0 0.02 0.1"
fi

make_profile "$T/still" || skip_all "no profile"
run radm build "$victim"
is "$status" 0 "an undisturbed run"
[ "$status" = 0 ] || note "$err"
keep_distfiles "$T/still"
content_ids "$T/still/packages" >"$T/wanted"
ok "made packages" test -s "$T/wanted"

make_profile "$T/killed"
journal=$T/killed/logs/journal

# Kills the run of $victim `delay` after the journal says that `phase` began; the groups of its workers are left alone.
kill_in() {
	rm -rf "$T/killed/packages"/*/"${victim%:*}"~*
	rm -f "$journal"*
	"$RAVENADM" -C "$conf" build "$victim" >"$T/log" 2>&1 </dev/null &
	pid=$!
	reached=0
	for _ in $(seq 1 $((wait_ms / 20))); do
		if grep -hs '"phase-begin"' "$journal"* | grep -q "\"phase\":\"$1\".*\"port\":\"$victim\"\|\"port\":\"$victim\".*\"phase\":\"$1\""; then
			reached=1
			break
		fi
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.02
	done
	sleep "$2"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}

for phase in dependencies extract patch configure build stage check-plist package; do
	for delay in $delays; do
		kill_in "$phase" "$delay"
		is "$reached" 1 "$phase + $delay s: reached"
		run radm status "$victim"
		is "$status" 0 "$phase + $delay s: the next command works"
		# a killed process may take a moment to be gone
		left=$(leftovers "$T/killed")
		[ -z "$left" ] || { sleep 0.5; left=$(leftovers "$T/killed"); }
		is "$left" "" "$phase + $delay s: nothing is left"
	done
	run radm build "$victim"
	is "$status" 0 "$phase: the run completes"
	content_ids "$T/killed/packages" >"$T/got"
	is "$(cat "$T/got")" "$(cat "$T/wanted")" "$phase: with the same content ids"
done
finish
