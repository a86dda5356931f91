/* SPDX-License-Identifier: ISC */
/*
 * Metadata of every role (the first byte says which): what parses can be looked through and
 * verified without harm.
 */
#include <stdint.h>
#include <stdlib.h>

#include "sign/role.h"
#include "sign/trust.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static void look(const struct rv_metadata *m)
{
	struct rv_role_keys keys;
	struct rv_role_file file;
	const struct rv_json *custom;
	const char *role;

	if (m->role == RV_ROLE_ROOT) {
		for (int i = RV_ROLE_ROOT; i <= RV_ROLE_TARGETS; i++) {
			rv_metadata_root_keys(m, (enum rv_role)i, &keys);
			if (keys.n > RV_ROLE_KEYS_MAX || keys.threshold < 1)
				abort();
			if (rv_metadata_verify(m, &keys, "fuzz", NULL) < 0)
				continue;
		}
		return;
	}
	rv_json_each (rv_json_get(m->signed_doc, "meta"), it)
		if (!rv_metadata_file(m, it.key, &file))
			abort();
	rv_json_each (rv_json_get(m->signed_doc, "targets"), it)
		if (!rv_metadata_target(m, it.key, &file, &custom))
			abort();
	for (size_t i = 0; (role = rv_metadata_delegated(m, i)); i++)
		if (!rv_metadata_delegation(m, role, &keys) ||
		    (rv_metadata_delegates(m, role, "a/b.c") && keys.threshold < 1))
			abort();
}

/* The same bytes as a chain: root, then whatever follows is refused or kept out. */
static void chain(struct rv_span bytes)
{
	rv_autofree(rv_trust) struct rv_trust *t = rv_trust_new(0, false);

	if (rv_trust_root_first(t, bytes, "root.json", NULL) < 0)
		return;
	/* a root is never its own successor */
	if (rv_trust_root_next(t, bytes, NULL) == 0)
		abort();
	if (rv_trust_root_final(t, NULL) == 0 &&
	    rv_trust_timestamp(t, RV_TRUST_FETCHED, bytes, NULL) >= 0)
		abort();
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_metadata m;
	struct rv_span bytes;

	if (!size)
		return 0;
	bytes = rv_span((const char *)data + 1, size - 1);
	if (rv_metadata_parse(bytes, "fuzz", (enum rv_role)(data[0] & 3), &m, NULL) == 0) {
		look(&m);
		rv_metadata_release(&m);
	}
	chain(bytes);
	return 0;
}
