/* SPDX-License-Identifier: ISC */
/*
 * Addresses as messages show them: no control character, and no password of an address that has a
 * host.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/span.h"
#include "fetch/internal.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_auto(rv_str) char *url = rv_span_dup(rv_span((const char *)data, size));
	rv_auto(rv_str) char *host = rv_fetch_address_host(url);
	rv_auto(rv_str) char *shown = rv_fetch_address_show(url);

	for (const unsigned char *c = (const unsigned char *)shown; *c; c++)
		if (*c < 0x20 || *c == 0x7f)
			abort();
	if (host && strchr(host, '@'))
		abort();
	return 0;
}
