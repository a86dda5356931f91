/* SPDX-License-Identifier: ISC */
/*
 * Flips bytes of a file one after the other and runs a command for each, which must be refused:
 *
 *	flip [-x FOLDER] [-k FOLDER] [-c COUNT -s SEED] [-b XOR] FILE NAME COMMAND ...
 *
 * Every byte, or COUNT random ones. The command must end with status 1 and NAME on its standard
 * error, and leave the folder -k as it was (types, modes, contents, links); the folder -x is
 * removed before each run. The file is as it was afterwards. Prints how many were refused; the
 * first that was not ends it with status 1.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/digest.h"
#include "os/file.h"
#include "os/spawn.h"

#define FILE_MAX ((size_t)1 << 30)
#define SAY_MAX ((size_t)65536)
#define DEADLINE_MS 60000

struct flip {
	const char *file, *name, *remove[4], *keep;
	unsigned n_remove;
	size_t count; /* 0: every byte */
	uint32_t seed;
	unsigned char xor ;
	char **command;
	struct rv_buf bytes;
	struct rv_sha256 before; /* of the folder that must not change */
};

/* --- a folder's sum */

static int sum_folder(int dirfd, struct rv_sha256_state *s, struct rv_error *err);

static int sum_file(int fd, const char *name, struct rv_sha256_state *s, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(FILE_MAX);

	if (rv_fd_read_all(fd, name, &text, err) < 0)
		return -1;
	rv_sha256_add(s, text.p ? text.p : "", text.n);
	return 0;
}

/* The database's shared memory is scratch: rebuilt by whoever opens it. */
static int sum_entry(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(4096);
	rv_auto_fd fd = -1;
	struct rv_stat st;

	if (rv_span_ends(rv_span_str(entry->name), RV_SPAN_LIT("-shm")) ||
	    strcmp(entry->name, "lock") == 0)
		return 0;
	if (rv_file_stat(dirfd, entry->name, &st, err) != 0)
		return -1;
	rv_sha256_add(ctx, entry->name, strlen(entry->name) + 1);
	rv_sha256_add(ctx, &st.kind, sizeof(st.kind));
	rv_sha256_add(ctx, &st.mode, sizeof(st.mode));
	if (st.kind == RV_LINK) {
		if (rv_file_readlink(dirfd, entry->name, &target, err) != 0)
			return -1;
		rv_sha256_add(ctx, target.p, target.n);
		return 0;
	}
	if (st.kind == RV_DIR)
		return rv_dir_open(dirfd, entry->name, &fd, err) == 0 ? sum_folder(fd, ctx, err)
								      : -1;
	return rv_file_open(dirfd, entry->name, &fd, err) == 0 ? sum_file(fd, entry->name, ctx, err)
							       : -1;
}

static int sum_folder(int dirfd, struct rv_sha256_state *s, struct rv_error *err)
{
	int rc = rv_dir_each(dirfd, ".", sum_entry, s, err);

	rv_sha256_add(s, "/", 2);
	return rc;
}

static int sum_kept(const struct flip *f, struct rv_sha256 *out, struct rv_error *err)
{
	struct rv_sha256_state s;
	rv_auto_fd fd = -1;
	int rc;

	memset(out, 0, sizeof(*out));
	if (!f->keep)
		return 0;
	if (rv_dir_open_user(f->keep, &fd, err) != 0)
		return -1;
	rv_sha256_begin(&s);
	rc = sum_folder(fd, &s, err);
	rv_sha256_end(&s, out);
	return rc;
}

/* --- one flip */

static int put_byte(const struct flip *f, size_t at, unsigned char xor, struct rv_error *err)
{
	rv_auto_fd fd = open(f->file, O_WRONLY | O_CLOEXEC);
	char byte = (char)((unsigned char)f->bytes.p[at] ^ xor);

	if (fd < 0 || pwrite(fd, &byte, 1, (off_t)at) != 1)
		return rv_fail_sys(err, "write %s", f->file);
	return 0;
}

static int clear(const struct flip *f, struct rv_error *err)
{
	for (unsigned i = 0; i < f->n_remove; i++)
		if (rv_tree_remove(RV_CWD, f->remove[i], err) < 0)
			return -1;
	return 0;
}

static int run_command(
    const struct flip *f, struct rv_buf *said, struct rv_exit *end, struct rv_error *err)
{
	extern char **environ;
	struct rv_spawn how = RV_SPAWN_INIT;
	rv_auto(rv_child) struct rv_child child = RV_CHILD_INIT;
	rv_auto_fd to = -1, from = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return rv_fail_sys(err, "pipe");
	from = ends[0];
	to = ends[1];
	how.argv = (const char *const *)f->command;
	how.env = (const char *const *)environ;
	how.stderr_fd = to;
	if (rv_spawn_start(&how, &child, err) < 0)
		return -1;
	rv_fd_release(&to);
	if (rv_fd_read_all(from, "standard error", said, err) < 0)
		return -1;
	return rv_spawn_wait(&child, DEADLINE_MS, end, err);
}

/* 0: refused as it must be */
static int try_flip(const struct flip *f, size_t at, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf said = RV_BUF_INIT(SAY_MAX);
	struct rv_sha256 after;
	struct rv_exit end;

	if (clear(f, err) < 0 || put_byte(f, at, f->xor, err) < 0 ||
	    run_command(f, &said, &end, err) < 0 || put_byte(f, at, 0, err) < 0 ||
	    clear(f, err) < 0 || sum_kept(f, &after, err) < 0)
		return rv_context(err, "byte %zu", at);
	if (end.signalled || end.timed_out || end.status != 1)
		return rv_fail(err, RV_TRUST, "byte %zu: status %d, said: %s", at, end.status,
		    rv_buf_str(&said));
	if (!strstr(rv_buf_str(&said), f->name))
		return rv_fail(
		    err, RV_TRUST, "byte %zu: the file is not named: %s", at, rv_buf_str(&said));
	if (!rv_sha256_eq(&after, &f->before))
		return rv_fail(err, RV_TRUST, "byte %zu: %s changed", at, f->keep);
	return 0;
}

static int run_all(struct flip *f, struct rv_error *err)
{
	uint64_t x = f->seed;
	size_t n = 0;

	f->bytes = RV_BUF_INIT(FILE_MAX);
	if (rv_file_read(RV_CWD, f->file, &f->bytes, err) != 0 || !f->bytes.n)
		return rv_context(err, "%s", f->file);
	if (clear(f, err) < 0 || sum_kept(f, &f->before, err) < 0)
		return -1;
	for (n = 0; n < (f->count ? f->count : f->bytes.n); n++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		if (try_flip(f, f->count ? (size_t)(x >> 33) % f->bytes.n : n, err) < 0)
			return -1;
	}
	printf("%zu flips refused\n", n);
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: flip [-x FOLDER] [-k FOLDER] [-c COUNT -s SEED] [-b XOR] FILE NAME "
			"COMMAND ...\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct rv_error err = RV_ERROR_INIT;
	struct flip f = {.xor = 1};
	int c, rc;

	while ((c = getopt(argc, argv, "+x:k:c:s:b:")) != -1) {
		if (c == 'x' && f.n_remove < RV_COUNT(f.remove))
			f.remove[f.n_remove++] = optarg;
		else if (c == 'k')
			f.keep = optarg;
		else if (c == 'c')
			f.count = strtoul(optarg, NULL, 10);
		else if (c == 's')
			f.seed = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'b')
			f.xor = (unsigned char)strtoul(optarg, NULL, 0);
		else
			return usage();
	}
	if (argc - optind < 3)
		return usage();
	f.file = argv[optind];
	f.name = argv[optind + 1];
	f.command = argv + optind + 2;
	rc = run_all(&f, &err);
	rv_buf_release(&f.bytes);
	if (rc < 0)
		fprintf(stderr, "flip: %s: %s\n", f.file, err.msg);
	return rc < 0;
}
