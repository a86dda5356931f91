#!/bin/sh
# SPDX-License-Identifier: ISC
# Every fault of a recipe is said at the line, and of the class, at which the program that recipes were first written
# for stops; tricky recipes that are good give its buildsheet. data/verdicts holds the cases and what both programs say;
# with ORIGINAL (make check-long) that one is asked again.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"
verdicts="$TOP/ravensys/tests/verdicts.py"
data="$TOP/ravensys/tests/data/verdicts"
cases=$T/cases
mkdir "$cases"
runs 0 "the cases are made" python3 "$verdicts" make "$cases"

runs 0 "all are asked about" python3 "$verdicts" ask "$cases" "$RAVENADM" --json dev buildsheet --tree "$data/tree" \
	--platform linux:x86_64:4.4
runs 0 "each gets the stored answer, and the stored buildsheet" python3 "$verdicts" check "$cases" ours
[ -z "$out" ] || note "$out"
runs 0 "which is the other program's, or the reason is told" python3 "$verdicts" agree
[ -z "$out" ] || note "$out"
faulty=$(python3 "$verdicts" count faulty)
good=$(python3 "$verdicts" count good)
differ=$(python3 "$verdicts" count differ)
note "$faulty faulty and $good good recipes are judged alike; $differ are not, for a reason"
ok "at least 200 faulty recipes" test "$faulty" -ge 200
ok "at least 60 tricky ones that are good" test "$good" -ge 60

# all faults of a file in one run
runs 1 "two faults in two lines" "$RAVENADM" --json dev buildsheet --tree "$data/tree" "$cases/two-lines"
is "$(printf '%s\n' "$out" | grep -o '"class"' | wc -l | tr -d ' ')" 2 "both are said"

if ! original_can_run; then
	skip_long 2 "ORIGINAL names no program"
	finish
fi
original_setup "$T/original" "$data/tree"
# shellcheck disable=SC2016
original_sh '
for f in "$1"/*/; do
	timeout -k 1 "$2" "$ORIGINAL" dev buildsheet "$f" >"$f/said" 2>&1
	echo $? >"$f/status"
	rm -f /run/ravenadm.pid
done' "$cases" "${VERDICT_SECONDS:-5}"
runs 0 "the other program is heard" python3 "$verdicts" hear "$cases"
runs 0 "it says what is stored" python3 "$verdicts" check "$cases" theirs
[ -z "$out" ] || note "$out"
finish
