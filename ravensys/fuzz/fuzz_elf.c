/* SPDX-License-Identifier: ISC */
/* ELF: bounded, whatever the file says. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "elf/elf.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_elf e;

	if (rv_elf_parse(rv_span((const char *)data, size), "fuzz", &e, &err) != 0)
		return 0;
	for (size_t i = 0; i < e.n_needed; i++)
		if (strlen(e.needed[i]) > RV_ELF_STRING_MAX_BYTES)
			abort();
	rv_elf_release(&e);
	return 0;
}
