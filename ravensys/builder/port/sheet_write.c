/* SPDX-License-Identifier: ISC */
/*
 * The values of a port in the form and order of a buildsheet. Invariant: what is printed depends on
 * the port alone, and of a port that was read from a sheet it is what the sheet had.
 */
#include <string.h>

#include "port/make.h"
#include "port/order.h"
#include "port/reader.h"
#include "port/sheet.h"

#define WRAP_COLUMNS 52 /* of values, behind the column where they begin */

enum layout {
	TEXT,
	NATURAL,
	FLAG,
	VERTICAL,
	WRAPPED,
	ONE_LINE,
	MAP,
	MAP_WRAPPED,
	NUMBERED,
	GROUPS,
	PASS,
	GAP
};

struct row {
	enum layout layout;
	enum rv_port_key key;
};

static const struct row rows[] = {
#define RV_SHEET_ROW(layout_, key_) {layout_, RV_KEY_##key_},
#include "port/sheet.def"
#undef RV_SHEET_ROW
};

struct writer {
	const struct rv_port *p;
	struct rv_buf *out;
	bool source, genesis;
	bool gap; /* nothing was printed since the last empty line */
};

/* --- lines */

static void put(struct writer *w, const char *text)
{
	rv_buf_add_str(w->out, text);
	if (*text)
		w->gap = false;
}

static void put_gap(struct writer *w)
{
	if (!w->gap)
		rv_buf_add_char(w->out, '\n');
	w->gap = true;
}

/* Tabs from behind n characters to the column; none when they reach it. */
static void put_tabs(struct writer *w, size_t n, size_t column)
{
	for (size_t at = n / 8; at < column / 8; at++)
		put(w, "\t");
}

static void put_key(struct writer *w, const char *name, const char *index)
{
	size_t before = w->out->n;

	put(w, name);
	if (index)
		rv_buf_addf(w->out, "[%s]", index);
	put(w, "=");
	put_tabs(w, w->out->n - before, 24);
}

static void put_line(struct writer *w, const char *text)
{
	put(w, text);
	rv_buf_add_char(w->out, '\n');
}

static void put_vertical(struct writer *w, const struct rv_items *items, const char *indent)
{
	for (size_t i = 0; i < items->n; i++) {
		put(w, i ? indent : "");
		put_line(w, items->v[i].text);
	}
}

/* In a sheet even the first item goes to a line of its own when it is too long. */
static void put_wrapped(struct writer *w, const struct rv_items *items, size_t columns)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++) {
		size_t length = strlen(items->v[i].text);

		if (n + length + 1 > columns && !(w->source && i == 0)) {
			n = 0;
			put(w, "\n\t\t\t");
		}
		if (n > 0) {
			put(w, " ");
			n++;
		}
		put(w, items->v[i].text);
		n += length;
	}
	rv_buf_add_char(w->out, '\n');
}

/* --- values that follow from others */

static const struct rv_items *one(struct rv_items *items, struct rv_item *item, const char *text)
{
	*item = (struct rv_item){.text = text};
	*items = (struct rv_items){.v = item, .n = 1};
	return items;
}

static const char *text_of(const struct writer *w, enum rv_port_key key)
{
	return key == RV_KEY_DIST_SUBDIR ? rv_port_dist_subdir(w->p) : rv_port_text(w->p, key);
}

static void put_natural(struct writer *w, enum rv_port_key key)
{
	const char *text = rv_port_text(w->p, key);
	uint64_t usual = key == RV_KEY_OPTIMIZER_LEVEL ? 2 : 0, v = usual;

	if (text && !rv_span_to_u64(rv_span_str(text), &v))
		v = usual;
	if (key == RV_KEY_OPTIMIZER_LEVEL && rv_port_has(w->p, RV_KEY_SET_DEBUGGING_ON))
		v = 0;
	if (v == usual)
		return;
	put_key(w, rv_keys[key].name, NULL);
	rv_buf_addf(w->out, "%llu\n", (unsigned long long)v);
}

/* What stands under KEY[index]; of EXTRACT_HEAD and _TAIL neither is without the other. */
static const struct rv_items *items_of(const struct writer *w, enum rv_port_key key,
    const char *index, struct rv_items *items, struct rv_item *item)
{
	const struct rv_items *found = rv_port_array(w->p, key, index);
	enum rv_port_key other = key == RV_KEY_EXTRACT_HEAD   ? RV_KEY_EXTRACT_TAIL
				 : key == RV_KEY_EXTRACT_TAIL ? RV_KEY_EXTRACT_HEAD
							      : RV_KEY_COUNT;

	if (!found->n && other != RV_KEY_COUNT && rv_port_array(w->p, other, index)->n)
		return one(items, item, "# empty");
	return found;
}

/* --- order of what has an index */

struct names {
	struct rv_arena arena;
	const char **v;
	size_t n, cap;
};

static void names_release(struct names *n)
{
	rv_vec_release(n);
	rv_arena_release(&n->arena);
}

static bool has_name(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->v[i], name) == 0)
			return true;
	return false;
}

/* The keys of the variants' maps, and of the distfiles', were made before any value came. */
static bool made_before(const struct rv_port *p, enum rv_port_key key, struct names *out)
{
	const struct rv_items *variants = rv_port_variants(p);

	if (key == RV_KEY_SPKGS || key == RV_KEY_VOPTS) {
		for (size_t i = 0; i < variants->n; i++)
			if (key == RV_KEY_SPKGS || strcmp(variants->v[i].text, "std") != 0)
				rv_vec_push(out, variants->v[i].text);
		return true;
	}
	if (key != RV_KEY_EXTRACT_HEAD && key != RV_KEY_EXTRACT_TAIL)
		return false;
	for (size_t i = 0; i < p->keys[RV_KEY_DISTFILE].n; i++)
		rv_vec_push(out, rv_arena_fmt(&out->arena, "%zu", i + 1));
	return true;
}

/* OPT_ON[all] is made with the first other key. */
static void add_all(struct names *names)
{
	if (!names->n || has_name(names, "all"))
		return;
	rv_vec_push(names, "");
	memmove(names->v + 2, names->v + 1, (names->n - 2) * sizeof(*names->v));
	names->v[1] = "all";
}

/* names, in the order in which the map gives them back. */
static void in_map_order(const struct names *names, struct names *out)
{
	struct rv_order order;

	rv_order_of(names->v, names->n, &order);
	rv_vec_each (&order, at)
		rv_vec_push(out, names->v[*at]);
	rv_vec_release(&order);
}

/* Whether lines in this order give a map that is walked in the wanted one. */
static bool gives(const struct names *lines, const struct names *wanted, bool opt_on)
{
	struct names inserted = {0}, walked = {0};
	size_t at = 0;
	bool good = true;

	for (size_t i = 0; i < lines->n; i++) {
		if (!has_name(&inserted, lines->v[i]))
			rv_vec_push(&inserted, lines->v[i]);
		if (i == 0 && opt_on)
			add_all(&inserted);
	}
	in_map_order(&inserted, &walked);
	for (size_t i = 0; i < walked.n; i++) {
		if (!has_name(wanted, walked.v[i]))
			continue;
		good = good && at < wanted->n && strcmp(walked.v[i], wanted->v[at]) == 0;
		at++;
	}
	names_release(&inserted);
	names_release(&walked);
	return good;
}

/*
 * An order of lines whose map is walked as wanted: from the last to the first, as each new key goes
 * before those of its chain; with `all` first, or as wanted, where that does not do.
 */
static void to_lines(const struct names *wanted, bool opt_on, struct names *out)
{
	for (size_t i = wanted->n; i-- > 0;)
		rv_vec_push(out, wanted->v[i]);
	if (gives(out, wanted, opt_on))
		return;
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->v[i], "all") == 0) {
			memmove(out->v + 1, out->v, i * sizeof(*out->v));
			out->v[0] = "all";
		}
	if (gives(out, wanted, opt_on))
		return;
	memcpy(out->v, wanted->v, wanted->n * sizeof(*out->v));
}

/* The order in which a map whose keys came like this is printed. */
static void arrange(const struct writer *w, struct names *names, bool opt_on, struct names *out)
{
	if (!w->p->compiled) {
		if (opt_on)
			add_all(names);
		in_map_order(names, out);
	} else if (w->source) {
		to_lines(names, opt_on, out);
	} else {
		for (size_t i = 0; i < names->n; i++)
			rv_vec_push(out, names->v[i]);
	}
}

static void indexes_of(const struct writer *w, enum rv_port_key key, struct names *out)
{
	const struct rv_entries *entries = &w->p->keys[key];
	struct names names = {0};

	if (made_before(w->p, key, &names)) {
		in_map_order(&names, out);
	} else {
		for (size_t i = 0; i < entries->n; i++)
			rv_vec_push(&names, entries->v[i].index);
		arrange(w, &names, key == RV_KEY_OPT_ON, out);
	}
	out->arena = names.arena;
	names.arena = RV_ARENA_INIT;
	names_release(&names);
}

/* --- rows */

static void put_map(struct writer *w, enum rv_port_key key, bool wrapped)
{
	struct names indexes = {0};
	struct rv_items own;
	struct rv_item item;

	indexes_of(w, key, &indexes);
	for (size_t i = 0; i < indexes.n; i++) {
		const struct rv_items *items = items_of(w, key, indexes.v[i], &own, &item);

		if (!items->n)
			continue;
		put_key(w, rv_keys[key].name, indexes.v[i]);
		if (wrapped)
			put_wrapped(w, items, WRAP_COLUMNS);
		else
			put_vertical(w, items, "\t\t\t");
	}
	names_release(&indexes);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* DOWNLOAD_GROUPS, main first and the others by name, and SITES of each. */
static void put_groups(struct writer *w)
{
	const struct rv_items *items = rv_port_list(w->p, RV_KEY_DOWNLOAD_GROUPS);
	struct names groups = {0};

	for (size_t i = 0; i < items->n; i++)
		rv_vec_push(&groups, items->v[i].text);
	if (groups.n > 1)
		qsort(groups.v + 1, groups.n - 1, sizeof(*groups.v), by_text);
	put_key(w, "DOWNLOAD_GROUPS", NULL);
	for (size_t i = 0; i < groups.n; i++) {
		put(w, i ? " " : "");
		put(w, groups.v[i]);
	}
	rv_buf_add_char(w->out, '\n');
	for (size_t i = 0; i < groups.n; i++) {
		const struct rv_items *sites = rv_port_array(w->p, RV_KEY_SITES, groups.v[i]);

		if (!sites->n)
			continue;
		put_key(w, "SITES", groups.v[i]);
		put_vertical(w, sites, "\t\t\t");
	}
	names_release(&groups);
}

static void put_list(struct writer *w, enum rv_port_key key, enum layout layout)
{
	const struct rv_items *items = rv_port_list(w->p, key);
	struct rv_items own;
	struct rv_item item;

	if (key == RV_KEY_DF_INDEX && rv_port_default_index(w->p))
		items = one(&own, &item, "1");
	if (!items->n)
		return;
	put_key(w, rv_keys[key].name, NULL);
	if (layout == VERTICAL)
		put_vertical(w, items, "\t\t\t");
	else
		put_wrapped(w, items, layout == WRAPPED ? WRAP_COLUMNS : SIZE_MAX);
}

static void put_numbered(struct writer *w, enum rv_port_key key)
{
	const struct rv_entries *entries = &w->p->keys[key];

	for (size_t i = 0; i < entries->n; i++) {
		put_key(w, rv_keys[key].name, entries->v[i].index);
		put_vertical(w, &entries->v[i].items, "\t\t\t");
	}
}

/* Computed, and read over where it stands: what is before the last slash of a page. */
static void put_info_subdir(struct writer *w)
{
	const struct rv_item *info = rv_port_first_info(w->p);
	const char *slash = info ? strrchr(info->text, '/') : NULL;

	if (!info)
		return;
	put_key(w, "INFO_SUBDIR", NULL);
	if (slash)
		rv_buf_add(w->out, info->text, (size_t)(slash - info->text));
	else
		put(w, ".");
	rv_buf_add_char(w->out, '\n');
}

static void put_passed(struct writer *w)
{
	for (enum rv_port_key key = 0; key < RV_KEY_COUNT; key++) {
		if (rv_keys[key].kind == RV_KIND_PASS)
			put_list(w, key, VERTICAL);
		if (key == RV_KEY_INFO_SUBDIR && !w->source)
			put_info_subdir(w);
	}
}

static void put_text(struct writer *w, enum rv_port_key key)
{
	const char *text = text_of(w, key);

	if (!text)
		return;
	put_key(w, rv_keys[key].name, NULL);
	put_line(w, text);
}

static void put_row(struct writer *w, const struct row *row)
{
	enum rv_port_key key = row->key;

	switch (row->layout) {
	case TEXT:
		put_text(w, key);
		break;
	case FLAG:
		if (!rv_port_has(w->p, key) && !(key == RV_KEY_INVALID_RPATH && w->genesis))
			break;
		put_key(w, rv_keys[key].name, NULL);
		put_line(w, "yes");
		break;
	case NATURAL:
		put_natural(w, key);
		break;
	case VERTICAL:
	case WRAPPED:
	case ONE_LINE:
		put_list(w, key, row->layout);
		break;
	case MAP:
	case MAP_WRAPPED:
		put_map(w, key, row->layout == MAP_WRAPPED);
		break;
	case NUMBERED:
		put_numbered(w, key);
		break;
	case GROUPS:
		put_groups(w);
		break;
	case PASS:
		put_passed(w);
		break;
	case GAP:
		put_gap(w);
		break;
	}
}

/* --- options and targets */

static void put_helper(struct writer *w, const struct rv_port_option *o, enum rv_helper helper)
{
	const struct rv_items *items = &o->helpers[helper];
	bool whole = helper == RV_HELPER_DESCRIPTION || helper == RV_HELPER_BROKEN_ON;
	size_t before = w->out->n;

	if (!items->n)
		return;
	rv_buf_addf(w->out, "[%s].", o->name);
	put(w, rv_helpers[helper].name);
	put(w, "=");
	put_tabs(w, w->out->n - before, 40);
	if (whole)
		put_line(w, items->v[items->n - 1].text);
	else
		put_vertical(w, items, "\t\t\t\t\t");
}

/* Helpers come by name, but for those that are printed right before another. */
static const struct {
	const char *name, *before;
} moved[] = {
    {"DESCRIPTION", "BROKEN_ON"},
    {"CMAKE_BOOL_T_BOTH", "CMAKE_BOOL_F_BOTH"},
    {"PHP_EXTENSIONS_OFF", "PREVENTS_ON"},
    {"PHP_EXTENSIONS_ON", "PREVENTS_ON"},
};

/* Every helper in a sheet's order. */
static void order_helpers(enum rv_helper *out)
{
	bool taken[RV_HELPER_COUNT + 1] = {false};
	size_t n = 0;

	for (size_t i = 0; i < RV_COUNT(moved); i++)
		taken[rv_helper_find(rv_span_str(moved[i].name))] = true;
	for (enum rv_helper h = 0; h < RV_HELPER_COUNT; h++) {
		for (size_t i = 0; i < RV_COUNT(moved); i++) {
			enum rv_helper other = rv_helper_find(rv_span_str(moved[i].name));

			if (other < RV_HELPER_COUNT &&
			    strcmp(moved[i].before, rv_helpers[h].name) == 0)
				out[n++] = other;
		}
		if (!taken[h])
			out[n++] = h;
	}
}

static void put_option(
    struct writer *w, const struct rv_port_option *o, const enum rv_helper *helpers)
{
	put_gap(w);
	for (size_t i = 0; i < RV_HELPER_COUNT; i++)
		put_helper(w, o, helpers[i]);
}

static void put_options(struct writer *w)
{
	enum rv_helper helpers[RV_HELPER_COUNT];
	struct names names = {0};
	struct rv_order order;

	/* "none" is an option too, without helpers */
	if (!w->p->options.n) {
		put_gap(w);
		return;
	}
	order_helpers(helpers);
	for (size_t i = 0; i < w->p->options.n; i++)
		rv_vec_push(&names, w->p->options.v[i].name);
	rv_order_of(names.v, names.n, &order);
	rv_vec_each (&order, at)
		put_option(w, &w->p->options.v[*at], helpers);
	rv_vec_release(&order);
	names_release(&names);
}

static void put_target(struct writer *w, const char *name)
{
	for (size_t i = 0; i < w->p->targets.n; i++) {
		const struct rv_target *t = &w->p->targets.v[i];

		if (strcmp(t->name, name) != 0)
			continue;
		put_gap(w);
		put(w, t->name);
		put_line(w, ":");
		for (size_t k = 0; k < t->lines.n; k++)
			put_line(w, t->lines.v[k].text);
	}
}

static void put_targets(struct writer *w)
{
	struct names names = {0}, out = {0};

	for (size_t i = 0; i < w->p->targets.n; i++)
		rv_vec_push(&names, w->p->targets.v[i].name);
	arrange(w, &names, false, &out);
	for (size_t i = 0; i < out.n; i++)
		put_target(w, out.v[i]);
	names_release(&names);
	names_release(&out);
}

bool rv_sheet_put_values(const struct rv_port *p, bool source, bool genesis, struct rv_buf *out)
{
	struct writer w = {.p = p, .out = out, .source = source, .genesis = genesis, .gap = true};

	for (size_t i = 0; i < RV_COUNT(rows); i++)
		put_row(&w, &rows[i]);
	put_options(&w);
	put_targets(&w);
	return w.gap;
}
