/* SPDX-License-Identifier: ISC */
/* Inside lib/repo: one publishing run, shared by the files make*.c. */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "pkg/ident.h"
#include "repo/make.h"
#include "sign/role.h"

#define RETIRED ".retired.json" /* which files nothing names any more, and since when */

/* A package file that is offered. */
struct item {
	const char *file; /* NAME.rvn */
	const char *name; /* namebase~subpackage~variant */
	struct rv_ident ident;
	uint64_t size, dev, ino;
	struct rv_sha256 sha256;
	bool linked; /* the published file is this one's hard link */
};
struct items {
	struct item *v;
	size_t n, cap;
};

/* One ABI: what its folder offers, and the roles that speak of it. */
struct abi {
	const char *name;	/* with hyphens; also the name of the role */
	const char *files_role; /* "ABI-files" */
	bool offered;		/* there is a folder of packages; else everything is carried over */
	bool changed;		/* other packages than published, or another catalogue */
	int packages_fd, targets_fd, files_fd;
	struct items items; /* sorted by name */
	struct rv_role_file catalog;
	struct rv_metadata list, files;		   /* as published; doc NULL: never */
	struct rv_role_file list_file, files_file; /* what the snapshot says, then the next one */
};
struct abis {
	struct abi *v;
	size_t n, cap;
};

struct making {
	const struct rv_repo_make *how;
	struct rv_repo_made *out;
	struct rv_error *err;
	struct rv_arena arena;
	int metadata_fd, targets_fd;
	struct rv_metadata root, timestamp, snapshot, targets; /* as published; doc NULL: never */
	struct rv_role_file snapshot_file, targets_file, timestamp_file;
	struct abis abis;	/* sorted by name */
	struct rv_buf new_root; /* to be written just before the timestamp */
	int64_t new_root_version;
	bool keys_changed; /* root names another on-line key than before */
};

/* make_state.c: what is published now. */
int making_load(struct making *m) RV_MUST_CHECK;
void making_release(struct making *m);
/* The ABI of that name, made when it is not known yet. Pointers do not survive the next call. */
struct abi *making_abi(struct making *m, const char *name);

/* make_packages.c: from packages to targets/, and whether anything changed. */
int making_scan(struct making *m) RV_MUST_CHECK;

/* make_roles.c: from all that to metadata/, the timestamp last. */
int making_sign(struct making *m) RV_MUST_CHECK;

/* make_clean.c: what nothing named for 48 hours. */
int making_clean(struct making *m) RV_MUST_CHECK;
