/* SPDX-License-Identifier: ISC */
/* Build records as JSON: {"v":1,"digest":HEX,"inputs":{NAME:HEX},"packages":[{...}]}. */
#include "engine/record.h"

#include <stdlib.h>

#include "base/alloc.h"

#define RECORD_VERSION 1

struct rv_record *rv_record_new(void)
{
	return rv_alloc(sizeof(struct rv_record));
}

void rv_record_free(struct rv_record *r)
{
	if (!r)
		return;
	rv_vec_each (&r->packages, p) {
		rv_vec_release(&p->requires);
		rv_vec_release(&p->sonames);
	}
	rv_vec_release(&r->packages);
	rv_vec_release(&r->inputs);
	rv_arena_release(&r->arena);
	free(r);
}

static struct rv_json *package_to_json(const struct rv_record_package *p)
{
	struct rv_json *o = rv_json_new_object(), *requires = rv_json_new_array();
	struct rv_json *sonames = rv_json_new_array();

	rv_json_set_string(o, "name", p->name);
	rv_json_set_string(o, "version", p->version);
	rv_json_set_string(o, "file", p->file);
	rv_json_set_string(o, "content_id", p->content_id);
	rv_json_set_int(o, "size", p->size);
	rv_vec_each (&p->requires, r)
		rv_json_append_string(requires, *r);
	rv_json_set(o, "requires", requires);
	rv_vec_each (&p->sonames, s)
		rv_json_append_string(sonames, *s);
	rv_json_set(o, "sonames", sonames);
	return o;
}

struct rv_json *rv_record_to_json(const struct rv_record *r)
{
	struct rv_json *o = rv_json_new_object(), *inputs = rv_json_new_object();
	struct rv_json *packages = rv_json_new_array();

	rv_json_set_int(o, "v", RECORD_VERSION);
	rv_json_set_string(o, "digest", r->digest);
	rv_vec_each (&r->inputs, i)
		rv_json_set_string(inputs, i->name, i->digest);
	rv_json_set(o, "inputs", inputs);
	rv_vec_each (&r->packages, p)
		rv_json_append(packages, package_to_json(p));
	rv_json_set(o, "packages", packages);
	return o;
}

static int want_copy(struct rv_record *r, const struct rv_json *o, const char *key,
    const char **out, struct rv_error *err)
{
	const char *text;

	if (rv_json_want_string(o, key, "build record", &text, err) < 0)
		return -1;
	*out = rv_arena_strdup(&r->arena, text);
	return 0;
}

int rv_record_add_package(struct rv_record *r, const struct rv_json *o, struct rv_error *err)
{
	struct rv_record_package *p = rv_vec_add(&r->packages);
	const struct rv_json *list;

	if (want_copy(r, o, "name", &p->name, err) < 0 ||
	    want_copy(r, o, "version", &p->version, err) < 0 ||
	    want_copy(r, o, "file", &p->file, err) < 0 ||
	    want_copy(r, o, "content_id", &p->content_id, err) < 0 ||
	    rv_json_want_int(o, "size", "build record", &p->size, err) < 0)
		return -1;
	if (rv_json_want_array(o, "requires", "build record", &list, err) < 0)
		return -1;
	rv_json_each_item (list, it)
		if (rv_json_string(it.value))
			rv_vec_push(
			    &p->requires, rv_arena_strdup(&r->arena, rv_json_string(it.value)));
	if (rv_json_want_array(o, "sonames", "build record", &list, err) < 0)
		return -1;
	rv_json_each_item (list, it)
		if (rv_json_string(it.value))
			rv_vec_push(
			    &p->sonames, rv_arena_strdup(&r->arena, rv_json_string(it.value)));
	return 0;
}

int rv_record_from_json(const struct rv_json *v, struct rv_record **out, struct rv_error *err)
{
	rv_autofree(rv_record) struct rv_record *r = rv_record_new();
	const struct rv_json *inputs, *packages;
	int64_t version;

	if (rv_json_want_int(v, "v", "build record", &version, err) < 0)
		return -1;
	if (version != RECORD_VERSION)
		return rv_fail(err, RV_FORMAT, "build record: version %lld", (long long)version);
	if (want_copy(r, v, "digest", &r->digest, err) < 0 ||
	    rv_json_want_object(v, "inputs", "build record", &inputs, err) < 0 ||
	    rv_json_want_array(v, "packages", "build record", &packages, err) < 0)
		return -1;
	rv_json_each (inputs, it)
		if (rv_json_string(it.value))
			rv_vec_push(
			    &r->inputs, (struct rv_record_input){rv_arena_strdup(&r->arena, it.key),
					    rv_arena_strdup(&r->arena, rv_json_string(it.value))});
	rv_json_each_item (packages, it)
		if (rv_record_add_package(r, it.value, err) < 0)
			return -1;
	*out = r;
	r = NULL;
	return 0;
}

const char *rv_record_input_find(const struct rv_record *r, const char *name)
{
	rv_vec_each (&r->inputs, i)
		if (strcmp(i->name, name) == 0)
			return i->digest;
	return NULL;
}
