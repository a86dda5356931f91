#!/bin/sh
# SPDX-License-Identifier: ISC
# Every fuzz target reads every seed of its corpus without a crash (under SANITIZE=1 also without a finding).
set -u
top=$(cd "$(dirname "$0")/../../.." && pwd)
B=${B:-$top/build}
n=0
failed=0
for source in "$top"/ravensys/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	name=${name#fuzz_}
	n=$((n + 1))
	if out=$("$B/tests/replay/$name" "$top/ravensys/fuzz/corpus/$name" 2>&1); then
		echo "ok $n - $name: $(printf '%s\n' "$out" | grep -c '^ok') seeds"
	else
		failed=1
		echo "not ok $n - $name"
		printf '%s\n' "$out" | sed 's/^/# /'
	fi
done
echo "1..$n"
exit $failed
