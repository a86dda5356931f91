/* SPDX-License-Identifier: ISC */
/* Shared by the files of the apt source alone. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "os/loop.h"
#include "os/spawn.h"
#include "work/apt.h"

struct rv_apt_item {
	struct rv_apt_want want;
	rv_vec(const char *) urls; /* in the arena */
	size_t at;		   /* being tried */
	unsigned number;	   /* names its temporary file */
	bool looked;		   /* urls is filled */
	struct rv_buf why;
};

struct rv_apt {
	struct rv_apt_place place;
	struct rv_arena arena;
	int apt_fd; /* state/apt */
	char *apt_path;
	char *suites_text; /* those of the configuration, for messages */
	struct rv_child child;
	struct rv_watch *child_watch, *kick, *deadline, *progress;
	rv_vec(struct rv_apt_item *) waiting;
	rv_vec(struct rv_apt_item *) batch; /* being fetched by the child */
	unsigned last_number;
	bool asked;	       /* the indexes were looked after in this run */
	bool late;	       /* the child was stopped by the deadline */
	bool unusable;	       /* for the rest of the run, for the reason in fault */
	rv_child_fn *done;     /* told the child's end */
	struct rv_error fault; /* why the indexes are not there or old */
};

/* --- apt_setup.c */
/*
 * Writes the private configuration. *out_fresh: the indexes are of this configuration and young
 * enough.
 */
int rv_apt_setup(struct rv_apt *apt, bool *out_fresh, struct rv_error *err) RV_MUST_CHECK;
int rv_apt_mark_fresh(struct rv_apt *apt, struct rv_error *err) RV_MUST_CHECK;
/* Environment of every apt process: allocated strings, NULL at the end. */
#define RV_APT_ENV_MAX 16
void rv_apt_env(const struct rv_apt *apt, char *env[RV_APT_ENV_MAX]);
void rv_apt_env_release(char *env[RV_APT_ENV_MAX]);

/* --- apt_lookup.c */
/* Fills urls of every waiting item that was not looked for. */
int rv_apt_lookup(struct rv_apt *apt, struct rv_error *err) RV_MUST_CHECK;
