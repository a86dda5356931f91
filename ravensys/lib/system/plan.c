/* SPDX-License-Identifier: ISC */
/* Installed rows and catalogue rows to the solver's values, and what a plan will cost. */
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "os/file.h"
#include "system/internal.h"

void rv_system_plan_release(struct rv_system_plan *p)
{
	rv_plan_release(&p->plan);
	rv_vec_release(&p->installed_rows);
	rv_vec_release(&p->offers);
	rv_arena_release(&p->arena);
	p->installed = p->offered = NULL;
}

bool rv_system_plan_is_empty(const struct rv_system_plan *p)
{
	return p->plan.steps.n == 0 && p->plan.wanted.n == 0;
}

const struct rv_system_offer *rv_system_step_offer(
    const struct rv_system_plan *p, const struct rv_plan_step *step)
{
	return step->to ? &p->offers.v[step->to->ref] : NULL;
}

const struct rv_installed *rv_system_step_installed(
    const struct rv_system_plan *p, const struct rv_plan_step *step)
{
	return step->from ? &p->installed_rows.v[step->from->ref] : NULL;
}

static const char *content_text(struct rv_arena *arena, const struct rv_sha256 *id)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(id, hex);
	return rv_arena_strdup(arena, hex);
}

/* --- what is installed */
static const char *const *copy_strings(struct rv_arena *arena, const struct rv_strings *from)
{
	const char **v = rv_arena_alloc(arena, (from->n + 1) * sizeof(*v));

	for (size_t i = 0; i < from->n; i++)
		v[i] = rv_arena_strdup(arena, from->v[i]);
	return v;
}

static void copy_needs(
    struct rv_arena *arena, const struct rv_manifest *m, struct rv_plan_package *out)
{
	struct rv_require *v = rv_arena_alloc(arena, (m->requires.n + 1) * sizeof(*v));

	for (size_t i = 0; i < m->requires.n; i++) {
		v[i] = m->requires.v[i];
		v[i].name = rv_arena_strdup(arena, v[i].name);
		v[i].version = rv_arena_strdup(arena, v[i].version);
	}
	out->requires = v;
	out->n_requires = m->requires.n;
	out->requires_sonames = copy_strings(arena, &m->requires_sonames);
	out->n_requires_sonames = m->requires_sonames.n;
	out->provides_sonames = copy_strings(arena, &m->provides_sonames);
	out->n_provides_sonames = m->provides_sonames.n;
}

static int load_installed(struct rv_system *s, struct rv_system_plan *p, struct rv_error *err)
{
	int rc = 0;

	if (s->db)
		rc = rv_installed_all(s->db, RV_WITH_MANIFEST, &p->arena, &p->installed_rows, err);
	if (rc < 0)
		return rc;
	p->installed = rv_arena_alloc(&p->arena, (p->installed_rows.n + 1) * sizeof(*p->installed));
	for (size_t i = 0; i < p->installed_rows.n; i++) {
		const struct rv_installed *row = &p->installed_rows.v[i];
		struct rv_manifest m;

		if (rv_manifest_parse(row->manifest, row->name, &m, err) < 0)
			return rv_context(err, "installed database");
		p->installed[i] = (struct rv_plan_package){
		    .name = row->name,
		    .version = row->version,
		    .content_id = content_text(&p->arena, &row->content_id),
		    .automatic = row->automatic,
		    .ref = i,
		};
		copy_needs(&p->arena, &m, &p->installed[i]);
		rv_manifest_release(&m);
	}
	return 0;
}

/* --- what is offered */
static void take_requires(struct rv_arena *arena, const struct rv_catalog_requires *all, size_t *at,
    int64_t package, struct rv_plan_package *out)
{
	size_t n = 0;
	struct rv_require *v;

	while (*at < all->n && all->v[*at].package < package)
		(*at)++;
	while (*at + n < all->n && all->v[*at + n].package == package)
		n++;
	v = rv_arena_alloc(arena, (n + 1) * sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		const struct rv_catalog_require *r = &all->v[*at + i];

		v[i] = (struct rv_require){.name = r->name, .kind = r->kind, .version = r->version};
	}
	out->requires = v;
	out->n_requires = n;
	*at += n;
}

static const char *const *take_sonames(struct rv_arena *arena, const struct rv_catalog_sonames *all,
    size_t *at, int64_t package, size_t *n)
{
	const char **v;

	*n = 0;
	while (*at < all->n && all->v[*at].package < package)
		(*at)++;
	while (*at + *n < all->n && all->v[*at + *n].package == package)
		(*n)++;
	v = rv_arena_alloc(arena, (*n + 1) * sizeof(*v));
	for (size_t i = 0; i < *n; i++)
		v[i] = all->v[*at + i].soname;
	*at += *n;
	return v;
}

static int compare_ids(const void *pa, const void *pb)
{
	const struct rv_system_offer *const *a = pa, *const *b = pb;

	return ((*a)->row.id > (*b)->row.id) - ((*a)->row.id < (*b)->row.id);
}

/*
 * The offers of one repository in the order of its catalogue, so that one pass over the needs is
 * enough.
 */
static size_t offers_of(
    const struct rv_system_plan *p, size_t repo, const struct rv_system_offer **out)
{
	size_t n = 0;

	rv_vec_each (&p->offers, o)
		if (o->repo == repo)
			out[n++] = o;
	if (n > 1)
		qsort(out, n, sizeof(*out), compare_ids);
	return n;
}

static int fill_repo(struct rv_system *s, struct rv_system_plan *p, size_t repo,
    const struct rv_system_offer **list, struct rv_error *err)
{
	struct rv_system_needs needs = {0};
	size_t n = offers_of(p, repo, list), requires_at = 0, required_at = 0, provided_at = 0;
	int rc = rv_system_offer_needs(s, repo, &p->arena, &needs, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		size_t at = (size_t)(list[i] - p->offers.v);
		struct rv_plan_package *out = &p->offered[at];
		const struct rv_catalog_package *row = &list[i]->row;

		*out = (struct rv_plan_package){
		    .name = row->name,
		    .version = row->version,
		    .content_id = content_text(&p->arena, &row->content_id),
		    .priority = s->repos.v[repo].priority,
		    .ref = at,
		};
		take_requires(&p->arena, &needs.requires, &requires_at, row->id, out);
		out->requires_sonames = take_sonames(
		    &p->arena, &needs.required, &required_at, row->id, &out->n_requires_sonames);
		out->provides_sonames = take_sonames(
		    &p->arena, &needs.provided, &provided_at, row->id, &out->n_provides_sonames);
	}
	rv_system_needs_release(&needs);
	return rc;
}

static int load_offered(struct rv_system *s, struct rv_system_plan *p, struct rv_error *err)
{
	const struct rv_ident any = {0};
	const struct rv_system_offer **list;
	int rc = rv_system_find(s, &any, &p->arena, &p->offers, err);

	if (rc < 0)
		return rc;
	p->offered = rv_arena_alloc(&p->arena, (p->offers.n + 1) * sizeof(*p->offered));
	list = rv_alloc_array(p->offers.n + 1, sizeof(*list));
	for (size_t i = 0; rc == 0 && i < s->repos.n; i++)
		rc = fill_repo(s, p, i, list, err);
	free(list);
	return rc;
}

/* --- costs */
static bool is_cached(const struct rv_system *s, const struct rv_catalog_package *row)
{
	struct rv_repo_wanted w = {.file = row->file, .size = row->size, .sha256 = row->sha256};
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT((size_t)4096);
	struct rv_stat st;

	rv_repo_package_path(&w, &path);
	return s->cache_fd >= 0 && rv_file_stat(s->cache_fd, rv_buf_str(&path), &st, NULL) == 0 &&
	       st.size == row->size;
}

static void add_costs(const struct rv_system *s, struct rv_system_plan *p)
{
	rv_vec_each (&p->plan.steps, step) {
		const struct rv_system_offer *offer = rv_system_step_offer(p, step);
		const struct rv_installed *row = rv_system_step_installed(p, step);

		if (offer && !is_cached(s, &offer->row))
			p->fetch_bytes += offer->row.size;
		if (offer)
			p->installed_bytes += (int64_t)offer->row.plain_bytes;
		if (row)
			p->installed_bytes -= (int64_t)row->plain_bytes;
	}
}

int rv_system_plan(struct rv_system *s, const struct rv_system_request *request,
    struct rv_system_plan *out, struct rv_buf *why, struct rv_error *err)
{
	bool needs_offers = request->kind == RV_PLAN_INSTALL || request->kind == RV_PLAN_UPGRADE;
	struct rv_plan_request rq = {.kind = request->kind,
	    .names = request->names ? request->names->v : NULL,
	    .n_names = request->names ? request->names->n : 0,
	    .with_dependents = request->with_dependents,
	    .force = request->force};
	int rc;

	*out = (struct rv_system_plan){0};
	rc = load_installed(s, out, err);
	if (rc == 0 && needs_offers)
		rc = load_offered(s, out, err);
	if (rc == 0) {
		rq.installed = out->installed;
		rq.n_installed = out->installed_rows.n;
		rq.offered = out->offered;
		rq.n_offered = out->offers.n;
		rc = rv_plan_make(&rq, &out->plan, why, err);
	}
	if (rc != 0)
		rv_system_plan_release(out);
	else
		add_costs(s, out);
	return rc;
}
