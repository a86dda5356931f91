/* SPDX-License-Identifier: ISC */
/*
 * What a reviewer says of a port: all that the reader finds, and what is valid but not good. The
 * rules are one table, lint.def. Nothing here writes but rv_lint_fix.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "port/tree.h"

enum rv_severity { RV_SEVERITY_WARNING, RV_SEVERITY_ERROR };

/* "warning", "error" */
const char *rv_severity_name(enum rv_severity s);

struct rv_finding {
	enum rv_severity severity;
	const char *rule; /* its id, static */
	const char *file; /* in the port's folder: "manifests/plist.primary" */
	unsigned line;	  /* 1.. ; 0: of the file as a whole */
	const char *text; /* printable UTF-8 */
};

#define RV_FINDINGS_MAX 2000 /* of a port; further ones are counted, not kept */

struct rv_findings {
	struct rv_arena arena;
	rv_vec(struct rv_finding) list; /* sorted by file and line */
	size_t errors, warnings;	/* all, kept or not */
};

#define RV_FINDINGS_INIT ((struct rv_findings){0})

void rv_findings_release(struct rv_findings *f);

/*
 * Where ports are looked at, for many of them: what is known of other ports of the trees is kept.
 * rv_lint_place_release.
 */
struct rv_lint_place {
	struct rv_port_context context;
	int mk_fd;		      /* where host-provides is; -1: no such place */
	const struct rv_trees *trees; /* for dependencies and earlier versions; NULL: not known */
	const char *const *skip;      /* ids of rules that shall say nothing */
	size_t n_skip;
	struct rv_arena arena;
	struct rv_map known; /* namebase to its variants and subpackages */
};

void rv_lint_place_release(struct rv_lint_place *p);

/*
 * Looks at the port in a folder. path: as the user called the folder, for rules about its name.
 * Adds to *out; < 0 only when files cannot be read.
 */
int rv_lint_port(struct rv_lint_place *place, const struct rv_port_files *files, const char *path,
    struct rv_findings *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * Mends what needs no thought: columns of values and of continued lines, blanks at ends of lines,
 * carriage returns, the last line feed, definitions that nothing uses, the order of manifests. Each
 * file is replaced as a whole; *mended gets their names. A specification that would be worse to the
 * reader than it was is left alone, RV_INPUT. dry_run: the names only.
 */
int rv_lint_fix(int dirfd, const struct rv_port_context *context, bool dry_run,
    struct rv_file_names *mended, struct rv_error *err) RV_MUST_CHECK;

/* The table, for help: false behind the last one. */
bool rv_lint_rule_at(size_t i, const char **id, enum rv_severity *severity, const char **summary);
