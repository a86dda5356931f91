#!/bin/sh
# SPDX-License-Identifier: ISC
# configure, build, stage, and all that is handed over to the packager.
# shellcheck source-path=SCRIPTDIR source=../testlib.sh
. "$(dirname "$0")/../testlib.sh"
# shellcheck source-path=SCRIPTDIR source=../mk.sh
. "$(dirname "$0")/../mk.sh"

manifest() {
	LC_ALL=C sort "$T/work/$1/.manifest.$2.mktmp"
}

# --- manifests, licences, info, automatic subpackages, modes -----------------------------------------
mkdir -p "$T/full/manifests" "$T/full/descriptions" "$T/full/files"
port full <<'X'
NO_BUILD=yes
SUBPACKAGES=set primary dev info man docs nls
LICENSE_SET=yes
LICENSE_SCHEME=dual
LICENSE_FILE_MIT=${WRKSRC}/MIT
LICENSE_FILE_GPLv3+ = ${WRKSRC}/COPYING
LICENSE_TERMS_dev=${WRKSRC}/MIT
LICENSE_primary+=MIT
LICENSE_NAME_MIT=MIT licence / "X11"
LICENSE_primary+=GPLv3+
LICENSE_NAME_GPLv3+ = GNU GPL
INFO_info=one two
SOVERSION=3.2.1
PLIST_SUB=NAME="a&b/c" WITH="@comment " OUT=""
do-extract:
	${MKDIR} ${WRKSRC}
	echo mit > ${WRKSRC}/MIT
	echo gpl > ${WRKSRC}/COPYING
do-install:
	umask 077; cd ${STAGEDIR}${PREFIX} && ${MKDIR} lib bin share/doc/full share/locale/de && \
	echo x > "lib/lib with space.so.3.2.1" && echo x > bin/run && chmod 500 bin/run && \
	echo x > share/doc/full/b && echo x > share/doc/full/a && ln -s a share/doc/full/c && \
	echo x > share/locale/de/m && \
	echo x > share/info/one.info && echo x > share/info/one.info-1 && echo x > share/info/two.info && \
	echo dir > share/info/dir && \
	echo page > share/man/man1/p.1 && gzip -n share/man/man1/p.1 && ln -s p.1.gz share/man/man1/q.1.gz
X
printf '%s\n' 'lib/lib with space.so.%%SOVERSION%%' 'lib/x.so.%%SOMAJOR%%' '%%NAME%%' '%%WITH%%hidden' '%%OUT%%shown' \
    '%%ONLY-LINUX%%l' '%%ONLY-FREEBSD%%f' '@(root,wheel,4755) bin/run' '%%UNKNOWN%%' > "$T/full/manifests/plist.primary"
echo generic > "$T/full/manifests/plist.dev"
echo special > "$T/full/manifests/plist.dev.std"
echo 'share/man/man1/p.1' > "$T/full/manifests/plist.man"
echo plain > "$T/full/descriptions/desc.primary"
echo of-std > "$T/full/descriptions/desc.primary.std"
echo 'a: {}' > "$T/full/files/scripts-dev.ucl"
echo 'b: {}' > "$T/full/files/scripts-dev-arch.ucl"
echo 'c: {}' > "$T/full/files/triggers-dev.ucl"

mk full stage
is "$status" 0 'stage'
is "$(manifest full primary)" "$(printf '%s\n' '%%UNKNOWN%%' '@(root,wheel,4755) bin/run' '@comment f' '@comment hidden' \
    'a&b/c' l 'lib/lib with space.so.3.2.1' 'lib/x.so.3' share/licenses/full/GPLv3+.std share/licenses/full/MIT.std \
    share/licenses/full/summary.primary.std shown)" 'manifest: values put in, licences added'
is "$(manifest full dev)" "$(printf '%s\n' share/licenses/full/Terms.dev.std share/licenses/full/summary.dev.std special)" \
    "manifest: the variant's own wins; terms"
is "$(manifest full set)" '' 'manifest of set: there and empty'
is "$(manifest full info)" "$(printf '@info share/info/%s\n' one.info one.info-1 two.info)" 'info pages'
is "$(cat "$T/work/full/.manifest.docs.mktmp")" "$(printf 'share/doc/full/%s\n' a b c)" 'docs: found and sorted'
is "$(manifest full nls)" share/locale/de/m 'nls: found'
is "$(cat "$T/work/full/.PKG_DESC.primary")" of-std "description: the variant's own wins"
ok 'description of a standard subpackage' test -s "$T/work/full/.PKG_DESC.dev"
is "$(cat "$T/work/full/.PKG_SCRIPTS.dev")" 'a: {}
b: {}' 'scripts: put together'
ok 'triggers' test -s "$T/work/full/.PKG_TRIGGERS.dev"
nok 'no messages: no file' test -e "$T/work/full/.PKG_MESSAGES.dev"
s=$(stage full)
is "$(cat "$s/share/licenses/full/MIT.std")" mit 'licence staged'
like "$(cat "$s/share/licenses/full/summary.primary.std")" 'MIT: MIT licence / "X11", see MIT.std' 'summary of licences'
nok 'no index of info pages' test -e "$s/share/info/dir"
is "$(cat "$s/share/man/man1/q.1")" page 'manual pages: plain, links follow'
nok '... no compressed one left' test -e "$s/share/man/man1/p.1.gz"
is "$(stat -c %a "$s/bin/run" "$s/share/doc/full/a" "$s/share/doc/full" | tr '\n' ' ')" '555 644 755 ' 'modes: no umask'

# shellcheck disable=SC2016
printf 'LICENSE_SET=yes\nLICENSE_SCHEME=solo\nLICENSE_primary=MIT\nLICENSE_FILE_MIT=${WRKSRC}/none\ndo-build do-install:\n\t@:\n' | port unlicensed
mk unlicensed stage
isnt "$status" 0 'a licence that is not there: fails'

# --- a maintainer's checks ---------------------------------------------------------------------------
mkdir -p "$T/qa/manifests"
# shellcheck disable=SC2016
printf 'do-build:\n\t@:\ndo-install:\n\techo ${WRKDIR} > ${STAGEDIR}${PREFIX}/bin/a\n\techo x > ${STAGEDIR}${PREFIX}/bin/b\n' | port qa
printf '%s\n' bin/a bin/c '@sample etc/c.sample' > "$T/qa/manifests/plist.primary"
mk qa stage
is "$status" 0 'without DEVELOPER: not checked'
mk qa DEVELOPER=1 restage
isnt "$status" 0 'DEVELOPER: fails'
like "$out" '^error: /raven/bin/c: listed but not staged' '... listed but not staged'
like "$out" '^error: /raven/etc/c.sample: listed but not staged' '... also of a keyword'
like "$out" '^error: /raven/bin/b: staged but in no manifest' '... staged but not listed'
like "$out" '^error: /raven/bin/a: names the build folder' '... build folder'

# --- configure and build -----------------------------------------------------------------------------
cat > "$T/configure" <<'X'
#!/bin/sh
case $1 in
--help) echo '--mandir --infodir --disable-silent-rules'; exit ;;
--version) echo 'generated by GNU Autoconf 2.69'; exit ;;
esac
printf '<%s>' "$@" > args
printf '%s\n' "CC=$CC" "CFLAGS=$CFLAGS" "LDFLAGS=$LDFLAGS" "MINE=$MINE" "EPOCH=$SOURCE_DATE_EPOCH" "SITE=$CONFIG_SITE" > env
X
chmod +x "$T/configure"
cat > "$T/Makefile.port" <<'X'
all: one two
	@echo "$(CC)|$(CFLAGS)|$(LDFLAGS)|$(WORDS)|$(DESTDIR)|$$TZ" > built
one two:
	@echo $@ >> jobs
install:
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 built $(DESTDIR)$(PREFIX)/bin/built
X
port gnu <<X
GNU_CONFIGURE=yes
CONFIGURE_ARGS=--with-x="a b" --enable-y
CONFIGURE_ENV=MINE="m n"
CFLAGS=-DX=1
MAKE_ARGS=WORDS="three little words"
do-extract:
	mkdir -p \${WRKSRC}
	cp $T/configure \${WRKSRC}/
	cp $T/Makefile.port \${WRKSRC}/Makefile
X
mk gnu stage
is "$status" 0 'a GNU port'
w=$T/work/gnu/gnu-1.0
is "$(cat "$w/args")" "<--with-x=a b><--enable-y><--prefix=/raven><--disable-dependency-tracking><--mandir=/raven/share/man><--infodir=/raven/share/info><--disable-silent-rules><--build=x86_64-raven-linux6.1>" \
    'configure: what the script knows, quotes kept'
like "$(cat "$w/env")" '^CFLAGS=-pipe -O2 +-DX=1 -I/raven/include$' 'configure: CFLAGS'
like "$(cat "$w/env")" '^MINE=m n$' 'configure: CONFIGURE_ENV'
like "$(cat "$w/env")" '^EPOCH=1577836800$' 'configure: SOURCE_DATE_EPOCH'
is "$(cat "$(stage gnu)/bin/built")" 'cc|-pipe -O2  -DX=1 -I/raven/include|-L/raven/lib -Wl,-rpath,/raven/lib|three little words||UTC' \
    'build: flags and MAKE_ARGS, no DESTDIR; staged by DESTDIR'

port outside <<X
GNU_CONFIGURE=yes
CONFIGURE_OUTSOURCE=yes
do-extract:
	mkdir -p \${WRKSRC}
	cp $T/configure \${WRKSRC}/
do-build do-install:
	@:
X
mk outside stage
ok 'CONFIGURE_OUTSOURCE' test -f "$T/work/outside/.build/args"

# --- helpers of recipes ------------------------------------------------------------------------------
port tools <<'X'
do-extract:
	mkdir -p ${WRKSRC}/d/e && cd ${WRKSRC} && echo a > d/a && echo b > d/e/b.o && ln -s a d/l && echo text > text
do-build:
	cd ${WRKSRC} && ${REINPLACE_CMD} -e 's/text/TEXT/' text
do-install:
	cd ${WRKSRC}/d && ${COPYTREE_SHARE} . ${STAGEDIR}${PREFIX}/share/tools
	cd ${WRKSRC} && ${COPYTREE_BIN} d ${STAGEDIR}${PREFIX}/bin "-not -name '*.o'"
X
mk tools stage
is "$status" 0 'COPYTREE'
is "$(cd "$(stage tools)" && find share/tools bin ! -type d | LC_ALL=C sort | tr '\n' ' ')" \
    'bin/d/a bin/d/l share/tools/a share/tools/e/b.o share/tools/l ' '... files and links, with a condition'
is "$(cd "$(stage tools)" && stat -c %a share/tools/a bin/d/a | tr '\n' ' ')" '644 555 ' '... modes'
is "$(cat "$T/work/tools/tools-1.0/text")" TEXT 'REINPLACE_CMD'

# --- modules -----------------------------------------------------------------------------------------
port la <<'X'
USES=libtool
do-build:
	@:
do-install:
	echo '# libtool library file' > ${STAGEDIR}${PREFIX}/lib/libx.la
	echo other > ${STAGEDIR}${PREFIX}/lib/y.la
X
mk la stage
is "$(cd "$(stage la)/lib" && find . -name '*.la')" ./y.la 'libtool: its archives are removed, no others'
sed -i 's/^USES=.*/USES=libtool:keepla/' "$T/la/Makefile"
mk la restage
ok 'libtool:keepla' test -f "$(stage la)/lib/libx.la"
finish
