#!/bin/sh
# SPDX-License-Identifier: ISC
# Slots in a plain chroot: its root is no mount of its own, so user namespaces are refused and mounts cannot be made private as a
# whole. Slots must work all the same and leave no mount behind, in the chroot or outside.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root"
unshare -m true 2>/dev/null || skip_all "needs mount namespaces"

root=$T/root
mkdir -p "$root/outer"
cat >"$T/enter" <<END
set -e
mount --make-rshared /
mount -t tmpfs none "$root"
cd "$root"
mkdir usr etc proc dev tmp test sys
for link in bin sbin lib lib64; do [ -L /\$link ] && cp -P /\$link . || { [ ! -d /\$link ] || { mkdir \$link; mount --rbind /\$link \$link; }; }; done
mount --rbind /usr usr
mount --bind /etc etc
mount --bind /dev dev
mount -t proc proc proc
mount --bind "$B/tests/unit" test
chmod 1777 tmp
chroot . /test/test_slot
echo "# mounts left: \$(grep -c test_slot /proc/self/mountinfo || true)"
END

unshare -m sh "$T/enter" >"$T/out" 2>&1
status=$?
sed 's/^/# /' "$T/out" | grep -v '^# ok' || true
is "$status" 0 "the slot tests pass in a plain chroot"
like "$(cat "$T/out")" "user namespaces are refused" "and it was one"
unlike "$(cat "$T/out")" "^not ok" "none failed"
like "$(cat "$T/out")" "^# mounts left: 0" "no mount is left outside"
finish
