/* SPDX-License-Identifier: ISC */
/* builder/port: expansion, make variables, distinfo, the walking order, origins, keyword tables. */
#include <stdlib.h>

#include "port/distinfo.h"
#include "port/expand.h"
#include "port/keys.h"
#include "port/lex.h"
#include "port/mkvars.h"
#include "port/order.h"
#include "port/tree.h"
#include "port/words.h"
#include "tests/tap.h"

static struct rv_defs some_defs(void)
{
	struct rv_defs d = {0};

	rv_defs_set(&d, RV_SPAN_LIT("V"), RV_SPAN_LIT("1.2.3"));
	rv_defs_set(&d, RV_SPAN_LIT("P"), RV_SPAN_LIT("a/b/Cc"));
	rv_defs_set(&d, RV_SPAN_LIT("N"), RV_SPAN_LIT("x-${V}"));
	rv_defs_set(&d, RV_SPAN_LIT("LOOP"), RV_SPAN_LIT("${LOOP}"));
	rv_defs_set(&d, RV_SPAN_LIT("BB"), RV_SPAN_LIT("{{PREFIX}}/x"));
	rv_defs_set(&d, RV_SPAN_LIT("VV"), RV_SPAN_LIT("1.2.3"));
	return d;
}

static void test_expand(void)
{
	static const struct {
		const char *in, *out; /* NULL: it must fail */
	} rows[] = {
	    {"plain", "plain"},
	    {"${V}", "1.2.3"},
	    {"a${V}b${V}c", "a1.2.3b1.2.3c"},
	    {"${N}", "x-1.2.3"},
	    {"${V:R}", "1.2"},
	    {"${V:R:R}", "1"},
	    {"${V:E}", "3"},
	    {"${P:H}", "a/b"},
	    {"${P:T}", "Cc"},
	    {"${P:T:LC}", "cc"},
	    {"${P:UC}", "A/B/CC"},
	    {"${V:H}", ""},
	    {"${V:T}", "1.2.3"},
	    {"${V:DL=\".\":T}", "3"},
	    {"${V:S/./_/}", "1_2.3"},
	    {"${V:S/./_/g}", "1_2_3"},
	    {"${V:S|.||g}", "123"},
	    {"${V:S/9/8/}", "1.2.3"},
	    {"${V:S/9/99/g}", "1.2.3"},
	    {"${V:DL=\".\":T}-${V:T}", "3-3"},
	    {"{{V}}", "{{V}}"},
	    {"${V:S/./../g}", NULL},
	    {"${V:S//x/}", NULL},
	    {"${V:S/a/}", NULL},
	    {"${V:}", NULL},
	    {"${V:Z}", NULL},
	    {"${}", NULL},
	    {"${X}", NULL},
	    {"${V", NULL},
	    {"${LOOP}", NULL},
	};
	struct rv_defs d = some_defs();

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(4096);
		struct rv_expand_error why = {""};
		int rc = rv_expand(&d, rv_span_str(rows[i].in), &out, &why);

		if (rows[i].out)
			tap_str(rc == 0 ? rv_buf_str(&out) : why.text, rows[i].out, "expand %s",
			    rows[i].in);
		else
			tap_ok(rc < 0 && why.text[0], "refuse %s: %s", rows[i].in, why.text);
	}
	rv_defs_release(&d);
}

/* ab to ba moves every a behind every b: a square of steps, and more than may be taken. */
static void test_expand_slowly(void)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(4096), value = RV_BUF_INIT(8192);
	struct rv_expand_error why = {""};
	struct rv_defs d = {0};

	for (int i = 0; i < 200; i++)
		rv_buf_add_str(&value, "aaaaaaaaaabbbbbbbbbb");
	rv_defs_set(&d, RV_SPAN_LIT("SLOW"), rv_buf_span(&value));
	tap_ok(rv_expand(&d, RV_SPAN_LIT("${SLOW:S/ab/ba/g}"), &out, &why) < 0, "%s", why.text);
	tap_ok(rv_expand(&d, RV_SPAN_LIT("${SLOW:S/a/aa/g}"), &out, &why) < 0, "%s", why.text);
	tap_ok(rv_expand(&d, RV_SPAN_LIT("${SLOW:S/b/ca/g}"), &out, &why) < 0, "%s", why.text);
	rv_defs_release(&d);
}

static void test_target_lines(void)
{
	static const char *const rows[][2] = {
	    {"\t${CP} ${VV} $$x ${VV:R} ${V} ${UNKNOWN:S/a/b/}",
		"\t${CP} 1.2.3 $$x 1.2 ${V} ${UNKNOWN:S/a/b/}"},
	    {"\t${BB} ${", "\t${PREFIX}/x ${"},
	    {"\t${} }", "\t${} }"},
	};
	struct rv_defs d = some_defs();

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(4096);

		rv_expand_target_line(&d, rv_span_str(rows[i][0]), &out);
		tap_str(rv_buf_str(&out), rows[i][1], "target line %zu", i);
	}
	rv_defs_release(&d);
}

static void test_braces(void)
{
	static const char *const rows[][2] = {
	    {"a{{X}}b{{Y:R}}", "a${X}b${Y:R}"},
	    {"{{X:U\"@comment \"}}", "${X:U\"@comment \"}"},
	    {"}} {{X}}", "}} {{X}}"},
	    {"{{X:U{{Y}}}}", "${X:U${Y}}"},
	    {"{{X", "{{X"},
	    {"{X}", "{X}"},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(4096);

		rv_expand_braces(rv_span_str(rows[i][0]), &out);
		tap_str(rv_buf_str(&out), rows[i][1], "braces of %s", rows[i][0]);
	}
}

static void test_mkvars(void)
{
	static const char text[] = "# data\n"
				   "A=\t1\n"
				   "B?=\t${A}.2 # a remark\n"
				   "A?=\t9\n"
				   "B+=\tmore\n"
				   ".if ${A:M1}\n"
				   "C=yes\n"
				   ".else\n"
				   "C=no\n"
				   ".endif\n"
				   ".if defined(NOTHING)\n"
				   "D=no\n"
				   ".elif ${A} == \"1\"\n"
				   "D=\\\n"
				   "	yes\n"
				   ".endif\n"
				   ".for x in 1 2\n"
				   "E${x}=1\n"
				   ".endfor\n"
				   "R=${R}\n"
				   "P_3.1=p\n";
	static const char *const rows[][2] = {{"A", "1"}, {"B", "1.2 more"}, {"C", "yes"},
	    {"D", "yes"}, {"E1", "1"}, {"R", NULL}, {"P_3.1", "p"}};
	rv_auto(rv_mkvars) struct rv_mkvars v = RV_MKVARS_INIT;
	rv_auto(rv_mkvars) struct rv_mkvars bad = RV_MKVARS_INIT;
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_mkvars_parse(rv_span_str(text), "t.mk", &v, &err), &err, "make variables");
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		const char *got = rv_mkvars_get(&v, rv_span_str(rows[i][0]));

		if (rows[i][1])
			tap_str(got, rows[i][1], "value of %s", rows[i][0]);
		else
			tap_ok(!got, "no value of %s", rows[i][0]);
	}
	tap_int(rv_mkvars_parse(RV_SPAN_LIT("A=1\nwhat\n"), "t.mk", &bad, &err), -1, "a bad line");
	tap_str(err.msg, "t.mk:2: neither an assignment nor a directive: what", "is named");
}

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void test_distinfo(void)
{
	static const char *const bad[] = {"x 1 f\n", SUM " x f\n", SUM " 1\n", SUM " 1 ../f\n",
	    SUM " 1 /f\n", SUM " 1 a//f\n", SUM " 1 f\n" SUM " 2 f\n",
	    SUM " 99999999999999999 f\n"};
	const char *good = SUM "       123456 d/f g.tar.gz\n";
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(4096);
	rv_auto(rv_distinfo) struct rv_distinfo d;
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_distinfo_parse(rv_span_str(good), "distinfo", &d, &err), &err, "distinfo");
	tap_ok(rv_distinfo_find(&d, "d/f g.tar.gz") && !rv_distinfo_find(&d, "f"), "find");
	rv_distinfo_add_line(&out, d.v[0].path, &d.v[0].sum);
	tap_str(rv_buf_str(&out), good, "written as read");
	for (size_t i = 0; i < RV_COUNT(bad); i++) {
		struct rv_distinfo none;

		tap_int(rv_distinfo_parse(rv_span_str(bad[i]), "distinfo", &none, &err), -1,
		    "refused: %s", err.msg);
	}
}

static void test_order(void)
{
	const char *const keys[] = {"v33", "v34", "v40"};
	const char *many[60];
	char names[60][8];
	struct rv_order order;
	unsigned long long seen = 0;

	rv_order_of(keys, 3, &order);
	tap_ok(
	    order.n == 3 && order.v[0] == 2 && order.v[1] == 0 && order.v[2] == 1, "v40 v33 v34");
	rv_vec_release(&order);
	for (size_t i = 0; i < RV_COUNT(many); i++) {
		snprintf(names[i], sizeof(names[i]), "%zu", i);
		many[i] = names[i];
	}
	rv_order_of(many, RV_COUNT(many), &order);
	rv_vec_each (&order, at)
		seen |= 1ull << *at;
	tap_ok(order.n == 60 && seen == (1ull << 60) - 1, "more keys than buckets: each once");
	rv_vec_release(&order);
}

static void test_origins(void)
{
	static const char *const bad[] = {"", ":", "a:", ":b", "a:b:c", "a b", "../a", "a/b", ".a"};
	struct rv_origin o;
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_origin_parse("lua54:plain", &o, &err), &err, "origin");
	tap_ok(strcmp(o.namebase, "lua54") == 0 && strcmp(o.variant, "plain") == 0, "both parts");
	tap_good(rv_origin_parse("hello", &o, &err), &err, "name alone");
	tap_str(o.variant, "std", "variant std");
	for (size_t i = 0; i < RV_COUNT(bad); i++)
		tap_int(rv_origin_parse(bad[i], &o, &err), -1, "refused: '%s'", bad[i]);
}

static void test_tables(void)
{
	size_t wrong = 0;

	for (size_t i = 0; i < RV_KEY_COUNT; i++)
		wrong += rv_key_find(rv_span_str(rv_keys[i].name)) != i;
	for (size_t i = 0; i < RV_HELPER_COUNT; i++)
		wrong += rv_helper_find(rv_span_str(rv_helpers[i].name)) != i;
	for (int w = 0; w < RV_WORDS_COUNT; w++)
		for (const char *const *p = rv_words((enum rv_words)w); *p; p++)
			wrong += !rv_words_have((enum rv_words)w, rv_span_str(*p));
	for (const char *const *p = rv_words(RV_WORDS_OPTIONS); *p; p++)
		wrong += !rv_option_description(*p);
	tap_int((long long)wrong, 0, "every row of every table is found");
	tap_ok(rv_key_find(RV_SPAN_LIT("NO_SUCH")) == RV_KEY_COUNT, "no such keyword");
	tap_str(rv_words_near(RV_WORDS_MODULES, RV_SPAN_LIT("pkgconf")), "pkgconfig", "near");
}

int main(void)
{
	test_expand();
	test_expand_slowly();
	test_target_lines();
	test_braces();
	test_mkvars();
	test_distinfo();
	test_order();
	test_origins();
	test_tables();
	return tap_done();
}
