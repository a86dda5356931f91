/* SPDX-License-Identifier: ISC */
/*
 * The canonical JSON encoder: what is hashed and signed. One value has exactly one form: members
 * sorted by the bytes of their keys, no blanks, integers only, nothing escaped but '"', '\' and
 * (where allowed) U+0000 to U+001F.
 */
#include "codec/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

struct canon {
	struct rv_buf *out;
	enum rv_json_control control;
	struct rv_error *err;
};

struct member {
	const char *key;
	const struct rv_json *value;
};

static int add_value(struct canon *c, const struct rv_json *v, unsigned depth);

static int add_string(struct canon *c, const char *text)
{
	rv_buf_add_char(c->out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char ch = (unsigned char)*p;

		if (ch < 0x20 && c->control == RV_JSON_CONTROL_REFUSED)
			return rv_fail(
			    c->err, RV_FORMAT, "a string has the control character 0x%02x", ch);
		if (ch < 0x20) {
			rv_buf_addf(c->out, "\\u%04x", ch);
			continue;
		}
		if (ch == '"' || ch == '\\')
			rv_buf_add_char(c->out, '\\');
		rv_buf_add_char(c->out, *p);
	}
	rv_buf_add_char(c->out, '"');
	return 0;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static int add_members(struct canon *c, const struct member *members, size_t n, unsigned depth)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			rv_buf_add_char(c->out, ',');
		if (add_string(c, members[i].key) < 0)
			return -1;
		rv_buf_add_char(c->out, ':');
		if (add_value(c, members[i].value, depth) < 0)
			return -1;
	}
	return 0;
}

static int add_object(struct canon *c, const struct rv_json *v, unsigned depth)
{
	rv_vec(struct member) members = {0};
	int rc;

	rv_json_each (v, it)
		rv_vec_push(&members, (struct member){it.key, it.value});
	rv_vec_sort(&members, by_key);
	rv_buf_add_char(c->out, '{');
	rc = add_members(c, members.v, members.n, depth);
	rv_buf_add_char(c->out, '}');
	rv_vec_release(&members);
	return rc;
}

static int add_array(struct canon *c, const struct rv_json *v, unsigned depth)
{
	rv_buf_add_char(c->out, '[');
	rv_json_each_item (v, it) {
		if (it.i > 1)
			rv_buf_add_char(c->out, ',');
		if (add_value(c, it.value, depth) < 0)
			return -1;
	}
	rv_buf_add_char(c->out, ']');
	return 0;
}

static int add_value(struct canon *c, const struct rv_json *v, unsigned depth)
{
	int64_t n = 0;

	if (depth > RV_JSON_DEPTH)
		return rv_fail(c->err, RV_FORMAT, "nested deeper than %d", RV_JSON_DEPTH);
	switch (rv_json_type(v)) {
	case RV_JSON_NULL:
		rv_buf_add_str(c->out, "null");
		return 0;
	case RV_JSON_BOOL:
		rv_buf_add_str(c->out, rv_json_bool(v, false) ? "true" : "false");
		return 0;
	case RV_JSON_INT:
		rv_json_int(v, &n);
		rv_buf_addf(c->out, "%" PRId64, n);
		return 0;
	case RV_JSON_STRING:
		return add_string(c, rv_json_string(v));
	case RV_JSON_ARRAY:
		return add_array(c, v, depth + 1);
	case RV_JSON_OBJECT:
		return add_object(c, v, depth + 1);
	}
	return rv_fail(c->err, RV_BUG, "unknown type of value");
}

int rv_json_canonical(
    const struct rv_json *v, enum rv_json_control control, struct rv_buf *out, struct rv_error *err)
{
	struct canon c = {out, control, err};

	if (add_value(&c, v, 0) < 0)
		return rv_context(err, "canonical json");
	return rv_buf_check(out, "canonical json", err);
}
