/* SPDX-License-Identifier: ISC */
/* The absolute path of an open folder, for the few libraries (SQLite) that insist on a path. */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* Appends the path of dirfd (RV_CWD: ".") as the process sees it now. Works without /proc. */
int rv_dir_path(int dirfd, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
