/* SPDX-License-Identifier: ISC */
/*
 * What commands print: text and tables on standard output, questions and progress on standard
 * error. Data goes to standard output only, so that a pipe gets nothing else; with --json it is one
 * document and nothing else.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "cli/cmd.h"
#include "codec/json.h"

/*
 * Standard output; silenced by -q (say) or never (print). A write error is told once, by
 * rv_cli_main.
 */
void rv_out_print(const struct rv_run *run, const char *fmt, ...) RV_PRINTF(2, 3);
/* Bytes as they are. */
void rv_out_write(const struct rv_run *run, struct rv_span bytes);
/* A text as it is; with --json as one string, which only UTF-8 can be. */
int rv_out_text(const struct rv_run *run, const struct rv_buf *text, const char *what,
    struct rv_error *err) RV_MUST_CHECK;
void rv_out_say(const struct rv_run *run, const char *fmt, ...) RV_PRINTF(2, 3);
/* The document and a newline. Takes doc over. */
void rv_out_json(const struct rv_run *run, struct rv_json *doc);

/* "12.3 MiB"; text holds RV_OUT_SIZE_BYTES. Returns text. */
#define RV_OUT_SIZE_BYTES 32
const char *rv_out_size(uint64_t bytes, char *text);

/*
 * --- tables: columns as wide as their widest cell, two blanks between, the last one never padded
 */
struct rv_table {
	unsigned columns;
	char **cells; /* row by row */
	size_t n, cap;
	unsigned right; /* bit i: column i is aligned to the right */
};
#define RV_TABLE_INIT(columns_) ((struct rv_table){.columns = (columns_)})
void rv_table_release(struct rv_table *t);
void rv_table_add(struct rv_table *t, const char *cell); /* copied; NULL is an empty cell */
void rv_table_addf(struct rv_table *t, const char *fmt, ...) RV_PRINTF(2, 3);
void rv_table_print(const struct rv_table *t, const struct rv_run *run);

/*
 * Ask "QUESTION [y/N] " on the terminal. 0: yes (or -y was given); RV_ASK_NO: the user said no.
 * Without a terminal and without -y it fails with the way out: never a silent yes.
 */
enum { RV_ASK_NO = 1 };
int rv_ask(const struct rv_run *run, const char *question, struct rv_error *err) RV_MUST_CHECK;

/*
 * One progress line that is overwritten in place, 80 columns at most, on a terminal only and not
 * with -q or --json. Redrawn at most 20 times a second, but for the last (done == total).
 */
struct rv_progress {
	bool on, drawn;
	unsigned columns;
	int64_t last_ms;
};
void rv_progress_begin(struct rv_progress *p, const struct rv_run *run);
/* "what  12.3 MiB / 45.6 MiB  27%"; total 0: unknown. bytes: numbers are sizes, else counts. */
void rv_progress_set(
    struct rv_progress *p, const char *what, uint64_t done, uint64_t total, bool bytes);
void rv_progress_end(struct rv_progress *p); /* wipes the line */
