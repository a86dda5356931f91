#!/bin/sh
# SPDX-License-Identifier: ISC
# Packages made to do harm, as if a repository had signed them: each is refused with a reason, and neither the root nor
# anything outside it changes.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
RT=$TOOLS/rvntest
P=$T/p
R=$T/root
mkdir "$P" "$R" "$T/outside"
echo precious >"$T/outside/file"
chmod 700 "$T/outside"

"$TOOLS/mkpackage" "$P" - >/dev/null <<'END'
package good~primary~std 1
file raven/bin/aaaa 0755 content-of-aaaa
file raven/bin/bbbb 0644 content-of-bbbb
hard raven/bin/hard raven/bin/aaaa
link raven/bin/link aaaa
owner raven/bin/aaaa root root
xattr raven/bin/aaaa user.note text
package out~primary~std 1
link raven/away /OUTSIDE
link raven/up ../../../../../../../../../OUTSIDE
package in~primary~std 1
file raven/away/evil 0644 evil
package in2~primary~std 1
file raven/up/evil 0644 evil
END
good=$P/good~primary~std~1.rvn

everything() {
	(cd "$T" && find root outside \( -name '*-shm' -o -name '*-wal' -o -name lock -o -name installed.sqlite \) -prune -o \
		-printf '%p %y %m %s %l\n' | sort && cat outside/file && "$RT" "$R" state)
}
rm -rf "$R" && mkdir "$R" && "$RT" "$R" recover >/dev/null 2>&1
before=$(everything)

refused_file() { # NAME ERE FILE
	run timeout -s KILL 20 "$RT" "$R" apply "+$3"
	if [ "$status" = 1 ] && printf '%s\n' "$err" | grep -Eq -e "$2" && [ "$(everything)" = "$before" ]; then
		test_result 0 "$1"
	else
		test_result 1 "$1" || note "status $status, wanted 1 and: $2" "$err" "$(everything | head -n 30)"
		rm -rf "$R" && mkdir "$R" && "$RT" "$R" recover >/dev/null 2>&1
	fi
}
hostile() { # NAME ERE EDIT ...
	hostile_name=$1 hostile_why=$2
	shift 2
	rm -f "$T/bad.rvn"
	"$TOOLS/forge" "$good" "$T/bad.rvn" "$@" 2>"$T/forge" || note "$(cat "$T/forge")"
	refused_file "$hostile_name" "$hostile_why" "$T/bad.rvn"
}
path() { # NAME ERE PATH, for raven/bin/bbbb
	hostile "$1" "$2" "replace|+FILES|raven/bin/bbbb|$3"
}

# what forge makes is otherwise good
ok "forged without an edit: as good as the original" "$TOOLS/forge" "$good" "$T/bad.rvn"
mkdir "$T/fine"
ok "and can be installed" "$RT" "$T/fine" apply "+$T/bad.rvn"

# paths
path "..: up and out" "'\.\.'" "raven/bin/../../../outside/x"
path ".. alone" "'\.\.'|sorted|folder" ".."
path "a component '.'" "'\.'" "raven/bin/./b"
path "absolute" "absolute" "/outside/x"
path "an empty component" "empty component" "raven/bin//b"
path "a slash at its end" "empty component" "raven/bin/b/"
path "NUL, raw" "control|canonical" 'raven/bin/b\x00b'
path "NUL, escaped" "escape|control" 'raven/bin/b\x5cu0000'
path "newline, raw" "newline|end|canonical|control" 'raven/bin/b\x0ab'
path "newline, escaped" "escape|control" 'raven/bin/b\x5cu000a'
path "no UTF-8" "UTF-8" 'raven/bin/b\xff\xfe'
path "overlong UTF-8 of '/'" "UTF-8" 'raven/bin/b\xc0\xafb'
path "a component of 256 bytes" "255" "raven/bin/$(printf 'b%.0s' $(seq 256))"
path "5,000 bytes" "4095|line" "raven/bin/$(printf 'bbb/%.0s' $(seq 1250))b"
path "out of order, above all" "sorted" "etcx"
path "rvn's database" "folder" "raven/var/db/rvn/installed.sqlite"
path "twice" "sorted by path, or twice" "raven/bin/aaaa"
path "out of order" "sorted" "raven/bin/aaa0"
path "no folder above it" "folder is not an entry" "raven/zzz/b"
path "beneath a file" "folder is not an entry" "raven/bin/aaaa/b"

"$TOOLS/mkpackage" "$P" - >/dev/null <<'END'
package own~primary~std 1
file raven/var/db/rvn/tuf/x/root.json 0644 trust me
package own2~primary~std 1
file raven/var/cache/rvn/packages/x 0644 x
package own3~primary~std 1
file raven/bin/.rvn-1-1 0644 x
package own4~primary~std 1
file raven/.rvn-2-7/x 0644 x
package etc~primary~std 1
file etc/passwd 0644 root::0:0::/:
package ravenna~primary~std 1
file ravenna/x 0644 x
END
for name in own own2 own3 own4; do
	refused_file "$name: rvn's own files" "rvn's own" "$P/$name~primary~std~1.rvn"
done
refused_file "outside the prefix" "not beneath the prefix" "$P/etc~primary~std~1.rvn"
refused_file "beside the prefix" "not beneath the prefix" "$P/ravenna~primary~std~1.rvn"

# links
hostile "a file beneath a link of the same package" "folder is not an entry|sorted" \
	'replace|+FILES|raven/bin/link|raven/bin/aaaa/link'
hostile "hard link to an absolute path" "hard link to something" \
	'replace|+FILES|"target":"raven/bin/aaaa"|"target":"/outside/file"'
hostile "hard link upwards" "hard link to something" \
	'replace|+FILES|"target":"raven/bin/aaaa"|"target":"../outside/file"'
hostile "hard link to a folder" "hard link to something" \
	'replace|+FILES|"target":"raven/bin/aaaa"|"target":"raven/bin"'
hostile "hard link to itself" "hard link to something" \
	'replace|+FILES|"target":"raven/bin/aaaa"|"target":"raven/bin/hard"'
hostile "hard link to a link" "hard link to something" \
	'replace|+FILES|"target":"raven/bin/aaaa"|"target":"raven/bin/link"'
hostile "a link without a target" "empty string|missing" 'replace|+FILES|"target":"aaaa"|"target":""'
for pair in out~primary~std:in out~primary~std:in2; do
	name=${pair#*:}
	mkdir "$T/links-$name"
	"$RT" "$T/links-$name" apply "+$P/out~primary~std~1.rvn" >/dev/null 2>&1
	run "$RT" "$T/links-$name" apply "+$P/$name~primary~std~1.rvn"
	is "$status" 1 "$name: through an installed link that leads out"
	like "$err" "leads out of the prefix" "$name: and said so"
done
mkdir "$T/both"
run "$RT" "$T/both" apply "+$P/out~primary~std~1.rvn" "+$P/in~primary~std~1.rvn"
is "$status" 1 "the link and what goes through it in one transaction"
ok "nothing came" test ! -e "$T/both/raven/away"
mkdir -p "$T/planted/raven"
ln -s "$T/outside" "$T/planted/raven/bin"
run "$RT" "$T/planted" apply "+$good"
is "$status" 1 "a folder that somebody made a link out of the root"
is "$(ls -A "$T/outside")" file "nothing was written through it"

# types, modes, owners, attributes
for type in char block fifo socket device symlink; do
	hostile "type $type" "unknown type" "replace|+FILES|\"type\":\"link\"|\"type\":\"$type\""
done
for mode in 10755 75 0x55 -755 0855; do
	hostile "mode $mode" "mode" "replace|+FILES|\"mode\":\"0644\"|\"mode\":\"$mode\""
done
for owner in 0 -1 'a b' ../x 'root:root'; do
	hostile "owner '$owner'" "account name" "replace|+FILES|\"owner\":\"root\"|\"owner\":\"$owner\""
done
for name in security.selinux trusted.x system.posix_acl_access user. security.capabilitz; do
	hostile "attribute $name" "attributes out of order or not allowed" "replace|+FILES|user.note|$name"
done
hostile "an unknown flag" "canonical|unknown" 'replace|+FILES|{"mode":"0644"|{"flags":["run"],"mode":"0644"'
hostile "an unknown key" "canonical|unknown|no type" 'replace|+FILES|"type":"link"}|"type":"link","zzz":"1"}'
hostile "a key twice" "canonical|unknown|no type" 'replace|+FILES|"mode":"0644"|"mode":"0644","mode":"4755"'

# numbers
for size in 99999999999999999999 -5 0 1e3 016; do
	hostile "size $size" "no number above 0|no type, or a key" "replace|+FILES|\"size\":16|\"size\":$size"
done
hostile "size of 8 EiB" "too large|behind" 'replace|+FILES|"size":16|"size":9223372036854775807'
hostile "offset of 8 EiB and more" "no number above 0" 'replace|+FILES|"offset":|"offset":92233720368547752'
hostile "offset not behind the file before" "offset not behind" 'replace|+FILES|"offset":|"offset":5121'
hostile "another number of files" "disagree" 'replace|+MANIFEST|"n_files":|"n_files":9'
hostile "another size of files" "disagree" 'replace|+MANIFEST|"plain_bytes":|"plain_bytes":9'
hostile "another content" "content does not have the SHA-256" 'payload|content-of-bbbb|content-of-BBBB'
hostile "a line of 300 KiB" "longer than|4095" "replace|+FILES|\"target\":\"aaaa\"|\"target\":\"$(printf 'aaaa%.0s' $(seq 20000))\""

# the container
hostile "one more member" "something behind" 'member|x'
hostile "+FILES that ends in a half line" "no newline" 'add|+FILES|{"mode"'
hostile "+FILES with an empty line" "canonical|FILES" 'add|+FILES|\x0a'
hostile "+MANIFEST with something behind it" "MANIFEST|canonical|JSON" 'add|+MANIFEST| '
hostile "+MANIFEST with a key twice" "twice|duplicate|canonical" 'replace|+MANIFEST|"abi":|"abi":"x","abi":'
hostile "another prefix" "prefix" 'replace|+MANIFEST|"prefix":"/raven"|"prefix":"/usr"'
hostile "a version with a slash" "version" 'replace|+MANIFEST|"version":"1"|"version":"1/../x"'
hostile "a name with dots" "namebase|name" 'replace|+MANIFEST|"namebase":"good"|"namebase":"../good"'
hostile "made for a newer program" "made for a newer program" 'version|2|2'
hostile "impossible versions" "impossible" 'version|1|0'
hostile "frame 1 of 4 GiB in the header" "larger than the format allows" 'head|0xffffffff'
hostile "frame 1 of another size in the header" "disagree" 'head|100000'
hostile "frame 1 that claims 2^60 bytes" "larger|limit|frame|metadata|too" 'claim|0x1000000000000000'
hostile "frame 1 that claims 200 MiB and has nothing" "frame|zstd|data|size" 'claim|209715200'
hostile "2^32-1 frames in the seek table" "seek table" 'frames|0xffffffff'
hostile "no frames in the seek table" "seek table" 'frames|0x0f000000'
hostile "an entry with a huge frame" "larger|disagree|fill" 'table|2|16|0xffffffff'
hostile "an entry longer than the file" "larger|fill" 'table|2|0x00ffffff|1024'
hostile "an entry without bytes" "empty|fill" 'table|2|0|0'
hostile "a first entry that is no header" "disagree" 'table|0|0|0'
hostile "a payload frame of 17 MiB of zeros" "larger than the format allows" 'bomb|17'
hostile "a payload of 16 MiB of zeros in 1 KiB" "SHA-256|behind" 'bomb|16'
is "$(du -sk "$R" | awk '{ print ($1 < 2000) }')" 1 "nothing of it stayed on the disk"

# cut off at every byte
bytes=$(stat -c %s "$good")
n=0
bad=
while [ "$n" -lt "$bytes" ]; do
	head -c "$n" "$good" >"$T/cut.rvn"
	"$RT" "$R" apply "+$T/cut.rvn" >/dev/null 2>"$T/cut.err"
	[ $? = 1 ] && grep -q cut.rvn "$T/cut.err" || bad="$bad $n"
	n=$((n + 1))
done
is "$bad" "" "cut off after each of its $bytes bytes: refused, the file is named"
(cat "$good" && echo x) >"$T/long.rvn"
refused_file "something behind its end" "seek table" "$T/long.rvn"
is "$(everything)" "$before" "after all of them the root is as it was"

# allowed, and harmless: names that differ in case or form only
"$TOOLS/mkpackage" "$P" - >/dev/null <<END
package twins~primary~std 1
file raven/Readme 0644 1
file raven/README 0644 2
file raven/caf$(printf '\303\251') 0644 3
file raven/cafe$(printf '\314\201') 0644 4
END
mkdir "$T/twins"
ok "names that differ in case or Unicode form" "$RT" "$T/twins" apply "+$P/twins~primary~std~1.rvn"
is "$(cat "$T/twins/raven/README" "$T/twins/raven/Readme")" "2
1" "are files of their own"
finish
