/* SPDX-License-Identifier: ISC */
/* catalog: fetch and verify the catalogues of the repositories. */
#include "os/clock.h"
#include "repo/client.h"
#include "rvn/app.h"

struct catalog_opts {
	bool force;
};

static const struct rv_opt options[] = {
    RV_OPT_FLAG(struct catalog_opts, force, 'f', "force",
	"ask every repository, however new its catalogue is"),
    RV_OPT_END,
};

static int print_json(struct rv_run *run, size_t changed, struct rv_error *err)
{
	const struct rv_repo_confs *repos = rv_system_repos(rvn_system(run));
	struct rv_json *doc = rv_json_new_object(), *list = rv_json_new_array();

	rv_json_set_int(doc, "changed", (int64_t)changed);
	for (size_t i = 0; i < repos->n; i++) {
		struct rv_system_catalog_facts facts;
		struct rv_json *one = rv_json_new_object();
		char when[RV_CLOCK_ISO_BYTES];

		if (rv_system_catalog_facts(rvn_system(run), i, &facts, err) < 0) {
			rv_json_free(one);
			rv_json_free(list);
			rv_json_free(doc);
			return -1;
		}
		rv_clock_iso(facts.expires_s, when);
		rv_json_set_string(one, "name", repos->v[i].name);
		rv_json_set_int(one, "packages", facts.packages);
		rv_json_set_string(one, "expires", facts.expires_s ? when : "");
		rv_json_append(list, one);
	}
	rv_json_set(doc, "repositories", list);
	rv_out_json(run, doc);
	return 0;
}

static int print_table(struct rv_run *run, struct rv_error *err)
{
	const struct rv_repo_confs *repos = rv_system_repos(rvn_system(run));

	for (size_t i = 0; i < repos->n; i++) {
		struct rv_system_catalog_facts facts;
		char when[RV_CLOCK_ISO_BYTES];

		if (rv_system_catalog_facts(rvn_system(run), i, &facts, err) < 0)
			return -1;
		rv_clock_iso(facts.expires_s, when);
		rv_out_say(run, "%s: %lld packages, good until %s\n", repos->v[i].name,
		    (long long)facts.packages, facts.expires_s ? when : "-");
	}
	return 0;
}

static int run_catalog(struct rv_run *run, struct rv_error *err)
{
	const struct catalog_opts *opts = run->opts;
	size_t changed = 0;
	bool due;

	if (run->globals.dry_run) {
		if (rv_system_catalogs_due(rvn_system(run), &due, err) < 0)
			return -1;
	} else if (rv_system_update(rvn_system(run), opts->force, &changed, err) < 0) {
		return -1;
	}
	return run->globals.json ? print_json(run, changed, err) : print_table(run, err);
}

const struct rv_cmd rv_cmd_catalog = {
    .name = "catalog",
    .summary = "fetch and verify the repositories' catalogues",
    .details = "Catalogues that are younger than catalog_hours (rvn.conf) are left alone unless "
	       "--force is given.",
    .needs = RVN_WRITE,
    .options = options,
    .opts_bytes = sizeof(struct catalog_opts),
    .run = run_catalog,
};
