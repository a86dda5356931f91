#!/bin/sh
# SPDX-License-Identifier: ISC
# The index files of a tree. Over made-up ports: the source tree and its compiled sheets give the same; what python3
# reads of the recipes by itself agrees; the program whose recipes we read writes the same bytes (with ORIGINAL).
# Over the public compiled tree (CONSPIRACY): the bytes that it came with.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../original.sh
. "$(dirname "$0")/../original.sh"

HOME=$T/home
XDG_CACHE_HOME=$T/cache
export HOME XDG_CACHE_HOME
lists="conspiracy_variants fpc_equivalents rvnindex.txt repology.json"
ports=400

index() {
	"$RAVENADM" dev generate-index "$@"
}

same() { # DIR DIR WHAT
	for file in $lists; do
		ok "$3: $file" cmp "$1/$file" "$2/$file"
	done
	is "$(sed '/scan time/d' "$1/summary.txt")" "$(sed '/scan time/d' "$2/summary.txt")" "$3: summary.txt"
}

ok "a tree of $ports ports is made up" "$TOOLS/gentree" "$T/source" $ports
mkdir -p "$T/compiled/Mk/Misc"
cp "$TOP"/mk/*.mk "$T/compiled/Mk"
runs 0 "it is compiled" "$RAVENADM" dev generate-conspiracy --mk "$TOP/mk" --output "$T/compiled" "$T/source"
runs 0 "the index of the source tree" index --mk "$TOP/mk" --tree "$T/source" --output "$T/a"
like "$out" "^$ports ports, [0-9]+ variants, [0-9]+ packages$" "says the totals"
runs 0 "the index of the compiled tree, into its Mk/Misc" index --tree "$T/compiled"
same "$T/a" "$T/compiled/Mk/Misc" "source and compiled"
like "$(cat "$T/a/summary.txt")" '^  Linear scan time : [0-9][0-9]:[0-9][0-9]:[0-9][0-9]$' "the time of the scan"
runs 0 "again, from what was kept" index --mk "$TOP/mk" --tree "$T/source" --output "$T/b"
same "$T/a" "$T/b" "again"

# what the recipes say, read by a program that shares nothing with ours
cat >"$T/read.py" <<'EOP'
import json, os, re, sys
tree, index, mk = sys.argv[1:4]
made = dict(re.findall(r"^([A-Z0-9_.]+)\??=\s*(\S+)$", open(mk).read(), re.M))
want, fpc, packages = [], [], []
for bucket in sorted(os.listdir(tree)):
    for name in sorted(os.listdir(tree + "/" + bucket)) if bucket.startswith("bucket_") else []:
        values, last = {}, None
        for line in open(f"{tree}/{bucket}/{name}/specification"):
            m = re.match(r"([A-Z0-9_]+(?:\[[^]]*\])?)=\t+(.*)", line)
            if m:
                last = m.group(1)
                values[last] = m.group(2)
            elif line.startswith("\t\t\t") and last:
                values[last] += " " + line.strip()
            else:
                last = None
        def value(key):
            return re.sub(r"\$\{([A-Z0-9_]+)\}", lambda m: values[f"DEF[{m.group(1)}]"], values.get(key, ""))
        version = value("VERSION")
        m = re.match(r"EXTRACT_VERSION\((.*)\)$", version)
        if m:
            version = made[m.group(1)]
        variants = value("VARIANTS").split()
        want.append(" ".join([bucket[7:], name, str(len(variants))] + variants))
        fpc.append(f"{name} {version} " + ("generated" if "GENERATED" in values else value("FPC_EQUIVALENT") or "N/A"))
        for v in variants:
            packages += [f"{name}-{s}-{v} {version}" for s in value(f"SPKGS[{v}]").split()]
def lines(name):
    return open(f"{index}/{name}").read().split("\n")[:-1]
for name, mine in (("conspiracy_variants", want), ("fpc_equivalents", fpc), ("rvnindex.txt", packages)):
    theirs = lines(name)
    if theirs != mine:
        sys.exit(f"{name}: {[p for p in zip(theirs, mine) if p[0] != p[1]][:3]} {len(theirs)} {len(mine)}")
doc = json.load(open(index + "/repology.json"))
if doc["summary"] != {"ports": len(want), "variants": sum(int(l.split()[2]) for l in want), "packages": len(packages)}:
    sys.exit("repology.json: summary")
EOP
if command -v python3 >/dev/null; then
	runs 0 "the index is what the recipes say" python3 "$T/read.py" "$T/source" "$T/a" "$TOP/mk/raven.versions.mk"
	is "$err" "" "in every line"
else
	skip 2 "no python3"
fi

# several trees: the first has precedence
name=$(sed -n '7s/^.. \([^ ]*\) .*/\1/p' "$T/a/conspiracy_variants")
where=$(cd "$T/source" && echo bucket_*/"$name")
mkdir -p "$T/custom/${where%/*}"
cp -r "$T/source/$where" "$T/custom/$where"
sed -i 's/^\(VERSION=.*\)$/\1.99/' "$T/custom/$where/specification"
runs 0 "a custom tree in front" index --mk "$TOP/mk" --tree "$T/custom" --tree "$T/source" --output "$T/c"
like "$out" "^$ports ports" "each port once"
is "$(diff "$T/a/fpc_equivalents" "$T/c/fpc_equivalents" | grep -c '^[<>]')" 2 "one line differs"
like "$(cat "$T/c/fpc_equivalents")" "^$name .*\\.99 " "by the custom version"
runs 0 "a custom tree behind changes nothing" index --mk "$TOP/mk" --tree "$T/source" --tree "$T/custom" --output "$T/c"
same "$T/a" "$T/c" "custom tree behind"
runs 0 "a source tree in front of a compiled one" index --tree "$T/custom" --tree "$T/compiled" --output "$T/c"
like "$(cat "$T/c/fpc_equivalents")" "^$name .*\\.99 " "the custom version again"

# faults: all of them, and the index stays as it was
second=$(sed -n '9s/^\(..\) \([^ ]*\) .*/bucket_\1\/\2/p' "$T/a/conspiracy_variants")
printf 'COLOUR=\t\t\tred\nSHAPE=\t\t\tround\n' >>"$T/custom/$where/specification"
mkdir -p "$T/custom/$second"
sed 's/^HOMEPAGE=.*/HOMEPAGE=\t\tno address/' "$T/source/$second/specification" >"$T/custom/$second/specification"
cp "$T/a/summary.txt" "$T/c/summary.txt"
runs 1 "recipes with faults" index --mk "$TOP/mk" --tree "$T/custom" --tree "$T/source" --output "$T/c"
is "$(printf '%s\n' "$err" | grep -cE "^ravenadm: $T/custom/$where/specification:[0-9]+: ")" 2 "both faults of one recipe"
like "$err" "^ravenadm: $T/custom/$second/specification:[0-9]+: " "and the other recipe's"
ok "nothing is written" cmp "$T/a/summary.txt" "$T/c/summary.txt"
rm -rf "$T/custom"
runs 1 "no folder to write to" index --mk "$TOP/mk" --tree "$T/source"
like "$err" "$T/source/Mk/Misc: there is no such folder; say --output DIR" "is named, with the way out"

if original_can_run; then
	cp -r "$T/compiled" "$T/theirs"
	rm -f "$T"/theirs/Mk/Misc/*
	# shellcheck disable=SC2034 # original.sh reads it
	original_writable=yes
	original_setup "$T/original" "$T/theirs" && original dev generate-index >"$T/log" 2>&1
	is "$?" 0 "the original makes an index of the same sheets"
	same "$T/theirs/Mk/Misc" "$T/a" "original"
else
	skip_long 6 "no ORIGINAL"
fi

if [ -d "${CONSPIRACY:-}/Mk/Misc" ]; then
	runs 0 "the index of the public tree" index --tree "$CONSPIRACY" --output "$T/public"
	same "$CONSPIRACY/Mk/Misc" "$T/public" "public tree"
else
	skip_long 6 "no CONSPIRACY"
fi
finish
