# SPDX-License-Identifier: ISC
#
# Read by bmake before the port's Makefile ("make -m <this folder>").  It gives the few names that
# every makefile may expect and takes in the profile's make.conf.  There are no suffix rules: a
# port's own Makefile runs in a make of its own, which does not read this file.

.SUFFIXES:
.MAKE.EXPAND_VARIABLES= yes

MAKE_CONF?=	/etc/make.conf
.-include "${MAKE_CONF}"

CC?=		cc
CXX?=		c++
CPP?=		cpp
AR?=		ar
LD?=		ld
SHELL?=		/bin/sh
