# SPDX-License-Identifier: ISC
#
# extract, patch, configure, build and test: the default for each main step.  A recipe's own do-*
# target takes its place.

# --- extract ------------------------------------------------------------------------------------
# For each distfile n of EXTRACT_ONLY: cd EXTRACT_WRKDIR_n && EXTRACT_HEAD_n file EXTRACT_TAIL_n

EXTRACT_ONLY?=	${DF_INDEX}
.for _n in ${EXTRACT_ONLY}
EXTRACT_HEAD_${_n}?=	${TAR} -xf
EXTRACT_TAIL_${_n}?=	--no-same-owner --no-same-permissions
.endfor

clean-wrkdir:
	@${RM} -r ${WRKDIR}

create-extract-dirs:
	@${MKDIR} ${WRKDIR} ${EXTRACT_ONLY:@n@${EXTRACT_WRKDIR_$n}@}

.if !target(do-extract)
do-extract:
.  for _n in ${EXTRACT_ONLY}
	@cd ${EXTRACT_WRKDIR_${_n}} && ${EXTRACT_HEAD_${_n}} \
		${DISTDIR}/${_DIST_PREFIX}${DISTFILE_${_n}:C/:[^:]*$//} ${EXTRACT_TAIL_${_n}}
.  endfor
	@${DO_NADA}
.endif

extract-fixup-modes:
	@${CHMOD} -R u+w,a+rX,ug-s ${WRKDIR}

# SUB_FILES: files/NAME.in becomes WRKDIR/NAME, %%VAR%% replaced from SUB_LIST.  ravenadm keeps the
# files of this system under names with "opsys" and "arch".
.for _sp in ${SUBPACKAGES}
SUB_FILES+=	${RC_SUBR_${_sp}}
.endfor
SUB_FILES:=	${SUB_FILES:S/-${OPSYS:tl}/-opsys/:S/-${ARCH}/-arch/}
.if !target(apply-slist) && !empty(SUB_FILES)
apply-slist:
.  for _f in ${SUB_FILES}
	@${SH} ${MK_SCRIPTS}/subst.sh -c ${FILESDIR}/${_f}.in ${SUB_LIST} > ${WRKDIR}/${_f}
.  endfor
.endif

# Licences that are cut out of a source file: all before the first line that matches.
.if !target(extract-licenses) && defined(LICENSE_SET)
extract-licenses:
.  for _sp in ${SUBPACKAGES}
.    for _l in ${LICENSE_${_sp}}
.      if defined(LICENSE_AWK_${_l}) && defined(LICENSE_SOURCE_${_l})
	@${AWK} '/${LICENSE_AWK_${_l}}/ {exit} {print}' ${LICENSE_SOURCE_${_l}} > ${LICENSE_FILE_${_l}}
.      endif
.      if ${LICENSE_FILE_${_l}:Unone} == "stock"
	@${CP} ${MK_STOCK_LICENSES}/${_l:S/+//} ${WRKDIR}/LICENSE_${_l}
.      endif
.    endfor
.    if defined(LICENSE_AWK_TERMS) && defined(LICENSE_SOURCE_TERMS) && defined(LICENSE_TERMS_${_sp})
	@${AWK} '/${LICENSE_AWK_TERMS}/ {exit} {print}' ${LICENSE_SOURCE_TERMS} > ${LICENSE_TERMS_${_sp}}
.    endif
.  endfor
	@${DO_NADA}
.endif

# --- patch --------------------------------------------------------------------------------------
# Upstream's patches (PATCHFILES), then patches/patch-*, then those of this system.

PATCH_WRKSRC?=		${WRKSRC}
PATCH_STRIP?=		-p0
PATCH_DIST_STRIP?=	-p0
_PATCH_OPTIONS=		--forward -E --batch ${PATCH_DEBUG:D--backup}
PATCH_ARGS?=		${_PATCH_OPTIONS} ${PATCH_STRIP}
PATCH_DIST_ARGS?=	${_PATCH_OPTIONS} ${PATCH_DIST_STRIP}

.if !target(do-patch)
do-patch:
.  for _f in ${_PATCHFILES}
	@${SH} ${MK_SCRIPTS}/patch.sh ${PATCH_WRKSRC} ${PATCH_DIST_ARGS:Q} ${DISTDIR}/${_DIST_PREFIX}${_f}
.  endfor
.  for _d in ${PATCHDIR} ${OPSYSDIR}
	@${SH} ${MK_SCRIPTS}/patch.sh ${PATCH_WRKSRC} ${PATCH_ARGS:Q} ${_d}/patch-*
.  endfor
.endif

# --- configure ----------------------------------------------------------------------------------

CONFIGURE_SCRIPT?=	configure
.if defined(CONFIGURE_OUTSOURCE)
CONFIGURE_CMD?=		${WRKSRC}/${CONFIGURE_SCRIPT}
CONFIGURE_WRKSRC?=	${WRKDIR}/.build
BUILD_WRKSRC?=		${CONFIGURE_WRKSRC}
INSTALL_WRKSRC?=	${CONFIGURE_WRKSRC}
TEST_WRKSRC?=		${CONFIGURE_WRKSRC}
.else
CONFIGURE_CMD?=		./${CONFIGURE_SCRIPT}
CONFIGURE_WRKSRC?=	${WRKSRC}
BUILD_WRKSRC?=		${WRKSRC}
INSTALL_WRKSRC?=	${WRKSRC}
TEST_WRKSRC?=		${WRKSRC}
.endif

.if defined(GNU_CONFIGURE)
HAS_CONFIGURE=			yes
GNU_CONFIGURE_PREFIX?=		${PREFIX}
GNU_CONFIGURE_MANPREFIX?=	${MANPREFIX}
.  if ${OPSYS} == "SunOS"
CONFIGURE_TARGET?=		${ARCH_STANDARD}-pc-solaris2.11
.  else
CONFIGURE_TARGET?=		${ARCH_STANDARD}-raven-${OPSYS:tl}${MAJOR}
.  endif
CONFIG_SITE?=			${MK_TEMPLATES}/config.site
CONFIGURE_ARGS+=		--prefix=${GNU_CONFIGURE_PREFIX} --disable-dependency-tracking
CONFIGURE_ENV+=			CONFIG_SITE=${CONFIG_SITE}
# those that only some scripts know: asked of the script itself
_CONFIGURE_LATE=	$$(${SH} ${MK_SCRIPTS}/gnu-configure-args.sh ${CONFIGURE_CMD} \
			${CONFIGURE_TARGET:S/^--build=//} ${GNU_CONFIGURE_MANPREFIX}/man \
			${GNU_CONFIGURE_PREFIX}/${INFO_PATH}${INFO_SUBDIR:D/${INFO_SUBDIR}} \
			"${CONFIGURE_ARGS:M--localstatedir=*}")
.endif

_CONFIGURE_ENV=		${_TOOL_ENV} INSTALL="${INSTALL} -c" INSTALL_DATA="${INSTALL_DATA}" \
			INSTALL_LIB="${INSTALL_LIB}" INSTALL_PROGRAM="${INSTALL_PROGRAM}" \
			INSTALL_SCRIPT="${INSTALL_SCRIPT}" ${CONFIGURE_ENV}

.if !target(do-configure)
do-configure:
.  if exists(${SCRIPTDIR}/configure)
	@cd ${.CURDIR} && ${SETENV} ${SCRIPTS_ENV} ${SH} ${SCRIPTDIR}/configure
.  endif
.  if defined(HAS_CONFIGURE)
	@${MKDIR} ${CONFIGURE_WRKSRC}
	@cd ${CONFIGURE_WRKSRC} && late="${_CONFIGURE_LATE}" && \
	printf '    %s\n' ${_CONFIGURE_ENV} && \
	echo "==> ${CONFIGURE_CMD}" ${CONFIGURE_ARGS} $$late && \
	${SETENV} ${_CONFIGURE_ENV} ${CONFIGURE_CMD} ${CONFIGURE_ARGS} $$late || { \
		echo "${TWO_PART_ID}: ${CONFIGURE_SCRIPT} failed:" \
		    "see above, and config.log in ${CONFIGURE_WRKSRC} if there is one" >&2; \
		exit 1; }
.  endif
	@${DO_NADA}
.endif

# --- build --------------------------------------------------------------------------------------

MAKE_CMD?=	${BSDMAKE}
MAKEFILE?=	Makefile
MAKE_FLAGS?=	-f
BUILD_TARGET?=	all
DESTDIRNAME?=	DESTDIR
.if defined(DESTDIR_VIA_ENV)
MAKE_ENV+=	${DESTDIRNAME}=${STAGEDIR}
.else
MAKE_ARGS+=	${DESTDIRNAME}=${STAGEDIR}
TEST_ARGS+=	${DESTDIRNAME}=${STAGEDIR}
.endif

.if defined(SINGLE_JOB) || defined(DISABLE_MAKE_JOBS)
MAKE_JOBS_NUMBER=	1
.else
MAKE_JOBS_NUMBER?=	${MAKE_JOBS_NUMBER_LIMIT:U${NUMBER_CPUS}}
_MAKE_JOBS?=		-j${MAKE_JOBS_NUMBER}
.endif

DO_MAKE_BUILD?=	${SETENVI} ${MAKE_ENV} ${MAKE_CMD} ${MAKE_FLAGS} ${MAKEFILE} ${_MAKE_JOBS} \
		${MAKE_ARGS:C,^${DESTDIRNAME}=.*,,}

.if !target(do-build)
do-build:
	@printf '    %s\n' ${MAKE_ENV}
	@echo "==> cd ${BUILD_WRKSRC}; ${MAKE_CMD}" ${MAKE_FLAGS} ${MAKEFILE} ${_MAKE_JOBS} \
		${MAKE_ARGS:C,^${DESTDIRNAME}=.*,,} ${BUILD_TARGET}
	@cd ${BUILD_WRKSRC} && ${DO_MAKE_BUILD} ${BUILD_TARGET}
.endif

# --- test ---------------------------------------------------------------------------------------

DO_MAKE_TEST?=	${SETENVI} ${MAKE_ENV} ${TEST_ENV} ${MAKE_CMD} ${MAKE_FLAGS} ${MAKEFILE} ${TEST_ARGS}

.if !target(do-test)
do-test:
.  if defined(TEST_TARGET)
	@cd ${TEST_WRKSRC} && ${DO_MAKE_TEST} ${TEST_TARGET}
.  else
	@${DO_NADA}
.  endif
.endif
