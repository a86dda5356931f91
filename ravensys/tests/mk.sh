# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# For tests of mk/: bmake on Makefiles such as ravenadm writes, without a slot. After testlib.sh:
#
#	# shellcheck source=../mk.sh
#	. "$(dirname "$0")/../mk.sh"
#
#	port NAME	begins a port in $T/NAME: standard input is its Makefile, between a usual head and the include
#	mk NAME ARG...	runs bmake on it; work in $T/work/NAME; sets $status, $out and $err
#	$PREFIX		/raven; staged files are in $(stage NAME)
BMAKE=${BMAKE:-bmake}
command -v "$BMAKE" >/dev/null 2>&1 || skip_all "no $BMAKE"
mkdir -p "$T/distfiles"

port() {
	mkdir -p "$T/$1"
	{
		printf 'NAMEBASE=%s\nVERSION=1.0\nVARIANT=std\nSUBPACKAGES=set primary\n' "$1"
		cat
		printf '\n.include "%s/mk/raven.mk"\n' "$TOP"
	} > "$T/$1/Makefile"
}

mk() {
	mk_port=$1
	shift
	run env -i PATH="$PATH" HOME="$T" SOURCE_DATE_EPOCH=1577836800 \
	    OPSYS=Linux OSVERSION=610000 OSREL=6.1.0 MAJOR=6.1 ARCH=x86_64 ARCH_STANDARD=x86_64 \
	    "$BMAKE" -m "$TOP/mk" -C "$T/$mk_port" MAKE_CONF="$T/make.conf" WRKDIRPREFIX="$T/work" \
	    DISTDIR="$T/distfiles" "$@"
}

stage() {
	printf '%s\n' "$T/work/$1/stage/raven"
}
