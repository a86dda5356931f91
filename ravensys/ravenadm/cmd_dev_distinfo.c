/* SPDX-License-Identifier: ISC */
/*
 * ravenadm dev distinfo: sum, size and name of every distfile of a recipe. Files that are not in
 * the distfiles folder yet come from the recipe's sites; their sums are then what the site gave, to
 * be compared with what upstream says.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/out.h"
#include "fetch/fetch.h"
#include "os/file.h"
#include "os/lock.h"
#include "ravenadm/cmds.h"
#include "ravenadm/dev.h"
#include "work/distsites.h"

#define SUM_BUFFER_BYTES ((size_t)64 * 1024)

static int sum_file(int dirfd, const char *path, struct rv_sum *out, struct rv_error *err)
{
	__attribute__((cleanup(rv_sha256_state_release))) struct rv_sha256_state state = {0};
	rv_auto(rv_str) char *buffer = rv_alloc(SUM_BUFFER_BYTES);
	struct rv_stat st;
	rv_auto_fd fd = -1;
	uint64_t at = 0;
	int rc = rv_file_open(dirfd, path, &fd, err);

	if (rc != 0 || rv_file_fstat(fd, &st, err) < 0)
		return rc != 0 ? rc : -1;
	rv_sha256_begin(&state);
	while (at < st.size) {
		size_t n =
		    st.size - at < SUM_BUFFER_BYTES ? (size_t)(st.size - at) : SUM_BUFFER_BYTES;

		if (rv_fd_pread(fd, path, buffer, n, at, err) < 0)
			return -1;
		rv_sha256_add(&state, buffer, n);
		at += n;
	}
	rv_sha256_end(&state, &out->digest);
	out->size = st.size;
	return 0;
}

/* --- what is missing */

struct supply {
	const struct rv_dev *dev;
	struct rv_sites *sites;
	struct rv_fetch *fetch;
	struct rv_arena arena;
	rv_vec(struct rv_urls) urls;
	rv_vec(int) folders; /* one a file: what rv_fetch writes to */
	struct rv_buf failed;
	size_t missing;
};

static void supply_release(struct supply *s)
{
	rv_fetch_free(s->fetch);
	rv_sites_free(s->sites);
	rv_vec_each (&s->urls, it)
		rv_vec_release(it);
	rv_vec_each (&s->folders, it)
		rv_fd_release(it);
	rv_vec_release(&s->urls);
	rv_vec_release(&s->folders);
	rv_buf_release(&s->failed);
	rv_arena_release(&s->arena);
}

static int read_sites(struct supply *s, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SITES_MAX_BYTES);
	int rc = rv_file_read(s->dev->reading.recipes.mk_fd, "sites", &text, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "the mk folder has no sites");
	return rc < 0 ? rc : rv_sites_parse(rv_buf_span(&text), "sites", &s->sites, err);
}

static void ended(void *ctx, const struct rv_error *why)
{
	struct supply *s = ctx;

	if (why)
		rv_buf_addf(&s->failed, "%s%s", s->failed.n ? "; " : "", why->msg);
}

/* The folder of a distfile, made when it is not there, and the name in it. */
static int open_folder(
    int distfiles_fd, const char *path, struct supply *s, const char **name, struct rv_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *dir = slash ? rv_arena_strndup(&s->arena, path, (size_t)(slash - path)) : ".";
	int fd = -1;

	if (rv_dir_make_path(distfiles_fd, dir, 0755, err) < 0 ||
	    rv_dir_open(distfiles_fd, dir, &fd, err) != 0)
		return -1;
	rv_vec_push(&s->folders, fd);
	*name = slash ? slash + 1 : path;
	return fd;
}

static int add_file(
    struct supply *s, int distfiles_fd, const struct rv_distfile *d, struct rv_error *err)
{
	struct rv_fetch_file file = {.source = "sites",
	    .size = RV_DISTFILE_MAX_BYTES,
	    .size_is_max = true,
	    .on_end = ended,
	    .ctx = s};
	struct rv_urls *urls = rv_vec_add(&s->urls);

	for (size_t i = 0; i < d->sites.n; i++)
		rv_sites_expand(s->sites, d->sites.v[i].text, d->name, &s->arena, urls);
	file.dirfd = open_folder(distfiles_fd, d->path, s, &file.name, err);
	if (file.dirfd < 0)
		return -1;
	file.urls = urls->v;
	file.n_urls = urls->n;
	rv_fetch_add(s->fetch, &file);
	s->missing++;
	return 0;
}

static int fetch_missing(
    const struct rv_run *run, const struct rv_dev *d, int distfiles_fd, struct rv_error *err)
{
	__attribute__((cleanup(supply_release))) struct supply s = {
	    .dev = d, .failed = RV_BUF_INIT(RV_ERROR_MSG_BYTES)};
	const size_t n = d->recipe->distfiles.n;
	struct rv_stat st;

	if (read_sites(&s, err) < 0 || rv_fetch_new(NULL, &s.fetch, err) < 0)
		return -1;
	/* the addresses are borrowed by the fetches: the vec must not move */
	rv_vec_reserve(&s.urls, n);
	for (size_t i = 0; i < n; i++) {
		const struct rv_distfile *file = &d->recipe->distfiles.v[i];
		int rc = rv_file_stat(distfiles_fd, file->path, &st, err);

		if (rc < 0)
			return rc;
		if (rc == 0)
			continue;
		rv_out_say(run, "fetching %s\n", file->path);
		if (add_file(&s, distfiles_fd, file, err) < 0)
			return -1;
	}
	if (s.missing && rv_fetch_run(s.fetch, err) < 0)
		return -1;
	if (s.failed.n)
		return rv_fail(err, RV_NET,
		    "%s: put them into %s by hand, from a place that you trust",
		    rv_buf_str(&s.failed),
		    rv_profile_text(d->reading.profile, RV_PROFILE_DISTFILES));
	return 0;
}

/* --- the file */

/* One process at a time writes into the folder, or purges it. */
static int lock_folder(const struct rv_run *run, int fd, const char *folder, struct rv_error *err)
{
	if (rv_lock_folder(fd, folder, 0, err) == 0)
		return 0;
	if (err->code != RV_BUSY)
		return -1;
	rv_cli_warn(run, "%s: waiting for another process to be done with it", folder);
	*err = RV_ERROR_INIT;
	return rv_lock_folder(fd, folder, -1, err);
}

/* The line of every distfile, in the recipe's order. */
static int make_distinfo(
    const struct rv_run *run, const struct rv_dev *d, struct rv_buf *out, struct rv_error *err)
{
	const char *folder = rv_profile_text(d->reading.profile, RV_PROFILE_DISTFILES);
	rv_auto_fd fd = -1;
	struct rv_sum sum;

	if (rv_dir_open_user(folder, &fd, err) != 0)
		return rv_fail(err, RV_INPUT, "%s: there is no folder %s",
		    rv_profile_keys[RV_PROFILE_DISTFILES].key, folder);
	if (lock_folder(run, fd, folder, err) < 0 || fetch_missing(run, d, fd, err) < 0)
		return -1;
	for (size_t i = 0; i < d->recipe->distfiles.n; i++) {
		const char *path = d->recipe->distfiles.v[i].path;

		if (sum_file(fd, path, &sum, err) != 0)
			return rv_context(err, "%s/%s", folder, path);
		rv_distinfo_add_line(out, path, &sum);
	}
	return rv_buf_check(out, "distinfo", err);
}

struct distinfo_opts {
	struct rv_reading_opts reading;
};

static int run_distinfo(struct rv_run *run, struct rv_error *err)
{
	rv_auto(rv_dev) struct rv_dev d = RV_DEV_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_DISTINFO_MAX_BYTES);

	if (rv_dev_open(run, run->opts, NULL, &d, err) < 0)
		return -1;
	if (!d.recipe->distfiles.n) {
		rv_out_say(run, "%s: no distfiles, no distinfo\n", d.recipe->namebase);
		return 0;
	}
	if (make_distinfo(run, &d, &text, err) < 0 ||
	    rv_file_replace(d.fd, "distinfo", 0644, rv_buf_span(&text), err) < 0)
		return -1;
	rv_out_say(run, "%s: distinfo of %zu file%s\n", d.recipe->namebase, d.recipe->distfiles.n,
	    d.recipe->distfiles.n == 1 ? "" : "s");
	return 0;
}

static const struct rv_opt options[] = {
    RV_READING_OPTIONS(struct distinfo_opts, reading),
    RV_OPT_END,
};

const struct rv_cmd rv_cmd_dev_distinfo = {
    .name = "dev distinfo",
    .synopsis = "[DIR]",
    .summary = "write distinfo anew",
    .details = "Distfiles that are not in the profile's distfiles folder are fetched from the "
	       "recipe's sites.\n"
	       "Compare the sums with what upstream publishes.",
    .min = 0,
    .max = 1,
    .options = options,
    .opts_bytes = sizeof(struct distinfo_opts),
    .run = run_distinfo,
};
