/* SPDX-License-Identifier: ISC */
/* From the variables of a mk folder to branches and defaults. */
#include "port/mkdata.h"

#include "os/file.h"

/* What a family's variables begin with, and the variable of its default. */
static const struct {
	const char *prefix, *chosen;
} families[RV_FAMILY_COUNT] = {
    [RV_FAMILY_LUA] = {"LUA_", "LUA_DEFAULT"},
    [RV_FAMILY_PERL] = {"PERL_", "PERL5_DEFAULT"},
    [RV_FAMILY_PYTHON] = {"PYTHON_", "PYTHON3_DEFAULT"},
    [RV_FAMILY_RUBY] = {"RUBY_", "RUBY_DEFAULT"},
    [RV_FAMILY_PHP] = {"PHP_", "PHP_DEFAULT"},
    [RV_FAMILY_TCL] = {"TCL_", "TCL_DEFAULT"},
    [RV_FAMILY_PGSQL] = {"PGSQL_", "PGSQL_DEFAULT"},
    [RV_FAMILY_MYSQL] = {"MYSQL_", "MYSQL_DEFAULT"},
    [RV_FAMILY_SSL] = {"SSL_", "SSL_DEFAULT"},
};

void rv_mkdata_release(struct rv_mkdata *d)
{
	rv_mkvars_release(&d->versions);
	rv_mkvars_release(&d->information);
	for (size_t i = 0; i < RV_FAMILY_COUNT; i++)
		rv_vec_release(&d->branches[i]);
	rv_arena_release(&d->arena);
	*d = RV_MKDATA_INIT;
}

static void add_branch(struct rv_mkdata *d, size_t family, struct rv_span name)
{
	/* the newest of a line of releases, which recipes call the latest */
	if (rv_span_ends(name, RV_SPAN_LIT("-BE")))
		rv_vec_push(&d->branches[family],
		    rv_arena_fmt(&d->arena, "%.*s-latest", (int)name.n - 3, name.p));
	else
		rv_vec_push(&d->branches[family], rv_arena_strndup(&d->arena, name.p, name.n));
}

/* FAMILY_BRANCH_VERSION */
static void take_variable(struct rv_mkdata *d, struct rv_span name)
{
	const struct rv_span suffix = RV_SPAN_LIT("_VERSION");

	for (size_t i = 0; i < RV_FAMILY_COUNT; i++) {
		struct rv_span prefix = rv_span_str(families[i].prefix);

		if (rv_span_starts(name, prefix) && rv_span_ends(name, suffix) &&
		    name.n > prefix.n + suffix.n)
			add_branch(d, i, rv_span_sub(name, prefix.n, name.n - prefix.n - suffix.n));
	}
}

static void add_words(struct rv_mkdata *d, size_t family, struct rv_span rest)
{
	while (rest.n) {
		size_t n = 0;

		while (n < rest.n && !strchr(" \t,", rest.p[n]))
			n++;
		if (n)
			add_branch(d, family, rv_span_sub(rest, 0, n));
		rest = rv_span_from(rest, n + 1);
	}
}

/*
 * SSL libraries have no releases among the variables. In Ravenports' file they are only told in the
 * comment above the default: "# Possible values: a, b".
 */
static void take_ssl(struct rv_mkdata *d, struct rv_span text)
{
	const char *list = rv_mkvars_get(&d->versions, RV_SPAN_LIT("SSL_BRANCHES"));
	const struct rv_span mark = RV_SPAN_LIT("# Possible values:");
	struct rv_span line, values = {0};

	if (list) {
		add_words(d, RV_FAMILY_SSL, rv_span_str(list));
		return;
	}
	while (rv_span_next(&text, '\n', &line)) {
		if (rv_span_starts(line, mark))
			values = rv_span_from(line, mark.n);
		if (rv_span_starts(line, RV_SPAN_LIT("SSL_DEFAULT")))
			break;
	}
	add_words(d, RV_FAMILY_SSL, values);
}

int rv_mkdata_parse(
    struct rv_span text, const char *what, struct rv_mkdata *out, struct rv_error *err)
{
	struct rv_span name;
	void *value;
	size_t i = 0;

	if (rv_mkvars_parse(text, what, &out->versions, err) < 0)
		return -1;
	out->has_versions = true;
	while (rv_map_next(&out->versions.values, &i, &name, &value))
		take_variable(out, name);
	take_ssl(out, text);
	for (size_t k = 0; k < RV_FAMILY_COUNT; k++) {
		const char *chosen = rv_mkvars_get(&out->versions, rv_span_str(families[k].chosen));

		out->chosen[k] = chosen ? chosen : "";
	}
	return 0;
}

int rv_mkdata_load(int mk_dirfd, struct rv_mkdata *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MKVARS_MAX_BYTES);
	int rc;

	*out = RV_MKDATA_INIT;
	for (size_t i = 0; i < RV_FAMILY_COUNT; i++)
		out->chosen[i] = "";
	rc = rv_file_read(mk_dirfd, RV_MKDATA_VERSIONS, &text, err);
	if (rc == 0)
		rc = rv_mkdata_parse(rv_buf_span(&text), RV_MKDATA_VERSIONS, out, err);
	if (rc < 0)
		goto failed;
	rv_buf_reset(&text);
	rc = rv_file_read(mk_dirfd, RV_MKDATA_INFORMATION, &text, err);
	if (rc < 0 || (rc == 0 && rv_mkvars_parse(rv_buf_span(&text), RV_MKDATA_INFORMATION,
				      &out->information, err) < 0))
		goto failed;
	out->has_information = rc == 0;
	return 0;
failed:
	rv_mkdata_release(out);
	return rv_context(err, "mk folder");
}

static bool same_without_dots(const char *branch, struct rv_span name)
{
	size_t at = 0;

	for (const char *c = branch; *c; c++) {
		if (*c == '.')
			continue;
		if (at >= name.n || name.p[at++] != *c)
			return false;
	}
	return at == name.n;
}

bool rv_branch_is(const char *branch, struct rv_span name)
{
	return rv_span_is(name, branch) || same_without_dots(branch, name);
}

const char *rv_mkdata_branch(const struct rv_mkdata *d, enum rv_family family, struct rv_span name)
{
	const struct rv_branches *b = &d->branches[family];

	for (size_t i = 0; i < b->n; i++)
		if (rv_branch_is(b->v[i], name))
			return b->v[i];
	return NULL;
}

void rv_mkdata_list(const struct rv_mkdata *d, enum rv_family family, struct rv_buf *out)
{
	const struct rv_branches *b = &d->branches[family];

	for (size_t i = 0; i < b->n; i++)
		rv_buf_addf(out, "%s%s", i ? ", " : "", b->v[i]);
}
