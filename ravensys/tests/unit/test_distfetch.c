/* SPDX-License-Identifier: ISC */
/*
 * The fetch worker over all of its sources: a server that misbehaves, mirror templates, and a small
 * archive of source packages for apt (skipped on a host without it). The worker is this program,
 * called with --worker.
 */
#include "tests/httpd.h"
#include "tests/tap.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "codec/digest.h"
#include "codec/json.h"
#include "os/file.h"
#include "os/lock.h"
#include "os/spawn.h"
#include "work/distfetch.h"
#include "work/worker.h"

static const struct rv_worker_kind kinds[] = {{"fetch", rv_distfetch_run}, {NULL, NULL}};

static char dir[] = "/tmp/rv-distfetch-XXXXXX";
static const char *self;
static struct httpd server;
static char right_hex[RV_SHA256_HEX_BYTES], other_hex[RV_SHA256_HEX_BYTES];
static int root;

#define RIGHT "the right file\n"
#define OTHER "the other file\n"

static void write_text(const char *name, const char *text)
{
	struct rv_error err = RV_ERROR_INIT;

	if (rv_file_replace(root, name, 0644, rv_span_str(text), &err) < 0)
		printf("# %s\n", err.msg);
}

/* --- one request */

struct answer {
	rv_vec(struct rv_json *) lines;
	int64_t have, fetched, failed;
	struct rv_error err;
};

static void answer_release(struct answer *a)
{
	rv_vec_each (&a->lines, l)
		rv_json_free(*l);
	rv_vec_release(&a->lines);
}

static int64_t number(const struct rv_json *v, const char *key)
{
	int64_t n = -1;

	return rv_json_int(rv_json_get(v, key), &n) ? n : -1;
}

static void take_line(struct answer *a, struct rv_span line)
{
	struct rv_json *v = NULL;
	const struct rv_json *result;

	if (rv_json_parse(line, "answer", &v, &a->err) < 0)
		return;
	rv_vec_push(&a->lines, v);
	result = rv_json_get(v, "result");
	if (!result)
		return;
	a->have = number(result, "have");
	a->fetched = number(result, "fetched");
	a->failed = number(result, "failed");
}

/* order, files and more (",KEY:VALUE...") are JSON text. */
static struct answer ask(const char *order, const char *files, const char *more)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT((size_t)1 << 20);
	struct rv_span rest, line;
	struct answer a = {.have = -1, .fetched = -1, .failed = -1, .err = RV_ERROR_INIT};
	static char text[4000];
	char path[100];
	const char *argv[] = {self, "--worker", "fetch", path, NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	struct rv_error err = RV_ERROR_INIT;

	snprintf(text, sizeof(text),
	    "{\"v\":1,\"kind\":\"fetch\",\"id\":1,\"body\":{\"distfiles\":\"%s/dist\","
	    "\"state\":\"%s/state\",\"sites\":\"%s/sites\",\"connect_ms\":1000,\"stall_s\":1,"
	    "\"order\":[%s],\"files\":[%s]%s}}",
	    dir, dir, dir, order, files, more);
	write_text("request", text);
	snprintf(path, sizeof(path), "%s/request", dir);
	how.argv = argv;
	how.stderr_fd = 2;
	/* a worker whose request was refused ends with 1: its lines are still there */
	if (rv_spawn_run(&how, RV_SPAN_NULL, &out, 60000, &err) < 0)
		printf("# %s\n", err.msg);
	rest = rv_buf_span(&out);
	while (rv_span_next(&rest, '\n', &line))
		take_line(&a, line);
	return a;
}

/* The member key of the note about file. */
static const char *note(const struct answer *a, const char *file, const char *key)
{
	rv_vec_each (&a->lines, l) {
		const struct rv_json *n = rv_json_get(*l, "note");
		const char *about = rv_json_string(rv_json_get(n, "file"));

		if (about && strcmp(about, file) == 0)
			return rv_json_string(rv_json_get(n, key));
	}
	return NULL;
}

static void file_is(const char *name, const char *want)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1000);
	struct rv_error err = RV_ERROR_INIT;
	char path[100];

	snprintf(path, sizeof(path), "dist/%s", name);
	if (rv_file_read(root, path, &text, &err) != 0)
		rv_buf_add_str(&text, "(absent)");
	tap_str(rv_buf_str(&text), want, "content of %s", name);
}

static void clean(void)
{
	struct rv_error err = RV_ERROR_INIT;

	if (rv_tree_remove(root, "dist", &err) < 0)
		printf("# %s\n", err.msg);
}

static const char *file(const char *path, const char *hex, const char *sites)
{
	static char text[4][600];
	static unsigned at;
	char *out = text[at++ % 4];

	snprintf(out, sizeof(text[0]),
	    "{\"path\":\"%s\",\"sha256\":\"%s\",\"size\":%zu,\"sites\":[%s]}", path, hex,
	    sizeof(RIGHT) - 1, sites);
	return out;
}

/* --- cases */

static void test_sites(void)
{
	char two[1300], url[200];
	struct answer a = ask("\"sites\"", file("right", right_hex, "\"TEST/ok\""), "");

	tap_int(a.fetched, 1, "by a site macro");
	tap_str(note(&a, "right", "source"), "sites", "the note says from where");
	file_is("right", RIGHT);
	answer_release(&a);
	httpd_requests(&server);
	a = ask("\"sites\"", file("right", right_hex, "\"TEST/ok\""), "");
	tap_int(a.have, 1, "what is there is not fetched");
	tap_int(httpd_requests(&server), 0, "nobody was asked");
	answer_release(&a);
	clean();
	snprintf(url, sizeof(url),
	    "\"http://127.0.0.1:1/x\",\"TEST/status/404\",\"TEST/wrong\",\"TEST/ok\"");
	snprintf(two, sizeof(two), "%s,%s", file("sub/right", right_hex, url),
	    file("other", other_hex, "\"TEST/ok\""));
	a = ask("\"sites\"", two, "");
	tap_int(a.fetched, 2, "two files, one after three bad addresses");
	file_is("sub/right", RIGHT);
	file_is("other", OTHER);
	answer_release(&a);
	clean();
}

static void test_failures(void)
{
	const char *msg;
	struct answer a = ask("\"sites\",\"mirrors\"",
	    file("right", right_hex, "\"TEST/wrong\",\"http://127.0.0.1:1\""), "");

	tap_int(a.failed, 1, "a file that cannot be had");
	msg = note(&a, "right", "msg");
	tap_ok(msg && strstr(msg, right_hex) && strstr(msg, "wrong file") &&
		   strstr(msg, "http://127.0.0.1:1/right: no connection"),
	    "its sum, each address and its reason are named");
	tap_str(note(&a, "right", "code"), "trust", "a wrong file is a fault of trust");
	file_is("right", "(absent)");
	answer_release(&a);
	a = ask("\"mirrors\"", file("right", right_hex, "\"TEST/ok\""), "");
	msg = note(&a, "right", "msg");
	tap_ok(msg && strstr(msg, "no source knows an address"), "no address");
	answer_release(&a);
	a = ask("\"sites\"", file("../right", right_hex, ""), "");
	tap_ok(a.failed == -1 && a.lines.n == 1, "a path out of the folder is refused");
	answer_release(&a);
	a = ask("\"sites\",\"nowhere\"", file("right", right_hex, ""), "");
	tap_ok(a.failed == -1 && a.lines.n == 1, "an unknown source is refused");
	answer_release(&a);
	clean();
}

static void test_present(void)
{
	struct answer a;

	mkdirat(root, "dist", 0755);
	write_text("dist/right", OTHER);
	a = ask("\"sites\"", file("right", right_hex, "\"TEST/status/404\""), "");
	tap_ok(note(&a, "right", "msg") && strstr(note(&a, "right", "msg"), "is another one"),
	    "a wrong file under the name is said");
	file_is("right", OTHER);
	answer_release(&a);
	a = ask("\"sites\"", file("right", right_hex, "\"TEST/ok\""), "");
	tap_int(a.fetched, 1, "and replaced by the right one");
	file_is("right", RIGHT);
	answer_release(&a);
	/* as long, another inode: what was verified before does not count */
	write_text("dist/right", OTHER);
	a = ask("\"sites\"", file("right", right_hex, "\"TEST/ok\""), "");
	tap_int(a.fetched, 1, "a changed file is seen");
	answer_release(&a);
	clean();
}

static void test_clean(void)
{
	struct rv_error err = RV_ERROR_INIT;
	char path[100];
	struct stat st;

	mkdirat(root, "dist", 0755);
	mkdirat(root, "dist/.apt", 0755);
	write_text("dist/.apt/1", OTHER);
	write_text("dist/right.part", "the");
	snprintf(path, sizeof(path), "%s/dist", dir);
	tap_good(rv_distfetch_clean(path, &err), &err, "clean up after a killed worker");
	tap_ok(fstatat(root, "dist/.apt", &st, 0) < 0, "what it left is gone");
	tap_ok(fstatat(root, "dist/right.part", &st, 0) == 0, "a part stays");
	clean();
	tap_good(rv_distfetch_clean(path, &err), &err, "without the folder there is nothing to do");
}

/* Another process holds the folder while the file comes into it. */
static void test_shared(void)
{
	struct rv_error err = RV_ERROR_INIT;
	struct answer a;
	pid_t pid;
	int fd;

	mkdirat(root, "dist", 0755);
	fd = openat(root, "dist", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tap_good(rv_lock_folder(fd, "dist", 0, &err), &err, "the folder is locked");
	pid = fork();
	if (pid == 0) {
		usleep(300000);
		write_text("dist/right", RIGHT);
		_exit(0); /* frees the lock: the parent has closed its own */
	}
	close(fd);
	a = ask("\"sites\"", file("right", right_hex, "\"TEST/status/404\""), "");
	tap_int(a.have, 1, "waited for the other process, whose file counts");
	waitpid(pid, NULL, 0);
	answer_release(&a);
	clean();
}

static void test_mirrors(void)
{
	char mirrors[300];
	struct answer a;

	snprintf(mirrors, sizeof(mirrors),
	    ",\"mirrors\":[\"http://127.0.0.1:%d/ok/none/%%{sha256}\","
	    "\"http://127.0.0.1:%d/ok/%%{name}\"]",
	    server.port, server.port);
	a = ask(
	    "\"sites\",\"mirrors\"", file("sub/right", right_hex, "\"TEST/status/404\""), mirrors);
	tap_int(a.fetched, 1, "the second mirror has it");
	tap_str(note(&a, "sub/right", "source"), "mirrors", "the note says so");
	answer_release(&a);
	clean();
}

/* An archive of one source package that lists the right file twice, once where it is not. */
static void make_archive(void)
{
	char text[2000];
	struct rv_error err = RV_ERROR_INIT;

	if (rv_dir_make_path(root, "debian/dists/bookworm/main/source", 0755, &err) < 0 ||
	    rv_dir_make_path(root, "debian/pool/r", 0755, &err) < 0 ||
	    rv_dir_make_path(root, "etc/sources.list.d", 0755, &err) < 0)
		printf("# %s\n", err.msg);
	write_text("debian/pool/r/r_1.orig.tar.gz", RIGHT);
	snprintf(text, sizeof(text),
	    "Package: r\nVersion: 1\nDirectory: pool/gone\nChecksums-Sha256:\n %s %zu "
	    "r_1.orig.tar.gz\n\n"
	    "Package: r\nVersion: 2\nDirectory: pool/r\nChecksums-Sha256:\n %s %zu "
	    "r_1.orig.tar.gz\n\n",
	    right_hex, sizeof(RIGHT) - 1, right_hex, sizeof(RIGHT) - 1);
	write_text("debian/dists/bookworm/main/source/Sources", text);
	{
		struct rv_sha256 sum;
		char hex[RV_SHA256_HEX_BYTES];
		size_t n = strlen(text);

		rv_sha256_of(rv_span_str(text), &sum);
		rv_sha256_hex(&sum, hex);
		snprintf(text, sizeof(text),
		    "Suite: bookworm\nCodename: bookworm\nComponents: main\nSHA256:\n"
		    " %s %zu main/source/Sources\n",
		    hex, n);
	}
	write_text("debian/dists/bookworm/Release", text);
	snprintf(text, sizeof(text), "deb file:%s/debian bookworm main\n", dir);
	write_text("etc/sources.list", text);
}

static void test_apt(void)
{
	char etc[200], two[1300];
	struct answer a;

	if (access("/usr/lib/apt/apt-helper", X_OK) != 0) {
		tap_skip(6, "this host has no apt");
		return;
	}
	make_archive();
	snprintf(etc, sizeof(etc), ",\"suites\":[\"bookworm\"],\"apt_etc\":\"%s/etc\"", dir);
	a = ask("\"sites\",\"apt\"", file("right", right_hex, "\"TEST/status/404\""), etc);
	tap_int(a.fetched, 1, "out of a source package, at its second address");
	tap_str(note(&a, "right", "source"), "apt", "the note says so");
	file_is("right", RIGHT);
	answer_release(&a);
	clean();
	snprintf(
	    two, sizeof(two), "%s,%s", file("right", right_hex, ""), file("other", other_hex, ""));
	a = ask("\"apt\"", two, etc);
	tap_int(a.fetched, 1, "one is known");
	tap_int(a.failed, 1, "one is not");
	tap_ok(note(&a, "other", "msg") &&
		   strstr(note(&a, "other", "msg"), "no source package of bookworm lists this sum"),
	    "the suites that were looked through are named");
	answer_release(&a);
	clean();
}

static void prepare(void)
{
	struct rv_sha256 sum;
	char text[200];

	rv_sha256_of(RV_SPAN_LIT(RIGHT), &sum);
	rv_sha256_hex(&sum, right_hex);
	rv_sha256_of(RV_SPAN_LIT(OTHER), &sum);
	rv_sha256_hex(&sum, other_hex);
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	write_text("right", RIGHT);
	write_text("other", OTHER);
	server = httpd_start(self, dir);
	snprintf(text, sizeof(text), "TEST\thttp://127.0.0.1:%d/%%SUBDIR%%/\n", server.port);
	write_text("sites", text);
}

int main(int argc, char **argv)
{
	struct rv_error err = RV_ERROR_INIT;

	if (argc > 2)
		return rv_worker_main(kinds, argv[2], argc > 3 ? argv[3] : NULL);
	self = argv[0];
	if (!mkdtemp(dir))
		return 99;
	prepare();
	if (tap_ok(server.port > 0, "the server is there")) {
		test_sites();
		test_failures();
		test_present();
		test_mirrors();
		test_shared();
		test_clean();
		test_apt();
	}
	httpd_stop(&server);
	tap_good(rv_tree_remove(RV_CWD, dir, &err), &err, "clean");
	return tap_done();
}
