/* SPDX-License-Identifier: ISC */
/* Packages of a repository into the cache, several at a time. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "fetch/fetch.h"
#include "os/file.h"
#include "repo/state.h"

static void prefixed(const struct rv_repo_wanted *w, struct rv_buf *out)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&w->sha256, hex);
	rv_buf_addf(out, "%s.%s", hex, w->file);
}

void rv_repo_package_path(const struct rv_repo_wanted *w, struct rv_buf *out)
{
	rv_buf_add_str(out, RV_REPO_PACKAGE_DIR "/");
	prefixed(w, out);
}

void rv_repo_package_target(
    const struct rv_repo_conf *conf, const struct rv_repo_wanted *w, struct rv_buf *out)
{
	rv_buf_addf(out, "targets/%s/files/", conf->abi_file);
	prefixed(w, out);
}

struct fetching {
	const struct rv_repo_place *place;
	struct rv_fetch *fetch;
	struct rv_arena arena;
	int dirfd;
	unsigned failed;
	struct rv_error first; /* failure */
};

static void on_end(void *ctx, const struct rv_error *why)
{
	struct fetching *f = ctx;

	if (why && !f->failed++)
		f->first = *why;
}

/* 0: it is there with the right size; RV_ABSENT; < 0 */
static int is_there(const struct fetching *f, const char *name, const struct rv_repo_wanted *w,
    struct rv_error *err)
{
	struct rv_stat st;
	int rc = rv_file_stat(f->dirfd, name, &st, err);

	if (rc != 0 || (st.kind == RV_FILE && st.size == w->size))
		return rc;
	return rv_tree_remove(f->dirfd, name, err) < 0 ? -1 : RV_ABSENT;
}

static int add(struct fetching *f, const struct rv_repo_wanted *w, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES);
	const struct rv_repo_conf *conf = f->place->conf;
	const char **urls = rv_arena_alloc(&f->arena, conf->n_bases * sizeof(*urls));
	const char *name;
	int rc;

	rv_repo_package_path(w, &path);
	rv_repo_package_target(conf, w, &target);
	if (rv_buf_check(&path, w->file, err) < 0 || rv_buf_check(&target, w->file, err) < 0)
		return -1;
	name = rv_arena_strdup(&f->arena, rv_buf_str(&path) + sizeof(RV_REPO_PACKAGE_DIR));
	rc = is_there(f, name, w, err);
	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < conf->n_bases; i++)
		urls[i] = rv_arena_fmt(&f->arena, "%s/%s", conf->bases[i], rv_buf_str(&target));
	rv_fetch_add(f->fetch, &(struct rv_fetch_file){.dirfd = f->dirfd,
				   .name = name,
				   .urls = urls,
				   .n_urls = conf->n_bases,
				   .source = conf->name,
				   .sum = &w->sha256,
				   .size = w->size,
				   .on_end = on_end,
				   .ctx = f});
	return 0;
}

static int fetch_all(
    struct fetching *f, const struct rv_repo_wanted *wanted, size_t n, struct rv_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (add(f, &wanted[i], err) < 0)
			return -1;
	if (rv_fetch_run(f->fetch, err) < 0)
		return -1;
	if (!f->failed)
		return 0;
	if (err)
		*err = f->first;
	return f->failed == 1
		   ? -1
		   : rv_context(err, "%u packages could not be fetched; the first", f->failed);
}

int rv_repo_packages_fetch(const struct rv_repo_place *place, const struct rv_repo_wanted *wanted,
    size_t n, struct rv_event_bus *bus, struct rv_error *err)
{
	struct rv_fetch_options options = {.no_sync = true, .bus = bus};
	struct fetching f = {.place = place, .dirfd = -1};
	int rc = rv_repo_cache_dir(place, RV_REPO_PACKAGE_DIR, &f.dirfd, err);

	if (rc == 0)
		rc = rv_fetch_new(&options, &f.fetch, err);
	if (rc == 0)
		rc = fetch_all(&f, wanted, n, err);
	rv_fetch_free(f.fetch);
	rv_arena_release(&f.arena);
	rv_fd_release(&f.dirfd);
	return rc < 0 ? rv_context(err, "repository %s", place->conf->name) : 0;
}
