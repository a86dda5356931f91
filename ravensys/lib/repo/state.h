/* SPDX-License-Identifier: ISC */
/* Inside lib/repo: the files of a client's trusted state and their names. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "repo/client.h"
#include "sign/role.h"

#define RV_REPO_TUF_DIR "tuf"
#define RV_REPO_CATALOG_DIR "catalog"
#define RV_REPO_PACKAGE_DIR "packages"
#define RV_REPO_CATALOG_TARGET "catalog.sqlite.zst"

/* Makes the folders beneath db_fd or cache_fd and opens them. */
int rv_repo_state_dir(const struct rv_repo_place *place, int *out_fd, struct rv_error *err)
    RV_MUST_CHECK;
int rv_repo_cache_dir(const struct rv_repo_place *place, const char *name, int *out_fd,
    struct rv_error *err) RV_MUST_CHECK;
/* "NAME-SHA256.sqlite" */
void rv_repo_catalog_name(
    const struct rv_repo_conf *conf, const struct rv_sha256 *sum, struct rv_buf *out);
/* "ABI/catalog.sqlite.zst" */
void rv_repo_catalog_target(const struct rv_repo_conf *conf, struct rv_buf *out);
/* Removes every unpacked catalogue of this repository but keep (NULL: all). */
int rv_repo_catalog_clean(const struct rv_repo_conf *conf, int dirfd, const char *keep,
    struct rv_error *err) RV_MUST_CHECK;
