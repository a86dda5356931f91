/* SPDX-License-Identifier: ISC */
/*
 * Makes and renews small signed repositories for tests: `mkrepo [-r] KEYS PACKAGES REPO`, all
 * folders, which are made where they are missing, the keys too. PACKAGES holds a folder for each
 * ABI. -r renews what the on-line key signs. RV_TEST_NOW sets the time of signing.
 */
#include <stdio.h>
#include <string.h>

#include "os/clock.h"
#include "os/file.h"
#include "repo/make.h"

static int open_dir(const char *path, int *out, struct rv_error *err)
{
	if (rv_dir_make_path(RV_CWD, path, 0755, err) < 0)
		return -1;
	return rv_dir_open_user(path, out, err) == 0 ? 0 : -1;
}

static int make(char **paths, bool refresh, struct rv_error *err)
{
	struct rv_repo_commands none = {.root = NULL};
	struct rv_repo_make how = {
	    .now_s = rv_clock_now_s(), .refresh = refresh, .command = "mkrepo"};
	struct rv_repo_keys keys = {0};
	struct rv_repo_made made = {0};
	struct rv_stat st;
	int keys_fd = -1, rc;

	if (open_dir(paths[0], &keys_fd, err) < 0 ||
	    open_dir(paths[1], &how.packages_fd, err) < 0 ||
	    open_dir(paths[2], &how.repo_fd, err) < 0)
		return -1;
	rc = rv_file_stat(keys_fd, "root.key", &st, err);
	if (rc == RV_ABSENT)
		rc = rv_repo_keys_generate(keys_fd, rv_repo_key_names, 3, err);
	if (rc == 0)
		rc = rv_repo_keys_read(keys_fd, &none, &keys, err);
	how.keys = &keys;
	if (rc == 0)
		rc = rv_repo_make(&how, &made, err);
	rv_repo_keys_release(&keys);
	rv_fd_release(&keys_fd);
	rv_fd_release(&how.packages_fd);
	rv_fd_release(&how.repo_fd);
	if (rc == 0)
		printf("changed %d packages %zu timestamp %lld root %lld\n", made.changed,
		    made.n_packages, (long long)made.timestamp_version,
		    (long long)made.root_version);
	return rc;
}

int main(int argc, char **argv)
{
	bool refresh = argc > 1 && strcmp(argv[1], "-r") == 0;
	struct rv_error err = RV_ERROR_INIT;

	if (argc - refresh != 4) {
		fprintf(stderr, "usage: mkrepo [-r] KEYS PACKAGES REPO\n");
		return 2;
	}
	if (make(argv + 1 + refresh, refresh, &err) < 0) {
		fprintf(stderr, "mkrepo: %s\n", err.msg);
		return 1;
	}
	return 0;
}
