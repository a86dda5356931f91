/* SPDX-License-Identifier: ISC */
/*
 * What a buildsheet must not be made of: option groups whose defaults contradict them, and files of
 * messages, scripts and triggers that no package can take over. Everything is said at once.
 */
#include <string.h>
#include <strings.h>

#include "codec/json.h"
#include "codec/ucl.h"
#include "os/file.h"
#include "port/recipe.h"
#include "port/sheet.h"

struct checking {
	const struct rv_port *p;
	struct rv_problems *problems;
	const char *file; /* at work, "files/NAME" */
};

/* --- option groups */

static unsigned line_of(const struct rv_port *p, enum rv_port_key key)
{
	return p->keys[key].n ? p->keys[key].v[0].line : 0;
}

static size_t count_on(const struct rv_recipe *r, const struct rv_items *members)
{
	size_t n = 0;

	for (size_t i = 0; i < members->n; i++)
		n += rv_recipe_option_is_on(r, members->v[i].text);
	return n;
}

static void check_groups(struct checking *c, const struct rv_recipe *r, enum rv_port_key kind)
{
	const struct rv_items *groups = rv_port_list(c->p, kind);
	bool radio = kind == RV_KEY_OPTGROUP_RADIO;

	for (size_t i = 0; i < groups->n; i++) {
		const char *group = groups->v[i].text;
		size_t on = count_on(r, rv_port_array(c->p, RV_KEY_OPTGROUP, group));

		if (radio ? on == 1 : on >= 1)
			continue;
		rv_problems_add(c->problems, RV_PROBLEM_LATE, c->p->what, line_of(c->p, kind),
		    radio ? "%zu options of radio group %s are on by default: it must be one"
			  : "%zu options of restricted group %s are on by default: it must be one "
			    "or more",
		    on, group);
	}
}

/* The defaults are those of the first variant. */
static int check_options(
    struct checking *c, const struct rv_platform *platform, struct rv_error *err)
{
	rv_autofree(rv_recipe) struct rv_recipe *r = NULL;
	const struct rv_items *variants = rv_port_variants(c->p);

	if (!variants->n || (!rv_port_has(c->p, RV_KEY_OPTGROUP_RADIO) &&
				!rv_port_has(c->p, RV_KEY_OPTGROUP_RESTRICTED)))
		return 0;
	if (rv_recipe_make(c->p, variants->v[0].text, platform, NULL, &r, err) < 0)
		return -1;
	check_groups(c, r, RV_KEY_OPTGROUP_RADIO);
	check_groups(c, r, RV_KEY_OPTGROUP_RESTRICTED);
	return 0;
}

/* --- UCL files */

static void blame(struct checking *c, const char *fmt, ...) RV_PRINTF(2, 3);
static void blame(struct checking *c, const char *fmt, ...)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ERROR_MSG_BYTES);
	va_list ap;

	va_start(ap, fmt);
	rv_buf_vaddf(&text, fmt, ap);
	va_end(ap);
	rv_problems_add(
	    c->problems, RV_PROBLEM_VALUE, c->p->what, 0, "%s: %s", c->file, rv_buf_str(&text));
}

/* A member that an object may have. */
struct member {
	const char *key;
	enum rv_json_type type;
};

static const struct member *member_of(const struct member *members, const char *key)
{
	for (; members->key; members++)
		if (strcmp(members->key, key) == 0)
			return members;
	return NULL;
}

/* Every member must be one of these, of its type. */
static void check_members(
    struct checking *c, const char *name, const struct rv_json *o, const struct member *members)
{
	rv_json_each (o, it) {
		const struct member *m = member_of(members, it.key);

		if (!m)
			blame(c, "%s: there is no key '%s'", name, it.key);
		else if (rv_json_type(it.value) != m->type)
			blame(c, "%s: '%s' must be %s, given once", name, it.key,
			    m->type == RV_JSON_STRING ? "a text" : "a list");
	}
}

static void check_message(struct checking *c, const char *name, const struct rv_json *o)
{
	static const struct member members[] = {{"message", RV_JSON_STRING},
	    {"type", RV_JSON_STRING}, {"min_version", RV_JSON_STRING},
	    {"max_version", RV_JSON_STRING}, {NULL, RV_JSON_NULL}};
	const char *type = rv_json_string(rv_json_get(o, "type"));
	bool upgrade = type && strcasecmp(type, "upgrade") == 0;

	check_members(c, name, o, members);
	if (!rv_json_get(o, "message"))
		blame(c, "%s: 'message' is missing", name);
	if (!type)
		blame(c, "%s: 'type' is missing: install, remove or upgrade", name);
	else if (!upgrade && strcasecmp(type, "install") != 0 && strcasecmp(type, "remove") != 0)
		blame(c, "%s: type '%s' is none of install, remove, upgrade", name, type);
	if (!upgrade && (rv_json_get(o, "min_version") || rv_json_get(o, "max_version")))
		blame(c, "%s: min_version and max_version are of type upgrade alone", name);
}

static void check_trigger(struct checking *c, const char *name, const struct rv_json *o)
{
	static const struct member members[] = {{"trigger", RV_JSON_STRING},
	    {"cleanup", RV_JSON_STRING}, {"dir_path", RV_JSON_ARRAY}, {"file_path", RV_JSON_ARRAY},
	    {"file_glob", RV_JSON_ARRAY}, {"file_regexp", RV_JSON_ARRAY}, {NULL, RV_JSON_NULL}};
	size_t paths = 0;

	check_members(c, name, o, members);
	if (!rv_json_get(o, "trigger") && !rv_json_get(o, "cleanup"))
		blame(c, "%s: neither 'trigger' nor 'cleanup' is there", name);
	for (const struct member *m = members; m->key; m++)
		if (m->type == RV_JSON_ARRAY)
			paths += rv_json_count(rv_json_get(o, m->key));
	if (!paths)
		blame(c, "%s: dir_path, file_path, file_glob or file_regexp must name something",
		    name);
}

static void check_phase(struct checking *c, const char *name, const struct rv_json *list)
{
	static const char *const phases[] = {"pre-install", "post-install", "pre-deinstall",
	    "post-deinstall", "pre-install-lua", "post-install-lua", "pre-deinstall-lua",
	    "post-deinstall-lua"};
	static const struct member members[] = {
	    {"code", RV_JSON_STRING}, {"args", RV_JSON_STRING}, {NULL, RV_JSON_NULL}};
	bool known = false;

	for (size_t i = 0; i < RV_COUNT(phases); i++)
		known = known || strcmp(name, phases[i]) == 0;
	if (!known)
		blame(c, "'%s' is no phase: {pre,post}-{install,deinstall}, with -lua or without",
		    name);
	if (rv_json_type(list) != RV_JSON_ARRAY || !rv_json_count(list)) {
		blame(c, "%s: must be a list of {code, args}", name);
		return;
	}
	rv_json_each_item (list, it) {
		if (rv_json_type(it.value) != RV_JSON_OBJECT) {
			blame(c, "%s: must be a list of {code, args}", name);
			continue;
		}
		check_members(c, name, it.value, members);
		for (const struct member *m = members; m->key; m++)
			if (!rv_json_get(it.value, m->key))
				blame(c, "%s: '%s' is missing", name, m->key);
	}
}

struct ucl_kind {
	const char *prefix;
	void (*check)(struct checking *c, const char *name, const struct rv_json *value);
	bool objects; /* every member is one */
};

static const struct ucl_kind ucl_kinds[] = {
    {"triggers-", check_trigger, true},
    {"messages-", check_message, true},
    {"scripts-", check_phase, false},
};

static int check_ucl(struct checking *c, const struct ucl_kind *kind, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_UCL_MAX_BYTES);
	rv_autofree(rv_json) struct rv_json *doc = NULL;
	struct rv_error why = RV_ERROR_INIT;

	if (rv_port_files_read(&c->p->files, c->file, &text, err) < 0)
		return rv_context(err, "%s", c->p->what);
	if (rv_ucl_parse(rv_buf_span(&text), c->file, &doc, &why) < 0) {
		rv_problems_add(
		    c->problems, RV_PROBLEM_VALUE, c->p->what, 0, "%s: not UCL", why.msg);
		return 0;
	}
	rv_json_each (doc, it) {
		if (kind->objects && rv_json_type(it.value) != RV_JSON_OBJECT)
			blame(c, "%s: must be { ... }, given once", it.key);
		else
			kind->check(c, it.key, it.value);
	}
	return 0;
}

static int check_files(struct checking *c, struct rv_error *err)
{
	struct rv_file_names names;
	int rc = 0;

	if (rv_port_files_list(&c->p->files, "files", &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n && rc == 0; i++) {
		struct rv_span name = rv_span_str(names.v[i]);

		if (!rv_span_ends(name, RV_SPAN_LIT(".ucl")) &&
		    !rv_span_ends(name, RV_SPAN_LIT(".ucl.in")))
			continue;
		c->file = rv_arena_fmt(&names.arena, "files/%s", names.v[i]);
		for (size_t k = 0; k < RV_COUNT(ucl_kinds) && rc == 0; k++)
			if (rv_span_starts(name, rv_span_str(ucl_kinds[k].prefix)))
				rc = check_ucl(c, &ucl_kinds[k], err);
	}
	rv_file_names_release(&names);
	return rc;
}

int rv_sheet_check_options(const struct rv_port *p, const struct rv_platform *platform,
    struct rv_problems *problems, struct rv_error *err)
{
	struct checking c = {.p = p, .problems = problems};

	if (check_options(&c, platform, err) < 0)
		return -1;
	return rv_problems_check(problems, err);
}

int rv_sheet_check_files(
    const struct rv_port *p, struct rv_problems *problems, struct rv_error *err)
{
	struct checking c = {.p = p, .problems = problems};

	if (check_files(&c, err) < 0)
		return -1;
	return rv_problems_check(problems, err);
}
