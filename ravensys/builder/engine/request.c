/* SPDX-License-Identifier: ISC */
/* Worker requests: everything that a worker must know, by value. */
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"
#include "os/file.h"

#define DESCRIPTION_MAX_BYTES ((size_t)64 * 1024)

static const char *const phases[] = {"extract", "patch", "configure", "build", "stage"};

struct rv_json *rv_request_scan(
    const struct rv_engine *e, const struct rv_node *node, const struct rv_slot_packages *packages)
{
	struct rv_json *body = rv_json_new_object(), *files = rv_json_new_array(),
		       *list = rv_json_new_array();
	char path[4096];

	rv_vec_each (&node->recipe->distfiles, d) {
		struct rv_json *o;

		if (!d->wanted)
			continue;
		o = rv_json_new_object();
		snprintf(path, sizeof(path), "%s/%s", e->config->distfiles_path, d->path);
		rv_json_set_string(o, "path", path);
		rv_json_append(files, o);
	}
	rv_vec_each (packages, p) {
		struct rv_json *o = rv_json_new_object();

		snprintf(path, sizeof(path), "%s/%s", e->config->packages_path, p->package->file);
		rv_json_set_string(o, "path", path);
		rv_json_set_string(o, "name", p->package->name);
		rv_json_set_string(o, "content_id", p->package->content_id);
		rv_json_append(list, o);
	}
	rv_json_set(body, "distfiles", files);
	rv_json_set(body, "packages", list);
	snprintf(path, sizeof(path), "%s/trees", e->config->buildbase_path);
	rv_json_set_string(body, "trees", path);
	return body;
}

/* --- the pack request */
static struct rv_json *strings(const struct rv_items *items)
{
	struct rv_json *a = rv_json_new_array();

	for (size_t i = 0; i < items->n; i++)
		rv_json_append_string(a, items->v[i].text);
	return a;
}

static const char *licence_expression(const struct rv_recipe *r, struct rv_arena *arena)
{
	const char *word =
	    r->license_scheme && strcmp(r->license_scheme, "dual") == 0 ? "OR" : "AND";
	const char *text = "";

	rv_vec_each (&r->licenses, l)
		text = *text ? rv_arena_fmt(arena, "%s %s %s", text, word, l->spdx)
			     : rv_arena_strdup(arena, l->spdx);
	return text;
}

static int add_description(const struct rv_node *node, const struct rv_subpackage *s,
    struct rv_json *o, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(DESCRIPTION_MAX_BYTES);
	char path[512];
	int r;

	if (!s->description)
		return 0;
	snprintf(path, sizeof(path), "descriptions/%s", s->description);
	r = rv_port_files_read(&node->port->files, path, &text, err);
	if (r < 0)
		return -1;
	if (r == 0)
		rv_json_set_string(o, "description", rv_buf_str(&text));
	return 0;
}

static struct rv_json *needs_of(const struct rv_subpackage *s)
{
	struct rv_json *a = rv_json_new_array();
	char name[512];

	for (size_t i = 0; i < s->needs.n; i++) {
		const struct rv_dep *d = &s->needs.v[i];
		struct rv_json *o = rv_json_new_object();

		snprintf(name, sizeof(name), "%s~%s~%s", d->namebase, d->subpackage, d->variant);
		rv_json_set_string(o, "name", name);
		rv_json_append(a, o);
	}
	return a;
}

/*
 * The one-line comment: the variant's description, with the subpackage's name where it is not the
 * main thing.
 */
static void add_comment(const struct rv_recipe *r, const struct rv_subpackage *s, struct rv_json *o)
{
	char text[512];
	bool plain = strcmp(s->name, "primary") == 0 || strcmp(s->name, "single") == 0 ||
		     strcmp(s->name, "set") == 0;

	snprintf(text, sizeof(text), plain ? "%s" : "%s (%s)", r->sdesc, s->name);
	rv_json_set_string(o, "comment", text);
}

static int pack_subpackages(
    const struct rv_node *node, struct rv_json *request, struct rv_error *err)
{
	struct rv_json *list = rv_json_new_array();

	rv_json_set(request, "subpackages", list);
	rv_vec_each (&node->recipe->subpackages, s) {
		struct rv_json *o = rv_json_new_object();

		rv_json_append(list, o);
		rv_json_set_string(o, "name", s->name);
		add_comment(node->recipe, s, o);
		if (add_description(node, s, o, err) < 0)
			return -1;
		rv_json_set(o, "requires", needs_of(s));
	}
	return 0;
}

static void pack_provenance(const struct rv_engine *e, const struct rv_node *node,
    const struct rv_slot_packages *packages, struct rv_json *request)
{
	struct rv_json *used = rv_json_new_array(), *tools = rv_json_new_array(),
		       *known = rv_json_new_object();

	rv_vec_each (packages, p) {
		struct rv_json *o = rv_json_new_object();

		rv_json_set_string(o, "name", p->package->name);
		rv_json_set_string(o, "version", p->package->version);
		rv_json_set_string(o, "content_id", p->package->content_id);
		rv_json_append(used, o);
		rv_vec_each (&p->package->sonames, so)
			rv_json_set_string(known, *so, p->package->name);
	}
	rv_vec_each (&e->host.tools, t) {
		struct rv_json *o = rv_json_new_object();

		rv_json_set_string(o, "name", t->name);
		rv_json_set_string(o, "version", t->version);
		rv_json_append(tools, o);
	}
	rv_vec_each (&node->host, h) {
		struct rv_json *o = rv_json_new_object();

		rv_json_set_string(o, "name", *h);
		rv_json_set_string(o, "version", "host");
		rv_json_append(tools, o);
	}
	rv_json_set(request, "used", used);
	rv_json_set(request, "tools", tools);
	rv_json_set(request, "known_sonames", known);
	rv_json_set_string(request, "builder", "ravenadm " RV_VERSION);
	rv_json_set_string(request, "system_root", e->config->host_root ? "host" : "ravensys");
}

static void pack_identity(
    const struct rv_engine *e, const struct rv_node *node, struct rv_json *request)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	const struct rv_recipe *r = node->recipe;
	struct rv_json *options = rv_json_new_object();
	const char *licence = licence_expression(r, &arena);

	rv_json_set_string(request, "namebase", r->namebase);
	rv_json_set_string(request, "variant", r->variant);
	rv_json_set_string(request, "version", r->pkgversion);
	rv_json_set_string(request, "abi", e->config->abi);
	rv_json_set_string(request, "prefix", e->config->prefix);
	if (strcmp(r->homepage, "none") != 0)
		rv_json_set_string(request, "www", r->homepage);
	if (r->cpe)
		rv_json_set_string(request, "cpe", r->cpe);
	if (*licence)
		rv_json_set_string(request, "licence", licence);
	rv_json_set(request, "contacts", strings(rv_recipe_list(r, RV_KEY_CONTACT)));
	rv_json_set(request, "categories", strings(rv_recipe_list(r, RV_KEY_KEYWORDS)));
	rv_vec_each (&r->options, o)
		if (strcmp(o->name, "none") != 0)
			rv_json_set_bool(options, o->name, o->on);
	rv_json_set(request, "options", options);
}

/* SHA-256 over the recipe's own inputs alone. */
static void add_recipe_digest(const struct rv_node *node, struct rv_json *request)
{
	struct rv_inputs own = {0};
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_sha256 digest;

	for (size_t i = 0; i < node->inputs.n; i++)
		if (strncmp(node->inputs.v[i].name, "mk/", 3) != 0 &&
		    strncmp(node->inputs.v[i].name, "host ", 5) != 0)
			rv_inputs_add(&own, node->inputs.v[i].name, &node->inputs.v[i].digest);
	rv_inputs_digest(&own, &digest);
	rv_inputs_release(&own);
	rv_sha256_hex(&digest, hex);
	rv_json_set_string(request, "recipe", hex);
}

static int pack_request(const struct rv_engine *e, const struct rv_job_start *how,
    int64_t source_date_epoch, const struct rv_slot_packages *packages, struct rv_json *request,
    struct rv_error *err)
{
	const struct rv_node *node = &e->graph.nodes.v[how->node];

	pack_identity(e, node, request);
	pack_provenance(e, node, packages, request);
	rv_json_set_int(request, "source_date_epoch", source_date_epoch);
	rv_json_set_string(request, "input", how->digest);
	add_recipe_digest(node, request);
	return pack_subpackages(node, request, err);
}

/* --- the slot request */
static struct rv_json *environment(int64_t source_date_epoch)
{
	static const char *const fixed[] = {
	    "LANG=C",
	    "LC_ALL=C",
	    "TZ=UTC",
	    "TERM=dumb",
	    "SHELL=/bin/sh",
	    "USER=root",
	    "HOME=/root",
	    "RAVENADM=building",
	    "SSL_VARIANT=libressl",
	    "PATH=/bin:/usr/bin:/raven/sbin:/raven/bin",
	};
	struct rv_json *a = rv_json_new_array();
	char text[64];

	for (size_t i = 0; i < RV_COUNT(fixed); i++)
		rv_json_append_string(a, fixed[i]);
	snprintf(text, sizeof(text), "SOURCE_DATE_EPOCH=%lld", (long long)source_date_epoch);
	rv_json_append_string(a, text);
	return a;
}

static void set_limits(const struct rv_engine *e, unsigned slot, struct rv_json *body)
{
	struct rv_json *o = rv_json_new_object();
	char path[4096];

	snprintf(path, sizeof(path), "%s/SL%02u", e->config->buildbase_path, slot);
	rv_json_set_string(o, "dir", path);
	rv_json_set_int(o, "first_id", e->config->first_id);
	rv_json_set_int(o, "tmpfs_bytes", (int64_t)e->config->tmpfs_bytes);
	rv_json_set_int(o, "memory_bytes", (int64_t)e->config->memory_bytes);
	rv_json_set_int(o, "pids", 8192);
	rv_json_set(body, "slot", o);
}

static void set_places(struct rv_engine *e, const struct rv_job_start *how,
    const struct rv_slot_packages *packages, struct rv_json *body)
{
	const struct rv_recipe *r = e->graph.nodes.v[how->node].recipe;
	struct rv_json *trees = rv_json_new_array();
	char path[4096];

	rv_json_set_string(body, "port", e->graph.nodes.v[how->node].key);
	rv_json_set_string(body, "namebase", r->namebase);
	rv_json_set_string(body, "mk", e->config->mk_path);
	rv_json_set_string(body, "distfiles", e->config->distfiles_path);
	snprintf(path, sizeof(path), "%s/PORT%02u", e->config->buildbase_path, how->slot);
	rv_json_set_string(body, "port_dir", path);
	snprintf(
	    path, sizeof(path), "%s/%s___%s.log", e->config->logs_path, r->namebase, r->variant);
	rv_json_set_string(body, "log", path);
	rv_vec_each (packages, p) {
		snprintf(path, sizeof(path), "%s/trees/%s", e->config->buildbase_path,
		    p->package->content_id);
		rv_json_append_string(trees, path);
	}
	rv_json_set(body, "trees", trees);
}

static void set_make(const struct rv_engine *e, const struct rv_recipe *r, struct rv_json *body)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_json *args = rv_json_new_array(), *list = rv_json_new_array();
	const char *platform[RV_PLATFORM_MAKE_ARGS];

	rv_platform_make_args(&e->config->platform, &arena, platform);
	for (size_t i = 0; platform[i]; i++)
		rv_json_append_string(args, platform[i]);
	rv_json_set(body, "make_args", args);
	rv_json_set_string(body, "make_conf",
	    rv_arena_fmt(&arena,
		"RAVENPROFILE=%s\nRAVENBASE=%s\nWRKDIRPREFIX=/construction\nDISTDIR=/distfiles\n"
		"NUMBER_CPUS=%u\nMAKE_JOBS_NUMBER_LIMIT=%u\n",
		e->config->profile, e->config->prefix, e->config->jobs, e->config->jobs));
	for (size_t i = 0; i < RV_COUNT(phases); i++)
		rv_json_append_string(list, phases[i]);
	rv_json_set(body, "phases", list);
	rv_json_set_int(body, "watchdog_s", e->config->watchdog_s);
	rv_json_set_int(body, "deadline_s", e->config->deadline_s);
	rv_json_set_bool(body, "watchdog", !rv_recipe_flag(r, RV_KEY_BLOCK_WATCHDOG));
}

int rv_request_slot(struct rv_engine *e, const struct rv_job_start *how, int64_t source_date_epoch,
    const struct rv_slot_packages *packages, struct rv_json **out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *body = rv_json_new_object();
	struct rv_json *pack = rv_json_new_object(), *request = rv_json_new_object();
	char path[4096];

	set_limits(e, how->slot, body);
	set_places(e, how, packages, body);
	set_make(e, e->graph.nodes.v[how->node].recipe, body);
	rv_json_set(body, "env", environment(source_date_epoch));
	snprintf(path, sizeof(path), "%s/%s%u", e->config->packages_path, RV_INCOMING, how->slot);
	rv_json_set_string(pack, "out", path);
	snprintf(path, sizeof(path), "%s/PORT%02u/files", e->config->buildbase_path, how->slot);
	rv_json_set_string(pack, "files", path);
	rv_json_set(pack, "request", request);
	rv_json_set(body, "pack", pack);
	if (pack_request(e, how, source_date_epoch, packages, request, err) < 0)
		return rv_context(err, "%s", e->graph.nodes.v[how->node].key);
	*out = body;
	body = NULL;
	return 0;
}
