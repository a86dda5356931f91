/* SPDX-License-Identifier: ISC */
/* The file of a scan: what passes the checks can be looked at without a fault. */
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "port/index.h"
#include "port/scan_file.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static size_t list_bytes(const struct rv_scan_list *l)
{
	size_t n = 0;

	for (uint32_t i = 0; i < l->n; i++)
		n += strlen(rv_scan_at(l, i));
	return n;
}

static size_t deps_bytes(const struct rv_scan *s, const struct rv_scan_deps *deps)
{
	size_t n = 0;

	for (uint32_t i = 0; i < deps->n; i++) {
		struct rv_scan_dep d = rv_scan_dep(deps, i);

		if (d.target != RV_SCAN_NONE && d.target >= rv_scan_variant_count(s))
			abort();
		n += strlen(d.namebase) + strlen(d.subpackage) + strlen(d.variant);
	}
	return n;
}

static size_t look_at_variant(const struct rv_scan *s, uint32_t i)
{
	struct rv_scan_variant v;
	size_t n;

	rv_scan_variant(s, i, &v);
	n = strlen(v.name) + strlen(v.key) + strlen(v.sdesc) + (v.ignore ? strlen(v.ignore) : 0) +
	    list_bytes(&v.options_on) + list_bytes(&v.options_off) + list_bytes(&v.distfiles);
	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		n += deps_bytes(s, &v.deps[k]);
	for (uint32_t k = 0; k < v.subpackages.n; k++) {
		struct rv_scan_subpackage part;

		rv_scan_subpackage(&v, k, &part);
		n += strlen(part.name) + deps_bytes(s, &part.needs) + list_bytes(&part.own);
	}
	return n + v.port;
}

static size_t look_at(const struct rv_scan *s)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)64 << 20);
	struct rv_scan_fault f;
	size_t n = 0;

	for (uint32_t i = 0; i < rv_scan_variant_count(s); i++)
		n += look_at_variant(s, i);
	for (uint32_t i = 0; i < rv_scan_fault_count(s); i++) {
		rv_scan_fault(s, i, &f);
		n += strlen(f.namebase) + strlen(f.file) + strlen(f.text) +
		     strlen(rv_problem_class_name(f.class));
	}
	for (int i = 0; i < RV_INDEX_FILES; i++)
		rv_index_write(s, (enum rv_index_file)i, 0, &text);
	return n + text.n + rv_scan_find(s, "kitchen") + rv_scan_find(s, "");
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	char *copy = rv_alloc(size);
	struct rv_scan s;

	memcpy(copy, data, size);
	if (rv_scan_check(rv_span(copy, size), "fuzz", &s, NULL) == 0 && look_at(&s) == SIZE_MAX)
		abort();
	free(copy);
	return 0;
}
