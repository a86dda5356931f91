/* SPDX-License-Identifier: ISC */
/*
 * The package file: written, opened, extracted, verified; equal bytes twice; damaged at every byte.
 */
#include "tests/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/reader.h"
#include "archive/writer.h"
#include "base/vec.h"
#include "os/fault.h"
#include "os/file.h"

#define BIG_BYTES ((size_t)9 * 1024 * 1024 + 77)

static struct rv_error err;

static void put(int dirfd, const char *name, struct rv_span data)
{
	if (rv_file_replace(dirfd, name, 0600, data, &err) < 0)
		tap_ok(false, "%s", err.msg);
}

/* Bytes that do not compress to nothing, the same in every run. */
static void make_big(struct rv_buf *out)
{
	uint32_t x = 1;

	while (out->n < BIG_BYTES) {
		x = x * 1664525 + 1013904223;
		rv_buf_add_char(out, (char)(x >> 24 & 0x3f));
	}
}

static void make_stage(int dirfd)
{
	rv_auto(rv_buf) struct rv_buf big = RV_BUF_INIT(BIG_BYTES + 1);

	make_big(&big);
	put(dirfd, "hello", RV_SPAN_LIT("#!/bin/sh\necho hello\n"));
	put(dirfd, "empty", RV_SPAN_NULL);
	put(dirfd, "big", rv_buf_span(&big));
}

static char long_path[300];

#define DIR_ENTRY(name)                                                                            \
	{                                                                                          \
		.path = RV_SPAN_LIT(name), .type = RV_ENTRY_DIR, .mode = 0755                      \
	}
#define ENTRIES 9

static void make_entries(int dirfd, bool big, struct rv_file_entry *e, struct rv_package_content *c)
{
	static struct rv_xattr cap = {{"user.note", 9}, {"a\0b", 3}};
	struct rv_file_entry all[ENTRIES] = {
	    DIR_ENTRY("raven"),
	    DIR_ENTRY("raven/bin"),
	    {.path = RV_SPAN_LIT("raven/bin/hello"),
		.mode = 04755,
		.owner = RV_SPAN_LIT("www"),
		.xattrs = &cap,
		.n_xattrs = 1},
	    {.path = RV_SPAN_LIT("raven/bin/hi"),
		.type = RV_ENTRY_HARDLINK,
		.target = RV_SPAN_LIT("raven/bin/hello")},
	    {.path = RV_SPAN_LIT("raven/bin/sh"),
		.type = RV_ENTRY_LINK,
		.target = RV_SPAN_LIT("../../bin/sh")},
	    DIR_ENTRY("raven/etc"),
	    {.path = RV_SPAN_LIT("raven/etc/empty"), .mode = 0644, .flags = RV_FILE_CONFIG},
	    {.path = rv_span_str(long_path), .mode = 0444},
	    {.path = RV_SPAN_LIT("raven/etc/zzz"),
		.type = RV_ENTRY_LINK,
		.target = rv_span_str(long_path)},
	};

	memcpy(e, all, sizeof(all));
	for (size_t i = 0; i < ENTRIES; i++)
		c[i] = (struct rv_package_content){dirfd, "hello"};
	c[6].path = "empty";
	c[7].path = big ? "big" : "hello";
}

static int create(
    int dirfd, const char *name, bool big, unsigned threads, struct rv_package_made *made)
{
	struct rv_file_entry e[ENTRIES];
	struct rv_package_content c[ENTRIES];
	struct rv_manifest m;
	struct rv_build b;
	struct rv_package_spec spec = {&m, &b, e, c, ENTRIES, 3, threads};
	int rc;

	make_entries(dirfd, big, e, c);
	rv_manifest_init(&m);
	rv_build_init(&b);
	m.namebase = "hello";
	m.subpackage = "primary";
	m.variant = "std";
	m.version = "2.10";
	m.abi = "linux:x86_64:6.1";
	m.prefix = "/raven";
	m.comment = "says hello";
	b.builder = "test 1";
	b.system_root = "host";
	b.source_date_epoch = 1577836800;
	rc = rv_package_create(&spec, dirfd, name, made, &err);
	rv_manifest_release(&m);
	rv_build_release(&b);
	return rc;
}

static struct rv_package *open_package(int dirfd, const char *name, int *fd)
{
	struct rv_package *p = NULL;

	if (rv_file_open(dirfd, name, fd, &err) != 0 || rv_package_open(*fd, name, &p, &err) < 0)
		return NULL;
	return p;
}

static void check_content(int dirfd, const struct rv_package *p, const char *stage, size_t entry)
{
	rv_autofree(rv_package_cursor) struct rv_package_cursor *c = NULL;
	rv_auto(rv_buf) struct rv_buf want = RV_BUF_INIT(BIG_BYTES + 1),
				      got = RV_BUF_INIT(BIG_BYTES + 1);
	rv_auto_fd fd = -1;
	size_t n;
	const struct rv_file_entry *e = rv_package_entries(p, &n);

	tap_good(rv_package_cursor_new(p, &c, &err), &err, "a cursor");
	tap_good(rv_file_create(dirfd, "out", 0600, &fd, &err), &err, "a file to extract to");
	tap_good(rv_package_extract(c, &e[entry], fd, &err), &err, "extract %s", e[entry].path.p);
	tap_good(rv_file_read(dirfd, stage, &want, &err), &err, "read the staged file");
	tap_good(rv_file_read(dirfd, "out", &got, &err), &err, "read the extracted file");
	tap_ok(rv_span_eq(rv_buf_span(&want), rv_buf_span(&got)), "they are equal");
	tap_good(rv_file_unlink(dirfd, "out", &err), &err, "remove it");
}

static void check_package(int dirfd)
{
	rv_auto_fd fd = -1;
	rv_autofree(rv_package) struct rv_package *p = NULL;
	struct rv_package_made made, again, other;
	const struct rv_file_entry *e;
	rv_auto(rv_buf) struct rv_buf one = RV_BUF_INIT(1 << 25), two = RV_BUF_INIT(1 << 25);
	struct rv_sha256 sha;
	size_t n;

	tap_good(create(dirfd, "a.rvn", true, 2, &made), &err, "create a package");
	p = open_package(dirfd, "a.rvn", &fd);
	if (!tap_ok(p != NULL, "open it")) {
		printf("# %s\n", err.msg);
		return;
	}
	tap_str(rv_package_manifest(p)->comment, "says hello", "manifest");
	tap_int(rv_package_manifest(p)->n_files, ENTRIES, "number of entries");
	tap_int(rv_package_build(p)->source_date_epoch, 1577836800, "build record");
	tap_ok(rv_sha256_eq(rv_package_content_id(p), &made.content_id), "content id");
	tap_int(rv_package_frames(p), 3, "frames");
	e = rv_package_entries(p, &n);
	tap_int(e[3].mode, 04755, "a hard link has its file's mode");
	tap_ok(rv_span_eq(e[2].xattrs[0].value, rv_span("a\0b", 3)), "extended attribute");
	tap_int(rv_package_frame_of(p, 0), 0, "frame of offset 0");
	tap_int(rv_package_frame_of(p, RV_PACKAGE_FRAME_BYTES), 1,
	    "frame of the second frame's first byte");
	tap_int(rv_package_frame_of(p, rv_package_payload_bytes(p)), 3, "no frame behind the end");
	check_content(dirfd, p, "hello", 2);
	check_content(dirfd, p, "empty", 6);
	check_content(dirfd, p, "big", 7);
	tap_good(rv_package_verify(p, &err), &err, "verify");

	tap_good(create(dirfd, "b.rvn", true, 1, &again), &err, "create it again with one thread");
	tap_good(rv_file_read(dirfd, "a.rvn", &one, &err), &err, "read one");
	tap_good(rv_file_read(dirfd, "b.rvn", &two, &err), &err, "read the other");
	tap_ok(rv_span_eq(rv_buf_span(&one), rv_buf_span(&two)), "the bytes are equal");
	rv_sha256_of(rv_buf_span(&one), &sha);
	tap_ok(rv_sha256_eq(&sha, &made.sha256) && one.n == made.bytes,
	    "SHA-256 and size are the file's");
	tap_good(create(dirfd, "b.rvn", false, 1, &other), &err, "replace it with another");
	tap_ok(!rv_sha256_eq(&other.content_id, &made.content_id), "other content, other id");
}

/* The content id when data opens and verifies as a package. */
static bool accepts(int dirfd, struct rv_span data, struct rv_sha256 *id)
{
	rv_auto_fd fd = -1;
	rv_autofree(rv_package) struct rv_package *p = NULL;

	if (rv_file_create(dirfd, "flip", 0600, &fd, &err) != 0 ||
	    rv_file_unlink(dirfd, "flip", &err) < 0 ||
	    rv_fd_write(fd, "flip", data.p, data.n, &err) < 0)
		return false;
	if (rv_package_open(fd, "flip", &p, &err) < 0 || rv_package_verify(p, &err) < 0)
		return false;
	*id = *rv_package_content_id(p);
	return true;
}

static void check_damage(int dirfd)
{
	rv_auto(rv_buf) struct rv_buf data = RV_BUF_INIT(1 << 20);
	struct rv_package_made made;
	struct rv_sha256 id;
	size_t unnamed = 0, accepted = 0, shorter = 0;

	tap_good(create(dirfd, "c.rvn", false, 1, &made), &err, "create a small package");
	tap_good(rv_file_read(dirfd, "c.rvn", &data, &err), &err, "read it, %zu bytes", data.n);
	tap_ok(accepts(dirfd, rv_buf_span(&data), &id), "as it is, it is accepted");
	for (size_t i = 0; i < data.n; i++) {
		data.p[i] = (char)(data.p[i] ^ (1 << i % 8));
		if (accepts(dirfd, rv_buf_span(&data), &id))
			accepted++; /* a letter of the comment, say: another content id */
		else
			unnamed += !strstr(err.msg, "flip") || err.code != RV_FORMAT;
		data.p[i] = (char)(data.p[i] ^ (1 << i % 8));
	}
	tap_int(unnamed, 0, "every refusal is RV_FORMAT and names the package");
	tap_ok(accepted < data.n / 10, "flips that still give a package are rare: %zu", accepted);
	for (size_t i = 0; i < data.n; i++)
		shorter += accepts(dirfd, rv_span(data.p, i), &id);
	tap_int(shorter, 0, "no shorter file is accepted");
	rv_buf_add_char(&data, 'x');
	tap_ok(!accepts(dirfd, rv_buf_span(&data), &id), "nor a longer one");
}

static void check_newer(int dirfd)
{
	rv_auto(rv_buf) struct rv_buf data = RV_BUF_INIT(1 << 20);
	struct rv_sha256 id;

	tap_good(rv_file_read(dirfd, "c.rvn", &data, &err), &err, "read the small package");
	data.p[12] = 2;
	tap_ok(accepts(dirfd, rv_buf_span(&data), &id),
	    "a newer writer with an old least reader is read");
	data.p[14] = 2;
	tap_ok(!accepts(dirfd, rv_buf_span(&data), &id) && strstr(err.msg, "newer program"),
	    "else it says so");
}

static void check_refusals(int dirfd)
{
	struct rv_file_entry e[2] = {{.path = RV_SPAN_LIT("a/b"), .mode = 0644}};
	struct rv_package_content c[2] = {{dirfd, "hello"}, {dirfd, "hello"}};
	struct rv_manifest m;
	struct rv_build b;
	struct rv_package_spec spec = {&m, &b, e, c, 1, 0, 1};
	struct rv_package_made made;
	struct rv_stat st;

	rv_manifest_init(&m);
	rv_build_init(&b);
	tap_ok(rv_package_create(&spec, dirfd, "no.rvn", &made, &err) < 0,
	    "refuse an entry without its folder");
	c[0].path = "nothing";
	tap_ok(rv_package_create(&spec, dirfd, "no.rvn", &made, &err) < 0 &&
		   strstr(err.msg, "no.rvn: nothing:"),
	    "refuse a missing file");
	e[0].path = RV_SPAN_LIT("a");
	c[0].path = "hello";
	tap_ok(rv_package_create(&spec, dirfd, "no.rvn", &made, &err) < 0 &&
		   strstr(err.msg, "missing"),
	    "refuse an empty manifest");
	tap_int(rv_file_stat(dirfd, "no.rvn", &st, &err), RV_ABSENT, "and nothing is left");
}

/* Each file operation of a creation fails once: no package under its name, no stray. */
static void check_full_disk(int dirfd)
{
	struct rv_package_made made;
	struct rv_stat st;
	unsigned n = 0, bad = 0;
	int rc;

	do {
		rv_fault_arm(++n, ENOSPC);
		rc = create(dirfd, "full.rvn", false, 1, &made);
		rv_fault_arm(0, 0);
		if (rc < 0 &&
		    (err.code != RV_SYS || err.sys != ENOSPC || !strstr(err.msg, "full.rvn")))
			bad++;
		/* the last operation is the folder's fsync: then the name is there, and whole */
		if (rc < 0 && rv_file_stat(dirfd, "full.rvn", &st, &err) == 0 && st.size != 0)
			bad += rv_file_unlink(dirfd, "full.rvn", &err) != 0;
	} while (rc < 0 && n < 100);
	tap_ok(n > 5 && n < 100, "a full disk at each of %u operations", n - 1);
	tap_int(bad, 0, "is reported with the package's name");
}

static int count(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *e)
{
	(void)dirfd;
	(void)e;
	*(int *)ctx += entry->name[0] == '.';
	return 0;
}

int main(void)
{
	char dir[] = "/tmp/test-package-XXXXXX";
	rv_auto_fd dirfd = -1;
	int strays = 0;

	if (!mkdtemp(dir) || rv_dir_open_user(dir, &dirfd, &err) != 0)
		return 1;
	memcpy(long_path, "raven/etc/long-", 15);
	memset(long_path + 15, 'n', 200);
	make_stage(dirfd);
	check_package(dirfd);
	check_damage(dirfd);
	check_newer(dirfd);
	check_refusals(dirfd);
	check_full_disk(dirfd);
	tap_good(rv_dir_each(dirfd, ".", count, &strays, &err), &err, "list the folder");
	tap_int(strays, 0, "no temporary file is left");
	tap_int(rv_tree_remove(RV_CWD, dir, &err), 0, "clean up");
	return tap_done();
}
