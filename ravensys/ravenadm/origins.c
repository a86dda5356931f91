/* SPDX-License-Identifier: ISC */
/* Operands, or the lines of a file. */
#include "ravenadm/origins.h"

#include "base/buf.h"
#include "base/vec.h"
#include "os/file.h"
#include "port/tree.h"

void rv_origins_release(struct rv_origins *o)
{
	rv_vec_release(o);
	rv_arena_release(&o->arena);
}

static int take_lines(
    struct rv_origins *o, const char *file, struct rv_span text, struct rv_error *err)
{
	struct rv_origin checked;
	struct rv_span line;
	unsigned n = 0;

	while (rv_span_next(&text, '\n', &line)) {
		const char *origin;

		n++;
		line = rv_span_trim(line);
		if (!line.n)
			continue;
		origin = rv_arena_strndup(&o->arena, line.p, line.n);
		if (rv_origin_parse(origin, &checked, err) < 0)
			return rv_context(err, "%s:%u", file, n);
		rv_vec_push(o, origin);
	}
	return o->n ? 0 : rv_fail(err, RV_INPUT, "%s: there is no port in it", file);
}

/* 1: it is no plain file. */
static int take_file(struct rv_origins *o, const char *file, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ORIGINS_MAX_BYTES);
	struct rv_stat st;
	rv_auto_fd fd = -1;

	/* a name with a slash too: the user's own path */
	if (rv_file_open_user(file, &fd, NULL) != 0 || rv_file_fstat(fd, &st, NULL) < 0 ||
	    st.kind != RV_FILE)
		return 1;
	if (rv_fd_read_all(fd, file, &text, err) < 0)
		return -1;
	return take_lines(o, file, rv_buf_span(&text), err);
}

int rv_origins_of(const struct rv_run *run, struct rv_origins *out, struct rv_error *err)
{
	int r = 1;

	*out = (struct rv_origins){0};
	if (run->argc == 1)
		r = take_file(out, run->argv[0], err);
	for (int i = 0; i < run->argc && r > 0; i++)
		rv_vec_push(out, run->argv[i]);
	if (r < 0)
		rv_origins_release(out);
	return r < 0 ? -1 : 0;
}
