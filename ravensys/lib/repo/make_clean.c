/* SPDX-License-Identifier: ISC */
/*
 * Files that nothing names any more go after 48 hours. When one was first seen unnamed stands in
 * .retired.json, since its own times tell when it was made. Only names of our own forms are
 * touched; temporaries of a run that was cut off go at once (we hold the lock).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/vec.h"
#include "os/file.h"
#include "repo/make_internal.h"
#include "repo/state.h"

#define KEEP_S ((int64_t)RV_REPO_KEEP_HOURS * 3600)
#define RETIRED_MAX_BYTES ((size_t)64 << 20)

struct cleaning {
	struct making *m;
	struct rv_map named; /* paths relative to the repository */
	struct rv_json *retired, *still;
	const char *folder; /* at hand */
};

static void name(struct cleaning *c, const char *path)
{
	rv_map_put(&c->named, rv_span_str(path), c);
}

static void name_version(struct cleaning *c, const char *role, int64_t version)
{
	name(c, rv_arena_fmt(&c->m->arena, "metadata/%" PRId64 ".%s.json", version, role));
}

/* "ABI/files/NAME" -> "targets/ABI/files/SHA256.NAME" */
static void name_targets(struct cleaning *c, const struct rv_json *targets)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_json_each (targets, it) {
		const char *sum =
		    rv_json_string(rv_json_get(rv_json_get(it.value, "hashes"), "sha256"));
		struct rv_span path = rv_span_str(it.key);
		size_t slash = rv_span_rfind(path, '/');

		if (!sum || slash == path.n)
			continue;
		snprintf(hex, sizeof(hex), "%s", sum);
		name(c, rv_arena_fmt(&c->m->arena, "targets/%.*s/%s.%s", (int)slash, it.key, hex,
			    it.key + slash + 1));
	}
}

/*
 * What the roles of an ABI list now: those that were written in this run are read again, from the
 * disk.
 */
static int name_role(struct cleaning *c, const char *role, const struct rv_role_file *file)
{
	rv_auto(rv_metadata) struct rv_metadata md = RV_METADATA_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ROLE_FILES_MAX_BYTES);
	char path[300];

	name_version(c, role, file->version);
	snprintf(path, sizeof(path), "%" PRId64 ".%s.json", file->version, role);
	if (rv_file_read(c->m->metadata_fd, path, &text, c->m->err) != 0 ||
	    rv_metadata_parse(rv_buf_span(&text), path, RV_ROLE_TARGETS, &md, c->m->err) < 0)
		return -1;
	name_targets(c, rv_json_get(md.signed_doc, "targets"));
	return 0;
}

static int name_all(struct cleaning *c)
{
	struct making *m = c->m;

	name_version(c, "snapshot", m->snapshot_file.version);
	name_version(c, "targets", m->targets_file.version);
	rv_vec_each (&m->abis, abi)
		if (name_role(c, abi->name, &abi->list_file) < 0 ||
		    name_role(c, abi->files_role, &abi->files_file) < 0)
			return -1;
	return 0;
}

/* --- going through the folders */

/* N.ROLE.json but root, or SHA256.REST: what we may remove */
static bool is_ours(struct rv_span file)
{
	struct rv_span head = rv_span_sub(file, 0, rv_span_find(file, '.'));
	struct rv_sha256 sum;
	uint64_t version;

	if (rv_sha256_parse(head, &sum))
		return true;
	return rv_span_to_u64(head, &version) && rv_span_ends(file, RV_SPAN_LIT(".json")) &&
	       !rv_span_ends(file, RV_SPAN_LIT(".root.json"));
}

static int look(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct cleaning *c = ctx;
	const char *path;
	int64_t since_s = c->m->how->now_s;

	if (entry->kind != RV_FILE)
		return 0;
	if (entry->name[0] == '.')
		return rv_file_unlink(dirfd, entry->name, err) < 0 ? -1 : 0;
	path = rv_arena_fmt(&c->m->arena, "%s/%s", c->folder, entry->name);
	if (!is_ours(rv_span_str(entry->name)) || rv_map_get(&c->named, rv_span_str(path)))
		return 0;
	rv_json_int(rv_json_get(c->retired, path), &since_s);
	if (c->m->how->now_s - since_s < KEEP_S) {
		rv_json_set_int(c->still, path, since_s);
		return 0;
	}
	c->m->out->n_removed++;
	return rv_file_unlink(dirfd, entry->name, err) < 0 ? -1 : 0;
}

static int look_in(struct cleaning *c, int dirfd, const char *folder)
{
	c->folder = folder;
	return rv_dir_each(dirfd, ".", look, c, c->m->err);
}

/* An ABI that is carried over has its folders still to be opened. */
static int look_in_abi(struct cleaning *c, struct abi *abi)
{
	struct making *m = c->m;
	char path[200];
	int rc = 0;

	snprintf(path, sizeof(path), "%s/files", abi->name);
	if (abi->targets_fd < 0)
		rc = rv_dir_open(m->targets_fd, abi->name, &abi->targets_fd, m->err);
	if (rc == 0 && abi->files_fd < 0)
		rc = rv_dir_open(m->targets_fd, path, &abi->files_fd, m->err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (look_in(c, abi->targets_fd, rv_arena_fmt(&m->arena, "targets/%s", abi->name)) < 0)
		return -1;
	return look_in(c, abi->files_fd, rv_arena_fmt(&m->arena, "targets/%s/files", abi->name));
}

static int look_everywhere(struct cleaning *c)
{
	if (look_in(c, c->m->metadata_fd, "metadata") < 0)
		return -1;
	rv_vec_each (&c->m->abis, abi)
		if (look_in_abi(c, abi) < 0)
			return -1;
	return 0;
}

/* --- .retired.json: a lost or damaged one only means that files stay longer */

static int read_retired(struct cleaning *c, struct rv_buf *text)
{
	int rc = rv_file_read(c->m->how->repo_fd, RETIRED, text, c->m->err);

	if (rc < 0)
		return -1;
	if (rc > 0 || rv_json_parse(rv_buf_span(text), RETIRED, &c->retired, NULL) < 0)
		c->retired = rv_json_new_object();
	return 0;
}

static int write_retired(struct cleaning *c, const struct rv_buf *was)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RETIRED_MAX_BYTES);

	if (rv_json_canonical(c->still, RV_JSON_CONTROL_REFUSED, &text, c->m->err) < 0)
		return -1;
	if (rv_span_eq(rv_buf_span(&text), rv_buf_span(was)) ||
	    (!was->n && !rv_json_count(c->still)))
		return 0;
	return rv_file_replace(c->m->how->repo_fd, RETIRED, 0644, rv_buf_span(&text), c->m->err);
}

int making_clean(struct making *m)
{
	rv_auto(rv_buf) struct rv_buf was = RV_BUF_INIT(RETIRED_MAX_BYTES);
	struct cleaning c = {.m = m, .still = rv_json_new_object()};
	int rc = read_retired(&c, &was);

	if (rc == 0)
		rc = name_all(&c);
	if (rc == 0)
		rc = look_everywhere(&c);
	if (rc == 0)
		rc = write_retired(&c, &was);
	rv_json_free(c.retired);
	rv_json_free(c.still);
	rv_map_release(&c.named);
	return rc;
}
