/* SPDX-License-Identifier: ISC */
/*
 * What a killed run left: slot folders, /port folders, half-filled incoming folders, half-unpacked
 * trees. Runs only under the profile's lock, so that a run under way is never touched.
 */
#include <string.h>

#include "engine/internal.h"
#include "os/clock.h"
#include "os/file.h"
#include "slot/slot.h"
#include "work/distfetch.h"

#define TREES_BOOT "trees.boot" /* when the package trees were made */

struct sweep {
	const char *const *prefixes;
};

static int sweep_one(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	const struct sweep *s = ctx;

	for (size_t i = 0; s->prefixes[i]; i++)
		if (strncmp(entry->name, s->prefixes[i], strlen(s->prefixes[i])) == 0)
			return rv_tree_remove(dirfd, entry->name, err) < 0 ? -1 : 0;
	return 0;
}

int rv_clean_folders(struct rv_engine *e, struct rv_error *err)
{
	static const char *const packages[] = {RV_INCOMING, NULL};
	static const char *const buildbase[] = {"PORT", ".tmp-", NULL};
	static const char *const trees[] = {".unpack-", NULL};
	struct sweep s = {packages};
	struct rv_stat st;

	if (rv_dir_each(e->packages_fd, ".", sweep_one, &s, err) < 0)
		return rv_context(err, "clean packages folder");
	if (rv_distfetch_clean(e->config->distfiles_path, err) < 0)
		return rv_context(err, "clean distfiles");
	if (rv_slot_clean(e->config->buildbase_path, err) < 0)
		return -1;
	s.prefixes = buildbase;
	if (rv_dir_each(e->buildbase_fd, ".", sweep_one, &s, err) < 0)
		return rv_context(err, "clean buildbase");
	s.prefixes = trees;
	if (rv_file_stat(e->buildbase_fd, "trees", &st, NULL) == 0 &&
	    rv_dir_each(e->buildbase_fd, "trees", sweep_one, &s, err) < 0)
		return rv_context(err, "clean package trees");
	return 0;
}

/* --- package trees */
/* Trees are not made durable: after a power cut one may be whole by its name alone. */
int rv_clean_trees_of_other_boots(struct rv_engine *e, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf was = RV_BUF_INIT(RV_BOOT_ID_BYTES);
	char now[RV_BOOT_ID_BYTES];
	int r = rv_file_read(e->buildbase_fd, TREES_BOOT, &was, err);

	if (r < 0)
		return -1;
	rv_boot_id(now);
	if (r == 0 && *now && rv_span_is(rv_buf_span(&was), now))
		return 0;
	if (rv_tree_remove(e->buildbase_fd, "trees", err) < 0)
		return rv_context(err, "package trees of another start of this machine");
	return rv_file_replace(e->buildbase_fd, TREES_BOOT, 0644, rv_span_str(now), err);
}

struct keep {
	struct rv_arena arena;
	struct rv_map ids;
};

static int keep_one(void *ctx, const struct rv_sha256 *content_id, struct rv_error *err RV_UNUSED)
{
	struct keep *k = ctx;
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(content_id, hex);
	rv_map_put(&k->ids, rv_span_str(rv_arena_strdup(&k->arena, hex)), k);
	return 0;
}

static int drop_unless_kept(
    void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	const struct keep *k = ctx;

	if (rv_map_get(&k->ids, rv_span_str(entry->name)))
		return 0;
	return rv_tree_remove(dirfd, entry->name, err) < 0 ? -1 : 0;
}

int rv_clean_trees(struct rv_engine *e, struct rv_error *err)
{
	struct keep k = {.arena = RV_ARENA_INIT};
	int r = rv_builds_each_content(e->builds, keep_one, &k, err);

	if (r == 0)
		r = rv_dir_each(e->buildbase_fd, "trees", drop_unless_kept, &k, err);
	rv_map_release(&k.ids);
	rv_arena_release(&k.arena);
	return r;
}

int rv_engine_clean(const struct rv_engine_config *config, struct rv_error *err)
{
	struct rv_engine e = {
	    .config = config, .packages_fd = -1, .buildbase_fd = -1, .profile_fd = -1};
	rv_auto(rv_lock) struct rv_lock lock = RV_LOCK_INIT;
	struct rv_error busy;
	int r = 0;

	if (rv_dir_open_user(config->profile_path, &e.profile_fd, err) != 0 ||
	    rv_dir_open_user(config->packages_path, &e.packages_fd, err) != 0 ||
	    rv_dir_open_user(config->buildbase_path, &e.buildbase_fd, err) != 0)
		r = 1; /* folders that are not there hold nothing to clean */
	else if (rv_lock_take(&lock, e.profile_fd, RV_ENGINE_LOCK, "ravenadm", 0, &busy) < 0)
		r = 1; /* a run is under way, or the caller may only read */
	else
		r = rv_clean_folders(&e, err);
	rv_fd_release(&e.profile_fd);
	rv_fd_release(&e.packages_fd);
	rv_fd_release(&e.buildbase_fd);
	return r < 0 ? -1 : 0;
}
