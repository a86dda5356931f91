#!/bin/sh
# SPDX-License-Identifier: ISC
# Shell scripts pass shellcheck, and tests can be run.
set -eu
cd "$(dirname "$0")/../.."
find . -path ./build -prune -o -path './build-*' -prune -o -path ./quickstart -prune -o -path ./.git -prune -o \
	-name '*.sh' -print0 | xargs -0 shellcheck -x -P SCRIPTDIR
[ ! -f .ci/run ] || shellcheck .ci/run
lame=$(find ravensys/tests/cli ravensys/tests/accept -name '*.sh' ! -perm -u+x)
[ -z "$lame" ] || { echo "not executable: $lame"; exit 1; }
