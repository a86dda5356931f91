/* SPDX-License-Identifier: ISC */
/*
 * Package scripts: what they may do, what they may not, and that nothing of it reaches the caller.
 */
#include "script/script.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "tests/tap.h"

static int root_fd, prefix_fd = -1;

static int run(const char *text, struct rv_buf *output, struct rv_buf *reason, int64_t deadline_ms)
{
	static const char *const args[] = {"one", "two"};
	struct rv_script_job job = {
	    .root_fd = root_fd,
	    .prefix_fd = prefix_fd,
	    .prefix = "/raven",
	    .package = "hello~primary~std",
	    .version = "2.10",
	    .old_version = "2.9",
	    .phase = "post-upgrade",
	    .text = text,
	    .args = args,
	    .n_args = 2,
	    .deadline_ms = deadline_ms,
	};
	struct rv_error err = RV_ERROR_INIT;
	int rc;

	rv_buf_reset(output);
	rv_buf_reset(reason);
	rc = rv_script_run(&job, output, reason, &err);
	if (rc < 0)
		printf("# %s\n", err.msg);
	return rc;
}

static const struct {
	const char *what, *text;
	int rc;
	const char *said; /* output when rc 0, else part of the reason */
} rows[] = {
    {"nothing", "", 0, ""},
    {"print", "print('a', 1, nil)", 0, "a\t1\tnil\n"},
    {"arguments", "print(...)", 0, "one\ttwo\n"},
    {"variables",
	"print(pkg_namebase, pkg_subpackage, pkg_variant, pkg_version, pkg_old_version, "
	"pkg_upgrade, "
	"pkg_phase, pkg_prefix)",
	0, "hello\tprimary\tstd\t2.10\t2.9\ttrue\tpost-upgrade\t/raven\n"},
    {"message", "pkg.print_msg('hi')", 0, "hi\n"},
    {"prefixed path", "io.write(pkg.prefixed_path('etc/x'), pkg.prefixed_path('/etc'))", 0,
	"/raven/etc/x/etc"},
    {"write and read",
	"local f = assert(io.open('/raven/a', 'w')) f:write('text') f:close() "
	"print(io.open('raven/a'):read('a'))",
	0, "text\n"},
    {"stat", "local s = pkg.stat('/raven/a') print(s.type, s.size) print(pkg.stat('/raven').type)",
	0, "reg\t4\ndir\n"},
    {"stat of nothing", "print(pkg.stat('/raven/none'))", 0,
	"nil\t/raven/none: no such file or directory\n"},
    {"copy",
	"print(pkg.copy('/raven/a', '/raven/b'), pkg.filecmp('/raven/a', '/raven/b'), "
	"pkg.copy('/raven/x', '/raven/c'), pkg.copy('/raven', '/raven/c'), pkg.copy('/raven/a', "
	"'/no/c'))",
	0, "0\t0\t2\t3\t4\n"},
    {"compare", "print(pkg.filecmp('/raven/a', '/raven/x'))", 0, "2\n"},
    {"rename and remove",
	"assert(os.rename('/raven/b', '/raven/c')) assert(os.remove('/raven/c')) "
	"print(os.remove('/raven/c'))",
	0, "nil\t/raven/c: no such file or directory\n"},
    {"list", "print(table.concat(pkg.readdir('/raven'), ' '))", 0, "a\n"},
    {"link", "assert(pkg.symlink('/etc', '/raven/l')) print(pkg.stat('/raven/l').type)", 0,
	"lnk\n"},
    {"through a link", "print(io.open('/raven/l/passwd'))", 0,
	"nil\topen 'raven/l/passwd': a link is in the way\n"},
    {"through a link, writing", "print(pcall(assert, io.open('/raven/l/evil', 'w')))", 0,
	"false\topen 'raven/l/evil': a link is in the way\n"},
    {"out of the root", "print(io.open('../x', 'w'))", 0,
	"nil\topen '../x': leads out of its folder\n"},
    {"remove out of the root", "print(os.remove('/raven/../../x'))", 0,
	"nil\topen 'raven/../..': leads out of its folder\n"},
    {"execute", "os.execute('true')", 1, "os.execute: not allowed"},
    {"popen", "io['popen']('true')", 1, "io.popen: not allowed"},
    {"exec", "pkg.exec({'true'})", 1, "pkg.exec: not allowed"},
    {"exit", "os.exit(0)", 1, "os.exit: not allowed"},
    {"require", "require 'x'", 1, "global 'require'"},
    {"debug", "debug.getregistry()", 1, "global 'debug'"},
    {"binary chunk", "print(load(string.dump(function() end)))", 0,
	"nil\tattempt to load a binary chunk (mode is 't')\n"},
    {"text chunk", "print(load('return 6 * 7')())", 0, "42\n"},
    {"syntax error", "local = 1", 1, "post-upgrade:1:"},
    {"error", "error('no\\nway')", 1, "no way"},
    {"error that is no text", "error({})", 1, "no text"},
    {"memory", "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1e6) .. i end", 1,
	"not enough memory"},
    {"deep recursion", "local function f() return 1 + f() end f()", 1, "stack overflow"},
    {"file left open", "f = io.open('/raven/open', 'w') f:write('kept')", 0, ""},
    {"file left open arrived", "print(io.open('/raven/open'):read('a'))", 0, "kept\n"},
};

static void test_rows(struct rv_buf *output, struct rv_buf *reason)
{
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		tap_int(
		    run(rows[i].text, output, reason, 0), rows[i].rc, "%s: result", rows[i].what);
		if (rows[i].rc == 0)
			tap_str(rv_buf_str(output), rows[i].said, "%s: output", rows[i].what);
		else if (!tap_ok(strstr(rv_buf_str(reason), rows[i].said) != NULL, "%s: reason",
			     rows[i].what))
			printf("# %s\n", rv_buf_str(reason));
	}
}

static void test_limits(struct rv_buf *output, struct rv_buf *reason)
{
	int64_t begin = rv_clock_mono_ms();

	tap_int(run("while true do end", output, reason, 300), RV_SCRIPT_FAILED, "endless loop");
	tap_str(rv_buf_str(reason), "passed its deadline", "reason of the deadline");
	tap_ok(rv_clock_mono_ms() - begin < 5000, "ended soon");
	tap_int(
	    run("for i = 1, 1e5 do print('0123456789') end", output, reason, 0), 0, "much output");
	tap_ok(output->n > 60000 && output->n < 70000, "output is cut");
	tap_ok(strstr(rv_buf_str(output), "dropped") != NULL, "and says so");
}

/* The prefix is a link in the root: its descriptor stands for it. */
static void test_prefix(struct rv_buf *output, struct rv_buf *reason)
{
	static const char text[] =
	    "local f = assert(io.open('/raven/p', 'w')) f:write('x') f:close() "
	    "print(pkg.stat('raven/p').size, pkg.stat('/raven').type, pkg.stat('/real/p').type, "
	    "pkg.readdir('/raven/')[1], pkg.stat('/ravens'), io.open('/raven/../x'))";
	struct rv_error err = RV_ERROR_INIT;

	tap_good(rv_tree_remove(root_fd, "raven", &err), &err, "remove the prefix");
	tap_good(rv_dir_make(root_fd, "real", 0755, &err), &err, "another folder");
	tap_good(
	    rv_file_symlink("real", root_fd, "raven", &err), &err, "the prefix is a link to it");
	tap_good(rv_dir_open(root_fd, "real", &prefix_fd, &err), &err, "open it");
	tap_int(run(text, output, reason, 0), 0, "script with a linked prefix");
	tap_str(rv_buf_str(output),
	    "1\tdir\treg\tp\tnil\tnil\topen '../x': leads out of its folder\n", "sees it");
	rv_fd_release(&prefix_fd);
}

int main(int argc, char **argv)
{
	rv_auto(rv_buf) struct rv_buf output = RV_BUF_INIT((size_t)1 << 20);
	rv_auto(rv_buf) struct rv_buf reason = RV_BUF_INIT((size_t)1 << 16);
	char root[] = "/tmp/test-script-XXXXXX";
	struct rv_error err = RV_ERROR_INIT;

	if (argc > 1 && strcmp(argv[1], RV_SCRIPT_FLAG) == 0)
		return rv_script_worker_main(argc, argv);
	if (!mkdtemp(root))
		return 1;
	tap_good(rv_dir_open(RV_CWD, root, &root_fd, &err), &err, "open root");
	tap_good(rv_dir_make(root_fd, "raven", 0755, &err), &err, "make prefix");
	test_rows(&output, &reason);
	test_limits(&output, &reason);
	test_prefix(&output, &reason);
	rv_fd_release(&root_fd);
	tap_good(rv_tree_remove(RV_CWD, root, &err), &err, "clean");
	return tap_done();
}
