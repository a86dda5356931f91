/* SPDX-License-Identifier: ISC */
/* Putting the file of a scan together, and under its name in the cache. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"
#include "os/clock.h"
#include "port/scan_file.h"

#define OLD_TEMPORARY_S 3600

/* The blob of an entry: made now, or of the old file. */
struct piece {
	struct rv_span words, text;
	const struct rv_scan_raw_port *port;
};

static struct piece piece_of(const struct rv_scan_entry *e, const struct rv_scan *old)
{
	struct rv_scan_blob b;
	struct piece p;

	if (e->old) {
		b = rv_scan_blob_of(old, e->old);
		p.words = rv_span((const char *)b.words, (size_t)e->old->n_words * 4);
		p.text = rv_span(b.text, e->old->n_text);
	} else {
		p.words = rv_span((const char *)e->made.words.v, e->made.words.n * 4);
		p.text = rv_span(e->made.text.v, e->made.text.n);
	}
	p.port = (const void *)p.words.p;
	return p;
}

/* --- counting */
struct writing {
	const struct rv_scan_walk *walk;
	const struct rv_scan *old;
	struct rv_buf *out;
	struct rv_scan_head head;
	uint64_t bytes; /* of the whole */
};

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

static void count(struct writing *w)
{
	struct rv_scan_head *h = &w->head;

	for (size_t i = 0; i < w->walk->n; i++) {
		struct piece p = piece_of(&w->walk->v[i], w->old);

		h->n_files++;
		h->n_ports += !w->walk->v[i].faulty;
		h->n_variants += p.port->variants.n;
		h->n_faults += p.port->faults.n;
		w->bytes += round_up(p.words.n + p.text.n, 4);
	}
	h->blobs_at = sizeof(*h) + h->n_files * (uint64_t)sizeof(struct rv_scan_file) +
		      ((uint64_t)h->n_variants + h->n_faults) * sizeof(struct rv_scan_place) +
		      (uint64_t)h->n_ports * 2 * sizeof(uint32_t);
	h->blobs_at = round_up(h->blobs_at, 8);
	h->bytes = h->blobs_at + w->bytes;
}

/* --- tables */

static void add_file(
    struct writing *w, const struct rv_scan_entry *e, uint64_t *blob_at, uint32_t *variant)
{
	struct piece p = piece_of(e, w->old);
	struct rv_scan_file f = {
	    .ino = e->st.ino,
	    .dev = e->st.dev,
	    .size = e->st.size,
	    .mtime_s = e->st.mtime_s,
	    .ctime_s = e->st.ctime_s,
	    .mtime_ns = e->st.mtime_ns,
	    .ctime_ns = e->st.ctime_ns,
	    .digest = e->digest,
	    .saved = e->saved,
	    .blob_at = *blob_at,
	    .n_words = (uint32_t)(p.words.n / 4),
	    .n_text = (uint32_t)p.text.n,
	    .tree = e->tree,
	    .flags = (e->compiled ? RV_SCAN_COMPILED : 0u) | (e->unsure ? RV_SCAN_UNSURE : 0u) |
		     (e->faulty ? RV_SCAN_FAULTY : 0u),
	    .first_variant = *variant,
	    .n_variants = p.port->variants.n,
	};

	memcpy(f.bucket, e->bucket, sizeof(f.bucket));
	*blob_at += round_up(p.words.n + p.text.n, 4);
	*variant += f.n_variants;
	rv_buf_add(w->out, &f, sizeof(f));
}

static void add_places(struct writing *w, bool faults)
{
	uint32_t port = 0;

	for (uint32_t i = 0; i < w->walk->n; i++) {
		const struct rv_scan_entry *e = &w->walk->v[i];
		struct piece p = piece_of(e, w->old);
		uint32_t n = faults ? p.port->faults.n : p.port->variants.n;

		for (uint32_t k = 0; k < n; k++)
			rv_buf_add(w->out, &(struct rv_scan_place){faults ? i : port, k},
			    sizeof(struct rv_scan_place));
		port += !e->faulty;
	}
}

struct named {
	const char *name;
	uint32_t port;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void add_ports(struct writing *w)
{
	rv_vec(struct named) names = {0};
	uint32_t port = 0;

	for (uint32_t i = 0; i < w->walk->n; i++) {
		if (w->walk->v[i].faulty)
			continue;
		rv_buf_add(w->out, &i, sizeof(i));
		rv_vec_push(&names, (struct named){w->walk->v[i].name, port++});
	}
	rv_vec_sort(&names, by_name);
	rv_vec_each (&names, it)
		rv_buf_add(w->out, &it->port, sizeof(it->port));
	rv_vec_release(&names);
}

/* --- which variant makes a dependency */

static void link_deps(const struct rv_map *files, char *base, uint32_t *words, const char *text,
    struct rv_scan_raw_list list)
{
	struct rv_scan_raw_dep *v = (void *)(words + list.at);

	for (uint32_t i = 0; i < list.n; i++) {
		const struct rv_scan_file *f = rv_map_get(files, rv_span_str(text + v[i].namebase));
		const struct rv_scan_raw_variant *there;
		const uint32_t *other;
		const char *names;

		v[i].target = RV_SCAN_NONE;
		if (!f)
			continue;
		other = (const void *)(base + f->blob_at);
		names = (const char *)(other + f->n_words);
		there =
		    (const void *)(other + ((const struct rv_scan_raw_port *)(const void *)other)
					       ->variants.at);
		for (uint32_t k = 0; k < f->n_variants; k++)
			if (strcmp(names + there[k].name, text + v[i].variant) == 0)
				v[i].target = f->first_variant + k;
	}
}

static void link_file(const struct rv_map *files, char *base, const struct rv_scan_file *f)
{
	uint32_t *words = (void *)(base + f->blob_at);
	const struct rv_scan_raw_port *port = (const void *)words;
	const struct rv_scan_raw_variant *v = (const void *)(words + port->variants.at);
	const char *text = (const char *)(words + f->n_words);

	for (uint32_t i = 0; i < port->variants.n; i++) {
		const struct rv_scan_raw_part *part = (const void *)(words + v[i].parts.at);

		for (size_t k = 0; k < RV_DEP_KINDS; k++)
			link_deps(files, base, words, text, v[i].deps[k]);
		for (uint32_t k = 0; k < v[i].parts.n; k++)
			link_deps(files, base, words, text, part[k].needs);
	}
}

static void link_all(struct writing *w)
{
	char *base = w->out->p;
	struct rv_scan_file *files = (void *)(base + sizeof(w->head));
	struct rv_map by_port = RV_MAP_INIT;

	for (uint32_t i = 0; i < w->head.n_files; i++)
		if (!(files[i].flags & RV_SCAN_FAULTY))
			rv_map_put(&by_port, rv_span_str(w->walk->v[i].name), &files[i]);
	for (uint32_t i = 0; i < w->head.n_files; i++)
		link_file(&by_port, base, &files[i]);
	rv_map_release(&by_port);
}

/* --- the whole */

static void pad(struct rv_buf *out, size_t to)
{
	while (out->n % to)
		rv_buf_add_char(out, '\0');
}

static void add_tables(struct writing *w)
{
	uint64_t blob_at = w->head.blobs_at;
	uint32_t variant = 0;

	rv_buf_add(w->out, &w->head, sizeof(w->head));
	for (size_t i = 0; i < w->walk->n; i++)
		add_file(w, &w->walk->v[i], &blob_at, &variant);
	add_places(w, false);
	add_places(w, true);
	add_ports(w);
	pad(w->out, 8);
}

void rv_scan_assemble(const struct rv_scan_walk *walk, const struct rv_scan *old,
    const struct rv_sha256 *key, struct rv_buf *out)
{
	struct writing w = {.walk = walk, .old = old, .out = out};
	uint64_t sum;

	w.head = (struct rv_scan_head){
	    .magic = RV_SCAN_MAGIC,
	    .byte_order = RV_SCAN_BYTE_ORDER,
	    .version = RV_SCAN_VERSION,
	    .key = *key,
	};
	count(&w);
	(void)rv_buf_room(out, (size_t)w.head.bytes);
	add_tables(&w);
	for (size_t i = 0; i < walk->n; i++) {
		struct piece p = piece_of(&walk->v[i], old);

		rv_buf_add_span(out, p.words);
		rv_buf_add_span(out, p.text);
		pad(out, 4);
	}
	if (out->failed)
		return;
	link_all(&w);
	sum = rv_scan_checksum(rv_buf_span(out));
	memcpy(out->p + __builtin_offsetof(struct rv_scan_head, checksum), &sum, sizeof(sum));
}

/* --- the cache */
struct kept {
	char name[RV_SCAN_FILE_NAME_BYTES];
	int64_t mtime_s;
	bool temporary;
};

struct folder {
	rv_vec(struct kept) files;
	const char *mine;
};

static int look(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct folder *f = ctx;
	struct rv_span name = rv_span_str(entry->name);
	struct kept kept = {.temporary = rv_span_starts(name, RV_SPAN_LIT(".scan-"))};
	struct rv_stat st;
	int rc;

	if (!kept.temporary && !rv_span_ends(name, RV_SPAN_LIT(".scan")))
		return 0;
	if (name.n >= sizeof(kept.name) || rv_span_is(name, f->mine))
		return 0;
	rc = rv_file_stat(dirfd, entry->name, &st, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	memcpy(kept.name, name.p, name.n);
	kept.mtime_s = st.mtime_s;
	rv_vec_push(&f->files, kept);
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->mtime_s > y->mtime_s ? -1 : x->mtime_s < y->mtime_s;
}

static int prune(int cache_fd, const char *mine, struct rv_error *err)
{
	struct folder f = {.mine = mine};
	int rc = rv_dir_each(cache_fd, ".", look, &f, err);
	size_t kept = 1;

	rv_vec_sort(&f.files, newest_first);
	rv_vec_each (&f.files, it) {
		bool stay = it->temporary ? rv_clock_now_s() - it->mtime_s < OLD_TEMPORARY_S
					  : kept++ < RV_SCAN_MAX_FILES;

		if (!stay && rc >= 0 && rv_file_unlink(cache_fd, it->name, err) < 0)
			rc = -1;
	}
	rv_vec_release(&f.files);
	return rc;
}

int rv_scan_keep(int cache_fd, const char *name, struct rv_span file, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	unsigned char noise[8];
	char temporary[64];
	uint64_t tag;

	if (rv_random_bytes(noise, sizeof(noise), err) < 0)
		return -1;
	memcpy(&tag, noise, sizeof(tag));
	snprintf(temporary, sizeof(temporary), ".scan-%016llx", (unsigned long long)tag);
	if (rv_file_create(cache_fd, temporary, 0600, &fd, err) != 0)
		return rv_context(err, "cache of scans");
	if (rv_fd_write(fd, temporary, file.p, file.n, err) < 0 ||
	    rv_file_rename(cache_fd, temporary, cache_fd, name, RV_RENAME_OVER, err) != 0) {
		if (rv_file_unlink(cache_fd, temporary, NULL) < 0)
			rv_context(err, "and it could not be removed");
		return rv_context(err, "cache of scans");
	}
	return prune(cache_fd, name, err);
}
