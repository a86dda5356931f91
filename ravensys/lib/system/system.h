/* SPDX-License-Identifier: ISC */
/*
 * One installed root: what rvn, the engine and include/raven call. It joins the layers below:
 * configuration, catalogues, names, plans, downloads, verification and the transaction. It says
 * nothing itself: progress goes to the bus, warnings to the log, results to the caller.
 *
 *	1. rv_system_open
 *	2. rv_system_update
 *	3. rv_system_resolve
 *	4. rv_system_plan
 *	5. rv_system_apply
 *
 * Invariant: whoever may write holds the root's lock from open to close, and a transaction that an
 * earlier process left behind was completed before open returned.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "event/event.h"
#include "pkg/manifest.h"
#include "plan/plan.h"
#include "repo/conf.h"
#include "store/catalog.h"
#include "store/installed.h"
#include "txn/verify.h"

#define RV_SYSTEM_PREFIX "raven" /* beneath the root */
#define RV_SYSTEM_CACHE_DIR "raven/var/cache/rvn"
#define RV_SYSTEM_CONF_DIR "raven/etc/rvn"

enum rv_system_mode {
	/* committed state; never waits, never writes; a pending transaction is warned of */
	RV_SYSTEM_READ,
	RV_SYSTEM_FETCH,     /* lock and cache for catalogues; a pending transaction stays */
	RV_SYSTEM_WRITE,     /* lock; completes what is pending */
	RV_SYSTEM_MAY_WRITE, /* as WRITE where the user may, else as READ */
};

struct rv_system_options {
	const char *root;	  /* NULL: "/" */
	const char *command;	  /* what the user ran: lock file and history */
	const struct rv_log *log; /* NULL: none */
	struct rv_event_bus *bus; /* NULL: none */
	const char *const *set;	  /* KEY=VALUE: win over rvn.conf */
	size_t n_set;
	int64_t wait_s;	    /* for the lock; < 0: as configured */
	bool allow_expired; /* catalogues past their end may be taken and used */
};

struct rv_system;
/*
 * < 0: RV_BUSY naming the holder, RV_INPUT for configuration or a root of another program, RV_SYS,
 * RV_STORE.
 */
int rv_system_open(const struct rv_system_options *options, enum rv_system_mode mode,
    struct rv_system **out, struct rv_error *err) RV_MUST_CHECK;
void rv_system_close(struct rv_system *s); /* accepts NULL */
static inline void rv_system_closep(struct rv_system **s)
{
	rv_system_close(*s);
	*s = 0;
}
#define rv_auto_system __attribute__((cleanup(rv_system_closep))) struct rv_system *

const char *rv_system_root(const struct rv_system *s);
int rv_system_prefix_fd(const struct rv_system *s); /* R/raven, through a link too; -1: not there */
struct rv_db *rv_system_db(const struct rv_system *s); /* NULL: nothing was ever installed here */

/* --- catalogues */
/* Enabled repositories, by falling priority. */
const struct rv_repo_confs *rv_system_repos(const struct rv_system *s);
/* Some catalogue is missing or older than catalog_hours. */
int rv_system_catalogs_due(struct rv_system *s, bool *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * Asks the repositories whose catalogue is missing or old, or all with force. One that cannot be
 * reached is a warning while its present catalogue is good, unless force; what is not to be trusted
 * is always an error. *out_changed counts new catalogues.
 */
int rv_system_update(struct rv_system *s, bool force, size_t *out_changed, struct rv_error *err)
    RV_MUST_CHECK;

struct rv_system_catalog_facts {
	int64_t packages;  /* 0: no catalogue is here */
	int64_t expires_s; /* 0: nothing was accepted yet */
};
int rv_system_catalog_facts(struct rv_system *s, size_t repo, struct rv_system_catalog_facts *out,
    struct rv_error *err) RV_MUST_CHECK;

/* A row of a catalogue with where it comes from. */
struct rv_system_offer {
	struct rv_catalog_package row;
	size_t repo; /* index in rv_system_repos */
};
struct rv_system_offers { /* a vec */
	struct rv_system_offer *v;
	size_t n, cap;
};
/*
 * In all catalogues, by name: packages with this namebase ... (empty: any); or text in name,
 * comment, description.
 */
int rv_system_find(struct rv_system *s, const struct rv_ident *id, struct rv_arena *arena,
    struct rv_system_offers *out, struct rv_error *err) RV_MUST_CHECK;
int rv_system_search(struct rv_system *s, struct rv_span text, struct rv_arena *arena,
    struct rv_system_offers *out, struct rv_error *err) RV_MUST_CHECK;

/* --- names */
struct rv_system_names { /* a vec of exact names, sorted, none twice; texts in the arena */
	const char **v;
	size_t n, cap;
};
enum rv_system_want {
	/* to install: a bare name is its set, else single, else primary, of one variant */
	RV_WANT_OFFERED,
	RV_WANT_INSTALLED, /* to upgrade, remove, look at: every installed package that fits */
};
/* Appends what the user's text means. RV_INPUT "TEXT: reason" when it means nothing. */
int rv_system_resolve(struct rv_system *s, enum rv_system_want want, const char *text,
    struct rv_arena *arena, struct rv_system_names *out, struct rv_error *err) RV_MUST_CHECK;

/* --- plans */
struct rv_system_request {
	enum rv_plan_kind kind;
	const struct rv_system_names *names;
	bool with_dependents, force;
};
struct rv_system_plan {
	struct rv_arena arena;
	struct rv_plan plan;
	struct rv_plan_package *installed, *offered; /* .ref: index in the two below */
	struct rv_installed_list installed_rows;
	struct rv_system_offers offers;
	uint64_t fetch_bytes;	 /* package files to fetch that are not in the cache */
	int64_t installed_bytes; /* growth of the root, plain sizes */
};
void rv_system_plan_release(struct rv_system_plan *p);
/* 0, RV_PLAN_IMPOSSIBLE with the reasons in why, < 0. */
int rv_system_plan(struct rv_system *s, const struct rv_system_request *request,
    struct rv_system_plan *out, struct rv_buf *why, struct rv_error *err) RV_MUST_CHECK;
bool rv_system_plan_is_empty(const struct rv_system_plan *p);
/* The offer of a step (NULL for removals) and the installed row (NULL for installs). */
const struct rv_system_offer *rv_system_step_offer(
    const struct rv_system_plan *p, const struct rv_plan_step *step);
const struct rv_installed *rv_system_step_installed(
    const struct rv_system_plan *p, const struct rv_plan_step *step);

/*
 * Carries the plan out: fetch, verify, transaction. 0: done. RV_SYSTEM_SCRIPTS: done, but some
 * script failed; notes tells which, a line each. notes also gets the messages of packages and
 * configuration files that were kept. < 0: nothing was changed, or the message says that the
 * transaction is pending.
 */
enum { RV_SYSTEM_SCRIPTS = 1 };
int rv_system_apply(struct rv_system *s, const struct rv_system_plan *p, struct rv_buf *notes,
    struct rv_error *err) RV_MUST_CHECK;

/* --- check */
struct rv_findings { /* a vec; texts in the arena */
	struct rv_verify_finding *v;
	size_t n, cap;
};
struct rv_system_checked {
	size_t packages;
	uint64_t faults;
};
/* The files of these packages (names NULL: all) against the database. */
int rv_system_check(struct rv_system *s, const struct rv_system_names *names,
    struct rv_arena *arena, struct rv_findings *out, struct rv_system_checked *counts,
    struct rv_error *err) RV_MUST_CHECK;

/*
 * A path as users give it (absolute in the root, or with the root before it) as the database names
 * it.
 */
int rv_system_path(const struct rv_system *s, const char *text, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
/* The packages that own such a path, also through links that packages own. */
int rv_system_which(struct rv_system *s, struct rv_span path, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err) RV_MUST_CHECK;
