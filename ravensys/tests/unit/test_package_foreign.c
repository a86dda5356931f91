/* SPDX-License-Identifier: ISC */
/*
 * Foreign programs read our packages: zstd -t, bsdtar, GNU tar list and extract one with everything
 * in it.
 */
#include "tests/tap.h"

#include <stdlib.h>
#include <unistd.h>

#include "archive/reader.h"
#include "archive/writer.h"
#include "base/vec.h"
#include "os/file.h"
#include "os/spawn.h"

#define BIG_BYTES ((size_t)9 * 1024 * 1024)
#define OUTPUT_MAX_BYTES ((size_t)1024 * 1024)
#define ENTRIES 8

static struct rv_error err;
static char long_path[260], long_target[300];

static void put(int dirfd, const char *name, struct rv_span data)
{
	if (rv_file_replace(dirfd, name, 0600, data, &err) < 0)
		tap_ok(false, "%s", err.msg);
}

static void make_package(int dirfd, const char *name, size_t n)
{
	static struct rv_xattr note = {{"user.note", 9}, {"text", 4}};
	struct rv_file_entry e[ENTRIES] = {
	    {.path = RV_SPAN_LIT("raven"), .type = RV_ENTRY_DIR, .mode = 0755},
	    {.path = RV_SPAN_LIT("raven/a b"),
		.mode = 0644,
		.owner = RV_SPAN_LIT("www"),
		.xattrs = &note,
		.n_xattrs = 1},
	    {.path = RV_SPAN_LIT("raven/big"), .mode = 0444},
	    {.path = RV_SPAN_LIT("raven/hard"),
		.type = RV_ENTRY_HARDLINK,
		.target = RV_SPAN_LIT("raven/a b")},
	    {.path = RV_SPAN_LIT("raven/link"),
		.type = RV_ENTRY_LINK,
		.target = RV_SPAN_LIT("../a b")},
	    {.path = rv_span_str(long_path), .mode = 04755},
	    {.path = RV_SPAN_LIT("raven/to-long"),
		.type = RV_ENTRY_LINK,
		.target = rv_span_str(long_target)},
	    {.path = RV_SPAN_LIT("raven/\xc3\xa9"), .mode = 0644, .flags = RV_FILE_CONFIG},
	};
	struct rv_package_content c[ENTRIES];
	struct rv_manifest m;
	struct rv_build b;
	struct rv_package_spec spec = {&m, &b, e, c, n, 3, 2};
	struct rv_package_made made;

	for (size_t i = 0; i < ENTRIES; i++)
		c[i] = (struct rv_package_content){dirfd, i == 2 ? "big" : "small"};
	rv_manifest_init(&m);
	rv_build_init(&b);
	m.namebase = "all";
	m.subpackage = "single";
	m.variant = "std";
	m.version = "1";
	m.abi = "linux:x86_64:6.1";
	m.prefix = "/raven";
	m.comment = "has everything";
	b.builder = "test 1";
	b.system_root = "host";
	b.source_date_epoch = 1577836800;
	tap_good(rv_package_create(&spec, dirfd, name, &made, &err), &err, "create %s", name);
	rv_manifest_release(&m);
	rv_build_release(&b);
}

/* Runs a shell line in the folder; its output. */
static bool run(int dirfd, const char *line, struct rv_buf *out)
{
	const char *const argv[] = {"/bin/sh", "-c", line, NULL};
	const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;

	how.argv = argv;
	how.env = env;
	how.cwd_fd = dirfd;
	rv_buf_reset(out);
	return rv_spawn_run(&how, RV_SPAN_NULL, out, 60000, &err) == 0;
}

static void check_lines(int dirfd, const char *name)
{
	static const char *const lines[] = {"zstd -q -t <%s", "bsdtar -tvf %s",
	    "bsdtar -xOf %s +MANIFEST", "tar --zstd -tvf %s", "tar --zstd -xOf %s +BUILD"};
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(OUTPUT_MAX_BYTES);
	char line[200];

	for (size_t i = 0; i < RV_COUNT(lines); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(line, sizeof(line), lines[i], name);
#pragma GCC diagnostic pop
		if (!tap_ok(run(dirfd, line, &out), "%s", line))
			printf("# %s\n", err.msg);
	}
}

static void check_content_id(int dirfd)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(OUTPUT_MAX_BYTES);
	rv_auto_fd fd = -1;
	rv_autofree(rv_package) struct rv_package *p = NULL;
	char hex[RV_SHA256_HEX_BYTES];

	tap_good(rv_file_open(dirfd, "all.rvn", &fd, &err), &err, "open the file");
	tap_good(rv_package_open(fd, "all.rvn", &p, &err), &err, "open the package");
	rv_sha256_hex(rv_package_content_id(p), hex);
	run(dirfd, "bsdtar -xOf all.rvn +MANIFEST +FILES | sha256sum", &out);
	tap_ok(rv_span_starts(rv_buf_span(&out), rv_span_str(hex)),
	    "the content id, as the manual page says");
}

/* Each prints "same" when the extracted tree is what went in. */
static void check_extract(int dirfd)
{
	static const char test[] =
	    " && cmp x/raven/big big && cmp 'x/raven/a b' small && cmp x/raven/hard small && "
	    "test 'x/raven/a b' -ef x/raven/hard && test \"$(readlink x/raven/link)\" = '../a b' "
	    "&& "
	    "test \"$(stat -c %a,%Y x/raven/big)\" = 444,1577836800 && test -f 'x/raven/\xc3\xa9' "
	    "&& "
	    "test \"$(ls x/raven | wc -l)\" = 7 && rm -rf x && echo same";
	static const char *const programs[] = {
	    "bsdtar -xf all.rvn -C x", "tar --zstd -xf all.rvn -C x"};
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(OUTPUT_MAX_BYTES);

	for (size_t i = 0; i < RV_COUNT(programs); i++) {
		rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(4096);

		rv_buf_addf(&line, "mkdir x && %s%s", programs[i], test);
		run(dirfd, rv_buf_str(&line), &out);
		tap_str(rv_buf_str(&out), "same\n", "%s", programs[i]);
	}
	run(dirfd, "bsdtar -tvf all.rvn | grep long-", &out);
	tap_ok(strstr(rv_buf_str(&out), long_path) &&
		   rv_span_starts(rv_buf_span(&out), RV_SPAN_LIT("-rwsr-xr-x")),
	    "a long path, set-id bit shown");
	run(dirfd, "bsdtar -tvf all.rvn | grep to-long", &out);
	tap_ok(strstr(rv_buf_str(&out), long_target) != NULL, "a long link target");
}

int main(void)
{
	char dir[] = "/tmp/test-foreign-XXXXXX";
	rv_auto(rv_buf) struct rv_buf big = RV_BUF_INIT(BIG_BYTES + 1), out = RV_BUF_INIT(4096);
	rv_auto_fd dirfd = -1;

	if (!mkdtemp(dir) || rv_dir_open_user(dir, &dirfd, &err) != 0)
		return 1;
	for (uint32_t x = 1; big.n < BIG_BYTES; x = x * 1664525 + 1013904223)
		rv_buf_add_char(&big, (char)(x >> 24));
	snprintf(long_path, sizeof(long_path), "raven/long-%0200d", 0);
	snprintf(long_target, sizeof(long_target), "%0280d", 0);
	put(dirfd, "big", rv_buf_span(&big));
	put(dirfd, "small", RV_SPAN_LIT("small\n"));
	make_package(dirfd, "all.rvn", ENTRIES);
	make_package(dirfd, "empty.rvn", 0);
	if (run(dirfd, "command -v zstd bsdtar tar", &out)) {
		check_lines(dirfd, "all.rvn");
		check_lines(dirfd, "empty.rvn");
		check_content_id(dirfd);
		check_extract(dirfd);
	} else {
		tap_skip(1, "zstd, bsdtar or tar is not installed");
	}
	tap_int(rv_tree_remove(RV_CWD, dir, &err), 0, "clean up");
	return tap_done();
}
