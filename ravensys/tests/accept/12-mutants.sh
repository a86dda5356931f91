#!/bin/sh
# SPDX-License-Identifier: ISC
# At least fifteen mutants, each takes one protection away and names the test that notices it; in the long run every one is
# applied, built and shown to turn its test red.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
cd "$TOP" || exit 1

count=$(find ravensys/tests/mutants -name '*.patch' | wc -l)
ok "$count mutants, at least 15" test "$count" -ge 15
for patch in ravensys/tests/mutants/*.patch; do
	like "$(head -n 3 "$patch")" '^# what: .' "$(basename "$patch"): says what it takes away"
	like "$(head -n 3 "$patch")" '^# test: .' "$(basename "$patch"): names its test"
	ok "$(basename "$patch"): applies" git apply --check "$patch"
done
if [ "${RV_LONG:-0}" = 1 ]; then
	ok "make check-mutants: a test goes red for each" ravensys/tests/check-mutants.sh
fi
finish
