/* SPDX-License-Identifier: ISC */
/* builder/port: lists of files compressed and sorted, buildsheets read, written and taken apart. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "port/filelist.h"
#include "port/recipe.h"
#include "port/sheet.h"
#include "port/tree.h"
#include "tests/tap.h"

#define COMPILED "ravensys/tests/data/sheets/compiled"
#define SOURCE "ravensys/tests/data/sheets/source"
#define EMPTY "@comment manifest is empty, mistake??"

static struct rv_error err;

/* --- lists of files */

static void test_compress(void)
{
	static const struct {
		const char *full, *packed; /* packed NULL: it must fail */
	} rows[] = {
	    {"bin/one\n", "bin/one\n"},
	    {"bin/one\nbin/two\n", "bin/\n one\n two\n"},
	    {"bin/one\nlib/x\nbin/two\n", "bin/\n one\nlib/x\n two\n"},
	    {"a/b/c\na/d\na/b/e\n", "a/b/\n c\na/d\n e\n"},
	    {"@dir a\n@comment b\n", "@dir a\n@comment b\n"},
	    {"/top\n/etc/x\nplain\n", "/top\n/etc/x\nplain\n"},
	    {"share/x/\nshare/x/y\nshare/x/z\n", "share/x/\nshare/x/\n y\n z\n"},
	    {"  bin/two  \n", "bin/two\n"},
	    {"a b/c\na b/d e", "a b/\n c\n d e\n"},
	    {"", EMPTY},
	    {"\n", EMPTY},
	    {"a\n\n", "a\n"},
	    {"a\n\nb\n", NULL},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(4096);
		rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(4096);
		rv_auto(rv_buf) struct rv_buf full = RV_BUF_INIT(4096);
		int rc = rv_filelist_compress(rv_span_str(rows[i].full), "x", &packed, &err);

		if (!rows[i].packed) {
			tap_int(rc, -1, "row %zu is refused", i);
			tap_str(err.msg, "x:2: an empty line", "and said");
			continue;
		}
		tap_str(rv_buf_str(&packed), rows[i].packed, "row %zu compressed", i);
		rv_filelist_source(rv_buf_span(&packed), &full);
		tap_good(rv_filelist_compress(rv_buf_span(&full), "x", &again, &err), &err,
		    "row %zu there and back", i);
		tap_str(rv_buf_str(&again), rows[i].packed, "row %zu is the same", i);
	}
}

static void test_sort(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
	    {"b/2\na/1\nb/1\n", "a/1\nb/1\nb/2\n"},
	    {"@dir z\nx\n@sample b\n@comment a\na/b\n@dir y\n",
		"@comment a\n@sample b\nx\na/b\n@dir y\n@dir z\n"},
	    {"a/b\na/b\n@dir x\n@dir x\nr\nr\n", "r\na/b\n@dir x\n"},
	    {"@mode 755\na\n@owner me\n@group us\nb/c\n@mode\n@owner\n@group\nd\n",
		"@(,,755) a\nd\n@(me,us,755) b/c\n"},
	    {"@mode 755\n@(o,,) a/b\n@(,g,644) a/c\n", "@(o,,755) a/b\n@(,g,644) a/c\n"},
	    {"a-b/x\na/x\na/b/x\n", "a/x\na-b/x\na/b/x\n"},
	    {"x\n\n  y/z  \n", "x\ny/z\n"},
	    {"/top\n", "/top\n"},
	    {"@(broken a\n", "@(broken a\n"},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto(rv_buf) struct rv_buf once = RV_BUF_INIT(4096);
		rv_auto(rv_buf) struct rv_buf twice = RV_BUF_INIT(4096);

		rv_filelist_sort(rv_span_str(rows[i].in), &once);
		tap_str(rv_buf_str(&once), rows[i].out, "row %zu sorted", i);
		rv_filelist_sort(rv_buf_span(&once), &twice);
		tap_str(rv_buf_str(&twice), rows[i].out, "row %zu stays", i);
	}
}

/* --- sheets */

static struct rv_port *load(const struct rv_trees *trees, const char *name)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_port_context context = {.check_files = true};
	struct rv_port *port = NULL;

	tap_good(
	    rv_trees_load(trees, name, &context, &problems, &port, &err), &err, "load %s", name);
	return port;
}

static void same_texts(const struct rv_buf *a, const struct rv_buf *b, const char *name)
{
	tap_ok(a->n > 0 && rv_span_eq(rv_buf_span(a), rv_buf_span(b)), "%s", name);
}

static int compile_both(void *ctx, const char *name, struct rv_error *e)
{
	struct rv_trees *trees = ctx;
	rv_autofree(rv_port) struct rv_port *source = load(&trees[0], name);
	rv_autofree(rv_port) struct rv_port *sheet = load(&trees[1], name);
	rv_auto(rv_buf) struct rv_buf wanted = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf got = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	struct rv_found_port at;

	(void)e;
	tap_good(rv_trees_find(&trees[1], name, &at, &err), &err, "find %s", name);
	tap_ok(at.compiled && sheet->compiled && !source->compiled, "which is compiled");
	tap_good(rv_file_read(at.tree->fd, at.folder, &wanted, &err), &err, "its sheet");
	tap_good(rv_sheet_write(source, false, &got, &err), &err, "compile");
	same_texts(&got, &wanted, "the same bytes");
	rv_buf_reset(&got);
	tap_good(rv_sheet_write(sheet, false, &got, &err), &err, "write it again");
	same_texts(&got, &wanted, "the same bytes again");
	tap_good(rv_sheet_specification(sheet, &text, &err), &err, "a specification for it");
	return 0;
}

static void open_trees(struct rv_trees *trees)
{
	tap_good(rv_trees_add(&trees[0], SOURCE, &err), &err, "source tree");
	tap_good(rv_trees_add(&trees[1], COMPILED, &err), &err, "compiled tree");
}

static void test_genesis(const struct rv_port *port)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SHEET_MAX_BYTES);

	tap_good(rv_sheet_write(port, true, &text, &err), &err, "with genesis");
	tap_ok(strstr(rv_buf_str(&text), "\nINVALID_RPATH=\t\tyes\n") != NULL,
	    "run paths are not fatal");
}

static void test_files(const struct rv_trees *trees)
{
	rv_autofree(rv_port) struct rv_port *port = load(trees, "sheet-files");
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(4096);
	struct rv_file_names names;

	tap_int(rv_port_files_has(&port->files, "patches/patch-a", &err), 0, "has a patch");
	tap_int(rv_port_files_has(&port->files, "patches/other", &err), RV_ABSENT, "not that one");
	tap_good(rv_port_files_list(&port->files, "patches", &names, &err), &err, "list");
	tap_int((long long)names.n, 3, "three patches");
	tap_str(names.v[0], "patch-", "the first");
	rv_file_names_release(&names);
	tap_good(rv_port_files_folders(&port->files, &names, &err), &err, "folders");
	tap_str(names.v[0], "descriptions", "sorted");
	rv_file_names_release(&names);
	tap_good(rv_port_files_read(&port->files, "manifests/plist.dev", &text, &err), &err,
	    "a manifest");
	tap_str(rv_buf_str(&text), EMPTY "\n", "in full");
	rv_buf_reset(&text);
	tap_good(rv_port_files_raw(&port->files, "manifests/plist.tools", &text, &err), &err,
	    "as it stands in the sheet");
	tap_str(rv_buf_str(&text), "bin/\n a\n b\n", "compressed");
}

static void test_trees(void)
{
	struct rv_trees trees[2] = {{0}, {0}};
	rv_autofree(rv_port) struct rv_port *least = NULL;

	open_trees(trees);
	tap_good(rv_trees_each(&trees[0], compile_both, trees, &err), &err, "every recipe");
	least = load(&trees[0], "sheet-least");
	test_genesis(least);
	test_files(&trees[1]);
	tap_int(rv_sheet_specification(least, &(struct rv_buf){.max = 1}, &err), -1,
	    "a source folder is not taken apart");
	rv_port_free(least);
	least = NULL;
	rv_trees_release(&trees[0]);
	rv_trees_release(&trees[1]);
}

/* A sheet that changes while it is in use is noticed. */
static void test_changed(void)
{
	static const char sheet[] = "NAMEBASE=\t\tx\nVERSION=\t\t1\nKEYWORDS=\t\tdevel\n"
				    "VARIANTS=\t\tstd\nSDESC[std]=\t\tWhat there is of it\n"
				    "HOMEPAGE=\t\tnone\nCONTACT=\t\tnobody\n"
				    "DOWNLOAD_GROUPS=\tnone\nSPKGS[std]=\t\tsingle\n"
				    "OPTIONS_AVAILABLE=\tnone\nOPTIONS_STANDARD=\tnone\n"
				    "[FILE:3:distinfo]\nabc\n";
	char folder[] = "/tmp/test_sheet.XXXXXX", path[64];
	struct rv_trees trees = {0};
	rv_autofree(rv_port) struct rv_port *port = NULL;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(100);
	rv_auto_fd fd = -1;

	tap_ok(mkdtemp(folder) != NULL, "a folder");
	tap_good(rv_dir_open_user(folder, &fd, &err), &err, "opened");
	/* SHA-1 of "x" begins with 11 */
	tap_good(rv_dir_make(fd, "bucket_11", 0755, &err), &err, "a bucket");
	tap_good(rv_file_replace(fd, "bucket_11/x", 0644, rv_span_str(sheet), &err), &err, "it");
	tap_good(rv_trees_add(&trees, folder, &err), &err, "tree");
	port = load(&trees, "x");
	tap_good(rv_port_files_read(&port->files, "distinfo", &text, &err), &err, "read");
	tap_str(rv_buf_str(&text), "abc", "its content");
	tap_good(
	    rv_file_replace(fd, "bucket_11/x", 0644,
		rv_span_str("# a longer one\n# than before, so that all is elsewhere\n"), &err),
	    &err, "changed");
	tap_int(rv_port_files_read(&port->files, "distinfo", &text, &err), -1, "is noticed");
	tap_good(rv_tree_remove(fd, "bucket_11", &err), &err, "removed");
	tap_int(rv_port_files_read(&port->files, "distinfo", &text, &err), -1, "and gone");
	snprintf(path, sizeof(path), "%s", folder);
	rv_trees_release(&trees);
	rmdir(path);
}

/* --- bad sheets */

#define HEAD                                                                                       \
	"NAMEBASE=\t\tx\nVERSION=\t\t1\nKEYWORDS=\t\tdevel\nVARIANTS=\t\tstd\n"                    \
	"SDESC[std]=\t\tWhat there is of it\nHOMEPAGE=\t\tnone\nCONTACT=\t\tnobody\n"              \
	"DOWNLOAD_GROUPS=\tnone\nSPKGS[std]=\t\tsingle\nOPTIONS_AVAILABLE=\tnone\n"                \
	"OPTIONS_STANDARD=\tnone\n"

static void test_bad(void)
{
	static const struct {
		const char *text, *want; /* NULL: it is good */
	} rows[] = {
	    {HEAD, NULL},
	    {HEAD "[FILE:3:distinfo]\nabc", NULL},
	    {HEAD "[FILE:3:distinfo]\nabc\n\n[FILE:0:files/x]\n\n", NULL},
	    {HEAD "[FILE:20:files/x]\n[FILE:3:distinfo]\nx\n\n", NULL},
	    {HEAD "[FILE:4:distinfo]\nabc\n", NULL},
	    {HEAD "[FILE:2:distinfo]\nabc\n", "x:12: no file of 2 bytes follows"},
	    {HEAD "[FILE:5:distinfo]\nabc\n", "x:12: no file of 5 bytes follows"},
	    {HEAD "[FILE:99999999999999999999:distinfo]\n", "x:12: content not recognised"},
	    {HEAD "[FILE:0:../x]\n\n", "x:12: ../x is no file of a port"},
	    {HEAD "[FILE:0:files/..]\n\n", "x:12: files/.. is no file of a port"},
	    {HEAD "[FILE:0:files/a/b]\n\n", "x:12: files/a/b is no file of a port"},
	    {HEAD "[FILE:0:/etc/passwd]\n\n", "x:12: /etc/passwd is no file of a port"},
	    {HEAD "[FILE:0:specification]\n\n", "x:12: specification is no file of a port"},
	    {HEAD "[FILE:0:attic/x]\n\n", "x:12: attic/x is no file of a port"},
	    {HEAD "[FILE:0:files/]\n\n", "x:12: files/ is no file of a port"},
	    {HEAD "[FILE:0:distinfo]\n\n[FILE:0:distinfo]\n\n", "distinfo is there twice"},
	    {HEAD "[FILE:3:distinfo]\na\nc\nnonsense\n", "x:15: content not recognised"},
	    {HEAD "CFLAGS=\t\t${X}\n", "x:12: "},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
		rv_autofree(rv_port) struct rv_port *port = NULL;
		struct rv_port_context context = {.compiled = true};
		int rc = rv_port_parse(
		    rv_span_str(rows[i].text), "x", NULL, &context, &problems, &port, &err);

		if (!rows[i].want)
			tap_good(rc, &err, "row %zu is good", i);
		else
			tap_ok(rc < 0 && strstr(err.msg, rows[i].want), "row %zu: %s", i,
			    rc < 0 ? err.msg : "read");
	}
}

int main(void)
{
	test_compress();
	test_sort();
	test_trees();
	test_changed();
	test_bad();
	return tap_done();
}
