#!/bin/sh
# SPDX-License-Identifier: ISC
# Manual pages are clean mdoc, and every command of the tables stands in its program's page with the same synopsis.
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
bad=0
for page in docs/*.[0-9]; do
	mandoc -Tlint -W warning "$page" || bad=1
done
for program in ravenadm rvn; do
	[ -f "docs/$program.8" ] || { echo "docs/$program.8: missing"; bad=1; continue; }
	text=$(mandoc -Tutf8 -O width=1000 "docs/$program.8" | sed 's/.\x08//g; s/‐/-/g' | tr -s ' ')
	"$B/bin/$program" help --synopsis >"$B/$program.synopsis"
	while IFS= read -r line; do
		printf '%s\n' "$text" | grep -qF -- "$line" ||
			{ echo "docs/$program.8: lacks the synopsis: $line"; bad=1; }
	done <"$B/$program.synopsis"
done
exit $bad
