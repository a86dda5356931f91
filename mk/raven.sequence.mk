# SPDX-License-Identifier: ISC
#
# The order of everything within a phase, and the phases as targets.
# A step is NNN:target; it takes part if that target exists, and the numbers sort.  They are an
# interface: modules put their own steps between them through _USES_<phase>.
# Around each main step (500) a recipe may have pre-, do- and post- targets, each followed by the forms
# -option (written by ravenadm from NAME-OPTION-ON/OFF), -opsys (from NAME-<system>) and -script.

_PHASES=	fetch extract patch configure build stage test

.for _p in fetch extract patch configure build test
_SEQ.${_p}=	100:${_p}-message \
		300:pre-${_p} 350:pre-${_p}-option 400:pre-${_p}-opsys 450:pre-${_p}-script \
		500:do-${_p} 525:do-${_p}-option 550:do-${_p}-opsys \
		700:post-${_p} 750:post-${_p}-option 800:post-${_p}-opsys 850:post-${_p}-script
.endfor

_SEQ.fetch+=	050:check-ignore

_SEQ.extract+=	150:checksum \
		200:clean-wrkdir \
		250:create-extract-dirs \
		575:shift-wrksrc \
		576:github-relocation \
		577:crate-relocation \
		600:apply-slist \
		625:extract-licenses \
		650:compile-package-desc \
		999:extract-fixup-modes

# A port that still compiles or links while it installs (INSTALL_REQ_TOOLCHAIN) installs at the end
# of the phase build, where the compiler is at hand.
.if defined(INSTALL_REQ_TOOLCHAIN)
_SEQ.build+=	852:stage-dir \
		853:wheel-install \
		854:pre-install 856:pre-install-option 858:pre-install-opsys 859:pre-install-script \
		860:generate-plist \
		862:create-users-groups \
		864:do-install 866:do-install-option 868:do-install-opsys
.else
_SEQ.stage=	200:stage-dir \
		250:wheel-install \
		300:pre-install 325:pre-install-option 350:pre-install-opsys 375:pre-install-script \
		400:generate-plist \
		450:create-users-groups \
		500:do-install 525:do-install-option 550:do-install-opsys
.endif
_SEQ.stage+=	100:stage-message \
		700:post-install \
		710:post-install-module \
		725:post-install-option \
		750:post-install-opsys \
		775:post-install-script \
		800:post-stage \
		820:post-stage-option \
		840:post-stage-opsys \
		850:decompress-man \
		860:install-rc-script \
		870:install-smf-manifest \
		880:install-license \
		890:install-desktop-entries \
		900:add-plist-info \
		910:add-plist-docs \
		920:add-plist-examples \
		925:add-plist-nls \
		930:add-plist-licenses \
		940:add-plist-post \
		${POST_PLIST_TARGET:C/^/990:/} \
		992:stage-fixup \
		995:stage-qa \
		${_USES_install}

# --- Scripts of the port, as steps -------------------------------------------------------------------

.for _w in pre post
.  for _p in fetch extract patch configure build install
.    for _s in ${SCRIPTDIR}/${_w}-${_p}-script ${SCRIPTDIR}/${_w}-${_p}
.      if exists(${_s}) && !target(${_w}-${_p}-script)
${_w}-${_p}-script:
	@cd ${.CURDIR} && ${SETENV} ${SCRIPTS_ENV} ${SH} ${_s}
.      endif
.    endfor
.  endfor
.endfor

.for _p in fetch extract patch configure build stage test
.  if !target(${_p}-message)
${_p}-message:
	@${ECHO_MSG} "===>  ${TWO_PART_ID}: ${_p}"
.  endif
.endfor

# --- Phases ------------------------------------------------------------------------------------

_BEFORE.extract=	fetch
_BEFORE.patch=		extract
_BEFORE.configure=	patch
_BEFORE.build=		configure
_BEFORE.stage=		build
_BEFORE.test=		stage

.for _p in ${_PHASES}
.  for _s in ${_SEQ.${_p}:M*\:*} ${_USES_${_p}}
_NUMBERED.${_p}+=	${_s}
.  endfor
.  for _s in ${_NUMBERED.${_p}:O:C/^[0-9]*://}
.    if target(${_s})
_STEPS.${_p}+=	${_s}
.    endif
.  endfor
.endfor

# Nothing to build: of the phase only an installation that was moved into it remains.
.if defined(NO_BUILD)
_STEPS.build:=	${_NUMBERED.build:M8[56]?\:*:N850*:O:C/^[0-9]*://:@s@${_STEPS.build:M$s}@}
.endif
.if defined(NO_TEST)
_STEPS.test=
.endif

.for _p in ${_PHASES:Nfetch:Ntest}
${_p:tu}_COOKIE=	${WRKDIR}/.done_${_p}
.  if exists(${WRKDIR}/.done_${_p})
${_p}:
.  else
${_p}: ${_BEFORE.${_p}} ${_STEPS.${_p}} ${WRKDIR}/.done_${_p}
.ORDER: ${_BEFORE.${_p}} ${_STEPS.${_p}} ${WRKDIR}/.done_${_p}
${WRKDIR}/.done_${_p}:
	@${TOUCH} ${.TARGET}
.  endif
.endfor

.for _p in fetch test
${_p}: ${_BEFORE.${_p}} ${_STEPS.${_p}}
.ORDER: ${_BEFORE.${_p}} ${_STEPS.${_p}}
.endfor

.PHONY: ${_PHASES} ${_PHASES:@p@${_STEPS.$p}@}

# What a phase would run, in order, one a line (for people and tests).
show-steps: .PHONY
.for _p in ${_PHASES}
	@printf '${_p} %s\n' ${_STEPS.${_p}}
.endfor

clean: .PHONY
	@${ECHO_MSG} "===>  ${TWO_PART_ID}: clean"
	@${RM} -r ${WRKDIR}

restage: .PHONY
	@${RM} -r ${STAGEDIR} ${WRKDIR}/.done_stage ${INSTALL_REQ_TOOLCHAIN:D${WRKDIR}/.done_build}
	@cd ${.CURDIR} && ${MAKE} stage
