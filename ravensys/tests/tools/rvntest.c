/* SPDX-License-Identifier: ISC */
/*
 * Drives lib/txn on a root without repositories, for tests that break it off.
 *
 *	rvntest ROOT apply [-t THREADS] [+FILE | -NAME | =NAME] ...
 *	                        recover; then install or upgrade FILEs, remove NAMEs, mark NAMEs as
 *	                        wanted, in one plan
 *	rvntest ROOT recover    what the next command that may write does first
 *	rvntest ROOT settle     recover, then tree, state and check on standard output
 *	rvntest ROOT check      the files against the database; exit 1 when there are faults
 *	rvntest ROOT tree       a line for each thing: type, mode, owner, size, SHA-256, target,
 *	                        xattrs, shared names
 *	rvntest ROOT state      installed packages, their files' rows, whether something is pending
 *
 * RVNTEST_NO_WAIT in the environment: a lock that somebody else holds is refused at once.
 * A script of a package only writes "PHASE PACKAGE" to ROOT/script-log; its text "fail" fails.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/vec.h"
#include "codec/digest.h"
#include "os/clock.h"
#include "os/fault.h"
#include "os/file.h"
#include "txn/dirs.h"
#include "txn/hash.h"
#include "txn/txn.h"
#include "txn/verify.h"

#define DATABASE_DIR "var/db/rvn" /* beneath the prefix */

struct world {
	struct rv_txn_env env;
	struct rv_lock lock;
	struct rv_event_bus bus;
	struct rv_arena arena;
};

static int die(const struct rv_error *err)
{
	fprintf(stderr, "rvntest: %s\n", err->msg);
	return 1;
}

static int run_script(
    void *ctx, const struct rv_txnlog_script *s, struct rv_buf *reason, struct rv_error *err)
{
	const struct world *w = ctx;
	int fd =
	    openat(w->env.root_fd, "script-log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	(void)err;
	dprintf(fd, "%s %s\n", rv_script_phase_name(s->phase), s->package);
	close(fd);
	if (strncmp(s->text, "fail", 4) != 0)
		return 0;
	rv_buf_add_str(reason, "it was asked to");
	return 1;
}

static int say(void *ctx, const struct rv_event *e, struct rv_error *err)
{
	(void)ctx;
	(void)err;
	if (e->kind == RV_EVENT_WARNING)
		fprintf(stderr, "warning: %s: %s\n", e->note.object, e->note.text);
	return 0;
}

static int open_world(struct world *w, const char *root, bool writes, struct rv_error *err)
{
	struct rv_listener listener = {.name = "stderr", .on_event = say};
	rv_auto_fd prefix_fd = -1;
	int rc;

	*w = (struct world){.lock = RV_LOCK_INIT};
	w->env = (struct rv_txn_env){
	    .root_fd = -1, .db_fd = -1, .prefix = "/raven", .script = run_script};
	w->env.script_ctx = w;
	w->env.bus = &w->bus;
	rv_event_bus_add(&w->bus, &listener);
	if (rv_dir_open_user(root, &w->env.root_fd, err) != 0)
		return rv_fail(err, RV_INPUT, "%s: no such folder", root);
	rc = rv_prefix_open(w->env.root_fd, "raven", &prefix_fd, err);
	if (rc == RV_ABSENT && writes && rv_dir_make(w->env.root_fd, "raven", 0755, err) == 0)
		rc = rv_prefix_open(w->env.root_fd, "raven", &prefix_fd, err);
	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_INPUT, "%s: nothing is installed there", root);
	if (writes && rv_dir_make_path(prefix_fd, DATABASE_DIR, 0755, err) < 0)
		return -1;
	if (rv_file_open_beneath(
		prefix_fd, DATABASE_DIR, O_RDONLY | O_DIRECTORY, 0, &w->env.db_fd, err) != 0)
		return -1;
	if (writes && rv_txn_lock(&w->lock, w->env.db_fd, "rvntest",
			  rv_env_get("RVNTEST_NO_WAIT") ? 0 : 10000, err) < 0)
		return -1;
	return rv_installed_open(w->env.db_fd, writes ? RV_DB_WRITE : RV_DB_READ, &w->env.db, err);
}

static void close_world(struct world *w)
{
	rv_db_close(w->env.db);
	rv_lock_release(&w->lock);
	rv_fd_release(&w->env.db_fd);
	rv_fd_release(&w->env.root_fd);
	rv_event_bus_release(&w->bus);
	rv_arena_release(&w->arena);
}

/* --- apply */

struct incoming {
	rv_vec(struct rv_txn_item) items;
	rv_vec(struct rv_package *) packages;
	rv_vec(int) fds;
	rv_vec(const char *) wanted;
};

static void incoming_release(struct incoming *in)
{
	rv_vec_each (&in->packages, p)
		rv_package_free(*p);
	rv_vec_each (&in->fds, fd)
		rv_fd_release(fd);
	rv_vec_release(&in->items);
	rv_vec_release(&in->packages);
	rv_vec_release(&in->fds);
	rv_vec_release(&in->wanted);
}

static int add_package(struct world *w, const char *file, struct incoming *in, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(256);
	struct rv_package *p = NULL;
	struct rv_installed old;
	struct rv_ident id;
	int fd = -1, rc;

	if (rv_file_open_user(file, &fd, err) != 0)
		return rv_context(err, "%s", file);
	rv_vec_push(&in->fds, fd);
	if (rv_package_open(fd, file, &p, err) < 0)
		return -1;
	rv_vec_push(&in->packages, p);
	id = rv_manifest_ident(rv_package_manifest(p));
	rv_ident_add_name(&id, &name);
	rc = rv_installed_find(w->env.db, rv_buf_str(&name), &w->arena, &old, err);
	if (rc < 0)
		return -1;
	rv_vec_push(
	    &in->items, (struct rv_txn_item){.action = rc == 0 ? RV_TXN_UPGRADE : RV_TXN_INSTALL,
			    .package = p,
			    .installed = rc == 0 ? old.id : 0,
			    .repository = "test",
			    .reason = "asked for"});
	return 0;
}

static int add_removal(struct world *w, const char *name, struct incoming *in, struct rv_error *err)
{
	struct rv_installed old;
	int rc = rv_installed_find(w->env.db, name, &w->arena, &old, err);

	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_INPUT, "%s: is not installed", name);
	rv_vec_push(&in->items, (struct rv_txn_item){.action = RV_TXN_REMOVE, .installed = old.id});
	return 0;
}

static int apply(struct world *w, char **args, struct rv_error *err)
{
	rv_auto(incoming) struct incoming in = {.items = {0}};
	struct rv_txn_plan plan = {.command = "rvntest apply"};
	struct rv_txn_result result;
	int rc = rv_txn_recover(&w->env, &result, err);

	for (; rc >= 0 && *args; args++) {
		rc = 0;
		if (strcmp(*args, "-t") == 0)
			w->env.threads = (unsigned)strtoul(*++args, NULL, 10);
		else if (**args == '+')
			rc = add_package(w, *args + 1, &in, err);
		else if (**args == '=')
			rv_vec_push(&in.wanted, *args + 1);
		else
			rc = add_removal(w, *args + 1, &in, err);
	}
	plan.items = in.items.v;
	plan.n_items = in.items.n;
	plan.wanted = in.wanted.v;
	plan.n_wanted = in.wanted.n;
	return rc < 0 ? -1 : rv_txn_apply(&w->env, &plan, &result, err);
}

/* --- pictures */

struct tree {
	int dirfd;
	const char *path;
	struct rv_arena *arena;
	struct rv_map *inodes; /* of files with several names: the first path */
};

static void print_shared(const struct tree *t, const struct rv_stat *st, const char *path)
{
	const char *key = rv_arena_fmt(
	    t->arena, "%llx:%llx", (unsigned long long)st->dev, (unsigned long long)st->ino);
	char *first = rv_map_get(t->inodes, rv_span_str(key));

	if (!first)
		rv_map_put(t->inodes, rv_span_str(key), rv_arena_strdup(t->arena, path));
	printf(" same=%s", first ? first : path);
}

static void print_xattrs(int dirfd, const char *name)
{
	rv_auto(rv_buf) struct rv_buf names = RV_BUF_INIT(65536), value = RV_BUF_INIT(65536),
				      hex = RV_BUF_INIT(200000);
	rv_auto_fd fd = -1;

	if (rv_file_open_beneath(dirfd, name, O_RDONLY, 0, &fd, NULL) != 0 ||
	    rv_fd_list_xattr(fd, name, &names, NULL) != 0)
		return;
	for (const char *k = names.p; k && k < names.p + names.n; k += strlen(k) + 1) {
		if (rv_fd_get_xattr(fd, name, k, &value, NULL) != 0)
			continue;
		rv_buf_reset(&hex);
		rv_hex_encode(rv_buf_span(&value), &hex);
		printf(" %s=%s", k, rv_buf_str(&hex));
	}
}

static int print_entry(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct tree *t = ctx, inner = *t;
	const char *path = rv_arena_fmt(t->arena, "%s/%s", t->path, entry->name);
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(4096);
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_sha256 sum;
	struct rv_stat st;

	if (strcmp(path, "/" RV_INSTALLED_DIR) == 0 || strcmp(path, "/raven/var/cache") == 0 ||
	    strcmp(path, "/script-log") == 0)
		return 0;
	if (rv_file_stat(dirfd, entry->name, &st, err) != 0)
		return -1;
	printf("%s kind=%d mode=%04o owner=%u:%u", path, (int)st.kind, st.mode, st.uid, st.gid);
	if (st.kind == RV_FILE && rv_txn_hash(dirfd, entry->name, path, &sum, err) == 0) {
		rv_sha256_hex(&sum, hex);
		printf(" size=%llu sha256=%.16s", (unsigned long long)st.size, hex);
		if (st.nlink > 1)
			print_shared(t, &st, path);
	}
	if (st.kind == RV_LINK && rv_file_readlink(dirfd, entry->name, &target, err) == 0)
		printf(" to=%s", rv_buf_str(&target));
	if (st.kind == RV_FILE || st.kind == RV_DIR)
		print_xattrs(dirfd, entry->name);
	printf("\n");
	inner.path = path;
	return st.kind == RV_DIR ? rv_dir_each(dirfd, entry->name, print_entry, &inner, err) : 0;
}

static int print_tree(struct world *w, struct rv_error *err)
{
	rv_auto(rv_map) struct rv_map inodes = RV_MAP_INIT;
	struct tree t = {.path = "", .arena = &w->arena, .inodes = &inodes};

	return rv_dir_each(w->env.root_fd, ".", print_entry, &t, err);
}

static void print_place(const struct rv_installed_place *p)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&p->entry.sha256, hex);
	printf("  %s at %s/%s %d %04o %.16s %s\n", p->entry.path.p, p->folder.p, p->name.p,
	    (int)p->entry.type, p->entry.mode, hex, p->entry.target.n ? p->entry.target.p : "");
}

static int print_state(struct world *w, struct rv_error *err)
{
	struct rv_installed_list all = {0};
	struct rv_history h;
	char hex[RV_SHA256_HEX_BYTES];
	int rc = rv_history_pending(w->env.db, &w->arena, &h, err);

	if (rc == 0)
		printf("pending: %s\n", rv_txn_state_name(h.state));
	if (rc >= 0)
		rc = rv_installed_all(w->env.db, 0, &w->arena, &all, err);
	rv_vec_each (&all, p) {
		struct rv_installed_places places = {0};

		rv_sha256_hex(&p->content_id, hex);
		printf("%s %s %.16s automatic=%d\n", p->name, p->version, hex, p->automatic);
		if (rc == 0)
			rc = rv_installed_places(w->env.db, p->id, &w->arena, &places, err);
		rv_vec_each (&places, it)
			print_place(it);
		rv_vec_release(&places);
	}
	rv_vec_release(&all);
	return rc < 0 ? -1 : 0;
}

static int print_finding(void *ctx, const struct rv_verify_finding *f, struct rv_error *err)
{
	(void)ctx;
	(void)err;
	printf(
	    "check: %s %s %s %s\n", rv_verify_kind_name(f->kind), f->package, f->path, f->detail);
	return 0;
}

static int check(struct world *w, struct rv_error *err)
{
	struct rv_verify how = {.root_fd = w->env.root_fd,
	    .prefix = "/raven",
	    .db = w->env.db,
	    .threads = 1,
	    .found = print_finding};
	struct rv_installed_list all = {0};
	uint64_t faults = 0;
	int rc = rv_installed_all(w->env.db, 0, &w->arena, &all, err);

	if (rc == 0)
		rc = rv_txn_verify(&how, all.v, all.n, &faults, err);
	rv_vec_release(&all);
	if (rc == 0 && faults > 0)
		return rv_fail(err, RV_INPUT, "%llu faults", (unsigned long long)faults);
	return rc;
}

static int settle(struct world *w, struct rv_error *err)
{
	struct rv_txn_result result;

	if (rv_txn_recover(&w->env, &result, err) < 0 || print_tree(w, err) < 0 ||
	    print_state(w, err) < 0)
		return -1;
	return check(w, err);
}

static int run(struct world *w, const char *command, char **args, struct rv_error *err)
{
	struct rv_txn_result result;

	if (strcmp(command, "apply") == 0)
		return apply(w, args, err);
	if (strcmp(command, "recover") == 0)
		return rv_txn_recover(&w->env, &result, err) < 0 ? -1 : 0;
	if (strcmp(command, "settle") == 0)
		return settle(w, err);
	if (strcmp(command, "check") == 0)
		return check(w, err);
	if (strcmp(command, "tree") == 0)
		return print_tree(w, err);
	if (strcmp(command, "state") == 0)
		return print_state(w, err);
	return rv_fail(err, RV_INPUT, "%s: no such command", command);
}

int main(int argc, char **argv)
{
	struct rv_error err = RV_ERROR_INIT;
	struct world w;
	bool writes;
	int rc;

	if (argc < 3) {
		fprintf(stderr, "usage: rvntest ROOT apply|recover|settle|check|tree|state ...\n");
		return 2;
	}
	umask(022);
	rv_fault_from_env();
	writes = strcmp(argv[2], "apply") == 0 || strcmp(argv[2], "recover") == 0 ||
		 strcmp(argv[2], "settle") == 0;
	rc = open_world(&w, argv[1], writes, &err);
	if (rc == 0)
		rc = run(&w, argv[2], argv + 3, &err);
	close_world(&w);
	return rc < 0 ? die(&err) : rc;
}
