/* SPDX-License-Identifier: ISC */
/*
 * Modules that choose between the branches of a language or server: the one that an argument names,
 * else the profile's or the mk folder's. No branch is known here by name.
 */
#include "port/check.h"
#include "port/make.h"

const char *rv_default_of(const struct rv_defaults *d, enum rv_family family)
{
	const char *const said[RV_FAMILY_COUNT] = {[RV_FAMILY_LUA] = d ? d->lua : NULL,
	    [RV_FAMILY_PERL] = d ? d->perl : NULL,
	    [RV_FAMILY_PYTHON] = d ? d->python3 : NULL,
	    [RV_FAMILY_RUBY] = d ? d->ruby : NULL,
	    [RV_FAMILY_PHP] = d ? d->php : NULL,
	    [RV_FAMILY_TCL] = d ? d->tcl : NULL,
	    [RV_FAMILY_PGSQL] = d ? d->pgsql : NULL,
	    [RV_FAMILY_MYSQL] = d ? d->mysql : NULL,
	    [RV_FAMILY_SSL] = d ? d->ssl : NULL};

	if (said[family])
		return said[family];
	return d && d->mk && d->mk->chosen[family] ? d->mk->chosen[family] : "";
}

/* "oracle-8.0" is mysql80, "innovation" mysql, "mariadb-11.4" mariadb114, its latest mariadb. */
const char *rv_default_mysql_port(struct rv_recipe *r, const struct rv_defaults *d)
{
	struct rv_span group = rv_span_str(rv_default_of(d, RV_FAMILY_MYSQL));
	struct rv_span maker = rv_part_1(group, '-'), version = rv_part_2(group, '-');
	const char *name = rv_span_is(maker, "mariadb") ? "mariadb" : "mysql";
	const char *digits =
	    rv_without_dots(&r->arena, rv_arena_strndup(&r->arena, version.p, version.n));

	return strcmp(digits, "latest") == 0 ? name : rv_arena_fmt(&r->arena, "%s%s", name, digits);
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

/* "v13" is python's way to say 3.13, "v33" ruby's to say 3.3; others say it with or without dots. */
static bool argument_names(
    const struct rv_recipe *r, const char *module, enum rv_family family, const char *branch)
{
	const struct rv_items *uses = rv_recipe_list(r, RV_KEY_USES);
	struct rv_span minor = rv_part_2(rv_span_str(branch), '.');

	for (size_t i = 0; i < uses->n; i++) {
		struct rv_span s = rv_span_str(uses->v[i].text), args = rv_part_2(s, ':'), arg;

		if (!rv_span_is(rv_part_1(s, ':'), module))
			continue;
		while (rv_span_next(&args, ',', &arg)) {
			bool v = arg.n > 1 && arg.p[0] == 'v';

			if (family == RV_FAMILY_PYTHON && v &&
			    rv_span_eq(rv_span_from(arg, 1), minor))
				return true;
			if (family != RV_FAMILY_PYTHON &&
			    rv_branch_is(branch, v ? rv_span_from(arg, 1) : arg))
				return true;
		}
	}
	return false;
}

const char *rv_module_branch(const struct rv_recipe *r, const char *module,
    const struct rv_defaults *d, enum rv_family family)
{
	const struct rv_branches *b = d && d->mk ? &d->mk->branches[family] : NULL;

	for (size_t i = 0; b && i < b->n; i++)
		if (argument_names(r, module, family, b->v[i]))
			return b->v[i];
	return NULL;
}

static const char *branch_or_default(const struct rv_recipe *r, const char *module,
    const struct rv_defaults *d, enum rv_family family)
{
	const char *branch = rv_module_branch(r, module, d, family);

	return branch ? branch : rv_default_of(d, family);
}

void rv_module_lua(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *version = branch_or_default(r, "lua", d, RV_FAMILY_LUA);
	const char *port = rv_arena_fmt(&r->arena, "lua%s", rv_without_dots(&r->arena, version));
	enum rv_dep_kind kind = rv_recipe_uses_plain(r, "lua")
				    ? RV_DEP_BUILD
				    : rv_module_kind(r, "lua", RV_DEP_BUILDRUN);

	if (kind != RV_DEP_RUN)
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:primary:std", port));
	if (rv_recipe_uses_with(r, "lua", "tools"))
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:tools:std", port));
	r->used_lua = port;
}

void rv_module_perl(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *version = branch_or_default(r, "perl", d, RV_FAMILY_PERL);
	const char *suffix = rv_without_dots(&r->arena, version);
	bool mod = rv_recipe_uses_with(r, "perl", "buildmod");
	bool tiny = rv_recipe_uses_with(r, "perl", "buildmodtiny");
	bool run = rv_recipe_uses_with(r, "perl", "run");
	bool build = rv_recipe_uses_with(r, "perl", "build") || mod || tiny;
	enum rv_dep_kind kind = RV_DEP_BUILDRUN;

	if (!rv_recipe_uses_with(r, "perl", "configure") && build != run)
		kind = build ? RV_DEP_BUILD : RV_DEP_RUN;
	rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "perl-%s:primary:std", version));
	if (mod && strcmp(r->namebase, "perl-Module-Build") != 0)
		rv_recipe_need(r, RV_DEP_BUILD,
		    rv_arena_fmt(&r->arena, "perl-Module-Build:single:%s", suffix));
	else if (!mod && tiny && strcmp(r->namebase, "perl-Module-Build-Tiny") != 0)
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

const char *rv_python_variant(struct rv_recipe *r, const char *branch)
{
	struct rv_span minor = rv_part_2(rv_span_str(branch), '.');

	return rv_arena_fmt(&r->arena, "v%.*s", RV_SPAN_ARG(minor));
}

void rv_module_python(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *version = branch_or_default(r, "python", d, RV_FAMILY_PYTHON);
	const char *port = rv_arena_fmt(&r->arena, "python%s", rv_without_dots(&r->arena, version));
	enum rv_dep_kind kind =
	    rv_recipe_uses_with(r, "python", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN;

	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:primary:std", port));
	if (rv_recipe_uses_with(r, "python", "sqlite"))
		rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:sqlite:std", port));
	r->used_python = rv_python_variant(r, version);
	need_python_tools(r, r->used_python);
	rv_recipe_need(r, RV_DEP_BUILD, "autoselect-python:single:std");
}

/*
 * A recipe that names no branch gets the oldest one, unless the profile says another: so does the
 * original, and build orders would differ.
 */
void rv_module_ruby(struct rv_recipe *r, const struct rv_defaults *d)
{
	const struct rv_branches *b = d && d->mk ? &d->mk->branches[RV_FAMILY_RUBY] : NULL;
	const char *named = rv_module_branch(r, "ruby", d, RV_FAMILY_RUBY);
	const char *oldest = b && b->n ? b->v[0] : rv_default_of(d, RV_FAMILY_RUBY);
	const char *version = rv_without_dots(&r->arena, named		? named
							 : d && d->ruby ? d->ruby
									: oldest);

	if (rv_recipe_uses_with(r, "ruby", "interp"))
		return;
	rv_recipe_need(r, rv_recipe_uses_with(r, "ruby", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN,
	    rv_arena_fmt(&r->arena, "ruby%s:primary:std", version));
	r->used_ruby = rv_arena_fmt(&r->arena, "v%s", version);
}

void rv_module_gem(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *version =
	    rv_without_dots(&r->arena, branch_or_default(r, "gem", d, RV_FAMILY_RUBY));

	rv_recipe_need(
	    r, RV_DEP_BUILDRUN, rv_arena_fmt(&r->arena, "ruby-rubygems:single:v%s", version));
}

void rv_module_php(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *version =
	    rv_without_dots(&r->arena, branch_or_default(r, "php", d, RV_FAMILY_PHP));
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

void rv_module_tcl(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *version =
	    rv_without_dots(&r->arena, branch_or_default(r, "tcl", d, RV_FAMILY_TCL));
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

void rv_module_ssl(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *port = branch_or_default(r, "ssl", d, RV_FAMILY_SSL);
	enum rv_dep_kind kind = rv_module_kind(r, "ssl", RV_DEP_BUILDRUN);

	if (kind != RV_DEP_RUN)
		rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	if (kind != RV_DEP_BUILD)
		rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:primary:std", port));
}

void rv_module_mysql(struct rv_recipe *r, const struct rv_defaults *d)
{
	const char *port = rv_default_mysql_port(r, d);
	enum rv_dep_kind kind =
	    rv_recipe_uses_with(r, "mysql", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN;

	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:client:std", port));
	if (rv_recipe_uses_with(r, "mysql", "server"))
		rv_recipe_need(r, kind, rv_arena_fmt(&r->arena, "%s:server:std", port));
}

void rv_module_pgsql(struct rv_recipe *r, const struct rv_defaults *d)
{
	static const char *const parts[] = {
	    "server", "plperl", "plpython", "pltcl", "contrib", "client"};
	const char *port =
	    rv_arena_fmt(&r->arena, "postgresql%s", rv_default_of(d, RV_FAMILY_PGSQL));
	enum rv_dep_kind kind =
	    rv_recipe_uses_with(r, "pgsql", "build") ? RV_DEP_BUILD : RV_DEP_BUILDRUN;
	bool server = rv_recipe_uses_with(r, "pgsql", "server");
	bool plain = rv_recipe_uses_plain(r, "pgsql");

	rv_recipe_need(r, RV_DEP_BUILD, rv_arena_fmt(&r->arena, "%s:dev:std", port));
	if (plain || rv_recipe_uses_with(r, "pgsql", "all")) {
		rv_recipe_need(
		    r, kind, rv_arena_fmt(&r->arena, "%s:%s:std", port, plain ? "client" : "set"));
		return;
	}
	/* the server's package has the client */
	for (size_t i = 0; i < RV_COUNT(parts) - server; i++)
		if (rv_recipe_uses_with(r, "pgsql", parts[i]))
			rv_recipe_need(
			    r, kind, rv_arena_fmt(&r->arena, "%s:%s:std", port, parts[i]));
}
