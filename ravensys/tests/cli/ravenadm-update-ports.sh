#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm check-ports, update-ports: a release is fetched, looked at and exchanged with the tree, which is whole whatever
# happens.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../breaklib.sh
. "$(dirname "$0")/../breaklib.sh"

conf=$T/p/ravenadm.ini
tree=$T/place/tree
www=$T/www
radm() {
	"$RAVENADM" -C "$conf" "$@"
}
mkdir -p "$www"
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"
radm configure set directory_conspiracy "$tree"

# --- releases
release() { # TAG: a release in $T/rel
	rm -rf "$T/rel"
	mkdir -p "$T/rel/Mk/Misc" "$T/rel/Mk/Scripts" "$T/rel/bucket_AA" "$T/rel/bucket_00"
	echo "$1" >"$T/rel/Mk/Misc/latest_release.txt"
	printf '00 other 1 std\nAA hello 2 std v1\n' >"$T/rel/Mk/Misc/conspiracy_variants"
	echo "hello of $1" >"$T/rel/bucket_AA/hello"
	echo "other of $1" >"$T/rel/bucket_00/other"
	echo '#!/bin/sh' >"$T/rel/Mk/Scripts/do"
	chmod 755 "$T/rel/Mk/Scripts/do"
	ln -s "do" "$T/rel/Mk/Scripts/link"
}
pack() { # NAME: the release as an archive
	rm -rf "$T/pack"
	mkdir "$T/pack"
	cp -a "$T/rel" "$T/pack/Ravenports-$1"
	tar -C "$T/pack" -czf "$www/$1.tar.gz" "Ravenports-$1"
}
for tag in 20260101.1 20260202.1 20260202.2 20260202.10; do
	release $tag
	pack $tag
done
exec 3>&2
mkfifo "$T/alive"
"$TOOLS/testhttpd" -l "$T/requests" "$www" <"$T/alive" >"$T/port" 2>/dev/null &
exec 9>"$T/alive"
at_exit "exec 9>&-"
tries=0
while [ ! -s "$T/port" ] && [ $tries -lt 100 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
web=http://127.0.0.1:$(cat "$T/port")
source_of() { # HOW
	radm configure set ports_latest "$web/ok/latest"
	radm configure set ports_archive "$web/$1/%{tag}.tar.gz"
}
source_of ok
echo 20260202.1 >"$www/latest"
left() {
	(cd "$T/place" && ls -A) | tr '\n' ' '
	ls -A "$T/p/update" 2>/dev/null
}
is_whole() { # TAG
	grep -q "hello of $1" "$tree/bucket_AA/hello" && grep -q "other of $1" "$tree/bucket_00/other" &&
		[ -x "$tree/Mk/Scripts/do" ] && [ -L "$tree/Mk/Scripts/link" ]
}

# --- the first one
runs 0 "check-ports without a tree" radm check-ports
like "$out" "^no release is installed at $tree; the latest is 20260202.1$" "says so"
runs 0 "a dry run" radm -n update-ports
like "$out" "$tree: would become release 20260202.1" "says what would be"
nok "and does nothing" test -e "$T/place"
runs 0 "update-ports" radm update-ports
is "$out" "$tree: is now release 20260202.1" "is told"
like "$err" "directory_mk is $TOP/mk, not the tree's own $tree/Mk" "and which framework goes with it"
ok "the tree is there" is_whole 20260202.1
is "$(left)" "tree " "and nothing else"
runs 0 "again" radm update-ports
is "$out" "$tree: release 20260202.1 is there already" "nothing to do"
is "$(grep -c tar.gz "$T/requests")" 1 "nothing is fetched"
runs 0 "check-ports" radm check-ports
is "$out" "the latest release, 20260202.1, is installed" "the same"
runs 0 "as JSON" radm --json check-ports
is "$out" "{\"tree\":\"$tree\",\"installed\":\"20260202.1\",\"release\":\"20260202.1\",\"due\":false}" "a document"
runs 0 "ports can be found in it" radm locate hello
is "$out" "Found at $tree/bucket_AA/hello" "at once"

# --- the next ones
echo 20260202.10 >"$www/latest"
runs 0 "check-ports of a newer release" radm check-ports
like "$out" "^20260202.1 is installed, and the latest release is 20260202.10: run 'ravenadm update-ports'$" "says so"
runs 0 "update-ports" radm --json update-ports
is "$out" "{\"tree\":\"$tree\",\"installed\":\"20260202.1\",\"release\":\"20260202.10\",\"updated\":true}" "a document"
ok "the tree is the new one" is_whole 20260202.10
is "$(left)" "tree " "nothing of the old one is left"
echo 20260202.2 >"$www/latest"
runs 1 "a latest release that is older" radm update-ports
like "$err" "latest release 20260202.2 is older than 20260202.10, which is there: name it to go back" "is not taken"
runs 0 "unless it is named" radm update-ports 20260202.2
ok "the tree is that one" is_whole 20260202.2
sum=$(sha256sum "$www/20260101.1.tar.gz" | cut -d' ' -f1)
runs 0 "--sha256" radm update-ports --sha256 "$sum" 20260101.1
ok "the tree is that one" is_whole 20260101.1
runs 1 "--sha256 of another" radm update-ports --sha256 "$sum" 20260202.1
like "$err" 'sha256|SHA-256|sum' "is refused"
ok "and nothing changed" is_whole 20260101.1
runs 2 "--sha256 of nothing" radm update-ports --sha256 abc
for tag in 2026 20261301.1 20260100.1 20260101.0 19990101.1 20260101.1234 ../../etc 20260101.1/x ''; do
	runs 2 "update-ports '$tag'" radm update-ports "$tag"
done
runs 2 "two releases" radm update-ports 20260101.1 20260202.1

# --- what cannot be had
same() { # NAME WORDS: the last command failed with these, and the tree is as it was
	like "$err" "$2" "$1: the reason"
	ok "$1: the tree is as before" is_whole 20260101.1
	is "$(left)" "tree " "$1: nothing is left"
}
for how in cut/300 wrong status/404 status/500 endless; do
	source_of $how
	runs 1 "an archive that is served: $how" radm update-ports 20260202.1
	like "$err" '20260202.1' "names it"
	ok "the tree is as before" is_whole 20260101.1
	is "$(left)" "tree " "nothing is left"
done 2>&3
source_of ok
runs 1 "a release that there is not" radm update-ports 20300101.1
same "no such release" "20300101.1"
for text in '' nonsense '<html>' 20260202.1.1; do
	printf '%s\n' "$text" >"$www/latest"
	runs 1 "a latest release '$text'" radm update-ports
	same "'$text'" "/ok/latest: does not begin with a release"
done
rm "$www/latest"
runs 1 "no latest release" radm check-ports
like "$err" "/ok/latest: there is no such thing" "is named"
echo 20260202.1 >"$www/latest"
radm configure set ports_latest http://127.0.0.1:1/latest
runs 1 "no server" radm check-ports
like "$err" '127.0.0.1:1' "is named"
source_of ok

# --- archives that are not what they say
release 20260202.1
pack 20260303.1
runs 1 "another release" radm update-ports 20260303.1
same "another release" "archive of release 20260303.1 says that it is 20260202.1"
release 20260303.1
rm "$T/rel/bucket_00/other"
pack 20260303.1
runs 1 "a port is missing" radm update-ports 20260303.1
same "a missing port" "archive of release 20260303.1: bucket_00/other: is missing or empty"
release 20260303.1
: >"$T/rel/bucket_AA/hello"
pack 20260303.1
runs 1 "an empty port" radm update-ports 20260303.1
same "an empty port" "bucket_AA/hello: is missing or empty"
release 20260303.1
rm "$T/rel/Mk/Misc/conspiracy_variants"
pack 20260303.1
runs 1 "no index" radm update-ports 20260303.1
same "no index" "has no Mk/Misc/conspiracy_variants"
release 20260303.1
echo 'AA ../../etc 1 std' >>"$T/rel/Mk/Misc/conspiracy_variants"
pack 20260303.1
runs 1 "an index with a path" radm update-ports 20260303.1
same "an index with a path" "conspiracy_variants:3: not the line of a port"
release 20260303.1
pack 20260303.1
head -c 200 "$www/20260303.1.tar.gz" >"$T/cut" && mv "$T/cut" "$www/20260303.1.tar.gz"
runs 1 "a cut archive" radm update-ports 20260303.1
same "a cut archive" "20260303.1.tar.gz: "
echo text >"$www/20260303.1.tar.gz"
runs 1 "no archive" radm update-ports 20260303.1
same "no archive" "20260303.1.tar.gz: (no|damaged) archive"
tar -C "$T/rel" -czf "$www/20260303.1.tar.gz" bucket_AA Mk
runs 1 "no folder of its own" radm update-ports 20260303.1
same "no folder of its own" "is not in the one folder that the archive began with"

hostile() { # NAME PYTHON-LINES: entries behind those of a good release
	release 20260303.1
	pack 20260303.1
	gzip -d <"$www/20260303.1.tar.gz" >"$T/h.tar"
	python3 - "$T/h.tar" <<PY
import io, sys, tarfile
t = tarfile.open(sys.argv[1], "a")
def add(name, kind=tarfile.REGTYPE, target="", data=b"evil"):
    i = tarfile.TarInfo(name)
    i.type, i.linkname = kind, target
    i.size = len(data) if kind == tarfile.REGTYPE else 0
    t.addfile(i, io.BytesIO(data) if i.size else None)
P = "Ravenports-20260303.1"
$2
t.close()
PY
	gzip <"$T/h.tar" >"$www/20260303.1.tar.gz"
	runs 1 "$1" radm update-ports 20260303.1
	same "$1" "$3"
	nok "$1: nothing got out" test -e "$T/evil" -o -e "$T/place/evil" -o -e "$T/p/evil"
}
if python3 -c 'import tarfile' 2>/dev/null; then
	hostile "a name that goes up" 'add(P + "/../../evil")' "empty part, '.' or '..'"
	hostile "an absolute name" "add('$T/evil')" "the name is absolute"
	hostile "a link that goes out" 'add(P + "/out", tarfile.SYMTYPE, "../..")' "is a link to what is outside"
	hostile "an absolute link" "add(P + '/out', tarfile.SYMTYPE, '$T')" "is a link to what is outside"
	hostile "through a link" 'add(P + "/in", tarfile.SYMTYPE, "Mk"); add(P + "/in/evil")' "something else in the way"
	hostile "a folder through a link" 'add(P + "/in", tarfile.SYMTYPE, "Mk"); add(P + "/in/evil", tarfile.DIRTYPE)' "something else in the way"
	hostile "a hard link" "add(P + '/hard', tarfile.LNKTYPE, P + '/Mk/Misc/latest_release.txt')" "is a hard link"
	hostile "a device" 'add(P + "/null", tarfile.CHRTYPE)' "neither file, folder nor link"
	hostile "a fifo" 'add(P + "/pipe", tarfile.FIFOTYPE)' "neither file, folder nor link"
	hostile "a file twice" 'add(P + "/bucket_AA/hello")' "comes twice"
	hostile "a file over a folder" 'add(P + "/Mk")' "comes twice"
	hostile "a control character" 'add(P + "/a\nb")' "control character"
	hostile "a long name" 'add(P + "/" + "/".join(["x" * 200] * 10))' "name is too long"
else
	skip 65 "no python3 here"
fi

# --- what is no release is left alone
for what in file source git link; do
	rm -rf "$T/place"
	mkdir -p "$T/place"
	case $what in
	file) echo mine >"$tree" ;;
	source) mkdir -p "$tree/bucket_AA/hello" && echo mine >"$tree/bucket_AA/hello/specification" ;;
	git) release 20260101.1 && cp -a "$T/rel" "$tree" && mkdir "$tree/.git" ;;
	link) release 20260101.1 && cp -a "$T/rel" "$T/place/real" && ln -s real "$tree" ;;
	esac
	find "$T/place" | sort >"$T/before"
	runs 1 "in place of a $what" radm update-ports 20260202.1
	like "$err" "$tree: " "is refused"
	find "$T/place" | sort >"$T/after"
	ok "and left alone" cmp "$T/before" "$T/after"
done
rm -rf "$T/place"
mkdir -p "$tree"
runs 0 "in place of an empty folder" radm update-ports 20260202.1
ok "it is made" is_whole 20260202.1
mkdir "$tree.old"
echo mine >"$tree.old/file"
runs 1 "something else is called tree.old" radm update-ports 20260101.1
like "$err" "tree.old is in the way: holds something else" "is said"
ok "the tree is as before" is_whole 20260202.1
rm -r "$tree.old"
radm configure set directory_conspiracy none
runs 1 "no place" radm update-ports
like "$err" "directory_conspiracy is none" "is said"
radm configure set directory_conspiracy "$tree"

# --- others at work
flock -F "$T/p/lock" sleep 20 &
locker=$!
at_exit "kill $locker 2>/dev/null"
sleep 0.3
runs 1 "while a run is under way" radm update-ports 20260101.1
like "$err" "lock" "is refused"
kill $locker
wait $locker 2>/dev/null
ok "the tree is as before" is_whole 20260202.1

# --- a full disk, and broken off
radm configure set ports_archive "file://$www/%{tag}.tar.gz"
release 20260303.1
if unshare -rm true 2>/dev/null; then
	# shellcheck disable=SC2016
	runs 1 "a full disk" unshare -rm sh -c 'mount -t tmpfs -o nr_inodes=20 none "$1" && cp -a "$4" "$3" && "$2" -C "$5" update-ports 20260101.1 2>&1
		s=$?; cat "$3/bucket_AA/hello"; ls -A "$1"; exit $s' x "$T/place" "$RAVENADM" "$tree" "$T/rel" "$conf"
	like "$out" "o space left" "says so"
	is "$(printf '%s\n' "$out" | tail -n 2)" "hello of 20260303.1
tree" "the tree is whole, and alone"
else
	skip 3 "no mounts here"
fi
release 20260101.1
reset() {
	rm -rf "$T/place" "$T/p/update"
	mkdir -p "$T/place"
	cp -a "$T/rel" "$tree"
}
whole() {
	is_whole 20260101.1 || is_whole 20260202.1 || { echo "neither the old nor the new tree"; return 1; }
	now=$(cat "$tree/Mk/Misc/latest_release.txt")
	is_whole "$now" || { echo "$now is not whole"; return 1; }
	radm update-ports 20260202.1 || return 1
	if ! is_whole 20260202.1 || [ "$(left)" != "tree " ]; then
		echo "left: $(left)"
		return 1
	fi
}
if can_break; then
	break_everywhere "update-ports" "renameat renameat2 fsync syncfs mkdir mkdirat symlinkat pwrite64 unlinkat" \
		"$RAVENADM" -C "$conf" update-ports 20260202.1
else
	skip 3 "no strace here"
fi

# where folders cannot be exchanged
if can_break; then
	reset
	runs 0 "without exchange" strace -f -o /dev/null -e trace=renameat2 -e inject=renameat2:error=EINVAL:when=1 "$RAVENADM" -C "$conf" update-ports 20260202.1
	ok "the new tree" whole
	reset
	mv "$tree" "$tree.old"
	mkdir "$T/place/.tree.new"
	runs 0 "killed between aside and in" radm update-ports 20260202.1
	ok "the next update begins with the tree set aside" whole
else
	skip 4 "no strace here"
fi
finish
