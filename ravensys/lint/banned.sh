#!/bin/sh
# SPDX-License-Identifier: ISC
# Calls and constructs that the tree does not use; banned.tsv says which, where they may stand, and what to use.
set -eu
cd "$(dirname "$0")/../.."
bad=0
tab=$(printf '\t')
while IFS="$tab" read -r regex allowed instead; do
	case $regex in
	'' | '# '*) continue ;;
	esac
	hits=$(grep -rnP --include='*.[ch]' --exclude-dir=ports -- "(?<![\\w\"])$regex" ravensys || true)
	hits=$(printf '%s\n' "$hits" | grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)' || true)
	if [ "$allowed" != - ]; then
		for place in $(printf '%s' "$allowed" | tr ',' ' '); do
			hits=$(printf '%s\n' "$hits" | grep -v "^$place" || true)
		done
	fi
	if [ -n "$hits" ]; then
		printf '%s\n' "$hits" | sed "s|\$|   <- use $instead|"
		bad=1
	fi
done <ravensys/lint/banned.tsv
exit $bad
