/* SPDX-License-Identifier: ISC */
/* Updates of a published tree: what to fetch, and the changing of places. */
#include "engine/update.h"

#include <stdio.h>
#include <string.h>

#include "archive/unpack.h"
#include "engine/internal.h"
#include "engine/release.h"
#include "fetch/fetch.h"
#include "os/file.h"

#define ARCHIVE_MAX_BYTES ((uint64_t)128 * 1024 * 1024)
#define LATEST_MAX_BYTES ((size_t)4096)
#define DOWNLOAD_FOLDER "update"

static const struct rv_unpack_limits limits = {
    .bytes = (uint64_t)4 * 1024 * 1024 * 1024, .entries = 500000};

struct update {
	const struct rv_update *how;
	struct rv_lock lock;
	int parent_fd, download_fd;
	char *parent, *name, *fresh, *old, *gone;
	char *archive; /* name of the download */
	struct rv_fetch *fetch;
	struct rv_error fetched; /* why the download failed */
	struct rv_updated *out;
	struct rv_error *err;
};

static void update_release(struct update *u)
{
	rv_fetch_free(u->fetch);
	rv_fd_release(&u->parent_fd);
	rv_fd_release(&u->download_fd);
	rv_lock_release(&u->lock);
	free(u->parent);
	free(u->name);
	free(u->fresh);
	free(u->old);
	free(u->gone);
	free(u->archive);
}

/* --- places */

static int split(struct update *u)
{
	struct rv_span s = rv_span_str(u->how->tree);
	size_t slash;

	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	slash = rv_span_rfind(s, '/');
	if (slash == s.n || slash + 1 == s.n)
		return rv_fail(
		    u->err, RV_INPUT, "%s: not the absolute path of a folder", u->how->tree);
	u->parent = slash ? rv_span_dup(rv_span_sub(s, 0, slash)) : rv_strdup("/");
	u->name = rv_span_dup(rv_span_from(s, slash + 1));
	u->fresh = rv_strfmt(".%s.new", u->name);
	u->old = rv_strfmt("%s.old", u->name);
	u->gone = rv_strfmt(".%s.gone", u->name);
	return 0;
}

/* RV_ABSENT when the folder above the tree is not there. */
static int open_parent(struct update *u)
{
	int rc = rv_dir_open_user(u->parent, &u->parent_fd, u->err);

	if (rc < 0)
		return rv_context(u->err, "%s", u->how->tree);
	return rc;
}

static int lock_all(struct update *u)
{
	const char *profile = u->how->profile_path;
	rv_auto_fd fd = -1;

	if (rv_dir_make_path(RV_CWD, profile, 0755, u->err) < 0 ||
	    rv_dir_open_user(profile, &fd, u->err) != 0)
		return rv_context(u->err, "profile");
	if (rv_lock_take(&u->lock, fd, RV_ENGINE_LOCK, "ravenadm update-ports", 0, u->err) < 0)
		return rv_context(u->err, "%s", profile);
	if (rv_dir_make_path(fd, DOWNLOAD_FOLDER, 0755, u->err) < 0 ||
	    rv_dir_open(fd, DOWNLOAD_FOLDER, &u->download_fd, u->err) != 0)
		return rv_context(u->err, "%s", profile);
	/* profiles may share a tree */
	if (rv_lock_folder(u->parent_fd, u->parent, 0, u->err) < 0)
		return rv_context(u->err, "another update");
	return 0;
}

static int remove_gone(struct update *u)
{
	return rv_tree_remove(u->parent_fd, u->gone, u->err) < 0
		   ? rv_context(u->err, "%s", u->parent)
		   : 0;
}

/* The old tree goes under another name first, so that what is called NAME.old is always whole. */
static int remove_old(struct update *u)
{
	int rc = remove_gone(u);

	if (rc == 0)
		rc = rv_file_rename(
		    u->parent_fd, u->old, u->parent_fd, u->gone, RV_RENAME_NEW, u->err);
	if (rc < 0)
		return rv_context(u->err, "%s", u->parent);
	return rc == RV_ABSENT ? 0 : remove_gone(u);
}

static int drop_download(
    void *ctx RV_UNUSED, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	return rv_tree_remove(dirfd, entry->name, err) < 0 ? -1 : 0;
}

/*
 * What a killed update left; where folders cannot be exchanged, the tree may be set aside. NAME.old
 * is touched only when it is what an update put there.
 */
static int settle(struct update *u)
{
	struct rv_stat st;
	int rc = rv_file_stat(u->parent_fd, u->name, &st, u->err);

	if (rc < 0)
		return -1;
	if (rv_release_may_replace(u->parent_fd, u->old, u->err) < 0)
		return rv_context(u->err, "%s/%s is in the way", u->parent, u->old);
	if (rc == RV_ABSENT &&
	    rv_file_rename(u->parent_fd, u->old, u->parent_fd, u->name, RV_RENAME_NEW, u->err) < 0)
		return rv_context(u->err, "%s", u->parent);
	if (rv_tree_remove(u->parent_fd, u->fresh, u->err) < 0)
		return rv_context(u->err, "%s", u->parent);
	if (rv_dir_each(u->download_fd, ".", drop_download, NULL, u->err) < 0)
		return rv_context(u->err, "%s/" DOWNLOAD_FOLDER, u->how->profile_path);
	return remove_old(u);
}

/* --- which release */

static int open_fetch(struct update *u)
{
	const struct rv_fetch_options options = {.bus = u->how->bus};

	return u->fetch ? 0 : rv_fetch_new(&options, &u->fetch, u->err);
}

static int ask_latest(struct update *u)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(LATEST_MAX_BYTES);
	const char *url = u->how->latest_url;
	int rc;

	if (open_fetch(u) < 0)
		return -1;
	rc = rv_fetch_get(u->fetch, url, LATEST_MAX_BYTES - 1, &text, u->err);
	if (rc == RV_FETCH_ABSENT)
		return rv_fail(u->err, RV_NET, "%s: there is no such thing", url);
	if (rc < 0)
		return -1;
	rv_release_of(rv_buf_span(&text), u->out->to);
	if (!rv_release_is_valid(u->out->to))
		return rv_fail(
		    u->err, RV_FORMAT, "%s: does not begin with a release (YYYYMMDD.N)", url);
	return 0;
}

static int choose(struct update *u)
{
	*u->out = (struct rv_updated){0};
	if (rv_release_installed(u->parent_fd, u->name, u->out->from, u->err) < 0)
		return rv_context(u->err, "%s", u->how->tree);
	if (!u->how->tag) {
		if (ask_latest(u) < 0)
			return -1;
	} else if (!rv_release_is_valid(u->how->tag)) {
		return rv_fail(u->err, RV_INPUT,
		    "'%s' is no release: YYYYMMDD.N is wanted, 20260803.1", u->how->tag);
	} else {
		snprintf(u->out->to, sizeof(u->out->to), "%s", u->how->tag);
	}
	u->out->due = strcmp(u->out->from, u->out->to) != 0;
	return 0;
}

int rv_update_look(const struct rv_update *how, struct rv_updated *out, struct rv_error *err)
{
	__attribute__((cleanup(update_release))) struct update u = {.how = how,
	    .lock = RV_LOCK_INIT,
	    .parent_fd = -1,
	    .download_fd = -1,
	    .out = out,
	    .err = err};

	if (split(&u) < 0 || open_parent(&u) < 0)
		return -1;
	return choose(&u);
}

/* --- the release itself */

static void ended(void *ctx, const struct rv_error *why)
{
	struct update *u = ctx;

	if (why)
		u->fetched = *why;
}

static int download(struct update *u)
{
	rv_auto(rv_str) char *url = rv_release_url(u->how->archive_url, u->out->to);
	const char *urls[] = {url};
	rv_auto(rv_str) char *part = rv_strfmt("%s.part", u->archive);

	if (open_fetch(u) < 0)
		return -1;
	rv_fetch_add(u->fetch, &(struct rv_fetch_file){.dirfd = u->download_fd,
				   .name = u->archive,
				   .urls = urls,
				   .n_urls = 1,
				   .source = "release",
				   .sum = u->how->sum,
				   .size = ARCHIVE_MAX_BYTES,
				   .size_is_max = true,
				   .on_end = ended,
				   .ctx = u});
	if (rv_fetch_run(u->fetch, u->err) < 0)
		return -1;
	if (u->fetched.code == RV_OK)
		return 0;
	*u->err = u->fetched;
	if (rv_file_unlink(u->download_fd, part, NULL) < 0)
		return rv_context(u->err, "%s is left", part);
	return -1;
}

static int unpack(struct update *u)
{
	rv_auto_fd archive = -1, fresh = -1;
	struct rv_unpacked unpacked;

	if (rv_file_open(u->download_fd, u->archive, &archive, u->err) != 0 ||
	    rv_dir_make(u->parent_fd, u->fresh, 0755, u->err) < 0 ||
	    rv_dir_open(u->parent_fd, u->fresh, &fresh, u->err) != 0)
		return -1;
	if (rv_foreign_unpack(archive, u->archive, fresh, &limits, &unpacked, u->err) < 0 ||
	    rv_release_verify(fresh, u->out->to, u->err) < 0)
		return -1;
	u->out->files = unpacked.files;
	return rv_barrier(fresh, u->fresh, u->err);
}

/* --- changing places */

/* Where the system cannot exchange two folders: aside and in, and back when that fails. */
static int move_aside(struct update *u)
{
	if (rv_file_rename(u->parent_fd, u->name, u->parent_fd, u->old, RV_RENAME_NEW, u->err) < 0)
		return -1;
	if (rv_file_rename(u->parent_fd, u->fresh, u->parent_fd, u->name, RV_RENAME_NEW, u->err) ==
	    0)
		return 0;
	if (rv_file_rename(u->parent_fd, u->old, u->parent_fd, u->name, RV_RENAME_NEW, NULL) != 0)
		return rv_context(u->err, "the tree is now %s/%s", u->parent, u->old);
	return -1;
}

static int swap(struct update *u)
{
	struct rv_error no_exchange = RV_ERROR_INIT;
	struct rv_stat st;
	int rc = rv_file_stat(u->parent_fd, u->name, &st, u->err);

	if (rc < 0)
		return -1;
	if (rc == RV_ABSENT)
		return rv_file_rename(
		    u->parent_fd, u->fresh, u->parent_fd, u->name, RV_RENAME_NEW, u->err);
	if (rv_file_rename(u->parent_fd, u->fresh, u->parent_fd, u->name, RV_RENAME_EXCHANGE,
		&no_exchange) == 0)
		return rv_file_rename(
		    u->parent_fd, u->fresh, u->parent_fd, u->old, RV_RENAME_NEW, u->err);
	return move_aside(u);
}

static int install(struct update *u)
{
	if (unpack(u) < 0) {
		struct rv_error why = *u->err;

		if (rv_tree_remove(u->parent_fd, u->fresh, NULL) < 0)
			return rv_context(u->err, "%s is left", u->fresh);
		*u->err = why;
		return -1;
	}
	if (swap(u) != 0 || rv_fd_sync(u->parent_fd, u->parent, u->err) < 0)
		return rv_context(u->err, "%s", u->how->tree);
	return remove_old(u);
}

static int update(struct update *u)
{
	int rc;

	if (settle(u) < 0 || choose(u) < 0)
		return -1;
	if (!u->out->due)
		return 0;
	if (!u->how->tag && u->out->from[0] && rv_release_cmp(u->out->to, u->out->from) < 0)
		return rv_fail(u->err, RV_INPUT,
		    "the latest release %s is older than %s, which is there: name it to go back",
		    u->out->to, u->out->from);
	if (rv_release_may_replace(u->parent_fd, u->name, u->err) < 0)
		return rv_context(u->err, "%s", u->how->tree);
	u->archive = rv_strfmt("%s.tar.gz", u->out->to);
	rc = download(u);
	if (rc == 0)
		rc = install(u);
	if (rv_file_unlink(u->download_fd, u->archive, rc == 0 ? u->err : NULL) < 0)
		rc = -1;
	return rc;
}

int rv_update_make(const struct rv_update *how, struct rv_updated *out, struct rv_error *err)
{
	__attribute__((cleanup(update_release))) struct update u = {.how = how,
	    .lock = RV_LOCK_INIT,
	    .parent_fd = -1,
	    .download_fd = -1,
	    .out = out,
	    .err = err};

	if (split(&u) < 0 || rv_dir_make_path(RV_CWD, u.parent, 0755, err) < 0)
		return -1;
	if (open_parent(&u) != 0 || lock_all(&u) < 0)
		return -1;
	return update(&u);
}
