/* SPDX-License-Identifier: ISC */
/* Site macros and mirror templates. */
#include "work/distsites.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

struct row {
	struct rv_span macro, template;
};

struct rv_sites {
	char *text;
	rv_vec(struct row) rows; /* in the order of the file */
};

int rv_sites_parse(
    struct rv_span text, const char *what, struct rv_sites **out, struct rv_error *err)
{
	rv_autofree(rv_sites) struct rv_sites *s = rv_alloc(sizeof(*s));
	struct rv_span rest, line;
	unsigned n = 0;

	s->text = rv_span_dup(text);
	rest = rv_span(s->text, text.n);
	while (rv_span_next(&rest, '\n', &line)) {
		size_t tab = rv_span_find(line, '\t');

		n++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (tab == 0 || tab + 1 >= line.n || memchr(line.p, '\0', line.n))
			return rv_fail(err, RV_INPUT, "%s:%u: not MACRO<tab>URL", what, n);
		rv_vec_push(
		    &s->rows, (struct row){rv_span_sub(line, 0, tab), rv_span_from(line, tab + 1)});
	}
	*out = s;
	s = NULL;
	return 0;
}

void rv_sites_free(struct rv_sites *s)
{
	if (!s)
		return;
	rv_vec_release(&s->rows);
	free(s->text);
	free(s);
}

/* The n-th part of rest between colons, from 1; empty when there are fewer. */
static struct rv_span colon_part(struct rv_span rest, unsigned n)
{
	struct rv_span part = RV_SPAN_NULL;

	while (n-- > 0)
		if (!rv_span_next(&rest, ':', &part))
			return RV_SPAN_NULL;
	return part;
}

/* What "%SUBDIR%" or "%1%" at the head of at stands for; the length of the mark, or 0. */
static size_t mark(struct rv_span at, struct rv_span rest, struct rv_span *value)
{
	struct rv_span subdir = RV_SPAN_LIT("%SUBDIR%");

	if (rv_span_starts(at, subdir)) {
		*value = rest;
		return subdir.n;
	}
	if (at.n < 3 || at.p[1] < '1' || at.p[1] > '5' || at.p[2] != '%')
		return 0;
	*value = colon_part(rest, (unsigned)(at.p[1] - '0'));
	return 3;
}

static void fill_template(struct rv_span template, struct rv_span rest, struct rv_buf *out)
{
	while (template.n > 0) {
		struct rv_span value;
		size_t n = template.p[0] == '%' ? mark(template, rest, &value) : 0;

		if (n > 0)
			rv_buf_add_span(out, value);
		else
			rv_buf_add_char(out, template.p[0]);
		template = rv_span_from(template, n > 0 ? n : 1);
	}
}

static void keep_url(
    struct rv_buf *url, const char *file, struct rv_arena *arena, struct rv_urls *out)
{
	rv_buf_add_str(url, file);
	if (!url->failed)
		rv_vec_push(out, rv_arena_strndup(arena, url->p, url->n));
	rv_buf_release(url);
}

/* The longest macro that site begins with, up to a "/" or ":". */
static struct rv_span find_macro(const struct rv_sites *s, struct rv_span site)
{
	struct rv_span best = RV_SPAN_NULL;

	rv_vec_each (&s->rows, r) {
		size_t n = r->macro.n;

		if (n > best.n && site.n > n && (site.p[n] == '/' || site.p[n] == ':') &&
		    rv_span_starts(site, r->macro))
			best = r->macro;
	}
	return best;
}

void rv_sites_expand(const struct rv_sites *s, const char *site, const char *file,
    struct rv_arena *arena, struct rv_urls *out)
{
	struct rv_span whole = rv_span_str(site), macro = find_macro(s, whole), rest;

	if (macro.n == 0) {
		struct rv_buf url = RV_BUF_INIT(RV_SITE_URL_MAX_BYTES);

		rv_buf_add_span(&url, whole);
		if (!rv_span_ends(whole, RV_SPAN_LIT("/")))
			rv_buf_add_char(&url, '/');
		keep_url(&url, file, arena, out);
		return;
	}
	rest = rv_span_from(whole, macro.n + 1);
	if (rv_span_ends(rest, RV_SPAN_LIT("/")))
		rest.n--;
	rv_vec_each (&s->rows, r) {
		struct rv_buf url = RV_BUF_INIT(RV_SITE_URL_MAX_BYTES);

		if (!rv_span_eq(r->macro, macro))
			continue;
		fill_template(r->template, rest, &url);
		keep_url(&url, file, arena, out);
	}
}

/* --- mirrors */

static void add_encoded(struct rv_buf *out, const char *text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/+,@";

	for (; *text; text++) {
		if (strchr(plain, *text))
			rv_buf_add_char(out, *text);
		else
			rv_buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

int rv_mirror_expand(const char *template, const struct rv_mirror_file *file,
    struct rv_arena *arena, const char **out, struct rv_error *err)
{
	const struct {
		struct rv_span mark;
		const char *value;
	} marks[] = {{RV_SPAN_LIT("%{name}"), file->name}, {RV_SPAN_LIT("%{subdir}"), file->subdir},
	    {RV_SPAN_LIT("%{sha256}"), file->sha256}};
	rv_auto(rv_buf) struct rv_buf url = RV_BUF_INIT(RV_SITE_URL_MAX_BYTES);
	struct rv_span rest = rv_span_str(template);

	while (rest.n > 0) {
		size_t i = 0;

		while (i < RV_COUNT(marks) && !rv_span_starts(rest, marks[i].mark))
			i++;
		if (i == RV_COUNT(marks) && rv_span_starts(rest, RV_SPAN_LIT("%{")))
			return rv_fail(err, RV_INPUT,
			    "mirror '%s': unknown mark: %%{name}, %%{subdir} and %%{sha256} are "
			    "known",
			    template);
		if (i < RV_COUNT(marks))
			add_encoded(&url, marks[i].value);
		else
			rv_buf_add_char(&url, rest.p[0]);
		rest = rv_span_from(rest, i < RV_COUNT(marks) ? marks[i].mark.n : 1);
	}
	if (rv_buf_check(&url, template, err) < 0)
		return -1;
	*out = rv_arena_strndup(arena, rv_buf_str(&url), url.n);
	return 0;
}
