/* SPDX-License-Identifier: ISC */
/* ravenadm build and force: one run of the engine, its views, its summary and exit status. */
#include <string.h>

#include "cli/out.h"
#include "engine/host.h"
#include "os/clock.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/views.h"

static void say_summary(struct rv_run *run, const struct rv_run_result *r)
{
	for (size_t i = 0; i < r->n_ports; i++)
		if (r->ports[i].outcome == RV_OUTCOME_FAILED)
			rv_cli_error(run, "%s: %s", r->ports[i].port, r->ports[i].reason);
	if (r->cancelled)
		rv_cli_error(run, "stopped by a signal, %zu left; what was built is kept",
		    r->counts[RV_OUTCOME_UNDECIDED]);
	rv_out_say(run,
	    "built %zu, failed %zu, skipped %zu, ignored %zu, up to date %zu, in %lld.%llds\n",
	    r->counts[RV_OUTCOME_BUILT], r->counts[RV_OUTCOME_FAILED],
	    r->counts[RV_OUTCOME_SKIPPED], r->counts[RV_OUTCOME_IGNORED],
	    r->counts[RV_OUTCOME_UP_TO_DATE], (long long)(r->elapsed_ms / 1000),
	    (long long)(r->elapsed_ms / 100 % 10));
}

/* Recipes can be read for any system; built only for the one that we are on. */
static int check_platform(const struct rv_adm *a, struct rv_error *err)
{
	const struct rv_platform *p = &a->recipes.platform;

	if (strcmp(p->opsys, rv_host_opsys()) == 0 && strcmp(p->arch, rv_host_arch()) == 0)
		return 0;
	return rv_fail(err, RV_INPUT,
	    "--platform %s:%s: this machine builds for %s:%s only; status, dev and the like read "
	    "for any",
	    p->opsys, p->arch, rv_host_opsys(), rv_host_arch());
}

static int run_engine(struct rv_run *run, bool forced, struct rv_error *err)
{
	struct rv_adm *a = rv_adm_of(run);
	rv_auto(rv_event_bus) struct rv_event_bus bus = RV_EVENT_BUS_INIT;
	rv_auto(rv_adm_load) struct rv_adm_load l = {0};
	rv_autofree(rv_engine) struct rv_engine *e = NULL;
	struct rv_run_result result;
	int r;

	if (run->globals.dry_run)
		return rv_adm_say_status(run, forced, err);
	if (check_platform(a, err) < 0)
		return -1;
	if (rv_engine_open(&a->config, true, &bus, &e, err) < 0)
		return -1;
	r = rv_adm_load(run, e, &l, err);
	if (r != 0)
		return r;
	if (rv_views_add(run, &bus, err) < 0 || rv_engine_build(e, forced, &result, err) < 0)
		return -1;
	say_summary(run, &result);
	if (run->globals.json)
		rv_out_json(run, rv_run_result_to_json(&result));
	if (result.cancelled)
		return RV_STATUS_FAILED;
	return result.counts[RV_OUTCOME_FAILED] || result.counts[RV_OUTCOME_SKIPPED]
		   ? RV_STATUS_PORTS
		   : 0;
}

static int run_build(struct rv_run *run, struct rv_error *err)
{
	return run_engine(run, false, err);
}

static int run_force(struct rv_run *run, struct rv_error *err)
{
	return run_engine(run, true, err);
}

const struct rv_cmd rv_cmd_build = {
    .name = "build",
    .synopsis = "PORT ...",
    .summary = "build ports and what they need, as far as their inputs changed",
    .details = "PORT is NAMEBASE or NAMEBASE:VARIANT. Exit status 3 when a port failed. With -n: "
	       "as status.",
    .min = 1,
    .max = RV_MANY,
    .needs = RV_ADM_PROFILE | RV_ADM_READING,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_build,
};

const struct rv_cmd rv_cmd_force = {
    .name = "force",
    .synopsis = "PORT ...",
    .summary = "build the named ports whether or not their inputs changed",
    .min = 1,
    .max = RV_MANY,
    .needs = RV_ADM_PROFILE | RV_ADM_READING,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_force,
};
