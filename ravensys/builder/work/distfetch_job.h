/* SPDX-License-Identifier: ISC */
/* Shared by the files of the fetch worker alone: one request as values, and its files. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/json.h"
#include "event/event.h"
#include "fetch/fetch.h"
#include "os/loop.h"
#include "work/apt.h"
#include "work/distcheck.h"
#include "work/distsites.h"
#include "work/worker.h"

enum rv_dist_source { RV_DIST_SITES, RV_DIST_MIRRORS, RV_DIST_APT, RV_DIST_SOURCES };
const char *rv_dist_source_name(enum rv_dist_source source); /* "sites", "mirrors", "apt" */

struct rv_dist;

struct rv_dist_job {
	struct rv_dist *dist;
	const char *path; /* [SUBDIR/]NAME */
	const char *name; /* the end of path */
	const char *hex;
	struct rv_distfile_sum want;
	const struct rv_json *sites;
	size_t step;		    /* in dist->order */
	enum rv_dist_source source; /* being tried */
	struct rv_urls urls;
	int dir_fd;
	uint64_t now_bytes; /* on the disk at this moment */
	int64_t begun_ms;
	bool there_is_another, wrong_sum, ended;
	struct rv_buf why; /* the places tried so far */
};

struct rv_dist {
	struct rv_worker_ctx *ctx;
	struct rv_loop *loop;
	struct rv_watch *pump;
	struct rv_event_bus bus;
	struct rv_fetch *fetch;
	struct rv_apt *apt;
	struct rv_distcheck *check;
	struct rv_sites *sites;
	struct rv_arena arena;
	const char *dist_path, *state_path;
	int dist_fd, state_fd;
	enum rv_dist_source order[RV_DIST_SOURCES];
	size_t n_order;
	const struct rv_json *mirrors;
	const char **suites;
	rv_vec(struct rv_dist_job *) jobs;
	struct rv_map by_path;
	size_t open;
	uint64_t all_bytes;
	int64_t done_files, have, fetched, failed;
};

/* Reads the request and opens all that it names. rv_dist_close also after a failure. */
int rv_dist_open(struct rv_dist *d, const struct rv_json *body, struct rv_error *err) RV_MUST_CHECK;
void rv_dist_close(struct rv_dist *d);

/* Fills j->urls with the addresses of j->source. */
int rv_dist_urls(struct rv_dist_job *j, struct rv_error *err) RV_MUST_CHECK;
