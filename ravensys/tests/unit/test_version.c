/* SPDX-License-Identifier: ISC */
/* Version order against the table of docs/rvn-version.7, and that it is an order at all. */
#include "tests/tap.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"
#include "pkg/version.h"

struct row {
	struct rv_span a, b;
	char op;
};
struct table {
	struct row *v;
	size_t n, cap;
};

static char sign_of(int c)
{
	return c < 0 ? '<' : c > 0 ? '>' : '=';
}

static int read_table(struct rv_span page, struct table *out)
{
	struct rv_span line;
	bool inside = false;

	while (rv_span_next(&page, '\n', &line)) {
		if (rv_span_starts(line, RV_SPAN_LIT(".\\\" end table")))
			return 0;
		if (inside) {
			size_t gap = rv_span_find(line, ' ');

			if (gap + 3 >= line.n)
				return -1;
			rv_vec_push(out, (struct row){rv_span_sub(line, 0, gap),
					     rv_span_from(line, gap + 3), line.p[gap + 1]});
		}
		if (rv_span_starts(line, RV_SPAN_LIT(".\\\" begin table")))
			inside = true;
	}
	return -1;
}

static void check_rows(const struct table *t)
{
	rv_vec_each (t, r) {
		int c = rv_version_cmp(r->a, r->b);

		tap_ok(sign_of(c) == r->op, "%.*s %c %.*s", RV_SPAN_ARG(r->a), r->op,
		    RV_SPAN_ARG(r->b));
		if (rv_version_cmp(r->b, r->a) != -c)
			tap_ok(false, "the other way round: %.*s, %.*s", RV_SPAN_ARG(r->b),
			    RV_SPAN_ARG(r->a));
	}
}

/* a <= b and b <= c give a <= c, over every three texts of the table. */
static void check_transitive(const struct table *t)
{
	rv_vec(struct rv_span) all = {0};
	size_t faults = 0;

	rv_vec_each (t, r) {
		rv_vec_push(&all, r->a);
		rv_vec_push(&all, r->b);
	}
	for (size_t i = 0; i < all.n; i++)
		for (size_t j = 0; j < all.n; j++) {
			if (rv_version_cmp(all.v[i], all.v[j]) > 0)
				continue;
			for (size_t k = 0; k < all.n; k++)
				if (rv_version_cmp(all.v[j], all.v[k]) <= 0 &&
				    rv_version_cmp(all.v[i], all.v[k]) > 0)
					faults++;
		}
	tap_int(faults, 0, "transitive over %zu versions", all.n);
	rv_vec_release(&all);
}

static void check_make(void)
{
	static const struct {
		const char *version;
		uint64_t revision, epoch;
		const char *want; /* NULL: refused */
	} rows[] = {
	    {"2.10", 0, 0, "2.10"},
	    {"1-2_3,4", 0, 0, "1.2.3.4"},
	    {"1.0", 3, 0, "1.0_3"},
	    {"1.0", 0, 2, "1.0,2"},
	    {"1.0", 3, 2, "1.0_3,2"},
	    {"2.0+git1", 0, 0, "2.0+git1"},
	    {"", 0, 0, NULL},
	    {"1~2", 0, 0, NULL},
	    {"1 2", 0, 0, NULL},
	    {"-1", 0, 0, NULL},
	    {"1/2", 0, 0, NULL},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		struct rv_error err = RV_ERROR_INIT;
		rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(1000);
		int rc = rv_version_make(
		    rv_span_str(rows[i].version), rows[i].revision, rows[i].epoch, &b, &err);

		if (rows[i].want)
			tap_str(rv_buf_str(&b), rows[i].want, "make %s", rows[i].want);
		else
			tap_ok(rc < 0 && err.code == RV_INPUT, "refuse '%s'", rows[i].version);
	}
	tap_ok(!rv_version_valid(RV_SPAN_LIT("1.0-1")), "a hyphen is not valid");
	tap_ok(!rv_version_valid(RV_SPAN_LIT("1.0_1_2")), "two revisions are not valid");
	tap_ok(rv_version_valid(RV_SPAN_LIT("1.0_1,2")), "revision and epoch are valid");
}

int main(void)
{
	struct rv_error err = RV_ERROR_INIT;
	rv_auto(rv_buf) struct rv_buf page = RV_BUF_INIT(1 << 20);
	struct table t = {0};

	tap_good(rv_file_read(RV_CWD, "docs/rvn-version.7", &page, &err), &err, "read the page");
	tap_ok(read_table(rv_buf_span(&page), &t) == 0 && t.n > 50, "the page has a table");
	check_rows(&t);
	check_transitive(&t);
	check_make();
	rv_vec_release(&t);
	return tap_done();
}
