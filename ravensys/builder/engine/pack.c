/* SPDX-License-Identifier: ISC */
/*
 * Packing: check the plists, scan what is listed, then one package after the other. Nothing in a
 * package depends on the file system that the stage is on, on its times, or on the order of
 * anything but the request and the plists.
 */
#include "engine/pack.h"

#include <stdlib.h>
#include <string.h>

#include "archive/writer.h"
#include "base/alloc.h"
#include "base/vec.h"
#include "engine/pack_internal.h"
#include "pkg/files.h"
#include "pkg/ident.h"

static const char *const request_keys[] = {"abi", "builder", "categories", "contacts", "cpe",
    "groups", "input", "known_sonames", "level", "licence", "namebase", "options", "prefix",
    "recipe", "source_date_epoch", "subpackages", "system_root", "tools", "used", "users",
    "variant", "version", "www", NULL};
static const char *const subpackage_keys[] = {"comment", "description", "name", "requires", NULL};

static void rv_pack_release(struct rv_pack *p)
{
	for (size_t i = 0; i < p->n_subs; i++) {
		rv_vec_release(&p->subs[i].needed);
		rv_vec_release(&p->subs[i].provided);
		rv_vec_release(&p->subs[i].siblings);
	}
	rv_plist_release(&p->plist);
	rv_arena_release(&p->arena);
}

/* --- request */

static int read_subpackages(struct rv_pack *p, struct rv_error *err)
{
	const struct rv_json *list;

	if (rv_json_want_array(p->request, "subpackages", "pack request", &list, err) < 0)
		return -1;
	p->subs = rv_arena_alloc(&p->arena, (rv_json_count(list) + 1) * sizeof(*p->subs));
	p->names = rv_arena_alloc(&p->arena, (rv_json_count(list) + 1) * sizeof(*p->names));
	rv_json_each_item (list, it) {
		struct rv_pack_sub *s = &p->subs[p->n_subs];

		if (rv_json_only_keys(it.value, subpackage_keys, "pack request: subpackages", err) <
			0 ||
		    rv_json_want_string(
			it.value, "name", "pack request: subpackages", &s->name, err) < 0)
			return -1;
		if (!rv_subpackage_valid(rv_span_str(s->name)))
			return rv_fail(
			    err, RV_INPUT, "pack request: '%s' is no subpackage", s->name);
		s->request = it.value;
		p->names[p->n_subs++] = s->name;
	}
	return 0;
}

static int read_request(struct rv_pack *p, struct rv_error *err)
{
	const struct {
		const char *key, **out;
	} must[] = {{"namebase", &p->namebase}, {"variant", &p->variant}, {"version", &p->version},
	    {"abi", &p->abi}, {"prefix", &p->prefix}, {"system_root", &p->system_root}};

	if (rv_json_only_keys(p->request, request_keys, "pack request", err) < 0)
		return -1;
	for (size_t i = 0; i < RV_COUNT(must); i++)
		if (rv_json_want_string(p->request, must[i].key, "pack request", must[i].out, err) <
		    0)
			return -1;
	return read_subpackages(p, err);
}

static int read_plists(struct rv_pack *p, struct rv_error *err)
{
	for (size_t i = 0; i < p->n_subs; i++) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PLIST_MAX_BYTES),
					      name = RV_BUF_INIT(200);
		int rc;

		rv_buf_addf(&name, ".manifest.%s.mktmp", p->names[i]);
		rc = rv_file_read(p->dirs->work, rv_buf_str(&name), &text, err);
		if (rc < 0)
			return -1;
		if (rc > 0)
			return rv_fail(err, RV_BUILD, "%s: missing: did the phase stage end well?",
			    rv_buf_str(&name));
		rv_plist_read(&p->plist, i, rv_buf_span(&text), p->report);
	}
	return 0;
}

/* Everything up to a stage that is known to fit its plists. */
static int begin(struct rv_pack *p, struct rv_error *err)
{
	if (read_request(p, err) < 0)
		return -1;
	rv_plist_init(&p->plist, p->prefix, p->names);
	if (read_plists(p, err) < 0 ||
	    rv_plist_check(&p->plist, p->dirs->stage, p->report, err) < 0)
		return rv_context(err, "%s:%s", p->namebase, p->variant);
	if (p->plist.n_faults)
		return rv_fail(err, RV_BUILD, "%s:%s: plists and stage do not fit (%zu faults)",
		    p->namebase, p->variant, p->plist.n_faults);
	return 0;
}

int rv_pack_check_plist(const struct rv_json *request, const struct rv_pack_dirs *dirs,
    struct rv_buf *report, struct rv_error *err)
{
	rv_auto(rv_pack) struct rv_pack p = {.request = request, .dirs = dirs, .report = report};

	return begin(&p, err);
}

/* --- entries of one package */

struct content {
	struct {
		struct rv_file_entry *v;
		size_t n, cap;
	} entries;
	struct {
		struct rv_package_content *v;
		size_t n, cap;
	} sources;
	struct rv_map paths;  /* of entries: listed folders win over implied ones */
	struct rv_map inodes; /* "dev:ino" -> entry of the first name */
};

static void rv_content_release(struct content *c)
{
	rv_vec_release(&c->entries);
	rv_vec_release(&c->sources);
	rv_map_release(&c->paths);
	rv_map_release(&c->inodes);
}

static struct rv_file_entry to_entry(const struct rv_plist_entry *from)
{
	struct rv_file_entry e = {.path = from->path, .owner = from->owner, .group = from->group};
	uint32_t usual = 0755;

	if (from->kind == RV_PLIST_DIR) {
		e.type = RV_ENTRY_DIR;
	} else if (from->target) {
		e.type = RV_ENTRY_LINK;
		e.target = rv_span_str(from->target);
	} else {
		/* the stage decides what is executable and nothing else */
		usual = from->stat.mode & 0100 ? 0755 : 0644;
		e.flags = from->kind == RV_PLIST_CONFIG ? RV_FILE_CONFIG : 0;
	}
	e.mode = from->mode == RV_MODE_DEFAULT ? usual : from->mode;
	return e;
}

static void add_entry(
    struct content *c, const struct rv_file_entry *e, const struct rv_plist_entry *from)
{
	struct rv_plist_entry *mark = NULL;

	memcpy(&mark, &from, sizeof(mark)); /* the map's values are not const; it is only read */
	if (rv_map_put(&c->paths, e->path, mark))
		return;
	rv_vec_push(&c->entries, *e);
}

/* Folders above what is listed belong to the package too. */
static void add_parents(struct rv_pack *p, struct content *c, const struct rv_plist_entry *from)
{
	struct rv_span path = from->path;

	for (size_t at = rv_span_rfind(path, '/'); at < path.n; at = rv_span_rfind(path, '/')) {
		struct rv_file_entry dir = {.type = RV_ENTRY_DIR, .mode = 0755};

		path = rv_span_sub(path, 0, at);
		if (rv_map_get(&c->paths, path))
			return;
		dir.path = rv_arena_span(&p->arena, path);
		add_entry(c, &dir, from);
	}
}

static void collect(struct rv_pack *p, size_t sub, struct content *c)
{
	/* listed folders first: they may have an owner and mode of their own */
	for (int folders = 1; folders >= 0; folders--)
		rv_vec_each (&p->plist.entries, it) {
			const struct rv_plist_entry *from = *it;
			struct rv_file_entry e = to_entry(from);

			if (from->sub == sub && (from->kind == RV_PLIST_DIR) == folders)
				add_entry(c, &e, from);
		}
	rv_vec_each (&p->plist.entries, it)
		if ((*it)->sub == sub)
			add_parents(p, c, *it);
	rv_vec_sort(&c->entries, rv_file_entry_cmp);
}

static bool same_looks(const struct rv_file_entry *a, const struct rv_file_entry *b)
{
	return a->mode == b->mode && a->flags == b->flags && rv_span_eq(a->owner, b->owner) &&
	       rv_span_eq(a->group, b->group);
}

/* The second name of an inode within the package becomes a hard link to the first. */
static void find_hard_links(struct rv_pack *p, struct content *c)
{
	rv_vec_each (&c->entries, e) {
		const struct rv_plist_entry *from = rv_map_get(&c->paths, e->path);
		struct rv_file_entry *first;
		struct rv_span key;

		if (e->type != RV_ENTRY_FILE || from->kind != RV_PLIST_FILE || from->stat.nlink < 2)
			continue;
		key = rv_span_str(rv_arena_fmt(&p->arena, "%llu:%llu",
		    (unsigned long long)from->stat.dev, (unsigned long long)from->stat.ino));
		first = rv_map_get(&c->inodes, key);
		if (!first) {
			rv_map_put(&c->inodes, key, e);
		} else if (same_looks(first, e)) {
			e->type = RV_ENTRY_HARDLINK;
			e->target = first->path;
		}
	}
}

static void find_sources(const struct rv_pack *p, struct content *c)
{
	rv_vec_each (&c->entries, e) {
		const struct rv_plist_entry *from = rv_map_get(&c->paths, e->path);

		rv_vec_push(
		    &c->sources, (struct rv_package_content){p->dirs->stage, from->content});
	}
}

/* --- one package */

static int read_level(const struct rv_pack *p)
{
	int64_t level = 0;

	if (!rv_json_int(rv_json_get(p->request, "level"), &level) || level < 0 || level > 22)
		return 0;
	return (int)level;
}

static struct rv_json *result_of(const struct rv_manifest *m, const char *name, const char *file,
    const struct rv_package_made *made)
{
	struct rv_json *o = rv_json_new_object(), *requires = rv_json_new_array();
	struct rv_json *sonames = rv_json_new_array();
	char hex[RV_SHA256_HEX_BYTES];

	rv_json_set_string(o, "name", name);
	rv_json_set_string(o, "version", m->version);
	rv_json_set_string(o, "file", file);
	rv_sha256_hex(&made->content_id, hex);
	rv_json_set_string(o, "content_id", hex);
	rv_sha256_hex(&made->sha256, hex);
	rv_json_set_string(o, "sha256", hex);
	rv_json_set_int(o, "size", (int64_t)made->bytes);
	for (size_t i = 0; i < m->requires.n; i++)
		rv_json_append_string(requires, m->requires.v[i].name);
	for (size_t i = 0; i < m->provides_sonames.n; i++)
		rv_json_append_string(sonames, m->provides_sonames.v[i]);
	rv_json_set(o, "requires", requires);
	rv_json_set(o, "sonames", sonames);
	return o;
}

static int write_package(struct rv_pack *p, struct rv_manifest *m, struct rv_build *b,
    struct content *c, struct rv_json *result, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_IDENT_MAX_BYTES),
				      file = RV_BUF_INIT(256);
	struct rv_ident id = rv_manifest_ident(m);
	struct rv_package_made made;
	struct rv_package_spec spec = {
	    .manifest = m,
	    .build = b,
	    .entries = c->entries.v,
	    .contents = c->sources.v,
	    .n_entries = c->entries.n,
	    .level = read_level(p),
	};

	rv_ident_add_name(&id, &name);
	rv_ident_add_file(&id, &file);
	if (rv_buf_check(&name, "package name", err) < 0 ||
	    rv_buf_check(&file, "package file name", err) < 0)
		return -1;
	if (rv_package_create(&spec, p->dirs->out, rv_buf_str(&file), &made, err) < 0)
		return -1;
	rv_json_append(result, result_of(m, rv_buf_str(&name), rv_buf_str(&file), &made));
	return 0;
}

static int pack_one(struct rv_pack *p, size_t sub, struct rv_json *result, struct rv_error *err)
{
	rv_auto(rv_content) struct content c = {0};
	rv_auto(rv_manifest) struct rv_manifest m = {0};
	rv_auto(rv_build) struct rv_build b = {0};

	if (rv_pack_manifest(p, sub, &m, err) < 0 || rv_pack_build(p, &b, err) < 0 ||
	    rv_pack_resolve(p, &p->subs[sub], &m, err) < 0)
		return -1;
	collect(p, sub, &c);
	find_hard_links(p, &c);
	find_sources(p, &c);
	return write_package(p, &m, &b, &c, result, err);
}

int rv_pack_run(const struct rv_json *request, const struct rv_pack_dirs *dirs,
    struct rv_json **out, struct rv_buf *report, struct rv_error *err)
{
	rv_auto(rv_pack) struct rv_pack p = {.request = request, .dirs = dirs, .report = report};
	rv_autofree(rv_json) struct rv_json *result = rv_json_new_array();

	if (begin(&p, err) < 0)
		return -1;
	if (rv_pack_scan(&p, err) < 0)
		return rv_context(err, "%s:%s", p.namebase, p.variant);
	for (size_t i = 0; i < p.n_subs; i++)
		if (pack_one(&p, i, result, err) < 0)
			return rv_context(err, "%s:%s", p.namebase, p.variant);
	*out = result;
	result = NULL;
	return 0;
}
