/* SPDX-License-Identifier: ISC */
/*
 * INI files as a list of lines, so that order and comments survive a change. A key line is found
 * through a map from "section\nkey", which no other line can have.
 */
#include "codec/ini.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/map.h"

/* section and key of one file, or what rv_ini_get was asked for */
#define KEY_MAX_BYTES (2 * RV_INI_MAX_LINE_BYTES + 1)

enum kind { LINE_TEXT, LINE_SECTION, LINE_KEY };

struct line {
	struct line *next;
	enum kind kind;
	unsigned number;     /* in the file; 0 when it was set */
	const char *section; /* that it belongs to */
	const char *key;     /* LINE_TEXT: the whole line */
	const char *value;
};

struct rv_ini {
	struct rv_arena arena;
	struct line head; /* the first line is head.next */
	struct line *last;
	struct rv_map keys;
};

/* --- finding */

static struct rv_span map_key(struct rv_buf *b, const char *section, const char *key)
{
	rv_buf_addf(b, "%s\n%s", section, key);
	return rv_buf_span(b);
}

static struct line *find(const struct rv_ini *ini, const char *section, const char *key)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(KEY_MAX_BYTES);

	return rv_map_get(&ini->keys, map_key(&b, section, key));
}

static void remember(struct rv_ini *ini, struct line *line)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(KEY_MAX_BYTES);

	rv_map_put(
	    &ini->keys, rv_arena_span(&ini->arena, map_key(&b, line->section, line->key)), line);
}

static struct line *add_after(struct rv_ini *ini, struct line *before, struct line fill)
{
	struct line *line = rv_arena_alloc(&ini->arena, sizeof(*line));

	*line = fill;
	line->next = before->next;
	before->next = line;
	if (ini->last == before)
		ini->last = line;
	return line;
}

/* --- reading */

static bool has_control(struct rv_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return true;
	return false;
}

struct parse {
	struct rv_ini *ini;
	const char *what;
	const char *section;
	unsigned number;
	struct rv_error *err;
};

static int parse_section(struct parse *p, struct rv_span text)
{
	struct rv_span name;

	if (text.n < 3 || text.p[text.n - 1] != ']')
		return rv_fail(
		    p->err, RV_FORMAT, "%s:%u: a section is written [NAME]", p->what, p->number);
	name = rv_span_trim(rv_span_sub(text, 1, text.n - 2));
	if (!name.n || rv_span_find(name, ']') != name.n)
		return rv_fail(
		    p->err, RV_FORMAT, "%s:%u: a section is written [NAME]", p->what, p->number);
	p->section = rv_arena_strndup(&p->ini->arena, name.p, name.n);
	add_after(p->ini, p->ini->last,
	    (struct line){.kind = LINE_SECTION, .number = p->number, .section = p->section});
	return 0;
}

static int parse_key(struct parse *p, struct rv_span text)
{
	size_t equals = rv_span_find(text, '=');
	struct rv_span key = rv_span_trim(rv_span_sub(text, 0, equals));
	struct rv_span value = rv_span_trim(rv_span_from(text, equals + 1));
	struct line fill = {.kind = LINE_KEY, .number = p->number, .section = p->section};
	const struct line *old;

	if (equals == text.n || !key.n)
		return rv_fail(p->err, RV_FORMAT,
		    "%s:%u: not '[SECTION]', 'key= value' or '; comment'", p->what, p->number);
	fill.key = rv_arena_strndup(&p->ini->arena, key.p, key.n);
	fill.value = rv_arena_strndup(&p->ini->arena, value.p ? value.p : "", value.n);
	old = find(p->ini, fill.section, fill.key);
	if (old)
		return rv_fail(p->err, RV_FORMAT, "%s:%u: key '%s' is already set in line %u",
		    p->what, p->number, fill.key, old->number);
	remember(p->ini, add_after(p->ini, p->ini->last, fill));
	return 0;
}

static int parse_line(struct parse *p, struct rv_span raw)
{
	struct rv_span text = rv_span_trim(raw);

	if (raw.n > RV_INI_MAX_LINE_BYTES)
		return rv_fail(p->err, RV_LIMIT, "%s:%u: line longer than %zu bytes", p->what,
		    p->number, RV_INI_MAX_LINE_BYTES);
	if (has_control(text))
		return rv_fail(p->err, RV_FORMAT, "%s:%u: control character", p->what, p->number);
	if (text.n && text.p[0] == '[')
		return parse_section(p, text);
	if (text.n && text.p[0] != ';')
		return parse_key(p, text);
	add_after(p->ini, p->ini->last,
	    (struct line){.number = p->number,
		.section = p->section,
		.key = rv_arena_strndup(&p->ini->arena, text.p ? text.p : "", text.n)});
	return 0;
}

struct rv_ini *rv_ini_new(void)
{
	struct rv_ini *ini = rv_alloc(sizeof(*ini));

	ini->last = &ini->head;
	ini->head.section = "";
	return ini;
}

void rv_ini_free(struct rv_ini *ini)
{
	if (!ini)
		return;
	rv_map_release(&ini->keys);
	rv_arena_release(&ini->arena);
	free(ini);
}

int rv_ini_parse(struct rv_span text, const char *what, struct rv_ini **out, struct rv_error *err)
{
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	struct parse p = {.what = what, .section = "", .err = err};
	struct rv_span line;

	if (text.n > RV_INI_MAX_BYTES)
		return rv_fail(err, RV_LIMIT, "%s: larger than %zu bytes", what, RV_INI_MAX_BYTES);
	p.ini = ini = rv_ini_new();
	while (rv_span_next(&text, '\n', &line)) {
		p.number++;
		if (parse_line(&p, line) < 0)
			return -1;
	}
	*out = ini;
	ini = NULL;
	return 0;
}

/* --- looking */

const char *rv_ini_get(const struct rv_ini *ini, const char *section, const char *key)
{
	const struct line *line = find(ini, section, key);

	return line ? line->value : NULL;
}

unsigned rv_ini_line(const struct rv_ini *ini, const char *section, const char *key)
{
	const struct line *line = find(ini, section, key);

	return line ? line->number : 0;
}

bool rv_ini_next(
    const struct rv_ini *ini, size_t *i, const char **section, const char **key, const char **value)
{
	struct rv_span ignored;
	void *found;
	const struct line *line;

	if (!rv_map_next(&ini->keys, i, &ignored, &found))
		return false;
	line = found;
	*section = line->section;
	*key = line->key;
	*value = line->value;
	return true;
}

/* --- changing */

static bool is_bare(const char *text)
{
	struct rv_span s = rv_span_str(text), bare = rv_span_trim(s);

	return bare.n == s.n && s.n < RV_INI_MAX_LINE_BYTES / 2 && !has_control(s);
}

static bool is_key(const char *key)
{
	return *key && is_bare(key) && !strchr(";[", *key) && !strchr(key, '=');
}

/* The line after which a new key of section goes; NULL when there is no such section yet. */
static struct line *end_of_section(struct rv_ini *ini, const char *section)
{
	struct line *end = *section ? NULL : &ini->head;

	for (struct line *line = ini->head.next; line; line = line->next)
		if (line->kind != LINE_TEXT && strcmp(line->section, section) == 0)
			end = line;
	return end;
}

bool rv_ini_set(struct rv_ini *ini, const char *section, const char *key, const char *value)
{
	struct line *line = find(ini, section, key), *end;
	struct line fill = {.kind = LINE_KEY};

	if (!is_key(key) || !is_bare(value) || !is_bare(section) || strchr(section, ']'))
		return false;
	if (line) {
		line->value = rv_arena_strdup(&ini->arena, value);
		return true;
	}
	end = end_of_section(ini, section);
	fill.section = rv_arena_strdup(&ini->arena, section);
	if (!end) {
		if (ini->last != &ini->head)
			add_after(ini, ini->last, (struct line){.section = "", .key = ""});
		end = add_after(
		    ini, ini->last, (struct line){.kind = LINE_SECTION, .section = fill.section});
	}
	fill.key = rv_arena_strdup(&ini->arena, key);
	fill.value = rv_arena_strdup(&ini->arena, value);
	remember(ini, add_after(ini, end, fill));
	return true;
}

void rv_ini_write(const struct rv_ini *ini, struct rv_buf *out)
{
	for (const struct line *line = ini->head.next; line; line = line->next) {
		if (line->kind == LINE_SECTION)
			rv_buf_addf(out, "[%s]\n", line->section);
		else if (line->kind == LINE_KEY)
			rv_buf_addf(
			    out, "%s=%s%s\n", line->key, *line->value ? " " : "", line->value);
		else
			rv_buf_addf(out, "%s\n", line->key);
	}
}
