/* SPDX-License-Identifier: ISC */
/*
 * Opening a root. The prefix is resolved once; folders that hold state are opened beneath it and
 * through no link. They are made only by who may write, and only once the root is known to be ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "system/internal.h"
#include "txn/dirs.h"
#include "txn/txn.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY)

#define PREFIX_SLASH RV_SYSTEM_PREFIX "/"
#define FOREIGN_FILE "var/db/rvn/local.sqlite"

static bool exists(int fd, const char *path)
{
	rv_auto_fd found = -1;

	return fd >= 0 &&
	       rv_file_open_beneath(fd, path, O_RDONLY | O_NONBLOCK, 0, &found, NULL) == 0;
}

/*
 * The database of the original Ravenports programs: where they have it, and the same below the
 * prefix.
 */
static int refuse_foreign(const struct rv_system *s, struct rv_error *err)
{
	bool below = exists(s->prefix_fd, FOREIGN_FILE);

	if (!below && !exists(s->root_fd, FOREIGN_FILE))
		return 0;
	return rv_fail(err, RV_INPUT,
	    "%s: packages of the original Ravenports programs are installed here (%s); "
	    "remove them with those programs, or choose another root with -r",
	    s->root, below ? PREFIX_SLASH FOREIGN_FILE : FOREIGN_FILE);
}

/* path begins with the prefix, whose descriptor stands for it. */
static const char *below_prefix(const char *path)
{
	return path + sizeof(PREFIX_SLASH) - 1;
}

/* An existing folder below the prefix, *out -1 when there is none. */
static int open_folder(const struct rv_system *s, const char *path, int *out, struct rv_error *err)
{
	int rc = RV_ABSENT;

	if (s->prefix_fd >= 0)
		rc = rv_file_open_beneath(s->prefix_fd, below_prefix(path), DIR_FLAGS, 0, out, err);
	if (rc == RV_ABSENT)
		*out = -1;
	return rc < 0 ? -1 : 0;
}

/* Made with its parents where it is missing: one by one, for none of them may be a link. */
static int make_folder(const struct rv_system *s, const char *path, int *out, struct rv_error *err)
{
	struct rv_span rest = rv_span_str(below_prefix(path)), part;
	rv_auto_fd at = -1;

	if (rv_file_open_beneath(s->prefix_fd, ".", DIR_FLAGS, 0, &at, err) != 0)
		return -1;
	while (rv_span_next(&rest, '/', &part)) {
		rv_auto(rv_str) char *name = rv_span_dup(part);
		rv_auto_fd next = -1;
		int rc = rv_dir_make(at, name, 0755, err);

		if (rc == 0)
			rc = rv_file_open_beneath(at, name, DIR_FLAGS, 0, &next, err);
		if (rc > 0)
			rc = rv_fail(err, RV_SYS, "open '%s': vanished", path);
		if (rc < 0)
			return rv_context(err, "%s", path);
		rv_fd_release(&at);
		at = rv_take_fd(&next);
	}
	*out = rv_take_fd(&at);
	return 0;
}

static int open_prefix(struct rv_system *s, struct rv_error *err)
{
	int rc = rv_prefix_open(s->root_fd, RV_SYSTEM_PREFIX, &s->prefix_fd, err);

	if (rc == RV_ABSENT)
		s->prefix_fd = -1;
	return rc < 0 ? -1 : 0;
}

static int make_prefix(struct rv_system *s, struct rv_error *err)
{
	if (s->prefix_fd >= 0)
		return 0;
	if (rv_dir_make(s->root_fd, RV_SYSTEM_PREFIX, 0755, err) < 0)
		return -1;
	return open_prefix(s, err);
}

static int open_root(struct rv_system *s, struct rv_error *err)
{
	int rc = rv_dir_open_user(s->root, &s->root_fd, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: no such folder; make it first", s->root);
	return rc;
}

static int read_conf(
    struct rv_system *s, const struct rv_system_options *options, struct rv_error *err)
{
	struct rv_repo_confs all = {0};
	rv_auto_fd conf_fd = -1;
	int rc;

	if (open_folder(s, RV_SYSTEM_CONF_DIR, &conf_fd, err) < 0)
		return -1;
	if (rv_system_conf_read(conf_fd, options->set, options->n_set, &s->conf, err) < 0)
		return -1;
	s->conf.allow_expired |= options->allow_expired;
	if (options->wait_s >= 0)
		s->conf.wait_seconds = options->wait_s;
	/* what needs no repository goes on without them */
	if (open_folder(s, RV_SYSTEM_CONF_DIR "/repos", &s->repos_fd, &s->repos_err) < 0 ||
	    s->repos_fd < 0)
		return 0;
	rc = rv_repo_conf_list(s->repos_fd, &s->arena, &all, &s->repos_err);
	rv_vec_each (&all, conf)
		if (rc == 0 && conf->enabled)
			rv_vec_push(&s->repos, *conf);
	rv_vec_release(&all);
	s->told = rv_arena_alloc(&s->arena, s->repos.n + 1);
	return 0;
}

/* Folders, lock, database, and what an earlier process left unfinished. */
static int open_writing(struct rv_system *s, bool recover, struct rv_error *err)
{
	int64_t wait_ms = s->conf.wait_seconds * 1000;

	if (make_prefix(s, err) < 0 || make_folder(s, RV_INSTALLED_DIR, &s->db_fd, err) < 0 ||
	    make_folder(s, RV_SYSTEM_CACHE_DIR, &s->cache_fd, err) < 0)
		return -1;
	if (rv_txn_lock(&s->lock, s->db_fd, s->command, (int)wait_ms, err) < 0)
		return -1;
	s->writes = true;
	if (!recover)
		return rv_installed_open(s->db_fd, RV_DB_READ, &s->db, err) < 0 ? -1 : 0;
	return rv_installed_open(s->db_fd, RV_DB_WRITE, &s->db, err) < 0 ? -1 : 0;
}

static int warn_pending(struct rv_system *s, struct rv_error *err)
{
	struct rv_arena arena = RV_ARENA_INIT;
	struct rv_history pending;
	int rc = rv_history_pending(s->db, &arena, &pending, err);

	if (rc == 0)
		rv_log(s->log, RV_LOG_WARN,
		    "transaction %lld (%s) is pending: what follows is the committed state; the "
		    "next command "
		    "that writes completes it, such as 'rvn check' by its owner",
		    (long long)pending.id, pending.command);
	rv_arena_release(&arena);
	return rc < 0 ? -1 : 0;
}

static int open_reading(struct rv_system *s, struct rv_error *err)
{
	int rc;

	if (open_folder(s, RV_INSTALLED_DIR, &s->db_fd, err) < 0 ||
	    open_folder(s, RV_SYSTEM_CACHE_DIR, &s->cache_fd, err) < 0)
		return -1;
	if (s->db_fd < 0)
		return 0;
	rc = rv_installed_open(s->db_fd, RV_DB_READ, &s->db, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return warn_pending(s, err);
}

static void back_to_reading(struct rv_system *s)
{
	rv_db_close(s->db);
	s->db = NULL;
	rv_lock_release(&s->lock);
	rv_fd_release(&s->db_fd);
	rv_fd_release(&s->cache_fd);
	s->writes = false;
}

/* The user is not allowed to: no permission, or a read-only file system. */
static bool is_not_allowed(const struct rv_error *err)
{
	return err->code == RV_SYS &&
	       (err->sys == EACCES || err->sys == EPERM || err->sys == EROFS);
}

static int open_state(struct rv_system *s, enum rv_system_mode mode, struct rv_error *err)
{
	int rc;

	if (mode == RV_SYSTEM_READ)
		return open_reading(s, err);
	rc = open_writing(s, mode != RV_SYSTEM_FETCH, err);
	if (rc < 0 && mode == RV_SYSTEM_MAY_WRITE && is_not_allowed(err)) {
		*err = RV_ERROR_INIT;
		back_to_reading(s);
		return open_reading(s, err);
	}
	if (rc < 0 && is_not_allowed(err))
		return rv_context(
		    err, "%s: this root is not yours to change: run it as its owner", s->root);
	if (rc == 0 && mode != RV_SYSTEM_FETCH)
		return rv_system_recover(s, err);
	return rc;
}

int rv_system_open(const struct rv_system_options *options, enum rv_system_mode mode,
    struct rv_system **out, struct rv_error *err)
{
	rv_auto_system s = rv_alloc(sizeof(*s));

	s->root_fd = s->prefix_fd = s->db_fd = s->cache_fd = s->repos_fd = -1;
	s->lock = RV_LOCK_INIT;
	s->root = rv_arena_strdup(&s->arena, options->root ? options->root : "/");
	s->command = rv_arena_strdup(&s->arena, options->command ? options->command : "rvn");
	s->log = options->log;
	s->bus = options->bus;
	if (open_root(s, err) < 0 || open_prefix(s, err) < 0 || refuse_foreign(s, err) < 0 ||
	    read_conf(s, options, err) < 0 || open_state(s, mode, err) < 0)
		return -1;
	*out = s;
	s = NULL;
	return 0;
}

void rv_system_close(struct rv_system *s)
{
	if (!s)
		return;
	rv_db_close(s->db);
	rv_fd_release(&s->db_fd);
	rv_fd_release(&s->cache_fd);
	rv_fd_release(&s->repos_fd);
	rv_lock_release(&s->lock);
	rv_fd_release(&s->prefix_fd);
	rv_fd_release(&s->root_fd);
	rv_vec_release(&s->repos);
	rv_arena_release(&s->arena);
	free(s);
}

const char *rv_system_root(const struct rv_system *s)
{
	return s->root;
}

int rv_system_prefix_fd(const struct rv_system *s)
{
	return s->prefix_fd;
}

struct rv_db *rv_system_db(const struct rv_system *s)
{
	return s->db;
}

const struct rv_repo_confs *rv_system_repos(const struct rv_system *s)
{
	return &s->repos;
}

struct rv_repo_place rv_system_place(const struct rv_system *s, size_t repo)
{
	return (struct rv_repo_place){
	    .conf = &s->repos.v[repo],
	    .repos_fd = s->repos_fd,
	    .db_fd = s->db_fd,
	    .cache_fd = s->cache_fd,
	};
}
