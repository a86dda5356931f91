/* SPDX-License-Identifier: ISC */
/*
 * The text view of a run: a whole line for each thing that happened, and on a terminal one line
 * below, cut at its width, that is overwritten with what runs now.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "event/event.h"

struct rv_text_view {
	/* Writes n bytes to the user; the view formats, the program writes. */
	void (*write)(void *ctx, const char *text, size_t n);
	void *ctx;
	bool terminal;	  /* the line of what runs now is drawn */
	unsigned columns; /* of that line */
};

/* The bus owns it. */
struct rv_listener rv_text_listener(const struct rv_text_view *view);
