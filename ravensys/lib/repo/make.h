/* SPDX-License-Identifier: ISC */
/*
 * Publishing: a folder of packages to a signed repository (rvn-repository.5). Invariant:
 * timestamp.json is replaced last, by one rename, when everything that it names is durable; no file
 * that a client may be reading is changed or removed. So a crash at any moment leaves the old
 * repository or the new one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "sign/key.h"

#define RV_REPO_ROOT_DAYS 365
#define RV_REPO_TARGETS_DAYS 365
#define RV_REPO_ONLINE_DAYS 90
#define RV_REPO_TIMESTAMP_DAYS 14
#define RV_REPO_KEEP_HOURS 48 /* files that nothing names any more */

/*
 * The keys of a folder. root and targets may be away (then not even their public half need be
 * there); online signs the ABI roles where there is no key abi; old_root ("root-old") is the one
 * before, to change the root key.
 */
struct rv_repo_keys {
	struct rv_signer root, targets, online, abi, old_root;
	bool has_root, has_targets, has_abi, has_old_root; /* at least their public half is here */
};
struct rv_repo_commands { /* argv that sign in place of a key file; NULL: none */
	const char *const *root, *const *targets, *const *online, *const *abi;
};
void rv_repo_keys_release(struct rv_repo_keys *keys);
int rv_repo_keys_read(int keys_fd, const struct rv_repo_commands *commands,
    struct rv_repo_keys *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * Makes these keys ("root", "targets", "online", "abi") in the folder; RV_INPUT when one of them is
 * there.
 */
int rv_repo_keys_generate(int keys_fd, const char *const *names, size_t n, struct rv_error *err)
    RV_MUST_CHECK;
extern const char *const rv_repo_key_names[3]; /* root, targets, online */

struct rv_repo_make {
	int repo_fd;
	int packages_fd; /* holds a folder for each ABI (with hyphens) */
	const struct rv_repo_keys *keys;
	int64_t now_s;
	bool refresh;		  /* renew all that the on-line key signs */
	const char *command;	  /* for the lock's message; NULL: "ravenadm" */
	const struct rv_log *log; /* NULL: none */
};
struct rv_repo_made {
	bool changed;
	size_t n_abis, n_packages; /* in the catalogues now */
	size_t n_new, n_removed;   /* package files published and removed by this run */
	int64_t timestamp_version, root_version;
	int64_t expires_s; /* soonest end of validity */
	char expires_file[320];
};
/*
 * Publishes. Nothing is written when nothing changed and refresh was not asked for. A key that is
 * needed and not there is RV_INPUT, saying which and why. A changed root, targets or online key
 * leads to the next version of root if the root key is there.
 */
int rv_repo_make(const struct rv_repo_make *how, struct rv_repo_made *out, struct rv_error *err)
    RV_MUST_CHECK;
