/* SPDX-License-Identifier: ISC */
/* lib/store/catalog: make, read, the same bytes for the same entries. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/vec.h"
#include "os/file.h"
#include "store/catalog.h"
#include "tests/tap.h"

#define N 3

static void fill_entry(struct rv_manifest *m, const char *sub, const char *comment)
{
	rv_manifest_init(m);
	m->namebase = "hello";
	m->subpackage = sub;
	m->variant = "std";
	m->version = "2.10_1";
	m->abi = "linux:x86_64:host.debian.12";
	m->prefix = "/raven";
	m->comment = comment;
	m->licence = "GPL-3.0-or-later";
	rv_vec_push(&m->categories, "lang");
	rv_vec_push(&m->categories, "misc");
	rv_vec_push(&m->options, (struct rv_option){"NLS", false});
	rv_vec_push(&m->options, (struct rv_option){"X", true});
	rv_vec_push(&m->requires, (struct rv_require){"a~primary~std", RV_REQUIRE_AT_LEAST, "1.0"});
	rv_vec_push(&m->requires, (struct rv_require){"b~primary~std", RV_REQUIRE_ANY, ""});
	rv_vec_push(&m->requires_sonames, "libc.so.6");
	rv_vec_push(&m->provides_sonames, "libhello.so.1");
	m->plain_bytes = 1000;
	m->n_files = 7;
}

static void test_read(int dirfd)
{
	rv_autofree(rv_catalog) struct rv_catalog *c = NULL;
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_catalog_packages found = {0};
	struct rv_catalog_requires requires = {0};
	struct rv_catalog_sonames sonames = {0};
	struct rv_error err = RV_ERROR_INIT;
	struct rv_ident any = {0},
			one = {.namebase = RV_SPAN_LIT("hello"), .subpackage = RV_SPAN_LIT("man")};
	int64_t n = 0;

	tap_int(rv_catalog_open(dirfd, "none", &c, &err), RV_CATALOG_ABSENT, "absent");
	tap_good(rv_catalog_open(dirfd, "one", &c, &err), &err, "open");
	tap_good(rv_catalog_count(c, &n, &err), &err, "count");
	tap_int(n, N, "all are there");
	tap_good(rv_catalog_find(c, &any, &arena, &found, &err), &err, "find all");
	tap_int(found.n, N, "in full");
	tap_str(found.v[0].name, "hello~man~std", "in order of names");
	tap_str(found.v[0].file, "hello~man~std~2.10_1.rvn", "file name");
	tap_str(found.v[0].options, "NLS=off X=on", "options");
	tap_str(found.v[0].categories, "lang misc", "categories");
	tap_str(found.v[0].description, "", "absent text");
	tap_ok(found.v[1].sha256.b[0] == 1 && found.v[1].content_id.b[31] == 0xff, "sums");
	tap_int(found.v[2].size, 102, "size");
	found.n = 0;
	tap_good(rv_catalog_find(c, &one, &arena, &found, &err), &err, "find one");
	tap_int(found.n, 1, "one");
	found.n = 0;
	tap_good(rv_catalog_search(c, RV_SPAN_LIT("PAGE%"), &arena, &found, &err), &err, "search");
	tap_int(found.n, 1, "in the comment, without patterns");
	tap_good(rv_catalog_requires(c, 2, &arena, &requires, &err), &err, "requires of one");
	tap_int(requires.n, 2, "two");
	tap_ok(
	    requires.v[0].kind == RV_REQUIRE_AT_LEAST && strcmp(requires.v[0].version, "1.0") == 0,
	    "with bound");
	requires.n = 0;
	tap_good(rv_catalog_requires(c, 0, &arena, &requires, &err), &err, "requires of all");
	tap_int(requires.n, (size_t)2 * N, "all");
	tap_good(rv_catalog_sonames(c, RV_CATALOG_PROVIDED, 3, &arena, &sonames, &err), &err,
	    "provides");
	tap_str(sonames.v[0].soname, "libhello.so.1", "soname");
	sonames.n = 0;
	tap_good(rv_catalog_sonames(c, RV_CATALOG_REQUIRED, 0, &arena, &sonames, &err), &err,
	    "needs of all");
	tap_int(sonames.n, N, "each one");
	rv_vec_release(&found);
	rv_vec_release(&requires);
	rv_vec_release(&sonames);
}

/* What a signed catalogue may not say either: paths in names, control characters for terminals. */
static void test_hostile(int dirfd)
{
	static const struct {
		const char *what, *namebase, *version, *comment;
	} rows[] = {
	    {"a good row", "good", "1", "fine"},
	    {"a path in the name", "../../x", "1", ""},
	    {"an empty name", "", "1", ""},
	    {"a blank in the name", "a b", "1", ""},
	    {"one more tilde", "a~b", "1", ""},
	    {"a path in the version", "x", "1/../../2", ""},
	    {"an empty version", "x", "", ""},
	    {"an escape sequence in the comment", "x", "1", "\033[2J"},
	    {"a newline in the comment", "x", "1", "a\nb"},
	    {"no UTF-8 in the comment", "x", "1", "\377"},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_autofree(rv_catalog) struct rv_catalog *c = NULL;
		rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
		struct rv_catalog_packages found = {0};
		struct rv_error err = RV_ERROR_INIT;
		struct rv_ident any = {0};
		struct rv_manifest m;
		struct rv_catalog_entry e = {.manifest = &m};
		char name[32];

		fill_entry(&m, "primary", rows[i].comment);
		m.namebase = rows[i].namebase;
		m.version = rows[i].version;
		snprintf(name, sizeof(name), "hostile-%zu", i);
		tap_good(rv_catalog_make(dirfd, name, &e, 1, &err), &err, "make %s", rows[i].what);
		tap_good(rv_catalog_open(dirfd, name, &c, &err), &err, "open it");
		tap_int(rv_catalog_find(c, &any, &arena, &found, &err), i == 0 ? 0 : -1, "%s: %s",
		    rows[i].what, err.msg);
		rv_vec_release(&found);
		rv_manifest_release(&m);
	}
}

static void test_same_bytes(int dirfd)
{
	rv_auto(rv_buf) struct rv_buf a = RV_BUF_INIT(10000000), b = RV_BUF_INIT(10000000);
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_file_read(dirfd, "one", &a, &err), &err, "read one");
	tap_good(rv_file_read(dirfd, "two", &b, &err), &err, "read two");
	tap_ok(rv_span_eq(rv_buf_span(&a), rv_buf_span(&b)), "equal entries, equal bytes");
}

int main(void)
{
	static const char *const subs[N] = {"man", "primary", "set"};
	static const char *const comments[N] = {"Manual page%", "Friendly greeting", "All of it"};
	struct rv_manifest m[N];
	struct rv_catalog_entry e[N];
	char dir[] = "/tmp/rv-catalog-XXXXXX";
	struct rv_error err = RV_ERROR_INIT;
	int fd = -1;

	for (unsigned i = 0; i < N; i++) {
		fill_entry(&m[i], subs[i], comments[i]);
		e[i] = (struct rv_catalog_entry){.manifest = &m[i], .size = 100 + i};
		e[i].sha256.b[0] = (unsigned char)i;
		e[i].content_id.b[31] = 0xff;
	}
	if (!mkdtemp(dir) || rv_dir_open_user(dir, &fd, &err) != 0)
		return 1;
	tap_good(rv_catalog_make(fd, "one", e, N, &err), &err, "make");
	tap_good(rv_catalog_make(fd, "two", e, N, &err), &err, "make again");
	tap_int(rv_catalog_make(fd, "two", e, N, &err), -1, "a taken name: %s", err.msg);
	e[1] = e[0];
	tap_int(rv_catalog_make(fd, "three", e, N, &err), -1, "the same name twice: %s", err.msg);
	tap_ok(faccessat(fd, "three", F_OK, 0) != 0, "leaves nothing behind");
	test_read(fd);
	test_same_bytes(fd);
	test_hostile(fd);
	for (unsigned i = 0; i < N; i++)
		rv_manifest_release(&m[i]);
	if (rv_tree_remove(RV_CWD, dir, &err) != 0)
		tap_ok(false, "%s", err.msg);
	return tap_done();
}
