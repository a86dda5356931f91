#!/bin/sh
# SPDX-License-Identifier: ISC
# Independent programs read every package; the same port built in two profiles that differ in path, host name, time zone, umask
# and -j, at least 61 s apart, gives equal bytes.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"

# shellcheck disable=SC2086 # one word a port
build_all() {
	radm build $PORTS
}

make_profile "$T/first" || skip_all "no profile"
radm configure set max_jobs_per_builder 1 >/dev/null
started=$(date +%s)
run build_all
is "$status" 0 "the first profile builds"
[ "$status" = 0 ] || note "$err"
keep_distfiles "$T/first"

for file in $(find "$T/first/packages" -name '*.rvn' | sort); do
	name=$(basename "$file")
	ok "zstd -t $name" zstd -q -t "$file"
	ok "bsdtar -tvf $name" bsdtar -tvf "$file"
	ok "GNU tar -tvf $name" tar --zstd -tvf "$file"
	files=$(bsdtar -xOf "$file" +FILES | wc -l)
	is "$(bsdtar -tf "$file" | grep -vc '^+')" "$files" "$name: a member for each line of +FILES"
done

left=$((started + 61 - $(date +%s)))
[ "$left" -le 0 ] || sleep "$left"
make_profile "$T/second/place-of-quite-another-length"
second=$profile
radm configure set max_jobs_per_builder 3 >/dev/null
# shellcheck disable=SC2086 # one word a port
if [ "$(id -u)" = 0 ]; then
	run unshare --uts sh -c 'hostname another-host && umask 077 && TZ=Pacific/Apia exec "$@"' sh "$RAVENADM" -C "$conf" build $PORTS
else
	run sh -c 'umask 077 && TZ=Pacific/Apia exec "$@"' sh "$RAVENADM" -C "$conf" build $PORTS
fi
is "$status" 0 "the second profile builds"
[ "$status" = 0 ] || note "$err"

count=0
for file in $(cd "$T/first/packages" && find . -name '*.rvn' | sort); do
	ok "$(basename "$file"): equal bytes" cmp "$T/first/packages/$file" "$second/packages/$file"
	count=$((count + 1))
done
ok "$count packages compared" test "$count" -ge 6
finish
