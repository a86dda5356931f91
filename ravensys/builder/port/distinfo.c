/* SPDX-License-Identifier: ISC */
/* distinfo lines. */
#include "port/distinfo.h"

#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"

void rv_distinfo_release(struct rv_distinfo *d)
{
	rv_vec_each (d, it)
		free(it->path);
	rv_vec_release(d);
}

/* Relative, no empty part, no "." or "..", no control characters. */
static bool is_clean(struct rv_span path)
{
	struct rv_span part;

	if (path.n == 0 || path.p[0] == '/' || path.p[path.n - 1] == '/' || path.n > 1024)
		return false;
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < ' ' || path.p[i] == 127)
			return false;
	while (rv_span_next(&path, '/', &part))
		if (part.n == 0 || rv_span_is(part, ".") || rv_span_is(part, ".."))
			return false;
	return true;
}

static struct rv_span skip_blanks(struct rv_span s)
{
	while (s.n && s.p[0] == ' ')
		s = rv_span_from(s, 1);
	return s;
}

static int parse_line(struct rv_span line, struct rv_distinfo *out, const char **reason)
{
	size_t at = rv_span_find(line, ' ');
	struct rv_span rest = skip_blanks(rv_span_from(line, at)), path;
	struct rv_sum sum;

	if (!rv_sha256_parse(rv_span_sub(line, 0, at), &sum.digest)) {
		*reason = "a line is 'SHA256 SIZE FILE', with 64 lower-case hexadecimal digits";
		return -1;
	}
	at = rv_span_find(rest, ' ');
	if (!rv_span_to_u64(rv_span_sub(rest, 0, at), &sum.size) ||
	    sum.size > RV_DISTFILE_MAX_BYTES) {
		*reason = "the size is not a number of bytes";
		return -1;
	}
	path = skip_blanks(rv_span_from(rest, at));
	if (!is_clean(path)) {
		*reason = "the file name is not a clean relative path";
		return -1;
	}
	rv_vec_each (out, it)
		if (rv_span_is(path, it->path)) {
			*reason = "the file stands twice";
			return -1;
		}
	rv_vec_push(out, (struct rv_distinfo_line){rv_span_dup(path), sum});
	return 0;
}

int rv_distinfo_parse(
    struct rv_span text, const char *what, struct rv_distinfo *out, struct rv_error *err)
{
	struct rv_span line;
	const char *reason = "";
	unsigned n = 0;

	*out = (struct rv_distinfo){0};
	while (rv_span_next(&text, '\n', &line)) {
		n++;
		if (line.n && parse_line(line, out, &reason) < 0) {
			rv_distinfo_release(out);
			return rv_fail(err, RV_INPUT, "%s:%u: %s", what, n, reason);
		}
	}
	return 0;
}

const struct rv_sum *rv_distinfo_find(const struct rv_distinfo *d, const char *path)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->v[i].path, path) == 0)
			return &d->v[i].sum;
	return NULL;
}

void rv_distinfo_add_line(struct rv_buf *out, const char *path, const struct rv_sum *sum)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&sum->digest, hex);
	rv_buf_addf(out, "%s %12llu %s\n", hex, (unsigned long long)sum->size, path);
}
