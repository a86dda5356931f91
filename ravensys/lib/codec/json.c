/* SPDX-License-Identifier: ISC */
/*
 * JSON values: a struct rv_json is jansson's json_t under our name. Everything read was checked by
 * check_value.
 */
#include "codec/json.h"

#include <string.h>

#include <jansson.h>

#include "base/alloc.h"

/* jansson never changes a value that is only looked at; its lookups just do not say const. */
static json_t *inner(const struct rv_json *v)
{
	union {
		const struct rv_json *outer;
		json_t *value;
	} u = {.outer = v};

	return u.value;
}

static struct rv_json *outer(json_t *v)
{
	return (struct rv_json *)(void *)v;
}

/* --- reading */

static int check_value(const json_t *v, unsigned depth, const char *what, struct rv_error *err);

static bool is_plain_key(const char *key)
{
	for (; *key; key++)
		if (*key < 0x20 || *key > 0x7e)
			return false;
	return true;
}

static int check_members(json_t *v, unsigned depth, const char *what, struct rv_error *err)
{
	const char *key;
	json_t *member;

	json_object_foreach(v, key, member)
	{
		if (!is_plain_key(key))
			return rv_fail(err, RV_FORMAT, "%s: a key is not printable ASCII", what);
		if (check_value(member, depth, what, err) < 0)
			return -1;
	}
	return 0;
}

static int check_value(const json_t *v, unsigned depth, const char *what, struct rv_error *err)
{
	size_t i;
	json_t *item;

	if (json_is_real(v))
		return rv_fail(err, RV_FORMAT, "%s: a number is not an integer", what);
	if (!json_is_array(v) && !json_is_object(v))
		return 0;
	if (depth >= RV_JSON_DEPTH)
		return rv_fail(err, RV_FORMAT, "%s: nested deeper than %d", what, RV_JSON_DEPTH);
	if (json_is_object(v))
		return check_members(
		    inner((const struct rv_json *)(const void *)v), depth + 1, what, err);
	json_array_foreach(v, i, item)
	{
		if (check_value(item, depth + 1, what, err) < 0)
			return -1;
	}
	return 0;
}

int rv_json_parse(struct rv_span text, const char *what, struct rv_json **out, struct rv_error *err)
{
	json_error_t why;
	json_t *v = json_loadb(
	    text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);

	if (!v)
		return rv_fail(err, RV_FORMAT, "%s:%d: %s", what, why.line, why.text);
	if (check_value(v, 0, what, err) < 0) {
		json_decref(v);
		return -1;
	}
	*out = outer(v);
	return 0;
}

void rv_json_free(struct rv_json *v)
{
	json_decref(inner(v));
}

/* --- looking */

enum rv_json_type rv_json_type(const struct rv_json *v)
{
	const json_t *value = inner(v);

	if (json_is_object(value))
		return RV_JSON_OBJECT;
	if (json_is_array(value))
		return RV_JSON_ARRAY;
	if (json_is_string(value))
		return RV_JSON_STRING;
	if (json_is_integer(value))
		return RV_JSON_INT;
	return json_is_boolean(value) ? RV_JSON_BOOL : RV_JSON_NULL;
}

const struct rv_json *rv_json_get(const struct rv_json *object, const char *key)
{
	return outer(json_object_get(inner(object), key));
}

size_t rv_json_count(const struct rv_json *v)
{
	return json_is_object(inner(v)) ? json_object_size(inner(v)) : json_array_size(inner(v));
}

const struct rv_json *rv_json_at(const struct rv_json *array, size_t i)
{
	return outer(json_array_get(inner(array), i));
}

const char *rv_json_string(const struct rv_json *v)
{
	return json_string_value(inner(v));
}

bool rv_json_int(const struct rv_json *v, int64_t *out)
{
	if (!json_is_integer(inner(v)))
		return false;
	*out = json_integer_value(inner(v));
	return true;
}

bool rv_json_bool(const struct rv_json *v, bool fallback)
{
	return json_is_boolean(inner(v)) ? json_is_true(inner(v)) : fallback;
}

static int want(const struct rv_json *object, const char *key, enum rv_json_type type,
    const char *what, const struct rv_json **out, struct rv_error *err)
{
	static const char *const names[] = {
	    [RV_JSON_NULL] = "null",
	    [RV_JSON_BOOL] = "true or false",
	    [RV_JSON_INT] = "an integer",
	    [RV_JSON_STRING] = "a string",
	    [RV_JSON_ARRAY] = "an array",
	    [RV_JSON_OBJECT] = "an object",
	};
	const struct rv_json *v = rv_json_get(object, key);

	if (!v)
		return rv_fail(err, RV_FORMAT, "%s: key '%s' is missing", what, key);
	if (rv_json_type(v) != type)
		return rv_fail(err, RV_FORMAT, "%s: '%s' is not %s", what, key, names[type]);
	*out = v;
	return 0;
}

int rv_json_want_string(const struct rv_json *object, const char *key, const char *what,
    const char **out, struct rv_error *err)
{
	const struct rv_json *v;

	if (want(object, key, RV_JSON_STRING, what, &v, err) < 0)
		return -1;
	*out = rv_json_string(v);
	return 0;
}

int rv_json_want_int(const struct rv_json *object, const char *key, const char *what, int64_t *out,
    struct rv_error *err)
{
	const struct rv_json *v;

	if (want(object, key, RV_JSON_INT, what, &v, err) < 0)
		return -1;
	rv_json_int(v, out);
	return 0;
}

int rv_json_want_object(const struct rv_json *object, const char *key, const char *what,
    const struct rv_json **out, struct rv_error *err)
{
	return want(object, key, RV_JSON_OBJECT, what, out, err);
}

int rv_json_want_array(const struct rv_json *object, const char *key, const char *what,
    const struct rv_json **out, struct rv_error *err)
{
	return want(object, key, RV_JSON_ARRAY, what, out, err);
}

static bool listed(const char *const *keys, const char *key)
{
	while (*keys && strcmp(*keys, key) != 0)
		keys++;
	return *keys;
}

int rv_json_only_keys(
    const struct rv_json *object, const char *const *keys, const char *what, struct rv_error *err)
{
	rv_json_each (object, it)
		if (!listed(keys, it.key))
			return rv_fail(err, RV_FORMAT, "%s: unknown key '%s'", what, it.key);
	return 0;
}

bool rv_json_iter_member(const struct rv_json *object, struct rv_json_iter *it)
{
	json_t *o = inner(object);

	it->at = it->at ? json_object_iter_next(o, it->at) : json_object_iter(o);
	if (!it->at)
		return false;
	it->key = json_object_iter_key(it->at);
	it->value = outer(json_object_iter_value(it->at));
	it->i++;
	return true;
}

bool rv_json_iter_item(const struct rv_json *array, struct rv_json_iter *it)
{
	it->value = rv_json_at(array, it->i++);
	return it->value;
}

/* --- making */

static struct rv_json *made(json_t *v)
{
	if (!v)
		rv_alloc_failed();
	return outer(v);
}

struct rv_json *rv_json_new_object(void)
{
	return made(json_object());
}

struct rv_json *rv_json_new_array(void)
{
	return made(json_array());
}

struct rv_json *rv_json_new_string(const char *text)
{
	return rv_json_new_span(rv_span_str(text));
}

struct rv_json *rv_json_new_span(struct rv_span text)
{
	json_t *v = text.p && !memchr(text.p, 0, text.n) ? json_stringn(text.p, text.n) : NULL;

	return outer(v ? v : json_null());
}

struct rv_json *rv_json_new_int(int64_t v)
{
	return made(json_integer(v));
}

struct rv_json *rv_json_new_bool(bool v)
{
	return made(json_boolean(v));
}

struct rv_json *rv_json_copy(const struct rv_json *v)
{
	return v ? made(json_deep_copy(inner(v))) : NULL;
}

void rv_json_set(struct rv_json *object, const char *key, struct rv_json *value)
{
	if (json_object_set_new(inner(object), key, inner(value)) < 0)
		rv_alloc_failed();
}

void rv_json_set_string(struct rv_json *object, const char *key, const char *text)
{
	rv_json_set(object, key, rv_json_new_string(text));
}

void rv_json_set_int(struct rv_json *object, const char *key, int64_t v)
{
	rv_json_set(object, key, rv_json_new_int(v));
}

void rv_json_set_bool(struct rv_json *object, const char *key, bool v)
{
	rv_json_set(object, key, rv_json_new_bool(v));
}

void rv_json_append(struct rv_json *array, struct rv_json *value)
{
	if (json_array_append_new(inner(array), inner(value)) < 0)
		rv_alloc_failed();
}

void rv_json_append_string(struct rv_json *array, const char *text)
{
	rv_json_append(array, rv_json_new_string(text));
}

/* --- writing for people */

static int add_text(const char *text, size_t n, void *out)
{
	rv_buf_add(out, text, n);
	return 0;
}

void rv_json_compact(const struct rv_json *v, struct rv_buf *out)
{
	/* fails only for cycles, which ownership makes impossible */
	if (json_dump_callback(inner(v), add_text, out, JSON_COMPACT | JSON_ENCODE_ANY) < 0)
		out->failed = true;
}
