#!/bin/sh
# SPDX-License-Identifier: ISC
# A bare Debian 12 root, a clone, the README's two commands, and how long each took. Needs root and debootstrap.
# usage: fresh-machine.sh [FOLDER]   (default: a temporary one, removed at the end)
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d /var/tmp/fresh-machine.XXXXXX)}
root=$work/root
mkdir -p "$work"

cleanup() {
	[ -n "${1:-}" ] || rm -rf --one-file-system "$work"
}
trap 'cleanup ${1:-}' EXIT

mirror=$(grep -rhoE 'https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
	grep -E '/debian/?$' | head -n 1)
if [ ! -d "$root/usr" ]; then
	echo "# debootstrap a minbase root"
	debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
		{ tail -n 20 "$work/debootstrap.log"; echo "fresh-machine: debootstrap failed" >&2; exit 1; }
fi

# what this machine needs to reach its packages comes along, at run time only
for f in apt/sources.list apt/sources.list.d apt/apt.conf.d apt/auth.conf.d apt/trusted.gpg.d resolv.conf; do
	[ -e "/etc/$f" ] || continue
	rm -rf "${root:?}/etc/$f"
	cp -aL "/etc/$f" "$root/etc/$f"
done
# only the system's own sources: third-party ones may name keys that the bare root lacks
find "$root/etc/apt/sources.list.d" -type f ! -name 'debian*' -delete 2>/dev/null || true
rm -rf "$root/src"
git clone -q "$top" "$root/src"

cat >"$root/enter" <<'ENTER'
set -eu
export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
cd /src
t0=$(date +%s)
make quickstart
t1=$(date +%s)
make quickstart
t2=$(date +%s)
make check
t3=$(date +%s)
echo "fresh quickstart_s $((t1 - t0))"
echo "fresh quickstart_again_s $((t2 - t1))"
echo "fresh check_s $((t3 - t2))"
for run in "hello" "sqlite3 :memory: 'select 6*7'" "lua -v"; do
	printf 'fresh exec %s: ' "$run"
	eval "build/bin/rvn -r quickstart/root exec $run"
done
ENTER

# shellcheck disable=SC2046,SC2016 # one word a variable; the inner shell expands
env -i $(env | grep -iE '^(https?|ftp|no)_proxy=' | tr '\n' ' ') CI="${CI:-}" TERM=dumb unshare -mpf --propagation private sh -eu -c '
	root=$1
	mount --bind "$root" "$root"
	cd "$root"
	mkdir -p old proc sys dev
	pivot_root . old
	mount -t proc proc /proc
	mount --rbind /old/sys /sys
	mount --rbind /old/dev /dev
	umount -l /old
	rmdir /old 2>/dev/null || true
	exec /bin/sh /enter' sh "$root"
