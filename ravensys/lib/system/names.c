/* SPDX-License-Identifier: ISC */
/*
 * What a user's name means. NAME, NAME~sub and NAME~sub~variant are understood; what is left out is
 * chosen among what there is: of the variants the installed one, else std, else the first; of the
 * subpackages set, else single, else primary.
 */
#include <string.h>

#include "base/vec.h"
#include "system/internal.h"

static const char *const bare_subpackages[] = {"set", "single", "primary"};

static void add_name(struct rv_system_names *out, const char *name)
{
	size_t at = 0;

	while (at < out->n && strcmp(out->v[at], name) < 0)
		at++;
	if (at < out->n && strcmp(out->v[at], name) == 0)
		return;
	rv_vec_push(out, name);
	memmove(&out->v[at + 1], &out->v[at], (out->n - 1 - at) * sizeof(*out->v));
	out->v[at] = name;
}

static bool fits(const struct rv_ident *wanted, const char *name)
{
	struct rv_ident id;

	return rv_ident_parse(rv_span_str(name), &id, NULL) == 0 &&
	       rv_span_eq(id.namebase, wanted->namebase) &&
	       (!wanted->subpackage.n || rv_span_eq(id.subpackage, wanted->subpackage)) &&
	       (!wanted->variant.n || rv_span_eq(id.variant, wanted->variant));
}

static int resolve_installed(struct rv_system *s, const struct rv_ident *id, const char *text,
    struct rv_arena *arena, struct rv_system_names *out, struct rv_error *err)
{
	rv_auto(rv_str) char *namebase = rv_span_dup(id->namebase);
	struct rv_installed_list rows = {0};
	size_t before = out->n;
	int rc = 0;

	if (s->db)
		rc = rv_installed_of_namebase(s->db, namebase, arena, &rows, err);
	rv_vec_each (&rows, row)
		if (fits(id, row->name))
			add_name(out, row->name);
	rv_vec_release(&rows);
	if (rc == 0 && out->n == before)
		return rv_fail(err, RV_INPUT, "%s: not installed", text);
	return rc;
}

/* --- of the catalogues */
struct choice {
	const struct rv_ident *id;
	const struct rv_system_offers *offers; /* of this namebase and subpackage, by name */
	const struct rv_installed_list *installed;
};

static struct rv_span variant_of(const char *name)
{
	size_t at = rv_span_rfind(rv_span_str(name), '~');

	return rv_span_from(rv_span_str(name), at + 1);
}

static bool offers_variant(const struct choice *c, struct rv_span variant)
{
	rv_vec_each (c->offers, o)
		if (rv_span_is(variant, o->row.variant))
			return true;
	return false;
}

static struct rv_span choose_variant(const struct choice *c)
{
	const char *first = NULL;

	if (c->id->variant.n)
		return c->id->variant;
	rv_vec_each (c->installed, row)
		if (offers_variant(c, variant_of(row->name)))
			return variant_of(row->name);
	if (offers_variant(c, RV_SPAN_LIT("std")))
		return RV_SPAN_LIT("std");
	rv_vec_each (c->offers, o)
		if (!first || strcmp(o->row.variant, first) < 0)
			first = o->row.variant;
	return rv_span_str(first);
}

static const char *offer_named(
    const struct choice *c, struct rv_span subpackage, struct rv_span variant)
{
	rv_vec_each (c->offers, o)
		if (rv_span_is(subpackage, o->row.subpackage) &&
		    rv_span_is(variant, o->row.variant))
			return o->row.name;
	return NULL;
}

/* The one name, or NULL when the subpackage must be said. */
static const char *choose(const struct choice *c)
{
	struct rv_span variant = choose_variant(c);
	const char *name = NULL;

	if (c->id->subpackage.n)
		return offer_named(c, c->id->subpackage, variant);
	for (size_t i = 0; i < RV_COUNT(bare_subpackages) && !name; i++)
		name = offer_named(c, rv_span_str(bare_subpackages[i]), variant);
	return name;
}

static int say_subpackages(const struct choice *c, const char *text, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT((size_t)800);
	const char *last = "";

	rv_vec_each (c->offers, o) {
		if (strcmp(o->row.name, last) != 0)
			rv_buf_addf(&list, " %s", o->row.name);
		last = o->row.name;
	}
	return rv_fail(
	    err, RV_INPUT, "%s: which of its packages? choose from:%s", text, rv_buf_str(&list));
}

static int resolve_offered(struct rv_system *s, const struct rv_ident *id, const char *text,
    struct rv_arena *arena, struct rv_system_names *out, struct rv_error *err)
{
	rv_auto(rv_str) char *namebase = rv_span_dup(id->namebase);
	struct rv_system_offers offers = {0};
	struct rv_installed_list installed = {0};
	struct choice c = {.id = id, .offers = &offers, .installed = &installed};
	const char *name = NULL;
	int rc = rv_system_find(s, id, arena, &offers, err);

	if (rc == 0 && s->db)
		rc = rv_installed_of_namebase(s->db, namebase, arena, &installed, err);
	if (rc == 0 && offers.n == 0)
		rc = rv_fail(err, RV_INPUT,
		    "%s: no such package in the catalogues; 'rvn search' looks for names", text);
	if (rc == 0) {
		name = choose(&c);
		rc = name ? 0 : say_subpackages(&c, text, err);
	}
	if (rc == 0)
		add_name(out, name);
	rv_vec_release(&offers);
	rv_vec_release(&installed);
	return rc;
}

static bool is_file(struct rv_span text)
{
	return rv_span_find(text, '/') < text.n ||
	       rv_span_ends(text, RV_SPAN_LIT(RV_PACKAGE_SUFFIX));
}

int rv_system_resolve(struct rv_system *s, enum rv_system_want want, const char *text,
    struct rv_arena *arena, struct rv_system_names *out, struct rv_error *err)
{
	struct rv_ident id;

	if (is_file(rv_span_str(text)))
		return rv_fail(err, RV_INPUT,
		    "%s: packages come from repositories, by name; see ravenadm "
		    "generate-repository",
		    text);
	if (rv_ident_parse_loose(rv_span_str(text), &id, err) < 0)
		return -1;
	if (want == RV_WANT_INSTALLED)
		return resolve_installed(s, &id, text, arena, out, err);
	return resolve_offered(s, &id, text, arena, out, err);
}
