#!/bin/sh
# SPDX-License-Identifier: ISC
#
# man.sh FOLDER...: decompress every manual page below the folders; links follow their page's new name.
set -eu

for dir; do
	[ -d "$dir" ] || continue
	find "$dir" -type f -name '*.gz' -exec gzip -df {} +
	find "$dir" -type l -name '*.gz' | while IFS= read -r link; do
		target=$(readlink "$link")
		ln -sf "${target%.gz}" "${link%.gz}"
		rm -f "$link"
	done
done
