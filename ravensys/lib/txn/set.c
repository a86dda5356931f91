/* SPDX-License-Identifier: ISC */
/*
 * Building the set. Invariant: one node for each place where something really is; what any package
 * owns afterwards has a node with `now`, or is marked kept, so that nothing of it is ever removed.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/clock.h"
#include "txn/set.h"

enum { MAX_CONFLICTS = 10, CONFLICTS_MAX_BYTES = 64 * 1024 };

void rv_txn_set_release(struct rv_txn_set *s)
{
	for (size_t i = 0; s->items && i < s->plan->n_items; i++) {
		rv_vec_release(&s->items[i].now);
		rv_vec_release(&s->items[i].places);
	}
	rv_vec_each (&s->manifests, it)
		rv_manifest_release(*it);
	rv_vec_release(&s->manifests);
	rv_dirs_release(&s->dirs);
	rv_fd_release(&s->prefix_fd);
	rv_links_release(&s->links);
	rv_owners_release(&s->owners);
	rv_map_release(&s->affected);
	rv_map_release(&s->by_path);
	rv_vec_release(&s->nodes);
	rv_buf_release(&s->conflicts);
	rv_arena_release(&s->arena);
}

void rv_txn_conflict(struct rv_txn_set *s, const char *fmt, ...)
{
	va_list ap;

	if (s->n_conflicts++ >= MAX_CONFLICTS)
		return;
	if (s->conflicts.n > 0)
		rv_buf_add_char(&s->conflicts, '\n');
	va_start(ap, fmt);
	rv_buf_vaddf(&s->conflicts, fmt, ap);
	va_end(ap);
}

int rv_txn_conflicts(struct rv_txn_set *s, struct rv_error *err)
{
	if (s->n_conflicts == 0)
		return 0;
	if (s->n_conflicts > MAX_CONFLICTS)
		rv_buf_addf(&s->conflicts, "\nand %u more", s->n_conflicts - MAX_CONFLICTS);
	return rv_fail(err, RV_INPUT, "%s", rv_buf_str(&s->conflicts));
}

struct rv_txn_node *rv_txn_node_at(const struct rv_txn_set *s, struct rv_span path)
{
	return rv_map_get(&s->by_path, path);
}

struct rv_txn_set_item *rv_txn_affected(const struct rv_txn_set *s, int64_t package)
{
	return rv_map_get(&s->affected, rv_span((const char *)&package, sizeof(package)));
}

const char *rv_txn_package_name(struct rv_txn_set *s, int64_t package)
{
	struct rv_installed p;

	return rv_installed_by_id(s->env->db, package, &s->arena, &p, NULL) == 0
		   ? p.name
		   : "an installed package";
}

bool rv_txn_is_dir(const struct rv_file_entry *e)
{
	return e && e->type == RV_ENTRY_DIR;
}

static struct rv_txn_node *want_node(struct rv_txn_set *s, struct rv_span path)
{
	struct rv_txn_node *n = rv_map_get(&s->by_path, path);

	if (n)
		return n;
	n = rv_arena_alloc(&s->arena, sizeof(*n));
	n->path = rv_arena_span(&s->arena, path);
	n->name = rv_path_name(n->path);
	rv_map_put(&s->by_path, n->path, n);
	rv_vec_push(&s->nodes, n);
	return n;
}

/* --- what the plan brings and what it replaces */

static int load_old(struct rv_txn_set *s, struct rv_txn_set_item *it, struct rv_error *err)
{
	int rc = rv_installed_by_id(s->env->db, it->item->installed, &s->arena, &it->old, err);

	if (rc != 0)
		return rc < 0 ? -1
			      : rv_fail(err, RV_BUG, "no installed package has row %lld",
				    (long long)it->item->installed);
	it->old_name = it->old.name;
	rv_map_put(&s->affected, rv_span((const char *)&it->old.id, sizeof(it->old.id)), it);
	return rv_installed_places(s->env->db, it->old.id, &s->arena, &it->places, err);
}

static int load_new(struct rv_txn_set *s, struct rv_txn_set_item *it, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_IDENT_MAX_BYTES + 1);
	struct rv_ident id;

	it->manifest = rv_package_manifest(it->item->package);
	id = rv_manifest_ident(it->manifest);
	rv_ident_add_name(&id, &name);
	if (rv_buf_check(&name, "name of a package", err) < 0)
		return -1;
	it->name = rv_arena_strdup(&s->arena, rv_buf_str(&name));
	if (strcmp(it->manifest->prefix + strspn(it->manifest->prefix, "/"), s->prefix) != 0)
		return rv_fail(err, RV_INPUT, "%s: is made for the prefix %s, this root has /%s",
		    it->name, it->manifest->prefix, s->prefix);
	for (size_t i = 0; i < it->manifest->users.n; i++)
		if (it->manifest->users.v[i].uid >= 0)
			rv_owners_add_user(&s->owners, it->manifest->users.v[i].name,
			    (uint32_t)it->manifest->users.v[i].uid);
	for (size_t i = 0; i < it->manifest->groups.n; i++)
		if (it->manifest->groups.v[i].gid >= 0)
			rv_owners_add_group(&s->owners, it->manifest->groups.v[i].name,
			    (uint32_t)it->manifest->groups.v[i].gid);
	if (rv_files_read(rv_package_files_text(it->item->package),
		rv_package_name(it->item->package), &s->arena, &it->now, err) < 0)
		return -1;
	it->nodes = rv_arena_alloc(&s->arena, (it->now.n + 1) * sizeof(struct rv_txn_node *));
	return 0;
}

static int load_items(struct rv_txn_set *s, struct rv_error *err)
{
	s->items = rv_arena_alloc(&s->arena, (s->plan->n_items + 1) * sizeof(*s->items));
	for (size_t i = 0; i < s->plan->n_items; i++) {
		struct rv_txn_set_item *it = &s->items[i];

		it->item = &s->plan->items[i];
		if (it->item->installed != 0 && load_old(s, it, err) < 0)
			return -1;
		if (it->item->package && load_new(s, it, err) < 0)
			return -1;
		if (!it->name)
			it->name = it->old_name;
		if (!it->name)
			return rv_fail(
			    err, RV_BUG, "a step of the plan has neither an old nor a new package");
	}
	return 0;
}

/* --- links of folders, as they will be */

static int load_links(struct rv_txn_set *s, struct rv_error *err)
{
	struct rv_owned_list owned = {0};
	int rc = rv_installed_links(s->env->db, &s->arena, &owned, err);

	rv_vec_each (&owned, o) {
		if (rc < 0 || rv_txn_affected(s, o->package))
			continue;
		rv_links_add(&s->links,
		    rv_span_str(rv_arena_fmt(&s->arena, "%s/%s", o->folder, o->name)),
		    rv_span_str(o->target), o->package);
	}
	rv_vec_release(&owned);
	for (size_t i = 0; rc == 0 && i < s->plan->n_items; i++)
		rv_vec_each (&s->items[i].now, e)
			if (e->type == RV_ENTRY_LINK)
				rv_links_add(&s->links, e->path, e->target, -1 - (int64_t)i);
	return rc;
}

/* --- nodes */

static void take_new(struct rv_txn_set *s, size_t item, size_t k, struct rv_txn_node *n)
{
	const struct rv_file_entry *e = &s->items[item].now.v[k];

	s->items[item].nodes[k] = n;
	if (!n->now) {
		n->now = e;
		n->item = item;
	} else if (!rv_txn_is_dir(n->now) || !rv_txn_is_dir(e)) {
		rv_txn_conflict(s, "%s: both %s and %s bring it", n->path.p, s->items[n->item].name,
		    s->items[item].name);
	}
}

/* Names that no package may bring: what rvn itself keeps, and its temporaries. */
static bool is_ours(const struct rv_txn_set *s, struct rv_span path)
{
	static const char *const folders[] = {"/var/db/rvn", "/var/cache/rvn"};
	struct rv_span below = rv_span_from(path, s->links.prefix.n), rest = path, part;

	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (rv_path_beneath(below, rv_span_str(folders[i])))
			return true;
	while (rv_span_next(&rest, '/', &part))
		if (rv_span_starts(part, RV_SPAN_LIT(".rvn-")))
			return true;
	return false;
}

static int add_new(struct rv_txn_set *s, size_t item, struct rv_error *err)
{
	struct rv_txn_set_item *it = &s->items[item];
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(RV_PATH_MAX_BYTES * 2);

	for (size_t k = 0; k < it->now.n; k++) {
		const struct rv_file_entry *e = &it->now.v[k];
		bool dir = rv_txn_is_dir(e);
		struct rv_span folder = dir ? e->path : rv_path_folder(e->path), really;

		if (!rv_path_beneath(e->path, s->links.prefix) || (!dir && folder.n == 0))
			return rv_fail(err, RV_FORMAT, "%s: %s: is not beneath the prefix /%s",
			    it->name, e->path.p, s->prefix);
		if (rv_links_resolve(&s->links, folder, -1 - (int64_t)item, &really, err) < 0)
			return rv_context(err, "%s", it->name);
		if (!dir) {
			rv_buf_reset(&path);
			rv_buf_addf(&path, "%.*s/%.*s", RV_SPAN_ARG(really),
			    RV_SPAN_ARG(rv_path_name(e->path)));
			if (rv_buf_check(&path, e->path.p, err) < 0)
				return -1;
			really = rv_buf_span(&path);
		}
		if (is_ours(s, really))
			return rv_fail(err, RV_FORMAT,
			    "%s: %s: is rvn's own: no package may bring it", it->name, e->path.p);
		take_new(s, item, k, want_node(s, really));
	}
	return 0;
}

static void add_old(struct rv_txn_set *s, size_t item)
{
	rv_vec_each (&s->items[item].places, p) {
		struct rv_span path = p->folder;
		struct rv_txn_node *n;

		if (p->name.n > 0)
			path =
			    rv_span_str(rv_arena_fmt(&s->arena, "%s/%s", p->folder.p, p->name.p));
		n = want_node(s, path);
		if (n->was)
			continue;
		n->was = &p->entry;
		n->was_item = item;
	}
}

static int node_cmp(const void *a, const void *b)
{
	const struct rv_txn_node *const *x = a, *const *y = b;

	return rv_span_cmp((*x)->path, (*y)->path);
}

static int add_nodes(struct rv_txn_set *s, struct rv_error *err)
{
	for (size_t i = 0; i < s->plan->n_items; i++) {
		if (add_new(s, i, err) < 0)
			return -1;
		add_old(s, i);
	}
	rv_vec_sort(&s->nodes, node_cmp);
	rv_vec_each (&s->nodes, it) {
		struct rv_txn_node *n = *it;

		if (!rv_span_eq(n->path, s->links.prefix))
			n->parent = rv_txn_node_at(s, rv_path_folder(n->path));
		if (n->now && !n->parent && !rv_span_eq(n->path, s->links.prefix))
			return rv_fail(err, RV_FORMAT,
			    "%s: %s: its folder is missing in the package", s->items[n->item].name,
			    n->path.p);
		if (n->now && n->parent && !rv_txn_is_dir(n->parent->now))
			rv_txn_conflict(s, "%s: %s needs a folder there, %s brings something else",
			    n->parent->path.p, s->items[n->item].name,
			    n->parent->now ? s->items[n->parent->item].name : "nobody");
	}
	return 0;
}

static void find_owner(struct rv_txn_set *s, struct rv_txn_node *n)
{
	static const char note[] =
	    "%s: the user or group %.*s:%.*s is not known in this root: root owns it";

	if (!s->as_root || !n->now || n->now->type == RV_ENTRY_HARDLINK)
		return;
	if (!rv_owners_user(&s->owners, n->now->owner, &n->uid) ||
	    !rv_owners_group(&s->owners, n->now->group, &n->gid))
		rv_event_warn(s->env->bus, rv_clock_now_ms(), s->items[n->item].name, note,
		    n->path.p, RV_SPAN_ARG(n->now->owner), RV_SPAN_ARG(n->now->group));
}

int rv_txn_set_build(struct rv_txn_set *s, const struct rv_txn_env *env,
    const struct rv_txn_plan *plan, struct rv_error *err)
{
	int rc;

	*s = (struct rv_txn_set){.env = env,
	    .plan = plan,
	    .prefix_fd = -1,
	    .prefix = env->prefix + strspn(env->prefix, "/"),
	    .conflicts = RV_BUF_INIT(CONFLICTS_MAX_BYTES)};
	s->links = RV_LINKS_INIT(rv_span_str(s->prefix));
	s->as_root = rv_user_self().uid == 0;
	rc = rv_prefix_open(env->root_fd, s->prefix, &s->prefix_fd, err);
	if (rc != 0)
		return rc < 0 ? -1
			      : rv_fail(err, RV_INPUT, "/%s: is missing in this root", s->prefix);
	rv_dirs_init(&s->dirs, s->prefix_fd, s->prefix);
	if (rv_owners_read(&s->owners, env->root_fd, err) < 0 || load_items(s, err) < 0 ||
	    load_links(s, err) < 0 || add_nodes(s, err) < 0)
		return -1;
	rv_vec_each (&s->nodes, n)
		find_owner(s, *n);
	return rv_txn_conflicts(s, err);
}
