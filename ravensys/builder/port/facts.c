/* SPDX-License-Identifier: ISC */
/* Distfiles, licences, CPE and the reasons why a recipe cannot be built here. */
#include <stdio.h>

#include "os/file.h"
#include "pkg/ident.h"
#include "port/check.h"
#include "port/make.h"
#include "port/order.h"

/* --- distfiles */

static int load_sums(
    const struct rv_port_files *files, struct rv_distinfo *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_DISTINFO_MAX_BYTES);
	int rc;

	*out = (struct rv_distinfo){0};
	rc = rv_port_files_read(files, "distinfo", &text, err);
	if (rc != 0)
		return rc == RV_ABSENT ? 0 : rc;
	return rv_distinfo_parse(rv_buf_span(&text), "distinfo", out, err);
}

static void add_distfile(
    struct rv_recipe *r, const char *index, const char *value, const struct rv_distinfo *sums)
{
	struct rv_span s = rv_span_str(value), name = rv_part_1(s, ':'), group = rv_part_2(s, ':');
	const char *subdir = rv_recipe_text(r, RV_KEY_DIST_SUBDIR);
	struct rv_distfile *d = rv_vec_add(&r->distfiles);
	const struct rv_items *sites;
	const struct rv_sum *sum;
	uint64_t number = 0;

	rv_span_to_u64(rv_span_str(index), &number);
	d->index = (unsigned)number;
	d->name = rv_arena_strndup(&r->arena, name.p, name.n);
	d->group = rv_arena_strndup(&r->arena, group.p, group.n);
	sites = rv_recipe_array(r, RV_KEY_SITES, d->group);
	d->sites = *sites;
	if (rv_span_is(name, "generated") && sites->n) {
		const char *made = rv_site_distfile(&r->arena, sites->v[0].text);

		d->name = made ? made : d->name;
	}
	d->path = subdir ? rv_arena_fmt(&r->arena, "%s/%s", subdir, d->name) : d->name;
	d->wanted = rv_items_contain(rv_recipe_list(r, RV_KEY_DF_INDEX), index);
	sum = rv_distinfo_find(sums, d->path);
	d->has_sum = sum != NULL;
	if (sum)
		d->sum = *sum;
}

int rv_recipe_distfiles(struct rv_recipe *r, struct rv_error *err)
{
	struct rv_entries *files = &r->keys[RV_KEY_DISTFILE];
	struct rv_distinfo sums;

	if (load_sums(&r->port->files, &sums, err) < 0)
		return rv_context(err, "%s", r->port->what);
	rv_vec_each (files, it)
		if (it->items.n)
			add_distfile(r, it->index, it->items.v[0].text, &sums);
	rv_distinfo_release(&sums);
	return 0;
}

/* --- licences */

static const char *custom_title(struct rv_recipe *r, struct rv_span name)
{
	const struct rv_items *names = rv_recipe_list(r, RV_KEY_LICENSE_NAME);

	for (size_t i = 0; i < names->n; i++) {
		struct rv_span s = rv_span_str(names->v[i].text);
		struct rv_span quoted = rv_part_1(rv_part_2(s, '"'), '"');

		if (rv_span_eq(rv_part_1(s, ':'), name))
			return rv_arena_strndup(&r->arena, quoted.p, quoted.n);
	}
	return "";
}

/* An SPDX reference is letters, digits, - and dots. */
static const char *custom_reference(struct rv_recipe *r, struct rv_span name)
{
	char *text = rv_arena_fmt(&r->arena, "LicenseRef-%s-%.*s", r->namebase, RV_SPAN_ARG(name));

	for (char *c = text; *c; c++)
		if (*c == '_' || *c == '+')
			*c = '-';
	return text;
}

void rv_recipe_licenses(struct rv_recipe *r)
{
	const struct rv_items *items = rv_recipe_list(r, RV_KEY_LICENSE);

	r->license_scheme = rv_recipe_text(r, RV_KEY_LICENSE_SCHEME);
	for (size_t i = 0; i < items->n; i++) {
		struct rv_span s = rv_span_str(items->v[i].text), name = rv_part_1(s, ':');
		struct rv_span spkg = rv_part_2(s, ':');
		const struct rv_license_info *info = rv_license_find(name);
		struct rv_license *l = rv_vec_add(&r->licenses);

		l->name = rv_arena_strndup(&r->arena, name.p, name.n);
		l->subpackage = rv_arena_strndup(&r->arena, spkg.p, spkg.n);
		l->title = info && info->title ? info->title : custom_title(r, name);
		l->spdx = info && info->spdx ? info->spdx : custom_reference(r, name);
		rv_vec_each (&r->subpackages, sub)
			if (rv_span_is(spkg, sub->name))
				rv_items_push(&sub->licenses, l->name, items->v[i].line);
	}
}

/* --- CPE */

static const char *pass(const struct rv_recipe *r, enum rv_port_key key, const char *fallback)
{
	const char *text = rv_recipe_text(r, key);

	return text ? text : fallback;
}

static const char *lower(struct rv_recipe *r, const char *text)
{
	char *out = rv_arena_strdup(&r->arena, text);

	for (char *c = out; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return out;
}

void rv_recipe_cpe(struct rv_recipe *r)
{
	const char *product = pass(r, RV_KEY_CPE_PRODUCT, lower(r, r->namebase));
	const char *system = rv_arena_fmt(&r->arena, "%s%s", r->platform.opsys, r->platform.major);
	const char *arch = strcmp(r->platform.arch, "x86_64") == 0 ? "x64"
			   : strcmp(r->platform.arch, "i386") == 0 ? "x86"
								   : r->platform.arch;
	const char *revision = "";

	if (!rv_recipe_uses(r, "cpe"))
		return;
	if (r->port->revision)
		revision = rv_arena_fmt(&r->arena, ":%lu", r->port->revision);
	r->cpe = rv_arena_fmt(&r->arena, "cpe:2.3:%s:%s:%s:%s:%s:%s:%s:%s:%s:%s%s",
	    pass(r, RV_KEY_CPE_PART, "a"), pass(r, RV_KEY_CPE_VENDOR, product), product,
	    pass(r, RV_KEY_CPE_VERSION, lower(r, r->version)), pass(r, RV_KEY_CPE_UPDATE, ""),
	    pass(r, RV_KEY_CPE_EDITION, ""), pass(r, RV_KEY_CPE_LANG, ""),
	    pass(r, RV_KEY_CPE_SW_EDITION, ""), pass(r, RV_KEY_CPE_TARGET_SW, system),
	    pass(r, RV_KEY_CPE_TARGET_HW, arch), pass(r, RV_KEY_CPE_OTHER, revision));
}

/* --- reasons not to build */

struct reasons {
	struct rv_recipe *recipe;
	rv_vec(const char *) list;
};

/* "15.2" to 1502; fallback for what is no release */
static unsigned release_number(struct rv_span s, unsigned fallback)
{
	uint64_t major, minor = 0;

	if (!rv_span_to_u64(rv_part_1(s, '.'), &major) || major > 9999 ||
	    (rv_span_find(s, '.') < s.n &&
		(!rv_span_to_u64(rv_part_1(rv_part_2(s, '.'), '.'), &minor) || minor > 99)))
		return fallback;
	return (unsigned)(major * 100 + minor);
}

/* "REL_x: text", "GTE_x: ", "LTE_x: ", "ARCH_x: ": does it hold here? *text is what follows. */
static bool condition_holds(const struct rv_recipe *r, struct rv_span reason, struct rv_span *text)
{
	size_t colon = rv_span_find_span(reason, RV_SPAN_LIT(": "));
	struct rv_span head = rv_span_sub(reason, 0, colon);
	size_t bar = rv_span_rfind(head, '_');
	struct rv_span word = rv_span_sub(head, 0, bar), value = rv_span_from(head, bar + 1);
	/* a bound without a minor release is one of major releases */
	struct rv_span release = rv_span_str(
	    rv_span_find(value, '.') < value.n ? r->platform.release : r->platform.major);

	*text = rv_span_from(reason, colon + 2);
	if (rv_span_is(word, "REL"))
		return rv_span_is(value, r->platform.major);
	if (rv_span_is(word, "GTE"))
		return release_number(release, 0) >= release_number(value, 999900);
	if (rv_span_is(word, "LTE"))
		return release_number(release, 999900) <= release_number(value, 0);
	if (rv_words_have(RV_WORDS_ARCH, word))
		return rv_span_is(word, r->platform.arch) && rv_span_is(value, r->platform.major);
	*text = reason;
	return true;
}

static void add_reason(struct reasons *out, const char *fmt, ...) RV_PRINTF(2, 3);
static void add_reason(struct reasons *out, const char *fmt, ...)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(64 * 1024);
	va_list ap;

	va_start(ap, fmt);
	rv_buf_vaddf(&b, fmt, ap);
	va_end(ap);
	rv_vec_push(&out->list, rv_arena_strdup(&out->recipe->arena, rv_buf_str(&b)));
}

static void broken_entry(struct reasons *out, const struct rv_entry *entry)
{
	const struct rv_recipe *r = out->recipe;
	bool all = strcmp(entry->index, "all") == 0;
	bool system = strcmp(entry->index, r->platform.opsys) == 0;

	if (!all && !system && strcmp(entry->index, r->platform.arch) != 0)
		return;
	for (size_t i = 0; i < entry->items.n; i++) {
		struct rv_span reason = rv_span_str(entry->items.v[i].text), text = reason;

		if (!system || condition_holds(r, reason, &text))
			add_reason(out, "%.*s", RV_SPAN_ARG(text));
	}
}

static void excluded(struct reasons *out)
{
	const struct rv_recipe *r = out->recipe;
	const char *opsys = r->platform.opsys, *arch = r->platform.arch;
	const struct rv_items *only = rv_recipe_list(r, RV_KEY_ONLY_FOR_OPSYS);

	if (rv_items_contain(rv_recipe_list(r, RV_KEY_NOT_FOR_OPSYS), opsys) ||
	    (only->n && !rv_items_contain(only, opsys)))
		add_reason(out, "Specification excludes %s OS", rv_opsys_display(opsys));
	if (rv_items_contain(rv_recipe_list(r, RV_KEY_NOT_FOR_ARCH), arch))
		add_reason(out, "Specification excludes %s architecture", arch);
}

static void broken_default(
    struct reasons *out, enum rv_port_key key, const char *value, const char *name)
{
	if (rv_items_contain(rv_recipe_list(out->recipe, key), value))
		add_reason(out, "Does not build with %s default '%s'", name, value);
}

/* One reason as it is, several as "[Reason n] text" joined by the separator. */
static const char *join(struct reasons *from, const char *separator)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(256 * 1024);

	if (from->list.n == 1)
		return from->list.v[0];
	for (size_t i = 0; i < from->list.n; i++)
		rv_buf_addf(&b, "%s[Reason %zu] %s", i ? separator : "", i + 1, from->list.v[i]);
	return rv_arena_strdup(&from->recipe->arena, rv_buf_str(&b));
}

void rv_recipe_ignore(struct rv_recipe *r, const struct rv_defaults *defaults)
{
	struct reasons found = {.recipe = r};
	struct rv_order order;

	rv_entries_order(&r->keys[RV_KEY_BROKEN], &order);
	rv_vec_each (&order, at)
		broken_entry(&found, &r->keys[RV_KEY_BROKEN].v[*at]);
	rv_vec_release(&order);
	excluded(&found);
	broken_default(&found, RV_KEY_BROKEN_SSL, rv_default_of(defaults, RV_FAMILY_SSL), "SSL");
	broken_default(
	    &found, RV_KEY_BROKEN_MYSQL, rv_default_of(defaults, RV_FAMILY_MYSQL), "MySQL");
	broken_default(
	    &found, RV_KEY_BROKEN_PGSQL, rv_default_of(defaults, RV_FAMILY_PGSQL), "PGSQL");
	if (rv_recipe_flag(r, RV_KEY_KAIJU) && defaults && defaults->builders > 1)
		add_reason(&found,
		    "Monster port builder limit is 1, but this profile uses %u builders.",
		    defaults->builders);
	if (found.list.n)
		r->ignore = join(&found, " ");
	if (found.list.n)
		r->ignore_lines = join(&found, " \\\n");
	if (found.list.n > 1)
		r->ignore_lines = rv_arena_fmt(&r->arena, "\\\n%s", r->ignore_lines);
	rv_vec_release(&found.list);
}
