/* SPDX-License-Identifier: ISC */
/*
 * Recipe trees: folders with bucket_XX/NAMEBASE/specification, or compiled ones, where
 * bucket_XX/NAMEBASE is a buildsheet (sheet.h); a port is told apart by what is there. Several with
 * precedence: the first that has the port wins.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "port/port.h"

#define RV_TREE_MK "Mk" /* a tree's own make framework, in a checkout of compiled recipes */

struct rv_tree {
	char *path; /* as the user gave it; "buckets" */
	int fd;
};

struct rv_trees {
	struct rv_tree *v;
	size_t n, cap;
};

void rv_trees_release(struct rv_trees *t);
/* Adds a tree behind those that are there. RV_INPUT naming the path when it is no folder. */
int rv_trees_add(struct rv_trees *t, const char *path, struct rv_error *err) RV_MUST_CHECK;

/* TREE/bucket_XX/NAMEBASE, without TREE when it is NULL; the caller frees. */
char *rv_tree_place(const char *tree, const char *namebase) RV_MUST_CHECK;

/* Where a port is. */
struct rv_found_port {
	const struct rv_tree *tree;
	char folder[160]; /* below the tree: bucket_XX/NAMEBASE */
	bool compiled;	  /* that is a buildsheet, not a folder */
};

struct rv_origin {
	char namebase[128];
	char variant[32];
};

/* "NAMEBASE[:VARIANT]", variant std when it has none. RV_INPUT says what the form is. */
int rv_origin_parse(const char *text, struct rv_origin *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * Finds the port. RV_INPUT when no tree has it: the message names the trees and the nearest names
 * that they have.
 */
int rv_trees_find(const struct rv_trees *t, const char *namebase, struct rv_found_port *out,
    struct rv_error *err) RV_MUST_CHECK;

/* Finds and loads at once. The trees outlive the port, whose files are in them. */
int rv_trees_load(const struct rv_trees *t, const char *namebase,
    const struct rv_port_context *context, struct rv_problems *problems, struct rv_port **out,
    struct rv_error *err) RV_MUST_CHECK;

/*
 * Every namebase of all trees, each once, sorted. A callback result other than 0 ends it and is
 * returned.
 */
int rv_trees_each(const struct rv_trees *t,
    int (*each)(void *ctx, const char *namebase, struct rv_error *err), void *ctx,
    struct rv_error *err) RV_MUST_CHECK;
