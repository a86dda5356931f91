/* SPDX-License-Identifier: ISC */
/*
 * The evaluator of make files of data: what it refuses, and that hostile files end. What it makes
 * of good ones is compared with bmake in cli/mk-variables.sh.
 */
#include "os/clock.h"
#include "port/mkdata.h"
#include "tests/tap.h"

static const struct {
	const char *text, *wanted;
} bad[] = {
    {"A=1\nwhat\n", "t:2: neither an assignment nor a directive: what"},
    {"=1\n", "t:1: neither an assignment nor a directive: =1"},
    {"${E}=1\n", "t:1: an assignment without a name: ${E}=1"},
    {"A!=echo x\n", "t:1: would run a program: A!=echo x"},
    {"A:=${B\n", "t:1: a ${ without its end: A:=${B"},
    {"A:=${B:Z}\n", "t:1: a modifier that is not known: A:=${B:Z}"},
    {"B=x\nA:=${B:S/x}\n",
	"t:2: a :S or :C without its three separators, or too long: A:=${B:S/x}"},
    {"B=x\nA:=${B:S/x/y/q}\n", "t:2: a :S or :C with flags that are not known: A:=${B:S/x/y/q}"},
    {"B=x\nA:=${B:C/(/y/}\n", "t:2: a :C whose pattern is no regular expression: A:=${B:C/(/y/}"},
    {"A=${A}\nB:=${A}\n", "t:2: a variable that refers to itself, or too deep: B:=${A}"},
    {".if ${A} ==\n.endif\n", "t:1: a condition that is not understood: .if ${A} =="},
    {".if (1\n.endif\n", "t:1: a condition that is not understood: .if (1"},
    {".if 1 || \n.endif\n", "t:1: a condition that is not understood: .if 1 ||"},
    {".if a < b\n.endif\n", "t:1: a condition that is not understood: .if a < b"},
    {".else\n", "t:1: no .if before this: .else"},
    {".endif\n", "t:1: no .if before this: .endif"},
    {".if 1\n", "t: .if without .endif"},
    {".for x in 1\n", "t:1: .for without .endfor: .for x in 1"},
    {".for x\n.endfor\n", "t:1: .for without in: .for x"},
    {".for in 1\n.endfor\n", "t:1: .for without a variable: .for in 1"},
    {".endfor\n", "t:1: directive not understood: .endfor"},
    {".error no\n", "t:1: directive not understood: .error no"},
};

static void parse(const char *text, struct rv_mkvars *out, struct rv_error *err)
{
	*err = RV_ERROR_INIT;
	tap_int(rv_mkvars_parse(rv_span_str(text), "t", out, err), -1, "refused");
}

static void test_bad(void)
{
	for (size_t i = 0; i < RV_COUNT(bad); i++) {
		rv_auto(rv_mkvars) struct rv_mkvars v = RV_MKVARS_INIT;
		struct rv_error err;

		parse(bad[i].text, &v, &err);
		tap_str(err.msg, bad[i].wanted, "the reason");
	}
}

static void hostile(const char *text, const char *what)
{
	rv_auto(rv_mkvars) struct rv_mkvars v = RV_MKVARS_INIT;
	struct rv_error err = RV_ERROR_INIT;
	int64_t began = rv_clock_mono_ms();
	int rc = rv_mkvars_parse(rv_span_str(text), "t", &v, &err);

	tap_ok(rv_clock_mono_ms() - began < 5000, "%s: it ends (%d)", what, rc);
}

static void test_hostile(void)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(RV_MKVARS_MAX_BYTES);

	rv_buf_add_str(&b, "A0=xxxxxxxxxxxxxxxx\n");
	for (int i = 1; i < 30; i++)
		rv_buf_addf(&b, "A%d=${A%d}${A%d}\n", i, i - 1, i - 1);
	hostile(rv_buf_str(&b), "variables that double");
	rv_buf_reset(&b);
	for (int i = 0; i < 8; i++)
		rv_buf_add_str(&b, ".for x in 1 2 3 4 5 6 7 8 9 0\n");
	rv_buf_add_str(&b, "A+=${x}\n");
	for (int i = 0; i < 8; i++)
		rv_buf_add_str(&b, ".endfor\n");
	hostile(rv_buf_str(&b), "loops in loops");
	rv_buf_reset(&b);
	rv_buf_add_str(&b, "A=");
	for (int i = 0; i < 100000; i++)
		rv_buf_add_str(&b, "${");
	hostile(rv_buf_str(&b), "references without an end");
	rv_buf_reset(&b);
	rv_buf_add_str(&b, ".if ");
	for (int i = 0; i < 100000; i++)
		rv_buf_add_char(&b, '(');
	hostile(rv_buf_str(&b), "parentheses without an end");
	rv_buf_reset(&b);
	rv_buf_add_str(&b, "A=x\n");
	for (int i = 0; i < 20000; i++)
		rv_buf_add_str(&b, "A:=${A:S/x/xx/g}\n");
	hostile(rv_buf_str(&b), "a value that feeds itself");
	rv_buf_reset(&b);
	rv_buf_add_str(&b, "A=a\n");
	for (int i = 0; i < 30000; i++)
		rv_buf_add_str(&b, "A+=${A}\n");
	hostile(rv_buf_str(&b), "a variable that appends itself");
	rv_buf_reset(&b);
	for (int i = 0; i < 40000; i++)
		rv_buf_add_str(&b, "A=\\\n");
	hostile(rv_buf_str(&b), "a line that never stops");
}

/* --- branches */

static const char *list(const struct rv_mkdata *d, enum rv_family family)
{
	static char text[200];
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(sizeof(text));

	rv_mkdata_list(d, family, &b);
	snprintf(text, sizeof(text), "%s", rv_buf_str(&b));
	return text;
}

static void test_branches(void)
{
	static const char text[] = "PERL5_DEFAULT?=5.40\nPERL_5.40_VERSION=5.40.1\n"
				   "PERL_5.42_VERSION=5.42.0\nMYSQL_mariadb-BE_VERSION=12\n"
				   "# Possible values: one, two,three\n\nSSL_DEFAULT?=\ttwo\n"
				   "PIP_3.13_VERSION=1\n";
	rv_auto(rv_mkdata) struct rv_mkdata d = RV_MKDATA_INIT;
	rv_auto(rv_mkdata) struct rv_mkdata own = RV_MKDATA_INIT;
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_mkdata_parse(rv_span_str(text), "t", &d, &err), &err, "a file of versions");
	tap_str(list(&d, RV_FAMILY_PERL), "5.40, 5.42", "branches of perl");
	tap_str(d.chosen[RV_FAMILY_PERL], "5.40", "its default");
	tap_str(list(&d, RV_FAMILY_MYSQL), "mariadb-latest", "the bleeding edge is the latest");
	tap_str(list(&d, RV_FAMILY_SSL), "one, two, three", "SSL libraries by the comment");
	tap_str(list(&d, RV_FAMILY_PYTHON), "", "no branch of python");
	tap_str(d.chosen[RV_FAMILY_PYTHON], "", "and no default");
	tap_str(rv_mkdata_branch(&d, RV_FAMILY_PERL, RV_SPAN_LIT("542")), "5.42", "without dots");
	tap_str(rv_mkdata_branch(&d, RV_FAMILY_PERL, RV_SPAN_LIT("5.42")), "5.42", "with dots");
	tap_ok(!rv_mkdata_branch(&d, RV_FAMILY_PERL, RV_SPAN_LIT("54")), "no half of it");
	tap_good(rv_mkdata_parse(RV_SPAN_LIT("SSL_BRANCHES=a b\n"), "t", &own, &err), &err,
	    "SSL_BRANCHES");
	tap_str(list(&own, RV_FAMILY_SSL), "a, b", "say them");
}

int main(void)
{
	test_bad();
	test_hostile();
	test_branches();
	return tap_done();
}
