#!/bin/sh
# SPDX-License-Identifier: ISC
#
# make-distfiles.sh DIRECTORY: make the distfiles of the test ports, always with the same bytes.
set -eu

dir=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$dir" "$work/tiny-dist-1.0"
printf 'from a tarball\n' > "$work/tiny-dist-1.0/text"
tar -C "$work" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --mtime=@1577923200 -cf "$dir/tiny-dist-1.0.tar.new" tiny-dist-1.0
mv "$dir/tiny-dist-1.0.tar.new" "$dir/tiny-dist-1.0.tar"
