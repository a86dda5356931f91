/* SPDX-License-Identifier: ISC */
/* The UCL subset, as canonical JSON, and its faults with their lines. */
#include "tests/tap.h"

#include "codec/ucl.h"

static const struct {
	const char *text,
	    *want; /* canonical JSON, or the error's end when it does not begin with { */
} rows[] = {
    {"", "{}"},
    {"a: b", "{\"a\":\"b\"}"},
    {"a = \"b c\"; d: 12\n", "{\"a\":\"b c\",\"d\":12}"},
    {"a { b: true, c: false }", "{\"a\":{\"b\":true,\"c\":false}}"},
    {"a: { }\n", "{\"a\":{}}"},
    {"# comment\na: /* x */ b\n", "{\"a\":\"b\"}"},
    {"a: [1, 2,\n\"x\"]", "{\"a\":[1,2,\"x\"]}"},
    {"a: <<EOS\nline \"1\"\n  EOS\nline 2\nEOS\nb: c",
	"{\"a\":\"line \\\"1\\\"\\u000a  EOS\\u000aline 2\",\"b\":\"c\"}"},
    {"a: <<E\n\nE\n", "{\"a\":\"\"}"},
    {"a: <<E\nE\nb\nE\n", "{\"a\":\"E\\u000ab\"}"},
    {"post-install-lua: [{\n  args: \"\"\n  code: <<EOS\nx = 1\nEOS\n}]\n",
	"{\"post-install-lua\":[{\"args\":\"\",\"code\":\"x = 1\"}]}"},
    {"a { t: 1 }\na { t: 2 }", "{\"a\":[{\"t\":1},{\"t\":2}]}"},
    {"a: [1]\na: [2]\na: 3", "{\"a\":[1,2,3]}"},
    {"\"a b\": \"\\n\\\"\\\\\"", "{\"a b\":\"\\u000a\\\"\\\\\"}"},
    {"a: b: c", "{\"a\":\"b: c\"}"},
    {"a", "x:1: no colon behind a key"},
    {"\n\na: \"b", "x:3: string without end"},
    {"a: {\nb: c", "x:2: object without end"},
    {"a: [1\n", "x:2: list without end"},
    {"a: <<E\nE\n", "x:3: text without the line that ends it"},
    {"a: <<EOS\nb\n", "x:3: text without the line that ends it"},
    {"a: <<eos\nb\neos\n", "x:1: text begins with << and capital letters alone on the line"},
    {"a: \"\\q\"", "x:1: unknown escape in a string"},
    {"/* a", "x:1: comment without end"},
    {"a:\n", "x:1: no value"},
    {"}", "x:1: no key"},
    {"a: \"\xff\"", "x:1: text that is no UTF-8"},
    {"a:[[[[[[[[[[[[[[[[[", "x:1: nested too deep"},
};

int main(void)
{
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		struct rv_error err = RV_ERROR_INIT;
		rv_autofree(rv_json) struct rv_json *v = NULL;
		rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(10000);
		int rc = rv_ucl_parse(rv_span_str(rows[i].text), "x", &v, &err);

		if (rows[i].want[0] != '{') {
			tap_str(err.msg, rows[i].want, "row %zu is refused", i);
			continue;
		}
		tap_good(rc, &err, "row %zu parses", i);
		if (rc == 0)
			rc = rv_json_canonical(v, RV_JSON_CONTROL_ESCAPED, &out, &err);
		tap_str(rv_buf_str(&out), rows[i].want, "row %zu", i);
	}
	return tap_done();
}
