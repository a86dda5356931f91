#!/bin/sh
# SPDX-License-Identifier: ISC
# ravenadm dev web: pages are well-formed, say what the recipe says, and run nothing that it says.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"

conf=$T/p/ravenadm.ini
runs 0 "a profile" "$RAVENADM" -C "$conf" configure --init "$T/p"
radm() {
	"$RAVENADM" -C "$conf" "$@"
}
# Well-formed, only known elements, none that loads something, and no link but to pages.
check_page() {
	python3 - "$1" <<'PY'
import re, sys
import xml.etree.ElementTree as ET
data = open(sys.argv[1], encoding="utf-8").read()
assert data.startswith("<!DOCTYPE html>\n"), "no doctype"
root = ET.fromstring(data.split("\n", 1)[1])
known = set("html head meta title style body h1 h2 section table tr th td a pre b br code footer p".split())
for e in root.iter():
    name = e.tag.replace("{http://www.w3.org/1999/xhtml}", "")
    assert name in known, name
    for key, value in e.attrib.items():
        assert key in ("lang", "charset", "name", "content", "id", "scope", "href"), key
        if key == "href":
            assert re.match(r"https?://|\.\./\.\./\.\./bucket_[0-9A-F]{2}/", value), value
ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
assert len(ids) == len(set(ids)), "an id twice"
PY
}
python3 -c 'import xml.etree.ElementTree' 2>/dev/null || skip_all "no python3 here"

for spec in "$TOP"/buckets/*/*/specification; do
	name=$(basename "$(dirname "$spec")")
	variants=$(sed -n 's/^VARIANTS=[[:blank:]]*//p' "$spec")
	for variant in $variants; do
		runs 0 "dev web $name $variant" radm dev web "$name" "$variant"
		ok "the page is well-formed" check_page "$T/.out"
	done
done
runs 0 "a port" radm dev web readline
like "$out" '^<h1>readline</h1>$' "its name"
like "$out" '<th scope="row">Version</th><td>[0-9._]+</td>' "its version"
like "$out" 'href="\.\./\.\./\.\./bucket_5C/ncurses/std/">ncurses:dev:std</a>' "what it needs"
like "$out" '<a href="\.\./\.\./\.\./bucket_6D/sqlite/std/">sqlite:std</a>' "what needs it"
like "$out" '<code>[0-9a-f]{64}</code>' "the sum of a distfile"
like "$(radm --json dev web hello)" '^"<!DOCTYPE html>\\n.*</html>\\n"$' "as JSON a string"

# --- what a recipe may say
folder=$T/tree/bucket_$(printf evil | sha1sum | cut -c1-2 | tr a-f A-F)/evil
mkdir -p "$folder/descriptions" "$folder/manifests"
tr @ '\t' >"$folder/specification" <<'SPEC'
NAMEBASE=@@evil
VERSION=@@1.0
KEYWORDS=@@misc
VARIANTS=@@v1 v2
SDESC[v1]=@@X</title><script>alert(1)</script>
SDESC[v2]=@@Me & B "quoted" 'twice'
HOMEPAGE=@@https://www.example.com/?a="><img/src=x>&b
CONTACT=@@nobody

DOWNLOAD_GROUPS=@main
SITES[main]=@@https://www.example.com/"onclick="x javascript:alert(1) GNU/x<y
DISTFILE[1]=@@evil<b>.tar.gz:main
SPKGS[v1]=@@single
SPKGS[v2]=@@single
OPTIONS_AVAILABLE=@DOCS EVIL
OPTIONS_STANDARD=@none
VOPTS[v1]=@@DOCS=ON EVIL=OFF
VOPTS[v2]=@@DOCS=OFF EVIL=ON

[EVIL].DESCRIPTION=@@@<b onmouseover="x">bold</b>
SPEC
printf 'plain <i>text</i> & more\n</pre><script>alert(1)</script>\n\377\376 \001 \303\244\342\202\254\n' >"$folder/descriptions/desc.single"
echo bin/evil >"$folder/manifests/plist.single"
for variant in v1 v2; do
	runs 0 "a hostile recipe, $variant" radm dev web --tree "$T/tree" evil $variant
	ok "the page is well-formed" check_page "$T/.out"
	unlike "$out" '<script|<i>|<img|<b on|javascript:[^<]*">|onclick="x' "nothing of it is markup"
done
like "$out" '&lt;script&gt;alert\(1\)&lt;/script&gt;' "it is text"
like "$out" 'Me &amp; B &quot;quoted&quot; &#39;twice&#39;' "quotes too"
like "$out" '^�� � ä€</pre>' "what is no UTF-8 is replaced"
like "$out" '>v1</a>' "the other variant"
runs 0 "without a variant" radm dev web --tree "$T/tree" evil
like "$out" '<th scope="row">Variant</th><td>v1</td>' "the first, where there is no std"
runs 1 "a variant that there is not" radm dev web --tree "$T/tree" evil std
like "$err" "evil: no variant 'std'; it has: v1, v2" "what there is"
runs 1 "a port that there is not" radm dev web helo
like "$err" "nearest names are: hello" "what is near"
runs 1 "no name of a port" radm dev web ../hello
runs 2 "nothing" radm dev web
runs 2 "too much" radm dev web hello std more
echo nonsense >>"$folder/specification"
runs 1 "a recipe with faults" radm dev web --tree "$T/tree" evil
like "$err" "evil/specification:[0-9]+: " "which are said"
is "$out" "" "and no page"
finish
