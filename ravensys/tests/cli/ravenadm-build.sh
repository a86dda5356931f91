#!/bin/sh
# SPDX-License-Identifier: ISC
# build, force and status from the command line: what is said, what is decided, what is kept.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck disable=SC2034 # for buildlib.sh
RV_LONG=0
# shellcheck source-path=SCRIPTDIR source=../buildlib.sh
. "$(dirname "$0")/../buildlib.sh"

make_profile "$T/p" || skip_all "no profile"
packages=$T/p/packages/$(radm configure get abi | tr : -)

# action PORT: what the last status said of it
action() {
	printf '%s' "$out" | python3 -c '
import json, sys
print(next(s["action"] for s in json.load(sys.stdin) if s["port"] == sys.argv[1]))' "$1"
}
# reason PORT
reason() {
	printf '%s' "$out" | python3 -c '
import json, sys
print(next(s["reason"] for s in json.load(sys.stdin) if s["port"] == sys.argv[1]))' "$1"
}

# --- a dry run is status
runs 0 "build -n" radm build -n --json tiny-app tiny-data
is "$(action tiny-app:std)" build "says what would be built"
is "$(ls "$packages")" "" "and builds nothing"
runs 0 "build tiny-app tiny-data" radm build tiny-app tiny-data
runs 0 "force -n" radm force -n --json tiny-data
is "$(action tiny-data:std) $(reason tiny-data:std)" "build forced" "says that it would build"
unlike "$(cat "$T/p/logs/tiny-data___std.log")" "forced" "and did not"

# --- what is printed
runs 0 "force -q" radm force -q tiny-data
is "$out$err" "" "says nothing"
runs 0 "force --json" radm force --json tiny-data
is "$(printf '%s\n' "$out" | wc -l)" 1 "prints one line on standard output"
like "$err" "^built +tiny-data:std" "and the progress on standard error"
long=$(printf 'x%.0s' $(seq 1 150))
recipe says-much "s|^do-install:|do-install:\n\t@echo $long; exit 1|"
recipe needs-much '/^SKIP_BUILD=/i\BUILDRUN_DEPENDS=	says-much:single:std'
runs 3 "a port that fails" radm build needs-much
like "$out" "FAILED +says-much:std .*\(phase stage: exit status [0-9]+\)$" "is told with the whole reason"
like "$out" "skipped +needs-much:std +\(needs says-much:std, which failed\)$" "so is what needs it"
like "$err" "^ravenadm: says-much:std: phase stage: exit status" "and the summary says it again"
like "$(cat "$T/p/logs/says-much___std.log")" "^=> Failed +: phase stage: exit status" "and the end of its log"
like "$(cat "$T/p/logs/tiny-data___std.log")" "^=> Finished: " "a log of a good build ends with a word on it"

# --- what fails one port does not end the run
mkdir -p "$tree/bucket_$(bucket_of no-sum)"
cp -R "$tree"/bucket_D7/tiny-dist "$tree/bucket_$(bucket_of no-sum)/no-sum"
sed -i 's/^NAMEBASE=		tiny-dist/NAMEBASE=		no-sum/' "$tree/bucket_$(bucket_of no-sum)/no-sum/specification"
sed -i 's/ tiny-.*/ other.tar/' "$tree/bucket_$(bucket_of no-sum)/no-sum/distinfo"
runs 3 "a port whose distfile has no sum fails" radm force no-sum tiny-data
like "$err" "no-sum:std: distinfo lacks .*: run ravenadm dev distinfo" "with the way out"
like "$out" "^built +tiny-data:std" "and the other is built"
recipe needs-sub '/^SKIP_BUILD=/i\BUILDRUN_DEPENDS=	tiny-lib:nosuch:std'
runs 1 "a dependency on a subpackage that the port does not make" radm status needs-sub
like "$err" "needs-sub:std needs tiny-lib:nosuch:std: tiny-lib:std makes no subpackage nosuch, but .*primary" "is refused with what there is"

# --- ignored goes before maybe
recipe not-here '/^SKIP_BUILD=/i\NOT_FOR_OPSYS=		linux'
recipe both '/^SKIP_BUILD=/i\BUILDRUN_DEPENDS=	tiny-lib:primary:std\n\t\t\tnot-here:single:std'
sed -i 's/$/ /' "$tree"/bucket_4E/tiny-lib/files/tiny.h
run radm status --json both
is "$(action both:std)" ignore "needs one that will be built and one that is ignored: ignored"
sed -i 's/ $//' "$tree"/bucket_4E/tiny-lib/files/tiny.h

# --- inputs
radm build tiny-app:std tiny-dist >/dev/null 2>&1
run radm status --json tiny-app:std tiny-dist
is "$(action tiny-app:std) $(action tiny-dist:std)" "none none" "all is up to date"
for change in "max_jobs_per_builder 7" "number_of_builders 3" "slot_tmpfs_bytes 600000000" "slot_first_id 1879179264" "maintainer_contact me@example.com"; do
	key=${change%% *}
	was=$(radm configure get "$key")
	radm configure set "$key" "${change#* }"
	run radm status --json tiny-app:std
	is "$(action tiny-app:std)" none "$key is no input"
	radm configure set "$key" "$was"
done
radm configure set platform_release 5.10
run radm status --json tiny-dist
is "$(action tiny-dist:std)" build "the release that recipes see is one"
radm configure set platform_release 4.4
chmod +x "$tree"/bucket_58/tiny-data/files/motto
run radm status --json tiny-data
is "$(action tiny-data:std)" none "the mode of a file is none: in the slot all are 0644"
chmod -x "$tree"/bucket_58/tiny-data/files/motto
mv "$T/p" "$T/elsewhere"
sed -i "s#$T/p#$T/elsewhere#g" "$T/elsewhere/ravenadm.ini"
run "$RAVENADM" -C "$T/elsewhere/ravenadm.ini" status --json tiny-app:std tiny-dist
is "$(action tiny-app:std) $(action tiny-dist:std)" "none none" "a path is none"
mv "$T/elsewhere" "$T/p"
sed -i "s#$T/elsewhere#$T/p#g" "$conf"

# --- packages
rm "$packages"/tiny-lib~man~std~1.2.rvn
run radm status --json tiny-app:std
is "$(action tiny-lib:std) $(action tiny-app:std)" "build maybe" "a package that was removed by hand is made again"
runs 0 "by the next build" radm build --json tiny-app:std
is "$(field "$out" .built) $(field "$out" .up_to_date)" "1 2" "and what needs it is left alone"
ok "it is there" test -e "$packages"/tiny-lib~man~std~1.2.rvn
cp "$packages"/tiny-dist~single~std~1.0.rvn "$packages"/tiny-dist~single~std~0.9.rvn
runs 0 "force tiny-dist" radm force tiny-dist
is "$(cd "$packages" && echo tiny-dist*)" "tiny-dist~single~std~1.0.rvn" "an older version that no record names goes"

# --- the history is a cache
rm -f "$T"/p/builds.sqlite*
run radm status --json tiny-app:std tiny-app:loud tiny-dist
is "$(action tiny-app:std) $(action tiny-lib:std) $(action tiny-dist:std)" "none none none" "without the history: the packages say it"
is "$(action tiny-app:loud)" build "what was never built is built"
echo garbage >"$T/p/builds.sqlite"
runs 0 "a damaged history" radm build --json tiny-app:std tiny-dist
is "$(field "$out" .built)" 0 "costs nothing"
like "$err" "builds.sqlite.*damaged" "and is told"
run radm status --json tiny-app:std tiny-dist
is "$(action tiny-app:std)" none "and is whole again"
echo more >>"$tree"/bucket_58/tiny-data/files/motto
rm -f "$T"/p/builds.sqlite*
run radm status --json tiny-app:std
is "$(action tiny-data:std)" build "a changed input is seen without the history"

# --- package trees
runs 0 "build all" radm build tiny-app
trees() {
	find "$T/p/builders/trees" -mindepth 1 -maxdepth 1 | wc -l
}
before=$(trees)
echo "/* other */ int tiny_more(void);" >>"$tree"/bucket_4E/tiny-lib/files/tiny.h
runs 0 "build with another header" radm build tiny-app
is "$(trees)" "$before" "a tree that no package is made of any more goes"
for tree_made in "$T"/p/builders/trees/*; do
	touch "$tree_made/marked"
done
radm force tiny-app:std >/dev/null 2>&1
is "$(find "$T/p/builders/trees" -name marked | wc -l)" "$before" "trees serve again"
echo another >"$T/p/builders/trees.boot"
radm force tiny-app:std >/dev/null 2>&1
is "$(find "$T/p/builders/trees" -name marked)" "" "but not those of before the machine's last start"

# --- what a port reads of mk/ in its slot is what its input digest covers
runs 0 "a traced build" strace -f --seccomp-bpf -s 300 -o "$T/trace" \
	-e trace=openat,execve "$RAVENADM" -C "$conf" force tiny-app:loud
sed -n 's#.*"/xports/Mk/\([^"]*\)".*#\1#p' "$T/trace" | grep -v '^portmake$' | sort -u >"$T/reads"
python3 -c '
import json, sqlite3, sys
row = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True).execute("select facts from built where port = ?", ("tiny-app:loud",))
print("\n".join(k[3:] for k in json.loads(row.fetchone()[0])["inputs"] if k.startswith("mk/")))' \
	"$T/p/builds.sqlite" | sort -u >"$T/covered"
like "$(cat "$T/reads")" "^raven.mk$" "reads mk files"
is "$(comm -23 "$T/reads" "$T/covered")" "" "all of which are inputs"

# --- a port that fails, and then does not
sed -i 's/; exit 1//' "$tree/bucket_$(bucket_of says-much)/says-much/specification"
runs 0 "a port that failed is built when its recipe is mended" radm build --json needs-much
is "$(field "$out" .built)" 2 "and so is what needs it"
sed -i "s/^do-install:/do-install:\n\tfalse/" "$tree/bucket_$(bucket_of says-much)/says-much/specification"
runs 3 "and when it fails again" radm build needs-much
ok "its last good package stays" test -e "$packages/says-much~single~std~2020.01.rvn"
run radm status --json needs-much
is "$(action says-much:std) $(action needs-much:std)" "build maybe" "to be built next time"

# --- other commands clean up beside it
(i=0; while [ "$i" -lt 40 ]; do radm status tiny-app; i=$((i + 1)); done >/dev/null 2>&1) &
for i in 1 2 3; do
	runs 0 "a build while others ask for the status" radm build tiny-app
done
wait
finish
