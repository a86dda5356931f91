#!/bin/sh
# SPDX-License-Identifier: ISC
#
# metadata.sh WRKDIR PORT NAMEBASE:VARIANT SUBPACKAGE: description, messages, scripts and triggers of one
# subpackage, as .PKG_* in WRKDIR.
set -eu

wrkdir=$1 port=$2 id=$3 sp=$4
variant=${id#*:}

# the first that exists, of WRKDIR (made by SUB_FILES) and files/
pick() {
	if [ -f "$wrkdir/$1" ]; then
		cat "$wrkdir/$1"
	elif [ -f "$port/files/$1" ]; then
		cat "$port/files/$1"
	fi
}

gather() {
	out=$1 stem=$2
	shift 2
	for suffix; do pick "$stem-$sp$suffix.ucl"; done > "$out"
	[ -s "$out" ] || rm -f "$out"
}

standard_text() {
	case $sp in
	set) echo "All subpackages of $id." ;;
	docs) echo "Documentation of $id." ;;
	examples) echo "Examples of $id." ;;
	nls) echo "Translated messages (native language support) of $id." ;;
	dev) echo "Files to develop with $id: headers, pkg-config files, link libraries." ;;
	man) echo "Manual pages of $id." ;;
	info) echo "GNU Info manual of $id." ;;
	lang) echo "Language files of $id." ;;
	*) echo "Subpackage $sp of $id." ;;
	esac
}

desc=$wrkdir/.PKG_DESC.$sp
if [ -f "$port/descriptions/desc.$sp.$variant" ]; then
	cat "$port/descriptions/desc.$sp.$variant" > "$desc"
elif [ -f "$port/descriptions/desc.$sp" ]; then
	cat "$port/descriptions/desc.$sp" > "$desc"
else
	standard_text > "$desc"
fi

# ravenadm has put this system's and processor's files under the names "opsys" and "arch"
gather "$wrkdir/.PKG_MESSAGES.$sp" messages '' -opsys -opsys-arch -arch
gather "$wrkdir/.PKG_SCRIPTS.$sp" scripts '' -opsys -opsys-arch -arch
gather "$wrkdir/.PKG_TRIGGERS.$sp" triggers ''
