#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs one test for prove: with a deadline, and with its output through a file, so that a process which a test leaves
# behind cannot hold the harness. usage: one.sh TEST [ARG ...]
set -u
deadline=${TEST_DEADLINE_SECONDS:-900}
out=$(mktemp "${TMPDIR:-/tmp}/ravensys-one.XXXXXX") || exit 1
trap 'rm -f "$out"' EXIT
timeout -k 10 "$deadline" "$@" >"$out" 2>&1 </dev/null
status=$?
cat "$out"
[ "$status" != 124 ] || echo "# passed its deadline of $deadline s"
exit "$status"
