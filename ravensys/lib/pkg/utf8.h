/* SPDX-License-Identifier: ISC */
/* Checks of text that comes from packages. */
#pragma once

#include <stdbool.h>

#include "base/span.h"

/* Well-formed UTF-8 (RFC 3629) without control characters (below 0x20, 0x7f). */
bool rv_utf8_plain(struct rv_span text);
/* The same, newlines and tabs allowed. */
bool rv_utf8_text(struct rv_span text);
/* Bytes of the first character; 0 when the text does not begin with a well-formed one. */
size_t rv_utf8_length(struct rv_span text);
