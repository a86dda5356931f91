#!/bin/sh
# SPDX-License-Identifier: ISC
#
# qa.sh SUBPACKAGE...: what a maintainer wants to know of a staged tree (DEVELOPER is set).
# Environment: STAGEDIR PREFIX LOCALBASE WRKDIR OPSYS.  "error:" fails the phase, "warning:" does not.
set -eu

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0

report() {
	kind=$1 text=$2
	while IFS= read -r path; do
		echo "$kind: $path: $text"
		[ "$kind" = error ] && echo x >> "$tmp/failed"
	done
}

# the paths that all manifests name, as below STAGEDIR
for sp; do
	sed -e '/^$/d' -e '/^@comment/d' -e '/^@dir/d' -e 's/^@([^)]*) *//' -e 's/^@\(info\|shell\) //' \
	    -e '/^@sample/{s/^@sample[^ ]* *//;s/ .*//;}' -e '/^@/d' -e "/^\//!s,^,$PREFIX/," "$WRKDIR/.manifest.$sp.mktmp"
done | LC_ALL=C sort > "$tmp/listed"

(cd "$STAGEDIR" && find . \( -type f -o -type l \) -print | sed 's/^\.//') | LC_ALL=C sort > "$tmp/staged"

LC_ALL=C uniq -d "$tmp/listed" | report error 'listed more than once'
LC_ALL=C sort -u "$tmp/listed" > "$tmp/once"
LC_ALL=C comm -23 "$tmp/once" "$tmp/staged" | report error 'listed but not staged'
LC_ALL=C comm -13 "$tmp/once" "$tmp/staged" | report error 'staged but in no manifest'

{ cd "$STAGEDIR"; find . -type f -exec grep -lF "$WRKDIR" {} + || :; } | sed 's/^\.//' |
    report error "names the build folder $WRKDIR"
(cd "$STAGEDIR" && find . -type f -name '*.la' -print) | sed 's/^\.//' |
    report warning 'libtool archive: USES=libtool removes it'
(cd "$STAGEDIR" && find . -type f \( -perm -4000 -o -perm -2000 \) -print) | sed 's/^\.//' |
    report warning 'set-id bit'
(cd "$STAGEDIR" && find . -type l -print) | while IFS= read -r link; do
	case $(readlink "$STAGEDIR/$link") in
	"$STAGEDIR"*) echo "${link#.}" ;;
	esac
done | report error 'link into the stage'
(cd "$STAGEDIR" && find . -type f -perm -100 -print) | while IFS= read -r file; do
	IFS= read -r first 2>/dev/null < "$STAGEDIR/$file" || continue
	case $first in
	'#!'*)
		# shellcheck disable=SC2086
		set -- ${first#\#!}
		case ${1-} in
		/bin/sh | /usr/bin/env) ;;
		"$LOCALBASE"/*) ;;
		*) echo "${file#.}" ;;
		esac
		;;
	esac
done 2>/dev/null | report warning 'interpreter outside the prefix: USES=shebangfix'

[ ! -s "$tmp/failed" ] || failed=1
exit $failed
