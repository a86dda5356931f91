/* SPDX-License-Identifier: ISC */
/*
 * Plists of one port variant and their check against the stage. mk/raven.mk says what a line may
 * be:
 *
 *	path				file or link, relative to the prefix or absolute
 *	@dir path			folder that the package owns
 *	@(owner,group,mode) path	the same with an owner, group, octal mode; each may be empty
 *	@dir(owner,group,mode) path
 *	@comment ...			nothing
 *	@sample PATTERN.sample [TARGET]	the pattern as a file, and a configuration file TARGET
 *					(PATTERN without ".sample") with its content
 *	@info path			a file
 *	@rmtry path			removed with the package, if it is there
 *
 * Faults are lines in a report, not errors: all of them are wanted at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/span.h"
#include "os/file.h"

#define RV_PLIST_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define RV_MODE_DEFAULT UINT32_MAX

enum rv_plist_kind { RV_PLIST_FILE, RV_PLIST_DIR, RV_PLIST_CONFIG };

struct rv_plist_entry {
	struct rv_span path; /* below the root: raven/bin/hello; NUL-terminated */
	enum rv_plist_kind kind;
	struct rv_span owner, group; /* empty: 0 */
	uint32_t mode;		     /* RV_MODE_DEFAULT */
	const char *content;	     /* where its bytes are in the stage */
	size_t sub;		     /* index of the subpackage */
	struct rv_stat stat;	     /* filled by check; not for folders */
	const char *target;	     /* of a link; filled by check */
};

struct rv_plist_remove {  /* @rmtry */
	const char *path; /* as written: relative to the prefix, or absolute */
	size_t sub;
};

struct rv_plist {
	struct rv_arena arena;
	struct rv_span prefix; /* "raven" */
	const char *const *subpackages;
	struct {
		struct rv_plist_entry **v;
		size_t n, cap;
	} entries;
	struct {
		struct rv_plist_remove *v;
		size_t n, cap;
	} removes;
	struct rv_map files;	    /* path -> entry; folders are not in it */
	struct rv_map dirs;	    /* path of a listed folder, or of one above anything listed */
	struct rv_plist_entry mark; /* what dirs holds for a folder that no line lists */
	size_t n_faults;
};

/* prefix: absolute. subpackages (names) are borrowed. */
void rv_plist_init(struct rv_plist *p, const char *prefix, const char *const *subpackages);
void rv_plist_release(struct rv_plist *p);
/* One subpackage's text; faults go to report. */
void rv_plist_read(struct rv_plist *p, size_t sub, struct rv_span text, struct rv_buf *report);
/*
 * Everything listed must be staged and be what it is listed as; every file, link and empty folder
 * that is staged must be listed. 0, with faults in report and counted; < 0 when the stage cannot be
 * read.
 */
int rv_plist_check(struct rv_plist *p, int stage, struct rv_buf *report, struct rv_error *err)
    RV_MUST_CHECK;
