/* SPDX-License-Identifier: ISC */
/* Downloads against a server that misbehaves on demand (tests/tools/testhttpd.c). */
#include "tests/httpd.h"
#include "tests/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/alloc.h"
#include "fetch/fetch.h"

#define SIZE 300000

static char dir[] = "/tmp/rv-fetch-XXXXXX";
static char data[SIZE];
static struct rv_sha256 sum;
static int root, out, port;
static struct httpd server;

static void write_file(int dirfd, const char *name, const void *bytes, size_t n)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		exit(99);
	close(fd);
}

/* --- one download */

struct ended {
	int times;
	struct rv_error why;
};

static void on_end(void *ctx, const struct rv_error *why)
{
	struct ended *e = ctx;

	e->times++;
	e->why = why ? *why : RV_ERROR_INIT;
}

struct counts {
	int kind[RV_EVENT_KINDS];
};

static int on_event(void *ctx, const struct rv_event *event, struct rv_error *err)
{
	struct counts *c = ctx;

	(void)err;
	c->kind[event->kind]++;
	return 0;
}

static struct counts counts;

/* Paths are of the server unless they hold "://"; ended with NULL. */
static const struct ended *download(
    const char *name, const char *const *paths, struct rv_fetch_file file)
{
	struct rv_event_bus bus = RV_EVENT_BUS_INIT;
	struct rv_fetch_options o = {.connect_ms = 1000, .stall_s = 1, .bus = &bus};
	struct rv_error err = RV_ERROR_INIT;
	static struct ended ended;
	struct rv_fetch *f;
	static char urls[8][200];
	const char *list[8];
	size_t n = 0;

	for (; paths[n]; n++) {
		if (strstr(paths[n], "://"))
			snprintf(urls[n], sizeof(urls[n]), "%s", paths[n]);
		else
			snprintf(urls[n], sizeof(urls[n]), "http://127.0.0.1:%d%s", port, paths[n]);
		list[n] = urls[n];
	}
	counts = (struct counts){0};
	ended = (struct ended){0};
	rv_event_bus_add(
	    &bus, &(struct rv_listener){.name = "count", .on_event = on_event, .ctx = &counts});
	file.dirfd = out;
	file.name = name;
	file.urls = list;
	file.n_urls = n;
	file.source = "test";
	file.on_end = on_end;
	file.ctx = &ended;
	tap_good(rv_fetch_new(&o, &f, &err), &err, "session");
	rv_fetch_add(f, &file);
	if (rv_fetch_run(f, &err) != 0)
		printf("# %s\n", err.msg);
	rv_fetch_free(f);
	rv_event_bus_release(&bus);
	return &ended;
}

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define WHOLE ((struct rv_fetch_file){.sum = &sum, .size = SIZE})

static bool exists(const char *name)
{
	struct stat st;

	return fstatat(out, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_right(const char *name)
{
	static char got[SIZE + 1];
	int fd = openat(out, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, got, sizeof(got));

	if (fd >= 0)
		close(fd);
	return n == SIZE && memcmp(got, data, SIZE) == 0;
}

static void clean(void)
{
	unlinkat(out, "f", 0);
	unlinkat(out, "f.part", 0);
}

static int requests(void)
{
	return httpd_requests(&server);
}

static void expect_good(const char *what, const struct ended *e)
{
	tap_int(e->times, 1, "%s: ended once", what);
	tap_str(e->why.msg, "", "%s: no reason", what);
	tap_ok(is_right("f") && !exists("f.part"), "%s: the file is whole, no part left", what);
	clean();
}

static void expect_bad(
    const char *what, const struct ended *e, enum rv_code code, const char *reason)
{
	tap_int(e->times, 1, "%s: ended once", what);
	tap_int(e->why.code, code, "%s: code", what);
	if (!tap_ok(strstr(e->why.msg, reason) != NULL, "%s: says '%s'", what, reason))
		printf("# %s\n", e->why.msg);
	tap_ok(!exists("f"), "%s: no file under the final name", what);
	clean();
}

/* --- cases */

static void test_good(void)
{
	char url[300];

	requests();
	expect_good("plain", download("f", PATHS("/ok/x"), WHOLE));
	tap_int(requests(), 1, "one request");
	tap_int(counts.kind[RV_EVENT_DOWNLOAD_BEGIN], 1, "one begin");
	tap_int(counts.kind[RV_EVENT_DOWNLOAD_END], 1, "one end");
	expect_good("no length", download("f", PATHS("/nolength/x"), WHOLE));
	expect_good("redirect", download("f", PATHS("/redirect/3/x"), WHOLE));
	snprintf(url, sizeof(url), "file://%s/x", dir);
	expect_good("file:", download("f", PATHS(url), WHOLE));
	expect_good(
	    "without sum", download("f", PATHS("/ok/x"), (struct rv_fetch_file){.size = SIZE}));
	expect_good(
	    "a maximum", download("f", PATHS("/nolength/x"),
			     (struct rv_fetch_file){.size = SIZE + 5, .size_is_max = true}));
}

static void test_alternatives(void)
{
	expect_good("after a 404", download("f", PATHS("/status/404", "/ok/x"), WHOLE));
	expect_good("after a wrong file", download("f", PATHS("/wrong/x", "/ok/x"), WHOLE));
	expect_good("after a stall", download("f", PATHS("/stall/1000/x", "/ok/x"), WHOLE));
	expect_good("after a longer file", download("f", PATHS("/long/x", "/ok/x"), WHOLE));
	expect_good(
	    "after a dead host", download("f", PATHS("http://127.0.0.1:1/x", "/ok/x"), WHOLE));
	expect_good(
	    "after a missing file:", download("f", PATHS("file:///nonexistent/x", "/ok/x"), WHOLE));
	expect_good(
	    "after a bad address", download("f", PATHS("ftp://127.0.0.1/x", "/ok/x"), WHOLE));
}

/* What writes more than it may is told. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
		return;
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	tap_ok(setrlimit(RLIMIT_FSIZE, &limit) == 0, "limit the size of files");
}

static void test_bad(void)
{
	expect_bad("404", download("f", PATHS("/status/404"), WHOLE), RV_NET, "HTTP status 404");
	expect_bad("500", download("f", PATHS("/status/500"), WHOLE), RV_NET, "HTTP status 500");
	expect_bad("wrong", download("f", PATHS("/wrong/x"), WHOLE), RV_TRUST, "its SHA-256 is");
	expect_bad("long", download("f", PATHS("/long/x"), WHOLE), RV_NET, "300001 bytes long");
	limit_files(SIZE);
	expect_bad("endless", download("f", PATHS("/endless/x"), WHOLE), RV_NET,
	    "longer than the 300000 bytes");
	limit_files(RLIM_INFINITY);
	expect_bad(
	    "stall", download("f", PATHS("/stall/1000/x"), WHOLE), RV_NET, "stalled for 1 s");
	expect_bad("loop", download("f", PATHS("/loop/x"), WHOLE), RV_NET, "redirections");
	expect_bad("refused", download("f", PATHS("http://127.0.0.1:1/x"), WHOLE), RV_NET,
	    "http://127.0.0.1:1/x: no connection");
	expect_bad("password", download("f", PATHS("http://me:secret@127.0.0.1:1/x"), WHOLE),
	    RV_NET, "http://127.0.0.1:1/x");
	expect_bad("no address", download("f", PATHS(NULL), WHOLE), RV_NET, "no address is known");
	expect_bad("all are named", download("f", PATHS("/status/404", "/status/403"), WHOLE),
	    RV_NET, "status 403");
}

static void test_resume(void)
{
	requests();
	write_file(out, "f.part", data, 1000);
	expect_good("continued", download("f", PATHS("/ok/x"), WHOLE));
	tap_int(requests(), 1, "one request");
	write_file(out, "f.part", data, SIZE);
	expect_good("a whole part", download("f", PATHS("/ok/x"), WHOLE));
	tap_int(requests(), 0, "no request");
	write_file(out, "f.part", "wrong", 5);
	expect_good("a wrong part", download("f", PATHS("/ok/x"), WHOLE));
	tap_int(requests(), 2, "the second try begins anew");
	write_file(out, "f.part", data, 1000);
	expect_good("range ignored", download("f", PATHS("/norange/x"), WHOLE));
	tap_int(requests(), 1, "the answer is taken as it is");
	write_file(out, "f.part", data, 1000);
	expect_good("another range", download("f", PATHS("/badrange/x"), WHOLE));
	write_file(out, "f.part", data, 1000);
	expect_good("a lying range", download("f", PATHS("/lierange/x"), WHOLE));
	requests();
	expect_good("cut four times", download("f", PATHS("/cut/80000/x"), WHOLE));
	tap_int(requests(), 4, "continued three times");
	expect_bad(
	    "cut too often", download("f", PATHS("/cut/1000/x"), WHOLE), RV_NET, "ended early");
	expect_good("continued elsewhere", download("f", PATHS("/cut/20000/x", "/ok/x"), WHOLE));
}

static void test_part_stays(void)
{
	struct stat st;
	const struct ended *e = download("f", PATHS("/stall/1000/x"), WHOLE);

	tap_int(e->times, 1, "ended");
	tap_ok(fstatat(out, "f.part", &st, 0) == 0 && st.st_size == 1000,
	    "the part stays for the next run");
	tap_ok(symlinkat("elsewhere", out, "g.part") == 0, "a link in the part's place");
	e = download("g", PATHS("/ok/x"), WHOLE);
	tap_ok(e->why.code == RV_OK && is_right("g") && !exists("elsewhere"), "is not followed");
	unlinkat(out, "g", 0);
	clean();
}

static void test_many(void)
{
	struct rv_fetch_options o = {.total = 5, .per_host = 3, .no_sync = true};
	struct rv_error err = RV_ERROR_INIT;
	static struct ended ended[40];
	static char names[40][8];
	char good[64], bad[64];
	const char *urls[2] = {bad, good};
	struct rv_fetch *f;
	int right = 0;

	snprintf(good, sizeof(good), "http://127.0.0.1:%d/ok/x", port);
	snprintf(bad, sizeof(bad), "http://127.0.0.1:1/x");
	tap_good(rv_fetch_new(&o, &f, &err), &err, "session");
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		rv_fetch_add(f, &(struct rv_fetch_file){.dirfd = out,
				    .name = names[i],
				    .urls = urls,
				    .n_urls = 2,
				    .sum = &sum,
				    .size = SIZE,
				    .on_end = on_end,
				    .ctx = &ended[i]});
	}
	tap_int(rv_fetch_run(f, &err), 0, "forty files");
	for (int i = 0; i < 40; i++) {
		right += ended[i].times == 1 && ended[i].why.code == RV_OK && is_right(names[i]);
		unlinkat(out, names[i], 0);
	}
	tap_int(right, 40, "all are right");
	tap_ok(rv_fetch_host_fault(f, "127.0.0.1") == NULL, "a host is given up by port");
	tap_ok(rv_fetch_host_fault(f, "127.0.0.1:1") != NULL, "the other port of it was given up");
	rv_fetch_free(f);
}

static void test_get(void)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(SIZE * 2);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_fetch *f;
	char url[200];

	tap_good(rv_fetch_new(NULL, &f, &err), &err, "session");
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/ok/x", port);
	tap_good(rv_fetch_get(f, url, SIZE, &b, &err), &err, "get");
	tap_ok(b.n == SIZE && memcmp(b.p, data, SIZE) == 0, "the same bytes");
	tap_int(rv_fetch_get(f, url, SIZE - 1, &b, &err), -1, "a byte too many");
	tap_int(err.code, RV_LIMIT, "is a limit");
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/endless/x", port);
	tap_int(rv_fetch_get(f, url, SIZE, &b, &err), -1, "endless");
	tap_int(err.code, RV_LIMIT, "is a limit");
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/status/404", port);
	tap_int(rv_fetch_get(f, url, SIZE, &b, &err), RV_FETCH_ABSENT, "absent");
	snprintf(url, sizeof(url), "file://%s/none", dir);
	tap_int(rv_fetch_get(f, url, SIZE, &b, &err), RV_FETCH_ABSENT, "absent file");
	snprintf(url, sizeof(url), "file://%s/x", dir);
	tap_good(rv_fetch_get(f, url, SIZE, &b, &err), &err, "file:");
	rv_fetch_free(f);
}

int main(int argc, char **argv)
{
	(void)argc;
	for (size_t i = 0; i < SIZE; i++)
		data[i] = (char)(i * 31 + (i >> 8));
	rv_sha256_of(rv_span(data, SIZE), &sum);
	if (!mkdtemp(dir))
		return 99;
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	write_file(root, "x", data, SIZE);
	if (mkdirat(root, "out", 0755) < 0)
		return 99;
	out = openat(root, "out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	server = httpd_start(argv[0], dir);
	port = server.port;
	if (!tap_ok(port > 0, "the server is there"))
		return tap_done();
	test_good();
	test_alternatives();
	test_bad();
	test_resume();
	test_part_stays();
	test_many();
	test_get();
	httpd_stop(&server);
	unlinkat(root, "x", 0);
	tap_ok(unlinkat(root, "out", AT_REMOVEDIR) == 0, "nothing was left behind");
	rmdir(dir);
	return tap_done();
}
