/* SPDX-License-Identifier: ISC */
/* lib/codec/json: the vectors of tests/data/json-canonical.txt, depth, making and looking. */
#include <stdlib.h>

#include "codec/digest.h"
#include "codec/json.h"
#include "os/file.h"
#include "tests/tap.h"

#define VECTORS "ravensys/tests/data/json-canonical.txt"

struct vector {
	struct rv_span in, out, refused, strict;
	struct rv_buf bytes, out_bytes; /* of inhex, outhex */
	unsigned line;
};
#define VECTOR_INIT ((struct vector){.bytes = RV_BUF_INIT(1000), .out_bytes = RV_BUF_INIT(1000)})

static void check_refused(const struct vector *v, int rc, const struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf want = RV_BUF_INIT(1000);

	rv_buf_add_span(&want, v->refused);
	if (!tap_ok(rc < 0 && strstr(err->msg, rv_buf_str(&want)), "line %u: refused: %s", v->line,
		rv_buf_str(&want)))
		printf("# returned %d: %s\n", rc, rc < 0 ? err->msg : "");
}

static void check_again(const struct vector *v, const struct rv_buf *canonical)
{
	rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(10000);
	rv_autofree(rv_json) struct rv_json *value = NULL;
	struct rv_error err = RV_ERROR_INIT;

	if (rv_json_parse(rv_buf_span(canonical), "again", &value, &err) == 0 &&
	    rv_json_canonical(value, RV_JSON_CONTROL_ESCAPED, &again, &err) == 0)
		tap_str(
		    rv_buf_str(&again), rv_buf_str(canonical), "line %u: a fixed point", v->line);
	else
		tap_ok(false, "line %u: %s", v->line, err.msg);
}

static void check_strict(const struct vector *v, const struct rv_json *value)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(10000), want = RV_BUF_INIT(1000);
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_json_canonical(value, RV_JSON_CONTROL_REFUSED, &out, &err);

	rv_buf_add_span(&want, v->strict);
	if (v->strict.p)
		tap_ok(rc < 0 && strstr(err.msg, rv_buf_str(&want)), "line %u: strict: %s", v->line,
		    err.msg);
	else
		tap_good(rc, &err, "line %u: strict accepts", v->line);
}

static void check_vector(const struct vector *v)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(10000), want = RV_BUF_INIT(10000);
	rv_autofree(rv_json) struct rv_json *value = NULL;
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_json_parse(v->in, "vector", &value, &err);

	if (v->refused.p) {
		check_refused(v, rc, &err);
		return;
	}
	tap_good(rc, &err, "line %u: parsed", v->line);
	if (rc < 0)
		return;
	rc = rv_json_canonical(value, RV_JSON_CONTROL_ESCAPED, &out, &err);
	rv_buf_add_span(&want, v->out);
	tap_str(rv_buf_str(&out), rv_buf_str(&want), "line %u: canonical", v->line);
	check_again(v, &out);
	check_strict(v, value);
}

static void vector_line(struct vector *v, struct rv_span line, unsigned number)
{
	size_t colon = rv_span_find(line, ':');
	struct rv_span word = rv_span_sub(line, 0, colon), rest = rv_span_from(line, colon + 2);
	struct rv_error err = RV_ERROR_INIT;

	v->line = number;
	if (!rest.p)
		rest.p = "";
	if (rv_span_is(word, "in"))
		v->in = rest;
	else if (rv_span_is(word, "out"))
		v->out = rest;
	else if (rv_span_is(word, "refused"))
		v->refused = rest;
	else if (rv_span_is(word, "strict"))
		v->strict = rest;
	else if (rv_span_is(word, "inhex") && rv_hex_decode(rest, &v->bytes, &err) == 0)
		v->in = rv_buf_span(&v->bytes);
	else if (rv_span_is(word, "outhex") && rv_hex_decode(rest, &v->out_bytes, &err) == 0)
		v->out = rv_buf_span(&v->out_bytes);
	else
		tap_ok(false, "line %u of the vectors is not understood", number);
}

static void test_vectors(void)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(100000);
	struct vector v = VECTOR_INIT;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_span rest, line;
	unsigned number = 0, cases = 0;

	tap_good(rv_file_read(RV_CWD, VECTORS, &text, &err), &err, "read the vectors");
	rv_buf_add_str(&text, "\n\n");
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line)) {
		number++;
		if (line.n && line.p[0] != '#') {
			vector_line(&v, line, number);
		} else if (!line.n && (v.out.p || v.refused.p)) {
			check_vector(&v);
			cases++;
			rv_buf_release(&v.bytes);
			rv_buf_release(&v.out_bytes);
			v = VECTOR_INIT;
		}
	}
	tap_ok(cases >= 40, "%u vectors", cases);
}

static int parse_nested(unsigned depth, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(100000);
	rv_autofree(rv_json) struct rv_json *v = NULL;

	for (unsigned i = 0; i < depth; i++)
		rv_buf_add_char(&text, '[');
	for (unsigned i = 0; i < depth; i++)
		rv_buf_add_char(&text, ']');
	return rv_json_parse(rv_buf_span(&text), "nested", &v, err);
}

static void test_depth(void)
{
	struct rv_error err = RV_ERROR_INIT;

	tap_good(parse_nested(RV_JSON_DEPTH, &err), &err, "the deepest allowed");
	tap_int(parse_nested(RV_JSON_DEPTH + 1, &err), -1, "one deeper is refused: %s", err.msg);
	tap_int(parse_nested(40000, &err), -1, "very deep is refused: %s", err.msg);
}

static void test_make(void)
{
	rv_autofree(rv_json) struct rv_json *o = rv_json_new_object();
	rv_autofree(rv_json) struct rv_json *copy = NULL;
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1000);
	struct rv_json *list = rv_json_new_array();

	rv_json_append_string(list, "x\n");
	rv_json_append(list, rv_json_new_int(-5));
	rv_json_append_string(list, "\xff");
	rv_json_set(o, "z", list);
	rv_json_set_bool(o, "a", true);
	rv_json_set_string(o, "m", "é/\"");
	rv_json_set_string(o, "none", NULL);
	rv_json_compact(o, &out);
	tap_str(rv_buf_str(&out),
	    "{\"z\":[\"x\\n\",-5,null],\"a\":true,\"m\":\"é/\\\"\",\"none\":null}",
	    "compact keeps the order");
	copy = rv_json_copy(o);
	rv_json_append_string(list, "more");
	tap_int(rv_json_count(rv_json_get(copy, "z")), 3, "a copy is deep");
	tap_int(rv_json_count(o), 4, "four members");
}

static void test_look(void)
{
	static const char *const keys[] = {"s", "n", NULL};
	rv_autofree(rv_json) struct rv_json *o = NULL;
	const struct rv_json *inside;
	struct rv_error err = RV_ERROR_INIT;
	const char *s = NULL;
	int64_t n = 0;
	int seen = 0;

	tap_good(
	    rv_json_parse(RV_SPAN_LIT("{\"s\":\"t\",\"n\":4,\"l\":[1,2]}"), "f.json", &o, &err),
	    &err, "parse");
	tap_good(rv_json_want_string(o, "s", "f.json", &s, &err), &err, "want string");
	tap_str(s, "t", "its text");
	tap_good(rv_json_want_int(o, "n", "f.json", &n, &err), &err, "want int");
	tap_int(n, 4, "its value");
	tap_int(rv_json_want_object(o, "l", "f.json", &inside, &err), -1, "an array is no object");
	tap_str(err.msg, "f.json: 'l' is not an object", "and says so");
	tap_int(rv_json_want_array(o, "x", "f.json", &inside, &err), -1, "absent");
	tap_str(err.msg, "f.json: key 'x' is missing", "and says so");
	tap_int(rv_json_only_keys(o, keys, "f.json", &err), -1, "unknown key");
	tap_str(err.msg, "f.json: unknown key 'l'", "is named");
	rv_json_each_item (rv_json_get(o, "l"), it)
		seen++;
	rv_json_each_item (NULL, it)
		seen += 100;
	rv_json_each (NULL, it)
		seen += 100;
	tap_int(seen, 2, "iteration, nothing for NULL");
	tap_ok(
	    rv_json_string(NULL) == NULL && rv_json_type(NULL) == RV_JSON_NULL, "NULL is absent");
	tap_int(rv_json_parse(RV_SPAN_LIT("{\n\n\"a\" 1}"), "f.json", &o, &err), -1, "line number");
	tap_ok(strncmp(err.msg, "f.json:3: ", 10) == 0, "in %s", err.msg);
}

int main(void)
{
	test_vectors();
	test_depth();
	test_make();
	test_look();
	return tap_done();
}
