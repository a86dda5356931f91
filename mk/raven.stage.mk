# SPDX-License-Identifier: ISC
#
# stage: install below STAGEDIR, and everything that is handed over to the packager (raven.mk says what).

INSTALL_TARGET?=	install
MANDIRS+=		${MANPREFIX}/man

# a subpackage's manifest as handed over, and the texts beside it
_MANIFEST=	${WRKDIR}/.manifest
_LICENSE_DIR=	share/licenses/${NAMEBASE}
_LICENSE_STAGE=	${STAGEDIR}${PREFIX}/${_LICENSE_DIR}

# --- metadata (step of the phase extract) -------------------------------------------------------------
# A text that SUB_FILES made in WRKDIR wins over the one in files/.

.if !target(compile-package-desc)
compile-package-desc:
.  for _sp in ${SUBPACKAGES}
	@${SH} ${MK_SCRIPTS}/metadata.sh ${WRKDIR} ${.CURDIR} ${TWO_PART_ID} ${_sp}
.  endfor
.endif

# --- install ------------------------------------------------------------------------------------

.if !target(stage-dir)
stage-dir:
	@${MKDIR} ${STAGEDIR} && cd ${STAGEDIR} && umask 022 && \
	for d in bin etc/rc.d include lib/pkgconfig libdata libexec sbin share/doc share/examples \
	    share/info share/locale share/nls www; do \
		${MKDIR} .${PREFIX}/$$d; \
	done && \
	for s in 1 2 3 4 5 6 7 8 9 l n; do ${MKDIR} .${PREFIX}/share/man/man$$s; done
.endif

.if !target(do-install) && !defined(NO_INSTALL)
do-install:
	@umask 022 && cd ${INSTALL_WRKSRC} && ${SETENVI} ${MAKE_ENV} ${MAKE_CMD} ${MAKE_FLAGS} ${MAKEFILE} \
		${MAKE_ARGS} ${INSTALL_TARGET}
.endif

.if (defined(USERS) || defined(GROUPS)) && !target(create-users-groups)
create-users-groups:
	@echo "${TWO_PART_ID}: USERS and GROUPS: this version does not create users;" \
		"take them out of the recipe" >&2; ${FALSE}
.endif

# Manual pages are kept plain: small, the package is compressed anyway, and the same everywhere.
.if !target(decompress-man)
decompress-man:
	@${SH} ${MK_SCRIPTS}/man.sh ${MANDIRS:O:u:S,^,${STAGEDIR},}
.endif

.if !target(install-rc-script) && !empty(SUBPACKAGES:@s@${RC_SUBR_$s}@)
install-rc-script:
.  for _sp in ${SUBPACKAGES}
.    for _f in ${RC_SUBR_${_sp}}
	@${INSTALL_SCRIPT} ${WRKDIR}/${_f} ${STAGEDIR}${PREFIX}/etc/rc.d/${_f:S/.sh$//}
	@echo etc/rc.d/${_f:S/.sh$//} >> ${_MANIFEST}.${_sp}.mktmp
.    endfor
.  endfor
.endif

# --- licences -----------------------------------------------------------------------------------
# LICENSE_SET, LICENSE_SCHEME, LICENSE_<subpackage>, LICENSE_FILE_<licence> (a path or "stock"),
# LICENSE_NAME_<licence>, LICENSE_TERMS_<subpackage>

.if !target(install-license) && defined(LICENSE_SET)
install-license:
	@${MKDIR} ${_LICENSE_STAGE}
.  for _sp in ${SUBPACKAGES}
.    if defined(LICENSE_${_sp}) || defined(LICENSE_TERMS_${_sp})
	@echo "Licence of ${NAMEBASE}~${_sp}~${VARIANT} (${LICENSE_SCHEME}):" \
		> ${_LICENSE_STAGE}/summary.${_sp}.${VARIANT}
.      for _l in ${LICENSE_${_sp}}
	@echo "  ${_l}: "${LICENSE_NAME_${_l}:Q}", see ${_l}.${VARIANT}" \
		>> ${_LICENSE_STAGE}/summary.${_sp}.${VARIANT}
.      endfor
.    endif
.    if defined(LICENSE_TERMS_${_sp})
	@echo "  terms: see Terms.${_sp}.${VARIANT}" >> ${_LICENSE_STAGE}/summary.${_sp}.${VARIANT}
	@${INSTALL_DATA} ${LICENSE_TERMS_${_sp}} \
		${_LICENSE_STAGE}/Terms.${_sp}.${VARIANT}
.    endif
.    for _l in ${LICENSE_${_sp}}
.      if defined(LICENSE_FILE_${_l})
	@${INSTALL_DATA} ${LICENSE_FILE_${_l}:S,^stock$,${WRKDIR}/LICENSE_${_l},} \
		${_LICENSE_STAGE}/${_l}.${VARIANT}
.      endif
.    endfor
.  endfor
.endif

.if !target(add-plist-licenses) && defined(LICENSE_SET)
add-plist-licenses:
.  for _sp in ${SUBPACKAGES}
.    if defined(LICENSE_${_sp}) || defined(LICENSE_TERMS_${_sp})
	@printf '${_LICENSE_DIR}/%s\n' summary.${_sp}.${VARIANT} ${LICENSE_TERMS_${_sp}:DTerms.${_sp}.${VARIANT}} \
		${LICENSE_${_sp}:@l@${LICENSE_FILE_$l:D$l.${VARIANT}}@} >> ${_MANIFEST}.${_sp}.mktmp
.    endif
.  endfor
.endif

# --- manifests ----------------------------------------------------------------------------------
# manifests/plist.SP.VARIANT, else manifests/plist.SP, else nothing

.if !target(generate-plist)
generate-plist:
.  for _sp in ${SUBPACKAGES}
.    if exists(${MANIFESTDIR}/plist.${_sp}.${VARIANT})
	@${SH} ${MK_SCRIPTS}/subst.sh ${MANIFESTDIR}/plist.${_sp}.${VARIANT} ${PLIST_SUB} \
		> ${_MANIFEST}.${_sp}.mktmp
.    elif exists(${MANIFESTDIR}/plist.${_sp})
	@${SH} ${MK_SCRIPTS}/subst.sh ${MANIFESTDIR}/plist.${_sp} ${PLIST_SUB} > ${_MANIFEST}.${_sp}.mktmp
.    else
	@: > ${_MANIFEST}.${_sp}.mktmp
.    endif
.  endfor
.endif

.if !target(add-plist-info) && !empty(SUBPACKAGES:@s@${INFO_$s}@)
add-plist-info:
.  for _sp in ${SUBPACKAGES}
.    for _i in ${INFO_${_sp}}
	@cd ${STAGEDIR}${PREFIX} && ls ${INFO_PATH}/${_i}.info* | ${SED} 's/^/@info /' \
		>> ${_MANIFEST}.${_sp}.mktmp
.    endfor
.  endfor
.endif

# Subpackages whose contents are known by place, if the recipe gives no manifest for them.
.for _sp _dir in docs share/doc examples share/examples nls share/locale
.  if !target(add-plist-${_sp}) && !empty(SUBPACKAGES:M${_sp}) && \
    !exists(${MANIFESTDIR}/plist.${_sp}) && !exists(${MANIFESTDIR}/plist.${_sp}.${VARIANT})
add-plist-${_sp}:
	@cd ${STAGEDIR}${PREFIX} && ${FIND} ${_dir} -type f -o -type l | LC_ALL=C ${SORT} \
		>> ${_MANIFEST}.${_sp}.mktmp
.  endif
.endfor

.if !target(add-plist-post) && ${PREFIX} != ${LOCALBASE} && ${PREFIX} != "/usr"
add-plist-post:
	@for s in ${SUBPACKAGES:Nset}; do echo "@dir ${PREFIX}" >> ${_MANIFEST}.$$s.mktmp; done
.endif

# --- the end of staging -------------------------------------------------------------------------

.if !target(stage-fixup)
stage-fixup:
	@${SH} ${MK_SCRIPTS}/stage-fixup.sh ${STAGEDIR} ${PREFIX} ${INFO_PATH}
.endif

.if defined(DEVELOPER) && !target(stage-qa)
stage-qa:
	@${SETENV} STAGEDIR=${STAGEDIR} PREFIX=${PREFIX} LOCALBASE=${LOCALBASE} WRKDIR=${WRKDIR} \
		OPSYS=${OPSYS} ${SH} ${MK_SCRIPTS}/qa.sh ${SUBPACKAGES}
.endif
