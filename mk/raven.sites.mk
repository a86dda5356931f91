# SPDX-License-Identifier: ISC
#
# Distfiles: which there are, whether they are there and right, and where they come from.
# ravenadm fetches before a slot starts; in the slot the phase fetch only tells what is missing.
# The macros of SITES are data, in the file sites.

# DISTFILE_n = filename:group[,group]
.for _n in ${DF_INDEX}
_DISTFILES+=	${DISTFILE_${_n}:C/:[^:]*$//}
.endfor
.for _n in ${PF_INDEX}
_PATCHFILES+=	${DISTFILE_${_n}:C/:[^:]*$//}
.endfor
_DIST_PREFIX=	${DIST_SUBDIR:D${DIST_SUBDIR}/}
_CHECKED=	${_DISTFILES:S,^,${_DIST_PREFIX},} ${_PATCHFILES:S,^,${_DIST_PREFIX},}
_CHECKSUM=	${SH} ${MK_SCRIPTS}/checksum.sh

.if !empty(IGNORE)
check-ignore:
	@${ECHO_MSG} "===>  ${TWO_PART_ID} is ignored:" ${IGNORE:Q}
	@${FALSE}
.endif

.if !target(do-fetch)
do-fetch:
.  if !empty(_DISTFILES) || !empty(_PATCHFILES)
	@${_CHECKSUM} present ${.CURDIR}/distinfo ${DISTDIR} ${_CHECKED}
.  else
	@${DO_NADA}
.  endif
.endif

.if !target(checksum)
checksum:
.  if !empty(_DISTFILES) || !empty(_PATCHFILES)
	@${_CHECKSUM} verify ${.CURDIR}/distinfo ${DISTDIR} ${_CHECKED}
.  else
	@${DO_NADA}
.  endif
.endif

# Write distinfo anew from the files in DISTDIR.
makesum: .PHONY
	@${_CHECKSUM} write ${.CURDIR}/distinfo ${DISTDIR} \
		${MAKESUM_INDEX:@n@${_DIST_PREFIX}${DISTFILE_$n:C/:[^:]*$//}@}

# Print FILE<tab>URL for every address of every distfile, in the order to try.
fetch-list: .PHONY
.for _n in ${MAKESUM_INDEX}
.  for _g in ${DISTFILE_${_n}:C/^.*://:S/,/ /g}
	@${AWK} -F '	' -f ${MK_SCRIPTS}/sites.awk ${RAVEN_MK}/sites \
		${DISTFILE_${_n}:C/:[^:]*$//} ${DL_SITES_${_g}:@s@${s:Q}@}
.  endfor
.endfor
