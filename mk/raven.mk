# SPDX-License-Identifier: ISC
#
# raven.mk: from a port's generated Makefile to a staged tree.
#
#   make -m <this folder> -C <port> fetch | extract | patch | configure | build | stage | test
#
# A stock bmake (20200710 or newer).  The port's folder holds Makefile (written by ravenadm, its last
# line includes this file), distinfo, descriptions/, manifests/, patches/, files/, scripts/, opsys/.
#
# WHAT GOES IN.  From the command line, the environment or make.conf:
#   OPSYS OSVERSION OSREL MAJOR ARCH ARCH_STANDARD   the platform; must be given
#   RAVENBASE (/raven)  LOCALBASE and PREFIX (RAVENBASE)  DISTDIR (/distfiles)
#   WRKDIRPREFIX (/construction)  MAKE_CONF (/etc/make.conf)
#   NUMBER_CPUS (1)  MAKE_JOBS_NUMBER_LIMIT  DEVELOPER  PATCH_DEBUG  DEFAULT_VERSIONS
#   SOURCE_DATE_EPOCH  SSL_VARIANT  HOME  PATH       only as environment
# Each phase does those before it that are not done (WRKDIR/.done_extract, _patch, _configure, _build,
# _stage).  Nothing needs the network: fetch says which distfiles are missing.  extract to build need no
# privilege; stage needs none either, since owners and modes come from the manifests.
#
# WHAT COMES OUT, in WRKDIR = WRKDIRPREFIX/NAMEBASE, once the phase stage has ended well; for every
# subpackage SP of the variant, "set" too:
#   .manifest.SP.mktmp   always there, perhaps empty.  Text, a line an entry, in no order:
#                          path            a file or link; relative to PREFIX, or absolute
#                          @dir path       a folder that the package owns although it may be empty
#                          @(owner,group,mode) path      the same with an owner, group, octal mode;
#                          @dir(owner,group,mode) path   each of the three may be empty
#                          @KEYWORD path     sample (a configuration file, PATH.sample), info, shell, smf,
#                                            rmtry, fontsdir, xmlcatmgr; @comment: skip the line
#                        %%NAME%% are replaced; licences, info pages and automatic documents are added.
#                        Absolute paths are those below PREFIX or / of the installed system: the file
#                        itself is STAGEDIR + path.  A path may hold spaces.  An empty line: skip it.
#   .PKG_DESC.SP         the description: always there
#   .PKG_MESSAGES.SP     UCL of files/messages-SP*.ucl put together, only if there is one;
#   .PKG_SCRIPTS.SP      likewise of files/scripts-SP*.ucl;
#   .PKG_TRIGGERS.SP     likewise of files/triggers-SP.ucl
#   stage/               the staged tree (STAGEDIR).  Folders are 0755; of a file's mode the bits for
#                        writing by group and others are off, those for reading on: what is staged does not
#                        depend on a umask.  Manual pages are never compressed.  Archives are free of
#                        times and owners.
#
# `make -V RAVEN_INPUTS` prints the files of this folder that the port reads: what its input digest covers.

.if !defined(_RAVEN_MK)
_RAVEN_MK=	yes

# as it was named, if by an absolute path
.if empty(.PARSEDIR:M/*)
RAVEN_MK:=	${.PARSEDIR:tA}
.else
RAVEN_MK:=	${.PARSEDIR}
.endif

.for _v in OPSYS OSVERSION OSREL MAJOR ARCH ARCH_STANDARD
.  if !defined(${_v})
.error ${_v} is not given: pass it on the command line or in the environment
.  endif
.endfor

RAVENBASE?=	/raven
LOCALBASE?=	${RAVENBASE}
PREFIX?=	${LOCALBASE}
WRKDIRPREFIX?=	/construction
DISTDIR?=	/distfiles
NUMBER_CPUS?=	1

MK_SCRIPTS=		${RAVEN_MK}/Scripts
MK_TEMPLATES=		${RAVEN_MK}/Templates
MK_STOCK_LICENSES=	${RAVEN_MK}/Stock_licenses
USESDIR=		${RAVEN_MK}/Uses

.include "${RAVEN_MK}/raven.commands.mk"

# --- Names and places ---------------------------------------------------------------------------

.if !defined(NAMEBASE) || !defined(VERSION) || !defined(VARIANT) || !defined(SUBPACKAGES)
.error NAMEBASE, VERSION, VARIANT and SUBPACKAGES must stand in the port's Makefile
.endif

TWO_PART_ID=	${NAMEBASE}:${VARIANT}
PKGNAMEBASE=	${NAMEBASE}__${VARIANT}
DISTNAME?=	${NAMEBASE}-${VERSION}
WRKDIR=		${WRKDIRPREFIX}/${NAMEBASE}
STAGEDIR=	${WRKDIR}/stage
.if defined(DIRTY_EXTRACT_1)
WRKSRC=		${WRKDIR}/${NAMEBASE}_1
.else
WRKSRC=		${WRKDIR}/${DISTNAME}
.endif
.for _n in ${DF_INDEX} ${EXTRACT_ONLY}
EXTRACT_WRKDIR_${_n}=	${WRKDIR}${DIRTY_EXTRACT_${_n}:D/${NAMEBASE}_${_n}}
.endfor

SCRIPTDIR=	${.CURDIR}/scripts
PATCHDIR=	${.CURDIR}/patches
FILESDIR=	${.CURDIR}/files
OPSYSDIR=	${.CURDIR}/opsys
MANIFESTDIR=	${.CURDIR}/manifests
DESCDIR=	${.CURDIR}/descriptions

STD_DOCDIR=		${PREFIX}/share/doc/${NAMEBASE}
STD_EXAMPLESDIR=	${PREFIX}/share/examples/${NAMEBASE}
STD_ETCDIR=		${PREFIX}/etc/${NAMEBASE}
ETCDIR?=		${STD_ETCDIR}
DESKTOPDIR?=		${PREFIX}/share/applications
MANPREFIX?=		${PREFIX}/share
INFO_PATH?=		share/info

# --- What a port adds in files/special.mk ---------------------------------------------------------

.for _d in ${FILESDIR} ${OPSYSDIR}
.  if exists(${_d}/special.mk)
.include "${_d}/special.mk"
.  endif
.endfor

# --- Flags --------------------------------------------------------------------------------------

OPTIMIZER_LEVEL?=	2
BINMODE?=		555
MANMODE?=		444
SHAREMODE?=		444
_SHAREMODE?=		0644
STRIP?=			-s

.if defined(WITH_DEBUG)
STRIP=
STRIP_CMD=		${TRUE}
DEBUG_FLAGS?=		-g -ffile-prefix-map=${WRKDIR}=${NAMEBASE}
MAKE_ENV+=		DONTSTRIP=yes
INSTALL_TARGET:=	${INSTALL_TARGET:S/^install-strip$/install/}
.endif

CFLAGS:=	-pipe -O${OPTIMIZER_LEVEL} ${DEBUG_FLAGS} ${CFLAGS} -I${LOCALBASE}/include
CXXFLAGS:=	-pipe -O${OPTIMIZER_LEVEL} ${DEBUG_FLAGS} ${CXXFLAGS} -I${LOCALBASE}/include
CPPFLAGS+=	-I${LOCALBASE}/include

# Our own compiler knows its libraries' folder, both to link and to run; the machine's does not.
.if !exists(${LOCALBASE}/toolchain)
LDFLAGS+=	-L${LOCALBASE}/lib
.  if ${OPSYS} != "Darwin"
LDFLAGS+=	-Wl,-rpath,${LOCALBASE}/lib
.  endif
.endif

.for _l in C CXX
.  if defined(USE_${_l}STD)
${_l}FLAGS:=	${${_l}FLAGS:N-std=*} -std=${USE_${_l}STD}
.  endif
.  if defined(${_l}FLAGS_${ARCH})
${_l}FLAGS+=	${${_l}FLAGS_${ARCH}}
.  endif
.endfor

INSTALL_PROGRAM=	${INSTALL} ${STRIP} -m ${BINMODE}
INSTALL_LIB=		${INSTALL} ${STRIP} -m ${SHAREMODE}
INSTALL_SCRIPT=		${INSTALL} -m ${BINMODE}
INSTALL_DATA=		${INSTALL} -m ${_SHAREMODE}
INSTALL_MAN=		${INSTALL} -m ${MANMODE}
INSTALL_MACROS=		BSD_INSTALL_PROGRAM="${INSTALL_PROGRAM}" \
			BSD_INSTALL_LIB="${INSTALL_LIB}" \
			BSD_INSTALL_SCRIPT="${INSTALL_SCRIPT}" \
			BSD_INSTALL_DATA="${INSTALL_DATA}" \
			BSD_INSTALL_MAN="${INSTALL_MAN}"

.if ${OPSYS} == "Linux"
MULTILIB=	lib/${ARCH_STANDARD}-linux-gnu
ASLIB=		lib64
.elif ${OPSYS} == "SunOS"
MULTILIB=	lib/amd64
ASLIB=		lib/amd64
.else
MULTILIB=	lib
ASLIB=		lib
.endif
.if empty(OPSYS:MDarwin)
LIBEXT=		so
.else
LIBEXT=		dylib
.endif

.if defined(PREPEND_PATH)
PATH:=		${PREPEND_PATH}:${PATH}
.endif

# --- Modules ------------------------------------------------------------------------------------
# USES=name:arg,arg gives Uses/name.mk the list name_ARGS.  A module adds steps to a phase with
# _USES_<phase>+= NNN:target (numbers: raven.sequence.mk).

.for _p in fetch extract patch configure build install stage test
_USES_${_p}?=
.endfor

.include "${RAVEN_MK}/raven.versions.mk"

.for _f in ${USES}
.  if !defined(${_f:C/:.*//}_ARGS)
${_f:C/:.*//}_ARGS:=	${_f:C/^[^:]*//:S/^://:S/,/ /g}
.  endif
.endfor
.for _f in ${USES}
.  if !exists(${USESDIR}/${_f:C/:.*//}.mk)
.error USES=${_f}: there is no module ${_f:C/:.*//} in ${USESDIR}
.  endif
.include "${USESDIR}/${_f:C/:.*//}.mk"
.endfor

# --- Environment of the port's own programs ---------------------------------------------------------

_REPRODUCIBLE_ENV=	LC_ALL=C TZ=UTC
.if defined(SOURCE_DATE_EPOCH)
_REPRODUCIBLE_ENV+=	SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH}
.endif

_COMMON_ENV=		ADA_PROJECT_PATH="${LOCALBASE}/share/gpr" \
			XML_CATALOG_FILES="${LOCALBASE}/share/xml/catalog" \
			SGML_CATALOG_FILES="${LOCALBASE}/share/sgml/docbook/catalog" \
			F77="gfortran" \
			FC="gfortran" \
			HOME="${HOME}" \
			SHELL="${SHELL}" \
			SSL_VARIANT="${SSL_VARIANT}" \
			PATH="${PATH}" \
			${_REPRODUCIBLE_ENV}

_TOOL_ENV=		CC="${CC}" CPP="${CPP}" CXX="${CXX}" \
			CFLAGS="${CFLAGS}" CPPFLAGS="${CPPFLAGS}" CXXFLAGS="${CXXFLAGS}" \
			LDFLAGS="${LDFLAGS}" LIBS="${LIBS}"

CONFIGURE_ENV+=		${_COMMON_ENV}
MAKE_ENV+=		${INSTALL_MACROS} ${_TOOL_ENV} ${_COMMON_ENV} \
			PREFIX=${PREFIX} \
			LOCALBASE=${LOCALBASE} \
			OPSYS="${OPSYS}" \
			STD_DOCDIR="${STD_DOCDIR}" \
			STD_EXAMPLESDIR="${STD_EXAMPLESDIR}" \
			MANPREFIX="${MANPREFIX}"
SCRIPTS_ENV+=		${INSTALL_MACROS} \
			CURDIR=${.CURDIR} \
			DISTDIR=${DISTDIR} \
			WRKDIR=${WRKDIR} \
			WRKSRC=${WRKSRC} \
			PATCHDIR=${PATCHDIR} \
			SCRIPTDIR=${SCRIPTDIR} \
			FILESDIR=${FILESDIR} \
			PREFIX=${PREFIX} \
			LOCALBASE=${LOCALBASE}

# --- Values that manifests and SUB_FILES may use ------------------------------------------------------

PLIST_SUB+=	OPSYS=${OPSYS} ASLIB="${ASLIB}" LIBEXT="${LIBEXT}" SHARED_OBJECT="so"
.for _o in dragonfly freebsd netbsd openbsd linux sunos darwin midnightbsd
.  if ${OPSYS:tl} == ${_o}
PLIST_SUB+=	ONLY-${_o:tu}=""
.  else
PLIST_SUB+=	ONLY-${_o:tu}="@comment "
.  endif
.endfor
.if ${OPSYS} == "Darwin"
PLIST_SUB+=	EXCLUDE-DARWIN="@comment "
.else
PLIST_SUB+=	EXCLUDE-DARWIN=""
.endif
.if defined(SOVERSION)
PLIST_SUB+=	SOVERSION=${SOVERSION} SOMAJOR=${SOVERSION:R:R}
.endif
SUB_LIST+=	LOCALBASE=${LOCALBASE} PREFIX=${PREFIX} ETCDIR=${ETCDIR}

# --- The phases ---------------------------------------------------------------------------------

.include "${RAVEN_MK}/raven.sites.mk"
.include "${RAVEN_MK}/raven.build.mk"
.include "${RAVEN_MK}/raven.stage.mk"
.include "${RAVEN_MK}/raven.sequence.mk"

_SCRIPTS_READ=	checksum.sh copytree.sh gnu-configure-args.sh man.sh metadata.sh patch.sh \
		stage-fixup.sh subst.sh ${DEVELOPER:Dqa.sh}
RAVEN_INPUTS=	${RAVEN_MK}/sys.mk ${.MAKE.MAKEFILES:M${RAVEN_MK}/*:N${RAVEN_MK}/sys.mk:O:u} \
		${_SCRIPTS_READ:S,^,${MK_SCRIPTS}/,} \
		${RAVEN_MK}/portmake/sys.mk ${GNU_CONFIGURE:D${CONFIG_SITE}}

.endif
