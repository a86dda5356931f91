/* SPDX-License-Identifier: ISC */
/*
 * From a slot's result to final names and the record. The old record goes before the first rename
 * and the new one comes after the last, so that a kill in between leads to another build, never to
 * a record that names other content.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader.h"
#include "engine/internal.h"
#include "os/clock.h"
#include "os/file.h"

static int manifest_facts(struct rv_engine *e, const char *incoming, struct rv_record *r,
    struct rv_record_package *p, struct rv_error *err)
{
	rv_autofree(rv_package) struct rv_package *package = NULL;
	rv_auto_fd dir = -1, fd = -1;
	const struct rv_manifest *m;
	int got;

	if (rv_dir_open(e->packages_fd, incoming, &dir, err) != 0)
		return rv_fail(err, RV_BUILD, "%s: missing after packing", incoming);
	got = rv_file_open(dir, p->file, &fd, err);
	if (got > 0)
		return rv_fail(err, RV_BUILD, "%s/%s: missing after packing", incoming, p->file);
	if (got < 0)
		return -1;
	if (rv_package_open(fd, p->file, &package, err) < 0)
		return -1;
	m = rv_package_manifest(package);
	for (size_t i = 0; i < m->requires.n; i++)
		rv_vec_push(&p->requires, rv_arena_strdup(&r->arena, m->requires.v[i].name));
	for (size_t i = 0; i < m->provides_sonames.n; i++)
		rv_vec_push(&p->sonames, rv_arena_strdup(&r->arena, m->provides_sonames.v[i]));
	return 0;
}

static int take_package(struct rv_engine *e, const char *incoming, struct rv_record *r,
    const struct rv_json *o, struct rv_error *err)
{
	struct rv_record_package *p = rv_vec_add(&r->packages);
	const char *name, *version, *file, *content_id, *sha256;

	if (rv_json_want_string(o, "name", "pack result", &name, err) < 0 ||
	    rv_json_want_string(o, "version", "pack result", &version, err) < 0 ||
	    rv_json_want_string(o, "file", "pack result", &file, err) < 0 ||
	    rv_json_want_string(o, "content_id", "pack result", &content_id, err) < 0 ||
	    rv_json_want_string(o, "sha256", "pack result", &sha256, err) < 0 ||
	    rv_json_want_int(o, "size", "pack result", &p->size, err) < 0)
		return -1;
	p->name = rv_arena_strdup(&r->arena, name);
	p->version = rv_arena_strdup(&r->arena, version);
	p->file = rv_arena_strdup(&r->arena, file);
	p->content_id = rv_arena_strdup(&r->arena, content_id);
	p->sha256 = rv_arena_strdup(&r->arena, sha256);
	return manifest_facts(e, incoming, r, p, err);
}

int rv_publish_record(struct rv_engine *e, const struct rv_node *node, const char *incoming,
    const char *digest, const struct rv_json *packages, struct rv_record **out,
    struct rv_error *err)
{
	rv_autofree(rv_record) struct rv_record *r = rv_record_new();
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_inputs inputs;

	r->digest = rv_arena_strdup(&r->arena, digest);
	if (rv_verdict_inputs(&e->graph, node, &inputs, err) < 0)
		return -1;
	for (size_t i = 0; i < inputs.n; i++) {
		rv_sha256_hex(&inputs.v[i].digest, hex);
		rv_vec_push(&r->inputs,
		    (struct rv_record_input){rv_arena_strdup(&r->arena, inputs.v[i].name),
			rv_arena_strdup(&r->arena, hex)});
	}
	rv_inputs_release(&inputs);
	rv_json_each_item (packages, it)
		if (take_package(e, incoming, r, it.value, err) < 0)
			return -1;
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

static int drop_old(struct rv_engine *e, const struct rv_record *old,
    const struct rv_record *record, struct rv_error *err)
{
	if (!old)
		return 0;
	rv_vec_each (&old->packages, p)
		if (!makes_file(record, p->file) &&
		    rv_file_unlink(e->packages_fd, p->file, err) < 0)
			return -1;
	return 0;
}

static int put_record(struct rv_engine *e, const struct rv_node *node,
    const struct rv_record *record, int64_t elapsed_ms, int64_t peak_memory_bytes,
    struct rv_error *err)
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
	char name[600];
	int r;

	rv_json_compact(o, &facts);
	if (rv_buf_check(&facts, "build record", err) < 0)
		return -1;
	built.facts = rv_buf_str(&facts);
	if (!rv_sha256_parse(rv_span_str(record->digest), &built.input))
		return rv_fail(err, RV_BUG, "%s: input digest %s", node->key, record->digest);
	rv_vec_each (&record->packages, p) {
		struct rv_built_package *b = rv_vec_add(&built.packages);

		snprintf(name, sizeof(name), "%s~%s", p->name, p->version);
		b->name = p->file;
		if (!rv_sha256_parse(rv_span_str(p->content_id), &b->content_id))
			return rv_fail(err, RV_FORMAT, "%s: content id %s", name, p->content_id);
	}
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
	if (move_in(e, how->incoming, record, err) < 0 ||
	    drop_old(e, node->record, record, err) < 0)
		return -1;
	return put_record(e, node, record, how->elapsed_ms, how->peak_memory_bytes, err);
}

static bool packages_there(const struct rv_engine *e, const struct rv_record *record)
{
	struct rv_stat st;

	rv_vec_each (&record->packages, p)
		if (rv_file_stat(e->packages_fd, p->file, &st, NULL) != 0 || st.kind != RV_FILE ||
		    st.size != (uint64_t)p->size)
			return false;
	return true;
}

int rv_publish_recall(struct rv_engine *e, struct rv_node *node, struct rv_error *err)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	rv_autofree(rv_json) struct rv_json *o = NULL;
	struct rv_built built = {0};
	int r;

	if (!e->builds)
		return 0;
	r = rv_builds_get(e->builds, node->key, &arena, &built, err);
	if (r != 0)
		return r < 0 ? -1 : 0;
	/* a record of another form is as good as none */
	if (rv_json_parse(rv_span_str(built.facts), node->key, &o, NULL) < 0 ||
	    rv_record_from_json(o, &node->record, NULL) < 0)
		return 0;
	node->packages_there = packages_there(e, node->record);
	return 0;
}
