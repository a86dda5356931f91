/* SPDX-License-Identifier: ISC */
/*
 * INI files: ravenadm.ini, rvn.conf, repos/NAME.conf. "; comment", "[section]", "key= value"
 * (blanks round the equals sign and at the ends dropped). A key before the first section belongs to
 * section "". Duplicate keys in a section, lines of another form and control characters are errors
 * "FILE:LINE: reason". Order and comments survive rv_ini_set and rv_ini_write. A section that comes
 * twice is one section.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct rv_ini;

#define RV_INI_MAX_BYTES ((size_t)1024 * 1024)
#define RV_INI_MAX_LINE_BYTES ((size_t)16 * 1024)

int rv_ini_parse(struct rv_span text, const char *what, struct rv_ini **out, struct rv_error *err)
    RV_MUST_CHECK;
struct rv_ini *rv_ini_new(void) RV_MUST_CHECK;
void rv_ini_free(struct rv_ini *ini);
RV_DEFINE_FREEP(rv_ini)

/* NULL when absent; borrowed until the next set. */
const char *rv_ini_get(const struct rv_ini *ini, const char *section, const char *key);
/*
 * Replaces in place, else adds at the section's end, else adds the section. false, and nothing
 * done, when the text could not be read back: a control character, a blank at an end, an empty key
 * or one with "=", ";" or "[" in front.
 */
bool rv_ini_set(struct rv_ini *ini, const char *section, const char *key, const char *value);
void rv_ini_write(const struct rv_ini *ini, struct rv_buf *out);

/* Walk: i = 0, true while there is one. */
bool rv_ini_next(const struct rv_ini *ini, size_t *i, const char **section, const char **key,
    const char **value);
/* Line of a key for messages, 0 when absent. */
unsigned rv_ini_line(const struct rv_ini *ini, const char *section, const char *key);
