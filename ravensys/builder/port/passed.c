/* SPDX-License-Identifier: ISC */
/* What a recipe hands through to the Makefile, with the computed INFO_SUBDIR among it. */
#include "port/check.h"
#include "port/make.h"
#include "port/order.h"

static int by_line(const void *a, const void *b)
{
	const struct rv_passed *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

const struct rv_item *rv_port_first_info(const struct rv_port *p)
{
	static const enum rv_helper helpers[] = {RV_HELPER_INFO_ON, RV_HELPER_INFO_OFF};
	const struct rv_items *info = rv_port_list(p, RV_KEY_INFO);
	const struct rv_item *first = info->n ? info->v : NULL;

	for (size_t i = 0; i < p->options.n; i++)
		for (size_t k = 0; k < RV_COUNT(helpers); k++) {
			const struct rv_items *items = &p->options.v[i].helpers[helpers[k]];

			if (items->n && (!first || items->v[0].line < first->line))
				first = items->v;
		}
	return first;
}

static void add_info_subdir(
    const struct rv_port *p, struct rv_arena *arena, struct rv_passed_list *out)
{
	const struct rv_item *first = rv_port_first_info(p);
	struct rv_span page;
	struct rv_items *items;
	size_t slash;

	if (!first)
		return;
	page = rv_part_2(rv_span_str(first->text), ':');
	slash = rv_span_rfind(page, '/');
	items = rv_arena_alloc(arena, sizeof(*items));
	items->v = rv_arena_alloc(arena, sizeof(*items->v));
	items->v[0].text = slash == page.n ? "." : rv_arena_strndup(arena, page.p, slash);
	items->n = 1;
	rv_vec_push(out, (struct rv_passed){"INFO_SUBDIR", first->line, items});
}

void rv_passed_collect(const struct rv_port *p, const struct rv_entries *keys,
    struct rv_arena *arena, struct rv_passed_list *out)
{
	struct rv_passed_list all = {0};
	rv_vec(const char *) names = {0};
	struct rv_order order;

	for (size_t key = 0; key < RV_KEY_COUNT; key++)
		if (rv_keys[key].kind == RV_KIND_PASS && keys[key].n)
			rv_vec_push(&all, (struct rv_passed){rv_keys[key].name, keys[key].v[0].line,
					      &keys[key].v[0].items});
	add_info_subdir(p, arena, &all);
	rv_vec_sort(&all, by_line);
	rv_vec_each (&all, it)
		rv_vec_push(&names, it->name);
	rv_order_of(names.v, names.n, &order);
	rv_vec_each (&order, at)
		rv_vec_push(out, all.v[*at]);
	rv_vec_release(&order);
	rv_vec_release(&names);
	rv_vec_release(&all);
}
