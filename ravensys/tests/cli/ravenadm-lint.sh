#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm dev lint: a line a finding, JSON, exit status, --fix, a whole tree.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

mk=$TOP/mk
tree=$T/tree
HOME=$T/home
export HOME
unset XDG_CACHE_HOME
lint() {
	"$RAVENADM" dev lint --mk "$mk" "$@"
}

# a whole tree that nothing is wrong with
ok "a made-up tree" "$TOOLS/gentree" "$tree" 200
runs 0 "nothing is found in it" lint --all --tree "$tree"
is "$out" "200 ports: 0 errors, 0 warnings" "and it says so"
runs 0 "nothing in the starter ports either" lint --all --tree "$TOP/buckets"
unlike "$out" ': error: ' "no errors"

# one port of it, called by its folder: the tree is known from that
for port in "$tree"/bucket_*/lib*; do break; done
spec=$port/specification
cp "$spec" "$T/good"
runs 0 "a port" lint "$port"
is "$out" "" "says nothing"

# warnings do not fail, errors do
sed 's,^HOMEPAGE=\(.*\)https,HOMEPAGE=\1http,' "$T/good" >"$spec"
runs 0 "a warning" lint "$port"
line=$(grep -n '^HOMEPAGE' "$spec" | cut -d: -f1)
like "$out" "^$spec:$line: warning: HOMEPAGE: .* \[homepage-http\]$" "FILE:LINE: severity: text [rule]"
runs 0 "a rule that is left out" lint --skip homepage-http "$port"
is "$out" "" "says nothing"
runs 2 "a rule that there is not" lint --skip no-such-rule "$port"
like "$err" "no rule 'no-such-rule'" "is named"
sed 's,^USES=.*,&\
BUILD_DEPENDS=		nowhere:primary:std,' "$T/good" | grep -v '^BUILD_DEPENDS=.*lib' >"$spec"
runs 1 "an error" lint "$port"
like "$out" ': error: BUILD_DEPENDS: the tree has no port nowhere \[dependency\]$' "a dependency that there is not"
runs 1 "with --json" lint --json "$port"
like "$out" '"errors":1,"warnings":0,"findings":\[\{"file":"[^"]*specification","line":[0-9]+,"severity":"error","rule":"dependency","text":"' "one document"
is "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 1 "and nothing else"

# what the reader refuses, all of it
sed -e 's,^CONTACT=.*,CONTACT=	nobody,' -e 's,^VARIANTS=.*,VARIANTS=		st-d,' "$T/good" >"$spec"
runs 1 "a recipe that cannot be read" lint "$port"
like "$out" ': error: .* \[lexical\]$' "a fault of the form"
like "$out" ': error: .* \[value\]$' "one of a value"

# a version that goes backwards: a copy elsewhere against the tree
cp "$T/good" "$spec"
mkdir "$T/mine"
cp -R "$port/." "$T/mine"
sed 's,^DEF\[PORTVERSION\].*,DEF[PORTVERSION]=	0.0.0,' "$T/good" >"$T/mine/specification"
runs 1 "a copy with an older version" lint --tree "$tree" "$T/mine"
like "$out" ': error: 0.0.0[^ ]* comes before .* \[version-backwards\]$' "goes backwards"
cp "$T/good" "$T/mine/specification"
runs 0 "a copy with the same version" lint --tree "$tree" "$T/mine"

# --fix
awk '{ sub(/^CONTACT=\t+/, "CONTACT= "); print } /^DEF\[PROJECT\]/ { print "DEF[UNUSED]=\t\tx" }' "$T/good" >"$spec"
cp "$port/manifests/plist.dev" "$T/plist"
sed '1!G;h;$!d' "$T/plist" | sed 's/$/ /' >"$port/manifests/plist.dev"
cp "$spec" "$T/bad"
runs 1 "--fix --dry-run" lint --fix -n "$port"
like "$out" "^$spec: would be mended$" "says what it would do"
ok "and does nothing" cmp "$T/bad" "$spec"
runs 0 "--fix" lint --fix "$port"
like "$out" "^$spec: mended$" "names the specification"
ok "which is as it was" cmp "$T/good" "$spec"
ok "and the manifest" cmp "$T/plist" "$port/manifests/plist.dev"
runs 0 "--fix again" lint --fix "$port"
is "$out" "" "finds nothing to do"

# a tree that was mended compiles to what it compiled to
values() { # SHEETS: what stands before the files of each
	find "$1" -type f -path '*bucket_*' | sort | while read -r sheet; do
		echo "== $(basename "$sheet")"
		awk '/^\[FILE:/ { exit } { print }' "$sheet"
	done
}
compile() { # TREE OUT
	mkdir -p "$2"
	"$RAVENADM" dev generate-conspiracy --mk "$mk" --output "$2" "$1"
}
same_values() { # TREE MENDED NAME
	ok "$3: compiled" compile "$1" "$T/one"
	ok "$3: compiled when mended" compile "$2" "$T/two"
	values "$T/one" >"$T/one.values"
	values "$T/two" >"$T/two.values"
	ok "$3: all values are the same" cmp "$T/one.values" "$T/two.values"
	rm -rf "$T/one" "$T/two"
}
rm -rf "$port"
"$TOOLS/gentree" "$T/again" 200
cp -R "$T/again/${port#"$tree"/}" "$(dirname "$port")"
for spec in "$tree"/*/*/specification; do
	awk '{ sub(/^CONTACT=\t+/, "CONTACT= "); print } /^DEF\[PROJECT\]/ { print "DEF[UNUSED]=\t${PROJECT}x" }' "$spec" >"$T/bad"
	cp "$T/bad" "$spec"
done
run lint --all --fix --tree "$tree"
is "$(printf '%s\n' "$out" | grep -c ': mended$')" 200 "200 ports are mended"
same_values "$T/again" "$tree" "made-up ports"

# the public tree: nothing that the reader refuses, and --fix changes no value
if [ -z "${RAVENSOURCE:-}" ] || [ -z "${CONSPIRACY:-}" ]; then
	skip_long 7 "needs RAVENSOURCE=DIR CONSPIRACY=DIR"
else
	mk=$CONSPIRACY/Mk
	run lint --all --tree "$RAVENSOURCE"
	ok "the public tree is looked at whole" test "$status" -le 1
	unlike "$out" '\[(lexical|expansion|order|key|value|target|missing-file|late)\]$' "the reader refuses nothing of it"
	note "$(printf '%s\n' "$out" | sed -n 's/.*\(\[[a-z-]*\]\)$/\1/p' | sort | uniq -c | sort -rn)"
	cp -R "$RAVENSOURCE" "$T/public"
	run lint --all --fix --tree "$T/public"
	run lint --all --fix --tree "$T/public"
	unlike "$out" ': mended$' "mended once, it needs no more"
	unlike "$out" '\[(trailing-blank|final-newline|carriage-return|manifest-unsorted|def-unused)\]$' "all that can be mended is"
	same_values "$RAVENSOURCE" "$T/public" "the public tree"
fi

# the rest
runs 0 "--rules" lint --rules
like "$out" '^def-unused +warning +' "lists the rules"
runs 2 "--all with a folder" lint --all --tree "$tree" "$port"
runs 1 "a folder that there is not" lint "$T/none"
mkdir "$T/empty"
runs 1 "a folder without a specification" lint --tree "$tree" "$T/empty"
like "$err" "there is no specification" "is named"
finish
