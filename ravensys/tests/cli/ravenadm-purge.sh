#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm purge-distfiles, purge-logs: what any recipe could want stays, whatever else is going on.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

conf=$T/p/ravenadm.ini
dist=$T/p/distfiles
logs=$T/p/logs
radm() {
	"$RAVENADM" -C "$conf" "$@"
}
port() { # TREE NAMEBASE VARIANTS <HEAD-AND-BODY: a recipe; "@" in it is a tab
	folder=$1/bucket_$(printf '%s' "$2" | sha1sum | cut -c1-2 | tr a-f A-F)/$2
	mkdir -p "$folder/descriptions" "$folder/manifests"
	echo text >"$folder/descriptions/desc.single"
	echo bin/x >"$folder/manifests/plist.single"
	{
		printf 'NAMEBASE=\t\t%s\nVERSION=\t\t1.0\nKEYWORDS=\t\tmisc\nVARIANTS=\t\t%s\n' "$2" "$3"
		for variant in $3; do
			printf 'SDESC[%s]=\t\tSomething with distfiles\n' "$variant"
		done
		printf 'HOMEPAGE=\t\tnone\nCONTACT=\t\tnobody\n\n'
		tr @ '\t'
	} >"$folder/specification"
}
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"
tree=$T/tree
mkdir -p "$tree"
radm configure set directory_conspiracy "$tree"

runs 1 "a tree without ports" radm purge-distfiles
like "$err" "$tree: there is no port in it, so nothing is deleted" "is no reason to delete everything"

# --- recipes
port "$tree" plain std <<'SPEC'
DOWNLOAD_GROUPS=@main
SITES[main]=@@https://www.example.com/
DISTFILE[1]=@@plain-1.0.tar.gz:main
DISTFILE[2]=@@plain-unused.tar.gz:main
SPKGS[std]=@@single
OPTIONS_AVAILABLE=@none
OPTIONS_STANDARD=@none
SPEC
port "$tree" choice "std small" <<'SPEC'
DOWNLOAD_GROUPS=@main
SITES[main]=@@https://www.example.com/
DISTFILE[1]=@@choice-1.0.tar.gz:main
DISTFILE[2]=@@choice-docs.tar.gz:main
DISTFILE[3]=@@choice-nodocs.tar.gz:main
DIST_SUBDIR=@@sub/choice
DF_INDEX=@@1
SPKGS[std]=@@single
SPKGS[small]=@@single
OPTIONS_AVAILABLE=@DOCS
OPTIONS_STANDARD=@none
VOPTS[small]=@@DOCS=ON

[DOCS].DF_INDEX_ON=@@@2
[DOCS].DF_INDEX_OFF=@@@3
SPEC
port "$tree" hub std <<'SPEC'
DOWNLOAD_GROUPS=@main
SITES[main]=@@GITHUB/account:project:v2.0+rc1
DISTFILE[1]=@@generated:main
SPKGS[std]=@@single
OPTIONS_AVAILABLE=@none
OPTIONS_STANDARD=@none
SPEC
port "$tree" rusty std <<'SPEC'
DOWNLOAD_GROUPS=@main
SITES[main]=@@https://www.example.com/
DISTFILE[1]=@@rusty-1.0.crate:main
SPKGS[std]=@@single
OPTIONS_AVAILABLE=@DOCS
OPTIONS_STANDARD=@DOCS

[DOCS].USES_ON=@@@@cargo
SPEC
port "$tree" elsewhere std <<'SPEC'
DOWNLOAD_GROUPS=@main
SITES[main]=@@https://www.example.com/
DISTFILE[1]=@@elsewhere-1.0.tar.gz:main
SPKGS[std]=@@single
OPTIONS_AVAILABLE=@none
OPTIONS_STANDARD=@none
ONLY_FOR_OPSYS=@@dragonfly
SPEC
# of the custom tree, over the other one
port "$T/mine" plain std <<'SPEC'
DOWNLOAD_GROUPS=@main
SITES[main]=@@https://www.example.com/
DISTFILE[1]=@@plain-2.0.tar.gz:main
SPKGS[std]=@@single
OPTIONS_AVAILABLE=@none
OPTIONS_STANDARD=@none
SPEC
port "$T/others" theirs std <<'SPEC'
DOWNLOAD_GROUPS=@main
SITES[main]=@@https://www.example.com/
DISTFILE[1]=@@theirs-1.0.tar.gz:main
SPKGS[std]=@@single
OPTIONS_AVAILABLE=@none
OPTIONS_STANDARD=@none
SPEC
radm configure set directory_unkindness "$T/mine"

wanted='plain-1.0.tar.gz plain-unused.tar.gz plain-2.0.tar.gz sub/choice/choice-1.0.tar.gz sub/choice/choice-docs.tar.gz
sub/choice/choice-nodocs.tar.gz account-project-2.0-rc1.tar.gz rusty-1.0.crate rust/crates/rusty-1.0.crate elsewhere-1.0.tar.gz
sub/choice/choice-docs.tar.gz.part transient/0123.lk .hidden sub/.hidden'
unwanted='plain-0.9.tar.gz choice-1.0.tar.gz sub/plain-1.0.tar.gz plain-1.0.tar.gz.sig old/deep/er/file rust/crates/other.crate
old.tar.gz.part transient.tar.gz sub/transient/x plain-1.0.tar'
fill() {
	rm -rf "$dist"
	mkdir -p "$dist/empty/er"
	for file in $wanted $unwanted theirs-1.0.tar.gz; do
		mkdir -p "$(dirname "$dist/$file")"
		echo "$file" >"$dist/$file"
	done
	ln -s plain-1.0.tar.gz "$dist/link"
}
missing() { # FILE ...: those that are not there
	for file; do
		[ -e "$dist/$file" ] || printf '%s ' "$file"
	done
}
count() {
	# shellcheck disable=SC2086
	set -- $unwanted
	echo $#
}

# --- dry
fill
find "$dist" | sort >"$T/before"
runs 0 "a dry run" radm -n purge-distfiles
like "$out" '^would delete plain-0.9.tar.gz$' "says what would go"
like "$out" "^would recover .* of $(($(count) + 1)) files$" "and how much"
find "$dist" | sort >"$T/after"
ok "and deletes nothing" cmp "$T/before" "$T/after"

# --- others at work
flock -F "$dist" sleep 20 &
locker=$!
at_exit "kill $locker 2>/dev/null"
sleep 0.3
runs 1 "while something is fetched" radm purge-distfiles
like "$err" "distfiles are being fetched: $dist: is in use by another process" "is refused"
kill $locker
wait $locker 2>/dev/null
flock -F "$T/p/lock" sleep 20 &
locker=$!
at_exit "kill $locker 2>/dev/null"
sleep 0.3
runs 1 "while a run is under way" radm purge-distfiles
like "$err" "^ravenadm: profile primary: lock" "is refused"
runs 0 "a dry run meanwhile" radm -n purge-distfiles
kill $locker
wait $locker 2>/dev/null
find "$dist" | sort >"$T/after"
ok "nothing was deleted" cmp "$T/before" "$T/after"

# --- another profile with the same folder
cp "$conf" "$T/one.ini"
{
	echo "[second]"
	echo "directory_profile= $T/second"
	echo "directory_distfiles= $dist"
	echo "directory_conspiracy= $T/others"
	sed -n '/^directory_mk=/p' "$T/one.ini"
} >>"$conf"
runs 0 "purge-distfiles" radm purge-distfiles
# shellcheck disable=SC2086
is "$(missing $wanted)" "" "what recipes want is there"
is "$(missing theirs-1.0.tar.gz)" "" "and what another profile wants that shares the folder"
# shellcheck disable=SC2086
is "$(missing $unwanted | wc -w)" "$(count)" "all else is gone"
ok "a link is left alone" test -L "$dist/link"
is "$(cd "$dist" && find . -type d | sort | tr '\n' ' ')" ". ./rust ./rust/crates ./sub ./sub/choice ./transient " "empty folders are gone"
like "$out" '^deleted old/deep/er/file$' "files are named"
bytes=$(for file in $unwanted; do echo "$file"; done | wc -c)
like "$out" "^recovered .* \($bytes bytes\) of $(count) files$" "bytes are summed up"
cp "$T/one.ini" "$conf"
runs 0 "without that profile" radm --json purge-distfiles
is "$out" '{"deleted":[{"name":"theirs-1.0.tar.gz","bytes":18}],"bytes":18,"dry_run":false}' "its file goes; a document"
fill
runs 0 "trees of --tree count besides" radm purge-distfiles --tree "$T/others"
# shellcheck disable=SC2086
is "$(missing $wanted theirs-1.0.tar.gz)" "" "what they want stays"
rm -rf "$dist"
runs 0 "no folder" radm purge-distfiles
like "$out" "^recovered 0 B" "nothing to do"

# --- faults
fill
echo "nonsense" >>"$folder/specification"
find "$dist" | sort >"$T/before"
runs 0 "a fault in a tree that does not count" radm -n purge-distfiles
fault=$(find "$tree" -path '*/hub/specification')
cp "$fault" "$T/hub"
echo "nonsense" >>"$fault"
runs 1 "a recipe with faults" radm purge-distfiles
like "$err" "hub/specification:[0-9]+: " "is said"
like "$err" "$dist: nothing is deleted: recipes have 1 fault, .*: mend them, or take their trees out of the profile" "and the way out"
find "$dist" | sort >"$T/after"
ok "nothing was deleted" cmp "$T/before" "$T/after"
cp "$T/hub" "$fault"
radm configure set directory_conspiracy "$T/none"
runs 1 "a tree that is not there" radm purge-distfiles
find "$dist" | sort >"$T/after"
ok "nothing was deleted" cmp "$T/before" "$T/after"
radm configure set directory_conspiracy "$tree"
runs 2 "an operand" radm purge-distfiles plain
if [ "$(id -u)" != 0 ]; then
	chmod 555 "$dist"
	runs 1 "a folder that may not be written" radm purge-distfiles
	like "$err" "$dist" "is named"
	chmod 755 "$dist"
else
	skip 2 "root may write everywhere"
fi

# --- logs
mkdir -p "$logs"
for log in plain___std.log choice___std.log choice___small.log choice___large.log gone___std.log 00_last_results.log \
	hub___old.log notes.log run.jsonl rusty___std.log.gz; do
	echo log >"$logs/$log"
done
cp "$T/hub" "$fault"
echo "nonsense" >>"$fault"
runs 0 "purge-logs, dry" radm -n purge-logs
ok "deletes nothing" test -e "$logs/gone___std.log"
runs 0 "purge-logs" radm purge-logs
is "$(printf '%s\n' "$out" | grep deleted | tr '\n' ' ')" "deleted choice___large.log deleted gone___std.log " "logs of variants that there are no more"
is "$(cd "$logs" && echo *)" "00_last_results.log choice___small.log choice___std.log hub___old.log notes.log plain___std.log run.jsonl rusty___std.log.gz" "all else stays, the logs of a port with faults too"
cp "$T/hub" "$fault"
runs 0 "when it is mended" radm --json purge-logs
is "$out" '{"deleted":[{"name":"hub___old.log","bytes":4}],"bytes":4,"dry_run":false}' "they go; a document"
runs 2 "an operand" radm purge-logs plain
finish
