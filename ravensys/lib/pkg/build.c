/* SPDX-License-Identifier: ISC */
/* +BUILD: written through parse as +MANIFEST is. */
#include "pkg/build.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "codec/json.h"
#include "pkg/field.h"
#include "pkg/ident.h"
#include "pkg/utf8.h"
#include "pkg/version.h"

#define TIME_MAX (((int64_t)1 << 33) - 1) /* what a ustar header holds */

static bool system_root_valid(struct rv_span text)
{
	return rv_span_is(text, "host") || rv_span_is(text, "ravensys");
}

static bool name_valid(struct rv_span text)
{
	struct rv_ident id;

	return rv_ident_parse(text, &id, NULL) == 0 && id.version.n == 0;
}

static const struct rv_field_string build_rows[] = {
    {"builder", offsetof(struct rv_build, builder), true, rv_utf8_plain, 0},
    {"system_root", offsetof(struct rv_build, system_root), true, system_root_valid, 0},
};
static const struct rv_field_string used_rows[] = {
    {"name", offsetof(struct rv_build_used, name), true, name_valid, 0},
    {"version", offsetof(struct rv_build_used, version), true, rv_version_valid, 0},
};
static const struct rv_field_string tool_rows[] = {
    {"name", offsetof(struct rv_build_tool, name), true, rv_utf8_plain, 0},
    {"version", offsetof(struct rv_build_tool, version), true, rv_utf8_plain, 0},
};

void rv_build_init(struct rv_build *b)
{
	*b = (struct rv_build){.builder = "", .system_root = ""};
}

void rv_build_release(struct rv_build *b)
{
	rv_vec_release(&b->used);
	rv_vec_release(&b->tools);
	rv_arena_release(&b->arena);
	rv_build_init(b);
}

static int read_used(const struct rv_field_in *in, const struct rv_json *doc, struct rv_build *b,
    struct rv_error *err)
{
	static const char *const keys[] = {"content_id", "name", "version", NULL};
	const struct rv_json *items;

	if (rv_field_items(in, doc, "used", &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		struct rv_build_used *u = rv_vec_add(&b->used);

		if (rv_json_only_keys(it.value, keys, in->what, err) < 0 ||
		    rv_field_strings(in, it.value, used_rows, RV_COUNT(used_rows), u, err) < 0 ||
		    rv_field_sha256(in, it.value, "content_id", true, &u->content_id, err) < 0)
			return -1;
		if (u > b->used.v && strcmp(u[-1].name, u->name) >= 0)
			return rv_field_fail(in, "used", "not sorted by name, or twice", err);
	}
	return 0;
}

static int read_tools(const struct rv_field_in *in, const struct rv_json *doc, struct rv_build *b,
    struct rv_error *err)
{
	static const char *const keys[] = {"name", "version", NULL};
	const struct rv_json *items;

	if (rv_field_items(in, doc, "tools", &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		struct rv_build_tool *t = rv_vec_add(&b->tools);

		if (rv_json_only_keys(it.value, keys, in->what, err) < 0 ||
		    rv_field_strings(in, it.value, tool_rows, RV_COUNT(tool_rows), t, err) < 0)
			return -1;
		if (t > b->tools.v && strcmp(t[-1].name, t->name) >= 0)
			return rv_field_fail(in, "tools", "not sorted by name, or twice", err);
	}
	return 0;
}

static int read_all(const struct rv_field_in *in, const struct rv_json *doc, struct rv_build *b,
    struct rv_error *err)
{
	static const char *const keys[] = {"builder", "input", "recipe", "source_date_epoch",
	    "system_root", "tools", "used", NULL};

	if (rv_json_only_keys(doc, keys, in->what, err) < 0 ||
	    rv_field_strings(in, doc, build_rows, RV_COUNT(build_rows), b, err) < 0 ||
	    rv_field_sha256(in, doc, "input", false, &b->input, err) < 0 ||
	    rv_field_sha256(in, doc, "recipe", false, &b->recipe, err) < 0 ||
	    rv_field_int(in, doc, "source_date_epoch", TIME_MAX, -1, &b->source_date_epoch, err) <
		0)
		return -1;
	if (b->source_date_epoch < 0)
		return rv_field_fail(in, "source_date_epoch", "missing", err);
	return read_used(in, doc, b, err) < 0 || read_tools(in, doc, b, err) < 0 ? -1 : 0;
}

int rv_build_parse(
    struct rv_span text, const char *what, struct rv_build *out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = NULL;
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(4096);
	struct rv_field_in in = {.arena = &out->arena};

	rv_buf_addf(&name, "%s: +BUILD", what);
	in.what = rv_buf_str(&name);
	rv_build_init(out);
	if (rv_field_document(text, RV_BUILD_MAX_BYTES, in.what, &doc, err) < 0)
		return -1;
	if (read_all(&in, doc, out, err) < 0) {
		rv_build_release(out);
		return -1;
	}
	return 0;
}

static int used_cmp(const void *a, const void *b)
{
	return strcmp(
	    ((const struct rv_build_used *)a)->name, ((const struct rv_build_used *)b)->name);
}

static int tool_cmp(const void *a, const void *b)
{
	return strcmp(
	    ((const struct rv_build_tool *)a)->name, ((const struct rv_build_tool *)b)->name);
}

static bool is_known(const struct rv_sha256 *d)
{
	static const struct rv_sha256 none;

	return !rv_sha256_eq(d, &none);
}

static struct rv_json *make_document(const struct rv_build *b)
{
	struct rv_json *doc = rv_json_new_object(), *used = rv_json_new_array(),
		       *tools = rv_json_new_array();

	rv_field_set_rows(doc, build_rows, RV_COUNT(build_rows), b);
	rv_json_set_int(doc, "source_date_epoch", b->source_date_epoch);
	if (is_known(&b->input))
		rv_field_set_sha256(doc, "input", &b->input);
	if (is_known(&b->recipe))
		rv_field_set_sha256(doc, "recipe", &b->recipe);
	rv_vec_each (&b->used, u) {
		struct rv_json *o = rv_json_new_object();

		rv_field_set_rows(o, used_rows, RV_COUNT(used_rows), u);
		rv_field_set_sha256(o, "content_id", &u->content_id);
		rv_json_append(used, o);
	}
	rv_vec_each (&b->tools, t) {
		struct rv_json *o = rv_json_new_object();

		rv_field_set_rows(o, tool_rows, RV_COUNT(tool_rows), t);
		rv_json_append(tools, o);
	}
	if (b->used.n)
		rv_json_set(doc, "used", used);
	else
		rv_json_free(used);
	if (b->tools.n)
		rv_json_set(doc, "tools", tools);
	else
		rv_json_free(tools);
	return doc;
}

int rv_build_encode(struct rv_build *b, struct rv_buf *out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = NULL;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_BUILD_MAX_BYTES);
	struct rv_build again;

	rv_vec_sort(&b->used, used_cmp);
	rv_vec_sort(&b->tools, tool_cmp);
	doc = make_document(b);
	if (rv_field_encode(doc, &text, err) < 0)
		return -1;
	if (rv_build_parse(rv_buf_span(&text), "package", &again, err) < 0) {
		if (err && err->code == RV_FORMAT)
			err->code = RV_INPUT;
		return -1;
	}
	rv_build_release(&again);
	rv_buf_add_span(out, rv_buf_span(&text));
	return rv_buf_check(out, "+BUILD", err);
}
