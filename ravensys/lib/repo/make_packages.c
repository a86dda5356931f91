/* SPDX-License-Identifier: ISC */
/*
 * The packages of each ABI: which are offered (the newest version of each name), whether that is
 * what is published, and if not, their files and a new catalogue beneath targets/.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader.h"
#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"
#include "pkg/version.h"
#include "repo/make_internal.h"
#include "repo/state.h"
#include "repo/unpack.h"
#include "store/catalog.h"

#define TEMPORARY ".new"
#define COPY_MODE 0644

/* --- which */

struct listing {
	struct making *m;
	struct abi *abi;
};

static int add_item(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_IDENT_MAX_BYTES);
	struct rv_span file = rv_span_str(entry->name);
	struct item *item;
	struct rv_stat st;

	if (entry->kind != RV_FILE || entry->name[0] == '.' ||
	    !rv_span_ends(file, RV_SPAN_LIT(RV_PACKAGE_SUFFIX)))
		return 0;
	item = rv_vec_add(&l->abi->items);
	item->file = rv_arena_strdup(&l->m->arena, entry->name);
	if (rv_ident_parse_file(rv_span_str(item->file), &item->ident, err) < 0 ||
	    rv_file_stat(dirfd, entry->name, &st, err) != 0)
		return rv_context(err, "packages/%s", l->abi->name);
	rv_ident_add_name(&item->ident, &name);
	item->name = rv_arena_strdup(&l->m->arena, rv_buf_str(&name));
	item->size = st.size;
	item->dev = st.dev;
	item->ino = st.ino;
	return 0;
}

/* By name, the newest version first. */
static int by_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	if (c == 0)
		c = -rv_version_cmp(x->ident.version, y->ident.version);
	return c ? c : strcmp(x->file, y->file);
}

static void keep_newest(struct items *items)
{
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++)
		if (n == 0 || strcmp(items->v[n - 1].name, items->v[i].name) != 0)
			items->v[n++] = items->v[i];
	items->n = n;
}

static int list_items(struct making *m, struct abi *abi)
{
	struct listing l = {m, abi};

	if (rv_dir_each(abi->packages_fd, ".", add_item, &l, m->err) < 0)
		return -1;
	rv_vec_sort(&abi->items, by_name);
	keep_newest(&abi->items);
	return 0;
}

/* --- their sums */

static void prefixed(const struct rv_sha256 *sum, const char *name, struct rv_buf *out)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(sum, hex);
	rv_buf_reset(out);
	rv_buf_addf(out, "%s.%s", hex, name);
}

static bool published(const struct abi *abi, const struct item *item, struct rv_role_file *out)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/files/%s", abi->name, item->file);
	return rv_metadata_target(&abi->files, path, out, NULL);
}

/* The published file is a hard link of this one: its name tells the sum, nothing need be read. */
static int sum_by_link(struct making *m, struct abi *abi, struct item *item)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES);
	struct rv_role_file file;
	struct rv_stat st;
	int rc;

	if (!published(abi, item, &file) || file.length != item->size)
		return 0;
	prefixed(&file.sha256, item->file, &name);
	rc = rv_file_stat(abi->files_fd, rv_buf_str(&name), &st, m->err);
	if (rc == 0 && st.ino == item->ino && st.dev == item->dev) {
		item->sha256 = file.sha256;
		item->linked = true;
	}
	return rc < 0 ? -1 : 0;
}

static int sum_by_reading(struct making *m, struct abi *abi, struct item *item)
{
	struct rv_sha256_state state;
	rv_auto_fd fd = -1;
	char *piece;
	uint64_t at = 0;
	int rc = rv_file_open(abi->packages_fd, item->file, &fd, m->err);

	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(m->err, RV_SYS, "%s: vanished", item->file);
	piece = rv_alloc(1 << 20);
	rv_sha256_begin(&state);
	while (rc == 0 && at < item->size) {
		size_t n = item->size - at < 1 << 20 ? (size_t)(item->size - at) : 1 << 20;

		rc = rv_fd_pread(fd, item->file, piece, n, at, m->err);
		if (rc == 0)
			rv_sha256_add(&state, piece, n);
		at += n;
	}
	rv_sha256_end(&state, &item->sha256);
	free(piece);
	return rc;
}

static int sum_items(struct making *m, struct abi *abi)
{
	rv_vec_each (&abi->items, item)
		if (sum_by_link(m, abi, item) < 0 ||
		    (!item->linked && sum_by_reading(m, abi, item) < 0))
			return rv_context(m->err, "packages/%s", abi->name);
	return 0;
}

/* --- whether anything changed */

static int64_t schema_of(const struct rv_json *custom)
{
	int64_t version = 0;

	return rv_json_int(rv_json_get(custom, "user_version"), &version) ? version : 0;
}

static bool catalog_there(const struct abi *abi)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES);
	struct rv_stat st;

	prefixed(&abi->catalog.sha256, RV_REPO_CATALOG_TARGET, &name);
	return rv_file_stat(abi->targets_fd, rv_buf_str(&name), &st, NULL) == 0;
}

static bool is_changed(struct abi *abi)
{
	const struct rv_json *custom = NULL;
	struct rv_role_file file;
	char path[300];

	snprintf(path, sizeof(path), "%s/" RV_REPO_CATALOG_TARGET, abi->name);
	if (!abi->list.doc || !rv_metadata_target(&abi->list, path, &abi->catalog, &custom) ||
	    schema_of(custom) != RV_CATALOG_SCHEMA || !catalog_there(abi) ||
	    rv_json_count(rv_json_get(abi->files.signed_doc, "targets")) != abi->items.n)
		return true;
	rv_vec_each (&abi->items, item)
		if (!published(abi, item, &file) || file.length != item->size ||
		    !rv_sha256_eq(&file.sha256, &item->sha256))
			return true;
	return false;
}

/* --- their files */

static int copy_in(struct making *m, struct abi *abi, const struct item *item, const char *name)
{
	rv_auto_fd fd = -1;

	if (rv_file_open(abi->packages_fd, item->file, &fd, m->err) != 0 ||
	    rv_file_unlink(abi->files_fd, TEMPORARY, m->err) < 0 ||
	    rv_file_copy(fd, abi->files_fd, TEMPORARY, COPY_MODE, m->err) < 0)
		return rv_context(m->err, "publish %s", item->file);
	return rv_file_rename(
	    abi->files_fd, TEMPORARY, abi->files_fd, name, RV_RENAME_OVER, m->err);
}

/* A hard link; a copy on another file system, or where there are too many links. */
static int publish_item(struct making *m, struct abi *abi, const struct item *item)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES);
	struct rv_error why = RV_ERROR_INIT;
	struct rv_stat st;
	int rc;

	prefixed(&item->sha256, item->file, &name);
	rc = rv_file_stat(abi->files_fd, rv_buf_str(&name), &st, m->err);
	if (rc < 0 || (rc == 0 && st.kind == RV_FILE && st.size == item->size))
		return rc;
	rc = rv_file_link(abi->packages_fd, item->file, abi->files_fd, rv_buf_str(&name), &why);
	m->out->n_new++;
	if (rc == 0)
		return 0;
	if (rc == RV_EXISTS) /* of another size: no work of ours */
		return copy_in(m, abi, item, rv_buf_str(&name));
	if (why.sys == EXDEV || why.sys == EPERM || why.sys == EMLINK || why.sys == EOPNOTSUPP)
		return copy_in(m, abi, item, rv_buf_str(&name));
	if (m->err)
		*m->err = why;
	return -1;
}

/* --- the catalogue */

static int check_identity(struct making *m, const struct abi *abi, const struct item *item,
    const struct rv_manifest *manifest)
{
	rv_auto(rv_buf) struct rv_buf file = RV_BUF_INIT(RV_IDENT_MAX_BYTES + 8);
	rv_auto(rv_buf) struct rv_buf folder = RV_BUF_INIT(RV_ABI_MAX_BYTES);
	struct rv_ident ident = rv_manifest_ident(manifest);
	struct rv_abi inside;

	rv_ident_add_file(&ident, &file);
	if (strcmp(rv_buf_str(&file), item->file) != 0)
		return rv_fail(m->err, RV_FORMAT, "%s: is %s inside: it was renamed", item->file,
		    rv_buf_str(&file));
	if (rv_abi_parse(rv_span_str(manifest->abi), &inside, m->err) < 0)
		return rv_context(m->err, "%s", item->file);
	rv_abi_add_file(&inside, &folder);
	if (strcmp(rv_buf_str(&folder), abi->name) != 0)
		return rv_fail(m->err, RV_FORMAT, "%s: is for %s, but lies among those for %s",
		    item->file, manifest->abi, abi->name);
	return 0;
}

static int read_entry(struct making *m, struct abi *abi, const struct item *item,
    struct rv_manifest *manifest, struct rv_catalog_entry *out)
{
	rv_autofree(rv_package) struct rv_package *package = NULL;
	rv_auto_fd fd = -1;

	if (rv_file_open(abi->packages_fd, item->file, &fd, m->err) != 0 ||
	    rv_package_open(fd, item->file, &package, m->err) < 0 ||
	    rv_manifest_parse(rv_package_manifest_text(package), item->file, manifest, m->err) < 0)
		return -1;
	*out = (struct rv_catalog_entry){.manifest = manifest,
	    .size = item->size,
	    .sha256 = item->sha256,
	    .content_id = *rv_package_content_id(package)};
	return check_identity(m, abi, item, manifest);
}

static int write_catalog(struct making *m, struct abi *abi, const struct rv_catalog_entry *entries)
{
	if (rv_file_unlink(abi->targets_fd, TEMPORARY, m->err) < 0)
		return -1;
	return rv_catalog_make(abi->targets_fd, TEMPORARY, entries, abi->items.n, m->err);
}

static int make_catalog(struct making *m, struct abi *abi)
{
	struct rv_manifest *manifests = rv_alloc_array(abi->items.n + 1, sizeof(*manifests));
	struct rv_catalog_entry *entries = rv_alloc_array(abi->items.n + 1, sizeof(*entries));
	size_t done = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < abi->items.n; i++) {
		rc = read_entry(m, abi, &abi->items.v[i], &manifests[i], &entries[i]);
		done++;
	}
	if (rc == 0)
		rc = write_catalog(m, abi, entries);
	for (size_t i = 0; i < done; i++)
		rv_manifest_release(&manifests[i]);
	free(manifests);
	free(entries);
	return rc;
}

static int pack_catalog(struct making *m, struct abi *abi, struct rv_buf *packed)
{
	rv_auto_fd fd = -1;

	if (rv_file_open(abi->targets_fd, TEMPORARY, &fd, m->err) != 0 ||
	    rv_repo_pack(fd, "catalogue", packed, m->err) < 0)
		return -1;
	return rv_file_unlink(abi->targets_fd, TEMPORARY, m->err) < 0 ? -1 : 0;
}

static int publish_catalog(struct making *m, struct abi *abi)
{
	rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(RV_REPO_PACKED_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES);
	struct rv_stat st;
	int rc;

	if (make_catalog(m, abi) < 0 || pack_catalog(m, abi, &packed) < 0)
		return -1;
	abi->catalog = (struct rv_role_file){.length = packed.n};
	rv_sha256_of(rv_buf_span(&packed), &abi->catalog.sha256);
	prefixed(&abi->catalog.sha256, RV_REPO_CATALOG_TARGET, &name);
	rc = rv_file_stat(abi->targets_fd, rv_buf_str(&name), &st, m->err);
	if (rc <= 0)
		return rc;
	return rv_file_replace(
	    abi->targets_fd, rv_buf_str(&name), COPY_MODE, rv_buf_span(&packed), m->err);
}

/* --- all of it */

static int open_abi(struct making *m, struct abi *abi)
{
	char path[200];

	if (rv_dir_open(m->how->packages_fd, abi->name, &abi->packages_fd, m->err) != 0)
		return rv_context(m->err, "packages/%s", abi->name);
	snprintf(path, sizeof(path), "%s/files", abi->name);
	if (rv_dir_make_path(m->targets_fd, path, 0755, m->err) < 0 ||
	    rv_dir_open(m->targets_fd, abi->name, &abi->targets_fd, m->err) != 0 ||
	    rv_dir_open(m->targets_fd, path, &abi->files_fd, m->err) != 0)
		return rv_context(m->err, "targets/%s", abi->name);
	return 0;
}

static int scan_abi(struct making *m, struct abi *abi)
{
	if (open_abi(m, abi) < 0 || list_items(m, abi) < 0 || sum_items(m, abi) < 0)
		return -1;
	m->out->n_packages += abi->items.n;
	abi->changed = is_changed(abi);
	/* also what somebody took away since */
	rv_vec_each (&abi->items, item)
		if (!item->linked && publish_item(m, abi, item) < 0)
			return -1;
	if (abi->changed && publish_catalog(m, abi) < 0)
		return -1;
	return abi->changed ? rv_barrier(abi->files_fd, "targets", m->err) : 0;
}

static int find_abi(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct making *m = ctx;
	struct rv_abi parsed;

	(void)dirfd;
	if (entry->kind != RV_DIR || entry->name[0] == '.')
		return 0;
	if (rv_abi_parse_file(rv_span_str(entry->name), &parsed, err) < 0)
		return rv_context(err, "packages: a folder that is no ABI");
	making_abi(m, entry->name)->offered = true;
	return 0;
}

static int by_abi(const void *a, const void *b)
{
	return strcmp(((const struct abi *)a)->name, ((const struct abi *)b)->name);
}

int making_scan(struct making *m)
{
	if (rv_dir_each(m->how->packages_fd, ".", find_abi, m, m->err) < 0)
		return -1;
	rv_vec_sort(&m->abis, by_abi);
	rv_vec_each (&m->abis, abi)
		if (abi->offered && scan_abi(m, abi) < 0)
			return -1;
	m->out->n_abis = m->abis.n;
	return 0;
}
