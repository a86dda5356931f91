/* SPDX-License-Identifier: ISC */
/* From the profile to the engine's configuration, once a call. */
#include "ravenadm/app.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/cmds.h"
#include "ravenadm/scans.h"

static struct rv_json *words(const char *text)
{
	struct rv_json *a = rv_json_new_array();
	struct rv_span rest = rv_span_str(text), word;

	while (rv_span_next(&rest, ' ', &word))
		if (word.n)
			rv_json_append(a, rv_json_new_span(word));
	return a;
}

static struct rv_json *fetch_facts(struct rv_adm *a)
{
	const struct rv_profile *p = a->profile;
	struct rv_json *o = rv_json_new_object();

	rv_json_set_string(o, "state",
	    rv_arena_fmt(&a->arena, "%s/fetch", rv_profile_text(p, RV_PROFILE_PROFILE)));
	rv_json_set_string(o, "sites", rv_arena_fmt(&a->arena, "%s/sites", a->recipes.mk_path));
	rv_json_set(o, "order", words(rv_profile_text(p, RV_PROFILE_FETCH_ORDER)));
	rv_json_set(o, "mirrors", words(rv_profile_text(p, RV_PROFILE_FETCH_MIRRORS)));
	return o;
}

/* mk's real path: make names the files that it reads by it. */
static const char *real_path(struct rv_arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = rv_arena_strdup(arena, real ? real : path);

	free(real);
	return copy;
}

static void set_config(struct rv_adm *a)
{
	const struct rv_profile *p = a->profile;
	struct rv_engine_config *c = &a->config;

	*c = (struct rv_engine_config){
	    .profile = rv_profile_name(p),
	    .abi = rv_profile_abi(p),
	    .prefix = rv_profile_text(p, RV_PROFILE_LOCALBASE),
	    .host_root = a->recipes.platform.host_compiler,
	    .platform = a->recipes.platform,
	    .defaults = a->recipes.defaults,
	    .trees = &a->recipes.trees,
	    .mk_path = real_path(&a->arena, a->recipes.mk_path),
	    .distfiles_path = rv_profile_text(p, RV_PROFILE_DISTFILES),
	    .packages_path = rv_arena_fmt(&a->arena, "%s/%s",
		rv_profile_text(p, RV_PROFILE_PACKAGES), rv_profile_abi_folder(p)),
	    .logs_path = rv_profile_text(p, RV_PROFILE_LOGS),
	    .buildbase_path = rv_profile_text(p, RV_PROFILE_BUILDBASE),
	    .profile_path = rv_profile_text(p, RV_PROFILE_PROFILE),
	    .fetch = fetch_facts(a),
	    .builders = (unsigned)rv_profile_int(p, RV_PROFILE_BUILDERS),
	    .jobs = (unsigned)rv_profile_int(p, RV_PROFILE_JOBS),
	    .tmpfs_bytes = (uint64_t)rv_profile_int(p, RV_PROFILE_TMPFS_BYTES),
	    .memory_bytes = (uint64_t)rv_profile_int(p, RV_PROFILE_MEMORY_BYTES),
	    .watchdog_s = rv_profile_int(p, RV_PROFILE_WATCHDOG_S),
	    .deadline_s = rv_profile_int(p, RV_PROFILE_DEADLINE_S),
	    .first_id = rv_profile_int(p, RV_PROFILE_FIRST_ID),
	};
}

const struct rv_opt rv_adm_reading_options[] = {
    RV_READING_OPTIONS(struct rv_adm_opts, reading),
    RV_OPT_END,
};

int rv_adm_open(struct rv_run *run, struct rv_error *err)
{
	const struct rv_reading_opts *reading = run->cmd->needs & RV_ADM_READING ? run->opts : NULL;
	const struct rv_recipes_how how = rv_reading_how(reading);
	struct rv_adm *a;

	if (!(run->cmd->needs & RV_ADM_PROFILE))
		return 0;
	a = rv_alloc(sizeof(*a));
	a->recipes = RV_RECIPES_INIT;
	run->app = a;
	if (rv_reading_profile(run, reading, &a->profile, err) < 0 ||
	    rv_recipes_open(a->profile, &how, &a->recipes, err) < 0)
		return -1;
	set_config(a);
	return rv_engine_clean(&a->config, err);
}

void rv_adm_close(struct rv_run *run)
{
	struct rv_adm *a = run->app;

	if (!a)
		return;
	rv_json_free(a->config.fetch);
	rv_recipes_release(&a->recipes);
	rv_profile_free(a->profile);
	rv_arena_release(&a->arena);
	free(a);
	run->app = NULL;
}

bool rv_adm_say_problems(const struct rv_run *run, struct rv_problems *problems)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)4 * 1024 * 1024);
	struct rv_span rest, line;

	if (!problems->count)
		return false;
	if (run->globals.json) {
		rv_out_json(run, rv_problems_to_json(problems));
		return true;
	}
	rv_problems_print(problems, &text);
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line))
		rv_cli_error(run, "%.*s", RV_SPAN_ARG(line));
	return true;
}

int rv_adm_load_port(const struct rv_run *run, const struct rv_recipes *recipes,
    const char *namebase, struct rv_port **out, struct rv_error *err)
{
	const struct rv_port_context context = {.mk = recipes->mk};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;

	if (rv_trees_load(&recipes->trees, namebase, &context, &problems, out, err) == 0)
		return 0;
	return rv_adm_say_problems(run, &problems) ? RV_STATUS_FAILED : -1;
}

void rv_adm_load_release(struct rv_adm_load *l)
{
	rv_scan_free(l->scan);
	rv_origins_release(&l->origins);
	rv_problems_release(&l->problems);
}

int rv_adm_load(
    struct rv_run *run, struct rv_engine *e, struct rv_adm_load *l, struct rv_error *err)
{
	struct rv_adm *a = rv_adm_of(run);

	if (rv_origins_of(run, &l->origins, err) < 0 ||
	    rv_recipes_scan(a->profile, &a->recipes, RV_SCAN_VARIANTS, &l->scan, err) < 0)
		return -1;
	if (rv_engine_load(e, l->scan, l->origins.v, l->origins.n, &l->problems, err) < 0)
		return rv_adm_say_problems(run, &l->problems) ? RV_STATUS_FAILED : -1;
	return 0;
}
