/* SPDX-License-Identifier: ISC */
/*
 * The inputs of a port other than the packages in its slot: the recipe and its files, the mk/ files
 * that it reads by content, platform and profile facts, versions of the host's tools. Never paths,
 * job counts, host or user names.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "engine/graph.h"
#include "engine/host.h"

struct rv_inputs_env {
	int mk_fd;
	const char *mk_path;  /* absolute, for make */
	struct rv_host *host; /* NULL: no host mode */
	const struct rv_platform *platform;
	const char *abi;
	const char *prefix;
	struct rv_map mk_digests; /* name in mk/ to struct rv_sha256 *, filled on demand */
	struct rv_arena arena;	  /* of the map */
};

void rv_inputs_env_release(struct rv_inputs_env *env);

/* Fills node->inputs; its recipe is open. make says which files of mk/ are read. */
int rv_inputs_of_node(struct rv_inputs_env *env, struct rv_node *node, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * The same, good for comparing with node->record alone: of mk/ it takes the files that the record
 * names, without asking make. Equal to the record exactly when the others would be: what make reads
 * follows from the Makefile, the platform and the files that it has read.
 */
int rv_inputs_by_record(struct rv_inputs_env *env, struct rv_node *node, struct rv_error *err)
    RV_MUST_CHECK;

#define RV_PLATFORM_MAKE_ARGS 7
/* The six platform values as NAME=VALUE and NULL, for every call of make. */
void rv_platform_make_args(
    const struct rv_platform *p, struct rv_arena *arena, const char *out[RV_PLATFORM_MAKE_ARGS]);
