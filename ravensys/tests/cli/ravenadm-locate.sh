#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm locate, dev jump, dev info, dev template: what needs no recipe to be read.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

conf=$T/p/ravenadm.ini
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"
radm() {
	"$RAVENADM" -C "$conf" "$@"
}

# --- locate
runs 0 "locate" radm locate hello
is "$out" "Found at $TOP/buckets/bucket_AA/hello" "the folder"
runs 1 "a port that there is not" radm locate helo
is "$out" "Does not exist at $TOP/buckets/bucket_$(printf helo | sha1sum | cut -c1-2 | tr a-f A-F)/helo" "where it would be"
like "$err" "no port 'helo' in .*nearest names are: hello" "and what is near"
runs 1 "several, one of them missing" radm locate hello helo lua54
is "$(printf '%s\n' "$out" | wc -l)" 3 "a line each"
runs 0 "as JSON" radm --json locate hello
is "$out" "[{\"namebase\":\"hello\",\"found\":true,\"path\":\"$TOP/buckets/bucket_AA/hello\",\"tree\":\"$TOP/buckets\",\"custom\":false,\"form\":\"source\"}]" "a document"
runs 1 "JSON of none" radm --json locate helo
like "$out" '^\[\{"namebase":"helo","found":false,"path":".*/helo","tree":".*"\}\]$' "says so"

mkdir -p "$T/compiled/bucket_AA" "$T/mine/bucket_AA/hello"
echo sheet >"$T/compiled/bucket_AA/hello"
runs 0 "a compiled tree" radm --json locate --tree "$T/compiled" hello
like "$out" '"form":"compiled"' "is told apart"
runs 0 "needs no profile" "$RAVENADM" locate --tree "$T/compiled" hello
is "$out" "Found at $T/compiled/bucket_AA/hello" "the file"
runs 0 "several trees" "$RAVENADM" locate --tree "$T/compiled" --tree "$T/mine" hello
is "$out" "Found at $T/compiled/bucket_AA/hello" "the first one wins"
radm configure set directory_unkindness "$T/mine"
runs 0 "a custom tree" radm locate hello
is "$out" "Custom port found at $T/mine/bucket_AA/hello" "wins over the other"
runs 0 "another port" radm locate lua54
is "$out" "Found at $TOP/buckets/bucket_BE/lua54" "is in the other"

for bad in ../hello hello:std /etc .hidden 'a b' ''; do
	runs 1 "locate '$bad'" radm locate "$bad"
	like "$err" "'$bad' is not the name of a port" "is refused"
done
runs 2 "locate without a name" radm locate
runs 1 "a tree that there is not" radm locate --tree "$T/none" hello
like "$err" "$T/none: there is no such folder" "is named"
radm configure set directory_conspiracy none
radm configure set directory_unkindness none
runs 1 "no tree at all" radm locate hello
like "$err" "set directory_conspiracy, or give --tree" "the way out"
radm configure set directory_conspiracy "$TOP/buckets"

# --- dev jump
jump() { # FOLDER NAMEBASE: where a shell gets to
	(cd "$1" && eval "$("$RAVENADM" -C "$conf" dev jump "$2" 2>/dev/null)") || echo nowhere
}
is "$(jump / hello)" "$TOP/buckets/bucket_AA/hello" "jump into the profile's tree"
odd="$T/it's a tree"
mkdir -p "$odd/bucket_AA/hello/manifests" "$odd/bucket_BE/lua54"
for from in "$odd" "$odd/bucket_BE" "$odd/bucket_BE/lua54" "$odd/bucket_AA/hello/manifests"; do
	is "$(jump "$from" hello)" "$odd/bucket_AA/hello" "from within a tree: ${from#"$odd"}"
done
is "$(jump "$odd" sqlite)" "$TOP/buckets/bucket_6D/sqlite" "a port that this tree does not have"
is "$(jump "$odd" helo)" nowhere "no such port: the eval fails"
is "$(cd "$odd" && eval "$("$RAVENADM" dev jump hello)")" "$odd/bucket_AA/hello" "within a tree no profile is needed"
runs 1 "dev jump to nothing" radm dev jump helo
is "$out" "false" "what the shell gets"
like "$err" "helo: no tree has its source: .*--tree DIR" "the way out"
runs 1 "a compiled port is nowhere to go" "$RAVENADM" dev jump --tree "$T/compiled" hello
radm configure set directory_unkindness "$T/mine"
is "$(jump "$odd" hello)" "$T/mine/bucket_AA/hello" "the custom tree comes first"
radm configure set directory_unkindness none
runs 0 "dev jump as JSON" radm --json dev jump hello
is "$out" "\"$TOP/buckets/bucket_AA/hello\"" "a string"
runs 1 "no name" radm dev jump ..
runs 2 "no operand" radm dev jump

# --- dev info
runs 0 "dev info of a letter" radm dev info D
is "$out" "$TOP/buckets" "its value"
runs 0 "dev info of a key" radm dev info number_of_builders
is "$out" "$(radm configure get number_of_builders)" "its value"
for letter in A B C D E F G H I J K L M N O P Q R; do
	radm dev info $letter >"$T/info" 2>&1 || break
done
is "$letter-$(test -s "$T/info" && echo text)" R-text "every letter from A to R"
runs 0 "as JSON" radm --json dev info Q
is "$out" '"true"' "a string"
runs 2 "a letter behind R" radm dev info S
like "$err" "'S' is neither a letter from A to R nor a key" "is refused"
runs 2 "no such key" radm dev info directory_nothing
runs 2 "nothing" radm dev info
runs 1 "no configuration" "$RAVENADM" -C "$T/none.ini" dev info A

# --- dev template
mkdir "$T/newport"
cd "$T/newport" || exit 1
runs 0 "dev template" radm dev template
like "$out" '^NAMEBASE=		newport$' "is named after the folder"
printf '%s\n' "$out" >"$T/printed"
nok "nothing is written" test -e specification
runs 0 "needs no profile" "$RAVENADM" dev template
runs 0 "dev template save" radm dev template save
ok "what was printed" cmp specification "$T/printed"
ok "manifests and descriptions" test -s manifests/plist.single -a -s descriptions/desc.single
runs 0 "the reader takes it" radm dev makefile .
like "$out" '^NAMEBASE=newport$' "as a port"
run radm dev lint .
is "$(printf '%s\n' "$out" | sed 's/.*\[//')" "distinfo-missing]" "lint misses the sums of its distfile only"
echo mine >specification
runs 1 "save over a specification" radm dev template save
like "$err" "specification: there is one already" "is refused"
is "$(cat specification)" mine "and it is left alone"
radm configure set maintainer_contact 'Ann_Other[ann@example.org]'
runs 0 "the contact" radm dev template
like "$out" '^CONTACT=		Ann_Other\[ann@example.org\]$' "is the profile's"
radm configure set maintainer_contact 'Ann Other'
runs 1 "a contact that recipes cannot have" radm dev template
like "$err" "maintainer_contact 'Ann Other' of the profile" "names the key"
radm configure set maintainer_contact nobody
runs 2 "another word" radm dev template safe
mkdir "$T/it is none"
cd "$T/it is none" || exit 1
runs 0 "a folder whose name no port can have" radm dev template
like "$out" '^NAMEBASE=		example$' "gets an example"
runs 0 "a dry run" radm -n dev template save
nok "writes nothing" test -e specification
mkdir "$T/full"
if unshare -rm true 2>/dev/null; then
	# shellcheck disable=SC2016
	runs 1 "a full disk" unshare -rm sh -c 'mount -t tmpfs -o nr_inodes=3 none "$1" && cd "$1" && "$2" dev template save 2>&1; s=$?; ls -a; exit $s' x "$T/full" "$RAVENADM"
	like "$out" 'o space left' "says so"
	unlike "$out" '^specification' "and leaves no specification"
else
	skip 3 "no mounts here"
fi
cd "$TOP" || exit 1
finish
