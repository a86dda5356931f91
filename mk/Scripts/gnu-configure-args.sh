#!/bin/sh
# SPDX-License-Identifier: ISC
#
# gnu-configure-args.sh CONFIGURE TRIPLET MANDIR INFODIR LOCALSTATEDIR-OPTION
# Print the options that this configure script knows, of those that we would like to give.
set -eu

configure=$1 triplet=$2 mandir=$3 infodir=$4 localstatedir=$5
help=$($configure --help 2>&1 </dev/null || :)

knows() {
	case $help in *"$1"*) return 0 ;; *) return 1 ;; esac
}

args=
if [ -z "$localstatedir" ] && knows --localstatedir; then args="$args --localstatedir=/var"; fi
if knows --mandir; then args="$args --mandir=$mandir"; fi
if knows --infodir; then args="$args --infodir=$infodir"; fi
if knows --disable-silent-rules; then args="$args --disable-silent-rules"; fi
# autoconf 2.13 takes the triplet as an argument by itself
case $($configure --version 2>&1 </dev/null || :) in
*utoconf*2.13* | *nrecognized\ option*) args="$args $triplet" ;;
*) args="$args --build=$triplet" ;;
esac
echo "$args"
