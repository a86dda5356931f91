/* SPDX-License-Identifier: ISC */
/*
 * Members of +MANIFEST and +BUILD, read strictly: present or absent as the page says, never empty,
 * within a limit, valid. Errors are RV_FORMAT "WHAT: KEY: reason". Strings are copied into the
 * arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"
#include "codec/json.h"
#include "pkg/manifest.h"

#define RV_FIELD_LINE_MAX_BYTES 1024

typedef bool rv_field_valid(struct rv_span text);

struct rv_field_string {
	const char *key;
	size_t at; /* offsetof the const char * in the target struct */
	bool must;
	rv_field_valid *valid;
	size_t max; /* 0: RV_FIELD_LINE_MAX_BYTES */
};

/* What is read, and for whom. */
struct rv_field_in {
	struct rv_arena *arena;
	const char *what;
};

/* Every row's member of object into target; absent ones become "". */
int rv_field_strings(const struct rv_field_in *in, const struct rv_json *object,
    const struct rv_field_string *rows, size_t n_rows, void *target, struct rv_error *err)
    RV_MUST_CHECK;

enum rv_field_order { RV_FIELD_LIST, RV_FIELD_SET };
/* An array of lines; a set must be sorted without duplicates. */
int rv_field_array(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    enum rv_field_order order, struct rv_strings *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * The array under key, NULL when absent; refuses empty ones and more than RV_MANIFEST_MAX_ITEMS
 * items.
 */
int rv_field_items(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    const struct rv_json **out, struct rv_error *err) RV_MUST_CHECK;
/* Integer within 0..max; fallback when absent. */
int rv_field_int(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    int64_t max, int64_t fallback, int64_t *out, struct rv_error *err) RV_MUST_CHECK;
int rv_field_sha256(const struct rv_field_in *in, const struct rv_json *object, const char *key,
    bool must, struct rv_sha256 *out, struct rv_error *err) RV_MUST_CHECK;
int rv_field_fail(
    const struct rv_field_in *in, const char *key, const char *reason, struct rv_error *err);

/*
 * Parses a member text (one canonical JSON object, one newline) of at most max bytes; refuses what
 * is not canonical.
 */
int rv_field_document(struct rv_span text, size_t max, const char *what, struct rv_json **out,
    struct rv_error *err) RV_MUST_CHECK;
/* The canonical text with its newline. */
int rv_field_encode(const struct rv_json *v, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;

/* --- making: nothing is set when there is nothing to say */
void rv_field_set(struct rv_json *object, const char *key, const char *text);
void rv_field_set_array(struct rv_json *object, const char *key, const struct rv_strings *list);
void rv_field_set_rows(
    struct rv_json *object, const struct rv_field_string *rows, size_t n_rows, const void *source);
void rv_field_set_sha256(struct rv_json *object, const char *key, const struct rv_sha256 *d);
/* Sorts a list by bytes and drops what is there twice. */
void rv_strings_make_set(struct rv_strings *list);
