/* SPDX-License-Identifier: ISC */
/*
 * What the modules of USES add: one row for each dependency of a module. Where a module chooses
 * between versions, a function does it. Conditions of a row, separated by spaces, all must hold:
 * "word" the argument is given, "!word" it is not, "-" no argument at all, "@SYSTEM" and "!@SYSTEM"
 * the system ("@bsd" any BSD). Rows stand in the order of the original's dependencies.
 */
#include <stdio.h>

#include "port/check.h"
#include "port/make.h"

enum verb {
	BUILD,
	BUILDRUN,
	RUN,
	LIBRARY, /* NAME:dev to build; NAME:primary to build and run, but with the argument build */
	TOOL,	 /* to build; only with the argument buildrun, else run, as that says */
	BY_WORDS,    /* to build; with the arguments build, buildrun or run as they say together */
	EXRUN_NAMED, /* for the subpackage that is the module's argument, of whatever variant */
	EXRUN,	     /* for those of the variant's subpackages that are the module's arguments */
	CALL,	     /* a function decides */
};

struct rule {
	const char *module; /* NULL: whatever is used */
	const char *when;
	enum verb verb;
	const char *what;
	rv_module_fn *fn;
};

static rv_module_fn need_info, need_fonts, need_prime_libs;

/* In the order in which the format wants the dependencies to come. */
static const struct rule rules[] = {
    {"gmake", "", BUILD, "gmake:primary:std", NULL},
    {"scons", "", BUILD, "scons:single:std", NULL},
    {"makeinfo", "", BUILD, "texinfo:primary:std", NULL},
    {"readline", "", LIBRARY, "readline", NULL},
    {"iconv", "!@linux", LIBRARY, "libiconv", NULL},
    {"iconv", "standalone @linux", LIBRARY, "libiconv", NULL},
    {"libtool", "build", BUILD, "libtool:primary:std", NULL},
    {"pkgconfig", "", TOOL, "pkgconf:primary:std", NULL},
    {"gprbuild", "", TOOL, "gprbuild:primary:std", NULL},
    {"ncurses", "", LIBRARY, "ncurses", NULL},
    {"ncurses", "", BUILDRUN, "ncurses:terminfo:std", NULL},
    {"gettext", "@linux", BUILD, "gettext:aclocal:std", NULL},
    {"gettext", "!@linux", BUILD, "gettext:dev:std", NULL},
    {"gettext", "", BUILD, "gettext:bldtools:std", NULL},
    {"gettext", "", BUILD, "gettext:tools:std", NULL},
    {"gettext", "asprintf", BUILD, "gettext:asprintfdev:std", NULL},
    {"gettext", "asprintf", BUILDRUN, "gettext:asprintf:std", NULL},
    {"gettext", "!build", BUILD, "gettext:solinks:std", NULL},
    {"gettext", "!build !@linux", BUILDRUN, "gettext:primary:std", NULL},
    {NULL, "", CALL, NULL, need_info},
    {"gnome-icons", "", EXRUN_NAMED, "gtk3:icon_cache:std", NULL},
    {"mime-info", "", EXRUN_NAMED, "shared-mime-info:primary:std", NULL},
    {"autoreconf", "", BUILD, "autoconf:primary:std", NULL},
    {"autoreconf", "", BUILD, "automake:primary:std", NULL},
    {"autoreconf", "!build", BUILD, "libtool:primary:std", NULL},
    {"execinfo", "!@darwin", LIBRARY, "libexecinfo", NULL},
    {"freetype", "", LIBRARY, "freetype", NULL},
    {"display", "", BUILD, "xorg-server:single:virtual", NULL},
    {"display", "", BUILD, "xorg-misc-bitmap-fonts:single:std", NULL},
    {"display", "", BUILD, "xorg-font-alias:single:std", NULL},
    {"display", "", BUILD, "daemonize:primary:std", NULL},
    {"sqlite", "", LIBRARY, "sqlite", NULL},
    {"cmake", "run", BUILDRUN, "cmake:primary:std", NULL},
    {"cmake", "!run", BUILD, "cmake:primary:std", NULL},
    {"perl", "", CALL, NULL, rv_module_perl},
    {"bdb", "18", LIBRARY, "db18", NULL},
    {"bdb", "!18", LIBRARY, "db5", NULL},
    {"ssl", "", CALL, NULL, rv_module_ssl},
    {"clang", "", BUILD, "clang:set:std", NULL},
    {"bison", "", BY_WORDS, "bison:primary:std", NULL},
    {"mysql", "", CALL, NULL, rv_module_mysql},
    {"pgsql", "", CALL, NULL, rv_module_pgsql},
    {"fonts", "", CALL, NULL, need_fonts},
    {"fonts", "-", BUILDRUN, "xorg-mkfontscale:primary:std", NULL},
    {"fonts", "fontsdir", BUILDRUN, "xorg-mkfontscale:primary:std", NULL},
    {"pcre2", "", LIBRARY, "pcre2", NULL},
    {"mold", "@linux", BUILD, "mold:primary:std", NULL},
    {"cran", "", BUILD, "R:primary:std", NULL},
    {"cran", "", BUILD, "icu:dev:std", NULL},
    {"cran", "", BUILD, "R:docs:std", NULL},
    {"cran", "", RUN, "R:primary:std", NULL},
    {"cran", "", RUN, "R:nls:std", NULL},
    {"ruby", "", CALL, NULL, rv_module_ruby},
    {"zlib", "", LIBRARY, "zlib", NULL},
    {"zstd", "", LIBRARY, "zstd", NULL},
    {"mesa", "", LIBRARY, "mesa", NULL},
    {"jpeg", "", LIBRARY, "jpeg-turbo", NULL},
    {"tiff", "", LIBRARY, "tiff", NULL},
    {"pcre", "", LIBRARY, "pcre", NULL},
    {"curl", "", LIBRARY, "curl", NULL},
    {"lua", "", CALL, NULL, rv_module_lua},
    {"tcl", "", CALL, NULL, rv_module_tcl},
    {"php", "", CALL, NULL, rv_module_php},
    {"png", "", LIBRARY, "png", NULL},
    {"gif", "", LIBRARY, "giflib", NULL},
    {"gem", "", CALL, NULL, rv_module_gem},
    {"lz4", "", LIBRARY, "lz4", NULL},
    {"lzo", "", LIBRARY, "lzo", NULL},
    {"bz2", "", LIBRARY, "bzip2", NULL},
    {"bsd", "epoll @bsd", LIBRARY, "libepoll-shim", NULL},
    {"bsd", "inotify @bsd", LIBRARY, "libinotify", NULL},
    {"bsd", "udev @bsd", LIBRARY, "libudev-devd", NULL},
    {"bsd", "udev @sunos", LIBRARY, "libudev-devd", NULL},
    {"bsd", "gudev @bsd", LIBRARY, "libgudev-devd", NULL},
    {"bsd", "gudev @sunos", LIBRARY, "libgudev-devd", NULL},
    {"bsd", "gudev !@bsd !@sunos", LIBRARY, "libgudev", NULL},
    {"xz", "", LIBRARY, "xz", NULL},
    {"expat", "", LIBRARY, "expat", NULL},
    {"cargo", "", BUILD, "rust:single:std", NULL},
    {"gtk-doc", "", BUILD, "gtk-doc:single:std", NULL},
    {"schemas", "", EXRUN_NAMED, "glib:primary:std", NULL},
    {"fontconfig", "", LIBRARY, "fontconfig", NULL},
    {"desktop-utils", "", BUILD, "desktop-file-utils:primary:std", NULL},
    {"desktop-utils", "", EXRUN_NAMED, "desktop-file-utils:primary:std", NULL},
    {NULL, "", CALL, NULL, rv_recipe_components},
    {"python", "", CALL, NULL, rv_module_python},
    {"meson", "", BUILD, "meson:single:python_used", NULL},
    {"ninja", "", BUILD, "python-ninja:single:python_used", NULL},
};

/* Packages of the self-contained compiler that programs of a language need to run. */
static const struct rule compiler_rules[] = {
    {"ada", "", EXRUN, "ravensys-gcc:ada_run:std", NULL},
    {"ada", "", EXRUN, "ravensys-gcc:libs:std", NULL},
    {"c++", "", EXRUN, "ravensys-gcc:cxx_run:std", NULL},
    {"c++", "", EXRUN, "ravensys-gcc:libs:std", NULL},
    {"fortran", "", EXRUN, "ravensys-gcc:fortran_run:std", NULL},
    {"fortran", "", EXRUN, "ravensys-gcc:libs:std", NULL},
    {"cclibs", "", EXRUN, "ravensys-gcc:libs:std", NULL},
    {NULL, "@darwin", CALL, NULL, need_prime_libs},
    {NULL, "@sunos", CALL, NULL, need_prime_libs},
    {"compiler", "", EXRUN, "ravensys-gcc:libs:std", NULL},
    {"compiler", "", EXRUN, "ravensys-gcc:ada_run:std", NULL},
    {"compiler", "", EXRUN, "ravensys-gcc:cxx_run:std", NULL},
    {"compiler", "", EXRUN, "ravensys-gcc:fortran_run:std", NULL},
    {"compiler", "", EXRUN, "ravensys-gcc:infopages:std", NULL},
    {"compiler", "", EXRUN, "ravensys-gcc:compilers:std", NULL},
    {"compiler", "", EXRUN, "ravensys-gcc:set:std", NULL},
    {"compiler", "", EXRUN, "ravensys-binutils:single:std", NULL},
};

/* --- looking at USES */

/* The first use of the module with a colon, else the first without. */
static const char *find_use(const struct rv_recipe *r, const char *module, bool *used)
{
	const struct rv_items *uses = rv_recipe_list(r, RV_KEY_USES);

	*used = false;
	for (size_t i = 0; i < uses->n; i++) {
		struct rv_span s = rv_span_str(uses->v[i].text);

		if (!rv_span_is(rv_part_1(s, ':'), module))
			continue;
		*used = true;
		if (rv_span_find(s, ':') < s.n)
			return uses->v[i].text + rv_span_find(s, ':') + 1;
	}
	return NULL;
}

bool rv_recipe_uses(const struct rv_recipe *r, const char *module)
{
	bool used;

	find_use(r, module, &used);
	return used;
}

bool rv_recipe_uses_plain(const struct rv_recipe *r, const char *module)
{
	bool used;

	return find_use(r, module, &used) == NULL && used;
}

bool rv_recipe_uses_with(const struct rv_recipe *r, const char *module, const char *argument)
{
	const struct rv_items *uses = rv_recipe_list(r, RV_KEY_USES);

	for (size_t i = 0; i < uses->n; i++) {
		struct rv_span s = rv_span_str(uses->v[i].text), args = rv_part_2(s, ':'), arg;

		if (!rv_span_is(rv_part_1(s, ':'), module))
			continue;
		while (rv_span_next(&args, ',', &arg))
			if (rv_span_is(arg, argument))
				return true;
	}
	return false;
}

/* --- rules */

static bool on_system(const struct rv_recipe *r, struct rv_span name)
{
	if (rv_span_is(name, "bsd"))
		return strstr(r->platform.opsys, "bsd") != NULL ||
		       strcmp(r->platform.opsys, "dragonfly") == 0;
	return rv_span_is(name, r->platform.opsys);
}

static bool word_holds(const struct rv_recipe *r, const char *module, struct rv_span word)
{
	char argument[32];

	if (word.p[0] == '@')
		return on_system(r, rv_span_from(word, 1));
	if (rv_span_is(word, "-"))
		return rv_recipe_uses_plain(r, module);
	snprintf(argument, sizeof(argument), "%.*s", RV_SPAN_ARG(word));
	return rv_recipe_uses_with(r, module, argument);
}

static bool holds(const struct rv_recipe *r, const struct rule *rule)
{
	struct rv_span rest = rv_span_str(rule->when), word;

	while (rv_span_next(&rest, ' ', &word)) {
		bool no = word.p[0] == '!';

		if (word_holds(r, rule->module, no ? rv_span_from(word, 1) : word) == no)
			return false;
	}
	return true;
}

enum rv_dep_kind rv_module_kind(
    const struct rv_recipe *r, const char *module, enum rv_dep_kind none)
{
	bool build = rv_recipe_uses_with(r, module, "build");
	bool both = rv_recipe_uses_with(r, module, "buildrun");
	bool run = rv_recipe_uses_with(r, module, "run");

	if (both || (build && run))
		return RV_DEP_BUILDRUN;
	return build ? RV_DEP_BUILD : run ? RV_DEP_RUN : none;
}

static void need_library(struct rv_recipe *r, const char *module, const char *name)
{
	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", name));
	if (!rv_recipe_uses_with(r, module, "build"))
		rv_recipe_need(r, RV_DEP_BUILDRUN, rv_arena_fmt(&r->arena, "%s:primary:std", name));
}

static void need_tool(struct rv_recipe *r, const char *module, const char *what)
{
	if (rv_recipe_uses_plain(r, module) || rv_recipe_uses_with(r, module, "build"))
		rv_recipe_need(r, RV_DEP_BUILD, what);
	else if (rv_recipe_uses_with(r, module, "buildrun"))
		rv_recipe_need(r, RV_DEP_BUILDRUN, what);
	else if (rv_recipe_uses_with(r, module, "run"))
		rv_recipe_need(r, RV_DEP_RUN, what);
}

static void need_named(struct rv_recipe *r, const char *module, const char *what)
{
	bool used;
	const char *argument = find_use(r, module, &used);

	if (argument)
		rv_recipe_exrun(r, argument, what);
}

static void apply(struct rv_recipe *r, const struct rule *rule, const struct rv_defaults *d)
{
	if ((rule->module && !rv_recipe_uses(r, rule->module)) || !holds(r, rule))
		return;
	switch (rule->verb) {
	case BUILD:
		rv_recipe_need(r, RV_DEP_BUILD, rule->what);
		break;
	case BUILDRUN:
		rv_recipe_need(r, RV_DEP_BUILDRUN, rule->what);
		break;
	case RUN:
		rv_recipe_need(r, RV_DEP_RUN, rule->what);
		break;
	case LIBRARY:
		need_library(r, rule->module, rule->what);
		break;
	case TOOL:
		need_tool(r, rule->module, rule->what);
		break;
	case BY_WORDS:
		rv_recipe_need(r, rv_module_kind(r, rule->module, RV_DEP_BUILD), rule->what);
		break;
	case EXRUN_NAMED:
		need_named(r, rule->module, rule->what);
		break;
	case EXRUN:
		rv_vec_each (&r->subpackages, s)
			if (rv_recipe_uses_with(r, rule->module, s->name))
				rv_recipe_exrun(r, s->name, rule->what);
		break;
	case CALL:
		rule->fn(r, d);
		break;
	}
}

/* --- what is no row */

/* An index of info pages is kept by a program of a package of its own. */
static void need_info(struct rv_recipe *r, const struct rv_defaults *d)
{
	const struct rv_items *info = rv_recipe_list(r, RV_KEY_INFO);

	(void)d;
	for (size_t i = 0; i < info->n && !r->platform.host_compiler; i++) {
		struct rv_span s = rv_part_1(rv_span_str(info->v[i].text), ':');

		rv_recipe_exrun(r, rv_arena_strndup(&r->arena, s.p, s.n), "indexinfo:single:std");
	}
}

static void need_fonts(struct rv_recipe *r, const struct rv_defaults *d)
{
	(void)d;
	if (rv_recipe_uses(r, "fontconfig"))
		need_library(r, "fontconfig", "fontconfig");
}

/* Where the system's own libraries lack what programs of our compiler need. */
static void need_prime_libs(struct rv_recipe *r, const struct rv_defaults *d)
{
	(void)d;
	rv_recipe_find_prime(r);
	if (r->subpackages.n && !rv_subpackage_is_side(r->subpackages.v[r->prime].name))
		rv_recipe_exrun(r, r->subpackages.v[r->prime].name, "ravensys-gcc:libs:std");
}

static const char *cause_of(struct rv_recipe *r, const struct rule *rule)
{
	if (rule->module)
		return rv_arena_fmt(&r->arena, "USES=%s", rule->module);
	return rule->fn == rv_recipe_components ? "components" : "INFO";
}

void rv_recipe_modules(struct rv_recipe *r, const struct rv_defaults *d)
{
	for (size_t i = 0; i < RV_COUNT(rules); i++) {
		if (rules[i].module && !rv_recipe_uses(r, rules[i].module))
			continue;
		r->cause = cause_of(r, &rules[i]);
		apply(r, &rules[i], d);
	}
	r->cause = NULL;
	if (r->platform.host_compiler || r->platform.genesis)
		return;
	for (size_t i = 0; i < RV_COUNT(compiler_rules); i++)
		apply(r, &compiler_rules[i], d);
}
