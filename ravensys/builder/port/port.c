/* SPDX-License-Identifier: ISC */
/* A port's values: looking them up, loading and letting go. */
#include "port/port.h"

#include "os/file.h"
#include "port/reader.h"

static const struct rv_items no_items;

bool rv_items_contain(const struct rv_items *items, const char *text)
{
	uint32_t mark = items->n > 1 ? rv_text_mark(text) : 0;

	if (items->n == 1)
		return strcmp(items->v[0].text, text) == 0;
	for (size_t i = 0; i < items->n; i++)
		if (rv_text_is(items->v[i].text, items->v[i].mark, text, mark))
			return true;
	return false;
}

struct rv_entry *rv_entries_find(struct rv_entries *e, const char *index)
{
	uint32_t mark = e->n ? rv_text_mark(index) : 0;

	rv_vec_each (e, it)
		if (rv_text_is(it->index, it->mark, index, mark))
			return it;
	return NULL;
}

struct rv_entry *rv_entries_want(struct rv_entries *e, const char *index, unsigned line)
{
	struct rv_entry *entry = rv_entries_find(e, index);

	if (!entry) {
		entry = rv_vec_add(e);
		entry->index = index;
		entry->line = line;
		entry->mark = rv_text_mark(index);
	}
	return entry;
}

const struct rv_items *rv_entries_items(const struct rv_entries *e, const char *index)
{
	uint32_t mark = e->n > 1 ? rv_text_mark(index) : 0;

	if (e->n == 1)
		return strcmp(e->v[0].index, index) == 0 ? &e->v[0].items : NULL;
	for (size_t i = 0; i < e->n; i++)
		if (rv_text_is(e->v[i].index, e->v[i].mark, index, mark))
			return &e->v[i].items;
	return NULL;
}

const struct rv_items *rv_port_array(
    const struct rv_port *p, enum rv_port_key key, const char *index)
{
	const struct rv_items *items = rv_entries_items(&p->keys[key], index);

	return items ? items : &no_items;
}

const struct rv_items *rv_port_list(const struct rv_port *p, enum rv_port_key key)
{
	return rv_port_array(p, key, "");
}

const char *rv_port_text(const struct rv_port *p, enum rv_port_key key)
{
	const struct rv_items *items = rv_port_list(p, key);

	return items->n ? items->v[0].text : NULL;
}

bool rv_port_has(const struct rv_port *p, enum rv_port_key key)
{
	return p->keys[key].n > 0;
}

bool rv_port_has_variant(const struct rv_port *p, const char *variant)
{
	return rv_items_contain(rv_port_variants(p), variant);
}

int rv_port_want_variant(const struct rv_port *p, const char *variant, struct rv_error *err)
{
	const struct rv_items *have = rv_port_variants(p);
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(RV_ERROR_MSG_BYTES);

	if (rv_port_has_variant(p, variant))
		return 0;
	for (size_t i = 0; i < have->n; i++)
		rv_buf_addf(&list, "%s%s", i ? ", " : "", have->v[i].text);
	return rv_fail(err, RV_INPUT, "%s: no variant '%s'; it has: %s", p->namebase, variant,
	    rv_buf_str(&list));
}

const char *rv_port_first_choice(const struct rv_port *p)
{
	return rv_port_has_variant(p, "std") ? "std" : rv_port_variants(p)->v[0].text;
}

bool rv_port_has_subpackage(const struct rv_port *p, const char *name)
{
	const struct rv_entries *e = &p->keys[RV_KEY_SPKGS];

	for (size_t i = 0; i < e->n; i++)
		if (rv_items_contain(&e->v[i].items, name))
			return true;
	return false;
}

struct rv_port_option *rv_port_option(struct rv_port *p, const char *name, size_t n)
{
	rv_vec_each (&p->options, it)
		if (rv_span_eq(rv_span_str(it->name), rv_span(name, n)))
			return it;
	return NULL;
}

bool rv_port_has_option(const struct rv_port *p, const char *name)
{
	for (size_t i = 0; i < p->options.n; i++)
		if (strcmp(p->options.v[i].name, name) == 0)
			return true;
	return false;
}

int rv_port_load(const struct rv_port_files *files, const char *what,
    const struct rv_port_context *context, struct rv_problems *problems, struct rv_port **out,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	int rc = rv_port_files_read(files, RV_SPECIFICATION, &text, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: there is no such file", what);
	if (rc < 0)
		return rv_context(err, "%s", what);
	return rv_port_parse(rv_buf_span(&text), what, files, context, problems, out, err);
}

static void entries_release(struct rv_entries *e)
{
	rv_vec_each (e, it)
		rv_vec_release(&it->items);
	rv_vec_release(e);
}

void rv_port_free(struct rv_port *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < RV_KEY_COUNT; i++)
		entries_release(&p->keys[i]);
	rv_vec_each (&p->options, option)
		for (size_t i = 0; i < RV_HELPER_COUNT; i++)
			rv_vec_release(&option->helpers[i]);
	rv_vec_release(&p->options);
	rv_vec_each (&p->targets, target)
		rv_vec_release(&target->lines);
	rv_vec_release(&p->targets);
	rv_arena_release(&p->arena);
	free(p);
}
