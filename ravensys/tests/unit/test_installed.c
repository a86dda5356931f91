/* SPDX-License-Identifier: ISC */
/* lib/store: the installed database, the record of transactions, the build history. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/vec.h"
#include "os/file.h"
#include "store/history.h"
#include "store/txnlog.h"
#include "store/installed_write.h"
#include "tests/tap.h"

static int dir = -1;
static struct rv_error err;
static struct rv_arena arena;

static int64_t add(struct rv_db *db, const char *name, bool automatic, const char *needs,
    const char *soname_needed, const char *soname_given)
{
	struct rv_require r = {.name = needs};
	struct rv_manifest m = {0};
	int64_t id = 0;
	struct rv_installed p = {.name = name,
	    .namebase = rv_arena_strndup(&arena, name, strcspn(name, "~")),
	    .version = "1.0",
	    .automatic = automatic,
	    .repository = "here",
	    .reason = "asked for",
	    .manifest = RV_SPAN_LIT("{}")};

	p.content_id.b[0] = 7;
	if (needs) {
		m.requires.v = &r;
		m.requires.n = 1;
	}
	if (soname_needed) {
		m.requires_sonames.v = &soname_needed;
		m.requires_sonames.n = 1;
	}
	if (soname_given) {
		m.provides_sonames.v = &soname_given;
		m.provides_sonames.n = 1;
	}
	tap_good(rv_installed_add(db, &p, &m, &id, &err), &err, "add %s", name);
	return id;
}

/* Where an entry lies: resolved folder and name, and the folder as the package spells it. */
struct place {
	const char *folder;
	const char *name;
	const char *declared;
};

static void add_entry(struct rv_folder_ids *f, int64_t package, enum rv_file_type type,
    const char *path, struct place at)
{
	struct rv_xattr x = {RV_SPAN_LIT("user.a"), RV_SPAN_LIT("v\0w")};
	struct rv_file_entry e = {.path = rv_span_str(path),
	    .type = type,
	    .mode = 04755,
	    .owner = RV_SPAN_LIT("bin"),
	    .size = 5,
	    .target = type == RV_ENTRY_LINK ? RV_SPAN_LIT("lib") : RV_SPAN_NULL,
	    .flags = RV_FILE_CONFIG,
	    .xattrs = &x,
	    .n_xattrs = 1};

	e.sha256.b[31] = 9;
	tap_good(rv_installed_add_entry(f, package, &e, rv_span_str(at.folder),
		     rv_span_str(at.name), rv_span_str(at.declared), &err),
	    &err, "add %s", path);
}

static void test_packages(struct rv_db *db)
{
	rv_auto(rv_folder_ids) struct rv_folder_ids f = RV_FOLDER_IDS_INIT(db);
	struct rv_installed_list l = {0};
	struct rv_file_entries files = {0};
	struct rv_installed p;
	int64_t a = add(db, "a~primary~std", false, "b~primary~std", NULL, NULL);
	int64_t b = add(db, "b~primary~std", true, NULL, "libc.so.1", NULL);
	int64_t c = add(db, "c~primary~std", true, NULL, NULL, "libc.so.1");

	add(db, "d~primary~std", true, "c~primary~std", NULL, NULL);
	add_entry(&f, a, RV_ENTRY_DIR, "raven/bin", (struct place){"raven/bin", "", "raven/bin"});
	add_entry(
	    &f, a, RV_ENTRY_FILE, "raven/bin/x", (struct place){"raven/bin", "x", "raven/bin"});
	add_entry(&f, b, RV_ENTRY_DIR, "raven/bin", (struct place){"raven/bin", "", "raven/bin"});
	add_entry(&f, b, RV_ENTRY_LINK, "raven/lib64", (struct place){"raven", "lib64", "raven"});
	add_entry(
	    &f, c, RV_ENTRY_FILE, "raven/lib64/y", (struct place){"raven/lib", "y", "raven/lib64"});
	tap_int(rv_installed_find(db, "a~primary~std", &arena, &p, &err), 0, "found");
	tap_ok(
	    p.id == a && p.content_id.b[0] == 7 && rv_span_is(p.manifest, "{}"), "as it was put");
	tap_int(rv_installed_find(db, "z~primary~std", &arena, &p, &err), RV_DB_END, "not found");
	tap_good(rv_installed_which(db, RV_SPAN_LIT("raven/bin"), &arena, &l, &err), &err,
	    "owners of a folder");
	tap_int(l.n, 2, "two");
	l.n = 0;
	tap_good(rv_installed_which(db, RV_SPAN_LIT("raven/lib64/y"), &arena, &l, &err), &err,
	    "owner by declared path");
	tap_ok(l.n == 1 && l.v[0].id == c, "c");
	l.n = 0;
	tap_good(rv_installed_which(db, RV_SPAN_LIT("raven/lib/y"), &arena, &l, &err), &err,
	    "owner by real path");
	tap_ok(l.n == 1 && l.v[0].id == c, "c");
	l.n = 0;
	tap_good(rv_installed_dependents(db, c, &arena, &l, &err), &err, "dependents of c");
	tap_int(l.n, 2, "b by soname and d by name");
	tap_good(rv_installed_files(db, c, &arena, &files, &err), &err, "files of c");
	tap_ok(files.n == 1 && rv_span_is(files.v[0].path, "raven/lib64/y") &&
		   files.v[0].mode == 04755 && files.v[0].n_xattrs == 1 &&
		   files.v[0].xattrs[0].value.n == 3 && files.v[0].sha256.b[31] == 9,
	    "its entry is what was put");
	tap_good(rv_installed_drop(db, c, &err), &err, "drop c");
	tap_good(rv_installed_prune(db, &err), &err, "prune");
	l.n = 0;
	tap_good(rv_installed_all(db, RV_WITH_MANIFEST, &arena, &l, &err), &err, "all");
	tap_int(l.n, 3, "three left");
	tap_int(rv_installed_mark(db, "b~primary~std", false, &err), 0, "mark");
	tap_int(rv_installed_mark(db, "zzz", false, &err), RV_DB_END, "mark nothing");
	rv_vec_release(&l);
	rv_vec_release(&files);
}

static void test_log(struct rv_db *db)
{
	const char *folders[] = {"raven/bin", "raven"}, *args[] = {"one", "two words"};
	struct rv_history_package packages[] = {
	    {.action = RV_TXN_INSTALL, .name = "a~b~c", .new_version = "1", .new_repository = ""}};
	struct rv_txnlog_script scripts[] = {{.package = "a~b~c",
	    .version = "1",
	    .old_version = "",
	    .phase = RV_SCRIPT_POST_INSTALL,
	    .text = "print(1)",
	    .args = {args, 2, 2}}};
	struct rv_txnlog_intent intent = {.command = "install a",
	    .begun_s = 5,
	    .packages = packages,
	    .n_packages = 1,
	    .folders = folders,
	    .n_folders = 2,
	    .scripts = scripts,
	    .n_scripts = 1};
	struct rv_txnlog_op op = {
	    .kind = 3, .folder = "raven", .name = "x", .n = 4, .mode = 0755, .has_sha256 = true};
	struct rv_txnlog_ops ops = {0};
	struct rv_txnlog_scripts got = {0};
	struct rv_strings names = {0};
	struct rv_history_list list = {0};
	struct rv_history h;
	int64_t id = 0, id2;

	tap_int(rv_history_pending(db, &arena, &h, &err), RV_DB_END, "nothing pends");
	tap_good(rv_txnlog_begin(db, &intent, &id, &err), &err, "intent");
	tap_ok(rv_txnlog_begin(db, &intent, &id2, &err) < 0 && err.code == RV_BUG, "one at a time");
	tap_good(rv_txnlog_add_op(db, &op, &err), &err, "an operation");
	tap_good(rv_txnlog_set_state(db, id, RV_TXN_COMMITTED, &err), &err, "committed");
	tap_good(rv_txnlog_resume(db, id, &err), &err, "resumed");
	tap_good(rv_txnlog_note(db, id, "script failed", &err), &err, "note");
	tap_int(rv_history_pending(db, &arena, &h, &err), 0, "it pends");
	tap_ok(
	    h.state == RV_TXN_COMMITTED && h.resumed == 1 && strcmp(h.note, "script failed\n") == 0,
	    "as written");
	tap_good(rv_txnlog_ops(db, &arena, &ops, &err), &err, "operations");
	tap_ok(ops.n == 1 && ops.v[0].kind == 3 && ops.v[0].n == 4 && ops.v[0].has_sha256,
	    "as written");
	tap_good(rv_txnlog_scripts(db, &arena, &got, &err), &err, "scripts");
	tap_ok(got.n == 1 && got.v[0].args.n == 2 && strcmp(got.v[0].args.v[1], "two words") == 0,
	    "as written");
	tap_good(rv_txnlog_folders(db, &arena, &names, &err), &err, "folders");
	tap_int(names.n, 2, "both");
	tap_good(rv_txnlog_end(db, id, RV_TXN_DONE, 9, &err), &err, "done");
	tap_int(rv_history_pending(db, &arena, &h, &err), RV_DB_END, "nothing pends");
	tap_good(rv_history_all(db, 0, &arena, &list, &err), &err, "history");
	tap_ok(list.n == 1 && list.v[0].packages.n == 1 && list.v[0].ended_s == 9 &&
		   !list.v[0].packages.v[0].old_version &&
		   strcmp(list.v[0].packages.v[0].new_version, "1") == 0,
	    "shows it");
	rv_vec_release(&ops);
	rv_vec_release(&got);
	rv_vec_release(&names);
	rv_vec_release(&list);
}

static int count_content(
    void *ctx, const struct rv_sha256 *content_id RV_UNUSED, struct rv_error *e RV_UNUSED)
{
	++*(int *)ctx;
	return 0;
}

static void test_builds(void)
{
	int n = 0;
	struct rv_built_package packages[] = {{.name = "a~primary~std~1"}};
	struct rv_built b = {.port = "a:std",
			    .seconds = 3,
			    .memory_kib = 4,
			    .facts = "{}",
			    .packages = {packages, 1, 1}},
			got;
	rv_auto_db db = NULL;

	b.input.b[3] = 1;
	tap_good(
	    rv_builds_open(dir, RV_BUILDS_FILE, RV_DB_WRITE, &db, &err), &err, "build history");
	tap_good(rv_builds_put(db, &b, &err), &err, "put");
	b.seconds = 5;
	tap_good(rv_builds_put(db, &b, &err), &err, "put again");
	tap_int(rv_builds_get(db, "a:std", &arena, &got, &err), 0, "get");
	tap_ok(got.seconds == 5 && got.input.b[3] == 1 && got.packages.n == 1 &&
		   strcmp(got.packages.v[0].name, "a~primary~std~1") == 0,
	    "as put");
	tap_good(rv_builds_each_content(db, count_content, &n, &err), &err, "contents");
	tap_int(n, 1, "one package is known");
	n = 0;
	tap_good(rv_builds_forget(db, "a:std", &err), &err, "forget");
	tap_int(rv_builds_get(db, "a:std", &arena, &got, &err), RV_BUILDS_FORGOTTEN, "gone");
	tap_int(
	    rv_builds_get(db, "b:std", &arena, &got, &err), RV_DB_END, "not the same as unknown");
	tap_good(rv_builds_each_content(db, count_content, &n, &err), &err, "contents");
	tap_int(n, 0, "and its packages with it");
}

int main(void)
{
	char name[] = "/tmp/rv-test-installed-XXXXXX";
	rv_auto_db db = NULL;

	if (!mkdtemp(name) || (dir = open(name, O_RDONLY | O_DIRECTORY)) < 0)
		return 1;
	tap_good(rv_installed_open(dir, RV_DB_WRITE, &db, &err), &err, "open");
	if (db) {
		test_packages(db);
		test_log(db);
	}
	test_builds();
	rv_arena_release(&arena);
	if (rv_tree_remove(RV_CWD, name, &err) < 0)
		printf("# %s\n", err.msg);
	return tap_done();
}
