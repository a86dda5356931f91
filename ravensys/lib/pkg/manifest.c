/* SPDX-License-Identifier: ISC */
/*
 * +MANIFEST. Rows say which members there are; encode makes JSON from the values and then lets
 * parse judge it, so that nothing can be written that cannot be read.
 */
#include "pkg/manifest.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "codec/json.h"
#include "pkg/field.h"
#include "pkg/utf8.h"
#include "pkg/version.h"

#define DESCRIPTION_MAX_BYTES ((size_t)64 * 1024)
#define SCRIPT_MAX_BYTES ((size_t)256 * 1024)
#define MESSAGE_MAX_BYTES ((size_t)64 * 1024)
#define ID_MAX 0x7ffffffe

static const char *const phase_names[] = {
    [RV_SCRIPT_PRE_INSTALL] = "pre-install",
    [RV_SCRIPT_POST_INSTALL] = "post-install",
    [RV_SCRIPT_PRE_UPGRADE] = "pre-upgrade",
    [RV_SCRIPT_POST_UPGRADE] = "post-upgrade",
    [RV_SCRIPT_PRE_REMOVE] = "pre-remove",
    [RV_SCRIPT_POST_REMOVE] = "post-remove",
};
static const char *const language_names[] = {[RV_SCRIPT_LUA] = "lua", [RV_SCRIPT_SHELL] = "shell"};
static const char *const when_names[] = {
    [RV_MESSAGE_ALWAYS] = "always",
    [RV_MESSAGE_INSTALL] = "install",
    [RV_MESSAGE_UPGRADE] = "upgrade",
    [RV_MESSAGE_REMOVE] = "remove",
};

const char *rv_script_phase_name(enum rv_script_phase phase)
{
	return phase_names[phase];
}

const char *rv_message_when_name(enum rv_message_when when)
{
	return when_names[when];
}

/* Index of word in names, or n. */
static size_t find_word(struct rv_span word, const char *const *names, size_t n)
{
	size_t i = 0;

	while (i < n && !rv_span_is(word, names[i]))
		i++;
	return i;
}

bool rv_script_phase_parse(struct rv_span name, enum rv_script_phase *out)
{
	size_t i = find_word(name, phase_names, RV_COUNT(phase_names));

	if (i == RV_COUNT(phase_names))
		return false;
	*out = (enum rv_script_phase)i;
	return true;
}

bool rv_account_name_valid(struct rv_span name)
{
	if (name.n == 0 || name.n > 32)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '.' || c == '-')))
			return false;
	}
	return true;
}

static bool abi_valid(struct rv_span text)
{
	struct rv_abi abi;

	return rv_abi_parse(text, &abi, NULL) == 0;
}

static bool prefix_valid(struct rv_span text)
{
	return text.n > 1 && text.p[0] == '/' && rv_utf8_plain(text) && text.p[text.n - 1] != '/' &&
	       rv_span_find_span(text, RV_SPAN_LIT("//")) == text.n &&
	       rv_span_find_span(text, RV_SPAN_LIT("/.")) == text.n;
}

static bool name_valid(struct rv_span text)
{
	struct rv_ident id;

	return rv_ident_parse(text, &id, NULL) == 0 && id.version.n == 0;
}

static bool phase_valid(struct rv_span text)
{
	enum rv_script_phase phase;

	return rv_script_phase_parse(text, &phase);
}

static bool language_valid(struct rv_span text)
{
	return find_word(text, language_names, RV_COUNT(language_names)) < RV_COUNT(language_names);
}

static bool when_valid(struct rv_span text)
{
	return find_word(text, when_names, RV_COUNT(when_names)) < RV_COUNT(when_names);
}

static const struct rv_field_string manifest_rows[] = {
    {"abi", offsetof(struct rv_manifest, abi), true, abi_valid, 0},
    {"comment", offsetof(struct rv_manifest, comment), true, rv_utf8_plain, 0},
    {"cpe", offsetof(struct rv_manifest, cpe), false, rv_utf8_plain, 0},
    {"description", offsetof(struct rv_manifest, description), false, rv_utf8_text,
	DESCRIPTION_MAX_BYTES},
    {"licence", offsetof(struct rv_manifest, licence), false, rv_utf8_plain, 0},
    {"namebase", offsetof(struct rv_manifest, namebase), true, rv_namebase_valid, 0},
    {"prefix", offsetof(struct rv_manifest, prefix), true, prefix_valid, 0},
    {"subpackage", offsetof(struct rv_manifest, subpackage), true, rv_subpackage_valid, 0},
    {"variant", offsetof(struct rv_manifest, variant), true, rv_variant_valid, 0},
    {"version", offsetof(struct rv_manifest, version), true, rv_version_valid, 0},
    {"www", offsetof(struct rv_manifest, www), false, rv_utf8_plain, 0},
};
static const char *const manifest_keys[] = {"abi", "categories", "comment", "contacts", "cpe",
    "description", "groups", "licence", "messages", "n_files", "namebase", "options", "plain_bytes",
    "prefix", "provides_sonames", "requires", "requires_sonames", "scripts", "subpackage", "users",
    "variant", "version", "www", NULL};

void rv_manifest_init(struct rv_manifest *m)
{
	*m = (struct rv_manifest){0};
	for (size_t i = 0; i < RV_COUNT(manifest_rows); i++) {
		const char *none = "";

		memcpy((char *)m + manifest_rows[i].at, &none, sizeof(none));
	}
}

void rv_manifest_release(struct rv_manifest *m)
{
	rv_vec_each (&m->scripts, s)
		rv_vec_release(&s->args);
	rv_vec_each (&m->groups, g)
		rv_vec_release(&g->members);
	rv_vec_release(&m->contacts);
	rv_vec_release(&m->categories);
	rv_vec_release(&m->options);
	rv_vec_release(&m->requires);
	rv_vec_release(&m->requires_sonames);
	rv_vec_release(&m->provides_sonames);
	rv_vec_release(&m->scripts);
	rv_vec_release(&m->messages);
	rv_vec_release(&m->users);
	rv_vec_release(&m->groups);
	rv_arena_release(&m->arena);
	rv_manifest_init(m);
}

struct rv_ident rv_manifest_ident(const struct rv_manifest *m)
{
	return (struct rv_ident){rv_span_str(m->namebase), rv_span_str(m->subpackage),
	    rv_span_str(m->variant), rv_span_str(m->version)};
}

/* --- reading */

static int read_options(const struct rv_field_in *in, const struct rv_json *doc,
    struct rv_manifest *m, struct rv_error *err)
{
	const struct rv_json *options = rv_json_get(doc, "options");

	if (!options)
		return 0;
	if (rv_json_type(options) != RV_JSON_OBJECT || rv_json_count(options) == 0 ||
	    rv_json_count(options) > RV_MANIFEST_MAX_ITEMS)
		return rv_field_fail(in, "options", "not an object of some members", err);
	rv_json_each (options, it) {
		if (rv_json_type(it.value) != RV_JSON_BOOL || !*it.key ||
		    strlen(it.key) > RV_FIELD_LINE_MAX_BYTES)
			return rv_field_fail(
			    in, "options", "a value is neither true nor false", err);
		rv_vec_push(&m->options, (struct rv_option){rv_arena_strdup(in->arena, it.key),
					     rv_json_bool(it.value, false)});
	}
	return 0;
}

static int read_requires(const struct rv_field_in *in, const struct rv_json *doc,
    struct rv_manifest *m, struct rv_error *err)
{
	static const struct rv_field_string rows[] = {
	    {"name", offsetof(struct rv_require, name), true, name_valid, 0},
	    {"at_least", offsetof(struct rv_require, version), false, rv_version_valid, 0},
	};
	static const char *const keys[] = {"at_least", "name", "same_version", NULL};
	const struct rv_json *items;

	if (rv_field_items(in, doc, "requires", &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		struct rv_require *r = rv_vec_add(&m->requires);
		const struct rv_json *same = rv_json_get(it.value, "same_version");

		if (rv_json_only_keys(it.value, keys, in->what, err) < 0 ||
		    rv_field_strings(in, it.value, rows, RV_COUNT(rows), r, err) < 0)
			return -1;
		if (r > m->requires.v && strcmp(r[-1].name, r->name) >= 0)
			return rv_field_fail(in, "requires", "not sorted by name, or twice", err);
		if (same && (!rv_json_bool(same, false) || *r->version))
			return rv_field_fail(
			    in, "same_version", "not true, or beside at_least", err);
		r->kind = same		? RV_REQUIRE_SAME
			  : *r->version ? RV_REQUIRE_AT_LEAST
					: RV_REQUIRE_ANY;
	}
	return 0;
}

struct script_words {
	const char *phase, *language;
};

static int read_scripts(const struct rv_field_in *in, const struct rv_json *doc,
    struct rv_manifest *m, struct rv_error *err)
{
	static const struct rv_field_string words[] = {
	    {"phase", offsetof(struct script_words, phase), true, phase_valid, 0},
	    {"language", offsetof(struct script_words, language), true, language_valid, 0},
	};
	static const struct rv_field_string rows[] = {
	    {"text", offsetof(struct rv_script, text), true, rv_utf8_text, SCRIPT_MAX_BYTES},
	};
	static const char *const keys[] = {"args", "language", "phase", "text", NULL};
	const struct rv_json *items;

	if (rv_field_items(in, doc, "scripts", &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		struct rv_script *s = rv_vec_add(&m->scripts);
		struct script_words w;

		if (rv_json_only_keys(it.value, keys, in->what, err) < 0 ||
		    rv_field_strings(in, it.value, words, RV_COUNT(words), &w, err) < 0 ||
		    rv_field_strings(in, it.value, rows, RV_COUNT(rows), s, err) < 0 ||
		    rv_field_array(in, it.value, "args", RV_FIELD_LIST, &s->args, err) < 0)
			return -1;
		s->phase = (enum rv_script_phase)find_word(
		    rv_span_str(w.phase), phase_names, RV_COUNT(phase_names));
		s->language = (enum rv_script_language)find_word(
		    rv_span_str(w.language), language_names, RV_COUNT(language_names));
	}
	return 0;
}

static const struct rv_field_string message_rows[] = {
    {"text", offsetof(struct rv_message, text), true, rv_utf8_text, MESSAGE_MAX_BYTES},
    {"older_than", offsetof(struct rv_message, older_than), false, rv_version_valid, 0},
    {"newer_than", offsetof(struct rv_message, newer_than), false, rv_version_valid, 0},
};

static int read_messages(const struct rv_field_in *in, const struct rv_json *doc,
    struct rv_manifest *m, struct rv_error *err)
{
	static const struct rv_field_string words[] = {{"when", 0, true, when_valid, 0}};
	static const char *const keys[] = {"newer_than", "older_than", "text", "when", NULL};
	const struct rv_json *items;

	if (rv_field_items(in, doc, "messages", &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		struct rv_message *g = rv_vec_add(&m->messages);
		const char *when;

		if (rv_json_only_keys(it.value, keys, in->what, err) < 0 ||
		    rv_field_strings(in, it.value, words, 1, &when, err) < 0 ||
		    rv_field_strings(in, it.value, message_rows, RV_COUNT(message_rows), g, err) <
			0)
			return -1;
		g->when = (enum rv_message_when)find_word(
		    rv_span_str(when), when_names, RV_COUNT(when_names));
		if (g->when != RV_MESSAGE_UPGRADE && (*g->older_than || *g->newer_than))
			return rv_field_fail(in, "messages", "a bound without upgrade", err);
	}
	return 0;
}

static const struct rv_field_string user_rows[] = {
    {"name", offsetof(struct rv_pkg_user, name), true, rv_account_name_valid, 0},
    {"group", offsetof(struct rv_pkg_user, group), true, rv_account_name_valid, 0},
    {"gecos", offsetof(struct rv_pkg_user, gecos), false, rv_utf8_plain, 0},
    {"home", offsetof(struct rv_pkg_user, home), false, rv_utf8_plain, 0},
    {"shell", offsetof(struct rv_pkg_user, shell), false, rv_utf8_plain, 0},
};

static int read_users(const struct rv_field_in *in, const struct rv_json *doc,
    struct rv_manifest *m, struct rv_error *err)
{
	static const char *const keys[] = {"gecos", "group", "home", "name", "shell", "uid", NULL};
	const struct rv_json *items;

	if (rv_field_items(in, doc, "users", &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		struct rv_pkg_user *u = rv_vec_add(&m->users);

		if (rv_json_only_keys(it.value, keys, in->what, err) < 0 ||
		    rv_field_strings(in, it.value, user_rows, RV_COUNT(user_rows), u, err) < 0 ||
		    rv_field_int(in, it.value, "uid", ID_MAX, -1, &u->uid, err) < 0)
			return -1;
		if (u > m->users.v && strcmp(u[-1].name, u->name) >= 0)
			return rv_field_fail(in, "users", "not sorted by name, or twice", err);
	}
	return 0;
}

static const struct rv_field_string group_rows[] = {
    {"name", offsetof(struct rv_pkg_group, name), true, rv_account_name_valid, 0},
};

static int read_groups(const struct rv_field_in *in, const struct rv_json *doc,
    struct rv_manifest *m, struct rv_error *err)
{
	static const char *const keys[] = {"gid", "members", "name", NULL};
	const struct rv_json *items;

	if (rv_field_items(in, doc, "groups", &items, err) < 0)
		return -1;
	rv_json_each_item (items, it) {
		struct rv_pkg_group *g = rv_vec_add(&m->groups);

		if (rv_json_only_keys(it.value, keys, in->what, err) < 0 ||
		    rv_field_strings(in, it.value, group_rows, RV_COUNT(group_rows), g, err) < 0 ||
		    rv_field_int(in, it.value, "gid", ID_MAX, -1, &g->gid, err) < 0 ||
		    rv_field_array(in, it.value, "members", RV_FIELD_SET, &g->members, err) < 0)
			return -1;
		if (g > m->groups.v && strcmp(g[-1].name, g->name) >= 0)
			return rv_field_fail(in, "groups", "not sorted by name, or twice", err);
	}
	return 0;
}

static int read_lists(const struct rv_field_in *in, const struct rv_json *doc,
    struct rv_manifest *m, struct rv_error *err)
{
	if (rv_field_array(in, doc, "contacts", RV_FIELD_LIST, &m->contacts, err) < 0 ||
	    rv_field_array(in, doc, "categories", RV_FIELD_SET, &m->categories, err) < 0 ||
	    rv_field_array(in, doc, "requires_sonames", RV_FIELD_SET, &m->requires_sonames, err) <
		0 ||
	    rv_field_array(in, doc, "provides_sonames", RV_FIELD_SET, &m->provides_sonames, err) <
		0)
		return -1;
	if (read_options(in, doc, m, err) < 0 || read_requires(in, doc, m, err) < 0 ||
	    read_scripts(in, doc, m, err) < 0 || read_messages(in, doc, m, err) < 0)
		return -1;
	return read_users(in, doc, m, err) < 0 || read_groups(in, doc, m, err) < 0 ? -1 : 0;
}

/* What the members must be to each other. */
static int check_whole(
    const struct rv_field_in *in, const struct rv_manifest *m, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf full = RV_BUF_INIT(RV_IDENT_MAX_BYTES);
	struct rv_ident self = rv_manifest_ident(m), other;

	rv_ident_add_full(&self, &full);
	if (full.failed)
		return rv_field_fail(in, "namebase", "name and version together are too long", err);
	rv_vec_each (&m->requires, r) {
		if (r->kind != RV_REQUIRE_SAME)
			continue;
		if (rv_ident_parse(rv_span_str(r->name), &other, err) < 0)
			return -1;
		if (!rv_span_eq(other.namebase, self.namebase) ||
		    !rv_span_eq(other.variant, self.variant))
			return rv_field_fail(in, "requires", "same_version of another port", err);
	}
	return 0;
}

static int read_all(const struct rv_field_in *in, const struct rv_json *doc, struct rv_manifest *m,
    struct rv_error *err)
{
	int64_t bytes, files;

	if (rv_json_only_keys(doc, manifest_keys, in->what, err) < 0 ||
	    rv_field_strings(in, doc, manifest_rows, RV_COUNT(manifest_rows), m, err) < 0 ||
	    read_lists(in, doc, m, err) < 0 ||
	    rv_field_int(in, doc, "plain_bytes", INT64_MAX, 0, &bytes, err) < 0 ||
	    rv_field_int(in, doc, "n_files", INT64_MAX, 0, &files, err) < 0)
		return -1;
	if ((bytes == 0 && rv_json_get(doc, "plain_bytes")) ||
	    (files == 0 && rv_json_get(doc, "n_files")))
		return rv_field_fail(in, "n_files, plain_bytes", "zero: leave it out", err);
	m->plain_bytes = (uint64_t)bytes;
	m->n_files = (uint64_t)files;
	return check_whole(in, m, err);
}

int rv_manifest_parse(
    struct rv_span text, const char *what, struct rv_manifest *out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = NULL;
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(4096);
	struct rv_field_in in = {.arena = &out->arena};

	rv_buf_addf(&name, "%s: +MANIFEST", what);
	in.what = rv_buf_str(&name);
	rv_manifest_init(out);
	if (rv_field_document(text, RV_MANIFEST_MAX_BYTES, in.what, &doc, err) < 0)
		return -1;
	if (read_all(&in, doc, out, err) < 0) {
		rv_manifest_release(out);
		return -1;
	}
	return 0;
}

/* --- writing */

static int require_cmp(const void *a, const void *b)
{
	return strcmp(((const struct rv_require *)a)->name, ((const struct rv_require *)b)->name);
}

static int user_cmp(const void *a, const void *b)
{
	return strcmp(((const struct rv_pkg_user *)a)->name, ((const struct rv_pkg_user *)b)->name);
}

static int group_cmp(const void *a, const void *b)
{
	return strcmp(
	    ((const struct rv_pkg_group *)a)->name, ((const struct rv_pkg_group *)b)->name);
}

static void sort_sets(struct rv_manifest *m)
{
	rv_strings_make_set(&m->categories);
	rv_strings_make_set(&m->requires_sonames);
	rv_strings_make_set(&m->provides_sonames);
	rv_vec_each (&m->groups, g)
		rv_strings_make_set(&g->members);
	rv_vec_sort(&m->requires, require_cmp);
	rv_vec_sort(&m->users, user_cmp);
	rv_vec_sort(&m->groups, group_cmp);
}

/* Sets key to array, or drops an empty one. */
static void set_items(struct rv_json *doc, const char *key, struct rv_json *array)
{
	if (rv_json_count(array))
		rv_json_set(doc, key, array);
	else
		rv_json_free(array);
}

static struct rv_json *append_object(struct rv_json *array)
{
	struct rv_json *object = rv_json_new_object();

	rv_json_append(array, object);
	return object;
}

static void write_requires(const struct rv_manifest *m, struct rv_json *doc)
{
	struct rv_json *array = rv_json_new_array();

	rv_vec_each (&m->requires, r) {
		struct rv_json *o = append_object(array);

		rv_field_set(o, "name", r->name);
		if (r->kind == RV_REQUIRE_AT_LEAST)
			rv_field_set(o, "at_least", r->version);
		if (r->kind == RV_REQUIRE_SAME)
			rv_json_set_bool(o, "same_version", true);
	}
	set_items(doc, "requires", array);
}

static void write_scripts(const struct rv_manifest *m, struct rv_json *doc)
{
	struct rv_json *array = rv_json_new_array();

	rv_vec_each (&m->scripts, s) {
		struct rv_json *o = append_object(array);

		rv_field_set(o, "phase", phase_names[s->phase]);
		rv_field_set(o, "language", language_names[s->language]);
		rv_field_set(o, "text", s->text);
		rv_field_set_array(o, "args", &s->args);
	}
	set_items(doc, "scripts", array);
}

static void write_messages(const struct rv_manifest *m, struct rv_json *doc)
{
	struct rv_json *array = rv_json_new_array();

	rv_vec_each (&m->messages, g) {
		struct rv_json *o = append_object(array);

		rv_field_set(o, "when", when_names[g->when]);
		rv_field_set_rows(o, message_rows, RV_COUNT(message_rows), g);
	}
	set_items(doc, "messages", array);
}

static void write_accounts(const struct rv_manifest *m, struct rv_json *doc)
{
	struct rv_json *users = rv_json_new_array(), *groups = rv_json_new_array();

	rv_vec_each (&m->users, u) {
		struct rv_json *o = append_object(users);

		rv_field_set_rows(o, user_rows, RV_COUNT(user_rows), u);
		if (u->uid >= 0)
			rv_json_set_int(o, "uid", u->uid);
	}
	rv_vec_each (&m->groups, g) {
		struct rv_json *o = append_object(groups);

		rv_field_set_rows(o, group_rows, RV_COUNT(group_rows), g);
		rv_field_set_array(o, "members", &g->members);
		if (g->gid >= 0)
			rv_json_set_int(o, "gid", g->gid);
	}
	set_items(doc, "users", users);
	set_items(doc, "groups", groups);
}

static void write_options(const struct rv_manifest *m, struct rv_json *doc)
{
	struct rv_json *options;

	if (m->options.n == 0)
		return;
	options = rv_json_new_object();
	rv_vec_each (&m->options, o)
		rv_json_set_bool(options, o->name, o->on);
	rv_json_set(doc, "options", options);
}

int rv_manifest_encode(struct rv_manifest *m, struct rv_buf *out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = rv_json_new_object();
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MANIFEST_MAX_BYTES);
	struct rv_manifest again;

	sort_sets(m);
	rv_field_set_rows(doc, manifest_rows, RV_COUNT(manifest_rows), m);
	rv_field_set_array(doc, "contacts", &m->contacts);
	rv_field_set_array(doc, "categories", &m->categories);
	rv_field_set_array(doc, "requires_sonames", &m->requires_sonames);
	rv_field_set_array(doc, "provides_sonames", &m->provides_sonames);
	write_options(m, doc);
	write_requires(m, doc);
	write_scripts(m, doc);
	write_messages(m, doc);
	write_accounts(m, doc);
	if (m->plain_bytes)
		rv_json_set_int(doc, "plain_bytes", (int64_t)m->plain_bytes);
	if (m->n_files)
		rv_json_set_int(doc, "n_files", (int64_t)m->n_files);
	if (rv_field_encode(doc, &text, err) < 0)
		return -1;
	if (rv_manifest_parse(
		rv_buf_span(&text), *m->namebase ? m->namebase : "package", &again, err) < 0) {
		if (err && err->code == RV_FORMAT)
			err->code = RV_INPUT;
		return -1;
	}
	rv_manifest_release(&again);
	rv_buf_add_span(out, rv_buf_span(&text));
	return rv_buf_check(out, "+MANIFEST", err);
}
