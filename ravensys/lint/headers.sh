#!/bin/sh
# SPDX-License-Identifier: ISC
# Every header compiles alone: it includes what it names.
set -eu
cd "$(dirname "$0")/../.."
bad=0
for h in $(find ravensys -path ravensys/tests/ports -prune -o -name '*.h' -print | sort); do
	printf '#include "%s"\n' "$PWD/$h" |
		${CC:-cc} -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -x c \
			-Iravensys/include -Iravensys/lib -Iravensys/builder -Iravensys - ||
		{ echo "$h: does not compile alone"; bad=1; }
done
exit $bad
