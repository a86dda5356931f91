#!/bin/sh
# SPDX-License-Identifier: ISC
#
# copytree.sh MODE FOLDER DESTINATION [CONDITIONS]: copy FOLDER (relative to the working directory, often
# ".") below DESTINATION; files get MODE, folders 755.  CONDITIONS are words for find, e.g. "-not -name '*.o'".
set -eu

[ $# -ge 3 ] || { echo 'copytree.sh: usage: MODE FOLDER DESTINATION [CONDITIONS]' >&2; exit 2; }
mode=$1 to=$3 conditions=${4-}
# shellcheck disable=SC2034 # used by the eval below
from=$2

mkdir -p "$to"
umask 022
eval "find \"\$from\" $conditions \\( -type d -o -type f -o -type l \\) -print" | LC_ALL=C sort |
while IFS= read -r path; do
	if [ -L "$path" ] || [ -f "$path" ]; then
		case $path in */*) mkdir -p "$to/${path%/*}" ;; esac
		cp -Pp "$path" "$to/$path"
		[ -L "$path" ] || chmod "$mode" "$to/$path"
	elif [ -z "$conditions" ]; then
		mkdir -p "$to/$path"
		chmod 755 "$to/$path"
	fi
done
