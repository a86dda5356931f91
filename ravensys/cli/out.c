/* SPDX-License-Identifier: ISC */
/* Text, tables, questions and progress. */
#include "cli/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "os/clock.h"

void rv_out_print(const struct rv_run *run, const char *fmt, ...)
{
	va_list ap;

	(void)run;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

void rv_out_write(const struct rv_run *run, struct rv_span bytes)
{
	(void)run;
	fwrite(bytes.p, 1, bytes.n, stdout);
}

int rv_out_text(
    const struct rv_run *run, const struct rv_buf *text, const char *what, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = NULL;

	if (rv_buf_check(text, what, err) < 0)
		return -1;
	if (!run->globals.json) {
		rv_out_write(run, rv_buf_span(text));
		return 0;
	}
	doc = rv_json_new_span(rv_buf_span(text));
	if (!rv_json_string(doc))
		return rv_fail(err, RV_FORMAT, "%s: is not UTF-8: print it without --json", what);
	rv_out_json(run, doc);
	doc = NULL;
	return 0;
}

void rv_out_say(const struct rv_run *run, const char *fmt, ...)
{
	va_list ap;

	if (run->globals.quiet || run->globals.json)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

#define JSON_MAX ((size_t)1 << 30)

void rv_out_json(const struct rv_run *run, struct rv_json *doc)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(JSON_MAX);

	(void)run;
	rv_json_compact(doc, &text);
	rv_json_free(doc);
	puts(rv_buf_str(&text));
}

const char *rv_out_size(uint64_t bytes, char *text)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	double v = (double)bytes;
	size_t unit = 0;

	while (v >= 1024 && unit + 1 < RV_COUNT(units)) {
		v /= 1024;
		unit++;
	}
	snprintf(text, RV_OUT_SIZE_BYTES, unit ? "%.1f %s" : "%.0f %s", v, units[unit]);
	return text;
}

void rv_table_release(struct rv_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->n = t->cap = 0;
}

static void add_cell(struct rv_table *t, char *cell)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->cells = rv_realloc(t->cells, t->cap * sizeof(*t->cells));
	}
	t->cells[t->n++] = cell;
}

void rv_table_add(struct rv_table *t, const char *cell)
{
	add_cell(t, rv_strdup(cell ? cell : ""));
}

void rv_table_addf(struct rv_table *t, const char *fmt, ...)
{
	rv_auto(rv_buf) struct rv_buf cell = RV_BUF_INIT((size_t)65536);
	va_list ap;

	va_start(ap, fmt);
	rv_buf_vaddf(&cell, fmt, ap);
	va_end(ap);
	add_cell(t, rv_buf_take(&cell));
}

/* Characters, not bytes: continuation bytes of UTF-8 take no place. */
static unsigned cell_width(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static unsigned column_width(const struct rv_table *t, unsigned column)
{
	unsigned widest = 0;

	for (size_t i = column; i < t->n; i += t->columns) {
		unsigned w = cell_width(t->cells[i]);

		widest = w > widest ? w : widest;
	}
	return widest;
}

static void print_cell(const struct rv_table *t, size_t i, unsigned width)
{
	unsigned column = (unsigned)(i % t->columns), last = column + 1 == t->columns;
	int pad = (int)(width - cell_width(t->cells[i]));

	if (t->right & (1u << column))
		printf("%*s%s", pad, "", t->cells[i]);
	else
		printf("%s%*s", t->cells[i], last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", stdout);
}

void rv_table_print(const struct rv_table *t, const struct rv_run *run)
{
	unsigned *widths = rv_alloc_array(t->columns + 1u, sizeof(*widths));

	(void)run;
	for (unsigned c = 0; c < t->columns; c++)
		widths[c] = column_width(t, c);
	for (size_t i = 0; i < t->n; i++)
		print_cell(t, i, widths[i % t->columns]);
	free(widths);
}

int rv_ask(const struct rv_run *run, const char *question, struct rv_error *err)
{
	char answer[16] = "";

	if (run->globals.yes)
		return 0;
	if (!run->in_tty)
		return rv_fail(err, RV_INPUT,
		    "%s: cannot ask without a terminal; -y answers yes, -n only shows",
		    run->cmd->name);
	fflush(stdout);
	fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(answer, sizeof(answer), stdin))
		return RV_ASK_NO;
	return answer[0] == 'y' || answer[0] == 'Y' ? 0 : RV_ASK_NO;
}

#define REDRAW_MS 50

void rv_progress_begin(struct rv_progress *p, const struct rv_run *run)
{
	*p = (struct rv_progress){
	    .on = run->err_tty && !run->globals.quiet && !run->globals.json,
	    .columns = run->columns < 80 ? run->columns : 80,
	};
}

static void amount(struct rv_buf *out, uint64_t done, uint64_t total, bool bytes)
{
	char a[RV_OUT_SIZE_BYTES], b[RV_OUT_SIZE_BYTES];

	if (bytes)
		rv_buf_addf(out, "%s", rv_out_size(done, a));
	else
		rv_buf_addf(out, "%llu", (unsigned long long)done);
	if (total && bytes)
		rv_buf_addf(out, " / %s", rv_out_size(total, b));
	else if (total)
		rv_buf_addf(out, " / %llu", (unsigned long long)total);
	if (total)
		rv_buf_addf(out, "  %3u%%", (unsigned)((double)done * 100 / (double)total));
}

void rv_progress_set(
    struct rv_progress *p, const char *what, uint64_t done, uint64_t total, bool bytes)
{
	rv_auto(rv_buf) struct rv_buf right = RV_BUF_INIT((size_t)256);
	int64_t now;
	int room;

	if (!p->on)
		return;
	now = rv_clock_mono_ms();
	if (p->drawn && done != total && now - p->last_ms < REDRAW_MS)
		return;
	amount(&right, done, total, bytes);
	room = (int)p->columns - 1 - (int)right.n - 2;
	room = room < 0 ? 0 : room;
	fprintf(stderr, "\r\033[K%-*.*s  %s", room, room, what, rv_buf_str(&right));
	fflush(stderr);
	p->drawn = true;
	p->last_ms = now;
}

void rv_progress_end(struct rv_progress *p)
{
	if (p->on && p->drawn)
		fprintf(stderr, "\r\033[K");
	p->drawn = false;
}
