/* SPDX-License-Identifier: ISC */
/*
 * The texts of manifests/: lists of the files of a subpackage, one path or "@keyword ..." a line.
 * A buildsheet holds them compressed: "dir/" once, then " file" for each path in it, when the list
 * has more than one path in that folder; other lines as they are.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/*
 * Spaces around a line go; a list without lines becomes a comment that says so. RV_INPUT
 * "WHAT:LINE: reason" for an empty line before the last one.
 */
int rv_filelist_compress(
    struct rv_span text, const char *what, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
/* Never fails: every text has a meaning. A path that ends in a slash stays one. */
void rv_filelist_decompress(struct rv_span text, struct rv_buf *out);
/*
 * The list whose compressed form this is: as decompress gives it, but nothing for the comment of an
 * empty list.
 */
void rv_filelist_source(struct rv_span text, struct rv_buf *out);
/*
 * The normal form: comments, info pages, samples, shells and services; files without folder;
 * folders by name and in each its files by name; other keywords. Lines of @mode, @owner and @group
 * become the @(owner,group,mode) of the paths behind them; what comes twice stays once.
 */
void rv_filelist_sort(struct rv_span text, struct rv_buf *out);
