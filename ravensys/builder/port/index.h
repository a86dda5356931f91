/* SPDX-License-Identifier: ISC */
/*
 * The index files of a tree, from a scan: conspiracy_variants, fpc_equivalents, rvnindex.txt,
 * repology.json and summary.txt, byte for byte as Ravenports' program writes them. No variant is
 * made for them: RV_SCAN_HEADS is enough.
 */
#pragma once

#include "base/buf.h"
#include "port/scan.h"

enum rv_index_file {
	RV_INDEX_VARIANTS, /* BUCKET NAMEBASE COUNT VARIANT ... */
	RV_INDEX_FPC,	   /* NAMEBASE VERSION category/port|N/A|generated */
	RV_INDEX_PACKAGES, /* NAMEBASE-SUBPACKAGE-VARIANT VERSION */
	RV_INDEX_REPOLOGY, /* JSON, INFRASTRUCTURE ports left out */
	RV_INDEX_SUMMARY,  /* totals, and how long the scan took */
	RV_INDEX_FILES
};

#define RV_INDEX_MAX_BYTES ((size_t)256 * 1024 * 1024)

const char *rv_index_name(enum rv_index_file file);
/* seconds: that the scan took, for the summary. */
void rv_index_write(
    const struct rv_scan *s, enum rv_index_file file, uint64_t seconds, struct rv_buf *out);

struct rv_index_totals {
	uint32_t ports, variants, packages;
};
struct rv_index_totals rv_index_totals(const struct rv_scan *s);
