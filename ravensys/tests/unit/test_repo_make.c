/* SPDX-License-Identifier: ISC */
/*
 * lib/repo, publishing: nothing twice, what is read is what was written, key changes, cleaning,
 * faults anywhere.
 */
#include <errno.h>

#include "os/fault.h"
#include "tests/repo_world.h"

static void expect_made(
    struct world *w, int64_t now_s, bool refresh, bool changed, const char *what)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_repo_made made;

	tap_good(world_make(w, now_s, refresh, &made, &err), &err, "%s", what);
	tap_int(made.changed, changed, "%s: %s", what, changed ? "changed" : "nothing changed");
}

static int count_one(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	(void)dirfd;
	(void)entry;
	(void)err;
	++*(int *)ctx;
	return 0;
}

static int files_in(int dirfd, const char *path)
{
	struct rv_error err = RV_ERROR_INIT;
	int n = 0;

	if (rv_dir_each(dirfd, path, count_one, &n, &err) < 0)
		return -1;
	return n;
}

static void expect_packages(struct world *w, int64_t now_s, int n, const char *what)
{
	rv_autofree(rv_catalog) struct rv_catalog *c = NULL;
	struct rv_error err = RV_ERROR_INIT;
	int64_t count = -1;
	bool changed;

	tap_good(world_update(w, now_s, &changed, &err), &err, "%s: a client updates", what);
	tap_good(rv_repo_catalog_open(&w->place, &c, &err), &err, "%s: its catalogue", what);
	if (c)
		tap_good(rv_catalog_count(c, &count, &err), &err, "%s: count", what);
	tap_int(count, n, "%s: packages", what);
}

static void test_steps(struct world *w)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_repo_made made;

	world_package(w, "one", "1.0", "a");
	world_package(w, "two", "1.0", "b");
	world_package(w, "two", "1.1", "c");
	tap_good(world_make(w, WORLD_NOW, false, &made, &err), &err, "publish");
	tap_int(made.n_packages, 2, "the newest of each name");
	tap_int(made.root_version, 1, "root 1");
	tap_int(made.expires_s, WORLD_NOW + 14 * WORLD_DAY, "ends with the timestamp");
	tap_str(made.expires_file, "timestamp.json", "named");
	world_client(w, false);
	expect_packages(w, WORLD_NOW, 2, "first");
	expect_made(w, WORLD_NOW + 5, false, false, "again");
	expect_made(w, WORLD_NOW + 5, true, true, "refresh");
	expect_packages(w, WORLD_NOW + 5, 2, "after refresh");
	world_package(w, "three", "1.0", "d");
	expect_made(w, WORLD_NOW + 10, false, true, "a package more");
	expect_packages(w, WORLD_NOW + 10, 3, "a package more");
	tap_good(rv_file_unlink(w->abi_fd, "one~primary~std~1.0.rvn", &err), &err, "drop one");
	expect_made(w, WORLD_NOW + 20, false, true, "a package less");
	expect_packages(w, WORLD_NOW + 20, 2, "a package less");
	tap_int(files_in(w->repo_fd, "targets/" WORLD_ABI_FILE "/files"), 3, "its file is kept");
	expect_made(w, WORLD_NOW + 20 + 48 * 3600 - 1, false, false, "before 48 hours");
	tap_int(files_in(w->repo_fd, "targets/" WORLD_ABI_FILE "/files"), 3, "still kept");
	expect_made(w, WORLD_NOW + 20 + 48 * 3600, false, false, "after 48 hours");
	tap_int(files_in(w->repo_fd, "targets/" WORLD_ABI_FILE "/files"), 2, "gone");
	tap_int(files_in(w->repo_fd, "targets/" WORLD_ABI_FILE), 2, "one catalogue and files/");
	/* root, timestamp, snapshot, targets, ABI, ABI-files */
	tap_int(files_in(w->repo_fd, "metadata"), 6, "no old metadata");
	expect_packages(w, WORLD_NOW + 20 + 48 * 3600, 2, "after cleaning");
}

static void swap_key(struct world *w, const char *name, const char *other)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_signer s;
	char secret[64], public[64], old[64];

	snprintf(secret, sizeof(secret), "%s.key", name);
	snprintf(public, sizeof(public), "%s.pub", name);
	snprintf(old, sizeof(old), "%s.key", other);
	if (rv_file_rename(w->keys_fd, secret, w->keys_fd, old, RV_RENAME_OVER, &err) != 0 ||
	    rv_file_unlink(w->keys_fd, public, &err) != 0 ||
	    rv_signer_generate(name, &s, &err) < 0 || rv_signer_write(&s, w->keys_fd, &err) < 0)
		tap_ok(false, "%s", err.msg);
	rv_signer_release(&s);
	rv_repo_keys_release(&w->keys);
	tap_good(rv_repo_keys_read(w->keys_fd, NULL, &w->keys, &err), &err, "another key %s", name);
}

static void test_keys(struct world *w)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_repo_made made;
	int64_t now_s = WORLD_NOW + 3 * WORLD_DAY;

	tap_int(rv_repo_keys_generate(w->keys_fd, rv_repo_key_names, 3, &err), -1,
	    "keys are not written over: %s", err.msg);
	swap_key(w, "online", "online-old");
	expect_made(w, now_s, false, true, "another on-line key");
	expect_packages(w, now_s, 2, "another on-line key");
	swap_key(w, "targets", "targets-old");
	expect_made(w, now_s, false, true, "another targets key");
	expect_packages(w, now_s, 2, "another targets key");
	swap_key(w, "root", "somewhere");
	tap_int(
	    world_make(w, now_s, false, &made, &err), -1, "another root key alone: %s", err.msg);
	tap_good(rv_file_rename(
		     w->keys_fd, "somewhere.key", w->keys_fd, "root-old.key", RV_RENAME_OVER, &err),
	    &err, "with the old one beside");
	rv_repo_keys_release(&w->keys);
	tap_good(rv_repo_keys_read(w->keys_fd, NULL, &w->keys, &err), &err, "read again");
	expect_made(w, now_s, false, true, "another root key");
	expect_packages(w, now_s, 2, "another root key");
	world_forget(w);
	expect_packages(w, now_s, 2, "a client from the first root");
	expect_made(w, now_s, false, false, "then nothing");
}

static void test_away(struct world *w)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_repo_made made;
	int64_t now_s = WORLD_NOW + 4 * WORLD_DAY;
	int other;

	tap_ok(rv_file_unlink(w->keys_fd, "root.key", &err) == 0 &&
		   rv_file_unlink(w->keys_fd, "root.pub", &err) == 0 &&
		   rv_file_unlink(w->keys_fd, "targets.key", &err) == 0,
	    "root and targets off the machine");
	rv_repo_keys_release(&w->keys);
	tap_good(rv_repo_keys_read(w->keys_fd, NULL, &w->keys, &err), &err, "read keys");
	world_package(w, "four", "1.0", "e");
	expect_made(w, now_s, false, true, "publish with the on-line key alone");
	expect_packages(w, now_s, 3, "so");
	other = world_folder(w, "packages/linux-aarch64-6.1");
	tap_int(
	    world_make(w, now_s, false, &made, &err), -1, "another ABI needs targets: %s", err.msg);
	tap_ok(strstr(err.msg, "targets.key") != NULL, "which is named");
	rv_fd_release(&other);
	tap_int(rv_dir_remove(w->packages_fd, "linux-aarch64-6.1", &err), 0, "take it away");
	expect_packages(w, now_s, 3, "the repository is whole");
}

static void test_wrong(struct world *w)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_repo_made made;
	int64_t now_s = WORLD_NOW + 4 * WORLD_DAY;

	tap_good(rv_file_link(w->abi_fd, "four~primary~std~1.0.rvn", w->abi_fd,
		     "six~primary~std~1.0.rvn", &err),
	    &err, "a renamed package");
	tap_int(world_make(w, now_s, false, &made, &err), -1, "refused: %s", err.msg);
	tap_int(rv_file_unlink(w->abi_fd, "six~primary~std~1.0.rvn", &err), 0, "gone");
	world_put(w->abi_fd, "x~y.rvn", RV_SPAN_LIT("x"));
	tap_int(world_make(w, now_s, false, &made, &err), -1, "no name of a package: %s", err.msg);
	tap_int(rv_file_unlink(w->abi_fd, "x~y.rvn", &err), 0, "gone");
	world_put(w->abi_fd, "x~y~z~1.rvn", RV_SPAN_LIT("x"));
	tap_int(world_make(w, now_s, false, &made, &err), -1, "no package: %s", err.msg);
	tap_int(rv_file_unlink(w->abi_fd, "x~y~z~1.rvn", &err), 0, "gone");
	expect_made(w, now_s, false, false, "nothing of that was published");
	expect_packages(w, now_s, 3, "the repository is whole");
}

/*
 * Whatever operation fails, a client sees the old or the new repository, and the next run completes
 * it.
 */
static void test_faults(struct world *w)
{
	int64_t now_s = WORLD_NOW + 5 * WORLD_DAY;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_repo_made made;
	bool changed, fine = true;
	int rc = -1;
	unsigned n;
	char name[32];

	for (n = 1; rc < 0 && n < 2000 && fine; n++) {
		snprintf(name, sizeof(name), "p%u", n);
		world_package(w, name, "1.0", "f");
		rv_fault_arm(n, ENOSPC);
		rc = world_make(w, now_s, false, &made, &err);
		rv_fault_arm(0, 0);
		fine = world_update(w, now_s, &changed, &err) == 0;
	}
	tap_ok(fine, "a client updates after every failure: %s", fine ? "" : err.msg);
	tap_ok(rc == 0 && n > 20, "%u operations failed one by one", n);
	expect_packages(w, now_s, (int)(3 + n - 1), "in the end all is published");
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_steps(&w);
	test_keys(&w);
	test_away(&w);
	test_wrong(&w);
	test_faults(&w);
	world_release(&w);
	return tap_done();
}
