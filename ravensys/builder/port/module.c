/* SPDX-License-Identifier: ISC */
/*
 * What the modules of USES add: one row for each dependency of a module. Where a module chooses
 * between versions, a function does it. Conditions of a row, separated by spaces, all must hold:
 * "word" the argument is given, "!word" it is not, "-" no argument at all, "@SYSTEM" and "!@SYSTEM"
 * the system ("@bsd" any BSD).
 */
#include <stdio.h>

#include "port/check.h"
#include "port/make.h"

enum verb {
	BUILD,
	BUILDRUN,
	RUN,
	LIBRARY, /* NAME:dev to build; NAME:primary to build and run, but with the argument build */
	TOOL,	 /* to build; with the arguments buildrun or run as they say */
	EXRUN,	 /* for the subpackages that are the module's arguments */
};

struct rule {
	const char *module, *when;
	enum verb verb;
	const char *what;
};

static const struct rule rules[] = {
    {"autoreconf", "", BUILD, "autoconf:primary:std"},
    {"autoreconf", "", BUILD, "automake:primary:std"},
    {"autoreconf", "!build", BUILD, "libtool:primary:std"},
    {"bdb", "18", LIBRARY, "db18"},
    {"bdb", "!18", LIBRARY, "db5"},
    {"bison", "", TOOL, "bison:primary:std"},
    {"bsd", "epoll @bsd", LIBRARY, "libepoll-shim"},
    {"bsd", "inotify @bsd", LIBRARY, "libinotify"},
    {"bsd", "udev @bsd", LIBRARY, "libudev-devd"},
    {"bsd", "gudev @bsd", LIBRARY, "libgudev-devd"},
    {"bsd", "udev @sunos", LIBRARY, "libudev-devd"},
    {"bsd", "gudev @sunos", LIBRARY, "libgudev-devd"},
    {"bsd", "gudev !@bsd !@sunos", LIBRARY, "libgudev"},
    {"bz2", "", LIBRARY, "bzip2"},
    {"cargo", "", BUILD, "rust:single:std"},
    {"clang", "", BUILD, "clang:set:std"},
    {"cmake", "run", BUILDRUN, "cmake:primary:std"},
    {"cmake", "!run", BUILD, "cmake:primary:std"},
    {"cran", "", BUILD, "R:primary:std"},
    {"cran", "", BUILD, "icu:dev:std"},
    {"cran", "", BUILD, "R:docs:std"},
    {"cran", "", RUN, "R:primary:std"},
    {"cran", "", RUN, "R:nls:std"},
    {"curl", "", LIBRARY, "curl"},
    {"desktop-utils", "", BUILD, "desktop-file-utils:primary:std"},
    {"desktop-utils", "", EXRUN, "desktop-file-utils:primary:std"},
    {"display", "", BUILD, "xorg-server:single:virtual"},
    {"display", "", BUILD, "xorg-misc-bitmap-fonts:single:std"},
    {"display", "", BUILD, "xorg-font-alias:single:std"},
    {"display", "", BUILD, "daemonize:primary:std"},
    {"execinfo", "!@darwin", LIBRARY, "libexecinfo"},
    {"expat", "", LIBRARY, "expat"},
    {"fontconfig", "", LIBRARY, "fontconfig"},
    {"fonts", "-", BUILDRUN, "xorg-mkfontscale:primary:std"},
    {"fonts", "fontsdir", BUILDRUN, "xorg-mkfontscale:primary:std"},
    {"freetype", "", LIBRARY, "freetype"},
    {"gettext", "@linux", BUILD, "gettext:aclocal:std"},
    {"gettext", "!@linux", BUILD, "gettext:dev:std"},
    {"gettext", "", BUILD, "gettext:bldtools:std"},
    {"gettext", "", BUILD, "gettext:tools:std"},
    {"gettext", "asprintf", BUILD, "gettext:asprintfdev:std"},
    {"gettext", "asprintf", BUILDRUN, "gettext:asprintf:std"},
    {"gettext", "!build", BUILD, "gettext:solinks:std"},
    {"gettext", "!build !@linux", BUILDRUN, "gettext:primary:std"},
    {"gif", "", LIBRARY, "giflib"},
    {"gmake", "", BUILD, "gmake:primary:std"},
    {"gnome-icons", "", EXRUN, "gtk3:icon_cache:std"},
    {"gprbuild", "", TOOL, "gprbuild:primary:std"},
    {"gtk-doc", "", BUILD, "gtk-doc:single:std"},
    {"iconv", "!@linux", LIBRARY, "libiconv"},
    {"iconv", "standalone @linux", LIBRARY, "libiconv"},
    {"jpeg", "", LIBRARY, "jpeg-turbo"},
    {"libtool", "build", BUILD, "libtool:primary:std"},
    {"lz4", "", LIBRARY, "lz4"},
    {"lzo", "", LIBRARY, "lzo"},
    {"makeinfo", "", BUILD, "texinfo:primary:std"},
    {"mesa", "", LIBRARY, "mesa"},
    {"meson", "", BUILD, "meson:single:python_used"},
    {"mime-info", "", EXRUN, "shared-mime-info:primary:std"},
    {"mold", "@linux", BUILD, "mold:primary:std"},
    {"ncurses", "", LIBRARY, "ncurses"},
    {"ncurses", "", BUILDRUN, "ncurses:terminfo:std"},
    {"ninja", "", BUILD, "python-ninja:single:python_used"},
    {"pcre", "", LIBRARY, "pcre"},
    {"pcre2", "", LIBRARY, "pcre2"},
    {"pkgconfig", "", TOOL, "pkgconf:primary:std"},
    {"png", "", LIBRARY, "png"},
    {"readline", "", LIBRARY, "readline"},
    {"schemas", "", EXRUN, "glib:primary:std"},
    {"scons", "", BUILD, "scons:single:std"},
    {"sqlite", "", LIBRARY, "sqlite"},
    {"tiff", "", LIBRARY, "tiff"},
    {"xz", "", LIBRARY, "xz"},
    {"zlib", "", LIBRARY, "zlib"},
    {"zstd", "", LIBRARY, "zstd"},
};

/* Packages of the self-contained compiler that programs of a language need to run. */
static const struct rule compiler_rules[] = {
    {"ada", "", EXRUN, "ravensys-gcc:ada_run:std"},
    {"ada", "", EXRUN, "ravensys-gcc:libs:std"},
    {"c++", "", EXRUN, "ravensys-gcc:cxx_run:std"},
    {"c++", "", EXRUN, "ravensys-gcc:libs:std"},
    {"fortran", "", EXRUN, "ravensys-gcc:fortran_run:std"},
    {"fortran", "", EXRUN, "ravensys-gcc:libs:std"},
    {"cclibs", "", EXRUN, "ravensys-gcc:libs:std"},
    {"compiler", "", EXRUN, "ravensys-gcc:libs:std"},
    {"compiler", "", EXRUN, "ravensys-gcc:ada_run:std"},
    {"compiler", "", EXRUN, "ravensys-gcc:cxx_run:std"},
    {"compiler", "", EXRUN, "ravensys-gcc:fortran_run:std"},
    {"compiler", "", EXRUN, "ravensys-gcc:infopages:std"},
    {"compiler", "", EXRUN, "ravensys-gcc:compilers:std"},
    {"compiler", "", EXRUN, "ravensys-gcc:set:std"},
    {"compiler", "", EXRUN, "ravensys-binutils:single:std"},
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

static bool uses_plain(const struct rv_recipe *r, const char *module)
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
		return uses_plain(r, module);
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

/* Build, run or both, by the arguments of the module. */
static enum rv_dep_kind kind_by_arguments(
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

static void apply(struct rv_recipe *r, const struct rule *rule)
{
	if (!rv_recipe_uses(r, rule->module) || !holds(r, rule))
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
		rv_recipe_need(r, kind_by_arguments(r, rule->module, RV_DEP_BUILD), rule->what);
		break;
	case EXRUN:
		rv_vec_each (&r->subpackages, s)
			if (rv_recipe_uses_with(r, rule->module, s->name))
				rv_recipe_exrun(r, s->name, rule->what);
		break;
	}
}

/* --- defaults */

const char *rv_default_of(const struct rv_defaults *d, enum rv_default what)
{
	static const char *const ours[] = {
	    "5.4", "5.40", "3.13", "3.4", "8.4", "8.6", "17", "oracle-8.0", "libressl"};
	const char *const said[] = {d ? d->lua : NULL, d ? d->perl : NULL, d ? d->python3 : NULL,
	    d ? d->ruby : NULL, d ? d->php : NULL, d ? d->tcl : NULL, d ? d->pgsql : NULL,
	    d ? d->mysql : NULL, d ? d->ssl : NULL};

	return said[what] ? said[what] : ours[what];
}

const char *rv_default_mysql_port(const struct rv_defaults *d)
{
	static const char *const names[][2] = {{"innovation", "mysql"}, {"oracle-8.4", "mysql84"},
	    {"mariadb-10.6", "mariadb106"}, {"mariadb-10.11", "mariadb1011"},
	    {"mariadb-11.4", "mariadb114"}, {"mariadb-11.8", "mariadb118"},
	    {"mariadb-latest", "mariadb"}};
	const char *group = rv_default_of(d, RV_DEFAULT_MYSQL);

	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (strcmp(group, names[i][0]) == 0)
			return names[i][1];
	return "mysql80";
}

const char *rv_without_dots(struct rv_arena *arena, const char *version)
{
	char *out = rv_arena_strdup(arena, version), *to = out;

	for (const char *c = version; *c; c++)
		if (*c != '.')
			*to++ = *c;
	*to = '\0';
	return out;
}

/* --- modules that choose a version */

/* The first of the words that is an argument of the module, else the fallback. */
static const char *choose(
    const struct rv_recipe *r, const char *module, const char *const *words, const char *fallback)
{
	for (; *words; words++)
		if (rv_recipe_uses_with(r, module, *words))
			return *words;
	return fallback;
}

static void use_lua(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const versions[] = {"5.2", "5.3", "5.4", "5.5", NULL};
	const char *version = choose(r, "lua", versions, rv_default_of(d, RV_DEFAULT_LUA));
	const char *port = rv_arena_fmt(&r->arena, "lua%s", rv_without_dots(&r->arena, version));
	enum rv_dep_kind kind =
	    uses_plain(r, "lua") ? RV_DEP_BUILD : kind_by_arguments(r, "lua", RV_DEP_BUILDRUN);

	if (kind != RV_DEP_RUN)
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:primary:std", port));
	if (rv_recipe_uses_with(r, "lua", "tools"))
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:tools:std", port));
	r->used_lua = port;
}

static void use_perl(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const suffixes[] = {"540", "542", NULL};
	const char *version = rv_default_of(d, RV_DEFAULT_PERL);
	const char *suffix = choose(r, "perl", suffixes, rv_without_dots(&r->arena, version));
	bool mod = rv_recipe_uses_with(r, "perl", "buildmod");
	bool tiny = rv_recipe_uses_with(r, "perl", "buildmodtiny");
	bool run = rv_recipe_uses_with(r, "perl", "run");
	bool build = rv_recipe_uses_with(r, "perl", "build") || mod || tiny;
	enum rv_dep_kind kind = RV_DEP_BUILDRUN;

	if (!rv_recipe_uses_with(r, "perl", "configure") && build != run)
		kind = build ? RV_DEP_BUILD : RV_DEP_RUN;
	rv_recipe_need(
	    r, kind, rv_arena_fmt(&r->arena, "perl-%c.%s:primary:std", suffix[0], suffix + 1));
	if (mod && strcmp(r->namebase, "perl-Module-Build") != 0)
		rv_recipe_need(r, RV_DEP_BUILD,
		    rv_arena_fmt(&r->arena, "perl-Module-Build:single:%s", suffix));
	else if (tiny && strcmp(r->namebase, "perl-Module-Build-Tiny") != 0)
		rv_recipe_need(r, RV_DEP_BUILD,
		    rv_arena_fmt(&r->arena, "perl-Module-Build-Tiny:single:%s", suffix));
	r->used_perl = suffix;
}

static void need_python_tools(struct rv_recipe *r, const char *variant)
{
	static const char *const tools[] = {"pip", "setuptools", "wheel", "build", "installer"};
	bool all = rv_recipe_uses_with(r, "python", "pep517");
	bool wheel = !all && rv_recipe_uses_with(r, "python", "wheel");
	bool setup = !all && !wheel && rv_recipe_uses_with(r, "python", "sutools");

	for (size_t i = 0; i < RV_COUNT(tools); i++)
		if (all || (i == 0 && wheel) || (i == 1 && setup))
			rv_recipe_need(r, RV_DEP_BUILD,
			    rv_arena_fmt(&r->arena, "python-%s:single:%s", tools[i], variant));
}

static void use_python(struct rv_recipe *r)
{
	bool newer = rv_recipe_uses_with(r, "python", "v14");
	const char *port = newer ? "python314" : "python313";
	enum rv_dep_kind kind =
	    rv_recipe_uses_with(r, "python", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN;

	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:primary:std", port));
	if (rv_recipe_uses_with(r, "python", "sqlite"))
		rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:sqlite:std", port));
	r->used_python = newer ? "v14" : "v13";
	need_python_tools(r, r->used_python);
	rv_recipe_need(r, RV_DEP_BUILD, "autoselect-python:single:std");
}

static void use_ruby(struct rv_recipe *r)
{
	static const char *const versions[] = {"v40", "v34", NULL};
	const char *version = choose(r, "ruby", versions, "v33");

	if (rv_recipe_uses_with(r, "ruby", "interp"))
		return;
	rv_recipe_need(r, rv_recipe_uses_with(r, "ruby", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN,
	    rv_arena_fmt(&r->arena, "ruby%s:primary:std", version + 1));
	r->used_ruby = version;
}

static void use_gem(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const versions[] = {"v34", "v40", "v33", NULL};
	const char *ours = rv_arena_fmt(
	    &r->arena, "v%s", rv_without_dots(&r->arena, rv_default_of(d, RV_DEFAULT_RUBY)));

	rv_recipe_need(r, RV_DEP_BUILDRUN,
	    rv_arena_fmt(&r->arena, "ruby-rubygems:single:%s", choose(r, "gem", versions, ours)));
}

static void use_php(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const versions[] = {"85", "83", "84", NULL};
	const char *version = choose(
	    r, "php", versions, rv_without_dots(&r->arena, rv_default_of(d, RV_DEFAULT_PHP)));
	bool module = rv_recipe_uses_with(r, "php", "phpize") ||
		      rv_recipe_uses_with(r, "php", "ext") || rv_recipe_uses_with(r, "php", "zend");
	bool build = module || rv_recipe_uses_with(r, "php", "build");

	rv_recipe_need(r, build ? RV_DEP_BUILDRUN : RV_DEP_RUN,
	    rv_arena_fmt(&r->arena, "php%s:primary:std", version));
	if (build)
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "php%s:dev:std", version));
	if (module)
		rv_recipe_need(r, RV_DEP_BUILD, "autoconf:primary:std");
}

static void use_tcl(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const versions[] = {"8.6", "9.0", NULL};
	const char *version = rv_without_dots(
	    &r->arena, choose(r, "tcl", versions, rv_default_of(d, RV_DEFAULT_TCL)));
	const char *port = rv_arena_fmt(
	    &r->arena, "%s%s", rv_recipe_uses_with(r, "tcl", "tk") ? "tk" : "tcl", version);
	bool build = rv_recipe_uses_with(r, "tcl", "build");
	bool run = !build && rv_recipe_uses_with(r, "tcl", "run");

	if (!run)
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r,
	    build ? RV_DEP_BUILD
	    : run ? RV_DEP_RUN
		  : RV_DEP_BUILDRUN,
	    rv_arena_fmt(&r->arena, "%s:tools:std", port));
}

static void use_ssl(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const words[] = {"openssl30", "libressl", "libressl-devel", NULL};
	const char *port = choose(r, "ssl", words, rv_default_of(d, RV_DEFAULT_SSL));
	enum rv_dep_kind kind = kind_by_arguments(r, "ssl", RV_DEP_BUILDRUN);

	if (kind != RV_DEP_RUN)
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	if (kind != RV_DEP_BUILD)
		rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:primary:std", port));
}

static void use_mysql(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *port = rv_default_mysql_port(d);
	enum rv_dep_kind kind =
	    rv_recipe_uses_with(r, "mysql", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN;

	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:client:std", port));
	if (rv_recipe_uses_with(r, "mysql", "server"))
		rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:server:std", port));
}

static void use_pgsql(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const parts[] = {"server", "plperl", "plpython", "pltcl", "contrib"};
	const char *version = rv_default_of(d, RV_DEFAULT_PGSQL);
	enum rv_dep_kind kind =
	    rv_recipe_uses_with(r, "pgsql", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN;
	bool client = uses_plain(r, "pgsql") || (rv_recipe_uses_with(r, "pgsql", "client") &&
						    !rv_recipe_uses_with(r, "pgsql", "server"));
	bool all = rv_recipe_uses_with(r, "pgsql", "all");

	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "postgresql%s:dev:std", version));
	if (all || client)
		rv_recipe_need(r, kind,
		    rv_arena_fmt(
			&r->arena, "postgresql%s:%s:std", version, all ? "set" : "client"));
	for (size_t i = 0; i < RV_COUNT(parts) && !all; i++)
		if (rv_recipe_uses_with(r, "pgsql", parts[i]))
			rv_recipe_need(r, kind,
			    rv_arena_fmt(&r->arena, "postgresql%s:%s:std", version, parts[i]));
}

void rv_recipe_modules(struct rv_recipe *r, const struct rv_defaults *d)
{
	const struct rv_items *info = rv_recipe_list(r, RV_KEY_INFO);

	r->used_python = "v13";
	for (size_t i = 0; i < RV_COUNT(rules); i++)
		apply(r, &rules[i]);
	if (rv_recipe_uses(r, "fonts") && rv_recipe_uses(r, "fontconfig"))
		need_library(r, "fonts", "fontconfig");
	for (size_t i = 0; i < RV_COUNT(compiler_rules) && !r->platform.host_compiler; i++)
		apply(r, &compiler_rules[i]);
	for (size_t i = 0; i < info->n && !r->platform.host_compiler; i++) {
		struct rv_span s = rv_part_1(rv_span_str(info->v[i].text), ':');

		rv_recipe_exrun(r, rv_arena_strndup(&r->arena, s.p, s.n), "indexinfo:single:std");
	}
	if (rv_recipe_uses(r, "lua"))
		use_lua(r, d);
	if (rv_recipe_uses(r, "perl"))
		use_perl(r, d);
	if (rv_recipe_uses(r, "ruby"))
		use_ruby(r);
	if (rv_recipe_uses(r, "gem"))
		use_gem(r, d);
	if (rv_recipe_uses(r, "php"))
		use_php(r, d);
	if (rv_recipe_uses(r, "tcl"))
		use_tcl(r, d);
	if (rv_recipe_uses(r, "ssl"))
		use_ssl(r, d);
	if (rv_recipe_uses(r, "mysql"))
		use_mysql(r, d);
	if (rv_recipe_uses(r, "pgsql"))
		use_pgsql(r, d);
	rv_recipe_components(r, d);
	if (rv_recipe_uses(r, "python"))
		use_python(r);
}
