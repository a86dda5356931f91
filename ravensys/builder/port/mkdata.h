/* SPDX-License-Identifier: ISC */
/*
 * What recipes take from a mk folder: the variables that EXTRACT_VERSION and EXTRACT_INFO name, and
 * the branches of languages and servers, which change every year and so stand in no C. Read once,
 * then only looked at: threads may share it.
 *
 * A branch is what raven.versions.mk has a release of: PERL_5.40_VERSION makes 5.40 one of perl's.
 * FAMILY_DEFAULT says the one that a recipe gets when neither it nor the profile chooses. SSL
 * libraries have no releases there: their names stand in SSL_BRANCHES.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/vec.h"
#include "port/mkvars.h"

#define RV_MKDATA_VERSIONS "raven.versions.mk"
#define RV_MKDATA_INFORMATION "raven.information.mk"

enum rv_family {
	RV_FAMILY_LUA,
	RV_FAMILY_PERL,
	RV_FAMILY_PYTHON,
	RV_FAMILY_RUBY,
	RV_FAMILY_PHP,
	RV_FAMILY_TCL,
	RV_FAMILY_PGSQL,
	RV_FAMILY_MYSQL,
	RV_FAMILY_SSL,
	RV_FAMILY_COUNT
};

struct rv_branches {
	const char **v; /* "5.40", in the order of the file */
	size_t n, cap;
};

struct rv_mkdata {
	struct rv_mkvars versions, information;
	bool has_versions, has_information; /* the file is there */
	struct rv_arena arena;
	struct rv_branches branches[RV_FAMILY_COUNT];
	const char *chosen[RV_FAMILY_COUNT]; /* "" when the file does not say */
};

#define RV_MKDATA_INIT ((struct rv_mkdata){0})

/* A folder without the files has nothing to say, which is no fault until it is asked. */
int rv_mkdata_load(int mk_dirfd, struct rv_mkdata *out, struct rv_error *err) RV_MUST_CHECK;
/* The same of a text of raven.versions.mk. */
int rv_mkdata_parse(struct rv_span versions, const char *what, struct rv_mkdata *out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_mkdata_release(struct rv_mkdata *d);

/* Is this its name, written with or without its dots ("5.40", "540")? NULL when none has it. */
bool rv_branch_is(const char *branch, struct rv_span name);
const char *rv_mkdata_branch(const struct rv_mkdata *d, enum rv_family family, struct rv_span name);
/* "5.40, 5.42" */
void rv_mkdata_list(const struct rv_mkdata *d, enum rv_family family, struct rv_buf *out);
