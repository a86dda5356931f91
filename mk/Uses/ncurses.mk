# SPDX-License-Identifier: ISC
#
# USES=ncurses[:build]: the port links our ncurses; ravenadm adds the dependencies.

.if !defined(_USES_NCURSES_MK)
_USES_NCURSES_MK=	yes
NCURSESBASE=	${LOCALBASE}
NCURSESINC=	${NCURSESBASE}/include/ncurses
NCURSESLIB=	${NCURSESBASE}/lib
.endif
