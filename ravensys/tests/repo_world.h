/* SPDX-License-Identifier: ISC */
/*
 * For tests: a build host's folders and a client's, a repository between them, and a source that
 * lies.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/writer.h"
#include "base/arena.h"
#include "base/vec.h"
#include "os/file.h"
#include "repo/client.h"
#include "repo/make.h"
#include "tests/tap.h"

#define WORLD_ABI "linux:x86_64:6.1"
#define WORLD_ABI_FILE "linux-x86_64-6.1"
#define WORLD_NOW ((int64_t)1800000000)
#define WORLD_DAY ((int64_t)86400)
#define WORLD_MAX ((size_t)64 << 20)

struct world {
	char dir[64];
	int fd, packages_fd, abi_fd, repo_fd, keys_fd, repos_fd, db_fd, cache_fd;
	struct rv_repo_keys keys;
	struct rv_arena arena;
	struct rv_repo_conf conf;
	struct rv_repo_place place;
	/* the source: gives what is in repo/, but for one lie */
	struct rv_repo_source source;
	const char *lie_path; /* ends with this */
	size_t lie_at;
	unsigned char lie_xor;
	struct rv_span lie_text; /* p: given instead */
	size_t lie_longer;	 /* bytes more than there are */
	unsigned asked;
};

static int world_folder(struct world *w, const char *name)
{
	struct rv_error err = RV_ERROR_INIT;
	int fd = -1;

	if (rv_dir_make_path(w->fd, name, 0755, &err) < 0 ||
	    rv_dir_open(w->fd, name, &fd, &err) != 0)
		tap_ok(false, "%s", err.msg);
	return fd;
}

static RV_UNUSED void world_put(int dirfd, const char *name, struct rv_span text)
{
	struct rv_error err = RV_ERROR_INIT;

	if (rv_file_replace(dirfd, name, 0644, text, &err) < 0)
		tap_ok(false, "%s", err.msg);
}

static RV_UNUSED void world_read(int dirfd, const char *name, struct rv_buf *out)
{
	struct rv_error err = RV_ERROR_INIT;

	*out = RV_BUF_INIT(WORLD_MAX);
	if (rv_file_read(dirfd, name, out, &err) != 0)
		tap_ok(false, "read %s: %s", name, err.msg);
}

static int world_get(
    void *ctx, const char *path, size_t max, struct rv_buf *out, struct rv_error *err)
{
	struct world *w = ctx;
	bool lie = w->lie_path && rv_span_ends(rv_span_str(path), rv_span_str(w->lie_path));
	rv_auto(rv_buf) struct rv_buf all = RV_BUF_INIT(WORLD_MAX);
	int rc = rv_file_read(w->repo_fd, path, &all, err);

	w->asked++;
	if (lie && w->lie_text.p) {
		rv_buf_reset(&all);
		rv_buf_add_span(&all, w->lie_text);
		rc = 0;
	}
	if (rc != 0)
		return rc < 0 ? -1 : RV_SOURCE_ABSENT;
	if (lie && w->lie_at < all.n)
		all.p[w->lie_at] = (char)((unsigned char)all.p[w->lie_at] ^ w->lie_xor);
	for (size_t i = 0; lie && i < w->lie_longer; i++)
		rv_buf_add_char(&all, ' ');
	if (all.n > max)
		return rv_fail(err, RV_LIMIT, "%s: longer than %zu bytes", path, max);
	rv_buf_reset(out);
	rv_buf_add_span(out, rv_buf_span(&all));
	return rv_buf_check(out, path, err);
}

static void world_init(struct world *w)
{
	struct rv_error err = RV_ERROR_INIT;

	memset(w, 0, sizeof(*w));
	/* thousands of updates, each with its fsyncs */
	snprintf(w->dir, sizeof(w->dir), "%s/rv-repo-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(w->dir) || rv_dir_open_user(w->dir, &w->fd, &err) != 0)
		tap_ok(false, "folder %s", w->dir);
	w->packages_fd = world_folder(w, "packages");
	w->abi_fd = world_folder(w, "packages/" WORLD_ABI_FILE);
	w->repo_fd = world_folder(w, "repo");
	w->keys_fd = world_folder(w, "keys");
	w->repos_fd = world_folder(w, "etc");
	w->db_fd = world_folder(w, "db");
	w->cache_fd = world_folder(w, "cache");
	w->source = (struct rv_repo_source){world_get, w};
	tap_good(
	    rv_repo_keys_generate(w->keys_fd, rv_repo_key_names, 3, &err), &err, "generate keys");
	tap_good(rv_repo_keys_read(w->keys_fd, NULL, &w->keys, &err), &err, "read keys");
}

static void world_release(struct world *w)
{
	struct rv_error err = RV_ERROR_INIT;
	int *fds[] = {&w->fd, &w->packages_fd, &w->abi_fd, &w->repo_fd, &w->keys_fd, &w->repos_fd,
	    &w->db_fd, &w->cache_fd};

	for (size_t i = 0; i < RV_COUNT(fds); i++)
		rv_fd_release(fds[i]);
	rv_repo_keys_release(&w->keys);
	rv_arena_release(&w->arena);
	if (rv_tree_remove(RV_CWD, w->dir, &err) != 0)
		tap_ok(false, "%s", err.msg);
}

/* A package with one file, in packages/. */
static RV_UNUSED void world_package(
    struct world *w, const char *namebase, const char *version, const char *text)
{
	struct rv_file_entry e[] = {
	    {.path = RV_SPAN_LIT("raven"), .type = RV_ENTRY_DIR, .mode = 0755},
	    {.path = RV_SPAN_LIT("raven/hello"), .mode = 0644},
	};
	const struct rv_package_content c[] = {{w->fd, "stage"}, {w->fd, "stage"}};
	struct rv_manifest m;
	struct rv_build b;
	struct rv_package_spec spec = {&m, &b, e, c, RV_COUNT(e), 3, 1};
	struct rv_package_made made;
	struct rv_error err = RV_ERROR_INIT;
	char file[200];

	rv_manifest_init(&m);
	rv_build_init(&b);
	m.namebase = namebase;
	m.subpackage = "primary";
	m.variant = "std";
	m.version = version;
	m.abi = WORLD_ABI;
	m.prefix = "/raven";
	m.comment = "says hello";
	b.builder = "test 1";
	b.system_root = "host";
	b.source_date_epoch = 1577836800;
	world_put(w->fd, "stage", rv_span_str(text));
	snprintf(file, sizeof(file), "%s~primary~std~%s.rvn", namebase, version);
	if (rv_package_create(&spec, w->abi_fd, file, &made, &err) < 0)
		tap_ok(false, "package %s: %s", file, err.msg);
	rv_manifest_release(&m);
	rv_build_release(&b);
}

static RV_UNUSED int world_make(
    struct world *w, int64_t now_s, bool refresh, struct rv_repo_made *made, struct rv_error *err)
{
	struct rv_repo_make how = {.repo_fd = w->repo_fd,
	    .packages_fd = w->packages_fd,
	    .keys = &w->keys,
	    .now_s = now_s,
	    .refresh = refresh};

	return rv_repo_make(&how, made, err);
}

/* A client that trusts the first root by its file, or by its fingerprint. */
static RV_UNUSED void world_client(struct world *w, bool by_fingerprint)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(10000), root;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_sha256 sum;
	char hex[RV_SHA256_HEX_BYTES];

	world_read(w->repo_fd, "metadata/1.root.json", &root);
	world_put(w->repos_fd, "test.root.json", rv_buf_span(&root));
	rv_sha256_of(rv_buf_span(&root), &sum);
	rv_sha256_hex(&sum, hex);
	rv_buf_addf(&text, "url= %s/repo/\nabi= " WORLD_ABI "\n", w->dir);
	if (by_fingerprint)
		rv_buf_addf(&text, "fingerprint= %s\n", hex);
	else
		rv_buf_add_str(&text, "root= test.root.json\n");
	world_put(w->repos_fd, "test.conf", rv_buf_span(&text));
	if (rv_repo_conf_read(w->repos_fd, "test.conf", &w->arena, &w->conf, &err) < 0)
		tap_ok(false, "%s", err.msg);
	w->place = (struct rv_repo_place){&w->conf, w->repos_fd, w->db_fd, w->cache_fd};
}

static RV_UNUSED int world_update(
    struct world *w, int64_t now_s, bool *changed, struct rv_error *err)
{
	struct rv_repo_update how = {.now_s = now_s, .source = &w->source};

	return rv_repo_update(&w->place, &how, changed, err);
}

static RV_UNUSED void world_forget(struct world *w)
{
	struct rv_error err = RV_ERROR_INIT;

	if (rv_tree_remove(w->db_fd, "tuf", &err) < 0 ||
	    rv_tree_remove(w->cache_fd, "catalog", &err) < 0)
		tap_ok(false, "%s", err.msg);
}
