/* SPDX-License-Identifier: ISC */
/* Checks of what follows the head, licences and modules apart. */
#include "port/check.h"

#include <stdio.h>

#include "os/file.h"

void rv_check_must_configure(struct rv_reader *r, const struct rv_checked *c)
{
	if (strcmp(c->text, "yes") != 0 && strcmp(c->text, "gnu") != 0)
		rv_check_bad(r, c, "is neither yes nor gnu");
}

void rv_check_soversion(struct rv_reader *r, const struct rv_checked *c)
{
	unsigned dots = 0;

	for (const char *p = c->text; *p; p++)
		dots += *p == '.';
	if (dots > 2)
		rv_check_bad(r, c, "has more than two full stops");
}

static uint64_t days_of(uint64_t year, uint64_t month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* YYYY-MM-DD, 2017 or later */
void rv_check_date(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text);
	uint64_t year = 0, month = 0, day = 0;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !rv_span_to_u64(rv_span_sub(s, 0, 4), &year) ||
	    !rv_span_to_u64(rv_span_sub(s, 5, 2), &month) ||
	    !rv_span_to_u64(rv_span_sub(s, 8, 2), &day) || year < 2017 || year > 2399 ||
	    month < 1 || month > 12 || day < 1 || day > days_of(year, month))
		rv_check_bad(r, c, "is not a date YYYY-MM-DD, 2017 or later");
}

void rv_check_usergroup_spkg(struct rv_reader *r, const struct rv_checked *c)
{
	if (strcmp(c->text, "set") == 0)
		rv_check_bad(r, c, "is the set of the others and cannot own users");
	else if (!rv_port_has_subpackage(r->port, c->text))
		rv_check_bad(r, c, "is not a subpackage");
}

static void check_range(
    struct rv_reader *r, const struct rv_checked *c, uint64_t low, uint64_t high)
{
	uint64_t v;

	if (rv_span_to_u64(rv_span_str(c->text), &v) && (v < low || v > high))
		rv_check_bad(r, c, "is not between %llu and %llu", (unsigned long long)low,
		    (unsigned long long)high);
}

void rv_check_optimizer(struct rv_reader *r, const struct rv_checked *c)
{
	check_range(r, c, 0, 3);
}

void rv_check_job_limit(struct rv_reader *r, const struct rv_checked *c)
{
	check_range(r, c, 1, 64);
}

void rv_check_dependency(struct rv_reader *r, const struct rv_checked *c)
{
	static const enum rv_port_key keys[] = {
	    RV_KEY_BUILD_DEPENDS, RV_KEY_BUILDRUN_DEPENDS, RV_KEY_RUN_DEPENDS};

	if (!rv_is_triplet(rv_span_str(c->text)))
		rv_check_bad(r, c, "is not of the form namebase:subpackage:variant");
	for (size_t i = 0; i < RV_COUNT(keys) && c->key != RV_KEY_COUNT; i++)
		if (rv_items_contain(rv_port_list(r->port, keys[i]), c->text))
			rv_check_bad(r, c, "stands in %s already", rv_keys[keys[i]].name);
}

void rv_check_conditional_dep(struct rv_reader *r, const struct rv_checked *c)
{
	if (!rv_is_triplet(rv_span_str(c->text)))
		rv_check_bad(r, c, "is not of the form namebase:subpackage:variant");
	rv_check_duplicate(r, c);
	rv_check_system(r, c);
}

/* The index is a system. Said last: the item itself is what most readers stop at. */
void rv_check_system(struct rv_reader *r, const struct rv_checked *c)
{
	if (!rv_words_have(RV_WORDS_OPSYS, rv_span_str(c->index)))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "%s: there is no system of that name", rv_check_where(r, c));
}

void rv_check_opsys(struct rv_reader *r, const struct rv_checked *c)
{
	if (!rv_words_have(RV_WORDS_OPSYS, rv_span_str(c->text)))
		rv_check_bad(r, c, "is not the name of a system");
	if (c->key != RV_KEY_COUNT)
		rv_check_duplicate(r, c);
	if (rv_port_has(r->port, RV_KEY_NOT_FOR_OPSYS) && c->key == RV_KEY_ONLY_FOR_OPSYS)
		rv_check_bad(r, c, "follows NOT_FOR_OPSYS: only one of them can stand");
	if (rv_port_has(r->port, RV_KEY_ONLY_FOR_OPSYS) && c->key == RV_KEY_NOT_FOR_OPSYS)
		rv_check_bad(r, c, "follows ONLY_FOR_OPSYS: only one of them can stand");
}

void rv_check_arch(struct rv_reader *r, const struct rv_checked *c)
{
	if (!rv_words_have(RV_WORDS_ARCH, rv_span_str(c->text)))
		rv_check_bad(r, c, "is not the name of a processor");
	rv_check_duplicate(r, c);
}

void rv_check_rc_subr(struct rv_reader *r, const struct rv_checked *c)
{
	const char *colon = strchr(c->text, ':');

	if (!colon)
		rv_check_bad(r, c, "is not of the form file:subpackage");
	else if (!rv_port_has_subpackage(r->port, colon + 1))
		rv_check_bad(r, c, "names a subpackage that there is not");
}

void rv_check_user(struct rv_reader *r, const struct rv_checked *c)
{
	if (!strstr(c->text, "{{") && !strstr(c->text, "${") && strlen(c->text) > 8)
		rv_check_bad(r, c, "is longer than 8 characters");
}

void rv_check_cve(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span rest = rv_part_2(rv_span_str(c->text), '-');
	uint64_t year = 0, id = 0;

	if (strncmp(c->text, "CVE-", 4) != 0 || !rv_span_to_u64(rv_part_1(rest, '-'), &year) ||
	    !rv_span_to_u64(rv_part_2(rest, '-'), &id) || year < 2000 || year > 2050 || id < 1 ||
	    id >= 250000)
		rv_check_bad(r, c, "is not of the form CVE-YEAR-NUMBER");
}

/* --- components */

static void check_word(struct rv_reader *r, const struct rv_checked *c, enum rv_words list)
{
	struct rv_span s = rv_span_str(c->text);
	const char *near;

	if (rv_words_have(list, s))
		return;
	near = rv_words_near(list, s);
	rv_check_bad(r, c, "is not known%s%s%s", near ? " (did you mean " : "", near ? near : "",
	    near ? "?)" : "");
}

void rv_check_gnome(struct rv_reader *r, const struct rv_checked *c)
{
	check_word(r, c, RV_WORDS_GNOME);
}

void rv_check_xorg(struct rv_reader *r, const struct rv_checked *c)
{
	check_word(r, c, RV_WORDS_XORG);
}

void rv_check_sdl(struct rv_reader *r, const struct rv_checked *c)
{
	check_word(r, c, RV_WORDS_SDL);
}

void rv_check_php(struct rv_reader *r, const struct rv_checked *c)
{
	check_word(r, c, RV_WORDS_PHP);
}

/* A branch that the mk folder knows; any when it says nothing. */
static void check_branch(struct rv_reader *r, const struct rv_checked *c, enum rv_family family)
{
	rv_auto(rv_buf) struct rv_buf all = RV_BUF_INIT(RV_ERROR_MSG_BYTES);
	const struct rv_mkdata *mk = r->context.mk;

	rv_check_duplicate(r, c);
	if (!mk || !mk->branches[family].n)
		return;
	for (size_t i = 0; i < mk->branches[family].n; i++)
		if (strcmp(c->text, mk->branches[family].v[i]) == 0)
			return;
	rv_mkdata_list(mk, family, &all);
	rv_check_bad(r, c, "is not one of %s", rv_buf_str(&all));
}

void rv_check_broken_ssl(struct rv_reader *r, const struct rv_checked *c)
{
	check_branch(r, c, RV_FAMILY_SSL);
}

void rv_check_broken_mysql(struct rv_reader *r, const struct rv_checked *c)
{
	check_branch(r, c, RV_FAMILY_MYSQL);
}

void rv_check_broken_pgsql(struct rv_reader *r, const struct rv_checked *c)
{
	check_branch(r, c, RV_FAMILY_PGSQL);
}

/* --- conditions: the index is all, a system or a processor */

static void check_condition(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->index);

	if (!rv_span_is(s, "all") && !rv_words_have(RV_WORDS_OPSYS, s) &&
	    !rv_words_have(RV_WORDS_ARCH, s))
		rv_reader_problem(r, RV_PROBLEM_KEY,
		    "%s: the index is all, a system or a processor", rv_check_where(r, c));
	rv_reader_order(r);
}

void rv_check_broken(struct rv_reader *r, const struct rv_checked *c)
{
	check_condition(r, c);
	if (!*c->text)
		rv_check_bad(r, c, "gives no reason");
}

static bool is_release(struct rv_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '.')
			return false;
	return true;
}

static bool are_archs(struct rv_span s)
{
	struct rv_span arch;

	if (s.n == 0)
		return false;
	while (rv_span_next(&s, '|', &arch))
		if (!rv_words_have(RV_WORDS_ARCH, arch))
			return false;
	return true;
}

/* OPT, and for a system OPT/release, OPT//arch|arch, OPT/release/arch|arch */
void rv_check_opt_on(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), name = rv_part_1(s, '/'), rest = rv_part_2(s, '/');
	bool system = rv_words_have(RV_WORDS_OPSYS, rv_span_str(c->index));
	char option[64];

	check_condition(r, c);
	if (!rv_port_option(r->port, name.p, name.n)) {
		rv_check_bad(r, c, "does not stand in OPTIONS_AVAILABLE");
		return;
	}
	snprintf(option, sizeof(option), "%.*s", RV_SPAN_ARG(name));
	if (system && rv_items_contain(rv_port_array(r->port, RV_KEY_OPT_ON, "all"), option))
		rv_check_bad(r, c, "stands in OPT_ON[all] already");
	if (name.n == s.n)
		return;
	if (!system || !rest.n || !is_release(rv_part_1(rest, '/')) ||
	    (rv_span_find(rest, '/') < rest.n && !are_archs(rv_part_2(rest, '/'))))
		rv_check_bad(r, c, "is not of the form OPTION[/[release][/arch|arch]]");
}

/* NAME=value of a closed list of names */
static void check_var(struct rv_reader *r, const struct rv_checked *c)
{
	static const char *const names[] = {"CFLAGS", "CPPFLAGS", "CXXFLAGS", "LDFLAGS",
	    "PLIST_SUB", "CONFIGURE_ARGS", "CONFIGURE_ENV", "MAKE_ARGS", "MAKE_ENV", "CMAKE_ARGS",
	    "QMAKE_ARGS", "VAR1", "VAR2", "VAR3", "VAR4", "MAKEFILE_LINE"};
	struct rv_span s = rv_span_str(c->text), name = rv_part_1(s, '='),
		       value = rv_part_2(s, '=');

	bool known = false;

	if (rv_lex_space(value) < value.n)
		rv_check_bad(r, c, "has spaces outside quotes");
	for (size_t i = 0; i < RV_COUNT(names); i++)
		known |= name.n < s.n && rv_span_is(name, names[i]);
	if (!known)
		rv_check_bad(r, c,
		    "is not NAME=value with NAME one of CFLAGS CPPFLAGS CXXFLAGS LDFLAGS "
		    "PLIST_SUB CONFIGURE_ARGS CONFIGURE_ENV MAKE_ARGS MAKE_ENV CMAKE_ARGS "
		    "QMAKE_ARGS VAR1..VAR4 MAKEFILE_LINE");
	rv_reader_order(r);
	rv_check_duplicate(r, c);
}

void rv_check_var_opsys(struct rv_reader *r, const struct rv_checked *c)
{
	rv_check_system(r, c);
	check_var(r, c);
}

void rv_check_var_arch(struct rv_reader *r, const struct rv_checked *c)
{
	if (!rv_words_have(RV_WORDS_ARCH, rv_span_str(c->index)))
		rv_reader_problem(r, RV_PROBLEM_KEY, "%s: there is no processor of that name",
		    rv_check_where(r, c));
	check_var(r, c);
}

void rv_check_extract_text(struct rv_reader *r, const struct rv_checked *c)
{
	uint64_t index;

	if (!rv_span_to_u64(rv_span_str(c->index), &index) || index < 1 ||
	    index > r->port->keys[RV_KEY_DISTFILE].n || c->index[0] == '0')
		rv_reader_problem(r, RV_PROBLEM_KEY, "%s: there is no DISTFILE[%s]",
		    rv_check_where(r, c), c->index);
	if (c->items->n)
		rv_check_bad(r, c, "is a second value: one is allowed");
}

/* --- option groups and helpers */

void rv_check_optgroup(struct rv_reader *r, const struct rv_checked *c)
{
	static const enum rv_port_key keys[] = {
	    RV_KEY_OPTGROUP_RADIO, RV_KEY_OPTGROUP_RESTRICTED, RV_KEY_OPTGROUP_UNLIMITED};

	if (strlen(c->text) > 12)
		rv_check_bad(r, c, "is longer than 12 characters");
	for (const char *p = c->text; *p; p++)
		if (*p >= 'a' && *p <= 'z') {
			rv_check_bad(r, c, "has small letters");
			break;
		}
	for (size_t i = 0; i < RV_COUNT(keys); i++)
		if (rv_items_contain(rv_port_list(r->port, keys[i]), c->text))
			rv_check_bad(r, c, "stands in %s already", rv_keys[keys[i]].name);
}

static bool group_is_known(struct rv_reader *r, const char *group)
{
	return rv_items_contain(rv_port_list(r->port, RV_KEY_OPTGROUP_RADIO), group) ||
	       rv_items_contain(rv_port_list(r->port, RV_KEY_OPTGROUP_RESTRICTED), group) ||
	       rv_items_contain(rv_port_list(r->port, RV_KEY_OPTGROUP_UNLIMITED), group);
}

void rv_check_optdescr(struct rv_reader *r, const struct rv_checked *c)
{
	if (!group_is_known(r, c->index))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "OPTDESCR[%s]: there is no such option group", c->index);
	if (c->items->n)
		rv_check_bad(r, c, "is a second description");
	if (strchr(c->text, ':'))
		rv_check_bad(r, c, "has a colon");
}

void rv_check_optgroup_member(struct rv_reader *r, const struct rv_checked *c)
{
	const struct rv_entries *groups = &r->port->keys[RV_KEY_OPTGROUP];

	if (!group_is_known(r, c->index))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "OPTGROUP[%s]: there is no such option group", c->index);
	if (!rv_items_contain(rv_port_list(r->port, RV_KEY_OPTIONS_STANDARD), c->text))
		rv_check_bad(r, c, "does not stand in OPTIONS_STANDARD");
	for (size_t i = 0; i < groups->n; i++)
		if (rv_items_contain(&groups->v[i].items, c->text))
			rv_check_bad(r, c, "is in group %s already", groups->v[i].index);
}

void rv_check_option_name(struct rv_reader *r, const struct rv_checked *c)
{
	rv_check_duplicate(r, c);
	if (strcmp(c->text, c->option) == 0)
		rv_check_bad(r, c, "is the option itself");
	else if (!rv_port_has_option(r->port, c->text))
		rv_check_bad(r, c, "does not stand in OPTIONS_AVAILABLE");
}

void rv_check_option_text(struct rv_reader *r, const struct rv_checked *c)
{
	if (strlen(c->text) > 50)
		rv_check_bad(r, c, "is longer than 50 characters");
	if (strchr(c->text, ':'))
		rv_check_bad(r, c, "has a colon");
}

/* --- files */

static void want_file(struct rv_reader *r, const struct rv_checked *c, const char *suffix)
{
	const char *name = rv_arena_fmt(&r->port->arena, "files/%s%s", c->text, suffix);
	struct rv_error err = RV_ERROR_INIT;

	if (r->port->files.tree_fd < 0 || !r->context.check_files)
		return;
	if (strchr(c->text, '/') || rv_port_files_has(&r->port->files, name, &err) != 0)
		rv_reader_problem(r, RV_PROBLEM_MISSING_FILE, "%s: there is no file %s",
		    rv_check_where(r, c), name);
}

void rv_check_extra_patch(struct rv_reader *r, const struct rv_checked *c)
{
	want_file(r, c, "");
}

void rv_check_sub_file(struct rv_reader *r, const struct rv_checked *c)
{
	want_file(r, c, ".in");
}
