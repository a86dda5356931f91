#!/bin/sh
# SPDX-License-Identifier: ISC
# Manual pages are clean mdoc; every command of the tables stands in its program's page with the same synopsis, every
# key of a profile in ravenadm.conf.5, every keyword and helper of recipes in specification.5; every page that one
# refers to is there.
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
# has PAGE WORD ...
has() {
	page=docs/$1
	shift
	for word; do
		grep -qw -- "$word" "$page" || { echo "$page: lacks $word"; bad=1; }
	done
}
# shellcheck disable=SC2046 # one word a key
has ravenadm.conf.5 $(sed -n 's/^RV_PROFILE_ROW([^"]*"\([a-z0-9_]*\)".*/\1/p' ravensys/builder/engine/profile.def)
# shellcheck disable=SC2046
has specification.5 $(sed -n 's/^RV_KEY_ROW(\([A-Z0-9_]*\),.*/\1/p' ravensys/builder/port/keys.def)
grep -hE '^\.Xr (rvn|ravenadm|specification)' docs/*.[0-9] | cut -d' ' -f2,3 | sort -u | while read -r name section; do
	[ -f "docs/$name.$section" ] || echo "docs: $name($section) is referred to and missing"
done >"$B/manuals.missing"
# docs/security.md names tests that there are: unit/X.c, cli/X.sh, accept/NN
grep -oE '(unit|cli|accept)/[a-z0-9_-]+(\.c|\.sh)?' docs/security.md | sort -u | while read -r test; do
	set -- ravensys/tests/"$test"*
	[ -e "$1" ] || echo "docs/security.md: there is no test $test"
done >>"$B/manuals.missing"
[ ! -s "$B/manuals.missing" ] || { cat "$B/manuals.missing"; bad=1; }
exit $bad
