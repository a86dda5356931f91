/* SPDX-License-Identifier: ISC */
/*
 * From a slot's result to final names and the record. The old record goes before the first rename
 * and the new one comes after the last, so that a kill in between leads to another build, never to
 * a record that names other content.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "os/clock.h"
#include "os/file.h"
#include "pkg/ident.h"

void rv_publish_add_inputs(struct rv_record *r, const struct rv_inputs *inputs)
{
	char hex[RV_SHA256_HEX_BYTES];

	for (size_t i = 0; i < inputs->n; i++) {
		rv_sha256_hex(&inputs->v[i].digest, hex);
		rv_vec_push(&r->inputs,
		    (struct rv_record_input){rv_arena_strdup(&r->arena, inputs->v[i].name),
			rv_arena_strdup(&r->arena, hex)});
	}
}

int rv_publish_record(struct rv_engine *e, const struct rv_node *node, const char *digest,
    const struct rv_json *packages, struct rv_record **out, struct rv_error *err)
{
	rv_autofree(rv_record) struct rv_record *r = rv_record_new();
	struct rv_inputs inputs;

	r->digest = rv_arena_strdup(&r->arena, digest);
	if (rv_verdict_inputs(&e->graph, node, &inputs, err) < 0)
		return -1;
	rv_publish_add_inputs(r, &inputs);
	rv_inputs_release(&inputs);
	rv_json_each_item (packages, it)
		if (rv_record_add_package(r, it.value, err) < 0)
			return rv_context(err, "pack result");
	*out = r;
	r = NULL;
	return 0;
}

static bool makes_file(const struct rv_record *record, const char *file)
{
	rv_vec_each (&record->packages, p)
		if (strcmp(p->file, file) == 0)
			return true;
	return false;
}

static int move_in(
    struct rv_engine *e, const char *incoming, const struct rv_record *record, struct rv_error *err)
{
	rv_auto_fd dir = -1;

	if (rv_dir_open(e->packages_fd, incoming, &dir, err) != 0)
		return -1;
	rv_vec_each (&record->packages, p)
		if (rv_file_rename(dir, p->file, e->packages_fd, p->file, RV_RENAME_OVER, err) != 0)
			return rv_context(err, "publish %s", p->file);
	return rv_fd_sync(e->packages_fd, "packages folder", err);
}

struct sweep {
	const struct rv_node *node;
	const struct rv_record *record;
};

static int sweep_one(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	const struct sweep *s = ctx;
	struct rv_ident id;

	if (entry->kind != RV_FILE || makes_file(s->record, entry->name) ||
	    rv_ident_parse_file(rv_span_str(entry->name), &id, NULL) < 0)
		return 0;
	if (!rv_span_is(id.namebase, s->node->namebase) ||
	    !rv_span_is(id.variant, s->node->variant))
		return 0;
	return rv_file_unlink(dirfd, entry->name, err) < 0 ? -1 : 0;
}

/* By what is there, not by the old record: a run that was killed at this point has left none. */
static int drop_old(const struct rv_engine *e, const struct rv_node *node,
    const struct rv_record *record, struct rv_error *err)
{
	struct sweep s = {node, record};

	return rv_dir_each(e->packages_fd, ".", sweep_one, &s, err);
}

static int fill_packages(
    const struct rv_record *record, struct rv_built *built, struct rv_error *err)
{
	rv_vec_each (&record->packages, p) {
		struct rv_built_package *b = rv_vec_add(&built->packages);

		b->name = p->file;
		if (!rv_sha256_parse(rv_span_str(p->content_id), &b->content_id))
			return rv_fail(err, RV_FORMAT, "%s: content id %s", p->file, p->content_id);
	}
	return 0;
}

int rv_publish_put(struct rv_engine *e, const struct rv_node *node, const struct rv_record *record,
    int64_t elapsed_ms, int64_t peak_memory_bytes, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf facts = RV_BUF_INIT((size_t)64 * 1024 * 1024);
	rv_autofree(rv_json) struct rv_json *o = rv_record_to_json(record);
	struct rv_built built = {
	    .port = node->key,
	    .seconds = (elapsed_ms + 999) / 1000,
	    .memory_kib = peak_memory_bytes / 1024,
	    .phases = "{}",
	    .ended_s = rv_clock_now_s(),
	};
	int r;

	rv_json_compact(o, &facts);
	if (rv_buf_check(&facts, "build record", err) < 0)
		return -1;
	built.facts = rv_buf_str(&facts);
	if (!rv_sha256_parse(rv_span_str(record->digest), &built.input))
		return rv_fail(err, RV_BUG, "%s: input digest %s", node->key, record->digest);
	r = fill_packages(record, &built, err);
	if (r == 0)
		r = rv_builds_put(e->builds, &built, err);
	rv_vec_release(&built.packages);
	return r;
}

int rv_publish_packages(struct rv_engine *e, const struct rv_publish *how,
    const struct rv_record *record, struct rv_error *err)
{
	struct rv_node *node = &e->graph.nodes.v[how->node];

	if (rv_builds_forget(e->builds, node->key, err) < 0)
		return -1;
	if (move_in(e, how->incoming, record, err) < 0 || drop_old(e, node, record, err) < 0)
		return -1;
	return rv_publish_put(e, node, record, how->elapsed_ms, how->peak_memory_bytes, err);
}
