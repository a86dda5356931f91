/* SPDX-License-Identifier: ISC */
/* One walk of the trees: every recipe's file with its state, in order, the first tree's alone. */
#include "base/alloc.h"
#include "port/saved.h"
#include "port/scan_file.h"

/* Most sheets' values end within the first piece; the next ones are larger. */
#define FIRST_BYTES ((size_t)4 * 1024)
#define MORE_BYTES ((size_t)32 * 1024)

void rv_scan_walk_release(struct rv_scan_walk *w)
{
	rv_vec_each (w, it)
		rv_scan_maker_release(&it->made);
	rv_vec_release(w);
	rv_arena_release(&w->arena);
}

int rv_scan_order(
    const char *bucket_a, const char *name_a, const char *bucket_b, const char *name_b)
{
	int d = strcmp(bucket_a, bucket_b);

	return d ? d : strcmp(name_a, name_b);
}

static int in_order(const void *a, const void *b)
{
	const struct rv_scan_entry *x = a, *y = b;
	int d = rv_scan_order(x->bucket, x->name, y->bucket, y->name);

	return d ? d : x->tree < y->tree ? -1 : x->tree > y->tree;
}

/* --- listing */
struct walking {
	struct rv_scan_walk *out;
	uint32_t tree;
	const char *bucket; /* "A1" */
};

/* A folder without a specification is no port, nor is a link; a plain file is a buildsheet. */
static int add_port(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct walking *w = ctx;
	struct rv_scan_entry e = {.tree = w->tree, .compiled = entry->kind == RV_FILE};
	char path[300];
	int rc;

	if ((entry->kind != RV_DIR && entry->kind != RV_FILE) || entry->name[0] == '.')
		return 0;
	if (strlen(entry->name) + sizeof("/" RV_SPECIFICATION) > sizeof(path))
		return 0;
	stpcpy(stpcpy(path, entry->name), e.compiled ? "" : "/" RV_SPECIFICATION);
	rc = rv_file_stat(dirfd, path, &e.st, err);
	if (rc != 0)
		return rc == RV_ABSENT ? 0 : rc;
	memcpy(e.bucket, w->bucket, 3);
	e.name = rv_arena_strdup(&w->out->arena, entry->name);
	rv_vec_push(w->out, e);
	return 0;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

static int add_bucket(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct walking *w = ctx;
	const char *digits = entry->name + strlen("bucket_");

	if (entry->kind != RV_DIR || strncmp(entry->name, "bucket_", strlen("bucket_")) != 0 ||
	    !is_hex(digits[0]) || !is_hex(digits[1]) || digits[2])
		return 0;
	w->bucket = digits;
	return rv_dir_each(dirfd, entry->name, add_port, w, err);
}

static void drop_hidden(struct rv_scan_walk *w)
{
	size_t to = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct rv_scan_entry *e = &w->v[i], *last = to ? &w->v[to - 1] : NULL;

		if (last && rv_scan_order(last->bucket, last->name, e->bucket, e->name) == 0)
			continue;
		w->v[to++] = *e;
	}
	w->n = to;
}

int rv_scan_walk(const struct rv_trees *trees, struct rv_scan_walk *out, struct rv_error *err)
{
	for (size_t i = 0; i < trees->n; i++) {
		struct walking w = {.out = out, .tree = (uint32_t)i};

		if (rv_dir_each(trees->v[i].fd, ".", add_bucket, &w, err) < 0)
			return rv_context(err, "recipe tree %s", trees->v[i].path);
	}
	if (trees->n > 1) {
		rv_vec_sort(out, in_order);
		drop_hidden(out);
	}
	return 0;
}

/* --- saved options */

static struct rv_scan_entry *find_entry(struct rv_scan_walk *w, const char *name)
{
	size_t from = 0, to = w->n;
	char bucket[3];

	rv_bucket_of(rv_span_str(name), bucket);
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		struct rv_scan_entry *e = &w->v[middle];
		int d = rv_scan_order(e->bucket, e->name, bucket, name);

		if (d == 0)
			return e;
		if (d < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

static int add_saved(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SAVED_MAX_BYTES);
	struct rv_scan_entry *e;
	struct rv_sha256 digest;

	if (entry->kind != RV_FILE || !(e = find_entry(ctx, entry->name)))
		return 0;
	if (rv_file_read(dirfd, entry->name, &text, err) < 0)
		return -1;
	rv_sha256_of(rv_buf_span(&text), &digest);
	memcpy(&e->saved, digest.b, sizeof(e->saved));
	return 0;
}

int rv_scan_walk_saved(struct rv_scan_walk *w, const char *profile_path, struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/" RV_SAVED_FOLDER, profile_path);
	rv_auto_fd fd = -1;
	int rc = rv_dir_open_user(path, &fd, err);

	if (rc == 0)
		rc = rv_dir_each(fd, ".", add_saved, w, err);
	return rc < 0 ? rv_context(err, "saved options") : 0;
}

/* --- one recipe */

static void place_of(const struct rv_scan_entry *e, struct rv_buf *out)
{
	rv_buf_add_str(out, "bucket_");
	rv_buf_add_str(out, e->bucket);
	rv_buf_add_char(out, '/');
	rv_buf_add_str(out, e->name);
	if (!e->compiled)
		rv_buf_add_str(out, "/" RV_SPECIFICATION);
}

void rv_scan_name(const struct rv_trees *trees, const struct rv_scan_entry *e, struct rv_buf *out)
{
	rv_buf_add_str(out, trees->v[e->tree].path);
	rv_buf_add_char(out, '/');
	place_of(e, out);
}

/* Where the first file of a sheet begins, or its end. */
static bool sheet_ends(const struct rv_buf *text, size_t *out)
{
	struct rv_span mark = RV_SPAN_LIT("\n[FILE:"), s = rv_buf_span(text);

	*out = rv_span_find_span(s, mark);
	if (*out < s.n)
		++*out; /* the line before keeps its end */
	return *out < s.n;
}

static int read_sheet(int fd, const char *what, struct rv_buf *out, struct rv_error *err)
{
	uint64_t size;
	struct rv_stat st;
	size_t end;

	if (rv_file_fstat(fd, &st, err) < 0)
		return -1;
	for (size = st.size; out->n < size;) {
		size_t piece = out->n ? MORE_BYTES : FIRST_BYTES;
		size_t want = size - out->n < piece ? (size_t)(size - out->n) : piece;
		char *to = rv_buf_room(out, want);

		if (!to || rv_fd_pread(fd, what, to, want, out->n, err) < 0)
			return to ? -1 : rv_buf_check(out, what, err);
		rv_buf_added(out, want);
		if (sheet_ends(out, &end)) {
			rv_buf_cut(out, end);
			break;
		}
	}
	return 0;
}

int rv_scan_read(const struct rv_trees *trees, const struct rv_scan_entry *e, struct rv_buf *out,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(1024);
	rv_auto_fd fd = -1;
	int rc;

	rv_buf_reset(out);
	place_of(e, &path);
	if (rv_buf_check(&path, "name of a port", err) < 0)
		return -1;
	rc = rv_file_open(trees->v[e->tree].fd, rv_buf_str(&path), &fd, err);
	if (rc != 0)
		return rc;
	return e->compiled ? read_sheet(fd, rv_buf_str(&path), out, err)
			   : rv_fd_read_all(fd, rv_buf_str(&path), out, err);
}
