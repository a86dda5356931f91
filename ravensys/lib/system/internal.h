/* SPDX-License-Identifier: ISC */
/* Inside lib/system. */
#pragma once

#include "os/lock.h"
#include "repo/client.h"
#include "system/system.h"

/* rvn.conf; rvn.conf.5 describes it. */
struct rv_system_conf {
	int64_t catalog_hours; /* older ones are asked for again */
	int64_t warn_days;     /* before a catalogue's end */
	int64_t wait_seconds;  /* for the lock */
	bool allow_expired;
	bool keep_packages; /* in the cache, after they were installed */
};

struct rv_system {
	struct rv_arena arena;
	const char *root, *command;
	const struct rv_log *log;
	struct rv_event_bus *bus;
	struct rv_system_conf conf;
	struct rv_repo_confs repos; /* enabled ones */
	struct rv_error repos_err;  /* why they could not be read: told when one is needed */
	bool *told;		    /* of each: its end was spoken of */
	int root_fd;
	int prefix_fd, db_fd, cache_fd, repos_fd; /* -1: not there */
	struct rv_lock lock;
	bool writes;
	struct rv_db *db;
};

/* Defaults, rvn.conf, then set. */
int rv_system_conf_read(int conf_fd, const char *const *set, size_t n_set,
    struct rv_system_conf *out, struct rv_error *err) RV_MUST_CHECK;
struct rv_repo_place rv_system_place(const struct rv_system *s, size_t repo);

/* All that one catalogue says of needs and provisions, each ordered by package. */
struct rv_system_needs {
	struct rv_catalog_requires requires;
	struct rv_catalog_sonames required, provided;
};
void rv_system_needs_release(struct rv_system_needs *n);
int rv_system_offer_needs(struct rv_system *s, size_t repo, struct rv_arena *arena,
    struct rv_system_needs *out, struct rv_error *err) RV_MUST_CHECK;

/* Completes what an earlier process left behind. */
int rv_system_recover(struct rv_system *s, struct rv_error *err) RV_MUST_CHECK;
