#!/bin/sh
# SPDX-License-Identifier: ISC
# The C is formatted as .clang-format says; the version is pinned, since every version formats differently.
set -eu
cd "$(dirname "$0")/../.."
tool=$(command -v clang-format-14 || command -v clang-format || true)
[ -n "$tool" ] || { echo "clang-format 14 is missing: apt-get install clang-format-14"; exit 1; }
"$tool" --version | grep -q 'version 14\.' || { echo "$tool: version 14 is wanted"; exit 1; }
find ravensys -path ravensys/tests/ports -prune -o -name '*.[ch]' -print0 | xargs -0 "$tool" --dry-run -Werror
