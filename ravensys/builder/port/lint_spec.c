/* SPDX-License-Identifier: ISC */
/* Rules about what a specification says. */
#include <stdio.h>

#include "codec/digest.h"
#include "port/check.h"
#include "port/lint_rules.h"

/* --- what the reader found */

int rv_lint_reader(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	rv_vec_each (&l->problems.list, p)
		if (strcmp(rv_problem_class_name(p->class), l->rule->id) == 0)
			rv_lint_say(l, p->file, p->line, "%s", p->text);
	return 0;
}

/* --- definitions */

struct def {
	struct rv_span name, line;
	unsigned number;
	bool used;
};

struct defs {
	rv_vec(struct def) list;
	struct rv_map by_name;	      /* made when the list is whole */
	rv_vec(struct rv_span) queue; /* lines of definitions that are used, to be looked at */
};

/* The name between ${ and : or }. */
static bool next_reference(struct rv_span *rest, struct rv_span *name)
{
	size_t at = rv_span_find_span(*rest, RV_SPAN_LIT("${")), end = 0;

	if (at == rest->n)
		return false;
	*rest = rv_span_from(*rest, at + 2);
	while (end < rest->n && rest->p[end] != ':' && rest->p[end] != '}' && rest->p[end] != '$')
		end++;
	*name = rv_span_sub(*rest, 0, end);
	return true;
}

static void use_names(struct defs *defs, struct rv_span line)
{
	struct rv_span name;

	while (next_reference(&line, &name)) {
		struct def *d = rv_map_get(&defs->by_name, name);

		if (!d || d->used)
			continue;
		d->used = true;
		rv_vec_push(&defs->queue, d->line);
	}
}

static bool lex_def(struct rv_span line, struct rv_span *name)
{
	struct rv_line l = rv_lex(line, RV_BEFORE_NONE);

	*name = l.index;
	return l.class == RV_LINE_ARRAY && rv_span_is(l.key, "DEF");
}

/* The lines that continue the one before *rest, and what is empty between; taken off *rest. */
static struct rv_span take_more(struct rv_span *rest)
{
	const char *from = rest->p;
	struct rv_span after = *rest, line;

	while (rv_span_next(&after, '\n', &line)) {
		enum rv_line_class class = rv_lex(line, RV_BEFORE_KEY).class;

		if (class == RV_LINE_MORE)
			*rest = after;
		else if (class != RV_LINE_EMPTY)
			break;
	}
	return rv_span(from, (size_t)(rest->p - from));
}

static void take_defs(struct rv_span text, struct defs *out)
{
	struct rv_span line, name;

	for (unsigned n = 1; rv_span_next(&text, '\n', &line); n++) {
		struct def d = {.name = RV_SPAN_NULL, .line = line, .number = n};
		struct rv_span more;

		if (!lex_def(line, &name))
			continue;
		more = take_more(&text);
		d.name = name;
		d.line.n += more.n ? 1 + more.n : 0;
		for (size_t i = 0; i < more.n; i++)
			n += more.p[i] == '\n';
		n += more.n && more.p[more.n - 1] != '\n';
		rv_vec_push(&out->list, d);
	}
	rv_vec_each (&out->list, d) {
		struct def *other = rv_map_get(&out->by_name, d->name);

		if (other)
			d->used = other->used = true;
		else
			rv_map_put(&out->by_name, d->name, d);
	}
}

/*
 * A definition is used when another line leads to it, be it a comment that keeps lines for later.
 * Two of one name are a fault, and left to the reader.
 */
void rv_lint_unused_defs(struct rv_span text, struct rv_arena *arena, struct rv_items *out)
{
	struct defs defs = {.by_name = RV_MAP_INIT};
	struct rv_span rest = text, line, name;

	take_defs(text, &defs);
	while (defs.list.n && rv_span_next(&rest, '\n', &line))
		if (lex_def(line, &name))
			take_more(&rest);
		else
			use_names(&defs, line);
	for (size_t i = 0; i < defs.queue.n; i++)
		use_names(&defs, defs.queue.v[i]);
	rv_vec_each (&defs.list, d)
		if (!d->used)
			rv_items_push(
			    out, rv_arena_strndup(arena, d->name.p, d->name.n), d->number);
	rv_vec_release(&defs.list);
	rv_vec_release(&defs.queue);
	rv_map_release(&defs.by_name);
}

int rv_lint_def_unused(struct rv_lint *l, struct rv_error *err)
{
	struct rv_items unused = {0};

	(void)err;
	rv_lint_unused_defs(l->specification.text, &l->arena, &unused);
	rv_vec_each (&unused, d)
		rv_lint_say(l, RV_SPECIFICATION, d->line, "nothing uses DEF[%s]", d->text);
	rv_vec_release(&unused);
	return 0;
}

/* --- addresses */

int rv_lint_homepage_http(struct rv_lint *l, struct rv_error *err)
{
	const struct rv_items *home = rv_port_list(l->port, RV_KEY_HOMEPAGE);

	(void)err;
	if (home->n && rv_span_starts(rv_span_str(home->v[0].text), RV_SPAN_LIT("http://")))
		rv_lint_say(l, RV_SPECIFICATION, home->v[0].line,
		    "HOMEPAGE: %s is not https: use https, or none when the project has no such "
		    "page",
		    home->v[0].text);
	return 0;
}

typedef void site_fn(struct rv_lint *l, const char *group, const struct rv_item *site);

static void each_site(struct rv_lint *l, site_fn *look)
{
	const struct rv_entries *sites = &l->port->keys[RV_KEY_SITES];

	for (size_t i = 0; i < sites->n; i++)
		for (size_t j = 0; j < sites->v[i].items.n; j++)
			look(l, sites->v[i].index, &sites->v[i].items.v[j]);
}

static bool is_address(struct rv_span s)
{
	return rv_span_find_span(s, RV_SPAN_LIT("://")) < s.n;
}

/* What stands before the first slash or colon. */
static struct rv_span macro_of(struct rv_span site)
{
	size_t slash = rv_span_find(site, '/'), colon = rv_span_find(site, ':');

	return rv_span_sub(site, 0, slash < colon ? slash : colon);
}

static void look_unknown(struct rv_lint *l, const char *group, const struct rv_item *site)
{
	struct rv_span s = rv_span_str(site->text), macro = macro_of(s);
	const char *near;

	if (is_address(s) || rv_words_have(RV_WORDS_SITES, macro) || rv_span_is(s, "none"))
		return;
	near = rv_words_near(RV_WORDS_SITES, macro);
	rv_lint_say(l, RV_SPECIFICATION, site->line,
	    "SITES[%s]: '%.*s' is neither an address nor a known macro%s%s%s", group,
	    RV_SPAN_ARG(macro), near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

int rv_lint_site_unknown(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	each_site(l, look_unknown);
	return 0;
}

/* Macros and hosts of services that were shut down. */
static const char *const dead_macros[] = {"GHC", "GITHUB_CLOUD"};
static const char *const dead_hosts[] = {"alioth.debian.org", "berlios.de", "bintray.com",
    "cloud.github.com", "code.google.com", "codehaus.org", "codeplex.com", "fedorahosted.org",
    "freecode.com", "freshmeat.net", "ftp.cpan.org", "gitorious.org", "gna.org", "googlecode.com",
    "java.net", "ohloh.net", "pypi.python.org", "rubyforge.org", "search.cpan.org", "tigris.org"};

static struct rv_span host_of(struct rv_span address)
{
	size_t at = rv_span_find_span(address, RV_SPAN_LIT("://"));
	struct rv_span rest = rv_span_from(address, at + 3);
	size_t slash = rv_span_find(rest, '/'), colon = rv_span_find(rest, ':');

	return rv_span_sub(rest, 0, slash < colon ? slash : colon);
}

static bool is_host_of(struct rv_span host, const char *domain)
{
	struct rv_span d = rv_span_str(domain);

	return rv_span_ends(host, d) && (host.n == d.n || host.p[host.n - d.n - 1] == '.');
}

static void look_dead(struct rv_lint *l, const char *group, const struct rv_item *site)
{
	struct rv_span s = rv_span_str(site->text), host = host_of(s);

	for (size_t i = 0; i < RV_COUNT(dead_macros) && !is_address(s); i++)
		if (rv_span_is(macro_of(s), dead_macros[i]))
			rv_lint_say(l, RV_SPECIFICATION, site->line,
			    "SITES[%s]: the service behind %s was shut down", group,
			    dead_macros[i]);
	for (size_t i = 0; i < RV_COUNT(dead_hosts) && is_address(s); i++)
		if (is_host_of(host, dead_hosts[i]))
			rv_lint_say(l, RV_SPECIFICATION, site->line, "SITES[%s]: %s was shut down",
			    group, dead_hosts[i]);
}

int rv_lint_site_dead(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	each_site(l, look_dead);
	return 0;
}

/* --- where it is */

static struct rv_span last_part(struct rv_span *path)
{
	size_t slash;
	struct rv_span part;

	while (path->n && path->p[path->n - 1] == '/')
		path->n--;
	slash = rv_span_rfind(*path, '/');
	part = slash < path->n ? rv_span_from(*path, slash + 1) : *path;
	*path = rv_span_sub(*path, 0, slash < path->n ? slash : 0);
	return part;
}

/* Only where the path has both names; a working copy elsewhere may be called as one likes. */
int rv_lint_place(struct rv_lint *l, struct rv_error *err)
{
	struct rv_span path = rv_span_str(l->path), folder = last_part(&path),
		       bucket = last_part(&path);
	char wanted[16] = "bucket_";

	(void)err;
	if (!rv_span_starts(bucket, RV_SPAN_LIT("bucket_")))
		return 0;
	rv_bucket_of(rv_span_str(l->port->namebase), wanted + 7);
	if (!rv_span_is(folder, l->port->namebase) || !rv_span_is(bucket, wanted))
		rv_lint_say(l, RV_SPECIFICATION, l->port->keys[RV_KEY_NAMEBASE].v[0].line,
		    "the folder of %s is %s/%s, not %.*s/%.*s", l->port->namebase, wanted,
		    l->port->namebase, RV_SPAN_ARG(bucket), RV_SPAN_ARG(folder));
	return 0;
}
