# SPDX-License-Identifier: ISC
#
# USES=gmake: the port's makefiles need GNU make.

.if !defined(_USES_GMAKE_MK)
_USES_GMAKE_MK=	yes
MAKE_CMD=	gmake
CONFIGURE_ENV+=	MAKE=gmake
.endif
