/* SPDX-License-Identifier: ISC */
/*
 * The request's facts, and the scripts and messages beside the plists, as manifest and build
 * record.
 */
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "codec/ucl.h"
#include "engine/pack_internal.h"

#define UCL_NAME_BYTES 128

/* Absent and empty are the same here. */
static const char *text_of(const struct rv_json *object, const char *key)
{
	const char *text = rv_json_string(rv_json_get(object, key));

	return text ? text : "";
}

static void take_list(const struct rv_json *object, const char *key, struct rv_strings *out)
{
	rv_json_each_item (rv_json_get(object, key), it)
		if (rv_json_string(it.value))
			rv_vec_push(out, rv_json_string(it.value));
}

void rv_pack_require(
    struct rv_manifest *m, const char *name, enum rv_require_kind kind, const char *version)
{
	rv_vec_each (&m->requires, r) {
		if (strcmp(r->name, name) != 0)
			continue;
		if (kind == RV_REQUIRE_SAME) {
			r->kind = kind;
			r->version = "";
		}
		return;
	}
	rv_vec_push(&m->requires, (struct rv_require){name, kind, version});
}

static void take_requires(
    const struct rv_pack *p, const struct rv_pack_sub *s, struct rv_manifest *m)
{
	rv_json_each_item (rv_json_get(s->request, "requires"), it) {
		const char *name = text_of(it.value, "name"),
			   *bound = text_of(it.value, "at_least");
		struct rv_ident id;
		bool own = rv_ident_parse(rv_span_str(name), &id, NULL) == 0 &&
			   rv_span_is(id.namebase, p->namebase) &&
			   rv_span_is(id.variant, p->variant);

		if (own && rv_span_is(id.subpackage, s->name))
			continue;
		rv_pack_require(m, name,
		    own	     ? RV_REQUIRE_SAME
		    : *bound ? RV_REQUIRE_AT_LEAST
			     : RV_REQUIRE_ANY,
		    own ? "" : bound);
	}
	if (strcmp(s->name, "set") != 0)
		return;
	for (size_t i = 0; i < p->n_subs; i++)
		if (&p->subs[i] != s)
			rv_pack_require(m,
			    rv_arena_fmt(
				&m->arena, "%s~%s~%s", p->namebase, p->subs[i].name, p->variant),
			    RV_REQUIRE_SAME, "");
}

/* --- accounts: only those that the subpackage's files belong to */

static bool account_used(const struct rv_pack *p, size_t sub, const char *name)
{
	rv_vec_each (&p->plist.entries, e)
		if ((*e)->sub == sub &&
		    (rv_span_is((*e)->owner, name) || rv_span_is((*e)->group, name)))
			return true;
	return false;
}

static int64_t id_of(const struct rv_json *object, const char *key)
{
	int64_t id;

	return rv_json_int(rv_json_get(object, key), &id) ? id : -1;
}

static void take_accounts(const struct rv_pack *p, size_t sub, struct rv_manifest *m)
{
	rv_json_each_item (rv_json_get(p->request, "users"), it)
		if (account_used(p, sub, text_of(it.value, "name")))
			rv_vec_push(
			    &m->users, (struct rv_pkg_user){text_of(it.value, "name"),
					   text_of(it.value, "group"), id_of(it.value, "uid"),
					   text_of(it.value, "gecos"), text_of(it.value, "home"),
					   text_of(it.value, "shell")});
	rv_json_each_item (rv_json_get(p->request, "groups"), it) {
		struct rv_pkg_group *g;

		if (!account_used(p, sub, text_of(it.value, "name")))
			continue;
		g = rv_vec_add(&m->groups);
		g->name = text_of(it.value, "name");
		g->gid = id_of(it.value, "gid");
		take_list(it.value, "members", &g->members);
	}
}

/* --- scripts and messages */

/* The UCL file NAME.SUBPACKAGE of the work folder; *out stays NULL when there is none. */
static int read_ucl(const struct rv_pack *p, const char *stem, const char *sub,
    struct rv_json **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(UCL_NAME_BYTES),
				      text = RV_BUF_INIT(RV_UCL_MAX_BYTES);
	int rc;

	rv_buf_addf(&name, "%s.%s", stem, sub);
	rc = rv_file_read(p->dirs->work, rv_buf_str(&name), &text, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return rv_ucl_parse(rv_buf_span(&text), rv_buf_str(&name), out, err);
}

/* "post-deinstall-lua" and the like. */
static bool script_key(
    const char *key, enum rv_script_phase *phase, enum rv_script_language *language)
{
	struct rv_span name = rv_span_str(key);
	struct rv_span lua = RV_SPAN_LIT("-lua");

	*language = rv_span_ends(name, lua) ? RV_SCRIPT_LUA : RV_SCRIPT_SHELL;
	if (*language == RV_SCRIPT_LUA)
		name = rv_span_sub(name, 0, name.n - lua.n);
	if (rv_span_is(name, "pre-deinstall"))
		name = RV_SPAN_LIT("pre-remove");
	else if (rv_span_is(name, "post-deinstall"))
		name = RV_SPAN_LIT("post-remove");
	return rv_script_phase_parse(name, phase);
}

static int take_script(
    struct rv_manifest *m, const char *key, const struct rv_json *v, struct rv_error *err)
{
	enum rv_script_phase phase;
	enum rv_script_language language;
	struct rv_script *s;
	struct rv_span args = rv_span_str(text_of(v, "args")), word;

	if (!script_key(key, &phase, &language))
		return rv_fail(err, RV_INPUT, "scripts: unknown phase '%s'", key);
	if (!*text_of(v, "code"))
		return rv_fail(err, RV_INPUT, "scripts: %s: no code", key);
	s = rv_vec_add(&m->scripts);
	s->phase = phase;
	s->language = language;
	s->text = rv_arena_strdup(&m->arena, text_of(v, "code"));
	while (rv_span_next(&args, ' ', &word))
		if (word.n)
			rv_vec_push(&s->args, rv_arena_strndup(&m->arena, word.p, word.n));
	return 0;
}

static int take_scripts(const struct rv_pack *p, const struct rv_pack_sub *s, struct rv_manifest *m,
    struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = NULL;

	if (read_ucl(p, ".PKG_SCRIPTS", s->name, &doc, err) < 0)
		return -1;
	rv_json_each (doc, it) {
		size_t n = rv_json_type(it.value) == RV_JSON_ARRAY ? rv_json_count(it.value) : 1;

		for (size_t i = 0; i < n; i++) {
			const struct rv_json *one = rv_json_type(it.value) == RV_JSON_ARRAY
							? rv_json_at(it.value, i)
							: it.value;

			if (take_script(m, it.key, one, err) < 0)
				return -1;
		}
	}
	return 0;
}

static void take_removes(const struct rv_pack *p, size_t sub, struct rv_manifest *m)
{
	rv_vec_each (&p->plist.removes, r) {
		struct rv_script *s;

		if (r->sub != sub)
			continue;
		s = rv_vec_add(&m->scripts);
		s->phase = RV_SCRIPT_PRE_REMOVE;
		s->language = RV_SCRIPT_LUA;
		s->text = "os.remove(pkg.prefixed_path(arg[1]))\n";
		rv_vec_push(&s->args, r->path);
	}
}

static int take_message(struct rv_manifest *m, const struct rv_json *v, struct rv_error *err)
{
	static const struct {
		const char *name;
		enum rv_message_when when;
	} types[] = {{"", RV_MESSAGE_ALWAYS}, {"install", RV_MESSAGE_INSTALL},
	    {"upgrade", RV_MESSAGE_UPGRADE}, {"remove", RV_MESSAGE_REMOVE}};
	const char *type = text_of(v, "type");

	if (!*text_of(v, "message"))
		return rv_fail(err, RV_INPUT, "messages: no message");
	for (size_t i = 0; i < RV_COUNT(types); i++) {
		if (strcmp(types[i].name, type) != 0)
			continue;
		rv_vec_push(
		    &m->messages, (struct rv_message){types[i].when,
				      rv_arena_strdup(&m->arena, text_of(v, "message")),
				      rv_arena_strdup(&m->arena, text_of(v, "maximum_version")),
				      rv_arena_strdup(&m->arena, text_of(v, "minimum_version"))});
		return 0;
	}
	return rv_fail(err, RV_INPUT, "messages: unknown type '%s'", type);
}

/* Each member is one message or a list of them, whatever its key. */
static int take_messages(const struct rv_pack *p, const struct rv_pack_sub *s,
    struct rv_manifest *m, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = NULL;

	if (read_ucl(p, ".PKG_MESSAGES", s->name, &doc, err) < 0)
		return -1;
	rv_json_each (doc, it) {
		if (rv_json_type(it.value) == RV_JSON_OBJECT && take_message(m, it.value, err) < 0)
			return -1;
		rv_json_each_item (it.value, item)
			if (take_message(m, item.value, err) < 0)
				return -1;
		if (rv_json_type(it.value) != RV_JSON_OBJECT &&
		    rv_json_type(it.value) != RV_JSON_ARRAY)
			return rv_fail(err, RV_INPUT, "messages: '%s' is no message", it.key);
	}
	return 0;
}

/* --- the whole */

int rv_pack_manifest(struct rv_pack *p, size_t sub, struct rv_manifest *m, struct rv_error *err)
{
	const struct rv_pack_sub *s = &p->subs[sub];
	const struct rv_json *q = p->request;

	rv_manifest_init(m);
	m->namebase = p->namebase;
	m->subpackage = s->name;
	m->variant = p->variant;
	m->version = p->version;
	m->abi = p->abi;
	m->prefix = p->prefix;
	m->comment = text_of(s->request, "comment");
	m->description = text_of(s->request, "description");
	m->www = text_of(q, "www");
	m->cpe = text_of(q, "cpe");
	m->licence = text_of(q, "licence");
	take_list(q, "contacts", &m->contacts);
	take_list(q, "categories", &m->categories);
	rv_json_each (rv_json_get(q, "options"), it)
		rv_vec_push(&m->options, (struct rv_option){it.key, rv_json_bool(it.value, false)});
	take_requires(p, s, m);
	take_accounts(p, sub, m);
	take_removes(p, sub, m);
	if (take_scripts(p, s, m, err) < 0 || take_messages(p, s, m, err) < 0)
		return rv_context(err, "subpackage %s", s->name);
	return 0;
}

static int take_digest(
    const struct rv_json *q, const char *key, struct rv_sha256 *out, struct rv_error *err)
{
	const char *hex = text_of(q, key);

	if (*hex && !rv_sha256_parse(rv_span_str(hex), out))
		return rv_fail(err, RV_INPUT, "pack request: %s is no SHA-256", key);
	return 0;
}

int rv_pack_build(struct rv_pack *p, struct rv_build *b, struct rv_error *err)
{
	const struct rv_json *q = p->request;
	struct rv_map seen = RV_MAP_INIT;
	int rc = 0;

	rv_build_init(b);
	b->builder = text_of(q, "builder");
	b->system_root = p->system_root;
	if (rv_json_want_int(q, "source_date_epoch", "pack request", &b->source_date_epoch, err) <
		0 ||
	    take_digest(q, "input", &b->input, err) < 0 ||
	    take_digest(q, "recipe", &b->recipe, err) < 0)
		return -1;
	rv_json_each_item (rv_json_get(q, "used"), it) {
		struct rv_build_used u = {
		    text_of(it.value, "name"), text_of(it.value, "version"), {{0}}};

		if (rc == 0)
			rc = take_digest(it.value, "content_id", &u.content_id, err);
		rv_vec_push(&b->used, u);
	}
	/* the same tool may be named by the host and by a dependency that the host satisfies */
	rv_json_each_item (rv_json_get(q, "tools"), it) {
		struct rv_build_tool t = {text_of(it.value, "name"), text_of(it.value, "version")};

		if (!rv_map_put(&seen, rv_span_str(t.name), b))
			rv_vec_push(&b->tools, t);
	}
	rv_map_release(&seen);
	return rc;
}
