/* SPDX-License-Identifier: ISC */
/* A client's description of a repository: repos/NAME.conf (rvn.conf.5). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "codec/digest.h"

#define RV_REPO_CONF_MAX_BYTES ((size_t)65536)

struct rv_repo_conf {
	const char *name; /* of the file, without ".conf" */
	const char *file; /* "NAME.conf" */
	/* url, then mirrors: addresses without a last slash (a path becomes file://) */
	const char *const *bases;
	size_t n_bases;
	const char *abi;      /* opsys:arch:release */
	const char *abi_file; /* with hyphens */
	const char *root;     /* file beside it; NULL: fingerprint */
	struct rv_sha256 fingerprint;
	int64_t priority; /* higher wins; 0 unless said */
	bool enabled;	  /* yes unless said */
};
struct rv_repo_confs { /* a vec */
	struct rv_repo_conf *v;
	size_t n, cap;
};

/* name with ".conf". Strings live in the arena. RV_FORMAT or RV_INPUT "NAME.conf:LINE: ...". */
int rv_repo_conf_read(int repos_dirfd, const char *file, struct rv_arena *arena,
    struct rv_repo_conf *out, struct rv_error *err) RV_MUST_CHECK;
/* Every *.conf of the folder, the disabled ones too, by falling priority, then name. */
int rv_repo_conf_list(int repos_dirfd, struct rv_arena *arena, struct rv_repo_confs *out,
    struct rv_error *err) RV_MUST_CHECK;
