/* SPDX-License-Identifier: ISC */
/*
 * Change plans: values in, values out. The caller gives what is installed, what the catalogues
 * offer and what is wanted; rv_plan_make answers with ordered steps, or with an explanation that
 * names the packages. Nothing is read or changed here. Version order is pkg/version.h's (the solver
 * sees ranks only).
 *
 * Rules: one version of a name is installed at a time; of a name that several repositories offer
 * only those of the highest priority count; an installed package is never downgraded; the same
 * version with another content id is an upgrade ("rebuilt"); what depends on a removed package is
 * removed only when asked (with_dependents).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "pkg/manifest.h"

/* One installed or offered package; everything is borrowed and must outlive the plan. */
struct rv_plan_package {
	const char *name;	/* namebase~subpackage~variant */
	const char *version;	/* as in pkg/version.h */
	const char *content_id; /* hex; compared as text */
	const struct rv_require *requires;
	size_t n_requires;
	const char *const *requires_sonames;
	size_t n_requires_sonames;
	const char *const *provides_sonames;
	size_t n_provides_sonames;
	int64_t priority; /* of its repository, higher is preferred; offered ones only */
	bool automatic;	  /* installed ones: came as a dependency */
	size_t ref;	  /* the caller's own */
};

enum rv_plan_kind {
	/* names; those installed already are upgraded when something newer is offered */
	RV_PLAN_INSTALL,
	RV_PLAN_UPGRADE,    /* names, or everything when there are none */
	RV_PLAN_REMOVE,	    /* names */
	RV_PLAN_AUTOREMOVE, /* automatic ones that nothing needs; no names */
};

struct rv_plan_request {
	enum rv_plan_kind kind;
	const char *const *names; /* exact: namebase~subpackage~variant */
	size_t n_names;
	bool with_dependents; /* REMOVE: what depends on them too */
	bool force;	      /* INSTALL: again, though the same content is installed */
	const struct rv_plan_package *installed;
	size_t n_installed;
	const struct rv_plan_package *offered;
	size_t n_offered;
};

enum rv_plan_action { RV_STEP_INSTALL, RV_STEP_UPGRADE, RV_STEP_REMOVE };
enum rv_plan_reason {
	RV_REASON_ASKED,    /* named in the request */
	RV_REASON_NEEDED,   /* install: something in the plan needs it */
	RV_REASON_NEWER,    /* upgrade: a newer version */
	RV_REASON_REBUILT,  /* upgrade: same version, another content id */
	RV_REASON_FORCED,   /* upgrade: same content, again */
	RV_REASON_UNNEEDED, /* remove: nothing needs it any more */
	RV_REASON_DEPENDS,  /* remove: it needs something that goes */
};

struct rv_plan_step {
	enum rv_plan_action action;
	enum rv_plan_reason reason;
	bool automatic;			    /* what the installed row will say */
	const struct rv_plan_package *from; /* installed, NULL for install */
	const struct rv_plan_package *to;   /* offered, NULL for remove */
};

struct rv_plan {
	/*
	 * Installs and upgrades, dependencies before what needs them; then removals, dependents
	 * first.
	 */
	struct {
		struct rv_plan_step *v;
		size_t n, cap;
	} steps;
	/*
	 * Installed packages that were automatic, were asked for now, and have no step: mark them
	 * as wanted.
	 */
	struct {
		const struct rv_plan_package **v;
		size_t n, cap;
	} wanted;
	/*
	 * UPGRADE: installed packages that stay, though something newer is offered: it does not fit
	 * the others.
	 */
	struct {
		const struct rv_plan_package **v;
		size_t n, cap;
	} held;
};

#define RV_PLAN_INIT ((struct rv_plan){0})
void rv_plan_release(struct rv_plan *p);

/*
 * 0 and *out filled (no steps: nothing to do). RV_PLAN_IMPOSSIBLE: the request contradicts itself
 * or what there is; why has one reason a line, each naming the packages. < 0: RV_INPUT for a name
 * that is neither installed nor offered (with the name), RV_LIMIT, RV_BUG.
 */
enum { RV_PLAN_IMPOSSIBLE = 1 };
int rv_plan_make(const struct rv_plan_request *request, struct rv_plan *out, struct rv_buf *why,
    struct rv_error *err) RV_MUST_CHECK;

const char *rv_plan_action_name(enum rv_plan_action action); /* "install" "upgrade" "remove" */
/* "asked" "needed" "newer" "rebuilt" ... */
const char *rv_plan_reason_name(enum rv_plan_reason reason);
