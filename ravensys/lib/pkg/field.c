/* SPDX-License-Identifier: ISC */
/*
 * Members of package metadata: one place that decides what a string, list, number or digest may be.
 */
#include "pkg/field.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "pkg/utf8.h"

int rv_field_fail(
    const struct rv_field_in *in, const char *key, const char *reason, struct rv_error *err)
{
	return rv_fail(err, RV_FORMAT, "%s: %s: %s", in->what, key, reason);
}

static const char *text_fault(struct rv_span text, rv_field_valid *valid, size_t max)
{
	if (text.n == 0)
		return "empty: leave it out";
	if (text.n > (max ? max : RV_FIELD_LINE_MAX_BYTES))
		return "too long";
	return valid(text) ? NULL : "not a valid value";
}

static int read_string(const struct rv_field_in *in, const struct rv_json *object,
    const struct rv_field_string *row, const char **out, struct rv_error *err)
{
	const struct rv_json *v = rv_json_get(object, row->key);
	const char *text = rv_json_string(v), *fault;

	*out = "";
	if (!v)
		return row->must ? rv_field_fail(in, row->key, "missing", err) : 0;
	if (!text)
		return rv_field_fail(in, row->key, "not a string", err);
	fault = text_fault(rv_span_str(text), row->valid, row->max);
	if (fault)
		return rv_field_fail(in, row->key, fault, err);
	*out = rv_arena_strdup(in->arena, text);
	return 0;
}

int rv_field_strings(const struct rv_field_in *in, const struct rv_json *object,
    const struct rv_field_string *rows, size_t n_rows, void *target, struct rv_error *err)
{
	for (size_t i = 0; i < n_rows; i++) {
		const char *text;

		if (read_string(in, object, &rows[i], &text, err) < 0)
			return -1;
		memcpy((char *)target + rows[i].at, &text, sizeof(text));
	}
	return 0;
}

int rv_field_items(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    const struct rv_json **out, struct rv_error *err)
{
	const struct rv_json *v = rv_json_get(object, key);

	*out = v;
	if (!v)
		return 0;
	if (rv_json_type(v) != RV_JSON_ARRAY)
		return rv_field_fail(in, key, "not an array", err);
	if (rv_json_count(v) == 0)
		return rv_field_fail(in, key, "empty: leave it out", err);
	if (rv_json_count(v) > RV_MANIFEST_MAX_ITEMS)
		return rv_field_fail(in, key, "too many items", err);
	return 0;
}

int rv_field_array(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    enum rv_field_order order, struct rv_strings *out, struct rv_error *err)
{
	const struct rv_json *items;

	if (rv_field_items(in, object, key, &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		const char *text = rv_json_string(it.value);
		const char *fault =
		    text ? text_fault(rv_span_str(text), rv_utf8_plain, 0) : "item is no string";

		if (!fault && order == RV_FIELD_SET && out->n &&
		    strcmp(out->v[out->n - 1], text) >= 0)
			fault = "not sorted, or twice";
		if (fault)
			return rv_field_fail(in, key, fault, err);
		rv_vec_push(out, rv_arena_strdup(in->arena, text));
	}
	return 0;
}

int rv_field_int(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    int64_t max, int64_t fallback, int64_t *out, struct rv_error *err)
{
	const struct rv_json *v = rv_json_get(object, key);

	*out = fallback;
	if (!v)
		return 0;
	if (!rv_json_int(v, out) || *out < 0 || *out > max)
		return rv_field_fail(in, key, "no number in its range", err);
	return 0;
}

int rv_field_sha256(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    bool must, struct rv_sha256 *out, struct rv_error *err)
{
	const struct rv_json *v = rv_json_get(object, key);
	const char *text = rv_json_string(v);

	memset(out, 0, sizeof(*out));
	if (!v && !must)
		return 0;
	if (!text || !rv_sha256_parse(rv_span_str(text), out))
		return rv_field_fail(in, key, "no SHA-256 in lower-case hexadecimal", err);
	return 0;
}

int rv_field_document(
    struct rv_span text, size_t max, const char *what, struct rv_json **out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *v = NULL;
	rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(max);

	if (text.n > max)
		return rv_fail(err, RV_LIMIT, "%s: longer than %zu bytes", what, max);
	if (text.n == 0 || text.p[text.n - 1] != '\n')
		return rv_fail(err, RV_FORMAT, "%s: no newline at its end", what);
	if (rv_json_parse(rv_span_sub(text, 0, text.n - 1), what, &v, err) < 0)
		return -1;
	if (rv_json_type(v) != RV_JSON_OBJECT)
		return rv_fail(err, RV_FORMAT, "%s: not a JSON object", what);
	if (rv_field_encode(v, &again, err) < 0)
		return rv_context(err, "%s", what);
	if (!rv_span_eq(text, rv_buf_span(&again)))
		return rv_fail(err, RV_FORMAT, "%s: not canonical JSON", what);
	*out = v;
	v = NULL;
	return 0;
}

int rv_field_encode(const struct rv_json *v, struct rv_buf *out, struct rv_error *err)
{
	if (rv_json_canonical(v, RV_JSON_CONTROL_ESCAPED, out, err) < 0)
		return -1;
	rv_buf_add_char(out, '\n');
	return rv_buf_check(out, "package metadata", err);
}

void rv_field_set(struct rv_json *object, const char *key, const char *text)
{
	if (text && *text)
		rv_json_set_string(object, key, text);
}

void rv_field_set_array(struct rv_json *object, const char *key, const struct rv_strings *list)
{
	struct rv_json *array;

	if (list->n == 0)
		return;
	array = rv_json_new_array();
	rv_vec_each (list, s)
		rv_json_append_string(array, *s);
	rv_json_set(object, key, array);
}

void rv_field_set_rows(
    struct rv_json *object, const struct rv_field_string *rows, size_t n_rows, const void *source)
{
	for (size_t i = 0; i < n_rows; i++) {
		const char *text;

		memcpy(&text, (const char *)source + rows[i].at, sizeof(text));
		rv_field_set(object, rows[i].key, text);
	}
}

void rv_field_set_sha256(struct rv_json *object, const char *key, const struct rv_sha256 *d)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(d, hex);
	rv_json_set_string(object, key, hex);
}

static int string_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void rv_strings_make_set(struct rv_strings *list)
{
	size_t n = 0;

	rv_vec_sort(list, string_cmp);
	for (size_t i = 0; i < list->n; i++)
		if (n == 0 || strcmp(list->v[n - 1], list->v[i]) != 0)
			list->v[n++] = list->v[i];
	list->n = n;
}
