#!/bin/sh
# SPDX-License-Identifier: ISC
#
# stage-fixup.sh STAGEDIR PREFIX INFO_PATH: take out of the stage what depends on who built it and when.
set -eu

stage=$1 prefix=$2 info=$3

# the index of info pages belongs to the system, not to a package
rm -f "$stage$prefix/$info/dir" "$stage$prefix/$info/dir.bak"

# modes do not depend on a umask
find "$stage" -type d -exec chmod 755 {} +
find "$stage" -type f -exec chmod a+rX,go-w {} +

# archives without times and owners, where the tool can
if command -v objcopy >/dev/null 2>&1; then
	find "$stage" -type f -name '*.a' | LC_ALL=C sort | while IFS= read -r archive; do
		chmod u+w "$archive"
		objcopy --enable-deterministic-archives "$archive" 2>/dev/null || :
	done
fi
