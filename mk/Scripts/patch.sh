#!/bin/sh
# SPDX-License-Identifier: ISC
#
# patch.sh FOLDER "OPTIONS" FILE...: apply each FILE in FOLDER; compressed ones are read through their tool.
# A pattern that matched nothing and left-overs of editors are passed over.  The first failure ends it.
set -eu

folder=$1 options=$2
shift 2

for file; do
	[ -f "$file" ] || continue
	case $file in
	*.orig | *.rej | *~ | *,v) continue ;;
	*.gz | *.tgz | *.Z) cat='gzip -dc' ;;
	*.bz2) cat='bzip2 -dc' ;;
	*.xz) cat='xz -dc' ;;
	*.zip) cat='unzip -p' ;;
	*) cat='cat' ;;
	esac
	echo "==> patch ${file##*/}"
	# shellcheck disable=SC2086
	$cat "$file" | patch -d "$folder" $options || {
		echo "$file: does not apply cleanly in $folder" >&2
		exit 1
	}
done
