#!/bin/sh
# SPDX-License-Identifier: ISC
# `make lint` and a second compiler without a warning; in the long run the sanitizers and three minutes of each fuzzer.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
cd "$TOP" || exit 1

ok "make lint" make -s lint B="$B"
ok "make CC=clang-14 WERROR=1" make -s -j2 CC=clang-14 WERROR=1 B="$T/clang" all unit-build
if [ "${RV_LONG:-0}" = 1 ]; then
	seconds=${FUZZ_SECONDS:-180}
	ok "make SANITIZE=1 check" env -u RV_LONG make -s -j2 SANITIZE=1 B="$TOP/build-sanitize" check
	ok "make fuzz, $seconds s each" make -s -j2 fuzz FUZZ_SECONDS="$seconds"
fi
finish
