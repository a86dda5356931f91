/* SPDX-License-Identifier: ISC */
/* The dump of a recipe: one row a line or group of lines. */
#include "port/dump.h"

#include "port/check.h"
#include "port/make.h"
#include "port/order.h"
#include "port/reader.h"

struct writer {
	const struct rv_port *p;
	const struct rv_platform *platform;
	struct rv_buf *out;
	struct rv_arena arena;
};

typedef void row_fn(struct writer *w, const char *label);

enum form { TEXT, LIST, FLAG, GROUP, CALL };

struct row {
	enum form form;
	const char *label;
	enum rv_port_key key;
	row_fn *fn;
};

/* In the order of the original, which leaves some out. */
static const enum rv_helper shown_helpers[] = {
    RV_HELPER_BUILDRUN_DEPENDS_OFF,
    RV_HELPER_BUILDRUN_DEPENDS_ON,
    RV_HELPER_BUILD_DEPENDS_OFF,
    RV_HELPER_BUILD_DEPENDS_ON,
    RV_HELPER_BUILD_TARGET_ON,
    RV_HELPER_CFLAGS_OFF,
    RV_HELPER_CFLAGS_ON,
    RV_HELPER_CMAKE_ARGS_OFF,
    RV_HELPER_CMAKE_ARGS_ON,
    RV_HELPER_CMAKE_BOOL_T_BOTH,
    RV_HELPER_CMAKE_BOOL_F_BOTH,
    RV_HELPER_CONFIGURE_ARGS_ON,
    RV_HELPER_CONFIGURE_ARGS_OFF,
    RV_HELPER_CONFIGURE_ENABLE_BOTH,
    RV_HELPER_CONFIGURE_ENV_ON,
    RV_HELPER_CONFIGURE_WITH_BOTH,
    RV_HELPER_CPPFLAGS_ON,
    RV_HELPER_CXXFLAGS_ON,
    RV_HELPER_DF_INDEX_OFF,
    RV_HELPER_DF_INDEX_ON,
    RV_HELPER_EXTRA_PATCHES_ON,
    RV_HELPER_EXTRACT_ONLY_ON,
    RV_HELPER_GNOME_COMPONENTS_OFF,
    RV_HELPER_GNOME_COMPONENTS_ON,
    RV_HELPER_IMPLIES_ON,
    RV_HELPER_INFO_OFF,
    RV_HELPER_INFO_ON,
    RV_HELPER_INSTALL_TARGET_ON,
    RV_HELPER_KEYWORDS_ON,
    RV_HELPER_LDFLAGS_ON,
    RV_HELPER_MAKEFILE_OFF,
    RV_HELPER_MAKEFILE_ON,
    RV_HELPER_MAKE_ARGS_OFF,
    RV_HELPER_MAKE_ARGS_ON,
    RV_HELPER_MAKE_ENV_ON,
    RV_HELPER_ONLY_FOR_OPSYS_ON,
    RV_HELPER_PATCHFILES_ON,
    RV_HELPER_PLIST_SUB_ON,
    RV_HELPER_PREVENTS_ON,
    RV_HELPER_QMAKE_ARGS_OFF,
    RV_HELPER_QMAKE_ARGS_ON,
    RV_HELPER_RUN_DEPENDS_OFF,
    RV_HELPER_RUN_DEPENDS_ON,
    RV_HELPER_SUB_FILES_OFF,
    RV_HELPER_SUB_FILES_ON,
    RV_HELPER_SUB_LIST_ON,
    RV_HELPER_TEST_TARGET_ON,
    RV_HELPER_USES_OFF,
    RV_HELPER_USES_ON,
    RV_HELPER_XORG_COMPONENTS_OFF,
    RV_HELPER_XORG_COMPONENTS_ON,
};

/* "LABEL=" and tabs up to column 24 */
static void put_label(struct writer *w, const char *label)
{
	size_t n = strlen(label);

	rv_buf_addf(w->out, "%s=%s", label, n < 7 ? "\t\t\t" : n < 15 ? "\t\t" : "\t");
}

static void put_items(struct writer *w, const struct rv_items *items)
{
	for (size_t i = 0; i < items->n; i++)
		rv_buf_addf(w->out, "%s%s", i ? " " : "", items->v[i].text);
	rv_buf_add_char(w->out, '\n');
}

static void put_text(struct writer *w, const char *label, const char *text)
{
	put_label(w, label);
	rv_buf_addf(w->out, "%s\n", text ? text : "");
}

static void put_list(struct writer *w, const char *label, const struct rv_items *items)
{
	put_label(w, label);
	put_items(w, items);
}

/* "   NAME" and tabs, then the items */
static void put_member(struct writer *w, const char *name, const struct rv_items *items)
{
	size_t n = strlen(name);

	rv_buf_addf(w->out, "   %s%s", name, n < 5 ? "\t\t\t" : n < 13 ? "\t\t" : "\t");
	put_items(w, items);
}

static void put_group(struct writer *w, const char *label, const struct rv_entries *entries)
{
	struct rv_order order;

	rv_buf_addf(w->out, "%s:\n", label);
	rv_entries_order(entries, &order);
	rv_vec_each (&order, at)
		put_member(w, entries->v[*at].index, &entries->v[*at].items);
	rv_vec_release(&order);
}

/* --- rows of their own */

static void put_numbers(struct writer *w, const char *label)
{
	put_label(w, label);
	rv_buf_addf(w->out, "%lu\n", w->p->revision);
	put_label(w, "EPOCH");
	rv_buf_addf(w->out, "%lu\n", w->p->epoch);
}

static void put_sdesc(struct writer *w, const char *label)
{
	const struct rv_entries *e = &w->p->keys[RV_KEY_SDESC];
	struct rv_order order;

	rv_entries_order(e, &order);
	rv_vec_each (&order, at) {
		rv_buf_addf(w->out, "%s[%s]\t\t", label, e->v[*at].index);
		put_items(w, &e->v[*at].items);
	}
	rv_vec_release(&order);
}

/* KEY[name] of every name, whether or not it has items. */
static void put_named(
    struct writer *w, const char *label, const struct rv_items *names, enum rv_port_key key)
{
	struct rv_entries entries = {0};

	for (size_t i = 0; i < names->n; i++)
		rv_vec_push(&entries, (struct rv_entry){.index = names->v[i].text,
					  .items = *rv_port_array(w->p, key, names->v[i].text)});
	put_group(w, label, &entries);
	rv_vec_release(&entries);
}

static void put_sites(struct writer *w, const char *label)
{
	put_named(w, label, rv_port_list(w->p, RV_KEY_DOWNLOAD_GROUPS), RV_KEY_SITES);
}

static void put_subpackages(struct writer *w, const char *label)
{
	put_named(w, label, rv_port_variants(w->p), RV_KEY_SPKGS);
}

/* The original makes "all" a member as soon as it has read the first. */
static void put_options_on(struct writer *w, const char *label)
{
	const struct rv_entries *given = &w->p->keys[RV_KEY_OPT_ON];
	struct rv_entries entries = {0};

	for (size_t i = 0; i < given->n; i++) {
		struct rv_entry *first = rv_entries_want(&entries, given->v[i].index, 0);

		first->items = given->v[i].items;
		if (i == 0)
			rv_entries_want(&entries, "all", 0);
	}
	put_group(w, label, &entries);
	rv_vec_release(&entries);
}

static void put_distfiles(struct writer *w, const char *label)
{
	const struct rv_entries *e = &w->p->keys[RV_KEY_DISTFILE];

	put_label(w, label);
	for (size_t i = 0; i < e->n; i++)
		rv_buf_addf(
		    w->out, "%s%s", i ? " " : "", e->v[i].items.n ? e->v[i].items.v[0].text : "");
	rv_buf_add_char(w->out, '\n');
}

static void put_subdir(struct writer *w, const char *label)
{
	put_text(w, label, rv_port_dist_subdir(w->p));
}

static void put_index(struct writer *w, const char *label)
{
	if (rv_port_default_index(w->p))
		put_text(w, label, "1");
	else
		put_list(w, label, rv_port_list(w->p, RV_KEY_DF_INDEX));
}

/* One member a distfile; where only one of the pair is given, the other is said to be empty. */
static void put_extract(struct writer *w, const char *label)
{
	static const enum rv_port_key keys[2] = {RV_KEY_EXTRACT_HEAD, RV_KEY_EXTRACT_TAIL};
	static struct rv_item empty_item = {.text = "# empty"};
	static const struct rv_items empty = {.v = &empty_item, .n = 1};
	const struct rv_entries *files = &w->p->keys[RV_KEY_DISTFILE];
	struct rv_order order;

	(void)label;
	rv_entries_order(files, &order);
	for (size_t k = 0; k < 2; k++) {
		rv_buf_addf(w->out, "%s:\n", rv_keys[keys[k]].name);
		rv_vec_each (&order, at) {
			const char *n = files->v[*at].index;
			const struct rv_items *own = rv_port_array(w->p, keys[k], n);
			const struct rv_items *other = rv_port_array(w->p, keys[1 - k], n);

			put_member(w, n, own->n || !other->n ? own : &empty);
		}
	}
	rv_vec_release(&order);
}

static void put_rpath(struct writer *w, const char *label)
{
	bool lax = rv_port_has(w->p, RV_KEY_INVALID_RPATH) || w->platform->genesis;

	put_text(w, label, lax ? "FALSE" : "TRUE");
}

static void put_optimizer(struct writer *w, const char *label)
{
	const char *level = rv_port_has(w->p, RV_KEY_SET_DEBUGGING_ON)
				? "0"
				: rv_port_text(w->p, RV_KEY_OPTIMIZER_LEVEL);

	put_text(w, label, level ? level : "2");
}

static void put_job_limit(struct writer *w, const char *label)
{
	const char *limit = rv_port_text(w->p, RV_KEY_MAKE_JOBS_NUMBER_LIMIT);

	put_text(w, label, limit ? limit : "0");
}

static void put_passed(struct writer *w, const char *label)
{
	struct rv_passed_list all = {0};

	rv_buf_addf(w->out, "%s:\n", label);
	rv_passed_collect(w->p, w->p->keys, &w->arena, &all);
	rv_vec_each (&all, it)
		put_member(w, it->name, it->items);
	rv_vec_release(&all);
}

/* --- options */

static void put_helper_text(
    struct writer *w, const char *label, const struct rv_port_option *o, enum rv_helper helper)
{
	const struct rv_items *items = o ? &o->helpers[helper] : NULL;

	rv_buf_addf(w->out, "      %s=\t\t%s\n", label, items && items->n ? items->v[0].text : "");
}

/* The values start in column 40. */
static void put_option(struct writer *w, const char *name, const struct rv_port_option *o)
{
	static const struct rv_items none;

	rv_buf_addf(w->out, "   %s:\n", name);
	put_helper_text(w, "BROKEN_ON", o, RV_HELPER_BROKEN_ON);
	put_helper_text(w, "DESCRIPTION", o, RV_HELPER_DESCRIPTION);
	for (size_t i = 0; i < RV_COUNT(shown_helpers); i++) {
		const char *label = rv_helpers[shown_helpers[i]].name;
		static const char tabs[] = "\t\t\t\t";

		rv_buf_addf(w->out, "      %s=%.*s", label, (int)(32 - strlen(label)) / 8, tabs);
		put_items(w, o ? &o->helpers[shown_helpers[i]] : &none);
	}
}

static void put_options(struct writer *w, const char *label)
{
	rv_vec(const char *) names = {0};
	struct rv_order order;

	rv_buf_addf(w->out, "%s:\n", label);
	for (size_t i = 0; i < w->p->options.n; i++)
		rv_vec_push(&names, w->p->options.v[i].name);
	if (!names.n)
		put_option(w, "none", NULL);
	rv_order_of(names.v, names.n, &order);
	rv_vec_each (&order, at)
		put_option(w, names.v[*at], &w->p->options.v[*at]);
	rv_vec_release(&order);
	rv_vec_release(&names);
}

static void put_targets(struct writer *w, const char *label)
{
	rv_vec(const char *) names = {0};
	struct rv_order order;

	rv_buf_addf(w->out, "%s:\n", label);
	for (size_t i = 0; i < w->p->targets.n; i++)
		rv_vec_push(&names, w->p->targets.v[i].name);
	rv_order_of(names.v, names.n, &order);
	rv_vec_each (&order, at) {
		const struct rv_target *t = &w->p->targets.v[*at];

		rv_buf_addf(w->out, "   %s:\n", t->name);
		for (size_t i = 0; i < t->lines.n; i++)
			rv_buf_addf(w->out, "%s\n", t->lines.v[i].text);
	}
	rv_vec_release(&order);
	rv_vec_release(&names);
}

static const struct row rows[] = {
    {TEXT, "NAMEBASE", RV_KEY_NAMEBASE, NULL},
    {TEXT, "VERSION", RV_KEY_VERSION, NULL},
    {CALL, "REVISION", 0, put_numbers},
    {LIST, "KEYWORDS", RV_KEY_KEYWORDS, NULL},
    {LIST, "VARIANTS", RV_KEY_VARIANTS, NULL},
    {CALL, "SDESC", 0, put_sdesc},
    {TEXT, "HOMEPAGE", RV_KEY_HOMEPAGE, NULL},
    {LIST, "CONTACTS", RV_KEY_CONTACT, NULL},
    {CALL, "SITES", 0, put_sites},
    {CALL, "DISTFILE", 0, put_distfiles},
    {CALL, "DIST_SUBDIR", 0, put_subdir},
    {CALL, "DF_INDEX", 0, put_index},
    {LIST, "PATCHFILES", RV_KEY_PATCHFILES, NULL},
    {CALL, "SPKGS", 0, put_subpackages},
    {LIST, "OPTIONS_AVAILABLE", RV_KEY_OPTIONS_AVAILABLE, NULL},
    {LIST, "OPTIONS_STANDARD", RV_KEY_OPTIONS_STANDARD, NULL},
    {LIST, "OPTGROUP_RADIO", RV_KEY_OPTGROUP_RADIO, NULL},
    {LIST, "OPTGROUP_RESTRICTED", RV_KEY_OPTGROUP_RESTRICTED, NULL},
    {LIST, "OPTGROUP_UNLIMITED", RV_KEY_OPTGROUP_UNLIMITED, NULL},
    {GROUP, "OPTDESCR", RV_KEY_OPTDESCR, NULL},
    {GROUP, "OPTGROUP", RV_KEY_OPTGROUP, NULL},
    {GROUP, "VOPTS", RV_KEY_VOPTS, NULL},
    {CALL, "OPT_ON", 0, put_options_on},
    {GROUP, "BROKEN", RV_KEY_BROKEN, NULL},
    {LIST, "BROKEN_SSL", RV_KEY_BROKEN_SSL, NULL},
    {LIST, "BROKEN_MYSQL", RV_KEY_BROKEN_MYSQL, NULL},
    {LIST, "BROKEN_PGSQL", RV_KEY_BROKEN_PGSQL, NULL},
    {LIST, "ONLY_FOR_OPSYS", RV_KEY_ONLY_FOR_OPSYS, NULL},
    {LIST, "NOT_FOR_OPSYS", RV_KEY_NOT_FOR_OPSYS, NULL},
    {LIST, "NOT_FOR_ARCH", RV_KEY_NOT_FOR_ARCH, NULL},
    {TEXT, "DEPRECATED", RV_KEY_DEPRECATED, NULL},
    {TEXT, "EXPIRATION_DATE", RV_KEY_EXPIRATION_DATE, NULL},
    {LIST, "BUILD_DEPENDS", RV_KEY_BUILD_DEPENDS, NULL},
    {LIST, "BUILDRUN_DEPENDS", RV_KEY_BUILDRUN_DEPENDS, NULL},
    {LIST, "RUN_DEPENDS", RV_KEY_RUN_DEPENDS, NULL},
    {GROUP, "EXRUN", RV_KEY_EXRUN, NULL},
    {GROUP, "B_DEPS", RV_KEY_B_DEPS, NULL},
    {GROUP, "BR_DEPS", RV_KEY_BR_DEPS, NULL},
    {GROUP, "R_DEPS", RV_KEY_R_DEPS, NULL},
    {GROUP, "C_USES", RV_KEY_C_USES, NULL},
    {LIST, "USES", RV_KEY_USES, NULL},
    {LIST, "GNOME_COMPONENTS", RV_KEY_GNOME_COMPONENTS, NULL},
    {LIST, "XORG_COMPONENTS", RV_KEY_XORG_COMPONENTS, NULL},
    {LIST, "SDL_COMPONENTS", RV_KEY_SDL_COMPONENTS, NULL},
    {LIST, "PHP_EXTENSIONS", RV_KEY_PHP_EXTENSIONS, NULL},
    {LIST, "SUB_LIST", RV_KEY_SUB_LIST, NULL},
    {LIST, "SUB_FILES", RV_KEY_SUB_FILES, NULL},
    {CALL, "OPTION HELPERS", 0, put_options},
    {TEXT, "DISTNAME", RV_KEY_DISTNAME, NULL},
    {LIST, "EXTRACT_ONLY", RV_KEY_EXTRACT_ONLY, NULL},
    {LIST, "EXTRACT_WITH_UNZIP", RV_KEY_EXTRACT_WITH_UNZIP, NULL},
    {LIST, "EXTRACT_WITH_7Z", RV_KEY_EXTRACT_WITH_7Z, NULL},
    {LIST, "EXTRACT_WITH_LHA", RV_KEY_EXTRACT_WITH_LHA, NULL},
    {LIST, "EXTRACT_DEB_PACKAGE", RV_KEY_EXTRACT_DEB_PACKAGE, NULL},
    {LIST, "EXTRACT_DIRTY", RV_KEY_EXTRACT_DIRTY, NULL},
    {CALL, "EXTRACT_HEAD", 0, put_extract},
    {TEXT, "PREFIX", RV_KEY_PREFIX, NULL},
    {TEXT, "PATCH_WRKSRC", RV_KEY_PATCH_WRKSRC, NULL},
    {LIST, "EXTRA_PATCHES", RV_KEY_EXTRA_PATCHES, NULL},
    {LIST, "PATCH_STRIP", RV_KEY_PATCH_STRIP, NULL},
    {LIST, "PATCHFILES_STRIP", RV_KEY_PATCHFILES_STRIP, NULL},
    {TEXT, "MUST_CONFIGURE", RV_KEY_MUST_CONFIGURE, NULL},
    {TEXT, "CONFIGURE_WRKSRC", RV_KEY_CONFIGURE_WRKSRC, NULL},
    {TEXT, "CONFIGURE_TARGET", RV_KEY_CONFIGURE_TARGET, NULL},
    {TEXT, "CONFIGURE_SCRIPT", RV_KEY_CONFIGURE_SCRIPT, NULL},
    {FLAG, "CONFIGURE_OUTSOURCE", RV_KEY_CONFIGURE_OUTSOURCE, NULL},
    {LIST, "CONFIGURE_ARGS", RV_KEY_CONFIGURE_ARGS, NULL},
    {LIST, "CONFIGURE_ENV", RV_KEY_CONFIGURE_ENV, NULL},
    {TEXT, "GNU_CONFIGURE_PREFIX", RV_KEY_GNU_CONFIGURE_PREFIX, NULL},
    {CALL, "RPATH_CHECK_FATAL", 0, put_rpath},
    {FLAG, "SKIP_BUILD", RV_KEY_SKIP_BUILD, NULL},
    {FLAG, "SKIP_INSTALL", RV_KEY_SKIP_INSTALL, NULL},
    {FLAG, "SKIP_CCACHE", RV_KEY_SKIP_CCACHE, NULL},
    {FLAG, "INSTALL_REQ_TOOLCHAIN", RV_KEY_INSTALL_REQ_TOOLCHAIN, NULL},
    {FLAG, "SINGLE_JOB", RV_KEY_SINGLE_JOB, NULL},
    {FLAG, "SET_DEBUGGING_ON", RV_KEY_SET_DEBUGGING_ON, NULL},
    {FLAG, "KAIJU", RV_KEY_KAIJU, NULL},
    {FLAG, "DESTDIR_VIA_ENV", RV_KEY_DESTDIR_VIA_ENV, NULL},
    {FLAG, "INFRASTRUCTURE", RV_KEY_INFRASTRUCTURE, NULL},
    {FLAG, "BLOCK_WATCHDOG", RV_KEY_BLOCK_WATCHDOG, NULL},
    {TEXT, "BUILD_WRKSRC", RV_KEY_BUILD_WRKSRC, NULL},
    {TEXT, "MAKEFILE", RV_KEY_MAKEFILE, NULL},
    {TEXT, "DESTDIRNAME", RV_KEY_DESTDIRNAME, NULL},
    {LIST, "MAKE_ARGS", RV_KEY_MAKE_ARGS, NULL},
    {LIST, "MAKE_ENV", RV_KEY_MAKE_ENV, NULL},
    {LIST, "BUILD_TARGET", RV_KEY_BUILD_TARGET, NULL},
    {TEXT, "SOVERSION", RV_KEY_SOVERSION, NULL},
    {CALL, "OPTIMIZER_LEVEL", 0, put_optimizer},
    {LIST, "CFLAGS", RV_KEY_CFLAGS, NULL},
    {LIST, "CXXFLAGS", RV_KEY_CXXFLAGS, NULL},
    {LIST, "CPPFLAGS", RV_KEY_CPPFLAGS, NULL},
    {LIST, "LDFLAGS", RV_KEY_LDFLAGS, NULL},
    {LIST, "CMAKE_ARGS", RV_KEY_CMAKE_ARGS, NULL},
    {LIST, "QMAKE_ARGS", RV_KEY_QMAKE_ARGS, NULL},
    {LIST, "INFO", RV_KEY_INFO, NULL},
    {LIST, "INSTALL_TARGET", RV_KEY_INSTALL_TARGET, NULL},
    {TEXT, "INSTALL_WRKSRC", RV_KEY_INSTALL_WRKSRC, NULL},
    {LIST, "PLIST_SUB", RV_KEY_PLIST_SUB, NULL},
    {LIST, "LICENSES", RV_KEY_LICENSE, NULL},
    {LIST, "LICENSE_TERMS", RV_KEY_LICENSE_TERMS, NULL},
    {LIST, "LICENSE_NAME", RV_KEY_LICENSE_NAME, NULL},
    {LIST, "LICENSE_FILE", RV_KEY_LICENSE_FILE, NULL},
    {LIST, "LICENSE_AWK", RV_KEY_LICENSE_AWK, NULL},
    {LIST, "LICENSE_SOURCE", RV_KEY_LICENSE_SOURCE, NULL},
    {TEXT, "LICENSE_SCHEME", RV_KEY_LICENSE_SCHEME, NULL},
    {LIST, "USERS", RV_KEY_USERS, NULL},
    {LIST, "GROUPS", RV_KEY_GROUPS, NULL},
    {TEXT, "USERGROUP_SPKG", RV_KEY_USERGROUP_SPKG, NULL},
    {LIST, "MANDIRS", RV_KEY_MANDIRS, NULL},
    {CALL, "CATCHALL", 0, put_passed},
    {GROUP, "VAR_OPSYS", RV_KEY_VAR_OPSYS, NULL},
    {GROUP, "VAR_ARCH", RV_KEY_VAR_ARCH, NULL},
    {LIST, "TEST_TARGET", RV_KEY_TEST_TARGET, NULL},
    {LIST, "TEST_ARGS", RV_KEY_TEST_ARGS, NULL},
    {LIST, "TEST_ENV", RV_KEY_TEST_ENV, NULL},
    {LIST, "RC_SUBR", RV_KEY_RC_SUBR, NULL},
    {LIST, "CVE_FIXED", RV_KEY_CVE_FIXED, NULL},
    {FLAG, "GENERATED", RV_KEY_GENERATED, NULL},
    {FLAG, "MOUNT_PROCFS", RV_KEY_MOUNT_PROCFS, NULL},
    {CALL, "MAKE_JOBS_NUMBER_LIMIT", 0, put_job_limit},
    {CALL, "Makefile Targets", 0, put_targets},
    {FLAG, "CARGO_CONFIGURE", RV_KEY_CARGO_SKIP_CONFIGURE, NULL},
    {FLAG, "CARGO_BUILD", RV_KEY_CARGO_SKIP_BUILD, NULL},
    {FLAG, "CARGO_INSTALL", RV_KEY_CARGO_SKIP_INSTALL, NULL},
    {LIST, "CARGO_CONFIG_ARGS", RV_KEY_CARGO_CONFIG_ARGS, NULL},
    {LIST, "CARGO_BUILD_ARGS", RV_KEY_CARGO_BUILD_ARGS, NULL},
    {LIST, "CARGO_INSTALL_ARGS", RV_KEY_CARGO_INSTALL_ARGS, NULL},
    {LIST, "CARGO_FEATURES", RV_KEY_CARGO_FEATURES, NULL},
    {LIST, "SMF_METHODS", RV_KEY_SMF_METHODS, NULL},
};

static void put_row(struct writer *w, const struct row *row)
{
	switch (row->form) {
	case TEXT:
		put_text(w, row->label, rv_port_text(w->p, row->key));
		break;
	case LIST:
		put_list(w, row->label, rv_port_list(w->p, row->key));
		break;
	case FLAG:
		put_text(w, row->label, rv_port_has(w->p, row->key) ? "TRUE" : "FALSE");
		break;
	case GROUP:
		put_group(w, row->label, &w->p->keys[row->key]);
		break;
	case CALL:
		row->fn(w, row->label);
		break;
	}
}

void rv_port_dump(const struct rv_port *p, const struct rv_platform *platform, struct rv_buf *out)
{
	struct writer w = {.p = p, .platform = platform, .out = out};

	for (size_t i = 0; i < RV_COUNT(rows); i++)
		put_row(&w, &rows[i]);
	rv_buf_addf(out,
	    "SYSROOT_ARCH=\t\t%s\nSYSROOT_MAJOR=\t\t%s\nSYSROOT_RELEASE=\t%s\n"
	    "SYSROOT_VERSION=\t%s\n",
	    platform->arch, platform->major ? platform->major : "",
	    platform->release ? platform->release : "", platform->version ? platform->version : "");
	rv_arena_release(&w.arena);
}
