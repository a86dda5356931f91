/* SPDX-License-Identifier: ISC */
/*
 * Every file of tests/data/recipes is a specification with the problems that it must give, as
 * comments at its end: "# want CLASS LINE PART-OF-THE-MESSAGE". All of them and no others; a file
 * without any is good.
 */
#include <stdlib.h>

#include "os/file.h"
#include "port/port.h"
#include "tests/tap.h"

#define FOLDER "ravensys/tests/data/recipes"

struct want {
	char class[32];
	unsigned line;
	char text[200];
	bool found;
};

struct wants {
	struct want v[16];
	size_t n;
};

static void read_wants(struct rv_span text, struct wants *out)
{
	struct rv_span line;

	out->n = 0;
	while (rv_span_next(&text, '\n', &line)) {
		struct want *w = &out->v[out->n];
		char copy[300];

		if (!rv_span_starts(line, RV_SPAN_LIT("# want ")) || line.n >= sizeof(copy))
			continue;
		snprintf(copy, sizeof(copy), "%.*s", RV_SPAN_ARG(line));
		if (sscanf(copy, "# want %31s %u %199[^\n]", w->class, &w->line, w->text) == 3) {
			w->found = false;
			out->n++;
		}
	}
}

static bool matches(const struct want *w, const struct rv_problem *p)
{
	return !w->found && strcmp(w->class, rv_problem_class_name(p->class)) == 0 &&
	       w->line == p->line && strstr(p->text, w->text);
}

static bool take(struct wants *wants, const struct rv_problem *p)
{
	for (size_t i = 0; i < wants->n; i++)
		if (matches(&wants->v[i], p)) {
			wants->v[i].found = true;
			return true;
		}
	return false;
}

static bool compare(const char *name, struct wants *wants, struct rv_problems *problems)
{
	bool good = true;

	rv_vec_each (&problems->list, p)
		if (!take(wants, p)) {
			printf("# %s:%u: unexpected %s: %s\n", name, p->line,
			    rv_problem_class_name(p->class), p->text);
			good = false;
		}
	for (size_t i = 0; i < wants->n; i++)
		if (!wants->v[i].found) {
			printf("# %s:%u: missing %s: %s\n", name, wants->v[i].line,
			    wants->v[i].class, wants->v[i].text);
			good = false;
		}
	return good;
}

static int test_file(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct rv_port_context context = {.check_files = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	rv_autofree(rv_port) struct rv_port *port = NULL;
	struct rv_port_files files = {.tree_fd = dirfd, .folder = "."};
	struct rv_error why = RV_ERROR_INIT;
	struct wants wants;
	int rc;

	(void)ctx;
	if (rv_file_read(dirfd, entry->name, &text, err) != 0)
		return -1;
	read_wants(rv_buf_span(&text), &wants);
	rc = rv_port_parse(
	    rv_buf_span(&text), entry->name, &files, &context, &problems, &port, &why);
	tap_ok(compare(entry->name, &wants, &problems) && (rc == 0) == (wants.n == 0), "%s",
	    entry->name);
	return 0;
}

static void test_nul(void)
{
	struct rv_port_context context = {0};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_port *port = NULL;
	struct rv_error err = RV_ERROR_INIT;

	tap_int(rv_port_parse(
		    rv_span("NAMEBASE=\t\tx\0", 13), "n", NULL, &context, &problems, &port, &err),
	    -1, "a NUL byte is refused");
	tap_str(err.msg, "n: a NUL byte in the file", "and said");
}

static void test_print(void)
{
	struct rv_port_context context = {0};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(4096);
	struct rv_port *port = NULL;
	struct rv_error err = RV_ERROR_INIT;

	tap_int(rv_port_parse(RV_SPAN_LIT("what is this\nand this\n"), "a/specification", NULL,
		    &context, &problems, &port, &err),
	    -1, "two bad lines");
	tap_ok(strncmp(err.msg, "a/specification:1: content not recognised", 41) == 0 &&
		   strstr(err.msg, "more)"),
	    "the error is the first of them and says how many: %s", err.msg);
	rv_problems_print(&problems, &out);
	tap_ok(strstr(rv_buf_str(&out), "\na/specification:2: ") != NULL, "FILE:LINE: reason");
}

int main(void)
{
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_dir_each(RV_CWD, FOLDER, test_file, NULL, &err), &err, "all of " FOLDER);
	test_nul();
	test_print();
	return tap_done();
}
