/* SPDX-License-Identifier: ISC */
/* The capsules of a buildsheet: found while it is read, kept by path. */
#include <stdlib.h>
#include <string.h>

#include "os/file.h"
#include "port/reader.h"
#include "port/sheet.h"

static bool is_folder(struct rv_span s)
{
	static const char *const folders[] = {
	    "patches", "files", "scripts", "descriptions", "manifests"};

	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (rv_span_is(s, folders[i]))
			return true;
	return rv_words_have(RV_WORDS_OPSYS, s);
}

/* "distinfo", or a name in one of the folders; nothing that could lead elsewhere. */
static bool path_is_good(struct rv_span path)
{
	size_t slash = rv_span_find(path, '/');
	struct rv_span name = slash < path.n ? rv_span_from(path, slash + 1) : path;

	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < ' ' || path.p[i] == 127)
			return false;
	if (!name.n || name.n > 255 || rv_span_find(name, '/') < name.n || rv_span_is(name, ".") ||
	    rv_span_is(name, ".."))
		return false;
	return slash < path.n ? is_folder(rv_span_sub(path, 0, slash))
			      : rv_span_is(path, "distinfo");
}

static void count_lines(struct rv_reader *r, struct rv_span content)
{
	struct rv_span line;

	while (rv_span_next(&content, '\n', &line))
		r->line++;
}

bool rv_sheet_take_capsule(struct rv_reader *r, struct rv_span line, struct rv_span *rest)
{
	struct rv_line lexed;
	uint64_t n = 0;

	if (!rv_span_starts(line, RV_SPAN_LIT("[FILE:")))
		return false;
	lexed = rv_lex(line, RV_BEFORE_NONE);
	if (lexed.class != RV_LINE_CAPSULE)
		return false;
	r->before = RV_BEFORE_NONE;
	if (!path_is_good(lexed.key))
		rv_reader_problem(
		    r, RV_PROBLEM_LEXICAL, "%.*s is no file of a port", RV_SPAN_ARG(lexed.key));
	if (r->capsules.n >= RV_SHEET_CAPSULES_MAX || !rv_span_to_u64(lexed.index, &n) ||
	    n > RV_PORT_FILE_MAX_BYTES || n > rest->n || (n < rest->n && rest->p[n] != '\n')) {
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "no file of %.*s bytes follows, or there are too many",
		    RV_SPAN_ARG(lexed.index));
		*rest = RV_SPAN_NULL;
		return true;
	}
	rv_vec_push(&r->capsules,
	    (struct rv_capsule){rv_arena_strndup(&r->port->arena, lexed.key.p, lexed.key.n),
		(size_t)(rest->p - r->sheet), n});
	count_lines(r, rv_span_sub(*rest, 0, n + 1));
	*rest = rv_span_from(*rest, n + 1);
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct rv_capsule *)a)->path, ((const struct rv_capsule *)b)->path);
}

void rv_sheet_keep_capsules(struct rv_reader *r)
{
	struct rv_port *p = r->port;
	size_t n = r->capsules.n;
	struct rv_capsule *kept = rv_arena_alloc(&p->arena, (n + 1) * sizeof(*kept));

	rv_vec_sort(&r->capsules, by_path);
	for (size_t i = 0; i < n; i++) {
		kept[i] = r->capsules.v[i];
		if (i && strcmp(kept[i].path, kept[i - 1].path) == 0)
			rv_reader_problem(
			    r, RV_PROBLEM_KEY, "the file %s is there twice", kept[i].path);
	}
	p->compiled = true;
	p->files.compiled = true;
	p->files.capsules = kept;
	p->files.n_capsules = n;
}
