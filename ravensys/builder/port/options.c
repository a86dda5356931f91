/* SPDX-License-Identifier: ISC */
/* Which options are on, and what their helpers bring. */
#include "port/check.h"
#include "port/make.h"
#include "port/order.h"
#include "port/reader.h"
#include "port/saved.h"

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

/* OPT, OPT/release, OPT/[release]/arch|arch: does it speak of this option and this platform? */
static bool says_on(struct rv_span s, const char *option, const struct rv_platform *platform)
{
	struct rv_span rest = rv_part_2(s, '/'), release = rv_part_1(rest, '/');
	struct rv_span archs = rv_part_2(rest, '/');

	return rv_span_is(rv_part_1(s, '/'), option) &&
	       (!release.n || rv_span_is(release, platform->major)) &&
	       (rv_span_find(rest, '/') == rest.n || arch_matches(archs, platform->arch));
}

bool rv_option_default(
    const struct rv_port *p, const char *option, const struct rv_platform *platform)
{
	const char *const indexes[] = {"all", platform->arch, platform->opsys};

	for (size_t k = 0; k < RV_COUNT(indexes); k++) {
		const struct rv_items *items = rv_port_array(p, RV_KEY_OPT_ON, indexes[k]);

		for (size_t i = 0; i < items->n; i++)
			if (says_on(rv_span_str(items->v[i].text), option, platform))
				return true;
	}
	return false;
}

static void decide_by_variant(struct rv_recipe *r)
{
	const struct rv_items *items = rv_port_array(r->port, RV_KEY_VOPTS, r->variant);

	for (size_t i = 0; i < items->n; i++) {
		struct rv_span s = rv_span_str(items->v[i].text);

		set_option(r, rv_part_1(s, '='), rv_span_is(rv_part_2(s, '='), "ON"));
	}
}

/* A port without standard options has none on, whatever OPT_ON says. */
static int decide_standard(struct rv_recipe *r, const char *profile_path, struct rv_error *err)
{
	rv_auto(rv_choice) struct rv_choice choice = {0};

	if (!rv_choice_is_there(r->port))
		return 0;
	rv_vec_each (&r->options, it)
		it->on = rv_option_default(r->port, it->name, &r->platform);
	if (!profile_path)
		return 0;
	rv_choice_defaults(r->port, &r->platform, &choice);
	if (rv_saved_apply(profile_path, r->port, &choice, err) < 0)
		return -1;
	rv_vec_each (&choice, it)
		set_option(r, rv_span_str(it->name), it->on);
	return 0;
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

int rv_recipe_options(struct rv_recipe *r, const char *profile_path, struct rv_error *err)
{
	rv_vec(const char *) names = {0};
	struct rv_order order;
	int rc = 0;

	rv_vec_each (&r->port->options, it) {
		rv_vec_push(&r->options, (struct rv_setting){it->name, false});
		rv_vec_push(&names, it->name);
	}
	if (strcmp(r->variant, "std") != 0)
		decide_by_variant(r);
	else
		rc = decide_standard(r, profile_path, err);
	rv_order_of(names.v, names.n, &order);
	rv_vec_each (&order, at)
		apply_option(r, *at);
	rv_vec_release(&order);
	rv_vec_release(&names);
	return rc;
}
