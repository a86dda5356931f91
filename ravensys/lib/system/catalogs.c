/* SPDX-License-Identifier: ISC */
/*
 * The catalogues of a root: when they are asked for again, and looking into all of them at once. A
 * catalogue past its end is used only when that was allowed, and said aloud.
 */
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "os/clock.h"
#include "system/internal.h"

static int need_repositories(const struct rv_system *s, struct rv_error *err)
{
	if (s->repos_err.code != RV_OK) {
		*err = s->repos_err;
		return -1;
	}
	if (s->repos.n)
		return 0;
	return rv_fail(err, RV_INPUT,
	    "%s: no repository is configured; describe one in " RV_SYSTEM_CONF_DIR
	    "/repos/NAME.conf, see rvn.conf(5)",
	    s->root);
}

static bool is_due(const struct rv_system *s, const struct rv_repo_state *state, int64_t now_s)
{
	int64_t age_s = now_s - state->checked_s;

	return !state->has_catalog || age_s < 0 || age_s >= s->conf.catalog_hours * 3600 ||
	       (state->expires_s && state->expires_s <= now_s);
}

int rv_system_catalogs_due(struct rv_system *s, bool *out, struct rv_error *err)
{
	int64_t now_s = rv_clock_now_s();

	*out = false;
	if (s->repos_err.code != RV_OK)
		return need_repositories(s, err);
	for (size_t i = 0; i < s->repos.n && !*out; i++) {
		struct rv_repo_place place = rv_system_place(s, i);
		struct rv_repo_state state = {0};

		if (s->db_fd < 0 || s->cache_fd < 0) {
			*out = true;
			return 0;
		}
		if (rv_repo_state(&place, &state, err) < 0)
			return -1;
		*out = is_due(s, &state, now_s);
	}
	return 0;
}

/* Unreachable, and what is there is still good, or good enough by the user's word. */
static bool can_do_without(const struct rv_system *s, const struct rv_error *err,
    const struct rv_repo_state *state, int64_t now_s)
{
	return err->code == RV_NET && state->has_catalog &&
	       (state->expires_s > now_s || s->conf.allow_expired);
}

static int update_one(
    struct rv_system *s, size_t repo, bool force, size_t *changed, struct rv_error *err)
{
	struct rv_repo_place place = rv_system_place(s, repo);
	struct rv_repo_update how = {.now_s = rv_clock_now_s(),
	    .allow_expired = s->conf.allow_expired,
	    .anew = force,
	    .log = s->log};
	struct rv_repo_state state = {0};
	bool is_new = false;

	if (rv_repo_state(&place, &state, err) < 0)
		return -1;
	if (!force && !is_due(s, &state, how.now_s))
		return 0;
	if (rv_repo_update(&place, &how, &is_new, err) == 0) {
		*changed += is_new;
		s->told[repo] = true;
		return 0;
	}
	if (force || !can_do_without(s, err, &state, how.now_s))
		return -1;
	rv_log(s->log, RV_LOG_WARN, "%s; using the catalogue that is here%s", err->msg,
	    state.expires_s > how.now_s ? "" : ", which expired");
	*err = RV_ERROR_INIT;
	return 0;
}

int rv_system_update(struct rv_system *s, bool force, size_t *out_changed, struct rv_error *err)
{
	struct rv_error why = RV_ERROR_INIT;

	*out_changed = 0;
	if (need_repositories(s, err) < 0)
		return -1;
	/* one that fails keeps no other from being renewed; the first failure is the error */
	for (size_t i = 0; i < s->repos.n; i++) {
		struct rv_error now = RV_ERROR_INIT;

		if (update_one(s, i, force, out_changed, &now) == 0)
			continue;
		if (why.code == RV_OK)
			why = now;
		else
			rv_log(s->log, RV_LOG_ERROR, "%s", now.msg);
	}
	if (why.code == RV_OK)
		return 0;
	*err = why;
	return -1;
}

static int check_expiry(
    const struct rv_system *s, size_t repo, const struct rv_repo_state *state, struct rv_error *err)
{
	const char *name = s->repos.v[repo].name;
	int64_t now_s = rv_clock_now_s();
	char when[RV_CLOCK_ISO_BYTES];

	if (!state->expires_s)
		return 0;
	rv_clock_iso(state->expires_s, when);
	if (state->expires_s <= now_s && !s->conf.allow_expired)
		return rv_fail(err, RV_TRUST,
		    "repository %s: %s expired at %s; its publisher must renew it "
		    "(ravenadm generate-repository --refresh), or --allow-expired uses it as it is",
		    name, state->expires_file, when);
	if (state->expires_s <= now_s + s->conf.warn_days * 86400 && !s->told[repo])
		rv_log(s->log, RV_LOG_WARN, "repository %s: %s %s at %s", name, state->expires_file,
		    state->expires_s <= now_s ? "expired" : "expires", when);
	s->told[repo] = true;
	return 0;
}

/* 0, RV_CATALOG_ABSENT, < 0. */
static int open_one(struct rv_system *s, size_t repo, struct rv_catalog **out, struct rv_error *err)
{
	struct rv_repo_place place = rv_system_place(s, repo);
	struct rv_repo_state state = {0};

	if (s->db_fd < 0 || s->cache_fd < 0)
		return RV_CATALOG_ABSENT;
	if (rv_repo_state(&place, &state, err) < 0 || check_expiry(s, repo, &state, err) < 0)
		return -1;
	return rv_repo_catalog_open(&place, out, err);
}

int rv_system_catalog_facts(
    struct rv_system *s, size_t repo, struct rv_system_catalog_facts *out, struct rv_error *err)
{
	struct rv_repo_place place = rv_system_place(s, repo);
	rv_autofree(rv_catalog) struct rv_catalog *c = NULL;
	struct rv_repo_state state = {0};
	int rc;

	*out = (struct rv_system_catalog_facts){0};
	if (s->db_fd < 0 || s->cache_fd < 0)
		return 0;
	if (rv_repo_state(&place, &state, err) < 0)
		return -1;
	out->expires_s = state.expires_s;
	rc = rv_repo_catalog_open(&place, &c, err);
	if (rc == 0 && rv_catalog_count(c, &out->packages, err) < 0)
		return rv_context(err, "repository %s", s->repos.v[repo].name);
	return rc < 0 ? -1 : 0;
}

static int compare_offers(const void *pa, const void *pb)
{
	const struct rv_system_offer *a = pa, *b = pb;
	int c = strcmp(a->row.name, b->row.name);

	return c ? c : (a->repo > b->repo) - (a->repo < b->repo);
}

/* What to ask of each catalogue. */
struct question {
	const struct rv_ident *id; /* NULL: text */
	struct rv_span text;
	struct rv_arena *arena;
};

static int ask(struct rv_catalog *c, const struct question *q, struct rv_catalog_packages *rows,
    struct rv_error *err)
{
	if (q->id)
		return rv_catalog_find(c, q->id, q->arena, rows, err);
	return rv_catalog_search(c, q->text, q->arena, rows, err);
}

static int ask_all(struct rv_system *s, const struct question *q, struct rv_system_offers *out,
    struct rv_error *err)
{
	size_t opened = 0;

	if (need_repositories(s, err) < 0)
		return -1;
	for (size_t i = 0; i < s->repos.n; i++) {
		rv_autofree(rv_catalog) struct rv_catalog *c = NULL;
		struct rv_catalog_packages rows = {0};
		int rc = open_one(s, i, &c, err);

		if (rc < 0)
			return -1;
		if (rc == RV_CATALOG_ABSENT)
			continue;
		opened++;
		rc = ask(c, q, &rows, err);
		rv_vec_each (&rows, row)
			rv_vec_push(out, (struct rv_system_offer){*row, i});
		rv_vec_release(&rows);
		if (rc < 0)
			return rv_context(err, "repository %s", s->repos.v[i].name);
	}
	if (opened == 0)
		return rv_fail(
		    err, RV_INPUT, "%s: no catalogue is here yet: run 'rvn catalog'", s->root);
	rv_vec_sort(out, compare_offers);
	return 0;
}

int rv_system_find(struct rv_system *s, const struct rv_ident *id, struct rv_arena *arena,
    struct rv_system_offers *out, struct rv_error *err)
{
	struct question q = {.id = id, .arena = arena};

	return ask_all(s, &q, out, err);
}

int rv_system_search(struct rv_system *s, struct rv_span text, struct rv_arena *arena,
    struct rv_system_offers *out, struct rv_error *err)
{
	struct question q = {.text = text, .arena = arena};

	return ask_all(s, &q, out, err);
}

/* --- needs and provisions of all offers, for the solver */
int rv_system_offer_needs(struct rv_system *s, size_t repo, struct rv_arena *arena,
    struct rv_system_needs *out, struct rv_error *err)
{
	rv_autofree(rv_catalog) struct rv_catalog *c = NULL;
	int rc = open_one(s, repo, &c, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (rv_catalog_requires(c, 0, arena, &out->requires, err) < 0 ||
	    rv_catalog_sonames(c, RV_CATALOG_REQUIRED, 0, arena, &out->required, err) < 0 ||
	    rv_catalog_sonames(c, RV_CATALOG_PROVIDED, 0, arena, &out->provided, err) < 0)
		return rv_context(err, "repository %s", s->repos.v[repo].name);
	return 0;
}

void rv_system_needs_release(struct rv_system_needs *n)
{
	rv_vec_release(&n->requires);
	rv_vec_release(&n->required);
	rv_vec_release(&n->provided);
}
