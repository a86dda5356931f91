/* SPDX-License-Identifier: ISC */
/* The entry point that libFuzzer calls; each target supplies rv_fuzz_one. */
#include <stddef.h>
#include <stdint.h>

int rv_fuzz_one(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return rv_fuzz_one(data, size);
}
