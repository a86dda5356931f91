/* SPDX-License-Identifier: ISC */
/*
 * What a client holds of a repository, looked at without asking anybody. Nothing here writes but
 * rv_repo_*_dir.
 */
#include "repo/state.h"

#include <stdio.h>
#include <string.h>

#include "os/file.h"

int rv_repo_state_dir(const struct rv_repo_place *place, int *out_fd, struct rv_error *err)
{
	char path[128];

	snprintf(path, sizeof(path), RV_REPO_TUF_DIR "/%s", place->conf->name);
	if (rv_dir_make_path(place->db_fd, path, 0755, err) < 0)
		return -1;
	return rv_dir_open(place->db_fd, path, out_fd, err) != 0 ? rv_context(err, "trusted state")
								 : 0;
}

int rv_repo_cache_dir(
    const struct rv_repo_place *place, const char *name, int *out_fd, struct rv_error *err)
{
	if (rv_dir_make(place->cache_fd, name, 0755, err) < 0)
		return -1;
	return rv_dir_open(place->cache_fd, name, out_fd, err) != 0 ? rv_context(err, "cache") : 0;
}

void rv_repo_catalog_name(
    const struct rv_repo_conf *conf, const struct rv_sha256 *sum, struct rv_buf *out)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(sum, hex);
	rv_buf_addf(out, "%s-%s.sqlite", conf->name, hex);
}

void rv_repo_catalog_target(const struct rv_repo_conf *conf, struct rv_buf *out)
{
	rv_buf_addf(out, "%s/" RV_REPO_CATALOG_TARGET, conf->abi_file);
}

/* --- cleaning */

struct cleaning {
	const struct rv_repo_conf *conf;
	const char *keep;
};

/* NAME-<64 digits>.sqlite: "a" must not take away what belongs to "a-b" */
static bool is_catalog_of(const struct rv_repo_conf *conf, struct rv_span name)
{
	struct rv_span prefix = rv_span_str(conf->name), rest;
	struct rv_sha256 sum;

	if (!rv_span_starts(name, prefix))
		return false;
	rest = rv_span_from(name, prefix.n);
	return rv_span_starts(rest, RV_SPAN_LIT("-")) &&
	       rv_span_ends(rest, RV_SPAN_LIT(".sqlite")) &&
	       rv_sha256_parse(rv_span_sub(rest, 1, rest.n - 8), &sum);
}

static int clean_one(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	const struct cleaning *c = ctx;

	if ((c->keep && strcmp(entry->name, c->keep) == 0) ||
	    !is_catalog_of(c->conf, rv_span_str(entry->name)))
		return 0;
	return rv_file_unlink(dirfd, entry->name, err) < 0 ? -1 : 0;
}

int rv_repo_catalog_clean(
    const struct rv_repo_conf *conf, int dirfd, const char *keep, struct rv_error *err)
{
	struct cleaning c = {conf, keep};

	return rv_dir_each(dirfd, ".", clean_one, &c, err);
}

/* --- looking */

static const struct {
	const char *file; /* NULL: ABI.json */
	enum rv_role role;
} kept[] = {
    {"root.json", RV_ROLE_ROOT},
    {"timestamp.json", RV_ROLE_TIMESTAMP},
    {"snapshot.json", RV_ROLE_SNAPSHOT},
    {"targets.json", RV_ROLE_TARGETS},
    {NULL, RV_ROLE_TARGETS},
};

/* The kept file as a value: 0, RV_ABSENT, < 0. */
static int read_kept(
    int dirfd, const char *file, enum rv_role role, struct rv_metadata *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ROLE_LIST_MAX_BYTES);
	int rc = rv_file_read(dirfd, file, &text, err);

	return rc != 0 ? rc : rv_metadata_parse(rv_buf_span(&text), file, role, out, err);
}

static void note_end(const struct rv_metadata *m, const char *file, struct rv_repo_state *out)
{
	if (out->expires_s && out->expires_s <= m->expires_s)
		return;
	out->expires_s = m->expires_s;
	snprintf(out->expires_file, sizeof(out->expires_file), "%s", file);
}

static int note_catalog(const struct rv_repo_place *place, const struct rv_metadata *abi,
    struct rv_repo_state *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(200), name = RV_BUF_INIT(200);
	struct rv_role_file file;
	struct rv_stat st;
	int rc;

	rv_repo_catalog_target(place->conf, &target);
	if (!rv_metadata_target(abi, rv_buf_str(&target), &file, NULL))
		return 0;
	rv_repo_catalog_name(place->conf, &file.sha256, &name);
	snprintf(out->catalog, sizeof(out->catalog), RV_REPO_CATALOG_DIR "/%s", rv_buf_str(&name));
	rc = rv_file_stat(place->cache_fd, out->catalog, &st, err);
	out->has_catalog = rc == 0;
	return rc < 0 ? -1 : 0;
}

static int note_kept(const struct rv_repo_place *place, int dirfd, size_t i,
    struct rv_repo_state *out, struct rv_error *err)
{
	rv_auto(rv_metadata) struct rv_metadata m = RV_METADATA_INIT;
	char abi[128];
	const char *file = kept[i].file;
	int rc;

	snprintf(abi, sizeof(abi), "%s.json", place->conf->abi_file);
	if (!file)
		file = abi;
	rc = read_kept(dirfd, file, kept[i].role, &m, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	note_end(&m, file, out);
	return file == abi ? note_catalog(place, &m, out, err) : 0;
}

/* 0, RV_ABSENT when something kept is damaged, < 0 */
static int note_all(
    const struct rv_repo_place *place, int dirfd, struct rv_repo_state *out, struct rv_error *err)
{
	struct rv_error why = RV_ERROR_INIT;

	for (size_t i = 0; i < RV_COUNT(kept); i++) {
		if (note_kept(place, dirfd, i, out, &why) == 0)
			continue;
		if (why.code != RV_SYS && why.code != RV_NOMEM)
			return RV_ABSENT;
		if (err)
			*err = why;
		return rv_context(err, "repository %s: trusted state", place->conf->name);
	}
	return 0;
}

int rv_repo_state(
    const struct rv_repo_place *place, struct rv_repo_state *out, struct rv_error *err)
{
	rv_auto_fd dirfd = -1;
	struct rv_stat st;
	char path[128];
	int rc;

	memset(out, 0, sizeof(*out));
	snprintf(path, sizeof(path), RV_REPO_TUF_DIR "/%s", place->conf->name);
	rc = rv_dir_open(place->db_fd, path, &dirfd, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = note_all(place, dirfd, out, err);
	if (rc == RV_ABSENT)
		memset(out, 0, sizeof(*out));
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = rv_file_stat(dirfd, "timestamp.json", &st, err);
	out->checked_s = rc == 0 ? st.mtime_s : 0;
	return rc < 0 ? -1 : 0;
}

int rv_repo_catalog_open(
    const struct rv_repo_place *place, struct rv_catalog **out, struct rv_error *err)
{
	struct rv_error why = RV_ERROR_INIT;
	struct rv_repo_state state;
	int rc;

	if (rv_repo_state(place, &state, err) < 0)
		return -1;
	if (!state.has_catalog)
		return RV_CATALOG_ABSENT;
	rc = rv_catalog_open(place->cache_fd, state.catalog, out, &why);
	if (rc < 0)
		return rv_fail(err, why.code,
		    "repository %s: %s; 'rvn catalog --force' fetches it anew", place->conf->name,
		    why.msg);
	return rc;
}
