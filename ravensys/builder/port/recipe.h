/* SPDX-License-Identifier: ISC */
/*
 * One variant of a port on one platform, ready to be built: options decided, option helpers,
 * conditional values, modules and {{VAR}} applied, dependencies as triplets. Made from a struct
 * rv_port, which must outlive it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "codec/digest.h"
#include "port/distinfo.h"
#include "port/port.h"

/* What the recipe is made for. All texts are borrowed for the recipe's life. */
struct rv_platform {
	const char *opsys; /* lower case, as in recipes: linux, freebsd ... darwin */
	const char *arch;  /* x86_64, aarch64 ... */
	/*
	 * Of the system, as its OSRELEASE, OSMAJOR and OSVERSION say it: for OPT_ON and BROKEN
	 * conditions. "" when unknown; NULL is "" too.
	 */
	const char *release, *major, *version;
	/*
	 * The system root is the host's: its compiler's libraries and its index of info pages are
	 * used, so the packages of ravensys-gcc and indexinfo are not required.
	 */
	bool host_compiler;
	/*
	 * The system root is being bootstrapped (the file GENESIS, SKIPCCRUN): the packages of the
	 * compiler's libraries are not required yet.
	 */
	bool genesis;
};

/*
 * Branches that the profile chooses, "3.13" as it says them; NULL: the default of mk. All borrowed
 * for the time of a call.
 */
struct rv_defaults {
	const struct rv_mkdata *mk; /* NULL: no branch is known */
	const char *lua, *perl, *python3, *ruby, *php, *tcl, *pgsql, *mysql, *ssl;
	unsigned job_limit;	  /* max_jobs_per_builder; 0: none */
	unsigned builders;	  /* number_of_builders; 0: not known */
	const char *profile_path; /* whose options/ has the saved options of std; NULL: none */
};

struct rv_dep {
	const char *namebase, *subpackage, *variant;
	/* where it is from: the line of the recipe that says it; else 0 and what added it */
	unsigned line;
	const char *cause; /* "USES=cmake", "components", "INFO"; NULL */
};

struct rv_deps {
	struct rv_dep *v;
	size_t n, cap;
};

enum rv_dep_kind {
	RV_DEP_BUILD,	 /* in the slot only */
	RV_DEP_BUILDRUN, /* in the slot, and required by the prime subpackage */
	RV_DEP_RUN,	 /* required by the prime subpackage; in the slot too */
	RV_DEP_KINDS
};

struct rv_subpackage {
	const char *name;
	const char *description; /* file below descriptions/, NULL when there is none */
	/* file below manifests/, NULL when there is none (set, or generated) */
	const char *manifest;
	/* of other ports: the prime one has BUILDRUN and RUN, all have their EXRUN */
	struct rv_deps needs;
	size_t n_exrun; /* the first so many of needs are EXRUN's */
	/* subpackages of this port and variant: EXRUN's, and all others for `set` */
	struct rv_items own;
	/* names as in LICENSE (GPLv3x, CUSTOM1 ...); empty: those of the port */
	struct rv_items licenses;
};

struct rv_setting {
	const char *name;
	bool on;
};

struct rv_distfile {
	unsigned index;	       /* N of DISTFILE[N] */
	const char *name;      /* file name, generated ones resolved */
	const char *path;      /* DIST_SUBDIR/name, as in distinfo and below the distfiles folder */
	const char *group;     /* SITES group */
	struct rv_items sites; /* as the recipe says them: URL or MACRO/path */
	bool wanted;	       /* its index is in DF_INDEX after options */
	bool has_sum;	       /* distinfo has it */
	struct rv_sum sum;
};

struct rv_license {
	const char *name;	/* GPLv3x, CUSTOM1 ... */
	const char *subpackage; /* "all" too */
	const char *title;	/* full name, from our table or LICENSE_NAME */
	const char *spdx;	/* SPDX expression, LicenseRef-NAMEBASE-CUSTOMn for custom ones */
};

struct rv_recipe {
	struct rv_arena arena;
	const struct rv_port *port;
	const char *namebase, *variant, *version, *pkgversion;
	const char *sdesc, *homepage; /* homepage "none" when it has none */
	struct rv_platform platform;
	/* the port's, changed by options, modules and conversions */
	struct rv_entries keys[RV_KEY_COUNT];
	rv_vec(struct rv_setting) options; /* OPTIONS_AVAILABLE, in its order */
	struct rv_deps deps[RV_DEP_KINDS]; /* no duplicate within a kind */
	struct rv_entries exrun; /* subpackage to triplets, own ones too; of any variant */
	rv_vec(struct rv_subpackage) subpackages; /* in the recipe's order */
	size_t prime; /* index of the subpackage that the run dependencies attach to */
	rv_vec(struct rv_distfile) distfiles;
	rv_vec(struct rv_license) licenses;
	const char *used_perl, *used_python, *used_lua,
	    *used_ruby;			/* variants that modules chose */
	const char *license_scheme;	/* solo, dual, multi; NULL without licence */
	const char *cpe;		/* cpe:2.3:... or NULL */
	struct rv_items makefile_lines; /* MAKEFILE_ON and _OFF */
	const char *ignore;		/* why it cannot be built here, NULL when it can */
	const char *ignore_lines;	/* the same as the Makefile has it */
	unsigned job_limit;		/* of the profile, 0: none */
	const char *cause;		/* while it is made: of what is needed now */
};

/*
 * RV_INPUT when the port has no such variant (the message lists those it has), or when a late check
 * fails (then problems has it), or when saved options do not fit the recipe. distinfo is read from
 * the port's files.
 */
int rv_recipe_make(const struct rv_port *port, const char *variant,
    const struct rv_platform *platform, const struct rv_defaults *defaults, struct rv_recipe **out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_recipe_free(struct rv_recipe *r);
RV_DEFINE_FREEP(rv_recipe)

const struct rv_items *rv_recipe_list(const struct rv_recipe *r, enum rv_port_key key);
const struct rv_items *rv_recipe_array(
    const struct rv_recipe *r, enum rv_port_key key, const char *index);
const char *rv_recipe_text(const struct rv_recipe *r, enum rv_port_key key);
bool rv_recipe_flag(const struct rv_recipe *r, enum rv_port_key key);
bool rv_recipe_option_is_on(const struct rv_recipe *r, const char *name);
/* NULL when there is none. */
const struct rv_subpackage *rv_recipe_subpackage(const struct rv_recipe *r, const char *name);
/* Every external dependency that must be in the slot, each once: BUILD, BUILDRUN, RUN and EXRUN. */
void rv_recipe_slot_deps(const struct rv_recipe *r, struct rv_deps *out); /* rv_vec_release(out) */

/*
 * One line each: "BUILD", "BUILDRUN" or "RUN" and a triplet, in the original's order; then
 * "EXRUN[subpackage]" and a triplet by subpackage, sorted, in its order within.
 */
void rv_recipe_dependencies(const struct rv_recipe *r, struct rv_buf *out);

/* The Makefile of /port, ends with the include of /xports/Mk/raven.mk. */
void rv_recipe_makefile(const struct rv_recipe *r, struct rv_buf *out);

#define RV_MAKEFILE_MAX_BYTES ((size_t)4 * 1024 * 1024)

/*
 * Fills port_dirfd (an empty folder, a slot's /port): Makefile, distinfo, descriptions/,
 * manifests/, patches/ (with EXTRA_PATCHES as patch-zzz-NAME), files/, scripts/, opsys/.
 */
int rv_recipe_extract(const struct rv_recipe *r, int port_dirfd, struct rv_error *err)
    RV_MUST_CHECK;

/* One thing that the build depends on, by content. */
struct rv_input {
	const char *name; /* "recipe", "makefile", "files/x.in", "distinfo" ... */
	struct rv_sha256 digest;
};

struct rv_inputs {
	struct rv_arena arena;
	struct rv_input *v; /* sorted by name */
	size_t n, cap;
};

void rv_inputs_release(struct rv_inputs *i);
void rv_inputs_add(struct rv_inputs *i, const char *name, const struct rv_sha256 *digest);
/* SHA-256 over the sorted (name, digest) pairs. */
void rv_inputs_digest(struct rv_inputs *i, struct rv_sha256 *out);
/*
 * Adds what the recipe and its files put in: "recipe" (metadata, options, dependencies),
 * "makefile", and one for each file that rv_recipe_extract would write. Not mk/, platform, profile
 * and content ids: those are the engine's.
 */
int rv_recipe_inputs(const struct rv_recipe *r, struct rv_inputs *out, struct rv_error *err)
    RV_MUST_CHECK;
