/* SPDX-License-Identifier: ISC */
/* What is read, written and read again gives the same keys. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/ini.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_autofree(rv_ini) struct rv_ini *one = NULL, *two = NULL;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(8 * RV_INI_MAX_BYTES);
	const char *section, *key, *value, *again;
	size_t i = 0;

	if (rv_ini_parse(rv_span((const char *)data, size), "fuzz", &one, NULL) < 0)
		return 0;
	rv_ini_write(one, &text);
	/* a key written with its blank may pass the limits that it just met */
	if (text.n > RV_INI_MAX_BYTES)
		return 0;
	if (rv_ini_parse(rv_buf_span(&text), "fuzz", &two, NULL) < 0) {
		if (size <= RV_INI_MAX_LINE_BYTES / 2)
			abort();
		return 0;
	}
	while (rv_ini_next(one, &i, &section, &key, &value)) {
		again = rv_ini_get(two, section, key);
		if (!again || strcmp(value, again) != 0)
			abort();
	}
	return 0;
}
