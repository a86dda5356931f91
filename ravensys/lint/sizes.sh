#!/bin/sh
# SPDX-License-Identifier: ISC
# Sizes: function <= 60 lines (ravensys/lint/long-functions lists the reviewed exceptions, at most 5, up to 100),
# main <= 80, file <= 800, header <= 250, parameters <= 6 beside the error object, nesting <= 4 blocks below the
# function's own, lines <= 100 columns but for one with a text that cannot be broken.
set -eu
cd "$(dirname "$0")/../.."
bad=0
allowed=ravensys/lint/long-functions
if [ "$(grep -vc '^#' "$allowed")" -gt 5 ]; then
	echo "$allowed: more than 5 exceptions"
	bad=1
fi
for f in $(find ravensys -path ravensys/tests/ports -prune -o -name '*.[ch]' -print | sort); do
	n=$(wc -l <"$f")
	case $f in
	*.h) max=250 ;;
	*) max=800 ;;
	esac
	if [ "$n" -gt "$max" ]; then
		echo "$f: $n lines, at most $max"
		bad=1
	fi
done
find ravensys -path ravensys/tests/ports -prune -o -name '*.[ch]' -print | sort |
	xargs awk -f ravensys/lint/sizes.awk "$allowed" || bad=1
exit $bad
