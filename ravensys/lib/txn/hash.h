/* SPDX-License-Identifier: ISC */
/* SHA-256 of a file that is there now. */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/digest.h"

/* 0, RV_ABSENT, RV_NOT_A_FILE (a link, a folder, a device), < 0. path is for messages. */
enum { RV_NOT_A_FILE = 4 };
int rv_txn_hash(int dirfd, const char *name, const char *path, struct rv_sha256 *out,
    struct rv_error *err) RV_MUST_CHECK;
