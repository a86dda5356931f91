/* SPDX-License-Identifier: ISC */
/* Options that a user may choose: defaults, groups, changes. */
#include "port/choice.h"

#include <stdio.h>

#include "port/make.h"
#include "port/reader.h"

void rv_choice_release(struct rv_choice *c)
{
	rv_vec_release(c);
}

void rv_choice_notes_release(struct rv_choice_notes *n)
{
	rv_vec_release(&n->list);
	rv_arena_release(&n->arena);
}

bool rv_choice_is_there(const struct rv_port *p)
{
	return !rv_items_contain(rv_port_list(p, RV_KEY_OPTIONS_STANDARD), "none");
}

struct rv_setting *rv_choice_find(const struct rv_choice *c, struct rv_span name)
{
	rv_vec_each (c, it)
		if (rv_span_is(name, it->name))
			return it;
	return NULL;
}

void rv_choice_take(struct rv_choice *c, const struct rv_choice *from)
{
	rv_vec_each (from, it) {
		struct rv_setting *s = rv_choice_find(c, rv_span_str(it->name));

		if (s)
			s->on = it->on;
	}
}

bool rv_choice_eq(const struct rv_choice *a, const struct rv_choice *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i].name, b->v[i].name) != 0 || a->v[i].on != b->v[i].on)
			return false;
	return true;
}

void rv_choice_defaults(
    const struct rv_port *p, const struct rv_platform *platform, struct rv_choice *out)
{
	const struct rv_items *names = rv_port_list(p, RV_KEY_OPTIONS_STANDARD);

	*out = (struct rv_choice){0};
	for (size_t i = 0; rv_choice_is_there(p) && i < names->n; i++) {
		bool on = rv_option_default(p, names->v[i].text, platform);

		rv_vec_push(out, (struct rv_setting){names->v[i].text, on});
	}
}

/* --- groups */

static const struct {
	enum rv_port_key key;
	enum rv_group_rule rule;
	const char *name;
} rules[] = {
    {RV_KEY_OPTGROUP_RADIO, RV_GROUP_RADIO, "exactly one"},
    {RV_KEY_OPTGROUP_RESTRICTED, RV_GROUP_RESTRICTED, "at least one"},
    {RV_KEY_OPTGROUP_UNLIMITED, RV_GROUP_UNLIMITED, "any"},
};

const char *rv_group_rule_name(enum rv_group_rule rule)
{
	return rules[rule].name;
}

static void group_at(const struct rv_port *p, size_t at, struct rv_option_group *out)
{
	const struct rv_entry *e = &p->keys[RV_KEY_OPTGROUP].v[at];
	const struct rv_items *title = rv_port_array(p, RV_KEY_OPTDESCR, e->index);

	*out = (struct rv_option_group){.name = e->index,
	    .title = title->n ? title->v[0].text : "",
	    .rule = RV_GROUP_UNLIMITED,
	    .members = &e->items};
	for (size_t i = 0; i < RV_COUNT(rules); i++)
		if (rv_items_contain(rv_port_list(p, rules[i].key), e->index))
			out->rule = rules[i].rule;
}

bool rv_choice_group(const struct rv_port *p, const char *option, struct rv_option_group *out)
{
	for (size_t i = 0; i < p->keys[RV_KEY_OPTGROUP].n; i++) {
		group_at(p, i, out);
		if (rv_items_contain(out->members, option))
			return true;
	}
	return false;
}

const char *rv_choice_description(const struct rv_port *p, const char *option)
{
	const char *text = rv_option_description(option);

	for (size_t i = 0; i < p->options.n; i++) {
		const struct rv_port_option *o = &p->options.v[i];

		if (strcmp(o->name, option) == 0 && o->helpers[RV_HELPER_DESCRIPTION].n)
			return o->helpers[RV_HELPER_DESCRIPTION].v[0].text;
	}
	return text ? text : "";
}

static int check_group(
    const struct rv_option_group *g, const struct rv_choice *c, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(512), on = RV_BUF_INIT(512);
	size_t count = 0;

	for (size_t i = 0; i < g->members->n; i++) {
		const char *name = g->members->v[i].text;
		const struct rv_setting *s = rv_choice_find(c, rv_span_str(name));

		rv_buf_addf(&list, "%s%s", i ? ", " : "", name);
		if (s && s->on)
			rv_buf_addf(&on, "%s%s", count++ ? ", " : "", name);
	}
	if (g->rule == RV_GROUP_UNLIMITED || (g->rule == RV_GROUP_RESTRICTED && count > 0) ||
	    count == 1)
		return 0;
	return rv_fail(err, RV_INPUT, "option group %s: %s of %s must be on, but %s", g->name,
	    rules[g->rule].name, rv_buf_str(&list), count ? rv_buf_str(&on) : "none is");
}

int rv_choice_check(const struct rv_port *p, const struct rv_choice *c, struct rv_error *err)
{
	struct rv_option_group g;

	for (size_t i = 0; i < p->keys[RV_KEY_OPTGROUP].n; i++) {
		group_at(p, i, &g);
		if (check_group(&g, c, err) < 0)
			return -1;
	}
	return 0;
}

/* --- changes */

/* A setting that was asked for, or that follows from one, is fixed: nothing may turn it round. */
struct change {
	const struct rv_port *port;
	struct rv_choice *choice;
	bool *fixed; /* beside choice->v */
	struct rv_choice_notes *notes;
	struct rv_error *err;
};

static const char *sign(bool on)
{
	return on ? "+" : "-";
}

static int no_option(struct change *c, struct rv_span name)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(512);

	rv_vec_each (c->choice, it)
		rv_buf_addf(&list, "%s%s", list.n ? ", " : "", it->name);
	return rv_fail(c->err, RV_INPUT, "there is no option '%.*s' to choose; it has: %s",
	    RV_SPAN_ARG(name), rv_buf_str(&list));
}

static int ask(struct change *c, const char *word)
{
	struct rv_span name = rv_span_from(rv_span_str(word), 1);
	struct rv_setting *s;
	bool on = word[0] == '+', *fixed;

	if ((word[0] != '+' && word[0] != '-') || !name.n)
		return rv_fail(c->err, RV_INPUT,
		    "'%s' is not a change of an option: +OPTION or -OPTION", word);
	s = rv_choice_find(c->choice, name);
	if (!s)
		return no_option(c, name);
	fixed = &c->fixed[s - c->choice->v];
	if (*fixed && s->on != on)
		return rv_fail(c->err, RV_INPUT, "%s: asked to be both on and off", s->name);
	s->on = on;
	*fixed = true;
	return 0;
}

/* Because of `cause`, which is on, `name` has to be so. */
static int follow(struct change *c, const char *name, bool on, const char *cause, const char *why)
{
	struct rv_setting *s = rv_choice_find(c->choice, rv_span_str(name));
	bool *fixed;

	if (!s || s->on == on || strcmp(name, cause) == 0)
		return 0;
	fixed = &c->fixed[s - c->choice->v];
	if (*fixed)
		return rv_fail(c->err, RV_INPUT, "+%s and %s%s cannot be together: %s", cause,
		    sign(s->on), name, why);
	s->on = on;
	*fixed = true;
	rv_vec_push(
	    &c->notes->list, rv_arena_fmt(&c->notes->arena, "%s%s: %s", sign(on), name, why));
	return 0;
}

static int follow_all(
    struct change *c, const struct rv_items *names, bool on, const char *cause, const char *why)
{
	for (size_t i = 0; i < names->n; i++)
		if (follow(c, names->v[i].text, on, cause, why) < 0)
			return -1;
	return 0;
}

static int consequences(struct change *c, const char *name)
{
	static const struct rv_items nothing;
	const struct rv_items *implied = &nothing, *prevented = &nothing;
	struct rv_option_group g;
	char why[128];

	for (size_t i = 0; i < c->port->options.n; i++) {
		const struct rv_port_option *o = &c->port->options.v[i];

		if (strcmp(o->name, name) == 0) {
			implied = &o->helpers[RV_HELPER_IMPLIES_ON];
			prevented = &o->helpers[RV_HELPER_PREVENTS_ON];
		}
	}
	if (rv_choice_group(c->port, name, &g) && g.rule == RV_GROUP_RADIO) {
		snprintf(why, sizeof(why), "of group %s exactly one may be on", g.name);
		if (follow_all(c, g.members, false, name, why) < 0)
			return -1;
	}
	snprintf(why, sizeof(why), "%s implies it", name);
	if (follow_all(c, implied, true, name, why) < 0)
		return -1;
	snprintf(why, sizeof(why), "%s prevents it", name);
	return follow_all(c, prevented, false, name, why);
}

/* Each round fixes one more option at least, or ends. */
static int settle(struct change *c)
{
	bool *done = rv_alloc_array(c->choice->n + 1, sizeof(*done));
	bool again = true;
	int rc = 0;

	while (again && rc == 0) {
		again = false;
		for (size_t i = 0; i < c->choice->n && rc == 0; i++) {
			if (done[i] || !c->fixed[i] || !c->choice->v[i].on)
				continue;
			done[i] = again = true;
			rc = consequences(c, c->choice->v[i].name);
		}
	}
	free(done);
	return rc;
}

int rv_choice_change(const struct rv_port *p, struct rv_choice *choice, const char *const *words,
    size_t n_words, struct rv_choice_notes *notes, struct rv_error *err)
{
	struct change c = {p, choice, rv_alloc_array(choice->n + 1, sizeof(bool)), notes, err};
	int rc = 0;

	for (size_t i = 0; i < n_words && rc == 0; i++)
		rc = ask(&c, words[i]);
	if (rc == 0)
		rc = settle(&c);
	free(c.fixed);
	return rc < 0 ? -1 : rv_choice_check(p, choice, err);
}
