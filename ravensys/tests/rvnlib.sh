# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154,SC2034
# For tests of rvn, after testlib.sh: a small signed repository and roots that use it.
#
#	packages <<EOF ... EOF		make packages (tests/tools/mkpackage.c says how)
#	publish				sign them into $T/repo
#	refresh				renew what its on-line key signs
#	new_root DIR [KEY=VALUE ...]	a root that uses it; more keys for repos/test.conf
#	rvn ARG ...			rvn on $ROOT, which new_root sets
#	tree DIR			its folders, files, links, modes and sums, but for rvn's own state
ABI=linux:x86_64:test.1
ABI_FILE=linux-x86_64-test.1
STORE=$T/packages/$ABI_FILE
mkdir -p "$STORE"

packages() {
	"$TOOLS/mkpackage" "$STORE" - >"$T/.packages" || note "mkpackage failed"
}

publish() {
	"$TOOLS/mkrepo" "$T/keys" "$T/packages" "$T/repo" >"$T/.published" || note "mkrepo failed"
}

refresh() {
	"$TOOLS/mkrepo" -r "$T/keys" "$T/packages" "$T/repo" >"$T/.published" || note "mkrepo failed"
}

new_root() {
	ROOT=$1
	shift
	mkdir -p "$ROOT/raven/etc/rvn/repos"
	cp "$T/repo/metadata/1.root.json" "$ROOT/raven/etc/rvn/repos/test.root.json"
	{
		echo "url= $T/repo"
		echo "abi= $ABI"
		echo "root= test.root.json"
		for pair; do
			echo "$pair"
		done
	} >"$ROOT/raven/etc/rvn/repos/test.conf"
}

rvn() {
	"$RVN" -r "$ROOT" "$@"
}

tree() {
	(
		cd "$1" || exit
		find . \( -path ./raven/var -o -path ./raven/etc/rvn \) -prune -o \
			\( -type l -printf '%p %y %l\n' -o -printf '%p %y %m\n' \) | LC_ALL=C sort
		find . \( -path ./raven/var -o -path ./raven/etc/rvn \) -prune -o \
			-type f -exec sha256sum {} + | LC_ALL=C sort
	)
}

# As an ordinary user, who need not exist.
as_user() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
