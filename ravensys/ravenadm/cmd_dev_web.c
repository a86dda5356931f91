/* SPDX-License-Identifier: ISC */
/* ravenadm dev web: a port's page on standard output. */
#include <string.h>

#include "base/map.h"
#include "cli/out.h"
#include "port/page.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/places.h"
#include "ravenadm/scans.h"

struct web {
	struct rv_reading reading;
	struct rv_port *port;
	struct rv_recipe *recipe;
	struct rv_scan *scan;
	rv_vec(const char *) needed_by; /* the scan's */
};

static void web_release(struct web *w)
{
	rv_vec_release(&w->needed_by);
	rv_scan_free(w->scan);
	rv_recipe_free(w->recipe);
	rv_port_free(w->port);
	rv_reading_release(&w->reading);
}

static int load(struct rv_run *run, struct web *w, struct rv_error *err)
{
	const struct rv_recipes *recipes = &w->reading.recipes;
	const char *variant;
	int rc;

	if (rv_places_check_name(run->argv[0], err) < 0 ||
	    rv_reading_open(run, run->opts, &w->reading, err) < 0)
		return -1;
	rc = rv_adm_load_port(run, recipes, run->argv[0], &w->port, err);
	if (rc != 0)
		return rc;
	variant = run->argc > 1 ? run->argv[1] : rv_port_first_choice(w->port);
	return rv_recipe_make(
	    w->port, variant, &recipes->platform, &recipes->defaults, &w->recipe, err);
}

/* --- what needs it */

static bool has_target(const struct rv_scan_deps *deps, uint32_t target)
{
	for (uint32_t i = 0; i < deps->n; i++)
		if (rv_scan_dep(deps, i).target == target)
			return true;
	return false;
}

static bool needs(const struct rv_scan_variant *v, uint32_t target)
{
	struct rv_scan_subpackage s;

	for (size_t i = 0; i < RV_DEP_KINDS; i++)
		if (has_target(&v->deps[i], target))
			return true;
	for (uint32_t i = 0; i < v->subpackages.n; i++) {
		rv_scan_subpackage(v, i, &s);
		if (has_target(&s.needs, target))
			return true;
	}
	return false;
}

static int find_needed_by(struct rv_run *run, struct web *w, struct rv_error *err)
{
	struct rv_scan_variant v;
	uint32_t port, target;

	if (rv_adm_scan(
		run, w->reading.profile, &w->reading.recipes, RV_SCAN_VARIANTS, &w->scan, err) < 0)
		return -1;
	port = rv_scan_find(w->scan, w->recipe->namebase);
	if (port == RV_SCAN_NONE)
		return 0;
	target = rv_scan_find_variant(w->scan, port, w->recipe->variant);
	for (uint32_t i = 0; target != RV_SCAN_NONE && i < rv_scan_variant_count(w->scan); i++) {
		rv_scan_variant(w->scan, i, &v);
		if (i != target && needs(&v, target))
			rv_vec_push(&w->needed_by, v.key);
	}
	return 0;
}

static int run_web(struct rv_run *run, struct rv_error *err)
{
	__attribute__((cleanup(web_release))) struct web w = {.reading = RV_READING_INIT};
	rv_auto(rv_buf) struct rv_buf html = RV_BUF_INIT(RV_PAGE_MAX_BYTES);
	struct rv_page page = {0};
	int rc = load(run, &w, err);

	if (rc != 0)
		return rc;
	if (find_needed_by(run, &w, err) < 0)
		return -1;
	page = (struct rv_page){w.recipe, w.needed_by.v, w.needed_by.n};
	if (rv_page_write(&page, &html, err) < 0)
		return -1;
	return rv_out_text(run, &html, w.port->namebase, err);
}

const struct rv_cmd rv_cmd_dev_web = {
    .name = "dev web",
    .synopsis = "NAMEBASE [VARIANT]",
    .summary = "print a page of HTML about a port",
    .details = "VARIANT is std, or the first variant of a port that has no std. The page needs "
	       "nothing from elsewhere.",
    .min = 1,
    .max = 2,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_web,
};
