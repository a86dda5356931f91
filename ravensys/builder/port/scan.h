/* SPDX-License-Identifier: ISC */
/*
 * The facts of every port of the trees, for one platform, profile and mk/ folder: what planning,
 * searching and indexing need, so that nothing but a build reads thousands of recipes again. They
 * come from one flat file that is mapped read-only (ravenadm-scan(5)): opening it costs a walk of
 * the trees, and a port is read again only when its file changed.
 *
 * Ports are in the order of the trees: bucket, then namebase bytewise; each once, of the first tree
 * that has it. Everything that a view points to lives as long as the scan. A port whose recipe has
 * faults is not among the ports: its faults are (rv_scan_fault); the others are there all the same.
 *
 *	rv_scan_load	the file fits the trees as they are now: 0, else RV_SCAN_STALE
 *	rv_scan_make	reads what changed, in threads, and writes the file: in a worker only
 *	rv_scan_open	both, the second by `ravenadm --worker scan` (engine/scanning.h)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "port/problem.h"
#include "port/recipe.h"
#include "port/tree.h"

#define RV_SCAN_NONE UINT32_MAX
#define RV_SCAN_MAX_BYTES ((size_t)256 * 1024 * 1024) /* of the file */
#define RV_SCAN_MAX_FILES 8			      /* in the cache; the oldest goes */

enum rv_scan_depth {
	RV_SCAN_HEADS,	  /* what the files say; no variant is made: its facts are empty */
	RV_SCAN_VARIANTS, /* every variant for the platform */
};

/* What is scanned. All borrowed; must outlive the scan's opening only. */
struct rv_scan_how {
	const struct rv_trees *trees; /* the first has precedence */
	int mk_fd;
	const struct rv_mkdata *mk; /* set by rv_scan_make from mk_fd, and in a copy of defaults */
	enum rv_scan_depth depth;
	const struct rv_platform *platform; /* this and the next: not with RV_SCAN_HEADS */
	const struct rv_defaults *defaults; /* may be NULL */
	int cache_fd; /* the folder that keeps the files; -1: nothing is kept */
};

struct rv_scan;

enum { RV_SCAN_STALE = 1 }; /* outcome: no file, a damaged one, or ports have changed */

int rv_scan_load(const struct rv_scan_how *how, struct rv_scan **out, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * Brings the file of the cache up to date; out_fd gets the same content when it is >= 0 (a new
 * empty file). threads 0: one a processor.
 */
int rv_scan_make(const struct rv_scan_how *how, unsigned threads, int out_fd, struct rv_error *err)
    RV_MUST_CHECK;
/* Maps what rv_scan_make wrote. RV_FORMAT when it is damaged. */
int rv_scan_map(int fd, const char *what, struct rv_scan **out, struct rv_error *err) RV_MUST_CHECK;
void rv_scan_free(struct rv_scan *s);
RV_DEFINE_FREEP(rv_scan)

/* --- views; an index from the scan itself is never out of range */
struct rv_scan_list {
	const char *base;
	const uint32_t *v;
	uint32_t n;
};
static inline const char *rv_scan_at(const struct rv_scan_list *l, uint32_t i)
{
	return l->base + l->v[i];
}
bool rv_scan_has(const struct rv_scan_list *l, const char *text);

struct rv_scan_port {
	const char *namebase, *bucket; /* "A1" */
	const char *version, *pkgversion;
	const char *homepage;	    /* "none" when it has none */
	const char *fpc_equivalent; /* category/port of FreeBSD; "N/A" */
	uint32_t tree;		    /* index in the trees */
	bool compiled;		    /* from a compiled sheet, not from a source folder */
	bool generated, infrastructure;
	/*
	 * urls: of each distfile, in the recipe's order, with its first site, MACRO sites as
	 * mirror://MACRO/...; cpe: name, value, name, value ...
	 */
	struct rv_scan_list keywords, contacts, urls, cpe, cves;
	/*
	 * Where below the distfiles folder each distfile may be, whatever variant, option or
	 * platform wants it: what must not be thrown away.
	 */
	struct rv_scan_list distpaths;
	uint32_t first_variant, n_variants; /* indices of variants of the whole scan */
};

uint32_t rv_scan_port_count(const struct rv_scan *s);
void rv_scan_port(const struct rv_scan *s, uint32_t port, struct rv_scan_port *out);
uint32_t rv_scan_find(const struct rv_scan *s, const char *namebase); /* RV_SCAN_NONE */

/* namebase:subpackage:variant and the variant of the scan that makes it, RV_SCAN_NONE: no port. */
struct rv_scan_dep {
	const char *namebase, *subpackage, *variant;
	uint32_t target;
};
struct rv_scan_deps {
	const char *base;
	const uint32_t *v; /* four numbers each */
	uint32_t n;
};
static inline struct rv_scan_dep rv_scan_dep(const struct rv_scan_deps *d, uint32_t i)
{
	const uint32_t *raw = d->v + (size_t)4 * i;

	return (struct rv_scan_dep){d->base + raw[0], d->base + raw[1], d->base + raw[2], raw[3]};
}

bool rv_scan_dep_is(const struct rv_scan_dep *a, const struct rv_dep *b);

struct rv_scan_variant {
	uint32_t port;
	const char *name;
	const char *key; /* namebase:variant */
	const char *sdesc;
	struct rv_scan_list subpackages; /* names, in the recipe's order */
	/* --- the rest is empty with RV_SCAN_HEADS */
	const char *ignore;			/* why it cannot be built here; NULL when it can */
	struct rv_scan_deps deps[RV_DEP_KINDS]; /* as rv_recipe.deps */
	uint32_t prime;			/* index of the subpackage with the run dependencies */
	struct rv_scan_list options_on; /* names, in the order of OPTIONS_AVAILABLE */
	struct rv_scan_list options_off;
	struct rv_scan_list distfiles; /* paths below the distfiles folder, wanted ones only */
	const uint32_t *words_;	       /* for rv_scan_subpackage */
	uint32_t part_;
};

uint32_t rv_scan_variant_count(const struct rv_scan *s);
void rv_scan_variant(const struct rv_scan *s, uint32_t variant, struct rv_scan_variant *out);
/* RV_SCAN_NONE when the port has no such variant. */
uint32_t rv_scan_find_variant(const struct rv_scan *s, uint32_t port, const char *variant);

struct rv_scan_subpackage {
	const char *name;
	struct rv_scan_deps needs; /* of other ports, as rv_subpackage.needs */
	uint32_t n_exrun; /* the first so many of needs are EXRUN's, the rest BUILDRUN and RUN */
	struct rv_scan_list own; /* subpackages of the same port and variant */
};
/* Of RV_SCAN_VARIANTS only. */
void rv_scan_subpackage(
    const struct rv_scan_variant *v, uint32_t subpackage, struct rv_scan_subpackage *out);

/* --- faults: every one of every recipe, in the order of the trees */
struct rv_scan_fault {
	const char *namebase;
	const char *file; /* TREE/bucket_XX/NAMEBASE/specification */
	const char *text;
	unsigned line; /* 0: of no line */
	enum rv_problem_class class;
};
uint32_t rv_scan_fault_count(const struct rv_scan *s); /* kept: 200 a port */
void rv_scan_fault(const struct rv_scan *s, uint32_t i, struct rv_scan_fault *out);
