/* SPDX-License-Identifier: ISC */
/*
 * Reading what is published: from timestamp.json down, each file by the length and sum that its
 * parent lists. A file that does not fit is damage, said with the way out; leftovers of a run that
 * was cut off are never looked at.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "os/file.h"
#include "repo/make_internal.h"
#include "sign/trust.h"

static void release_abi(struct abi *abi)
{
	rv_fd_release(&abi->packages_fd);
	rv_fd_release(&abi->targets_fd);
	rv_fd_release(&abi->files_fd);
	rv_metadata_release(&abi->list);
	rv_metadata_release(&abi->files);
	rv_vec_release(&abi->items);
}

void making_release(struct making *m)
{
	rv_vec_each (&m->abis, abi)
		release_abi(abi);
	rv_vec_release(&m->abis);
	rv_metadata_release(&m->root);
	rv_metadata_release(&m->timestamp);
	rv_metadata_release(&m->snapshot);
	rv_metadata_release(&m->targets);
	rv_buf_release(&m->new_root);
	rv_fd_release(&m->metadata_fd);
	rv_fd_release(&m->targets_fd);
	rv_arena_release(&m->arena);
}

struct abi *making_abi(struct making *m, const char *name)
{
	struct abi *abi;

	rv_vec_each (&m->abis, known)
		if (strcmp(known->name, name) == 0)
			return known;
	abi = rv_vec_add(&m->abis);
	abi->name = rv_arena_strdup(&m->arena, name);
	abi->files_role = rv_arena_fmt(&m->arena, "%s-files", name);
	abi->packages_fd = abi->targets_fd = abi->files_fd = -1;
	return abi;
}

/* --- root: the newest that is there */

static int note_root(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct making *m = ctx;
	struct rv_span name = rv_span_str(entry->name);
	uint64_t version;

	(void)dirfd;
	(void)err;
	if (!rv_span_ends(name, RV_SPAN_LIT(".root.json")) ||
	    !rv_span_to_u64(rv_span_sub(name, 0, name.n - 10), &version) ||
	    version > (uint64_t)RV_ROLE_VERSION_MAX)
		return 0;
	if ((int64_t)version > m->out->root_version)
		m->out->root_version = (int64_t)version;
	return 0;
}

/* 0, RV_ABSENT, < 0 */
static int load(struct making *m, const char *file, enum rv_role role,
    const struct rv_role_file *as, struct rv_metadata *out)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ROLE_FILES_MAX_BYTES);
	int rc = rv_file_read(m->metadata_fd, file, &text, m->err);

	if (rc == 0 && as)
		rc = rv_trust_check(as, rv_buf_span(&text), file, m->err);
	if (rc == 0)
		rc = rv_metadata_parse(rv_buf_span(&text), file, role, out, m->err);
	return rc;
}

static int damaged(struct making *m)
{
	return rv_context(m->err, "metadata of the repository is damaged (restore it from a mirror "
				  "or a backup, or begin a new repository "
				  "with new keys)");
}

static int load_root(struct making *m)
{
	char file[64];
	int rc = rv_dir_each(m->metadata_fd, ".", note_root, m, m->err);

	if (rc < 0 || !m->out->root_version)
		return rc;
	snprintf(file, sizeof(file), "%" PRId64 ".root.json", m->out->root_version);
	return load(m, file, RV_ROLE_ROOT, NULL, &m->root) != 0 ? damaged(m) : 0;
}

/* --- the rest */

static int load_listed(struct making *m, const struct rv_role_file *as, const char *role,
    enum rv_role kind, struct rv_metadata *out)
{
	char file[300];
	int rc;

	snprintf(file, sizeof(file), "%" PRId64 ".%s.json", as->version, role);
	rc = load(m, file, kind, as, out);
	if (rc > 0)
		rc = rv_fail(m->err, RV_FORMAT, "%s: missing", file);
	return rc < 0 ? damaged(m) : 0;
}

static int not_listed(struct making *m, const char *file)
{
	rv_fail(m->err, RV_FORMAT, "snapshot.json: does not list %s", file);
	return damaged(m);
}

static int load_abi(struct making *m, const char *role)
{
	struct rv_span name = rv_span_str(role);
	struct abi *abi;
	char file[300];

	if (rv_span_ends(name, RV_SPAN_LIT("-files")))
		return 0; /* comes with its ABI */
	abi = making_abi(m, role);
	snprintf(file, sizeof(file), "%s.json", abi->name);
	if (!rv_metadata_file(&m->snapshot, file, &abi->list_file))
		return not_listed(m, file);
	snprintf(file, sizeof(file), "%s.json", abi->files_role);
	if (!rv_metadata_file(&m->snapshot, file, &abi->files_file))
		return not_listed(m, file);
	if (load_listed(m, &abi->list_file, abi->name, RV_ROLE_TARGETS, &abi->list) < 0)
		return -1;
	return load_listed(m, &abi->files_file, abi->files_role, RV_ROLE_TARGETS, &abi->files);
}

int making_load(struct making *m)
{
	const char *role;
	int rc;

	if (load_root(m) < 0)
		return -1;
	rc = load(m, "timestamp.json", RV_ROLE_TIMESTAMP, NULL, &m->timestamp);
	if (rc != 0)
		return rc < 0 ? damaged(m) : 0;
	if (!rv_metadata_file(&m->timestamp, "snapshot.json", &m->snapshot_file) ||
	    load_listed(m, &m->snapshot_file, "snapshot", RV_ROLE_SNAPSHOT, &m->snapshot) < 0)
		return -1;
	if (!rv_metadata_file(&m->snapshot, "targets.json", &m->targets_file) ||
	    load_listed(m, &m->targets_file, "targets", RV_ROLE_TARGETS, &m->targets) < 0)
		return -1;
	for (size_t i = 0; (role = rv_metadata_delegated(&m->targets, i)); i++)
		if (load_abi(m, role) < 0)
			return -1;
	return 0;
}
