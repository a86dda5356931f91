/* SPDX-License-Identifier: ISC */
/* Which options are on, and what their helpers bring. */
#include "port/make.h"
#include "port/order.h"
#include "port/reader.h"
#include "port/check.h"

static void set_option(struct rv_recipe *r, struct rv_span name, bool on)
{
	rv_vec_each (&r->options, it)
		if (rv_span_is(name, it->name))
			it->on = on;
}

static bool arch_matches(struct rv_span archs, const char *arch)
{
	struct rv_span one;

	while (rv_span_next(&archs, '|', &one))
		if (rv_span_is(one, arch))
			return true;
	return false;
}

/* OPT, OPT/release, OPT/[release]/arch|arch */
static void set_conditional(struct rv_recipe *r, struct rv_span s)
{
	struct rv_span rest = rv_part_2(s, '/'), release = rv_part_1(rest, '/');
	struct rv_span archs = rv_part_2(rest, '/');
	bool good = true;

	if (release.n)
		good = rv_span_is(release, r->platform.release);
	if (rv_span_find(rest, '/') < rest.n)
		good = good && arch_matches(archs, r->platform.arch);
	if (good)
		set_option(r, rv_part_1(s, '/'), true);
}

static void decide(struct rv_recipe *r)
{
	const char *const indexes[] = {"all", r->platform.arch, r->platform.opsys};
	const struct rv_items *items;

	if (strcmp(r->variant, "std") != 0) {
		items = rv_port_array(r->port, RV_KEY_VOPTS, r->variant);
		for (size_t i = 0; i < items->n; i++) {
			struct rv_span s = rv_span_str(items->v[i].text);

			set_option(r, rv_part_1(s, '='), rv_span_is(rv_part_2(s, '='), "ON"));
		}
		return;
	}
	/* a port without standard options has none on, whatever OPT_ON says */
	if (rv_items_contain(rv_port_list(r->port, RV_KEY_OPTIONS_STANDARD), "none"))
		return;
	for (size_t k = 0; k < RV_COUNT(indexes); k++) {
		items = rv_port_array(r->port, RV_KEY_OPT_ON, indexes[k]);
		for (size_t i = 0; i < items->n; i++)
			set_conditional(r, rv_span_str(items->v[i].text));
	}
}

/* What one item of a _BOTH helper becomes. */
static const char *both(struct rv_recipe *r, enum rv_helper helper, const char *item, bool on)
{
	struct rv_arena *a = &r->arena;

	if (helper == RV_HELPER_CMAKE_BOOL_T_BOTH || helper == RV_HELPER_CMAKE_BOOL_F_BOTH)
		return rv_arena_fmt(a, "-D%s:BOOL=%s", item,
		    on == (helper == RV_HELPER_CMAKE_BOOL_T_BOTH) ? "true" : "false");
	if (helper == RV_HELPER_CONFIGURE_ENABLE_BOTH)
		return rv_arena_fmt(a, "--%s-%s", on ? "enable" : "disable", item);
	return rv_arena_fmt(a, "--%s-%s", on ? "with" : "without", item);
}

static void apply_helper(
    struct rv_recipe *r, enum rv_helper helper, const struct rv_items *items, bool on)
{
	const struct rv_helper_info *info = &rv_helpers[helper];

	if (info->when == RV_WHEN_NEVER || (info->when == RV_WHEN_ON && !on) ||
	    (info->when == RV_WHEN_OFF && on))
		return;
	for (size_t i = 0; i < items->n; i++) {
		const struct rv_item *it = &items->v[i];

		if (info->when == RV_WHEN_BOTH)
			rv_recipe_add(r, info->key, both(r, helper, it->text, on), it->line);
		else if (info->key == RV_KEY_MAKEFILE)
			rv_items_push(&r->makefile_lines, it->text, it->line);
		else if (info->key == RV_KEY_BROKEN)
			rv_items_push(
			    &rv_entries_want(&r->keys[RV_KEY_BROKEN], "all", it->line)->items,
			    it->text, it->line);
		else
			rv_recipe_add(r, info->key, it->text, it->line);
	}
}

static void apply_option(struct rv_recipe *r, size_t at)
{
	const struct rv_port_option *option = &r->port->options.v[at];
	const char *name = option->name, *quiet = "\"@comment \"";
	bool on = r->options.v[at].on;

	for (size_t h = 0; h < RV_HELPER_COUNT; h++)
		apply_helper(r, (enum rv_helper)h, &option->helpers[h], on);
	rv_recipe_add(
	    r, RV_KEY_PLIST_SUB, rv_arena_fmt(&r->arena, "%s-%s=", name, on ? "ON" : "OFF"), 0);
	rv_recipe_add(r, RV_KEY_PLIST_SUB,
	    rv_arena_fmt(&r->arena, "%s-%s=%s", name, on ? "OFF" : "ON", quiet), 0);
}

void rv_recipe_options(struct rv_recipe *r)
{
	rv_vec(const char *) names = {0};
	struct rv_order order;

	rv_vec_each (&r->port->options, it) {
		rv_vec_push(&r->options, (struct rv_setting){it->name, false});
		rv_vec_push(&names, it->name);
	}
	decide(r);
	rv_order_of(names.v, names.n, &order);
	rv_vec_each (&order, at)
		apply_option(r, *at);
	rv_vec_release(&order);
	rv_vec_release(&names);
}
