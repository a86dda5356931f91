#!/bin/sh
# SPDX-License-Identifier: ISC
# A disk that changed what lies on it: cached packages, kept metadata, catalogues, installed files; and a repository
# that is away, or past its end. Nothing damaged is used, and every way out leads out.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../rvnlib.sh
. "$(dirname "$0")/../rvnlib.sh"

packages <<'END'
package a~primary~std 1
dir raven/lib 0755
link raven/lib64 lib
file raven/bin/a 0755 a
file raven/lib/liba.so 0644 liba
dir raven/share/a 0750
file raven/share/a/x 0640 x
package b~primary~std 1
file raven/lib64/libb.so 0644 b
file raven/bin/b 0755 b
package big~primary~std 1
big raven/share/big 0644 300000 7
END
publish
new_root "$T/root"

flip() { # FILE OFFSET
	printf '\001' | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

cache=$ROOT/raven/var/cache/rvn
runs 0 "install, packages kept" rvn -o keep_packages=yes install -y a big
runs 0 "remove" rvn remove -y big
package=$(ls "$cache"/packages/*big*)
for what in flipped longer shorter folder link; do
	case $what in
	flipped) flip "$package" 2000 ;;
	longer) echo >>"$package" ;;
	shorter) truncate -s 100 "$package" ;;
	folder)
		rm "$package"
		mkdir "$package"
		;;
	link)
		rm -rf "$package"
		ln -s /dev/zero "$package"
		;;
	esac
	runs 0 "$what in the cache: fetched anew" rvn -o keep_packages=yes install -y big
	is "$(stat -c %s "$ROOT/raven/share/big")" 300000 "$what: the right file is installed"
	[ $what != flipped ] || like "$err" '^rvn: big~primary~std~1.rvn: was damaged in the cache and is fetched anew$' "and told"
	rvn remove -y big >/dev/null
done
flip "$package" 2000
mv "$T/repo/targets" "$T/targets"
before=$(tree "$ROOT")
runs 1 "damaged in the cache, and the repository is away" rvn install -y big
like "$err" '^rvn: repository test: [^ ]*big~primary~std~1.rvn: ' "the package is named, the repository once"
is "$(tree "$ROOT")" "$before" "nothing changed"
mv "$T/targets" "$T/repo/targets"

# a part of an earlier run, and mirrors
rm -f "$package"
head -c 5000 /dev/zero >"$package.part"
runs 0 "a part that is damaged" rvn install -y big
rvn remove -y big >/dev/null
cp -a "$T/repo" "$T/mirror"
served=$(ls "$T"/repo/targets/*/files/*big*)
cp "$served" "$T/served"
for how in flipped longer shorter missing; do
	case $how in
	flipped) flip "$served" 2000 ;;
	longer) echo >>"$served" ;;
	shorter) truncate -s 1000 "$served" ;;
	missing) rm "$served" ;;
	esac
	new_root "$T/mirrored-$how" "mirrors= $T/mirror"
	runs 0 "$how at the first address: the mirror has it" rvn install -y big
	is "$err" "" "$how: nothing to warn of"
	new_root "$T/alone-$how"
	runs 1 "$how at the only address" rvn install -y big
	like "$err" '^rvn: repository test: [0-9a-f]{64}.big~primary~std~1.rvn: file:' "$how: file and address are named"
	is "$(find "$ROOT/raven/var/cache/rvn/packages" -type f ! -name '*.part')" "" "$how: nothing has its final name"
	is "$(rvn info)" "" "$how: nothing is installed"
	cp "$T/served" "$served"
done
ROOT=$T/root

# kept metadata
for file in "$ROOT"/raven/var/db/rvn/tuf/test/*; do
	name=$(basename "$file")
	cp -p "$file" "$T/kept"
	for how in flipped empty; do
		cp -p "$T/kept" "$file"
		case $how in
		empty) : >"$file" ;;
		*) flip "$file" 20 ;;
		esac
		runs 0 "$how $name: info works" rvn info
		runs 0 "$how $name: search mends it" rvn search big
		runs 0 "$how $name: catalog --force" rvn catalog --force
	done
done

# the catalogue
catalog=$(ls "$cache"/catalog/*.sqlite)
cp "$catalog" "$T/catalog"
for how in empty short flipped; do
	case $how in
	empty) : >"$catalog" ;;
	short) truncate -s 3000 "$catalog" ;;
	flipped) flip "$catalog" 8200 ;;
	esac
	run rvn search big
	[ "$status" = 0 ] || like "$err" "'rvn catalog --force' fetches it anew" "$how catalogue: the way out"
	runs 0 "$how catalogue: catalog --force" rvn catalog --force
	ok "$how catalogue: is as it was" cmp "$catalog" "$T/catalog"
done

# away, and past the end
later=$(($(date +%s) + 20 * 86400))
mv "$T/repo" "$T/away"
old() {
	touch -d '2 days ago' "$ROOT/raven/var/db/rvn/tuf/test/timestamp.json"
}
old
runs 0 "away: search" rvn search big
like "$err" '^rvn: repository test: metadata/timestamp.json: .*; using the catalogue that is here$' "it is told"
runs 1 "away: catalog --force" rvn catalog --force
export RV_TEST_NOW="$later"
runs 1 "away and expired: search" rvn search big
for command in "search big" "upgrade -y" catalog "-n install big"; do
	# shellcheck disable=SC2086
	runs 0 "away and expired: --allow-expired $command" rvn --allow-expired $command
	like "$err" 'expired' "it is told"
done
runs 0 "away and expired: remove needs no catalogue" rvn remove -y a
mv "$T/away" "$T/repo"
runs 1 "expired: install" rvn install -y a
like "$err" '\-\-allow-expired' "the way out"
runs 0 "expired: --allow-expired install" rvn --allow-expired install -y a b
runs 0 "expired: check" rvn check
unset RV_TEST_NOW

# installed files: found, and put back by install --force
damage() { # WHAT PATH PATTERN COMMAND ..., which gets the file's name
	damage_what=$1 damage_path=$2 damage_pattern=$3
	shift 3
	"$@" "$ROOT/$damage_path" 2>"$T/damage" || note "$(cat "$T/damage")"
	runs 1 "$damage_what: check" rvn check a
	like "$out" "^a~primary~std: /$damage_path: $damage_pattern" "$damage_what: is named"
	like "$(rvn --json check a 2>/dev/null)" '"faults":1,' "$damage_what: one fault, as JSON"
	runs 0 "$damage_what: install --force" rvn install -f -y a
	runs 0 "$damage_what: is mended" rvn check
}
to_link() {
	rm "$1" && ln -s nowhere "$1"
}
other_content() {
	echo liby >"$1"
}
damage "mode" raven/bin/a 'mode: 0700, wanted 0755' chmod 700
damage "set-id bit" raven/bin/a 'mode: 4755, wanted 0755' chmod 4755
damage "mode of a folder" raven/share/a 'mode: 0711, wanted 0750' chmod 711
damage "mode of a folder of two packages" raven/bin 'mode: 0700, wanted 0755' chmod 700
damage "content" raven/lib/liba.so 'content: SHA-256 differs' other_content
damage "size" raven/lib/liba.so 'content: 0 bytes, wanted 5' truncate -s 0
damage "missing" raven/lib/liba.so 'missing' rm
damage "type" raven/share/a/x 'type: a link, wanted a file' to_link
damage "link" raven/lib64 "link: to nowhere, wanted lib" to_link
if [ "$(id -u)" = 0 ]; then
	damage "owner" raven/bin/a 'owner: 7:8, wanted 0:0' chown 7:8
	damage "owner of a folder" raven/share/a 'owner: 7:0, wanted 0:0' chown 7
	if command -v setcap >/dev/null; then
		damage "capability" raven/bin/a 'xattr: security.capability' setcap cap_net_raw+ep
	else
		skip 5 "no setcap here"
	fi
else
	skip 15 "needs root"
fi

# which: as packages say it, and where it really is
for path in /raven/lib64/libb.so /raven/lib/libb.so "$ROOT/raven/lib64/libb.so"; do
	runs 0 "which $path" rvn which "$path"
	is "$out" "$path: b~primary~std 1" "which $path: its package"
done
runs 0 "which, through a link of a package" rvn which /raven/lib64/liba.so
is "$out" "/raven/lib64/liba.so: a~primary~std 1" "its package"
runs 1 "which of nobody's" rvn which /raven/lib64/libc.so
finish
