#!/bin/sh
# SPDX-License-Identifier: ISC
#
# checksum.sh present|verify|write DISTINFO DISTDIR FILE...
# present: is each file there, in the size that distinfo gives?  verify: and with its SHA-256?
# write: make DISTINFO from the files.  All files are looked at; one message for each that is wrong.
set -eu

mode=$1 distinfo=$2 distdir=$3
shift 3

sha256() {
	if command -v sha256sum >/dev/null 2>&1; then
		sha256sum "$1" | cut -d ' ' -f 1
	elif command -v sha256 >/dev/null 2>&1; then
		sha256 -q "$1"
	else
		openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
	fi
}

size_of() {
	wc -c < "$1" | tr -d ' '
}

# the line of distinfo: sets sum and size; 1 if there is none
recorded() {
	sum='' size=''
	[ -f "$distinfo" ] || return 1
	while read -r s n f; do
		if [ "$f" = "$1" ]; then
			sum=$s size=$n
			return 0
		fi
	done < "$distinfo"
	return 1
}

wrong=0
complain() {
	echo "$*" >&2
	wrong=1
}

check() {
	if ! recorded "$1"; then
		complain "$1: not in distinfo: run ravenadm dev distinfo in the port's folder"
	elif [ ! -f "$distdir/$1" ]; then
		complain "$1: not in $distdir: ravenadm fetches it (size $size, sha256 $sum)"
	elif have=$(size_of "$distdir/$1"); [ "$have" != "$size" ]; then
		complain "$1: size is $have, distinfo says $size: delete it and fetch it again"
	elif [ "$mode" = verify ] && have=$(sha256 "$distdir/$1") && [ "$have" != "$sum" ]; then
		complain "$1: sha256 is $have, distinfo says $sum: delete it and fetch it again"
	fi
}

write() {
	if [ -f "$distdir/$1" ]; then
		printf '%s %12s %s\n' "$(sha256 "$distdir/$1")" "$(size_of "$distdir/$1")" "$1"
	else
		complain "$1: not in $distdir: fetch it first"
	fi
}

case $mode in
present | verify)
	for f; do check "$f"; done
	;;
write)
	for f; do write "$f"; done > "$distinfo.new"
	if [ $wrong = 0 ]; then mv "$distinfo.new" "$distinfo"; else rm -f "$distinfo.new"; fi
	;;
*)
	complain "checksum.sh: $mode: unknown mode"
	;;
esac
exit $wrong
