/* SPDX-License-Identifier: ISC */
/* The files of a root against its database: what `rvn check` shows. Changes nothing. */
#pragma once

#include "store/installed.h"

enum rv_verify_kind {
	RV_VERIFY_MISSING,
	RV_VERIFY_TYPE,	   /* a folder where a file should be ... */
	RV_VERIFY_CONTENT, /* size or SHA-256 */
	RV_VERIFY_LINK,	   /* target of a link; names of one file that are not one file */
	RV_VERIFY_MODE,
	RV_VERIFY_OWNER,
	RV_VERIFY_XATTR,
	RV_VERIFY_UNREADABLE,
	RV_VERIFY_CONFIG, /* a configuration file that the user changed or removed: no fault */
	/* installed by an ordinary user: owners and set-id bits are not applied: no fault */
	RV_VERIFY_UNAPPLIED,
};
const char *rv_verify_kind_name(enum rv_verify_kind kind); /* "missing" "type" ... */
static inline bool rv_verify_is_fault(enum rv_verify_kind kind)
{
	return kind < RV_VERIFY_CONFIG;
}

struct rv_verify_finding {
	enum rv_verify_kind kind;
	const char *package, *path; /* RV_VERIFY_UNAPPLIED: path "" */
	const char *detail;	    /* "0644, wanted 0755" */
};
/* Findings come in the order of packages and paths, from the calling thread. < 0 ends the run. */
typedef int rv_verify_fn(void *ctx, const struct rv_verify_finding *finding, struct rv_error *err);

struct rv_verify {
	int root_fd;
	const char *prefix;
	struct rv_db *db;
	unsigned threads; /* 0: one per processor */
	rv_verify_fn *found;
	void *ctx;
};
/* The packages given. *out_faults counts findings that are faults. */
int rv_txn_verify(const struct rv_verify *how, const struct rv_installed *packages,
    size_t n_packages, uint64_t *out_faults, struct rv_error *err) RV_MUST_CHECK;
