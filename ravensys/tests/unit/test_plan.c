/* SPDX-License-Identifier: ISC */
/*
 * Runs tests/data/solver/NAME.test. Sections: [repository PRIORITY], [installed], [request],
 * [expected]; each pair of request and expected is a case. A package line: NAME VERSION [id=TEXT]
 * [auto] [requires=NAME[>=VERSION|=],...] [needs=SONAME,...] [gives=SONAME,...]; without id= the
 * content id is the version.
 */
#include "plan/plan.h"

#include <stdlib.h>

#include "base/vec.h"
#include "os/file.h"
#include "tests/tap.h"

#define FOLDER "ravensys/tests/data/solver"
#define TEXT_MAX ((size_t)1 << 20)

struct package_lines {
	struct rv_plan_package *v;
	size_t n, cap;
};

struct test_case {
	struct rv_arena arena;
	const char *file;
	struct package_lines installed, offered;
	struct rv_buf got, request, expected;
};

static const char *text(struct test_case *t, struct rv_span s)
{
	return rv_arena_strndup(&t->arena, s.p, s.n);
}

static void add_requires(struct test_case *t, struct rv_plan_package *p, struct rv_span list)
{
	struct rv_require *v = rv_arena_alloc(&t->arena, list.n * sizeof(*v));
	struct rv_span one;

	p->requires = v;
	for (size_t n = 0; rv_span_next(&list, ',', &one); p->n_requires = ++n) {
		size_t at = rv_span_find_span(one, RV_SPAN_LIT(">="));

		v[n].version = "";
		v[n].kind = RV_REQUIRE_ANY;
		if (at < one.n) {
			v[n].kind = RV_REQUIRE_AT_LEAST;
			v[n].version = text(t, rv_span_from(one, at + 2));
		} else if (rv_span_ends(one, RV_SPAN_LIT("="))) {
			v[n].kind = RV_REQUIRE_SAME;
			at = one.n - 1;
		}
		v[n].name = text(t, rv_span_sub(one, 0, at));
	}
}

static const char *const *words(struct test_case *t, struct rv_span list, char sep, size_t *n)
{
	const char **v = rv_arena_alloc(&t->arena, (list.n + 1) * sizeof(*v));
	struct rv_span one;

	for (*n = 0; rv_span_next(&list, sep, &one);)
		if (one.n)
			v[(*n)++] = text(t, one);
	return v;
}

static void add_package(
    struct test_case *t, struct package_lines *to, struct rv_span line, int64_t priority)
{
	struct rv_plan_package *p = rv_vec_add(to);
	struct rv_span word;

	rv_span_next(&line, ' ', &word);
	p->name = text(t, word);
	rv_span_next(&line, ' ', &word);
	p->version = p->content_id = text(t, word);
	p->priority = priority;
	while (rv_span_next(&line, ' ', &word)) {
		size_t at = rv_span_find(word, '=');
		struct rv_span key = rv_span_sub(word, 0, at), value = rv_span_from(word, at + 1);

		if (rv_span_is(key, "auto"))
			p->automatic = true;
		else if (rv_span_is(key, "id"))
			p->content_id = text(t, value);
		else if (rv_span_is(key, "requires"))
			add_requires(t, p, value);
		else if (rv_span_is(key, "needs"))
			p->requires_sonames = words(t, value, ',', &p->n_requires_sonames);
		else if (rv_span_is(key, "gives"))
			p->provides_sonames = words(t, value, ',', &p->n_provides_sonames);
		else
			tap_ok(false, "%s: word %.*s", t->file, RV_SPAN_ARG(word));
	}
}

static void show(struct rv_buf *out, const struct rv_plan *plan)
{
	rv_vec_each (&plan->steps, s) {
		rv_buf_addf(out, "%s %s", rv_plan_action_name(s->action),
		    s->to ? s->to->name : s->from->name);
		if (s->from)
			rv_buf_addf(out, " %s", s->from->version);
		if (s->to)
			rv_buf_addf(out, " %s", s->to->version);
		rv_buf_addf(
		    out, " %s%s\n", rv_plan_reason_name(s->reason), s->automatic ? " auto" : "");
	}
	rv_vec_each (&plan->wanted, p)
		rv_buf_addf(out, "wanted %s\n", (*p)->name);
	rv_vec_each (&plan->held, p)
		rv_buf_addf(out, "held %s\n", (*p)->name);
}

static void plan_request(struct test_case *t, struct rv_plan_request *rq)
{
	struct rv_plan plan = RV_PLAN_INIT;
	rv_auto(rv_buf) struct rv_buf why = RV_BUF_INIT(TEXT_MAX);
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_plan_make(rq, &plan, &why, &err);

	if (rc < 0) {
		rv_buf_addf(&t->got, "error %s\n", err.msg);
	} else if (rc > 0) {
		struct rv_span rest = rv_buf_span(&why), one;

		while (rv_span_next(&rest, '\n', &one))
			rv_buf_addf(&t->got, "impossible %.*s\n", RV_SPAN_ARG(one));
	} else {
		show(&t->got, &plan);
	}
	rv_plan_release(&plan);
}

static void run_case(struct test_case *t)
{
	static const char *const kinds[] = {"install", "upgrade", "remove", "autoremove"};
	struct rv_span request = rv_span_trim(rv_buf_span(&t->request));
	struct rv_plan_request rq = {.installed = t->installed.v,
	    .n_installed = t->installed.n,
	    .offered = t->offered.v,
	    .n_offered = t->offered.n};
	const char *const *all;
	size_t n, skip = 1;

	all = words(t, request, ' ', &n);
	for (size_t k = 0; k < RV_COUNT(kinds); k++)
		if (strcmp(all[0], kinds[k]) == 0)
			rq.kind = (enum rv_plan_kind)k;
	for (; skip < n && all[skip][0] == '-'; skip++) {
		rq.with_dependents |= strcmp(all[skip], "--dependents") == 0;
		rq.force |= strcmp(all[skip], "--force") == 0;
	}
	rq.names = all + skip;
	rq.n_names = n - skip;
	rv_buf_reset(&t->got);
	plan_request(t, &rq);
	tap_str(rv_buf_str(&t->got), rv_buf_str(&t->expected), "%s: %.*s", t->file,
	    RV_SPAN_ARG(request));
	rv_buf_reset(&t->request);
	rv_buf_reset(&t->expected);
}

static void one_line(struct test_case *t, char section, int64_t priority, struct rv_span line)
{
	if (line.n == 0 || line.p[0] == '#')
		return;
	if (section == 'r')
		add_package(t, &t->offered, line, priority);
	else if (section == 'i')
		add_package(t, &t->installed, line, 0);
	else
		rv_buf_addf(
		    section == 'q' ? &t->request : &t->expected, "%.*s\n", RV_SPAN_ARG(line));
}

static void run_text(struct test_case *t, struct rv_span rest)
{
	char section = 0;
	int64_t priority = 0;
	struct rv_span line;

	while (rv_span_next(&rest, '\n', &line)) {
		if (line.n == 0 || line.p[0] != '[') {
			one_line(t, section, priority, line);
			continue;
		}
		if (section == 'e')
			run_case(t);
		section = rv_span_starts(line, RV_SPAN_LIT("[request")) ? 'q' : line.p[1];
		if (section == 'r')
			priority = strtol(text(t, rv_span_from(line, 11)), NULL, 10);
	}
	if (section == 'e')
		run_case(t);
}

static int one_file(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct test_case t = {.file = entry->name,
	    .got = RV_BUF_INIT(TEXT_MAX),
	    .request = RV_BUF_INIT(TEXT_MAX),
	    .expected = RV_BUF_INIT(TEXT_MAX)};
	rv_auto(rv_buf) struct rv_buf data = RV_BUF_INIT(TEXT_MAX);
	int rc = rv_file_read(dirfd, entry->name, &data, err);

	(void)ctx;
	if (rc == 0)
		run_text(&t, rv_buf_span(&data));
	rv_buf_release(&t.got);
	rv_buf_release(&t.request);
	rv_buf_release(&t.expected);
	rv_vec_release(&t.installed);
	rv_vec_release(&t.offered);
	rv_arena_release(&t.arena);
	return rc;
}

int main(void)
{
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_dir_each(RV_CWD, FOLDER, one_file, NULL, &err), &err, "read " FOLDER);
	return tap_done();
}
