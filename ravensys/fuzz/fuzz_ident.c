/* SPDX-License-Identifier: ISC */
/* Names of packages and ABIs: what is accepted is written back as it was. */
#include <stdint.h>
#include <stdlib.h>

#include "pkg/ident.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static const struct {
	int (*parse)(struct rv_span text, struct rv_ident *out, struct rv_error *err);
	void (*add)(const struct rv_ident *id, struct rv_buf *out);
} names[] = {
    {rv_ident_parse_file, rv_ident_add_file},
    {rv_ident_parse_triplet, rv_ident_add_triplet},
};

static void same(struct rv_buf *out, struct rv_span text)
{
	if (!rv_span_eq(rv_buf_span(out), text))
		abort();
	rv_buf_release(out);
}

static void try_names(struct rv_span text)
{
	struct rv_buf out = RV_BUF_INIT(4 * RV_IDENT_MAX_BYTES);
	struct rv_ident id;

	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (names[i].parse(text, &id, NULL) == 0) {
			names[i].add(&id, &out);
			same(&out, text);
		}
	if (rv_ident_parse(text, &id, NULL) == 0) {
		(id.version.n ? rv_ident_add_full : rv_ident_add_name)(&id, &out);
		same(&out, text);
	}
	if (rv_ident_parse_loose(text, &id, NULL) == 0 && !rv_namebase_valid(id.namebase))
		abort();
}

static void try_abi(struct rv_span text)
{
	struct rv_buf out = RV_BUF_INIT(4 * RV_ABI_MAX_BYTES);
	struct rv_abi abi;

	if (rv_abi_parse(text, &abi, NULL) == 0) {
		rv_abi_add(&abi, &out);
		same(&out, text);
	}
	if (rv_abi_parse_file(text, &abi, NULL) == 0) {
		rv_abi_add_file(&abi, &out);
		same(&out, text);
	}
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span rest = rv_span((const char *)data, size), line;

	while (rv_span_next(&rest, '\n', &line)) {
		try_names(line);
		try_abi(line);
	}
	return 0;
}
