/* SPDX-License-Identifier: ISC */
/*
 * package_create_vs_bsdtar: wall time to make a package (hashes, two threads or more, durable)
 * against `bsdtar --zstd` at the same level of the same files. They are the host compiler's:
 * programs, objects and headers. Runs alternate; the ratio of the medians is the figure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/writer.h"
#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/spawn.h"

#define RUNS 5
#define FILES_BYTES ((uint64_t)200 * 1024 * 1024)
#define LEVEL 3
#define TEXT_OF(n) #n
#define LEVEL_TEXT(n) TEXT_OF(n)

static struct rv_error err;

struct tree {
	struct rv_arena arena;
	struct rv_file_entries entries;
	struct {
		struct rv_package_content *v;
		size_t n, cap;
	} contents;
	struct rv_buf path;
	int root;
	uint64_t bytes;
};

static void give_up(const char *what)
{
	fprintf(stderr, "bench_package: %s: %s\n", what, err.msg);
	exit(1);
}

static int visit(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *e);

static void add_link(struct tree *t, struct rv_file_entry *e, int dirfd, const char *name)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(RV_PATH_MAX_BYTES);

	if (rv_file_readlink(dirfd, name, &target, &err) != 0)
		give_up(name);
	e->type = RV_ENTRY_LINK;
	e->target = rv_arena_span(&t->arena, rv_buf_span(&target));
}

static int add(struct tree *t, int dirfd, const char *name, const struct rv_stat *st)
{
	struct rv_file_entry e = {
	    .path = rv_arena_span(&t->arena, rv_buf_span(&t->path)), .mode = st->mode & 0777};

	if (rv_path_fault(e.path) ||
	    (st->kind != RV_FILE && st->kind != RV_DIR && st->kind != RV_LINK))
		return 0;
	if (st->kind == RV_FILE && t->bytes + st->size > FILES_BYTES)
		return 0;
	t->bytes += st->kind == RV_FILE ? st->size : 0;
	e.type = st->kind == RV_DIR ? RV_ENTRY_DIR : RV_ENTRY_FILE;
	if (st->kind == RV_LINK)
		add_link(t, &e, dirfd, name);
	rv_vec_push(&t->entries, e);
	return st->kind == RV_DIR ? rv_dir_each(dirfd, name, visit, t, &err) : 0;
}

static int visit(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *e)
{
	struct tree *t = ctx;
	size_t before = t->path.n;
	struct rv_stat st;
	int rc;

	(void)e;
	if (before)
		rv_buf_add_char(&t->path, '/');
	rv_buf_add_str(&t->path, entry->name);
	rc = rv_file_stat(dirfd, entry->name, &st, &err);
	if (rc == 0)
		rc = add(t, dirfd, entry->name, &st);
	rv_buf_cut(&t->path, before);
	return rc < 0 ? -1 : 0;
}

static void collect(struct tree *t)
{
	static const char *const tops[] = {"lib", "lib/gcc", "include"};
	struct rv_stat st;

	if (rv_dir_open_user("/usr", &t->root, &err) != 0)
		give_up("/usr");
	for (size_t i = 0; i < RV_COUNT(tops); i++) {
		if (rv_file_stat(t->root, tops[i], &st, &err) != 0)
			continue;
		rv_buf_reset(&t->path);
		rv_buf_add_str(&t->path, tops[i]);
		if (i == 0)
			rv_vec_push(&t->entries,
			    (struct rv_file_entry){
				.path = RV_SPAN_LIT("lib"), .type = RV_ENTRY_DIR, .mode = 0755});
		else if (add(t, t->root, tops[i], &st) < 0)
			give_up(tops[i]);
	}
	rv_vec_sort(&t->entries, rv_file_entry_cmp);
	rv_vec_each (&t->entries, e)
		rv_vec_push(&t->contents, (struct rv_package_content){t->root, e->path.p});
}

static double package_ms(struct tree *t, int dirfd, uint64_t *bytes)
{
	struct rv_manifest m;
	struct rv_build b;
	struct rv_package_made made;
	struct rv_package_spec spec = {&m, &b, t->entries.v, t->contents.v, t->entries.n, LEVEL, 0};
	int64_t start = rv_clock_mono_ms();

	rv_manifest_init(&m);
	rv_build_init(&b);
	m.namebase = "bench";
	m.subpackage = "single";
	m.variant = "std";
	m.version = "1";
	m.abi = "linux:x86_64:6.1";
	m.prefix = "/raven";
	m.comment = "a benchmark";
	b.builder = "bench";
	b.system_root = "host";
	if (rv_package_create(&spec, dirfd, "bench.rvn", &made, &err) < 0)
		give_up("package");
	*bytes = made.bytes;
	rv_manifest_release(&m);
	rv_build_release(&b);
	return (double)(rv_clock_mono_ms() - start);
}

static double bsdtar_ms(const char *dir, uint64_t *bytes)
{
	char file[200], list[200];
	const char *const argv[] = {"bsdtar", "-cf", file, "--zstd", "--options",
	    "zstd:compression-level=" LEVEL_TEXT(LEVEL), "-n", "-C", "/usr", "-T", list, NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(65536);
	struct rv_stat st;
	int64_t start = rv_clock_mono_ms();

	snprintf(file, sizeof(file), "%s/bench.tar.zst", dir);
	snprintf(list, sizeof(list), "%s/list", dir);
	how.argv = argv;
	if (rv_spawn_run(&how, RV_SPAN_NULL, &out, -1, &err) < 0 ||
	    rv_file_stat(RV_CWD, file, &st, &err) != 0)
		give_up("bsdtar");
	*bytes = st.size;
	return (double)(rv_clock_mono_ms() - start);
}

static void write_list(const struct tree *t, int dirfd)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT((size_t)64 * 1024 * 1024);

	rv_vec_each (&t->entries, e)
		rv_buf_addf(&list, "%s\n", e->path.p);
	if (rv_file_replace(dirfd, "list", 0600, rv_buf_span(&list), &err) < 0)
		give_up("list");
}

static int double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(void)
{
	char dir[] = "/tmp/bench-package-XXXXXX";
	struct tree t = {.path = RV_BUF_INIT(RV_PATH_MAX_BYTES)};
	double ours[RUNS], theirs[RUNS];
	uint64_t our_bytes = 0, their_bytes = 0;
	rv_auto_fd dirfd = -1;

	if (!mkdtemp(dir) || rv_dir_open_user(dir, &dirfd, &err) != 0)
		give_up(dir);
	collect(&t);
	write_list(&t, dirfd);
	bsdtar_ms(dir, &their_bytes); /* everything is in memory from here on */
	for (int i = 0; i < RUNS; i++) {
		ours[i] = package_ms(&t, dirfd, &our_bytes);
		theirs[i] = bsdtar_ms(dir, &their_bytes);
	}
	qsort(ours, RUNS, sizeof(*ours), double_cmp);
	qsort(theirs, RUNS, sizeof(*theirs), double_cmp);
	printf("bench package_create_vs_bsdtar %.2f ratio\n", ours[RUNS / 2] / theirs[RUNS / 2]);
	printf("# %zu entries, %.0f MB; package %.0f ms (%.0f to %.0f), %.1f MB; bsdtar %.0f ms "
	       "(%.0f to %.0f), %.1f MB\n",
	    t.entries.n, (double)t.bytes / 1e6, ours[RUNS / 2], ours[0], ours[RUNS - 1],
	    (double)our_bytes / 1e6, theirs[RUNS / 2], theirs[0], theirs[RUNS - 1],
	    (double)their_bytes / 1e6);
	if (rv_tree_remove(RV_CWD, dir, &err) < 0)
		give_up(dir);
	return 0;
}
