#!/bin/sh
# SPDX-License-Identifier: ISC
# The order of phases, hooks and steps; what is done stays done.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../mk.sh
. "$(dirname "$0")/../mk.sh"

# every hook of every phase writes its name
hooks() {
	for phase in fetch extract patch configure build install test; do
		for when in pre 'do' post; do
			for form in '' -option -opsys; do
				printf '%s%s:\n\t@echo HOOK %s%s\n\n' "$when-$phase" "$form" "$when-$phase" "$form"
			done
		done
	done
	for form in '' -option -opsys; do
		printf 'post-stage%s:\n\t@echo HOOK post-stage%s\n\n' "$form" "$form"
	done
}
hook_lines() {
	printf '%s\n' "$out" | sed -n 's/^HOOK //p' | tr '\n' ' '
}
around() {
	printf '%s ' "pre-$1" "pre-$1-option" "pre-$1-opsys" "do-$1" "do-$1-option" "do-$1-opsys" "post-$1" "post-$1-option" "post-$1-opsys"
}

hooks | port all
for phase in fetch extract patch configure build; do
	mk all $phase
	is "$status" 0 "$phase"
	case $phase in
	fetch) is "$(hook_lines)" "$(around fetch)" "fetch: hooks in order" ;;
	extract) is "$(hook_lines)" "$(around fetch)$(around extract)" "extract: after fetch" ;;
	*) is "$(hook_lines)" "$(around $phase)" "$phase: alone, what was before is done" ;;
	esac
	[ $phase = fetch ] || ok "$phase: cookie" test -f "$T/work/all/.done_$phase"
done
mk all stage
is "$(hook_lines)" "$(around install)post-stage post-stage-option post-stage-opsys " 'stage: install hooks, then post-stage'
ok 'stage: cookie' test -f "$T/work/all/.done_stage"
mk all stage
is "$(hook_lines)" '' 'stage again: nothing'
mk all test
is "$(hook_lines)" "$(around test)" 'test: hooks in order'

hooks | port chain
mk chain stage
is "$(hook_lines)" "$(for p in fetch extract patch configure build install; do around $p; done)post-stage post-stage-option post-stage-opsys " \
    'stage at once: all phases in order'
mk chain restage
is "$(hook_lines)" "$(around install)post-stage post-stage-option post-stage-opsys " 'restage: stage alone'
mk chain clean
nok 'clean: no work folder' test -d "$T/work/chain"

{ echo 'INSTALL_REQ_TOOLCHAIN=yes'; hooks; } | port shifted
mk shifted build
is "$(hook_lines)" "$(for p in fetch extract patch configure build; do around $p; done)pre-install pre-install-option pre-install-opsys do-install do-install-option do-install-opsys " \
    'INSTALL_REQ_TOOLCHAIN: installs at the end of build'
ok '... with manifests' test -f "$T/work/shifted/.manifest.primary.mktmp"
mk shifted stage
is "$(hook_lines)" 'post-install post-install-option post-install-opsys post-stage post-stage-option post-stage-opsys ' \
    '... and the rest in stage'

{ echo 'NO_BUILD=yes'; hooks; } | port nobuild
mk nobuild build
unlike "$(hook_lines)" '(pre|do|post)-build' 'NO_BUILD: no build hooks'
ok '... but a cookie' test -f "$T/work/nobuild/.done_build"

{ echo 'NO_BUILD=yes'; echo 'INSTALL_REQ_TOOLCHAIN=yes'; hooks; } | port nobuild2
mk nobuild2 build
like "$(hook_lines)" 'pre-install .*do-install' 'NO_BUILD with INSTALL_REQ_TOOLCHAIN: installs'

# a hook that fails
printf 'do-extract:\n\t@echo extracted\npost-patch:\n\t@false\n' | port broken
mk broken stage
isnt "$status" 0 'a hook that fails: status'
ok '... extract is done' test -f "$T/work/broken/.done_extract"
nok '... patch is not' test -f "$T/work/broken/.done_patch"

# scripts of the port
mkdir -p "$T/scripts/scripts"
# shellcheck disable=SC2016
for s in pre-extract post-build-script post-install; do
	echo "echo SCRIPT $s \$WRKDIR" > "$T/scripts/scripts/$s"
done
printf 'do-build:\n\t@echo HOOK do-build\ndo-install:\n\t@echo HOOK do-install\n' | port scripts
mk scripts stage
is "$(printf '%s\n' "$out" | sed -n 's/^HOOK //p; s/^SCRIPT //p' | tr '\n' ' ')" \
    "pre-extract $T/work/scripts do-build post-build-script $T/work/scripts do-install post-install $T/work/scripts " 'scripts/: in place'

# modules and special.mk
mkdir -p "$T/special/files" "$T/special/opsys"
printf 'do-build do-install:\n\t@:\n' > "$T/special/files/special.mk"
# shellcheck disable=SC2016
printf '_USES_build+= 490:early\nearly:\n\t@echo HOOK early $(FROM)\nFROM=opsys\n' > "$T/special/opsys/special.mk"
printf 'pre-build:\n\t@echo HOOK pre-build\npost-build:\n\t@echo HOOK post-build\n' | port special
mk special stage
is "$(hook_lines)" 'pre-build early opsys post-build ' 'special.mk of files/ and opsys/, a step by number'

# what must be given, what is refused
printf '\n' | port bare
run env -i PATH="$PATH" "$BMAKE" -m "$TOP/mk" -C "$T/bare" fetch
isnt "$status" 0 'without a platform: refused'
like "$out$err" 'OPSYS is not given' '... with a message'
printf 'USES=nonesuch:x\n' | port module
mk module fetch
like "$out$err" 'USES=nonesuch:x: there is no module nonesuch' 'unknown module: refused'
printf 'IGNORE=does not build here\n' | port ignored
mk ignored fetch
isnt "$status" 0 'IGNORE: fails'
like "$out" 'does not build here' '... with the reason'
printf 'USERS=www\ndo-install:\n\t@:\ndo-build:\n\t@:\n' | port users
mk users stage
like "$err" 'USERS and GROUPS' 'users: said, not passed over'

mk all -V RAVEN_INPUTS
like "$out" "$TOP/mk/raven.sequence.mk" 'RAVEN_INPUTS names the files read'
unlike "$out" 'Uses/' '... and no module that is not used'
finish
