/* SPDX-License-Identifier: ISC */
/*
 * From a port to one variant of it: a copy of its values, changed step by step in the order that
 * the format wants: options, dependencies, modules, {{VAR}}, EXRUN.
 */
#include "port/recipe.h"

#include "port/check.h"
#include "port/make.h"
#include "port/order.h"
#include "port/platform.h"

static const struct rv_items no_items;

/* Keywords in which {{VAR}} becomes ${VAR}; those handed through do so all. */
static const enum rv_port_key brace_keys[] = {RV_KEY_INSTALL_WRKSRC, RV_KEY_BUILD_WRKSRC,
    RV_KEY_PATCH_WRKSRC, RV_KEY_CONFIGURE_WRKSRC, RV_KEY_GNU_CONFIGURE_PREFIX,
    RV_KEY_CONFIGURE_SCRIPT, RV_KEY_CONFIGURE_TARGET, RV_KEY_DISTNAME, RV_KEY_PREFIX,
    RV_KEY_CONFIGURE_ARGS, RV_KEY_CONFIGURE_ENV, RV_KEY_MAKE_ARGS, RV_KEY_MAKE_ENV,
    RV_KEY_TEST_ARGS, RV_KEY_TEST_ENV, RV_KEY_CFLAGS, RV_KEY_CXXFLAGS, RV_KEY_CPPFLAGS,
    RV_KEY_LDFLAGS, RV_KEY_CMAKE_ARGS, RV_KEY_QMAKE_ARGS, RV_KEY_LICENSE_FILE,
    RV_KEY_LICENSE_SOURCE, RV_KEY_LICENSE_TERMS, RV_KEY_PLIST_SUB, RV_KEY_SUB_LIST, RV_KEY_USERS,
    RV_KEY_GROUPS, RV_KEY_MANDIRS, RV_KEY_EXTRACT_HEAD, RV_KEY_EXTRACT_TAIL, RV_KEY_VAR_OPSYS,
    RV_KEY_VAR_ARCH};

static void items_copy(struct rv_items *to, const struct rv_items *from)
{
	if (!from->n)
		return;
	rv_vec_reserve(to, from->n);
	memcpy(to->v, from->v, from->n * sizeof(*to->v));
	to->n = from->n;
}

static void copy_values(struct rv_recipe *r)
{
	for (size_t key = 0; key < RV_KEY_COUNT; key++) {
		const struct rv_entries *from = &r->port->keys[key];

		if (from->n)
			rv_vec_reserve(&r->keys[key], from->n);
		for (size_t i = 0; i < from->n; i++) {
			struct rv_entry *entry = rv_vec_add(&r->keys[key]);

			entry->index = from->v[i].index;
			entry->line = from->v[i].line;
			entry->mark = from->v[i].mark;
			items_copy(&entry->items, &from->v[i].items);
		}
	}
}

static struct rv_items *items_of(struct rv_recipe *r, enum rv_port_key key)
{
	return &rv_entries_want(&r->keys[key], "", 0)->items;
}

void rv_recipe_add(struct rv_recipe *r, enum rv_port_key key, const char *text, unsigned line)
{
	rv_items_push(items_of(r, key), text, line);
}

const struct rv_items *rv_recipe_array(
    const struct rv_recipe *r, enum rv_port_key key, const char *index)
{
	const struct rv_items *items = rv_entries_items(&r->keys[key], index);

	return items ? items : &no_items;
}

const struct rv_items *rv_recipe_list(const struct rv_recipe *r, enum rv_port_key key)
{
	return rv_recipe_array(r, key, "");
}

const char *rv_recipe_text(const struct rv_recipe *r, enum rv_port_key key)
{
	const struct rv_items *items = rv_recipe_list(r, key);

	return items->n ? items->v[0].text : NULL;
}

bool rv_recipe_flag(const struct rv_recipe *r, enum rv_port_key key)
{
	return rv_recipe_text(r, key) != NULL;
}

bool rv_recipe_option_is_on(const struct rv_recipe *r, const char *name)
{
	for (size_t i = 0; i < r->options.n; i++)
		if (strcmp(r->options.v[i].name, name) == 0)
			return r->options.v[i].on;
	return false;
}

const struct rv_subpackage *rv_recipe_subpackage(const struct rv_recipe *r, const char *name)
{
	for (size_t i = 0; i < r->subpackages.n; i++)
		if (strcmp(r->subpackages.v[i].name, name) == 0)
			return &r->subpackages.v[i];
	return NULL;
}

void rv_entries_order(const struct rv_entries *e, struct rv_order *out)
{
	rv_vec(const char *) keys = {0};

	for (size_t i = 0; i < e->n; i++)
		rv_vec_push(&keys, e->v[i].index);
	rv_order_of(keys.v, keys.n, out);
	rv_vec_release(&keys);
}

/*
 * FOLDER/PREFIX.SUBPACKAGE.VARIANT if there, else FOLDER/PREFIX.SUBPACKAGE, else NULL; the name
 * without FOLDER.
 */
static const char *find_file(
    struct rv_recipe *r, const char *folder, const char *prefix, const char *spkg)
{
	const char *names[2];

	if (r->port->files.tree_fd < 0 && !r->port->files.n_capsules)
		return NULL;
	names[0] = rv_arena_fmt(&r->arena, "%s.%s.%s", prefix, spkg, r->variant);
	names[1] = rv_arena_fmt(&r->arena, "%s.%s", prefix, spkg);
	for (size_t i = 0; i < RV_COUNT(names); i++) {
		const char *path = rv_arena_fmt(&r->arena, "%s/%s", folder, names[i]);

		if (rv_port_files_has(&r->port->files, path, NULL) == 0)
			return names[i];
	}
	return NULL;
}

static void make_subpackages(struct rv_recipe *r)
{
	const struct rv_items *names = rv_recipe_array(r, RV_KEY_SPKGS, r->variant);

	for (size_t i = 0; i < names->n; i++) {
		struct rv_subpackage *s = rv_vec_add(&r->subpackages);

		s->name = names->v[i].text;
		s->description = find_file(r, "descriptions", "desc", s->name);
		s->manifest = find_file(r, "manifests", "plist", s->name);
	}
}

static void swap_braces(struct rv_recipe *r, struct rv_items *items)
{
	for (size_t i = 0; i < items->n; i++) {
		rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);

		if (!strstr(items->v[i].text, "{{"))
			continue;
		rv_expand_braces(rv_span_str(items->v[i].text), &b);
		items->v[i].text = rv_arena_strdup(&r->arena, rv_buf_str(&b));
		items->v[i].mark = 0;
	}
}

static void swap_key(struct rv_recipe *r, size_t key)
{
	rv_vec_each (&r->keys[key], it)
		swap_braces(r, &it->items);
}

static void swap_all(struct rv_recipe *r)
{
	for (size_t i = 0; i < RV_COUNT(brace_keys); i++)
		swap_key(r, brace_keys[i]);
	for (size_t key = 0; key < RV_KEY_COUNT; key++)
		if (rv_keys[key].kind == RV_KIND_PASS)
			swap_key(r, key);
	swap_braces(r, &r->makefile_lines);
}

static bool option_says_index(const struct rv_port *p)
{
	for (size_t i = 0; i < p->options.n; i++) {
		const struct rv_port_option *o = &p->options.v[i];

		if (o->helpers[RV_HELPER_DF_INDEX_ON].n || o->helpers[RV_HELPER_DF_INDEX_OFF].n)
			return true;
	}
	return false;
}

const char *rv_port_dist_subdir(const struct rv_port *p)
{
	const struct rv_items *uses = rv_port_list(p, RV_KEY_USES);

	for (size_t i = 0; i < uses->n; i++)
		if (rv_span_is(rv_part_1(rv_span_str(uses->v[i].text), ':'), "cargo"))
			return RV_CARGO_SUBDIR;
	return rv_port_text(p, RV_KEY_DIST_SUBDIR);
}

bool rv_port_default_index(const struct rv_port *p)
{
	return !p->keys[RV_KEY_DF_INDEX].n && !option_says_index(p) && p->keys[RV_KEY_DISTFILE].n;
}

/*
 * What a recipe need not say: DF_INDEX, the other half of EXTRACT_HEAD and _TAIL, cargo's
 * DIST_SUBDIR.
 */
static void fill_in(struct rv_recipe *r)
{
	static const enum rv_port_key pair[2] = {RV_KEY_EXTRACT_HEAD, RV_KEY_EXTRACT_TAIL};

	if (rv_port_default_index(r->port))
		rv_recipe_add(r, RV_KEY_DF_INDEX, "1", 0);
	for (size_t k = 0; k < 2; k++)
		rv_vec_each (&r->port->keys[pair[k]], it)
			if (!rv_entries_find(&r->keys[pair[1 - k]], it->index))
				rv_items_push(
				    &rv_entries_want(&r->keys[pair[1 - k]], it->index, it->line)
					 ->items,
				    "# empty", it->line);
	if (!rv_recipe_text(r, RV_KEY_DIST_SUBDIR) && rv_port_dist_subdir(r->port))
		rv_recipe_add(r, RV_KEY_DIST_SUBDIR, rv_port_dist_subdir(r->port), 0);
}

static void keep_platform(struct rv_recipe *r, const struct rv_platform *p)
{
	r->platform = (struct rv_platform){.opsys = rv_arena_strdup(&r->arena, p->opsys),
	    .arch = rv_arena_strdup(&r->arena, p->arch),
	    .release = rv_arena_strdup(&r->arena, p->release ? p->release : ""),
	    .major = rv_arena_strdup(&r->arena, p->major ? p->major : ""),
	    .version = rv_arena_strdup(&r->arena, p->version ? p->version : ""),
	    .host_compiler = p->host_compiler,
	    .genesis = p->genesis};
	if (!p->major)
		rv_platform_release(&r->platform, &r->arena, r->platform.release);
}

int rv_recipe_make(const struct rv_port *port, const char *variant,
    const struct rv_platform *platform, const struct rv_defaults *defaults, struct rv_recipe **out,
    struct rv_error *err)
{
	rv_autofree(rv_recipe) struct rv_recipe *r = NULL;
	const struct rv_items *sdesc;

	if (rv_port_want_variant(port, variant, err) < 0)
		return -1;
	r = rv_alloc(sizeof(*r));
	r->port = port;
	r->namebase = port->namebase;
	r->version = port->version;
	r->pkgversion = port->pkgversion;
	r->variant = rv_arena_strdup(&r->arena, variant);
	sdesc = rv_port_array(port, RV_KEY_SDESC, variant);
	r->sdesc = sdesc->n ? sdesc->v[0].text : "";
	r->homepage = rv_port_text(port, RV_KEY_HOMEPAGE);
	r->job_limit = defaults ? defaults->job_limit : 0;
	keep_platform(r, platform);
	copy_values(r);
	make_subpackages(r);
	if (rv_recipe_options(r, defaults ? defaults->profile_path : NULL, err) < 0)
		return -1;
	rv_recipe_depends(r);
	fill_in(r);
	rv_recipe_modules(r, defaults);
	swap_all(r);
	rv_recipe_exruns(r, defaults);
	rv_recipe_licenses(r);
	rv_recipe_cpe(r);
	rv_recipe_ignore(r, defaults);
	if (rv_recipe_distfiles(r, err) < 0)
		return -1;
	*out = r;
	r = NULL;
	return 0;
}

void rv_recipe_free(struct rv_recipe *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < RV_KEY_COUNT; i++) {
		rv_vec_each (&r->keys[i], it)
			rv_vec_release(&it->items);
		rv_vec_release(&r->keys[i]);
	}
	rv_vec_each (&r->subpackages, s) {
		rv_vec_release(&s->needs);
		rv_vec_release(&s->own);
		rv_vec_release(&s->licenses);
	}
	for (size_t i = 0; i < RV_DEP_KINDS; i++)
		rv_vec_release(&r->deps[i]);
	rv_vec_each (&r->exrun, it)
		rv_vec_release(&it->items);
	rv_vec_release(&r->exrun);
	rv_vec_release(&r->subpackages);
	rv_vec_release(&r->options);
	rv_vec_release(&r->distfiles);
	rv_vec_release(&r->licenses);
	rv_vec_release(&r->makefile_lines);
	rv_arena_release(&r->arena);
	free(r);
}
