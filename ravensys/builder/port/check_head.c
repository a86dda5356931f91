/* SPDX-License-Identifier: ISC */
/* Checks of the head: NAMEBASE to VOPTS. */
#include "port/check.h"

static bool is_name(struct rv_span s, bool comma)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
		    !strchr("_-.", c) && !(comma && c == ','))
			return false;
	}
	return s.n > 0 && s.p[0] != '.';
}

void rv_check_namebase(struct rv_reader *r, const struct rv_checked *c)
{
	if (!is_name(rv_span_str(c->text), false))
		rv_check_bad(r, c, "is not a name: letters, digits, _ - . and no dot first");
}

void rv_check_version(struct rv_reader *r, const struct rv_checked *c)
{
	if (!is_name(rv_span_str(c->text), true))
		rv_check_bad(r, c, "is not a version: letters, digits, _ - . , and no dot first");
}

void rv_check_keyword(struct rv_reader *r, const struct rv_checked *c)
{
	const char *near;

	rv_check_duplicate(r, c);
	if (rv_words_have(RV_WORDS_KEYWORDS, rv_span_str(c->text)))
		return;
	near = rv_words_near(RV_WORDS_KEYWORDS, rv_span_str(c->text));
	rv_check_bad(r, c, "is not one of the words for ports%s%s%s", near ? " (did you mean " : "",
	    near ? near : "", near ? "?)" : "");
}

static void check_short(struct rv_reader *r, const struct rv_checked *c, size_t max)
{
	if (strlen(c->text) > max)
		rv_check_bad(r, c, "is longer than %zu characters", max);
}

void rv_check_variant(struct rv_reader *r, const struct rv_checked *c)
{
	rv_check_duplicate(r, c);
	check_short(r, c, 15);
	if (strchr(c->text, '-'))
		rv_check_bad(r, c, "has a hyphen, which variant names must not");
}

void rv_check_sdesc(struct rv_reader *r, const struct rv_checked *c)
{
	size_t n = strlen(c->text);

	if (n < 12 || n > 50)
		rv_check_bad(r, c, "has %zu characters: 12 to 50 are wanted", n);
	if (c->text[0] >= 'a' && c->text[0] <= 'z')
		rv_check_bad(r, c, "does not begin with a capital letter");
	if (n && c->text[n - 1] == '.')
		rv_check_bad(r, c, "ends in a full stop");
	if (strncmp(c->text, "A ", 2) == 0 || strncmp(c->text, "An ", 3) == 0)
		rv_check_bad(r, c, "begins with an article");
	if (!rv_port_has_variant(r->port, c->index))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "SDESC[%s]: there is no such variant", c->index);
	rv_reader_order(r);
	if (c->items->n)
		rv_reader_problem(r, RV_PROBLEM_KEY, "SDESC[%s] stands twice", c->index);
}

void rv_check_homepage(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text);

	if (!rv_span_is(s, "none") && !rv_span_starts(s, RV_SPAN_LIT("http://")) &&
	    !rv_span_starts(s, RV_SPAN_LIT("https://")))
		rv_check_bad(r, c, "is neither 'none' nor an address http:// or https://");
}

static bool is_alone(struct rv_span s)
{
	return rv_span_is(s, "nobody") || rv_span_is(s, "automaton");
}

/* Said at the first contact, where all of them must be there. */
static void check_described(struct rv_reader *r, const struct rv_checked *c)
{
	const struct rv_items *variants = rv_port_variants(r->port);

	if (c->items->n)
		return;
	for (size_t i = 0; i < variants->n; i++)
		if (!rv_port_array(r->port, RV_KEY_SDESC, variants->v[i].text)->n)
			rv_reader_problem(r, RV_PROBLEM_VALUE,
			    "variant %s has no SDESC[%s] above CONTACT", variants->v[i].text,
			    variants->v[i].text);
}

void rv_check_contact(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text);

	check_described(r, c);
	rv_check_duplicate(r, c);
	if (c->items->n && (is_alone(s) || is_alone(rv_span_str(c->items->v[0].text))))
		rv_check_bad(r, c, "joins others, but nobody and automaton stand alone");
	if (!is_alone(s) && (!strchr(c->text, '_') || !strchr(c->text, '[') ||
				!strchr(c->text, '@') || !rv_span_ends(s, RV_SPAN_LIT("]"))))
		rv_check_bad(r, c, "is not of the form First_Last[mail@host], nobody or automaton");
}

void rv_check_group(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text);
	bool first = rv_span_is(s, "main") || rv_span_is(s, "none");

	rv_check_duplicate(r, c);
	check_short(r, c, 15);
	if (strchr(c->text, '+'))
		rv_check_bad(r, c, "has a plus sign");
	if (!c->items->n && !first)
		rv_check_bad(r, c, "is the first group: that must be 'main' or 'none'");
	if (c->items->n && rv_span_is(s, "none"))
		rv_check_bad(r, c, "must stand alone");
}

void rv_check_site(struct rv_reader *r, const struct rv_checked *c)
{
	bool none = strcmp(c->index, "none") == 0;

	if (none)
		rv_reader_problem(r, RV_PROBLEM_KEY, "SITES[none]: group none has no sites");
	rv_reader_order(r);
	if (!none && !rv_items_contain(rv_port_list(r->port, RV_KEY_DOWNLOAD_GROUPS), c->index))
		rv_reader_problem(r, RV_PROBLEM_KEY,
		    "SITES[%s]: no such group stands in DOWNLOAD_GROUPS", c->index);
	rv_check_duplicate(r, c);
}

static void check_group_of(struct rv_reader *r, const struct rv_checked *c)
{
	const char *group = strchr(c->text, ':');

	if (!group)
		rv_check_bad(r, c, "is not of the form FILE:GROUP");
	else if (!rv_port_array(r->port, RV_KEY_SITES, group + 1)->n)
		rv_check_bad(r, c, "names group %s, which has no SITES[%s]", group + 1, group + 1);
}

void rv_check_distfile(struct rv_reader *r, const struct rv_checked *c)
{
	size_t n = r->port->keys[RV_KEY_DISTFILE].n;
	uint32_t mark = rv_text_mark(c->text);
	struct rv_span s = rv_span_str(c->text);
	uint64_t index;

	if (!rv_span_to_u64(rv_span_str(c->index), &index) || index != n || c->items->n)
		rv_reader_problem(r, RV_PROBLEM_KEY,
		    "DISTFILE[%s]: the index must be %zu, they count 1, 2, 3", c->index,
		    c->items->n ? n + 1 : n);
	if (rv_lex_space(s) < s.n)
		rv_reader_problem(
		    r, RV_PROBLEM_LEXICAL, "%s takes one value", rv_check_where(r, c));
	rv_reader_order(r);
	for (size_t i = 0; i < n; i++) {
		const struct rv_items *other = &r->port->keys[RV_KEY_DISTFILE].v[i].items;

		if (other->n && rv_text_is(other->v[0].text, other->v[0].mark, c->text, mark))
			rv_check_bad(r, c, "stands twice");
	}
	check_group_of(r, c);
}

static void check_index(struct rv_reader *r, const struct rv_checked *c)
{
	uint64_t index;

	if (!rv_span_to_u64(rv_span_str(c->text), &index) || index < 1 ||
	    index > r->port->keys[RV_KEY_DISTFILE].n)
		rv_check_bad(r, c, "is not the index of a DISTFILE");
}

void rv_check_dist_index(struct rv_reader *r, const struct rv_checked *c)
{
	check_index(r, c);
	rv_check_duplicate(r, c);
	if ((c->helper == RV_HELPER_DF_INDEX_ON || c->helper == RV_HELPER_DF_INDEX_OFF) &&
	    rv_items_contain(rv_port_list(r->port, RV_KEY_DF_INDEX), c->text))
		rv_check_bad(r, c, "stands in DF_INDEX already");
}

/* A file is unpacked by one tool. */
void rv_check_unpacked(struct rv_reader *r, const struct rv_checked *c)
{
	static const enum rv_port_key keys[] = {
	    RV_KEY_EXTRACT_WITH_7Z, RV_KEY_EXTRACT_WITH_LHA, RV_KEY_EXTRACT_WITH_UNZIP};

	check_index(r, c);
	for (size_t i = 0; i < RV_COUNT(keys); i++)
		if (rv_items_contain(rv_port_list(r->port, keys[i]), c->text))
			rv_check_bad(r, c, "stands in %s already", rv_keys[keys[i]].name);
}

void rv_check_subpackage(struct rv_reader *r, const struct rv_checked *c)
{
	if (!rv_port_has_variant(r->port, c->index))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "SPKGS[%s]: there is no such variant", c->index);
	rv_check_duplicate(r, c);
	check_short(r, c, 15);
	if (strchr(c->text, '-'))
		rv_check_bad(r, c, "has a hyphen, which subpackage names must not");
	if (strcmp(c->text, "set") == 0 && c->items->n)
		rv_check_bad(r, c, "must be the first");
}

void rv_check_option_available(struct rv_reader *r, const struct rv_checked *c)
{
	bool none = strcmp(c->text, "none") == 0;

	rv_check_duplicate(r, c);
	check_short(r, c, 14);
	if (none ? c->items->n > 0 : rv_items_contain(c->items, "none"))
		rv_check_bad(r, c, "joins others, but none stands alone");
	for (const char *p = c->text; *p && !none; p++)
		if (*p >= 'a' && *p <= 'z') {
			rv_check_bad(r, c, "has small letters");
			break;
		}
	if (strpbrk(c->text, ":,"))
		rv_check_bad(r, c, "has a colon or a comma");
}

void rv_check_option_standard(struct rv_reader *r, const struct rv_checked *c)
{
	bool none = strcmp(c->text, "none") == 0;

	rv_check_duplicate(r, c);
	if (none ? c->items->n > 0 : rv_items_contain(c->items, "none"))
		rv_check_bad(r, c, "joins others, but none stands alone");
	if (!none && !rv_port_has_option(r->port, c->text))
		rv_check_bad(r, c, "does not stand in OPTIONS_AVAILABLE");
}

void rv_check_vopt(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), name = rv_part_1(s, '='),
		       value = rv_part_2(s, '=');

	if (!rv_port_has_variant(r->port, c->index) || strcmp(c->index, "std") == 0)
		rv_reader_problem(r, RV_PROBLEM_KEY,
		    "VOPTS[%s]: there is no such variant (std takes OPT_ON)", c->index);
	if (!rv_span_is(value, "ON") && !rv_span_is(value, "OFF"))
		rv_check_bad(r, c, "does not end in =ON or =OFF");
	else if (!rv_port_option(r->port, name.p, name.n) &&
		 !(rv_span_is(name, "none") &&
		     rv_items_contain(rv_port_list(r->port, RV_KEY_OPTIONS_AVAILABLE), "none")))
		rv_check_bad(r, c, "is an option that does not stand in OPTIONS_AVAILABLE");
	for (size_t i = 0; i < c->items->n; i++)
		if (rv_span_eq(rv_part_1(rv_span_str(c->items->v[i].text), '='), name))
			rv_check_bad(r, c, "sets an option for the second time");
}
