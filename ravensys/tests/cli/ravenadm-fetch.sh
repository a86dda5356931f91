#!/bin/sh
# SPDX-License-Identifier: ISC
# Distfiles: what a build says and leaves when its sources misbehave, and that it takes what is right.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"

make_profile "$T/p" || skip_all "no profile"
file=tiny-dist-1.0.tar
spec=$(echo "$tree"/bucket_*/tiny-dist/specification)
mkdir "$T/site" && mv "$T/p/distfiles/$file" "$T/site/" || exit 1
mkfifo "$T/hold"
"$TOOLS/testhttpd" -l "$T/log" "$T/site" <"$T/hold" >"$T/port" 2>/dev/null &
exec 9>"$T/hold"
at_exit "exec 9>&-"
n=0
while [ ! -s "$T/port" ] && [ "$n" -lt 100 ]; do
	n=$((n + 1))
	sleep 0.05
done
port=$(cat "$T/port")
isnt "$port" "" "a server on port $port"
sum=$(sha256sum <"$T/site/$file" | cut -d' ' -f1)
run radm configure set fetch_order sites
is "$status" 0 "only the sites of recipes"

# bad NAME SITE PATTERN: the build fails, says why, and nothing is under the final name
bad() {
	sed -i "s|^SITES\\[main\\]=.*|SITES[main]=		http://127.0.0.1:$2/|" "$spec"
	run radm build tiny-dist
	is "$status" 3 "$1: status 3"
	like "$err$out" "$3" "$1: the reason"
	like "$err$out" "$sum" "$1: the wanted sum"
	is "$(ls "$T/p/distfiles")" "" "$1: nothing is left"
}
bad "a site that is down" 9 'http://127\.0\.0\.1:9/tiny-dist-1\.0\.tar: no connection'
bad "a site without the file" "$port/status/404" 'tiny-dist-1\.0\.tar: HTTP status 404'
bad "a site with another file" "$port/wrong" 'wrong file: its SHA-256 is [0-9a-f]{64}'
bad "a longer file" "$port/long" 'bytes long instead of'
bad "a file without an end" "$port/endless" 'longer than the [0-9]+ bytes declared'
bad "redirections for ever" "$port/loop" 'too many redirections'

# a file of that name that is another one
echo other >"$T/p/distfiles/$file"
sed -i "s|^SITES\\[main\\]=.*|SITES[main]=		http://127.0.0.1:$port/status/404/|" "$spec"
run radm build tiny-dist
is "$status" 3 "another file under the name: status 3"
like "$err$out" "the file of that name in the distfiles is another one" "and says so"
is "$(cat "$T/p/distfiles/$file")" other "and leaves it"

# a part of an earlier run is continued
rm "$T/p/distfiles/$file"
head -c 1000 "$T/site/$file" >"$T/p/distfiles/$file.part"
sed -i "s|^SITES\\[main\\]=.*|SITES[main]=		http://127.0.0.1:$port/ok/|" "$spec"
: >"$T/log"
run radm build tiny-dist
is "$status" 0 "the right file: built"
[ "$status" = 0 ] || note "$err$out"
is "$(cat "$T/log")" "/ok/$file 1000" "one request, from where the part ends"
is "$(sha256sum <"$T/p/distfiles/$file" | cut -d' ' -f1)" "$sum" "the file is whole"
: >"$T/log"
run radm force tiny-dist
is "$status" 0 "again"
is "$(cat "$T/log")" "" "nobody is asked for what is there"

# a mirror of the profile, when the site has it no more
rm "$T/p/distfiles/$file"
sed -i "s|^SITES\\[main\\]=.*|SITES[main]=		http://127.0.0.1:$port/status/404/|" "$spec"
run radm configure set fetch_order "sites mirrors"
run radm configure set fetch_mirrors "http://127.0.0.1:$port/ok/%{name}"
run radm force tiny-dist
is "$status" 0 "a mirror has it"
[ "$status" = 0 ] || note "$err$out"
finish
