/* SPDX-License-Identifier: ISC */
/*
 * The Makefile of a slot's /port: one row a line or group of lines, in the order of the format.
 * Values are bmake text; {{VAR}} became ${VAR} before.
 */
#include "pkg/ident.h"
#include "port/check.h"
#include "port/make.h"
#include "port/order.h"

struct writer {
	const struct rv_recipe *r;
	struct rv_buf *out;
	struct rv_arena arena;
};

typedef void row_fn(struct writer *w);

enum form { TEXT, LIST, FLAG, CALL };

struct row {
	enum form form;
	const char *name; /* as the Makefile calls it */
	enum rv_port_key key;
	row_fn *fn;
};

static void put_items(struct writer *w, const char *name, const struct rv_items *items)
{
	rv_buf_addf(w->out, "%s=", name);
	for (size_t i = 0; i < items->n; i++)
		rv_buf_addf(w->out, "%s%s", i ? " " : "", items->v[i].text);
	rv_buf_add_char(w->out, '\n');
}

/* --- rows of their own */

static void put_version(struct writer *w)
{
	rv_buf_addf(w->out, "NAMEBASE=%s\nVERSION=%s\n", w->r->namebase, w->r->version);
	if (w->r->port->revision)
		rv_buf_addf(w->out, "REVISION=%lu\n", w->r->port->revision);
	if (w->r->port->epoch)
		rv_buf_addf(w->out, "EPOCH=%lu\n", w->r->port->epoch);
	rv_buf_addf(w->out, "VARIANT=%s\n", w->r->variant);
}

static void put_sites(struct writer *w)
{
	const struct rv_items *groups = rv_recipe_list(w->r, RV_KEY_DOWNLOAD_GROUPS);
	rv_vec(const char *) names = {0};
	struct rv_order order;

	for (size_t i = 0; i < groups->n; i++)
		rv_vec_push(&names, groups->v[i].text);
	rv_order_of(names.v, names.n, &order);
	rv_vec_each (&order, at)
		put_items(w, rv_arena_fmt(&w->arena, "DL_SITES_%s", names.v[*at]),
		    rv_recipe_array(w->r, RV_KEY_SITES, names.v[*at]));
	rv_vec_release(&order);
	rv_vec_release(&names);
}

static void put_distfiles(struct writer *w)
{
	rv_vec_each (&w->r->distfiles, it)
		rv_buf_addf(w->out, "DISTFILE_%u=%s:%s\n", it->index, it->name, it->group);
}

static void put_distname(struct writer *w)
{
	const struct rv_items *sites = rv_recipe_array(w->r, RV_KEY_SITES, "main");
	const char *name = rv_recipe_text(w->r, RV_KEY_DISTNAME);

	if (!name && sites->n)
		name = rv_site_distname(&w->arena, sites->v[0].text);
	if (name)
		rv_buf_addf(w->out, "DISTNAME=%s\n", name);
}

static void put_makesum(struct writer *w)
{
	if (!w->r->distfiles.n)
		return;
	rv_buf_add_str(w->out, "MAKESUM_INDEX=");
	rv_vec_each (&w->r->distfiles, it)
		rv_buf_addf(w->out, "%u ", it->index);
	rv_buf_add_char(w->out, '\n');
}

static void put_subpackages(struct writer *w)
{
	put_items(w, "SUBPACKAGES", rv_recipe_array(w->r, RV_KEY_SPKGS, w->r->variant));
}

static void put_extractors(struct writer *w)
{
	static const struct {
		enum rv_port_key key;
		const char *head, *tail; /* N stands for the index */
	} rows[] = {
	    {RV_KEY_EXTRACT_DIRTY, NULL, NULL},
	    {RV_KEY_EXTRACT_WITH_UNZIP, "/usr/bin/unzip -qo", "-d ${EXTRACT_WRKDIR_%s}"},
	    {RV_KEY_EXTRACT_WITH_7Z, "7z x -y -o${EXTRACT_WRKDIR_%s} >/dev/null", "# empty"},
	    {RV_KEY_EXTRACT_WITH_LHA, "lha xfpw=${EXTRACT_WRKDIR_%s}", "# empty"},
	    {RV_KEY_EXTRACT_DEB_PACKAGE, "ar -x", "&& ${TAR} -xf data.tar.*"},
	};

	for (size_t k = 0; k < RV_COUNT(rows); k++) {
		const struct rv_items *items = rv_recipe_list(w->r, rows[k].key);

		for (size_t i = 0; i < items->n; i++) {
			const char *n = items->v[i].text;

			if (!rows[k].head) {
				rv_buf_addf(w->out, "DIRTY_EXTRACT_%s=yes\n", n);
				continue;
			}
			for (int part = 0; part < 2; part++) {
				struct rv_span text =
				    rv_span_str(part ? rows[k].tail : rows[k].head);
				size_t at = rv_span_find_span(text, RV_SPAN_LIT("%s"));

				rv_buf_addf(w->out, "EXTRACT_%s_%s=%.*s%s%s\n",
				    part ? "TAIL" : "HEAD", n, (int)at, text.p,
				    at < text.n ? n : "", at < text.n ? text.p + at + 2 : "");
			}
		}
	}
}

/* EXTRACT_HEAD_n and EXTRACT_TAIL_n, in the order of a map of all distfile indexes */
static void put_extract_text(struct writer *w)
{
	static const enum rv_port_key keys[2] = {RV_KEY_EXTRACT_HEAD, RV_KEY_EXTRACT_TAIL};
	struct rv_order order;

	rv_entries_order(&w->r->keys[RV_KEY_DISTFILE], &order);
	for (size_t k = 0; k < 2; k++)
		rv_vec_each (&order, at) {
			const char *n = w->r->keys[RV_KEY_DISTFILE].v[*at].index;
			const struct rv_items *items = rv_recipe_array(w->r, keys[k], n);

			if (items->n)
				put_items(w,
				    rv_arena_fmt(&w->arena, "%s_%s", rv_keys[keys[k]].name, n),
				    items);
		}
	rv_vec_release(&order);
}

static void put_ignore(struct writer *w)
{
	if (w->r->ignore_lines)
		rv_buf_addf(w->out, "IGNORE=%s\n", w->r->ignore_lines);
}

static void put_uses(struct writer *w)
{
	const struct rv_items *uses = rv_recipe_list(w->r, RV_KEY_USES);

	if (!uses->n)
		return;
	rv_buf_add_str(w->out, "USES=");
	for (size_t i = 0; i < uses->n; i++)
		if (!rv_module_is_passive(rv_part_1(rv_span_str(uses->v[i].text), ':')))
			rv_buf_addf(w->out, "%s ", uses->v[i].text);
	rv_buf_add_char(w->out, '\n');
}

/* "PREFIX_NAME = value" for each "NAME:value"; quoted: what stands between the quotes */
static void put_license_part(
    struct writer *w, enum rv_port_key key, const char *prefix, bool quoted)
{
	const struct rv_items *items = rv_recipe_list(w->r, key);

	for (size_t i = 0; i < items->n; i++) {
		struct rv_span s = rv_span_str(items->v[i].text), value = rv_part_2(s, ':');

		if (quoted)
			value = rv_part_1(rv_part_2(value, '"'), '"');
		rv_buf_addf(w->out, "%s_%.*s = %.*s\n", prefix, RV_SPAN_ARG(rv_part_1(s, ':')),
		    RV_SPAN_ARG(value));
	}
}

static void put_licenses(struct writer *w)
{
	const char *scheme = w->r->license_scheme;

	if (!w->r->licenses.n && !rv_recipe_list(w->r, RV_KEY_LICENSE_TERMS)->n)
		return;
	rv_buf_addf(w->out, "LICENSE_SET=yes\nLICENSE_SCHEME=%s\n", scheme ? scheme : "");
	put_license_part(w, RV_KEY_LICENSE_TERMS, "LICENSE_TERMS", false);
	put_license_part(w, RV_KEY_LICENSE_FILE, "LICENSE_FILE", false);
	put_license_part(w, RV_KEY_LICENSE_AWK, "LICENSE_AWK", true);
	put_license_part(w, RV_KEY_LICENSE_SOURCE, "LICENSE_SOURCE", false);
	rv_vec_each (&w->r->licenses, it)
		rv_buf_addf(w->out, "LICENSE_%s += %s\nLICENSE_NAME_%s = %s\n", it->subpackage,
		    it->name, it->name, it->title);
}

/* INFO_subpackage= page page ... */
static void put_info(struct writer *w)
{
	const struct rv_items *info = rv_recipe_list(w->r, RV_KEY_INFO);
	struct rv_entries pages = {0};
	struct rv_order order;

	for (size_t i = 0; i < info->n; i++) {
		struct rv_span s = rv_span_str(info->v[i].text), spkg = rv_part_1(s, ':');
		const char *name = rv_arena_strndup(&w->arena, spkg.p, spkg.n);

		rv_items_push(
		    &rv_entries_want(&pages, name, 0)->items, info->v[i].text + spkg.n + 1, 0);
	}
	rv_entries_order(&pages, &order);
	rv_vec_each (&order, at) {
		const struct rv_items *items = &pages.v[*at].items;

		rv_buf_addf(w->out, "INFO_%s=", pages.v[*at].index);
		for (size_t i = 0; i < items->n; i++)
			rv_buf_addf(w->out, " %s", items->v[i].text);
		rv_buf_add_char(w->out, '\n');
	}
	rv_vec_release(&order);
	rv_vec_each (&pages, it)
		rv_vec_release(&it->items);
	rv_vec_release(&pages);
}

/* --- what is handed through */

static void put_passed(struct writer *w)
{
	struct rv_passed_list all = {0};

	rv_passed_collect(w->r->port, w->r->keys, &w->arena, &all);
	rv_vec_each (&all, p) {
		bool set = strcmp(p->name, "CC") == 0 || strcmp(p->name, "CXX") == 0 ||
			   strcmp(p->name, "CPP") == 0;

		for (size_t i = 0; i < p->items->n; i++)
			rv_buf_addf(
			    w->out, "%s%s%s\n", p->name, set ? "=" : "+=", p->items->v[i].text);
	}
	rv_vec_release(&all);
}

static void put_configure(struct writer *w)
{
	const char *how = rv_recipe_text(w->r, RV_KEY_MUST_CONFIGURE);

	if (how)
		rv_buf_add_str(w->out,
		    strcmp(how, "gnu") == 0 ? "GNU_CONFIGURE=yes\n" : "HAS_CONFIGURE=yes\n");
}

static void put_optimizer(struct writer *w)
{
	const char *level = rv_recipe_text(w->r, RV_KEY_OPTIMIZER_LEVEL);

	if (rv_recipe_flag(w->r, RV_KEY_SET_DEBUGGING_ON))
		level = "0";
	if (level && strcmp(level, "2") != 0)
		rv_buf_addf(w->out, "OPTIMIZER_LEVEL=%s\n", level);
}

static void put_conditional(struct writer *w)
{
	const struct rv_items *const lists[] = {
	    rv_recipe_array(w->r, RV_KEY_VAR_OPSYS, w->r->platform.opsys),
	    rv_recipe_array(w->r, RV_KEY_VAR_ARCH, w->r->platform.arch)};

	for (size_t k = 0; k < RV_COUNT(lists); k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			struct rv_span s = rv_span_str(lists[k]->v[i].text);
			struct rv_span name = rv_part_1(s, '='), value = rv_part_2(s, '=');

			if (rv_span_is(name, "MAKEFILE_LINE"))
				rv_buf_addf(w->out, "%.*s\n", RV_SPAN_ARG(value));
			else
				rv_buf_addf(
				    w->out, "%.*s+=%.*s\n", RV_SPAN_ARG(name), RV_SPAN_ARG(value));
		}
}

static void put_job_limit(struct writer *w)
{
	const char *text = rv_recipe_text(w->r, RV_KEY_MAKE_JOBS_NUMBER_LIMIT);
	uint64_t limit = 0;

	if (text && rv_span_to_u64(rv_span_str(text), &limit) && limit > 0 &&
	    (!w->r->job_limit || limit < w->r->job_limit))
		rv_buf_addf(w->out, "MAKE_JOBS_NUMBER_LIMIT=%s\n", text);
}

static void put_rc_subr(struct writer *w)
{
	const struct rv_items *items = rv_recipe_list(w->r, RV_KEY_RC_SUBR);

	for (size_t i = 0; i < items->n; i++) {
		struct rv_span s = rv_span_str(items->v[i].text);

		rv_buf_addf(w->out, "RC_SUBR_%.*s += %.*s\n", RV_SPAN_ARG(rv_part_2(s, ':')),
		    RV_SPAN_ARG(rv_part_1(s, ':')));
	}
	for (size_t i = 0; i < w->r->makefile_lines.n; i++)
		rv_buf_addf(w->out, "%s\n", w->r->makefile_lines.v[i].text);
}

/* --- targets */

static const struct rv_target *find_target(const struct writer *w, const char *name)
{
	for (size_t i = 0; i < w->r->port->targets.n; i++)
		if (strcmp(w->r->port->targets.v[i].name, name) == 0)
			return &w->r->port->targets.v[i];
	return NULL;
}

static void put_lines(struct writer *w, const struct rv_target *t)
{
	for (size_t i = 0; i < t->lines.n; i++)
		rv_buf_addf(w->out, "%s\n", t->lines.v[i].text);
}

static void put_option_target(struct writer *w, const char *name)
{
	bool begun = false;

	for (size_t i = 0; i < w->r->options.n; i++) {
		const struct rv_setting *o = &w->r->options.v[i];
		const char *state = o->on ? "ON" : "OFF";
		const struct rv_target *t =
		    find_target(w, rv_arena_fmt(&w->arena, "%s-%s-%s", name, o->name, state));

		if (!t)
			continue;
		if (!begun)
			rv_buf_addf(w->out, "\n%s-option:\n", name);
		begun = true;
		rv_buf_addf(w->out, "\t# %s option %s\n", o->name, state);
		put_lines(w, t);
	}
}

static void put_target(struct writer *w, const char *name)
{
	const char *opsys = w->r->platform.opsys;
	const struct rv_target *t = find_target(w, name);

	if (t) {
		rv_buf_addf(w->out, "\n%s:\n", name);
		put_lines(w, t);
	}
	t = find_target(w, rv_arena_fmt(&w->arena, "%s-%s", name, opsys));
	if (t) {
		rv_buf_addf(
		    w->out, "\n%s-opsys:\n\t# %s-specific\n", name, rv_opsys_display(opsys));
		put_lines(w, t);
	}
	put_option_target(w, name);
}

static void put_targets(struct writer *w)
{
	static const char *const phases[] = {
	    "fetch", "extract", "patch", "configure", "build", "install", "stage", "test"};
	static const char *const when[] = {"pre", "do", "post"};

	for (size_t p = 0; p < RV_COUNT(phases); p++)
		for (size_t i = 0; i < RV_COUNT(when); i++)
			put_target(w, rv_arena_fmt(&w->arena, "%s-%s", when[i], phases[p]));
}

static void put_relocations(struct writer *w)
{
	rv_makefile_relocations(w->r, w->out);
}

static const struct row rows[] = {
    {CALL, NULL, 0, put_version},
    {CALL, NULL, 0, put_sites},
    {CALL, NULL, 0, put_distfiles},
    {TEXT, "DIST_SUBDIR", RV_KEY_DIST_SUBDIR, NULL},
    {CALL, NULL, 0, put_distname},
    {CALL, NULL, 0, put_makesum},
    {LIST, "PF_INDEX", RV_KEY_PATCHFILES, NULL},
    {LIST, "DF_INDEX", RV_KEY_DF_INDEX, NULL},
    {CALL, NULL, 0, put_subpackages},
    {LIST, "EXTRACT_ONLY", RV_KEY_EXTRACT_ONLY, NULL},
    {CALL, NULL, 0, put_extractors},
    {CALL, NULL, 0, put_extract_text},
    {CALL, NULL, 0, put_ignore},
    {LIST, "USERS", RV_KEY_USERS, NULL},
    {LIST, "GROUPS", RV_KEY_GROUPS, NULL},
    {CALL, NULL, 0, put_uses},
    {CALL, NULL, 0, put_licenses},
    {TEXT, "PREFIX", RV_KEY_PREFIX, NULL},
    {CALL, NULL, 0, put_info},
    {CALL, NULL, 0, put_passed},
    {FLAG, "NO_CCACHE", RV_KEY_SKIP_CCACHE, NULL},
    {TEXT, "PATCH_WRKSRC", RV_KEY_PATCH_WRKSRC, NULL},
    {LIST, "PATCH_STRIP", RV_KEY_PATCH_STRIP, NULL},
    {LIST, "PATCH_DIST_STRIP", RV_KEY_PATCHFILES_STRIP, NULL},
    {CALL, NULL, 0, put_configure},
    {TEXT, "GNU_CONFIGURE_PREFIX", RV_KEY_GNU_CONFIGURE_PREFIX, NULL},
    {FLAG, "CONFIGURE_OUTSOURCE", RV_KEY_CONFIGURE_OUTSOURCE, NULL},
    {TEXT, "CONFIGURE_WRKSRC", RV_KEY_CONFIGURE_WRKSRC, NULL},
    {TEXT, "CONFIGURE_SCRIPT", RV_KEY_CONFIGURE_SCRIPT, NULL},
    {TEXT, "CONFIGURE_TARGET", RV_KEY_CONFIGURE_TARGET, NULL},
    {LIST, "CONFIGURE_ARGS", RV_KEY_CONFIGURE_ARGS, NULL},
    {LIST, "CONFIGURE_ENV", RV_KEY_CONFIGURE_ENV, NULL},
    {FLAG, "NO_BUILD", RV_KEY_SKIP_BUILD, NULL},
    {TEXT, "BUILD_WRKSRC", RV_KEY_BUILD_WRKSRC, NULL},
    {LIST, "BUILD_TARGET", RV_KEY_BUILD_TARGET, NULL},
    {FLAG, "NO_INSTALL", RV_KEY_SKIP_INSTALL, NULL},
    {FLAG, "INSTALL_REQ_TOOLCHAIN", RV_KEY_INSTALL_REQ_TOOLCHAIN, NULL},
    {TEXT, "INSTALL_WRKSRC", RV_KEY_INSTALL_WRKSRC, NULL},
    {LIST, "INSTALL_TARGET", RV_KEY_INSTALL_TARGET, NULL},
    {TEXT, "SOVERSION", RV_KEY_SOVERSION, NULL},
    {LIST, "PLIST_SUB", RV_KEY_PLIST_SUB, NULL},
    {LIST, "SUB_FILES", RV_KEY_SUB_FILES, NULL},
    {LIST, "SUB_LIST", RV_KEY_SUB_LIST, NULL},
    {LIST, "MANDIRS", RV_KEY_MANDIRS, NULL},
    {TEXT, "MAKEFILE", RV_KEY_MAKEFILE, NULL},
    {LIST, "MAKE_ENV", RV_KEY_MAKE_ENV, NULL},
    {LIST, "MAKE_ARGS", RV_KEY_MAKE_ARGS, NULL},
    {CALL, NULL, 0, put_optimizer},
    {FLAG, "WITH_DEBUG", RV_KEY_SET_DEBUGGING_ON, NULL},
    {LIST, "CFLAGS", RV_KEY_CFLAGS, NULL},
    {LIST, "CXXFLAGS", RV_KEY_CXXFLAGS, NULL},
    {LIST, "CPPFLAGS", RV_KEY_CPPFLAGS, NULL},
    {LIST, "LDFLAGS", RV_KEY_LDFLAGS, NULL},
    {LIST, "CMAKE_ARGS", RV_KEY_CMAKE_ARGS, NULL},
    {LIST, "QMAKE_ARGS", RV_KEY_QMAKE_ARGS, NULL},
    {CALL, NULL, 0, put_conditional},
    {FLAG, "SINGLE_JOB", RV_KEY_SINGLE_JOB, NULL},
    {FLAG, "DESTDIR_VIA_ENV", RV_KEY_DESTDIR_VIA_ENV, NULL},
    {TEXT, "DESTDIRNAME", RV_KEY_DESTDIRNAME, NULL},
    {LIST, "TEST_TARGET", RV_KEY_TEST_TARGET, NULL},
    {LIST, "TEST_ARGS", RV_KEY_TEST_ARGS, NULL},
    {LIST, "TEST_ENV", RV_KEY_TEST_ENV, NULL},
    {FLAG, "GENERATED", RV_KEY_GENERATED, NULL},
    {LIST, "PHP_EXTENSIONS", RV_KEY_PHP_EXTENSIONS, NULL},
    {LIST, "CVE_FIXED", RV_KEY_CVE_FIXED, NULL},
    {FLAG, "CARGO_SKIP_CONFIGURE", RV_KEY_CARGO_SKIP_CONFIGURE, NULL},
    {FLAG, "CARGO_SKIP_BUILD", RV_KEY_CARGO_SKIP_BUILD, NULL},
    {FLAG, "CARGO_SKIP_INSTALL", RV_KEY_CARGO_SKIP_INSTALL, NULL},
    {LIST, "CARGO_CONFIG_ARGS", RV_KEY_CARGO_CONFIG_ARGS, NULL},
    {LIST, "CARGO_BUILD_ARGS", RV_KEY_CARGO_BUILD_ARGS, NULL},
    {LIST, "CARGO_INSTALL_ARGS", RV_KEY_CARGO_INSTALL_ARGS, NULL},
    {LIST, "CARGO_FEATURES", RV_KEY_CARGO_FEATURES, NULL},
    {LIST, "SMF_METHODS", RV_KEY_SMF_METHODS, NULL},
    {CALL, NULL, 0, put_job_limit},
    {CALL, NULL, 0, put_rc_subr},
    {CALL, NULL, 0, put_targets},
    {CALL, NULL, 0, put_relocations},
};

static void put_row(struct writer *w, const struct row *row)
{
	const struct rv_items *items = rv_recipe_list(w->r, row->key);

	if (row->form == CALL)
		row->fn(w);
	else if (items->n && row->form == LIST)
		put_items(w, row->name, items);
	else if (items->n)
		rv_buf_addf(
		    w->out, "%s=%s\n", row->name, row->form == FLAG ? "yes" : items->v[0].text);
}

void rv_recipe_makefile(const struct rv_recipe *r, struct rv_buf *out)
{
	struct writer w = {.r = r, .out = out};

	rv_buf_add_str(out, "# Makefile has been autogenerated by ravenadm tool\n\n");
	for (size_t i = 0; i < RV_COUNT(rows); i++)
		put_row(&w, &rows[i]);
	rv_buf_add_str(out, "\n.include \"/xports/Mk/raven.mk\"\n");
	rv_arena_release(&w.arena);
}
