/* SPDX-License-Identifier: ISC */
/*
 * What a port last made. The history says it; it is a cache: a port that it never knew of (the file
 * was lost, or is of another machine) is read from +BUILD of the packages under their final names.
 * A port that it has forgotten was being published when the run ended: its packages may be of two
 * builds, and are not believed.
 */
#include "archive/reader.h"
#include "engine/internal.h"
#include "os/file.h"
#include "pkg/ident.h"

static bool packages_there(const struct rv_engine *e, const struct rv_record *record)
{
	struct rv_stat st;

	rv_vec_each (&record->packages, p)
		if (rv_file_stat(e->packages_fd, p->file, &st, NULL) != 0 || st.kind != RV_FILE ||
		    st.size != (uint64_t)p->size)
			return false;
	return true;
}

static void take_package(struct rv_record *r, struct rv_record_package *p,
    const struct rv_package *package, const char *digest)
{
	const struct rv_manifest *m = rv_package_manifest(package);
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(rv_package_content_id(package), hex);
	p->content_id = rv_arena_strdup(&r->arena, hex);
	p->version = rv_arena_strdup(&r->arena, m->version);
	for (size_t i = 0; i < m->requires.n; i++)
		rv_vec_push(&p->requires, rv_arena_strdup(&r->arena, m->requires.v[i].name));
	for (size_t i = 0; i < m->provides_sonames.n; i++)
		rv_vec_push(&p->sonames, rv_arena_strdup(&r->arena, m->provides_sonames.v[i]));
	if (!r->digest)
		r->digest = rv_arena_strdup(&r->arena, digest);
}

/*
 * false: there is no such package, it cannot be read, or it is of another build than those before.
 */
static bool infer_package(const struct rv_engine *e, const struct rv_ident *id, struct rv_record *r)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_IDENT_MAX_BYTES),
				      file = RV_BUF_INIT(RV_IDENT_MAX_BYTES + 8);
	rv_autofree(rv_package) struct rv_package *package = NULL;
	struct rv_record_package *p = rv_vec_add(&r->packages);
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_stat st;
	rv_auto_fd fd = -1;

	rv_ident_add_name(id, &name);
	rv_ident_add_file(id, &file);
	p->name = rv_arena_strdup(&r->arena, rv_buf_str(&name));
	p->file = rv_arena_strdup(&r->arena, rv_buf_str(&file));
	if (rv_file_open(e->packages_fd, p->file, &fd, NULL) != 0 ||
	    rv_file_fstat(fd, &st, NULL) < 0 || rv_package_open(fd, p->file, &package, NULL) < 0)
		return false;
	p->size = (int64_t)st.size;
	rv_sha256_hex(&rv_package_build(package)->input, hex);
	take_package(r, p, package, hex);
	return strcmp(r->digest, hex) == 0;
}

static struct rv_ident ident_of(const struct rv_node *node, uint32_t subpackage)
{
	return (struct rv_ident){rv_span_str(node->namebase),
	    rv_span_str(rv_scan_at(&node->subpackages, subpackage)), rv_span_str(node->variant),
	    rv_span_str(node->pkgversion)};
}

/* Packages of another version than the recipe's are of no use: it must be built anyway. */
static void infer_record(const struct rv_engine *e, struct rv_node *node)
{
	rv_autofree(rv_record) struct rv_record *r = rv_record_new();

	r->inferred = true;
	for (uint32_t i = 0; i < node->subpackages.n; i++) {
		const struct rv_ident id = ident_of(node, i);

		if (!infer_package(e, &id, r))
			return;
	}
	if (!r->packages.n)
		return;
	node->packages_there = true;
	node->record = r;
	r = NULL;
}

static int recall_known(struct rv_engine *e, struct rv_node *node, struct rv_error *err)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	rv_autofree(rv_json) struct rv_json *o = NULL;
	struct rv_built built = {0};
	int r = rv_builds_get(e->builds, node->key, &arena, &built, err);

	if (r != 0)
		return r < 0 ? -1 : 0;
	/* a record of another form is as good as none */
	if (rv_json_parse(rv_span_str(built.facts), node->key, &o, NULL) < 0 ||
	    rv_record_from_json(o, &node->record, NULL) < 0)
		return 0;
	node->packages_there = packages_there(e, node->record);
	return 0;
}

/* --- all at once: most of a tree was never built */
struct known {
	struct rv_arena arena;
	struct rv_map ports; /* of the history */
	struct rv_map files; /* of the packages folder */
};

static void keep_name(struct known *k, struct rv_map *map, const char *name)
{
	rv_map_put(map, rv_span_str(rv_arena_strdup(&k->arena, name)), k);
}

static int add_port(void *ctx, const char *port, struct rv_error *err RV_UNUSED)
{
	struct known *k = ctx;

	keep_name(k, &k->ports, port);
	return 0;
}

static int add_file(void *ctx, int dirfd RV_UNUSED, const struct rv_dir_entry *entry,
    struct rv_error *err RV_UNUSED)
{
	struct known *k = ctx;

	if (entry->kind == RV_FILE && rv_span_ends(rv_span_str(entry->name), RV_SPAN_LIT(".rvn")))
		keep_name(k, &k->files, entry->name);
	return 0;
}

static void known_release(struct known *k)
{
	rv_map_release(&k->ports);
	rv_map_release(&k->files);
	rv_arena_release(&k->arena);
}

static int look(struct rv_engine *e, struct known *k, struct rv_error *err)
{
	if (e->builds && rv_builds_each_port(e->builds, add_port, k, err) < 0)
		return -1;
	if (e->packages_fd < 0)
		return 0;
	return rv_dir_each(e->packages_fd, ".", add_file, k, err);
}

static bool has_first_package(const struct known *k, const struct rv_node *node)
{
	rv_auto(rv_buf) struct rv_buf file = RV_BUF_INIT(RV_IDENT_MAX_BYTES + 8);
	struct rv_ident id;

	if (!node->subpackages.n || !rv_map_count(&k->files))
		return false;
	id = ident_of(node, 0);
	rv_ident_add_file(&id, &file);
	return rv_map_get(&k->files, rv_buf_span(&file));
}

static int recall_node(
    struct rv_engine *e, const struct known *k, struct rv_node *node, struct rv_error *err)
{
	if (node->ignore)
		return 0;
	if (rv_map_get(&k->ports, rv_span_str(node->key))) {
		if (recall_known(e, node, err) < 0)
			return -1;
	} else if (has_first_package(k, node)) {
		infer_record(e, node);
	}
	rv_graph_publish(&e->graph, node);
	return 0;
}

int rv_recall_all(struct rv_engine *e, struct rv_error *err)
{
	struct known k = {0};
	int r = look(e, &k, err);

	if (rv_map_count(&k.ports) || rv_map_count(&k.files))
		for (size_t i = 0; i < e->graph.nodes.n && r == 0; i++)
			r = recall_node(e, &k, &e->graph.nodes.v[i], err);
	known_release(&k);
	return r;
}

int rv_engine_has_builds(struct rv_engine *e, bool *out, struct rv_error *err)
{
	struct known k = {0};
	int r = look(e, &k, err);

	*out = rv_map_count(&k.ports) || rv_map_count(&k.files);
	known_release(&k);
	return r;
}

int rv_recall_keep(struct rv_engine *e, struct rv_node *node, struct rv_error *err)
{
	struct rv_inputs inputs;

	if (!node->record || !node->record->inferred)
		return 0;
	if (rv_verdict_inputs(&e->graph, node, &inputs, err) < 0)
		return -1;
	rv_publish_add_inputs(node->record, &inputs);
	rv_inputs_release(&inputs);
	node->record->inferred = false;
	return rv_publish_put(e, node, node->record, 0, 0, err);
}
