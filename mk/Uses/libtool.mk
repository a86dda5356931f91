# SPDX-License-Identifier: ISC
#
# USES=libtool[:keepla][,build]: libtool links only what a library names itself, and its archives (*.la)
# are not installed unless keepla says that the port reads them when it runs.

.if !defined(_USES_LIBTOOL_MK)
_USES_LIBTOOL_MK=	yes

_USES_configure+=	480:patch-libtool
patch-libtool:
	@${FIND} ${WRKDIR} -type f \( -name configure -o -name ltconfig \) -exec ${GREP} -l link_all_deplibs {} + | \
	while read -r f; do \
		${SED} -i.libtool '/link_all_deplibs[0-9A-Z_]*=/s/=unknown/=no/' $$f && \
		${TOUCH} -r $$f.libtool $$f && ${RM} $$f.libtool; \
	done

_USES_stage+=		790:patch-lafiles
patch-lafiles:
.  if !empty(libtool_ARGS:Mkeepla)
	@${FIND} ${STAGEDIR} -type f -name '*.la' -exec ${SED} -i.old "/^dependency_libs=/s/=.*/=''/" {} + && \
	${FIND} ${STAGEDIR} -name '*.la.old' -exec ${RM} {} +
.  else
	@${FIND} ${STAGEDIR} -name '*.la' \( -type l -o -exec ${GREP} -q 'libtool library' {} \; \) -exec ${RM} {} +
.  endif
.endif
