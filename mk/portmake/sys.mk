# SPDX-License-Identifier: ISC
#
# Read by bmake before a port's own Makefile, in the place of the machine's sys.mk, which may put values over
# those that come from the environment (LDFLAGS on Debian).  The rules of POSIX make, and no more.

.SUFFIXES: .out .a .o .c .cc .cpp .cxx .C .y .l .s .S .sh

AR?=		ar
ARFLAGS?=	rc
AS?=		as
CC?=		cc
CPP?=		cpp
CXX?=		c++
ECHO?=		echo
INSTALL?=	install
LD?=		ld
LEX?=		lex
LN?=		ln
MAKE?=		make
RANLIB?=	ranlib
SHELL?=		sh
YACC?=		yacc

.c.o:
	${CC} ${CPPFLAGS} ${CFLAGS} -c -o ${.TARGET} ${.IMPSRC}

.cc.o .cpp.o .cxx.o .C.o:
	${CXX} ${CPPFLAGS} ${CXXFLAGS} -c -o ${.TARGET} ${.IMPSRC}

.S.o:
	${CC} ${CPPFLAGS} ${CFLAGS} -c -o ${.TARGET} ${.IMPSRC}

.s.o:
	${AS} ${ASFLAGS} -o ${.TARGET} ${.IMPSRC}

.c:
	${CC} ${CPPFLAGS} ${CFLAGS} ${LDFLAGS} -o ${.TARGET} ${.IMPSRC} ${LDLIBS}

.cc .cpp .cxx .C:
	${CXX} ${CPPFLAGS} ${CXXFLAGS} ${LDFLAGS} -o ${.TARGET} ${.IMPSRC} ${LDLIBS}

.sh:
	cp ${.IMPSRC} ${.TARGET}
	chmod a+x ${.TARGET}

.y.c:
	${YACC} ${YFLAGS} ${.IMPSRC}
	mv y.tab.c ${.TARGET}

.l.c:
	${LEX} ${LFLAGS} -t ${.IMPSRC} > ${.TARGET}

