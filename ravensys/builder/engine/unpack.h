/* SPDX-License-Identifier: ISC */
/*
 * Package trees: each package that slots use is unpacked once into TREES/CONTENT-ID, owned by the
 * builder, read-only afterwards by agreement; a slot's root is an overlay of such trees. A tree
 * under its final name is whole.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

/*
 * Unpacks the package open at package_fd unless TREES has it already. content_id (hex) is what it
 * must have: RV_FORMAT when not. Two at once do no harm.
 */
int rv_unpack_tree(int package_fd, const char *name, const char *content_id, int trees_fd,
    struct rv_error *err) RV_MUST_CHECK;
