#!/bin/sh
# SPDX-License-Identifier: ISC
# Bad input: a row a case: exit status, what the message must say, and that nothing of the profile, the repository and the root changed.
# shellcheck disable=SC2016 # recipes expand, not the shell
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"
RV_LONG=0

make_profile "$T/p" || skip_all "no profile"
root=$T/root
mkdir -p "$root/raven/etc/rvn/repos"

# --- one good state, which every row must leave as it is
run radm build tiny-data tiny-app
is "$status" 0 "the good state: built"
[ "$status" = 0 ] || note "$err"
run radm key generate
run radm generate-repository
is "$status" 0 "published"
cp "$T/p/repo/metadata/1.root.json" "$root/raven/etc/rvn/repos/test.root.json"
abi=$(radm configure get abi)
printf 'url= file://%s\nabi= %s\nroot= test.root.json\n' "$T/p/repo" "$abi" >"$root/raven/etc/rvn/repos/test.conf"
rv() {
	"$RVN" -r "$root" "$@"
}
run rv install -y tiny-data
is "$status" 0 "installed"
[ "$status" = 0 ] || note "$err"

# what is kept: packages, distfiles, repository, keys; the root but for the database's own -shm and lock
picture() {
	(cd "$T/p" && find packages distfiles repo keys -printf '%y %m %u %g %s %p %l\n' 2>/dev/null | grep -v '/\.incoming' | sort)
	(cd "$T/p" && find packages distfiles repo keys -type f -exec sha256sum {} + 2>/dev/null | sort)
	(cd "$root" && find . ! -path './raven/var/db/rvn/*' ! -path './raven/var/cache/*' -printf '%y %m %u %g %p %l\n' | sort)
	(cd "$root" && find . -type f ! -path './raven/var/db/rvn/*' ! -path './raven/var/cache/*' -exec sha256sum {} + | sort)
	rv info --json 2>/dev/null
}

# bad STATUS PATTERN NAME COMMAND ...
bad() {
	wanted=$1
	pattern=$2
	name=$3
	shift 3
	picture >"$T/before"
	run "$@"
	picture >"$T/after"
	row=0
	[ "$status" = "$wanted" ] || { row=1; note "$name: status $status, wanted $wanted"; }
	printf '%s\n' "$err" | grep -Eq -e "$pattern" || { row=1; note "$name: no match of: $pattern"; }
	cmp -s "$T/before" "$T/after" || { row=1; note "$name: changed: $(diff "$T/before" "$T/after" | head -n 5)"; }
	test_result "$row" "$name" || note "standard error: $(printf '%s' "$err" | head -n 8)"
}

# --- command lines
bad 2 "no such command.*buld|buld.*(build|unknown)" "a misspelt command" radm buld
bad 2 "build" "build without a port" radm build
bad 2 "no such option|unknown option|--frobnicate" "an unknown option" radm build --frobnicate tiny-data
bad 2 "no such command|instal" "rvn: a misspelt command" rv instal tiny-data
bad 2 "install" "rvn: install without a name" rv install
bad 2 "NUMBER|SECONDS|number" "rvn: --wait with a word" rv --wait soon install -y tiny-app
bad 2 "which" "rvn: which without a path" rv which
bad 2 "configure" "configure get without a key" radm configure get
bad 1 "no such|cannot|ravenadm.ini|configure --init" "a profile that is not there" "$RAVENADM" -C "$T/nowhere.ini" build tiny-data
bad 1 "no key|unknown key|frob" "configure get of an unknown key" radm configure get frob
bad 1 "number|integer" "configure set: a word for a number" radm configure set number_of_builders many
bad 1 "key" "configure set of an unknown key" radm configure set frob 1

# --- ports and recipes
bad 1 "tiny-nothing" "an unknown port" radm build tiny-nothing
bad 1 "tiny-data.*(variant|std)" "an unknown variant" radm build tiny-data:nope
bad 1 "format|NAMEBASE" "a malformed origin" radm build a:b:c
bad 1 "tiny-dat.*tiny-data" "a misspelt port names its neighbour" radm build tiny-dat

# recipe row: CLASS-NAME LINE-PATTERN SED
bad_recipe() {
	recipe "$1" "$3"
	bad 1 "specification:[0-9]+: .*$2" "recipe: $1" radm build "$1"
}
bad_recipe trailing-blank "white space|blank|trailing" 's/^KEYWORDS=.*/& /'
bad_recipe wrong-column "column|align" 's/^KEYWORDS=		/KEYWORDS=	/'
bad_recipe unknown-key "KEYWRDS|unrecognized|unknown" 's/^KEYWORDS=/KEYWRDS=/'
bad_recipe wrong-order "order|before|VERSION" '/^VERSION=/{h;d};/^KEYWORDS=/{G}'
bad_recipe twice "VERSION|twice|duplicate|previously" 's/^VERSION=.*/&\n&/'
bad_recipe bad-keyword "frobs|keyword" 's/^KEYWORDS=.*/KEYWORDS=		frobs/'
bad_recipe bad-homepage "HOMEPAGE|http" 's/^HOMEPAGE=.*/HOMEPAGE=		gopher:\/\/x/'
bad_recipe bad-contact "CONTACT|contact|mail" 's/^CONTACT=.*/CONTACT=		somebody/'
bad_recipe short-sdesc "SDESC|12|characters" 's/^SDESC\[std\]=.*/SDESC[std]=		Short/'
bad_recipe undefined-def "NOWHERE|undefined|defined" 's/^VERSION=.*/VERSION=		${NOWHERE}/'
bad_recipe open-brace "unterminated|brace|\\{" 's/^VERSION=.*/VERSION=		${NOWHERE/'
bad_recipe bad-target "target|do-dance" 's/^do-extract:/do-dance:/'
bad_recipe twice-target "target|twice|duplicate" '$a\\ndo-extract:\n\t${TRUE}'
bad_recipe bad-number "REVISION|number" 's/^VERSION=.*/&\nREVISION=		two/'
bad_recipe bad-module "USES|frobnicator|module" '/^SKIP_BUILD=/i\USES=			frobnicator'
bad_recipe bad-modifier "modifier 'Q'" 's/^NAMEBASE=/DEF[V]=			1.0\n&/;s/^VERSION=.*/VERSION=		${V:Q}/'
bad_recipe no-such-variant "SPKGS\[sdt\]: there is no such variant" 's/^SPKGS\[std\]/SPKGS[sdt]/'
bad_recipe missing-patch "no file files/extra-no" '/^SKIP_BUILD=/i\EXTRA_PATCHES=		extra-no'
bad_recipe users-of-nobody "USERGROUP_SPKG" '/^SKIP_BUILD=/i\USERS=			tiny'
bad_recipe late-def "DEF\[LATE\] must come before NAMEBASE" '$a\\nDEF[LATE]=		x'
recipe two-faults 's/^HOMEPAGE=.*/HOMEPAGE=		gopher:\/\/x/;s/^KEYWORDS=.*/KEYWORDS=		frobs/'
run radm build two-faults
is "$(printf '%s\n' "$err" | grep -cE 'specification:[0-9]+:')" 2 "all faults of a file in one run"

recipe needs-nothing '/^SKIP_BUILD=/i\BUILDRUN_DEPENDS=	tiny-nothing:primary:std'
bad 1 "needs-nothing.*tiny-nothing" "a dependency that no tree has" radm build needs-nothing
recipe cycle-a '/^SKIP_BUILD=/i\BUILD_DEPENDS=		cycle-b:single:std'
recipe cycle-b '/^SKIP_BUILD=/i\BUILD_DEPENDS=		cycle-a:single:std'
bad 1 "cycle: cycle-a[^ ]* -> cycle-b[^ ]* -> cycle-a|cycle: cycle-b[^ ]* -> cycle-a[^ ]* -> cycle-b" "a dependency cycle, with its path" radm build cycle-a
recipe fails-build 's/^do-install:/do-install:\n\tfalse/'
bad 3 "fails-build|stage|failed" "a phase that fails" radm build fails-build
recipe not-listed 's|^do-install:|do-install:\n\t${MKDIR} ${STAGEDIR}${PREFIX}/share\n\techo x > ${STAGEDIR}${PREFIX}/share/unlisted|'
bad 3 "unlisted|check-plist|not-listed" "a staged file that no manifest lists" radm build not-listed
like "$(cat "$T/p/logs/not-listed___std.log" 2>/dev/null)" "share/unlisted" "and the log names it"
recipe fills-disk 's|^do-install:|do-install:\n\tdd if=/dev/zero of=${WRKDIR}/big bs=1M count=100000 2>\&1|'
radm configure set slot_tmpfs_bytes 67108864 >/dev/null 2>&1
bad 3 "fills-disk" "a full disk in the slot" radm build fills-disk
like "$(cat "$T/p/logs/fills-disk___std.log" 2>/dev/null)" "[Nn]o space left" "and the log says so"

# --- distfiles
bad 3 "tiny-dist-1.0.tar.*|[0-9a-f]{64}" "a site that is down" sh -c "mv '$T/p/distfiles/tiny-dist-1.0.tar' '$T/kept.tar'; '$RAVENADM' -C '$conf' build tiny-dist; s=\$?; mv '$T/kept.tar' '$T/p/distfiles/tiny-dist-1.0.tar'; exit \$s"
bad 3 "tiny-dist-1.0.tar" "a distfile with a wrong sum" sh -c "cp -p '$T/p/distfiles/tiny-dist-1.0.tar' '$T/kept.tar'; echo x >>'$T/p/distfiles/tiny-dist-1.0.tar'; '$RAVENADM' -C '$conf' build tiny-dist; s=\$?; rm -f '$T/p/distfiles/'*; cp -p '$T/kept.tar' '$T/p/distfiles/tiny-dist-1.0.tar'; exit \$s"

# --- two at once, places that cannot be written
recipe sleeper 's/^do-install:/do-install:\n\tsleep 20/'
"$RAVENADM" -C "$conf" build sleeper >"$T/sleeper.out" 2>"$T/sleeper.err" &
sleeper=$!
sleep 1.5
bad 1 "busy|running|held|lock|$sleeper" "two ravenadm at once" radm build tiny-dist
kill -INT "$sleeper"
wait "$sleeper"
isnt "$?" 0 "Ctrl-C in the middle of a build ends it with a failure"
like "$(cat "$T/sleeper.out" "$T/sleeper.err")" "cancel|interrupt|stopped" "and a summary that says so"
is "$(leftovers "$T/p")" "" "and leaves nothing"
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$T/small"
	mount -t tmpfs -o size=300k tmpfs "$T/small"
	at_exit "umount -l '$T/small' '$T/rofs' 2>/dev/null"
	mkdir -p "$T/rofs"
	mount --bind "$T/p" "$T/rofs"
	mount -o remount,ro,bind "$T/rofs"
	sed "s#$T/p#$T/rofs#g" "$conf" >"$T/rofs.ini"
	bad 1 "[Rr]ead-only" "a read-only profile" "$RAVENADM" -C "$T/rofs.ini" force tiny-data
	mkdir -p "$T/small/raven/etc/rvn"
	cp -R "$root/raven/etc/rvn/repos" "$T/small/raven/etc/rvn/"
	bad 1 "make room" "no space for the plan" "$RVN" -r "$T/small" install -y tiny-app
	is "$(find "$T/small" -name '.rvn-*')" "" "and no stray file"
	# a full disk under packages/: the run fails, no partial package
	mkdir -p "$T/smallp"
	mount -t tmpfs -o size=8k tmpfs "$T/smallp"
	at_exit "umount -l '$T/smallp' 2>/dev/null"
	recipe big-package 's|^do-install:|do-install:\n\tdd if=/dev/urandom of=${WRKSRC}/motto bs=1k count=256 2>/dev/null|'
	mkdir -p "$T/kept.packages"
	mount --bind "$T/smallp" "$T"/p/packages/*
	run radm build big-package
	is "$status" 3 "a full disk under packages/"
	like "$err$out$(cat "$T/p/logs/big-package___std.log")" "[Nn]o space" "and the message says so"
	is "$(find "$T/smallp" -name '*.rvn')" "" "and no partial package"
	umount "$T"/p/packages/*
fi

# --- rvn
bad 1 "tiny-nothing" "rvn: an unknown package" rv install -y tiny-nothing
bad 1 "tiny-nothing" "rvn: one unknown of several changes nothing" rv install -y tiny-app tiny-nothing
bad 1 "tiny-nothing" "rvn: remove of what is not installed" rv remove -y tiny-nothing
bad 1 "tiny-nothing" "rvn: info of what is not there" rv info tiny-nothing
bad 1 "nothing|no package|owned" "rvn: which of a foreign path" rv which /raven/nothing
bad 127 "no.such.program|not found|nothing" "rvn: exec of what is not there" rv exec nothing
bad 1 "-y|tty|terminal" "rvn: install without a terminal and without -y" rv install tiny-app
bad 1 "$T/empty|repositor" "rvn: no repository is configured" "$RVN" -r "$T/empty" install -y tiny-app
printf 'url= http://127.0.0.1:9/\nabi= %s\nroot= test.root.json\n' "$abi" >"$root/raven/etc/rvn/repos/other.conf"
bad 1 "127.0.0.1" "rvn: a repository that is down" rv catalog --force
printf 'url= http://127.0.0.1:9/\nabi= %s\n' "$abi" >"$root/raven/etc/rvn/repos/other.conf"
bad 1 "other.*(root|fingerprint)" "rvn: a repository without a root of trust" rv catalog --force
printf 'frob= 1\n' >"$root/raven/etc/rvn/repos/other.conf"
bad 1 "other.conf" "rvn: an unknown key in a repository's configuration" rv catalog --force
rm "$root/raven/etc/rvn/repos/other.conf"
finish
