/* SPDX-License-Identifier: ISC */
/*
 * The facts of one recipe as a blob: read, checked and, for every variant, made for the platform.
 * Nothing here is shared, so that threads may do it for many recipes at once.
 */
#include "base/alloc.h"
#include "port/check.h"
#include "port/lex.h"
#include "port/make.h"
#include "port/scan_file.h"

#define TEXT_MAX_BYTES ((size_t)64 * 1024 * 1024)

void rv_scan_maker_release(struct rv_scan_maker *m)
{
	rv_vec_release(&m->words);
	rv_vec_release(&m->text);
	rv_vec_release(&m->table);
}

/* --- texts: each once */

static uint32_t hash_of(struct rv_span s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h ^ (h >> 15);
}

static uint32_t *slot_of(struct rv_scan_maker *m, struct rv_span s)
{
	uint32_t mask = (uint32_t)m->table.n - 1, at = hash_of(s) & mask;

	for (; m->table.v[at]; at = (at + 1) & mask) {
		const char *there = m->text.v + m->table.v[at] - 1;

		if (strncmp(there, s.p, s.n) == 0 && there[s.n] == '\0')
			break;
	}
	return &m->table.v[at];
}

static void grow_table(struct rv_scan_maker *m)
{
	size_t want = m->table.n ? m->table.n * 2 : 256, at = 0;

	rv_vec_release(&m->table);
	rv_vec_reserve(&m->table, want);
	memset(m->table.v, 0, want * sizeof(*m->table.v));
	m->table.n = want;
	while (at < m->text.n) {
		struct rv_span s = rv_span_str(m->text.v + at);

		*slot_of(m, s) = (uint32_t)at + 1;
		at += s.n + 1;
	}
}

static uint32_t text_span(struct rv_scan_maker *m, struct rv_span s)
{
	uint32_t *slot;

	if ((m->n_texts + 1) * 2 > m->table.n)
		grow_table(m);
	slot = slot_of(m, s);
	if (*slot)
		return *slot - 1;
	*slot = (uint32_t)m->text.n + 1;
	rv_vec_reserve(&m->text, m->text.n + s.n + 1);
	memcpy(m->text.v + m->text.n, s.p, s.n);
	m->text.v[m->text.n + s.n] = '\0';
	m->text.n += s.n + 1;
	m->n_texts++;
	return *slot - 1;
}

static uint32_t text(struct rv_scan_maker *m, const char *s)
{
	return text_span(m, rv_span_str(s ? s : ""));
}

/* --- numbers */

/* Room for n numbers, zeroed; the place of the first. */
static uint32_t room(struct rv_scan_maker *m, size_t n)
{
	size_t at = m->words.n;

	rv_vec_reserve(&m->words, at + n);
	memset(m->words.v + at, 0, n * sizeof(*m->words.v));
	m->words.n += n;
	return (uint32_t)at;
}

static void *at_place(struct rv_scan_maker *m, uint32_t at)
{
	return m->words.v + at;
}

static struct rv_scan_raw_list put_items(struct rv_scan_maker *m, const struct rv_items *items)
{
	uint32_t at = room(m, items->n);

	for (size_t i = 0; i < items->n; i++)
		m->words.v[at + i] = text(m, items->v[i].text);
	return (struct rv_scan_raw_list){at, (uint32_t)items->n};
}

static struct rv_scan_raw_list put_deps(struct rv_scan_maker *m, const struct rv_deps *deps)
{
	uint32_t at = room(m, deps->n * RV_SCAN_WORDS(struct rv_scan_raw_dep));

	for (size_t i = 0; i < deps->n; i++) {
		struct rv_scan_raw_dep raw = {text(m, deps->v[i].namebase),
		    text(m, deps->v[i].subpackage), text(m, deps->v[i].variant), RV_SCAN_NONE};

		memcpy(m->words.v + at + i * RV_SCAN_WORDS(raw), &raw, sizeof(raw));
	}
	return (struct rv_scan_raw_list){at, (uint32_t)deps->n};
}

/* --- what the file says */

/* The file name of DISTFILE[n]. */
static const char *name_of(struct rv_arena *arena, const struct rv_port *p, const char *value)
{
	struct rv_span s = rv_span_str(value), name = rv_part_1(s, ':');
	struct rv_span group = rv_part_2(s, ':');
	const struct rv_items *sites =
	    rv_port_array(p, RV_KEY_SITES, rv_arena_strndup(arena, group.p, group.n));
	const char *made = NULL;

	if (rv_span_is(name, "generated") && sites->n)
		made = rv_site_distfile(arena, sites->v[0].text);
	return made ? made : rv_arena_strndup(arena, name.p, name.n);
}

/* Where the file of DISTFILE[n] is, at the first site of its group. */
static const char *url_of(struct rv_arena *arena, const struct rv_port *p, const char *value)
{
	struct rv_span group = rv_part_2(rv_span_str(value), ':');
	const struct rv_items *sites =
	    rv_port_array(p, RV_KEY_SITES, rv_arena_strndup(arena, group.p, group.n));
	const char *file = name_of(arena, p, value), *site;

	if (!sites->n)
		return rv_arena_fmt(arena, "missing_site_definition://%s", file);
	site = sites->v[0].text;
	if (strstr(site, "://"))
		return rv_arena_fmt(arena, "%s%s", site, file);
	return rv_arena_fmt(arena, "mirror://%s/%s", site, file);
}

static struct rv_scan_raw_list put_urls(struct rv_scan_maker *m, const struct rv_port *p)
{
	const struct rv_entries *files = &p->keys[RV_KEY_DISTFILE];
	struct rv_arena arena = RV_ARENA_INIT;
	struct rv_items urls = {0};
	struct rv_scan_raw_list list;

	for (size_t i = 0; i < files->n; i++)
		if (files->v[i].items.n)
			rv_items_push(&urls, url_of(&arena, p, files->v[i].items.v[0].text), 0);
	list = put_items(m, &urls);
	rv_vec_release(&urls);
	rv_arena_release(&arena);
	return list;
}

static bool any_is_cargo(const struct rv_items *uses)
{
	for (size_t i = 0; i < uses->n; i++)
		if (rv_span_is(rv_part_1(rv_span_str(uses->v[i].text), ':'), "cargo"))
			return true;
	return false;
}

/* On some system, or with some option. */
static bool may_use_cargo(const struct rv_port *p)
{
	bool found = any_is_cargo(rv_port_list(p, RV_KEY_USES));

	for (size_t i = 0; i < p->keys[RV_KEY_C_USES].n; i++)
		found = found || any_is_cargo(&p->keys[RV_KEY_C_USES].v[i].items);
	for (size_t i = 0; i < p->options.n; i++)
		found = found || any_is_cargo(&p->options.v[i].helpers[RV_HELPER_USES_ON]) ||
			any_is_cargo(&p->options.v[i].helpers[RV_HELPER_USES_OFF]);
	return found;
}

static struct rv_scan_raw_list put_paths(struct rv_scan_maker *m, const struct rv_port *p)
{
	const struct rv_entries *files = &p->keys[RV_KEY_DISTFILE];
	const char *subdir = rv_port_text(p, RV_KEY_DIST_SUBDIR);
	bool cargo = !subdir && may_use_cargo(p);
	struct rv_arena arena = RV_ARENA_INIT;
	struct rv_items paths = {0};
	struct rv_scan_raw_list list;

	for (size_t i = 0; i < files->n; i++) {
		const char *name;

		if (!files->v[i].items.n)
			continue;
		name = name_of(&arena, p, files->v[i].items.v[0].text);
		rv_items_push(
		    &paths, subdir ? rv_arena_fmt(&arena, "%s/%s", subdir, name) : name, 0);
		if (cargo)
			rv_items_push(&paths, rv_arena_fmt(&arena, RV_CARGO_SUBDIR "/%s", name), 0);
	}
	list = put_items(m, &paths);
	rv_vec_release(&paths);
	rv_arena_release(&arena);
	return list;
}

static bool uses_cpe(const struct rv_port *p)
{
	const struct rv_items *uses = rv_port_list(p, RV_KEY_USES);

	for (size_t i = 0; i < uses->n; i++)
		if (rv_span_is(rv_part_1(rv_span_str(uses->v[i].text), ':'), "cpe"))
			return true;
	return false;
}

static const char *lower(struct rv_arena *arena, const char *text)
{
	char *out = rv_arena_strdup(arena, text);

	for (char *c = out; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return out;
}

static const char *said(const struct rv_port *p, enum rv_port_key key, const char *fallback)
{
	const char *text = rv_port_text(p, key);

	return text ? text : fallback;
}

/* Names as the Common Platform Enumeration has them; the usual values are left out. */
static struct rv_scan_raw_list put_cpe(struct rv_scan_maker *m, const struct rv_port *p)
{
	static const struct {
		enum rv_port_key key;
		const char *name, *usual;
	} more[] = {
	    {RV_KEY_CPE_UPDATE, "update", ""},
	    {RV_KEY_CPE_EDITION, "edition", ""},
	    {RV_KEY_CPE_LANG, "lang", ""},
	    {RV_KEY_CPE_SW_EDITION, "sw_edition", ""},
	    {RV_KEY_CPE_TARGET_SW, "target_sw", "take-anything"},
	    {RV_KEY_CPE_TARGET_HW, "target_hw", "x86-x86-arm64"},
	    {RV_KEY_CPE_OTHER, "other", NULL},
	};
	struct rv_arena arena = RV_ARENA_INIT;
	const char *product = said(p, RV_KEY_CPE_PRODUCT, lower(&arena, p->namebase));
	struct rv_items pairs = {0};
	struct rv_scan_raw_list list;

	rv_items_push(&pairs, "vendor", 0);
	rv_items_push(&pairs, said(p, RV_KEY_CPE_VENDOR, product), 0);
	rv_items_push(&pairs, "product", 0);
	rv_items_push(&pairs, product, 0);
	rv_items_push(&pairs, "version", 0);
	rv_items_push(&pairs, said(p, RV_KEY_CPE_VERSION, p->version), 0);
	for (size_t i = 0; i < RV_COUNT(more); i++) {
		const char *value = rv_port_text(p, more[i].key);
		const char *usual = more[i].usual ? more[i].usual : p->version;

		if (!value || strcmp(value, usual) == 0)
			continue;
		rv_items_push(&pairs, more[i].name, 0);
		rv_items_push(&pairs, value, 0);
	}
	list = put_items(m, &pairs);
	rv_vec_release(&pairs);
	rv_arena_release(&arena);
	return list;
}

static void put_port(struct rv_scan_maker *m, const struct rv_port *p)
{
	struct rv_scan_raw_port raw = {
	    .namebase = text(m, p->namebase),
	    .version = text(m, p->version),
	    .pkgversion = text(m, p->pkgversion),
	    .homepage = text(m, said(p, RV_KEY_HOMEPAGE, "none")),
	    .fpc_equivalent = text(m, said(p, RV_KEY_FPC_EQUIVALENT, "N/A")),
	    .generated = rv_port_has(p, RV_KEY_GENERATED),
	    .infrastructure = rv_port_has(p, RV_KEY_INFRASTRUCTURE),
	    .keywords = put_items(m, rv_port_list(p, RV_KEY_KEYWORDS)),
	    .contacts = put_items(m, rv_port_list(p, RV_KEY_CONTACT)),
	    .urls = put_urls(m, p),
	    .distpaths = put_paths(m, p),
	};

	if (uses_cpe(p)) {
		raw.cpe = put_cpe(m, p);
		raw.cves = put_items(m, rv_port_list(p, RV_KEY_CVE_FIXED));
	}
	memcpy(at_place(m, 0), &raw, sizeof(raw));
}

/* --- what a variant is on the platform */

static struct rv_scan_raw_list put_options(
    struct rv_scan_maker *m, const struct rv_recipe *r, bool on)
{
	struct rv_items names = {0};
	struct rv_scan_raw_list list;

	for (size_t i = 0; i < r->options.n; i++)
		if (r->options.v[i].on == on)
			rv_items_push(&names, r->options.v[i].name, 0);
	list = put_items(m, &names);
	rv_vec_release(&names);
	return list;
}

static struct rv_scan_raw_list put_distfiles(struct rv_scan_maker *m, const struct rv_recipe *r)
{
	struct rv_items paths = {0};
	struct rv_scan_raw_list list;

	for (size_t i = 0; i < r->distfiles.n; i++)
		if (r->distfiles.v[i].wanted)
			rv_items_push(&paths, r->distfiles.v[i].path, 0);
	list = put_items(m, &paths);
	rv_vec_release(&paths);
	return list;
}

static struct rv_scan_raw_list put_parts(struct rv_scan_maker *m, const struct rv_recipe *r)
{
	size_t width = RV_SCAN_WORDS(struct rv_scan_raw_part);
	uint32_t at = room(m, r->subpackages.n * width);

	for (size_t i = 0; i < r->subpackages.n; i++) {
		const struct rv_subpackage *s = &r->subpackages.v[i];
		struct rv_scan_raw_part raw = {
		    .needs = put_deps(m, &s->needs),
		    .n_exrun = (uint32_t)s->n_exrun,
		    .own = put_items(m, &s->own),
		};

		memcpy(m->words.v + at + i * width, &raw, sizeof(raw));
	}
	return (struct rv_scan_raw_list){at, (uint32_t)r->subpackages.n};
}

static void put_recipe(
    struct rv_scan_maker *m, const struct rv_recipe *r, struct rv_scan_raw_variant *raw)
{
	if (r->ignore)
		raw->ignore = text(m, r->ignore);
	raw->prime = (uint32_t)r->prime;
	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		raw->deps[k] = put_deps(m, &r->deps[k]);
	raw->on = put_options(m, r, true);
	raw->off = put_options(m, r, false);
	raw->distfiles = put_distfiles(m, r);
	raw->parts = put_parts(m, r);
}

static int put_variant(struct rv_scan_maker *m, const struct rv_scan_how *how,
    const struct rv_port *p, const char *name, uint32_t place, struct rv_error *err)
{
	rv_autofree(rv_recipe) struct rv_recipe *r = NULL;
	const struct rv_items *sdesc = rv_port_array(p, RV_KEY_SDESC, name);
	struct rv_scan_raw_variant raw = {
	    .name = text(m, name),
	    .sdesc = text(m, sdesc->n ? sdesc->v[0].text : ""),
	    .ignore = RV_SCAN_NONE,
	    .subpackages = put_items(m, rv_port_array(p, RV_KEY_SPKGS, name)),
	};
	rv_auto(rv_str) char *key = rv_strfmt("%s:%s", p->namebase, name);

	raw.key = text(m, key);
	if (how->depth == RV_SCAN_VARIANTS) {
		if (rv_recipe_make(p, name, how->platform, how->defaults, &r, err) < 0)
			return -1;
		put_recipe(m, r, &raw);
	}
	memcpy(at_place(m, place), &raw, sizeof(raw));
	return 0;
}

static int put_variants(struct rv_scan_maker *m, const struct rv_scan_how *how,
    const struct rv_port *p, struct rv_error *err)
{
	const struct rv_items *names = rv_port_variants(p);
	uint32_t width = RV_SCAN_WORDS(struct rv_scan_raw_variant);
	uint32_t at = room(m, names->n * width);
	struct rv_scan_raw_port *port;

	for (uint32_t i = 0; i < names->n; i++)
		if (put_variant(m, how, p, names->v[i].text, at + i * width, err) < 0)
			return -1;
	port = at_place(m, 0);
	port->variants = (struct rv_scan_raw_list){at, (uint32_t)names->n};
	return 0;
}

/* --- faults */

static void begin(struct rv_scan_maker *m, const char *namebase)
{
	struct rv_scan_raw_port *port;
	uint32_t name;

	rv_scan_maker_release(m);
	*m = (struct rv_scan_maker){0};
	(void)room(m, RV_SCAN_WORDS(struct rv_scan_raw_port));
	text(m, "");
	name = text(m, namebase);
	port = at_place(m, 0);
	port->namebase = name;
}

static void put_faults(struct rv_scan_maker *m, struct rv_problems *problems)
{
	size_t width = RV_SCAN_WORDS(struct rv_scan_raw_fault);
	uint32_t at = room(m, problems->list.n * width);
	struct rv_scan_raw_port *port;

	rv_problems_sort(problems);
	for (size_t i = 0; i < problems->list.n; i++) {
		const struct rv_problem *p = &problems->list.v[i];
		struct rv_scan_raw_fault raw = {
		    text(m, p->file), text(m, p->text), p->line, (uint32_t)p->class};

		memcpy(m->words.v + at + i * width, &raw, sizeof(raw));
	}
	port = at_place(m, 0);
	port->faults = (struct rv_scan_raw_list){at, (uint32_t)problems->list.n};
}

static void check_place(
    const struct rv_scan_source *s, const struct rv_port *p, struct rv_problems *problems)
{
	char bucket[3];

	rv_bucket_of(rv_span_str(s->namebase), bucket);
	if (strcmp(p->namebase, s->namebase) != 0)
		rv_problems_add(problems, RV_PROBLEM_LATE, s->what, 0,
		    "NAMEBASE is '%s', but the %s is '%s'", p->namebase,
		    s->compiled ? "file" : "folder", s->namebase);
	else if (strcmp(bucket, s->bucket) != 0)
		rv_problems_add(problems, RV_PROBLEM_LATE, s->what, 0,
		    "stands in bucket_%s, but belongs to bucket_%s", s->bucket, bucket);
}

static int read_port(const struct rv_scan_how *how, const struct rv_scan_source *s,
    struct rv_problems *problems, struct rv_port **out, struct rv_error *err)
{
	struct rv_port_context context = {.mk = how->mk, .compiled = s->compiled};

	if (s->fault)
		return rv_fail(err, RV_INPUT, "%s", s->fault);
	return rv_port_parse(s->text, s->what, NULL, &context, problems, out, err);
}

void rv_scan_facts(const struct rv_scan_how *how, const struct rv_scan_source *s,
    struct rv_scan_maker *out, bool *out_faulty)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *port = NULL;
	struct rv_error err = RV_ERROR_INIT;
	int rc = read_port(how, s, &problems, &port, &err);

	begin(out, s->namebase);
	if (rc == 0) {
		check_place(s, port, &problems);
		put_port(out, port);
		rc = problems.count ? -1 : put_variants(out, how, port, &err);
	}
	*out_faulty = rc < 0;
	if (rc == 0)
		return;
	if (!problems.count)
		rv_problems_add(&problems, RV_PROBLEM_LATE, s->what, 0, "%s", err.msg);
	begin(out, s->namebase);
	put_faults(out, &problems);
}
