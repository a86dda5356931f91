/* SPDX-License-Identifier: ISC */
/*
 * The parent's side: make the child, feed it, read its verdict. Whatever the child does, only a
 * reason comes back.
 */
#include "script/script.h"

#include <string.h>

#include "os/file.h"
#include "os/spawn.h"

/* The child says 'k' or 'f', the reason and a NUL, then what was printed. */
#define ANSWER_MAX_BYTES (RV_SCRIPT_OUTPUT_MAX_BYTES + (size_t)8192)
#define REQUEST_MAX_BYTES (RV_SCRIPT_TEXT_MAX_BYTES + (size_t)65536)

static void add_field(struct rv_buf *b, const char *text)
{
	rv_buf_add_str(b, text ? text : "");
	rv_buf_add_char(b, '\0');
}

static int make_request(const struct rv_script_job *job, struct rv_buf *b, struct rv_error *err)
{
	add_field(b, job->prefix);
	add_field(b, job->package);
	add_field(b, job->version);
	add_field(b, job->old_version);
	add_field(b, job->phase);
	add_field(b, job->prefix_fd >= 0 ? "4" : "");
	add_field(b, job->text);
	for (size_t i = 0; i < job->n_args; i++)
		add_field(b, job->args[i]);
	return rv_buf_check(b, "script", err);
}

/* "PROGRAM: passed its deadline" without the program, which nobody asked about. */
static void reason_of_end(const struct rv_error *end, const char *program, struct rv_buf *reason)
{
	size_t n = strlen(program);
	const char *text = end->msg;

	if (strncmp(text, program, n) == 0 && strncmp(text + n, ": ", 2) == 0)
		text += n + 2;
	rv_buf_add_str(reason, text);
}

static int read_answer(const struct rv_buf *answer, struct rv_buf *output, struct rv_buf *reason)
{
	struct rv_span rest = rv_buf_span(answer), said;

	if (rest.n < 2 || !rv_span_next(&rest, '\0', &said)) {
		rv_buf_add_str(reason, "ended without an answer");
		return RV_SCRIPT_FAILED;
	}
	rv_buf_add_span(output, rest);
	if (said.p[0] == 'k')
		return 0;
	rv_buf_add_span(reason, rv_span_from(said, 1));
	return RV_SCRIPT_FAILED;
}

int rv_script_run(const struct rv_script_job *job, struct rv_buf *output, struct rv_buf *reason,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf request = RV_BUF_INIT(REQUEST_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf answer = RV_BUF_INIT(ANSWER_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf self = RV_BUF_INIT((size_t)4096);
	int64_t deadline_ms = job->deadline_ms ? job->deadline_ms : RV_SCRIPT_DEADLINE_MS;
	const char *argv[] = {job->program, RV_SCRIPT_FLAG, NULL};
	int fds[3] = {job->root_fd};
	struct rv_spawn how = RV_SPAWN_INIT;

	if (!job->program) {
		if (rv_self_path(&self, err) < 0)
			return -1;
		argv[0] = rv_buf_str(&self);
	}
	if (make_request(job, &request, err) < 0)
		return rv_context(err, "%s: %s", job->package, job->phase);
	how.argv = argv;
	how.pass_fds = fds;
	how.n_pass_fds = 1;
	if (job->prefix_fd >= 0)
		fds[how.n_pass_fds++] = job->prefix_fd;
	if (job->hold_fd > 0)
		fds[how.n_pass_fds++] = job->hold_fd;
	how.die_with_parent = true;
	how.limit_cpu_s = (uint64_t)(deadline_ms / 1000 + 1);
	if (rv_spawn_run(&how, rv_buf_span(&request), &answer, deadline_ms, err) == 0)
		return read_answer(&answer, output, reason);
	if (err->code != RV_BUILD && err->code != RV_LIMIT)
		return rv_context(err, "%s: %s", job->package, job->phase);
	reason_of_end(err, argv[0], reason);
	*err = RV_ERROR_INIT;
	return RV_SCRIPT_FAILED;
}
