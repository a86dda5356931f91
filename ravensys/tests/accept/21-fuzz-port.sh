#!/bin/sh
# SPDX-License-Identifier: ISC
# Whatever recipes, buildsheets, manifests, profiles, make data files and scan files hold, reading them ends in bounded
# time and memory: every seed of the corpora, the hostile ones too, by the parser alone and by the program. With
# RV_LONG=1 each of their fuzzers runs FUZZ_SECONDS (300).
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

targets="specification buildsheet filelist plist profile mkvars scan lint"
seconds=20
memory_kib=524288

# A sanitizer wants all addresses and more time; then only the time is bounded.
if grep -q __asan_init "$RAVENADM"; then
	memory_kib=unlimited
	seconds=120
fi
bounded() {
	(
		# shellcheck disable=SC3045 # where there is no -v, time alone is bounded
		ulimit -v "$memory_kib" 2>/dev/null
		exec timeout -k 5 "$seconds" "$@"
	)
}
# Not killed, not out of time.
ends() {
	run bounded "$@"
	[ "$status" -le 3 ] && return 0
	printf 'status %s\n%s\n%s\n' "$status" "$out" "$err" | head -n 20
	return 1
}

# --- each parser over its corpus
for name in $targets; do
	corpus=$TOP/ravensys/fuzz/corpus/$name
	ok "$name: its seeds, in $seconds s and $memory_kib KiB" bounded "$B/tests/replay/$name" "$corpus"
	note "$(find "$corpus" -type f | wc -l | tr -d ' ') seeds"
done

# --- the forms of hostile input that such parsers fail on are all there
for form in no-end self-growing huge-line nul carriage-returns nested exponential; do
	ok "specification has the seed $form" test -f "$TOP/ravensys/fuzz/corpus/specification/$form"
done
for form in no-end self exponential loops grow-in-loop nested huge-line nul carriage-returns; do
	ok "mkvars has the seed $form" test -f "$TOP/ravensys/fuzz/corpus/mkvars/$form"
done

# --- the program over the same
HOME=$T
export HOME
unset XDG_CACHE_HOME
mkdir "$T/tree" "$T/mk"
bad=0
for seed in "$TOP"/ravensys/fuzz/corpus/specification/* "$TOP"/ravensys/fuzz/corpus/lint/*; do
	rm -rf "$T/port"
	mkdir "$T/port"
	cp "$seed" "$T/port/specification"
	for command in "dev makefile" "dev dump" "dev buildsheet" "dev lint --fix"; do
		# shellcheck disable=SC2086 # two words
		ends "$RAVENADM" $command --tree "$T/tree" --mk "$TOP/mk" "$T/port" >"$T/why" && continue
		bad=$((bad + 1))
		note "$command: $(basename "$seed"): $(cat "$T/why")"
	done
done
is "$bad" 0 "dev makefile, dump, buildsheet and lint end on every recipe of the corpora"

bad=0
for seed in "$TOP"/ravensys/fuzz/corpus/mkvars/*; do
	cp "$seed" "$T/mk/raven.versions.mk"
	cp "$seed" "$T/mk/raven.information.mk"
	ends "$RAVENADM" dev lint --all --tree "$TOP/buckets" --mk "$T/mk" >"$T/why" && continue
	bad=$((bad + 1))
	note "$(basename "$seed"): $(cat "$T/why")"
done
is "$bad" 0 "recipes read with every mk folder of the corpus"

bad=0
for seed in "$TOP"/ravensys/fuzz/corpus/profile/*; do
	cp "$seed" "$T/ravenadm.ini"
	ends "$RAVENADM" -C "$T/ravenadm.ini" configure get directory_profile >"$T/why" && continue
	bad=$((bad + 1))
	note "$(basename "$seed"): $(cat "$T/why")"
done
is "$bad" 0 "every profile of the corpus is read or refused"

bad=0
for seed in "$TOP"/ravensys/fuzz/corpus/buildsheet/*; do
	rm -rf "$T/out"
	cp "$seed" "$T/sheet"
	ends "$RAVENADM" dev explode "$T/sheet" "$T/out" >"$T/why" && continue
	bad=$((bad + 1))
	note "$(basename "$seed"): $(cat "$T/why")"
done
is "$bad" 0 "every buildsheet of the corpus explodes or is refused"

# --- the fuzzers themselves
fuzz_cc=${FUZZ_CC:-clang-14}
[ "${RV_LONG:-0}" = 1 ] || finish
if ! command -v "$fuzz_cc" >/dev/null; then
	skip 1 "no $fuzz_cc: set FUZZ_CC"
else
	cd "$TOP" || exit 1
	programs=
	for name in $targets; do
		programs="$programs build-fuzz/fuzz/$name"
	done
	# shellcheck disable=SC2086 # a list
	if run make -s B=build-fuzz CC="$fuzz_cc" FUZZ=1 $programs && [ "$status" = 0 ]; then
		# shellcheck disable=SC2086
		runs 0 "the fuzzers find nothing" ravensys/fuzz/run.sh -j2 build-fuzz "${FUZZ_SECONDS:-300}" $targets
		note "$out"
	else
		is "$status" 0 "the fuzzers are built"
		note "$err"
	fi
fi
finish
