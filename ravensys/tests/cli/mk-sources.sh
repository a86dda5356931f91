#!/bin/sh
# SPDX-License-Identifier: ISC
# Distfiles, extraction, SUB_FILES, patches.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../mk.sh
. "$(dirname "$0")/../mk.sh"

mkdir -p "$T/src/one-1.0" "$T/distfiles/sub"
printf 'alpha\nbeta\ngamma\n' > "$T/src/one-1.0/text"
printf 'second\n' > "$T/src/second"
tar -C "$T/src" -cf "$T/distfiles/sub/one-1.0.tar" one-1.0
tar -C "$T/src" -cf "$T/distfiles/sub/two.tar" second

port one <<'X'
DL_SITES_main=GNU/one https://example.org/pub
DL_SITES_extra=CRATES/aaa:1.2 CPAN/ID:A/AB/ABC
DISTFILE_1=one-1.0.tar:main
DISTFILE_2=two.tar:main,extra
DIST_SUBDIR=sub
MAKESUM_INDEX=1 2
DF_INDEX=1 2
DIRTY_EXTRACT_2=yes
SUB_FILES=conf messages-primary-linux.ucl
SUB_LIST=WORD="two words" X="a&b\\c!d"
do-build do-install:
	@:
X
mkdir -p "$T/one/files" "$T/one/patches" "$T/one/opsys"
printf 'say %%%%WORD%%%% %%%%X%%%% %%%%PREFIX%%%% %%%%NONE%%%% 100%%%%\n%%%%OFF%%%%\n' > "$T/one/files/conf.in"
printf 'm: { message: "%%%%WORD%%%%" }\n' > "$T/one/files/messages-primary-opsys.ucl.in"

mk one fetch
isnt "$status" 0 'no distinfo: refused'
like "$err" '^sub/one-1.0.tar: not in distinfo: run ravenadm dev distinfo' '... and what to do'

mk one makesum
is "$status" 0 'makesum'
like "$(cat "$T/one/distinfo")" '^[0-9a-f]{64} +10240 sub/two.tar$' 'distinfo: sum, size to the right, name with folder'
is "$(wc -l < "$T/one/distinfo")" 2 '... a line a file'
is "$(cut -c 65-78 "$T/one/distinfo" | head -n 1)" '        10240 ' '... in 12 columns'

mk one extract
is "$status" 0 'extract'
w=$T/work/one
is "$(head -n 1 "$w/one-1.0/text")" alpha 'distfile 1 in the work folder'
ok 'distfile 2, dirty, in a folder of its own' test -f "$w/one_2/second"
is "$(cat "$w/conf")" 'say two words a&b\c!d /raven %%NONE%% 100%%
%%OFF%%' 'SUB_FILES: to the letter'
is "$(cat "$w/.PKG_MESSAGES.primary")" 'm: { message: "two words" }' 'SUB_FILES: a message of this system'

mv "$T/distfiles/sub/two.tar" "$T/two.keep"
mk one fetch
isnt "$status" 0 'a missing distfile: refused'
like "$err" '^sub/two.tar: not in .*: ravenadm fetches it \(size 10240, sha256 [0-9a-f]{64}\)' '... with size and sum'
printf 'x' > "$T/distfiles/sub/two.tar"
mk one fetch
like "$err" 'sub/two.tar: size is 1, distinfo says 10240' 'wrong size'
sed 's/second/sEcond/' "$T/two.keep" > "$T/distfiles/sub/two.tar"
rm -f "$w/.done_extract"
mk one extract
isnt "$status" 0 'wrong contents: refused'
like "$err" 'sub/two.tar: sha256 is' '... with both sums'
nok '... nothing extracted' test -f "$w/.done_extract"
mv "$T/two.keep" "$T/distfiles/sub/two.tar"

mk one fetch-list
is "$out" 'one-1.0.tar	https://ftp.gnu.org/gnu/one/one-1.0.tar
one-1.0.tar	https://ftpmirror.gnu.org/one/one-1.0.tar
one-1.0.tar	https://mirrors.kernel.org/gnu/one/one-1.0.tar
one-1.0.tar	https://example.org/pub/one-1.0.tar
two.tar	https://ftp.gnu.org/gnu/one/two.tar
two.tar	https://ftpmirror.gnu.org/one/two.tar
two.tar	https://mirrors.kernel.org/gnu/one/two.tar
two.tar	https://example.org/pub/two.tar
two.tar	https://crates.io/api/v1/crates/aaa/1.2/download?dummy=/two.tar
two.tar	https://www.cpan.org/modules/by-authors/id/A/AB/ABC/two.tar
two.tar	https://cpan.metacpan.org/modules/by-authors/id/A/AB/ABC/two.tar
two.tar	https://backpan.perl.org/modules/by-authors/id/A/AB/ABC/two.tar' 'fetch-list: every address, in order'

# patches: upstream's, the port's in order of name, the system's
patch_text() {
	printf -- '--- text.orig\n+++ text\n@@ -1,3 +1,3 @@\n%b' "$1"
}
patch_text '-alpha\n+ALPHA\n beta\n gamma\n' > "$T/distfiles/sub/up.patch"
patch_text ' ALPHA\n-beta\n+BETA\n gamma\n' > "$T/one/patches/patch-a"
patch_text ' ALPHA\n-BETA\n+Beta\n gamma\n' > "$T/one/patches/patch-b"
echo junk > "$T/one/patches/patch-a.orig"
patch_text ' ALPHA\n Beta\n-gamma\n+linux\n' > "$T/one/opsys/patch-c"
sed -i 's/^MAKESUM_INDEX=.*/DISTFILE_3=up.patch:main\nPF_INDEX=3\nMAKESUM_INDEX=1 2 3/' "$T/one/Makefile"
mk one makesum
rm -rf "$w"
mk one patch
is "$status" 0 'patch'
is "$(tr '\n' ' ' < "$w/one-1.0/text")" 'ALPHA Beta linux ' "patches: upstream's, ours, the system's"
nok 'no .orig beside the sources' test -f "$w/one-1.0/text.orig"

patch_text ' nothing\n-like\n+this\n there\n' > "$T/one/patches/patch-d"
rm -rf "$w"
mk one patch
isnt "$status" 0 'a patch that does not apply: refused'
like "$err" 'patches/patch-d: does not apply cleanly' '... and named'

# own extraction
port two <<'X'
DL_SITES_main=https://example.org
DISTFILE_1=two.tar:main
DIST_SUBDIR=sub
DF_INDEX=1
EXTRACT_HEAD_1=cat
EXTRACT_TAIL_1=> ${WRKDIR}/copy
X
cp "$T/one/distinfo" "$T/two/distinfo"
mk two extract
ok 'EXTRACT_HEAD and EXTRACT_TAIL' cmp "$T/distfiles/sub/two.tar" "$T/work/two/copy"
finish
