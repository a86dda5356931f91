/* SPDX-License-Identifier: ISC */
/* Rules about the form of texts: descriptions, manifests, and the ends of lines of all. */
#include "port/lint_rules.h"

#define WIDTH_MAX 80
#define DESCRIPTION_LINES_MAX 100

typedef void line_fn(struct rv_lint *l, const char *path, unsigned line, struct rv_span text);

static void each_line(struct rv_lint *l, const struct rv_lint_text *t, line_fn *look)
{
	struct rv_span rest = t->text, line;

	for (unsigned n = 1; rv_span_next(&rest, '\n', &line); n++)
		look(l, t->path, n, line);
}

static void each_text_line(struct rv_lint *l, line_fn *look)
{
	for (size_t i = 0; i < RV_LINT_FOLDERS; i++)
		rv_vec_each (&l->texts[i], t)
			each_line(l, t, look);
}

static void look_carriage_return(
    struct rv_lint *l, const char *path, unsigned line, struct rv_span text)
{
	if (text.n && text.p[text.n - 1] == '\r')
		rv_lint_say(l, path, line, "the line ends in a carriage return");
}

/* The specification's are faults to the reader. */
int rv_lint_carriage_return(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	each_text_line(l, look_carriage_return);
	each_line(l, &l->distinfo, look_carriage_return);
	return 0;
}

static bool ends_in_blank(struct rv_span s)
{
	return s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t');
}

/* One finding a file: where it begins and how many there are. */
int rv_lint_trailing_blank(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	for (size_t i = 0; i < RV_LINT_FOLDERS; i++)
		rv_vec_each (&l->texts[i], t) {
			struct rv_span rest = t->text, line;
			unsigned first = 0, count = 0;

			for (unsigned n = 1; rv_span_next(&rest, '\n', &line); n++)
				if (ends_in_blank(line) && !count++)
					first = n;
			if (count == 1)
				rv_lint_say(l, t->path, first, "the line ends in a blank");
			else if (count)
				rv_lint_say(
				    l, t->path, first, "%u lines from here end in a blank", count);
		}
	return 0;
}

static void look_end(struct rv_lint *l, const struct rv_lint_text *t)
{
	if (t->text.n && t->text.p[t->text.n - 1] != '\n')
		rv_lint_say(l, t->path, 0, "its last line has no line feed");
}

int rv_lint_final_newline(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	look_end(l, &l->specification);
	look_end(l, &l->distinfo);
	for (size_t i = 0; i < RV_LINT_FOLDERS; i++)
		rv_vec_each (&l->texts[i], t)
			look_end(l, t);
	return 0;
}

/* Characters, a tab to the next multiple of eight. */
static size_t width_of(struct rv_span text)
{
	size_t width = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '\t')
			width = (width / 8 + 1) * 8;
		else if ((c & 0xc0) != 0x80)
			width++;
	}
	return width;
}

/* A line of one word, as a long address, cannot be broken. */
static void look_width(struct rv_lint *l, const char *path, unsigned line, struct rv_span text)
{
	size_t width = width_of(text);

	text = rv_span_trim(text);
	if (width > WIDTH_MAX && rv_span_find(text, ' ') < text.n)
		rv_lint_say(l, path, line, "%zu columns: break the line before column %d", width,
		    WIDTH_MAX);
}

int rv_lint_description_width(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	rv_vec_each (&l->texts[RV_LINT_DESCRIPTIONS], t)
		each_line(l, t, look_width);
	return 0;
}

int rv_lint_description_length(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	rv_vec_each (&l->texts[RV_LINT_DESCRIPTIONS], t) {
		struct rv_span rest = t->text, line;
		unsigned lines = 0;

		while (rv_span_next(&rest, '\n', &line))
			lines++;
		if (!rv_span_trim(t->text).n)
			rv_lint_say(l, t->path, 0, "the description is empty");
		else if (lines > DESCRIPTION_LINES_MAX)
			rv_lint_say(l, t->path, DESCRIPTION_LINES_MAX + 1,
			    "%u lines: a description is what one reads before installing", lines);
	}
	return 0;
}
