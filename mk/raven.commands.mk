# SPDX-License-Identifier: ISC
#
# The commands that recipes and this framework call by variable.  All are found through PATH, which
# holds the system root's folders first: the same file serves every system.

.if !defined(_RAVEN_COMMANDS_MK)
_RAVEN_COMMANDS_MK=	yes

# variable named like the command, in capitals
.for _c in awk basename bzip2 cat chgrp chmod chown comm cp cpio cut diff dirname echo expr file \
    find flex grep head id ident install ln ls mktemp mv patch pax printf realpath rmdir sed sort \
    stat tail tar touch tr uname which xargs yacc
${_c:tu}=	${_c}
.endfor

BSDCAT=		bsdcat
# the port gets a sys.mk of ours; the machine's folder serves <bsd.prog.mk> and the like
BSDMAKE?=	${MAKE} -m ${RAVEN_MK}/portmake -m /usr/share/mk
BZCAT=		bzip2 -dc
ECHO_CMD=	echo
ECHO_MSG?=	echo
EGREP=		grep -E
FALSE=		false
GUNZIP_CMD=	gzip -df
GZCAT=		gzip -dc
GZIP_LEVEL?=	-9
GZIP_CMD=	gzip -nf ${GZIP_LEVEL}
MD5=		md5sum
MKDIR=		mkdir -p
RM=		rm -f
SETENV=		env
SETENVI=	env -i
SH=		/bin/sh
SHA256=		sha256sum
TEST=		test
TRUE=		true
UNZIP_CMD=	unzip
XZ_LEVEL?=	-Mmax
XZCAT=		xz -dc ${XZ_LEVEL}
XZ_CMD=		xz ${XZ_LEVEL}
PAXCTL=		true paxctl
DO_NADA?=	true
STRIP_CMD=	strip
.if ${OPSYS} == "Darwin"
STRIP_CMD=	strip -x
.elif ${OPSYS} == "NetBSD"
PAXCTL=		paxctl
.endif

# sed in place, the old text kept beside as .bak
REINPLACE_ARGS?=	-i.bak
REINPLACE_CMD?=		${SED} ${REINPLACE_ARGS}

# (1) folder to copy, (2) destination, (3) conditions for find, as one word
COPYTREE_BIN=	${SH} ${MK_SCRIPTS}/copytree.sh ${BINMODE}
COPYTREE_SHARE=	${SH} ${MK_SCRIPTS}/copytree.sh ${_SHAREMODE}

.endif
