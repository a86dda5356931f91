/* SPDX-License-Identifier: ISC */
/*
 * JSON values (jansson inside) and canonical JSON. A struct rv_json is a value owned by whoever
 * made it; rv_json_get and friends give borrowed values that live as long as their parent. *_set
 * and *_append take ownership of the value given.
 *
 * Reading is strict: integers only (a fraction or exponent is refused), duplicate keys refused,
 * keys printable ASCII, UTF-8 checked, at most RV_JSON_DEPTH deep, nothing behind the value.
 *
 * Canonical form: keys sorted by bytes, no blanks, integers, and only these escapes: \" \\ and,
 * where allowed, control characters as lower-case \u00xx. It is what is hashed and signed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RV_JSON_DEPTH 64

struct rv_json;

enum rv_json_type {
	RV_JSON_NULL,
	RV_JSON_BOOL,
	RV_JSON_INT,
	RV_JSON_STRING,
	RV_JSON_ARRAY,
	RV_JSON_OBJECT
};

/* what names the text in the error. RV_FORMAT with line and reason. */
int rv_json_parse(struct rv_span text, const char *what, struct rv_json **out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_json_free(struct rv_json *v); /* NULL allowed; only for owned values */
RV_DEFINE_FREEP(rv_json)

enum rv_json_control { RV_JSON_CONTROL_ESCAPED, RV_JSON_CONTROL_REFUSED };
/* Appends the canonical form; RV_FORMAT when control characters are refused and one is there. */
int rv_json_canonical(const struct rv_json *v, enum rv_json_control control, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
/* For people and --json output: compact, insertion order, UTF-8. */
void rv_json_compact(const struct rv_json *v, struct rv_buf *out);

/* --- looking (NULL values are allowed everywhere and count as absent) */
enum rv_json_type rv_json_type(const struct rv_json *v);
/* NULL when absent */
const struct rv_json *rv_json_get(const struct rv_json *object, const char *key);
size_t rv_json_count(const struct rv_json *v); /* array or object */
const struct rv_json *rv_json_at(const struct rv_json *array, size_t i);
/* Strings are NUL-terminated and hold no NUL. NULL when v is no string. */
const char *rv_json_string(const struct rv_json *v);
bool rv_json_int(const struct rv_json *v, int64_t *out);
bool rv_json_bool(const struct rv_json *v, bool fallback);

/* Wanted members, with an error that names `what` and the key. Borrowed results. */
int rv_json_want_string(const struct rv_json *object, const char *key, const char *what,
    const char **out, struct rv_error *err) RV_MUST_CHECK;
int rv_json_want_int(const struct rv_json *object, const char *key, const char *what, int64_t *out,
    struct rv_error *err) RV_MUST_CHECK;
int rv_json_want_object(const struct rv_json *object, const char *key, const char *what,
    const struct rv_json **out, struct rv_error *err) RV_MUST_CHECK;
int rv_json_want_array(const struct rv_json *object, const char *key, const char *what,
    const struct rv_json **out, struct rv_error *err) RV_MUST_CHECK;
/* RV_FORMAT naming the first key of object that is not in the NULL-terminated list. */
int rv_json_only_keys(const struct rv_json *object, const char *const *keys, const char *what,
    struct rv_error *err) RV_MUST_CHECK;

/*
 * rv_json_each(object, key, value) { ... } in insertion order; rv_json_each_item(array, value) {
 * ... }
 */
struct rv_json_iter {
	void *at;
	const char *key;
	const struct rv_json *value;
	size_t i;
};
bool rv_json_iter_member(const struct rv_json *object, struct rv_json_iter *it);
bool rv_json_iter_item(const struct rv_json *array, struct rv_json_iter *it);
#define rv_json_each(object, it)                                                                   \
	for (struct rv_json_iter it = {0}; rv_json_iter_member(object, &it);)
#define rv_json_each_item(array, it)                                                               \
	for (struct rv_json_iter it = {0}; rv_json_iter_item(array, &it);)

/* --- making; strings are copied and must be UTF-8 (else replaced by RV_JSON_NULL) */
struct rv_json *rv_json_new_object(void) RV_MUST_CHECK;
struct rv_json *rv_json_new_array(void) RV_MUST_CHECK;
struct rv_json *rv_json_new_string(const char *text) RV_MUST_CHECK;
struct rv_json *rv_json_new_span(struct rv_span text) RV_MUST_CHECK;
struct rv_json *rv_json_new_int(int64_t v) RV_MUST_CHECK;
struct rv_json *rv_json_new_bool(bool v) RV_MUST_CHECK;
struct rv_json *rv_json_copy(const struct rv_json *v) RV_MUST_CHECK; /* deep */
void rv_json_set(struct rv_json *object, const char *key, struct rv_json *value);
void rv_json_set_string(struct rv_json *object, const char *key, const char *text);
void rv_json_set_int(struct rv_json *object, const char *key, int64_t v);
void rv_json_set_bool(struct rv_json *object, const char *key, bool v);
void rv_json_append(struct rv_json *array, struct rv_json *value);
void rv_json_append_string(struct rv_json *array, const char *text);
