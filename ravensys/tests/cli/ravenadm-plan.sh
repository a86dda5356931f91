#!/bin/sh
# SPDX-License-Identifier: ISC
# status-everything, graph, status of many: what is missing, cycles, reasons, files of origins.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck disable=SC2034 # for buildlib.sh
RV_LONG=0
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"

make_profile "$T/p" || skip_all "no profile"

# row KEY VALUE: a line of a recipe, its value at column 24
row() {
	printf '%s=%.*s%s' "$1" "$((3 - (${#1} + 1) / 8))" "$(printf '\t\t\t')" "$2"
}
needs() { # NAME KEY DEPENDENCY
	recipe "$1" "/^SKIP_BUILD=/i\\$(row "$2" "$3")"
}
drop() {
	for name; do rm -rf "$tree/bucket_$(bucket_of "$name")/$name"; done
}
line_of() { # PORT: its line of the last output
	printf '%s\n' "$out" | grep -F "$1 ("
}

# --- nothing was built
runs 0 "status-everything" radm status-everything
is "$(printf '%s\n' "$out" | grep -c '(new ')" 5 "a line a variant"
like "$(line_of tiny-app:loud)" "^tiny-app:loud \(new [0-9._]+\)$" "with its version"
is "$(printf '%s\n' "$out" | head -n 1)" "tiny-lib:std (new 1.2)" "what most others wait for is first"
is "$err" "ravenadm: 5 to build, 0 more if what they need changes, 0 up to date, 0 ignored" "and a sum"
runs 0 "-q" radm status-everything -q
is "$err" "" "without the sum"
runs 0 "--json" radm status-everything -q --json
is "$(field "$out" 0.port) $(field "$out" 0.version) $(field "$out" 0.action) $(field "$out" 0.reason)" \
    "tiny-lib:std 1.2 build never built" "port, version, action, reason"
runs 2 "an order that there is not" radm status-everything --order alphabet
like "$err" "alphabet: neither build nor ravenports" "is refused"

# --- after a build
runs 0 "build" radm build -q tiny-app
runs 0 "status-everything of a part that is built" radm status-everything
unlike "$out" "^tiny-(lib|app):std" "leaves out what is up to date"
like "$out" "^tiny-app:loud \(new " "not the other variant"
runs 0 "-a" radm status-everything -a
like "$(line_of tiny-lib:std)" "\(up to date 1.2\)" "shows it"
runs 0 "--order ravenports" radm status-everything --order ravenports
unlike "$out" "^tiny-app:std" "leaves it out too"
printf '\n# changed\n' >>"$tree/bucket_4E/tiny-lib/files/Makefile"
runs 0 "after a change of a file" radm status-everything
like "$(line_of tiny-lib:std)" "\(rebuild 1.2: changed: files/Makefile\)" "it would be rebuilt, with the reason"
like "$(line_of tiny-app:std)" "\(maybe [0-9._]+: needs tiny-lib:std, whose new content decides\)" "and perhaps what needs it"
runs 0 "--order ravenports" radm status-everything --order ravenports
like "$(line_of tiny-lib:std)" "\(rebuild 1.2\)" "without a reason"
sed -i 's/^DEF\[PORTVERSION\]=.*/DEF[PORTVERSION]=	1.3/' "$tree/bucket_4E/tiny-lib/specification"
runs 0 "after a new version" radm status-everything
like "$(line_of tiny-lib:std)" "\(1.2 => 1.3: changed: " "the old and the new one"
echo '# a comment' >>"$mk/Uses/never-used.mk"
runs 0 "a file of mk/ that is new and read by nobody" radm status --json tiny-data tiny-app
echo '# a comment' >>"$mk/raven.mk"
runs 0 "a file of mk/ that is read" radm status tiny-app
like "$out" "^build +tiny-app:std +changed: mk/raven.mk" "is a reason"
# what a port reads of mk/ must follow from what it has read
is "$(grep -rnE '^\. *[sd-]include' "$TOP/mk" | grep -v MAKE_CONF)" "" "mk/ includes no file of its own if it exists"

# --- a file of origins
printf 'tiny-data\n\n  tiny-app:loud\n' >"$T/list"
runs 0 "status of a file" radm status "$T/list"
is "$(printf '%s\n' "$out" | grep -c 'tiny-\(data\|app\|lib\):')" 3 "one port a line, and what they need"
printf 'tiny-data\ntiny data\n' >"$T/list"
runs 1 "a line that is no port" radm status "$T/list"
like "$err" "list:2: 'tiny data' is not the name of a port" "is named"
: >"$T/list"
runs 1 "an empty file" radm status "$T/list"
like "$err" "list: there is no port in it" "is told"
runs 1 "two operands are ports" radm status "$T/list" tiny-data
like "$err" "is not the name of a port" "not files"
printf 'tiny-data\n' >"$T/list"
runs 0 "build -n of a file" radm build -n "$T/list"

# --- what is missing
needs no-target BUILD_DEPENDS nosuch:primary:std
needs no-variant BUILDRUN_DEPENDS tiny-app:primary:quiet
needs no-subpackage RUN_DEPENDS tiny-lib:nosuch:std
needs above-missing BUILD_DEPENDS no-target:single:std
recipe bad-recipe "s/^KEYWORDS=.*/$(row KEYWORDS nosuchkeyword)/"
needs above-bad BUILD_DEPENDS bad-recipe:single:std
runs 1 "status-everything of a tree with faults" radm status-everything
like "$err" "^ravenadm: no-target:std needs nosuch:primary:std: there is no port nosuch \(BUILD_DEPENDS\)$" "no port"
like "$err" "no-variant:std needs tiny-app:primary:quiet: tiny-app has no variant quiet, but std, loud \(BUILDRUN_DEPENDS\)$" "no variant"
like "$err" "no-subpackage:std needs tiny-lib:nosuch:std: tiny-lib:std makes no subpackage nosuch, but .*primary.* \(RUN_DEPENDS\)$" "no subpackage"
like "$err" "bad-recipe/specification:[0-9]+: .*nosuchkeyword" "the faults of a recipe"
like "$err" "above-bad:std needs bad-recipe:single:std: its recipe has faults \(BUILD_DEPENDS\)$" "and what needs it"
unlike "$out" "no-target|no-variant|no-subpackage|above-|bad-recipe" "what is touched is left out"
like "$out" "^tiny-data:std" "the rest is there"
runs 0 "status of what is not touched" radm status tiny-data
runs 1 "status of what is" radm status above-missing
like "$err" "no-target:std needs nosuch:primary:std" "says what is missing"
runs 1 "status of what needs a faulty recipe" radm status above-bad
like "$err" "bad-recipe/specification:[0-9]+: .*nosuchkeyword" "says its faults"
drop no-target no-variant no-subpackage above-missing bad-recipe above-bad

# --- cycles
needs ring-a BUILD_DEPENDS ring-b:single:std
needs ring-b RUN_DEPENDS ring-c:single:std
needs ring-c 'EXRUN[single]' ring-a:single:std
needs above-ring BUILD_DEPENDS ring-b:single:std
needs pair-a BUILD_DEPENDS pair-b:single:std
needs pair-b BUILD_DEPENDS pair-a:single:std
runs 1 "status-everything of a tree with cycles" radm status-everything
like "$err" "^ravenadm: dependency cycle: (ring-a:std -> ring-b:std -> ring-c:std -> ring-a:std|ring-b:std -> ring-c:std -> ring-a:std -> ring-b:std|ring-c:std -> ring-a:std -> ring-b:std -> ring-c:std)$" "the path"
like "$err" "^ravenadm: dependency cycle: (pair-a:std -> pair-b:std -> pair-a:std|pair-b:std -> pair-a:std -> pair-b:std)$" "all that there are"
is "$(printf '%s\n' "$err" | grep -c cycle)" 2 "each once"
unlike "$out" "ring|pair" "what is in or above them is left out"
like "$out" "^tiny-data:std" "the rest is there"
runs 1 "status above a cycle" radm status above-ring
like "$err" "dependency cycle: ring-.* -> ring-" "is refused"
runs 0 "status beside it" radm status tiny-data
drop ring-a ring-b ring-c above-ring pair-a pair-b

# --- ignored ports
recipe elsewhere "/^SKIP_BUILD=/i\\$(row ONLY_FOR_OPSYS netbsd)"
needs above-elsewhere BUILD_DEPENDS elsewhere:single:std
runs 0 "status-everything with ignored ports" radm status-everything
unlike "$out" "elsewhere" "leaves them out"
runs 0 "-a" radm status-everything -a
like "$(line_of elsewhere:std)" "^elsewhere:std \(ignored: " "shows them"
like "$(line_of above-elsewhere:std)" "\(ignored: needs elsewhere:std, which is ignored\)" "and what needs them"
runs 0 "--platform" radm status-everything --platform netbsd:x86_64:9
like "$out" "^elsewhere:std \(new " "lists them for the other system"
drop elsewhere above-elsewhere

# --- graph
needs top BUILDRUN_DEPENDS tiny-app:primary:std
runs 0 "graph" radm graph top
like "$out" "^digraph ports \{$" "DOT"
like "$out" '^	"top:std" -> "tiny-app:std" \[label="BUILDRUN_DEPENDS primary"\];$' "an edge with the keyword and the subpackage"
like "$out" '^	"tiny-app:std" -> "tiny-lib:std" ' "and those below"
unlike "$out" "tiny-dist" "and nothing else"
runs 0 "graph --reverse" radm graph --reverse tiny-lib
like "$out" '"top:std" -> "tiny-app:std"' "what needs it, transitively"
runs 0 "graph --why" radm graph --format json --why tiny-lib top
is "$(field "$out" edges.0.from) $(field "$out" edges.0.to) $(field "$out" edges.1.to)" \
    "top:std tiny-app:std tiny-lib:std" "the way to it"
is "$(field "$out" edges.0.why.0.keyword) $(field "$out" edges.0.why.0.subpackage)" "BUILDRUN_DEPENDS primary" "with why"
like "$(field "$out" edges.0.why.0.line)" "^[0-9]+$" "and the line"
recipe uses-lib "/^SKIP_BUILD=/i\\$(row USES zlib)"
recipe zlib ''
sed -i "s/^SPKGS.std.=.*/$(row 'SPKGS[std]' 'primary dev')/" "$tree/bucket_$(bucket_of zlib)/zlib/specification"
runs 0 "graph --why of what a module adds" radm graph --json --why zlib uses-lib
is "$(field "$out" edges.0.why.0.added_by)" "USES=zlib" "names the module"
drop uses-lib zlib
runs 0 "graph --why without ports" radm graph --why tiny-lib
like "$out" '"top:std" -> "tiny-app:std"' "from all that need it"
runs 1 "graph --why of what is not needed" radm graph --why tiny-dist top
like "$err" "top:std does not need tiny-dist:std" "is told"
runs 1 "graph of no port" radm graph nosuch
like "$err" "no port 'nosuch' in" "names it"
recipe broken "s/^KEYWORDS=.*/$(row KEYWORDS nosuchkeyword)/"
runs 1 "graph of a port whose recipe has faults" radm graph broken
like "$err" "broken/specification:[0-9]+: .*nosuchkeyword" "says them"
runs 0 "graph of another" radm graph tiny-app
drop broken
runs 2 "a format that there is not" radm graph --format xml
runs 0 "graph of the whole tree" radm graph --json
is "$(field "$out" nodes.0.port) $(field "$out" nodes.0.dependents)" "tiny-lib:std 3" "heaviest first"
finish
