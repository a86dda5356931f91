/* SPDX-License-Identifier: ISC */
/*
 * Writes a tree of made-up ports in source form, for tests of what reads whole trees:
 *
 *	gentree [--cycle] [--seed N] DIR [COUNT]
 *
 * COUNT ports (4000 without it, not fewer than 200) below DIR/bucket_XX, the same bytes for the
 * same arguments. Every recipe is valid, and every dependency is in the tree: what USES adds for
 * the systems that recipes name comes from a table of plain ports; the others stand in LEVELS
 * levels, each of which needs the one below it. --cycle makes the lowest level need the highest.
 */
#include "tests/tools/gentree.h"

/* --- parts of a specification */

static void head(struct writer *w, const char *keywords, const char *variants)
{
	static const char *const kinds[] = {
	    "Library", "Program", "Module", "Module", "Gem", "Command"};
	static const char *const about[] = {"of ordered lists", "for plain text",
	    "for small pictures", "of calendars", "for tables of numbers", "for old archives",
	    "of sound files"};
	struct rv_span rest = rv_span_str(variants), variant;
	const char *topic = about[pick(w, RV_COUNT(about))];

	key(w, "NAMEBASE", "%s", w->name);
	key(w, "VERSION", "${PORTVERSION}");
	if (chance(w, 13))
		key(w, "REVISION", "%u", 1 + pick(w, 9));
	if (chance(w, 2))
		key(w, "EPOCH", "1");
	key(w, "KEYWORDS", "%s", keywords);
	key(w, "VARIANTS", "%s", variants);
	while (rv_span_next(&rest, ' ', &variant)) {
		char name[32];

		snprintf(name, sizeof(name), "SDESC[%.*s]", RV_SPAN_ARG(variant));
		key(w, name, "%s %s (%.*s)", kinds[w->kind], topic, RV_SPAN_ARG(variant));
	}
	key(w, "HOMEPAGE", "https://%s.example.org/", w->project);
	key(w, "CONTACT", w->index % 7 ? "Jo_Doe[jo@example.org]" : "nobody");
	line(w, "%s", "");
}

static void version_def(struct writer *w)
{
	/* what the file says changes, so distinfo cannot have it */
	if (w->index % 40 == 7) {
		snprintf(w->version, sizeof(w->version), "unknown");
		key(w, "DEF[PORTVERSION]", "EXTRACT_VERSION(%s)",
		    w->index % 3 ? "PERL_5.40_VERSION" : "RUBY_3.4_VERSION");
		return;
	}
	snprintf(w->version, sizeof(w->version), "%u.%u.%u", pick(w, 9), pick(w, 30), pick(w, 12));
	key(w, "DEF[PORTVERSION]", "%s", w->version);
}

static void rule(struct writer *w)
{
	line(w, "# ----------------------------------------------------------------------");
	line(w, "%s", "");
}

static void distinfo_line(struct writer *w, struct rv_buf *out, const char *file)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < 64; i++)
		rv_buf_add_char(out, digits[pick(w, 16)]);
	rv_buf_addf(out, " %12u %s\n", 1000 + pick(w, 9000000), file);
}

/* The tar file of a release from one of the sites that recipes know. */
static void release_sites(struct writer *w, struct rv_buf *distinfo)
{
	const char *p = w->project;
	char file[160];

	snprintf(file, sizeof(file), "%s-%s.tar.gz", p, w->version);
	key(w, "DOWNLOAD_GROUPS", "main");
	switch (pick(w, 5)) {
	case 0:
		key(w, "SITES[main]", "SF/%s/%s/${PORTVERSION}", p, p);
		break;
	case 1:
		key(w, "SITES[main]", "GNU/%s\nhttps://mirror.example.net/gnu/%s", p, p);
		break;
	case 2:
		snprintf(file, sizeof(file), "team-%s-%s.tar.gz", p, w->version);
		key(w, "SITES[main]", "GITHUB/team:%s:v${PORTVERSION}", p);
		break;
	default:
		key(w, "SITES[main]", "https://%s.example.org/files/", p);
	}
	key(w, "DISTFILE[1]", "%s:main",
	    strncmp(file, "team-", 5) == 0 ? "generated" : "${PROJECT}-${PORTVERSION}.tar.gz");
	distinfo_line(w, distinfo, file);
}

static void subpackages(struct writer *w, const char *variants, const char *names)
{
	struct rv_span rest = rv_span_str(variants), variant;

	while (rv_span_next(&rest, ' ', &variant)) {
		char name[32];

		snprintf(name, sizeof(name), "SPKGS[%.*s]", RV_SPAN_ARG(variant));
		key(w, name, "%s", names);
	}
	line(w, "%s", "");
}

/* What this port writes to need another one. language: the variant when both are of one kind. */
static void triplet(
    struct writer *w, unsigned other, const char *part, const char *language, struct rv_buf *out)
{
	static const char *const fallback[] = {
	    "", "", "python_default", "perl_default", "ruby_default", "std"};
	enum kind kind = kind_of(w->tree, other);
	char name[64];

	name_of(w->tree, other, name, sizeof(name));
	rv_buf_addf(out, "%s%s:%s:%s", out->n ? "\n" : "", name,
	    kind == LIBRARY   ? part
	    : kind == PROGRAM ? "primary"
			      : "single",
	    kind <= PROGRAM			? "std"
	    : kind == w->kind && kind != CRATES ? language
						: fallback[kind]);
}

static void depends(struct writer *w)
{
	rv_auto(rv_buf) struct rv_buf build = RV_BUF_INIT(2000), both = RV_BUF_INIT(2000);

	for (unsigned i = 0; i < w->n_deps; i++) {
		enum kind kind = kind_of(w->tree, w->deps[i]);

		if (kind == LIBRARY)
			triplet(w, w->deps[i], "dev", "", &build);
		triplet(w, w->deps[i], "primary", "", kind == LIBRARY || i % 2 ? &both : &build);
	}
	if (w->tree->cycle && w->index == 0)
		triplet(w, level_start(w->tree, LEVELS - 1), "primary", "", &build);
	if (build.n)
		key(w, "BUILD_DEPENDS", "%s", rv_buf_str(&build));
	if (both.n)
		key(w, "BUILDRUN_DEPENDS", "%s", rv_buf_str(&both));
	if (build.n || both.n)
		line(w, "%s", "");
}

static void license(struct writer *w, const char *part)
{
	static const char *const names[] = {"MIT", "GPLv2+", "LGPL21+", "BSD3CLAUSE", "APACHE20"};
	const char *name = names[pick(w, RV_COUNT(names))];

	switch (pick(w, 4)) {
	case 0:
		key(w, "LICENSE", "%s:%s CUSTOM1:%s", name, part, part);
		key(w, "LICENSE_NAME", "CUSTOM1:\"Terms of the %s project\"", w->project);
		key(w, "LICENSE_FILE", "%s:{{WRKSRC}}/COPYING\nCUSTOM1:{{WRKDIR}}/LICENSE", name);
		key(w, "LICENSE_TERMS", "%s:{{WRKDIR}}/TERMS", part);
		key(w, "LICENSE_AWK", "TERMS:\"^# end of the \\\"terms\\\"\"\nCUSTOM1:\"^$\"");
		key(w, "LICENSE_SOURCE", "TERMS:{{WRKSRC}}/src/main.c\nCUSTOM1:{{WRKSRC}}/README");
		key(w, "LICENSE_SCHEME", w->index % 2 ? "dual" : "multi");
		break;
	case 1:
		return;
	default:
		key(w, "LICENSE", "%s:%s", name, part);
		key(w, "LICENSE_FILE", "%s:%s", name,
		    w->index % 5 ? "{{WRKSRC}}/COPYING" : "stock");
		key(w, "LICENSE_SCHEME", "solo");
	}
	line(w, "%s", "");
}

static void extras(struct writer *w, const char *part)
{
	if (chance(w, 30)) {
		key(w, "FPC_EQUIVALENT", "devel/%s", w->project);
		line(w, "%s", "");
	}
	if (chance(w, 8)) {
		key(w, "USERS", "%.8s", w->project);
		key(w, "GROUPS", "%.8s", w->project);
		key(w, "USERGROUP_SPKG", "%s", part);
		line(w, "%s", "");
	}
	if (chance(w, 4))
		key(w, "NOT_FOR_ARCH", "aarch64 i386");
	if (chance(w, 4))
		key(w, "NOT_FOR_OPSYS", "sunos darwin");
	if (chance(w, 3))
		key(w, "BROKEN[freebsd]", "REL_12: its headers lack \"struct thing\"");
	if (chance(w, 5))
		key(w, "VAR_ARCH[x86_64]", "CFLAGS=-msse2");
	if (chance(w, 5))
		key(w, "OPTIMIZER_LEVEL", "3");
	if (chance(w, 20))
		key(w, "SINGLE_JOB", "yes");
}

/* --- targets */

static void targets(struct writer *w, bool has_options)
{
	line(w, "%s", "");
	if (chance(w, 30)) {
		line(w, "post-patch:");
		line(w, "\t# the program's own path");
		line(
		    w, "\t${REINPLACE_CMD} -e 's|/usr/local|${PREFIX}|' ${WRKSRC}/${PROJECT}.conf");
		line(w, "%s", "");
	}
	if (chance(w, 10)) {
		line(w, "pre-configure-freebsd:");
		line(w, "\t(cd ${WRKSRC} && ${MV} config.${OPSYS} config.h)");
		line(w, "%s", "");
	}
	line(w, "post-install:");
	line(w, "\t${MKDIR} ${STAGEDIR}${STD_DOCDIR}");
	if (chance(w, 20)) {
		line(w, ".for file in README.%s NEWS.txt", w->project);
		line(w, "\t${INSTALL_DATA} ${WRKSRC}/${file} ${STAGEDIR}${STD_DOCDIR}");
		line(w, ".endfor");
	}
	line(w, "\t${INSTALL_DATA} ${WRKSRC}/README ${STAGEDIR}${STD_DOCDIR}/${PROJECT:UC}");
	if (!has_options)
		return;
	line(w, "%s", "");
	line(w, "post-install-DOCS-ON:");
	line(w, "\t(cd ${WRKSRC}/doc && ${COPYTREE_SHARE} . ${STAGEDIR}${STD_DOCDIR})");
	line(w, "%s", "");
	line(w, "do-test-DOCS-OFF:");
	line(w, ".if ${OPSYS} == Linux");
	line(w, "\t@${ECHO_MSG} \"no documents\"");
	line(w, ".endif");
}

/* --- other files */

static void description(struct writer *w, const char *part)
{
	line(w, "The project %s is made up: no upstream has", w->project);
	line(w, "such files, and nothing of it is ever built. It stands here to give the");
	line(w, "readers of a tree of ports something of the usual size to read.");
	if (w->index % 3 == 0) {
		line(w, "%s", "");
		line(w, "Features:");
		line(w, " * it has a number, %u", w->index);
		line(w, " * its name says all that it does");
	}
	save(w, "descriptions/desc.%s", part);
}

static void manifest(struct writer *w, const char *part, const char *folder, unsigned files)
{
	if (w->index % 9 == 0)
		line(w, "%%%%DOCS-ON%%%%@comment made for a test");
	for (unsigned i = 0; i < files; i++)
		line(
		    w, "%s/file%03u%s", folder, i, w->index % 50 == 3 && i == 1 ? " of names" : "");
	save(w, "manifests/plist.%s", part);
}

static void patch(struct writer *w, const char *name)
{
	line(w, "--- %s.c.orig\t2024-05-01 12:00:00 UTC", w->project);
	line(w, "+++ %s.c", w->project);
	line(w, "@@ -1,3 +1,4 @@");
	line(w, " #include <stdio.h>");
	line(w, "+#include <string.h>");
	line(w, " #include <stdlib.h>");
	line(w, " ");
	save(w, "%s", name);
}

/* --- the kinds */

static void file_values(struct writer *w)
{
	if (w->index % 6 == 1) {
		key(w, "SUB_FILES", "${PROJECT}.conf");
		key(w, "SUB_LIST", "VERSION=${PORTVERSION}\nNAME=\"the \\\"%s\\\" port\"",
		    w->project);
	}
	if (w->index % 6 == 2)
		key(w, "RC_SUBR", "%s:primary", w->project);
	if (w->index % 12 == 4)
		key(w, "EXTRA_PATCHES", "extra-patch-main.c");
}

static void files(struct writer *w)
{
	if (w->index % 6 == 1) {
		line(w, "# %%%%NAME%%%% %%%%VERSION%%%%");
		line(w, "prefix=%%%%PREFIX%%%%");
		save(w, "files/%s.conf.in", w->project);
	}
	if (w->index % 6 == 2) {
		line(w, "#!/bin/sh\nname=%s\nrun_rc_command \"$1\"", w->project);
		save(w, "files/%s.in", w->project);
	}
	if (w->index % 12 == 4)
		patch(w, "files/extra-patch-main.c");
	if (w->index % 4 == 1)
		patch(w, "patches/patch-main.c");
	if (w->index % 16 == 1)
		patch(w, "freebsd/patch-zz-main.c");
	if (w->index % 20 == 5) {
		line(w, "[");
		line(w, "{ type: install, message: \"%s is there\" }", w->project);
		line(w, "]");
		save(w, "files/pkg-message-%s.in", "primary");
	}
}

static void library(struct writer *w)
{
	static const char *const uses[] = {"gmake libtool pkgconfig zlib", "cmake zstd:build",
	    "gmake iconv gettext ncurses", "autoreconf bison:build libtool", "gmake ssl png jpeg",
	    "meson pkgconfig expat", "perl:build makeinfo readline"};
	bool info = w->index % 8 == 2;
	unsigned use = pick(w, RV_COUNT(uses));

	subpackages(w, "std", info ? "set primary dev docs info" : "set primary dev docs");
	key(w, "OPTIONS_AVAILABLE", "none");
	key(w, "OPTIONS_STANDARD", "none");
	line(w, "%s", "");
	depends(w);
	key(w, "EXRUN[dev]", w->index % 4 ? "primary" : "primary//linux ssl/std/freebsd");
	line(w, "%s", "");
	key(w, "USES", "%s c++:primary%s", uses[use], info ? " cpe" : "");
	if (chance(w, 15))
		key(w, "C_USES[freebsd]", "execinfo bsd:epoll");
	if (chance(w, 10))
		key(w, "B_DEPS[linux]", "indexinfo:single:std");
	if (chance(w, 10))
		key(w, "BR_DEPS[netbsd]", "libexecinfo:primary:std");
	line(w, "%s", "");
	key(w, "DISTNAME", "${PROJECT}-${PORTVERSION}");
	line(w, "%s", "");
	license(w, "primary");
	extras(w, "primary");
	if (use != 1 && use != 5)
		key(w, "MUST_CONFIGURE", "gnu");
	key(w, "CONFIGURE_ARGS",
	    "--disable-static --with-title=\"made up %u\"\n"
	    "--sysconfdir={{PREFIX}}/etc",
	    w->index);
	key(w, "CFLAGS", "-DNAME=\"\\\"%s\\\"\"", w->project);
	if (info) {
		key(w, "INFO", "info:%s.info", w->project);
		key(w, "CPE_VENDOR", "%s_project", w->project);
		key(w, "CVE_FIXED", "CVE-2024-%u", 1000 + w->index);
	}
	key(w, "SOVERSION", "${PORTVERSION}");
	key(w, "PLIST_SUB", "BRANCH=${PORTVERSION:R}");
	file_values(w);
	key(w, "VAR_OPSYS[linux]", "LDFLAGS=-ldl\nMAKEFILE_LINE=EXTRA=\"one two\"");
	key(w, "VAR_OPSYS[freebsd]", "CONFIGURE_ARGS=--with-kqueue");
	if (chance(w, 50))
		targets(w, false);
	save(w, "specification");
	manifest(w, "primary", "lib", 2 + pick(w, 4));
	manifest(w, "dev", "include", 1 + pick(w, 12));
	description(w, "primary");
}

/* Option helpers, groups and a second variant. */
static void program_options(struct writer *w)
{
	key(w, "OPTIONS_AVAILABLE", "DOCS NLS FAST SMALL TALK");
	key(w, "OPTIONS_STANDARD", "DOCS NLS FAST SMALL");
	key(w, "VOPTS[lite]", "DOCS=OFF NLS=OFF FAST=OFF SMALL=ON TALK=OFF");
	key(w, "OPT_ON[all]", "DOCS FAST");
	key(w, "OPT_ON[linux]", "NLS");
	if (w->index % 2) {
		key(w, "OPTGROUP_RADIO", "SIZE");
		key(w, "OPTDESCR[SIZE]", "What it is made for");
		key(w, "OPTGROUP[SIZE]", "FAST SMALL");
	}
	line(w, "%s", "");
}

static void program_helpers(struct writer *w)
{
	line(w, "%s", "");
	key(w, "[DOCS].CMAKE_BOOL_T_BOTH", "BUILD_DOCS");
	key(w, "[DOCS].PLIST_SUB_ON", "DOCFILES=\"a b\"\nDOCDIR=share/doc");
	line(w, "%s", "");
	key(w, "[NLS].USES_ON", "gettext:build");
	key(w, "[NLS].CMAKE_ARGS_OFF", "-DWITH_LANGUAGES=OFF");
	line(w, "%s", "");
	key(w, "[FAST].DESCRIPTION", "Take more memory and less time");
	key(w, "[FAST].CFLAGS_ON", "-O3 -fno-plt");
	key(w, "[FAST].PREVENTS_ON", "SMALL");
	line(w, "%s", "");
	key(w, "[SMALL].DESCRIPTION", "Take less memory and more time");
	key(w, "[SMALL].CFLAGS_ON", "-Os");
	key(w, "[SMALL].BUILDRUN_DEPENDS_OFF", "pcre2:primary:std");
	line(w, "%s", "");
	key(w, "[TALK].DESCRIPTION", "Say what is done");
	key(w, "[TALK].BUILD_DEPENDS_ON", "curl:dev:std");
	key(w, "[TALK].CONFIGURE_WITH_BOTH", "talk");
	if (w->index % 3 == 0)
		key(w, "[TALK].MAKEFILE_ON", "TALK={{PREFIX}}/share/talk");
}

static void program(struct writer *w)
{
	key(w, "SPKGS[std]", "set primary tools docs nls");
	key(w, "SPKGS[lite]", "set primary");
	line(w, "%s", "");
	program_options(w);
	depends(w);
	key(w, "EXRUN[tools]", "primary python perl/std");
	line(w, "%s", "");
	key(w, "USES", "cmake pkgconfig xz desktop-utils:primary cclibs:primary,tools");
	key(w, "DISTNAME", "${PROJECT:S/_/_/}-${PORTVERSION}");
	line(w, "%s", "");
	license(w, "primary");
	extras(w, "primary");
	key(w, "CMAKE_ARGS", "-DCMAKE_BUILD_TYPE=Release\n-DNAME:STRING=\"%s %u\"", w->project,
	    w->index);
	key(w, "MAKE_ENV", "TITLE=\"Made \\\"up\\\" program\" LANG=C");
	key(w, "INSTALL_REQ_TOOLCHAIN", "yes");
	file_values(w);
	if (w->index % 5 == 0) {
		key(w, "SHEBANG_FILES", "bin/*.py");
		key(w, "SHEBANG_FILES", "tools/*.pl");
	}
	program_helpers(w);
	targets(w, true);
	save(w, "specification");
	manifest(w, "primary", "bin", 1 + pick(w, 3));
	manifest(w, "tools", "libexec", 1 + pick(w, 5));
	manifest(w, "docs", "share/doc/made-up", 2 + pick(w, 30));
	manifest(w, "nls", "share/locale/de", 1 + pick(w, 5));
	if (w->index % 5 == 2)
		manifest(w, "primary.lite", "bin", 1);
	description(w, "primary");
	description(w, "tools");
}

/* Modules of a language: one option a branch, and no std. */
struct language {
	const char *keyword, *variants, *options[3], *names[3], *uses[3];
};

static const struct language languages[] = {
    [PYTHON] = {"python", "v13 v14", {"PY313", "PY314"}, {"v13", "v14"},
	{"python:v13,wheel", "python:v14,wheel"}},
    [PERL] = {"perl", "540 542", {"PERL_540", "PERL_542"}, {"540", "542"},
	{"perl:540,configure", "perl:542,buildmod"}},
    [RUBY] = {"ruby", "v33 v34 v40", {"RUBY33", "RUBY34", "RUBY40"}, {"v33", "v34", "v40"},
	{"gem:v33", "gem:v34", "gem:v40"}},
};

static void language_options(struct writer *w, const struct language *l)
{
	rv_auto(rv_buf) struct rv_buf all = RV_BUF_INIT(200), said = RV_BUF_INIT(200);

	for (int i = 0; i < 3 && l->options[i]; i++)
		rv_buf_addf(&all, "%s%s", i ? " " : "", l->options[i]);
	key(w, "OPTIONS_AVAILABLE", "%s", rv_buf_str(&all));
	key(w, "OPTIONS_STANDARD", "none");
	for (int i = 0; i < 3 && l->options[i]; i++) {
		char name[32];

		rv_buf_reset(&said);
		for (int j = 0; j < 3 && l->options[j]; j++)
			rv_buf_addf(
			    &said, "%s%s=%s", j ? " " : "", l->options[j], i == j ? "ON" : "OFF");
		snprintf(name, sizeof(name), "VOPTS[%s]", l->names[i]);
		key(w, name, "%s", rv_buf_str(&said));
	}
	line(w, "%s", "");
}

static void language_sites(struct writer *w, struct rv_buf *distinfo)
{
	const char *suffix = w->kind == PYTHON ? "zip" : w->kind == RUBY ? "gem" : "tar.gz";
	char file[160];

	snprintf(file, sizeof(file), "%s%s-%s.%s", w->kind == PYTHON ? "python-src/" : "",
	    w->project, w->version, suffix);
	key(w, "DOWNLOAD_GROUPS", "main");
	key(w, "SITES[main]",
	    w->kind == PYTHON ? "PYPI/m/madeup"
	    : w->kind == PERL ? "CPAN/ID:M/MA/MADEUP"
			      : "RUBYGEMS/");
	key(w, "DISTFILE[1]", "${PROJECT}-${PORTVERSION}.%s:main", suffix);
	if (w->kind == PYTHON)
		key(w, "DIST_SUBDIR", "python-src");
	key(w, "DF_INDEX", "1");
	distinfo_line(w, distinfo, file);
	line(w, "%s", "");
}

static void language_helpers(struct writer *w, const struct language *l)
{
	for (int i = 0; i < 3 && l->options[i]; i++) {
		rv_auto(rv_buf) struct rv_buf needs = RV_BUF_INIT(2000);
		char name[64];

		line(w, "%s", "");
		snprintf(name, sizeof(name), "[%s].USES_ON", l->options[i]);
		key(w, name, "%s", l->uses[i]);
		for (unsigned d = 0; d < w->n_deps; d++)
			triplet(w, w->deps[d], "primary", l->names[i], &needs);
		snprintf(name, sizeof(name), "[%s].BUILDRUN_DEPENDS_ON", l->options[i]);
		if (needs.n)
			key(w, name, "%s", rv_buf_str(&needs));
	}
}

static void module(struct writer *w)
{
	const struct language *l = &languages[w->kind];

	subpackages(w, l->variants, "single");
	language_options(w, l);
	key(w, "GENERATED", "yes");
	key(w, "DISTNAME", "${PROJECT}-${PORTVERSION}");
	if (w->index % 3 == 0) {
		line(w, "%s", "");
		line(w,
		    "# a comment that is longer than a hundred characters is fine in a recipe that "
		    "a program has generated");
	}
	extras(w, "single");
	if (w->index % 4 == 2)
		key(w, "BUILDRUN_DEPENDS", "zlib:primary:std");
	if (w->kind == PYTHON && w->index % 6 == 0)
		key(w, "EXRUN[single]", "curl:primary:std/v14 zlib:primary:std//linux");
	language_helpers(w, l);
	save(w, "specification");
	description(w, "single");
	if (w->index % 2)
		manifest(w, "single", "share/made-up", 1 + pick(w, 9));
}

/* A program with its own distfile and many crates. */
static void crates_sites(struct writer *w, struct rv_buf *distinfo)
{
	unsigned crates = 10 + pick(w, 60);
	char name[64], file[160];

	rv_buf_add_str(&w->text, "DOWNLOAD_GROUPS=\tmain");
	for (unsigned i = 1; i <= crates; i++)
		rv_buf_addf(&w->text, "%scr%02u", i % 10 ? " " : "\n\t\t\t", i);
	line(w, "%s", "");
	key(w, "SITES[main]", "GITLAB/team:%s:${PORTVERSION}", w->project);
	for (unsigned i = 1; i <= crates; i++) {
		snprintf(name, sizeof(name), "SITES[cr%02u]", i);
		key(w, name, "CRATES/made-up-%u:0.%u.%u", i, i % 7, w->index % 11);
	}
	key(w, "DISTFILE[1]", "generated:main");
	for (unsigned i = 1; i <= crates; i++) {
		snprintf(name, sizeof(name), "DISTFILE[%u]", i + 1);
		key(w, name, "generated:cr%02u", i);
	}
	snprintf(file, sizeof(file), "rust/crates/team-%s-%s.tar.gz", w->project, w->version);
	distinfo_line(w, distinfo, file);
	for (unsigned i = 1; i <= crates; i++) {
		snprintf(file, sizeof(file), "rust/crates/made-up-%u-0.%u.%u.tar.gz", i, i % 7,
		    w->index % 11);
		distinfo_line(w, distinfo, file);
	}
	line(w, "%s", "");
}

static void crates(struct writer *w)
{
	subpackages(w, "std", "single");
	key(w, "OPTIONS_AVAILABLE", "none");
	key(w, "OPTIONS_STANDARD", "none");
	line(w, "%s", "");
	depends(w);
	key(w, "USES", "cargo pkgconfig");
	license(w, "single");
	extras(w, "single");
	targets(w, false);
	save(w, "specification");
	manifest(w, "single", "bin", 1);
	description(w, "single");
}

/* --- ports */

static void open_port(struct writer *w, const char *name)
{
	struct tree *t = w->tree;
	char bucket[3], path[160];
	unsigned number;

	rv_bucket_of(rv_span_str(name), bucket);
	number = (unsigned)strtoul(bucket, NULL, 16);
	snprintf(path, sizeof(path), "bucket_%s", bucket);
	if (!t->bucket[number] && mkdirat(t->fd, path, 0755) < 0 && errno != EEXIST)
		die(path);
	t->bucket[number] = true;
	snprintf(path, sizeof(path), "bucket_%s/%s", bucket, name);
	if (mkdirat(t->fd, path, 0755) < 0)
		die(path);
	w->fd = openat(t->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->fd < 0)
		die(path);
}

/* The language whose branches these variants are, NULL for std. */
static const struct language *language_of(const char *variants)
{
	for (enum kind kind = PYTHON; kind <= RUBY; kind++)
		if (strcmp(languages[kind].variants, variants) == 0)
			return &languages[kind];
	return NULL;
}

static void make_plain(struct tree *t, const struct plain *p)
{
	rv_auto(rv_buf) struct rv_buf distinfo = RV_BUF_INIT((size_t)1 << 20);
	struct writer w = {.text = RV_BUF_INIT((size_t)1 << 20), .tree = t, .kind = PROGRAM};
	const struct language *l = language_of(p->variants);
	struct rv_span rest = rv_span_str(p->subpackages), part;
	char name[32];

	w.random = t->seed;
	snprintf(w.name, sizeof(w.name), "%s", p->name);
	snprintf(w.project, sizeof(w.project), "%s", p->name);
	snprintf(w.version, sizeof(w.version), "1.%u", (unsigned)strlen(p->name));
	open_port(&w, p->name);
	key(&w, "DEF[PROJECT]", "%s", p->name);
	key(&w, "DEF[PORTVERSION]", "%s", w.version);
	rule(&w);
	head(&w, "devel", p->variants);
	release_sites(&w, &distinfo);
	line(&w, "%s", "");
	subpackages(&w, p->variants, p->subpackages);
	if (l) {
		language_options(&w, l);
	} else {
		key(&w, "OPTIONS_AVAILABLE", "none");
		key(&w, "OPTIONS_STANDARD", "none");
	}
	save(&w, "specification");
	while (rv_span_next(&rest, ' ', &part)) {
		snprintf(name, sizeof(name), "%.*s", RV_SPAN_ARG(part));
		if (strcmp(name, "set") != 0)
			description(&w, name);
	}
	rv_buf_add_span(&w.text, rv_buf_span(&distinfo));
	save(&w, "distinfo");
	close(w.fd);
	rv_buf_release(&w.text);
}

static void make_port(struct tree *t, unsigned index)
{
	static const char *const keywords[] = {
	    [LIBRARY] = "devel", [PROGRAM] = "sysutils textproc", [CRATES] = "rust"};
	rv_auto(rv_buf) struct rv_buf distinfo = RV_BUF_INIT((size_t)1 << 20);
	struct writer w = {.text = RV_BUF_INIT((size_t)1 << 20), .tree = t, .index = index};
	bool is_module;

	w.kind = kind_of(t, index);
	w.random = mix(t->seed) ^ mix(index);
	is_module = w.kind >= PYTHON && w.kind <= RUBY;
	project_of(index, w.project, sizeof(w.project));
	name_of(t, index, w.name, sizeof(w.name));
	choose_deps(&w);
	open_port(&w, w.name);
	key(&w, "DEF[PROJECT]", "%s", w.project);
	version_def(&w);
	rule(&w);
	head(&w, is_module ? languages[w.kind].keyword : keywords[w.kind],
	    is_module		? languages[w.kind].variants
	    : w.kind == PROGRAM ? "std lite"
				: "std");
	if (is_module) {
		language_sites(&w, &distinfo);
		module(&w);
	} else if (w.kind == CRATES) {
		crates_sites(&w, &distinfo);
		crates(&w);
	} else {
		release_sites(&w, &distinfo);
		line(&w, "%s", "");
		(w.kind == LIBRARY ? library : program)(&w);
		files(&w);
	}
	rv_buf_add_span(&w.text, rv_buf_span(&distinfo));
	save(&w, "distinfo");
	close(w.fd);
	rv_buf_release(&w.text);
}

int main(int argc, char **argv)
{
	struct tree t = {.count = COUNT_DEFAULT, .seed = 1};
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--cycle") == 0)
			t.cycle = true;
		else if (strcmp(argv[at], "--seed") == 0 && at + 1 < argc)
			t.seed = (unsigned)strtoul(argv[++at], NULL, 10);
		else
			break;
	}
	if (at + 1 < argc)
		t.count = (unsigned)strtoul(argv[at + 1], NULL, 10);
	if (at >= argc || argv[at][0] == '-' || t.count < COUNT_MIN) {
		fprintf(stderr, "usage: gentree [--cycle] [--seed N] DIR [COUNT]\n");
		return 2;
	}
	if (mkdir(argv[at], 0755) < 0 && errno != EEXIST)
		die(argv[at]);
	t.fd = open(argv[at], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t.fd < 0)
		die(argv[at]);
	for (size_t i = 0; i < RV_COUNT(plain); i++)
		make_plain(&t, &plain[i]);
	for (unsigned i = 0; i < made_up(&t); i++)
		make_port(&t, i);
	return close(t.fd) < 0;
}
