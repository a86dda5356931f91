/* SPDX-License-Identifier: ISC */
/* Jobs share only the two atomics, the compressors' shelf and their own frame. */
#include "archive/frames.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader.h"
#include "base/alloc.h"
#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/pool.h"

#define FRAME_BYTES ((size_t)RV_PACKAGE_FRAME_BYTES)
#define MEMORY_BYTES ((uint64_t)128 * 1024 * 1024) /* of compressed frames */
#define SHELF 64

struct frame {
	struct rv_frames *f;
	char *plain;
	uint32_t plain_n, packed_n;
	struct rv_buf packed; /* empty when spilled */
	uint64_t at;	      /* in the spill file */
};

struct rv_frames {
	struct rv_pool *pool;
	int level, spill_fd;
	struct {
		struct frame **v;
		size_t n, cap;
	} frames;
	struct frame *current;
	uint64_t plain_bytes;
	_Atomic uint64_t kept, spilled; /* compressed bytes in memory; in the file */
	_Atomic(struct rv_zstd_compressor *) shelf[SHELF];
	struct rv_buf loaded;
};

int rv_frames_new(
    int level, unsigned threads, int spill_fd, struct rv_frames **out, struct rv_error *err)
{
	struct rv_frames *f = rv_alloc(sizeof(*f));

	f->level = level;
	f->spill_fd = spill_fd;
	f->loaded = RV_BUF_INIT(2 * FRAME_BYTES);
	if (threads == 0)
		threads = rv_cpu_count();
	if (rv_pool_new(threads, threads, &f->pool, err) < 0) {
		rv_frames_free(f);
		return -1;
	}
	*out = f;
	return 0;
}

static void free_frame(struct frame *fr)
{
	if (!fr)
		return;
	free(fr->plain);
	rv_buf_release(&fr->packed);
	free(fr);
}

void rv_frames_free(struct rv_frames *f)
{
	if (!f)
		return;
	rv_pool_free(f->pool);
	rv_vec_each (&f->frames, fr)
		free_frame(*fr);
	rv_vec_release(&f->frames);
	free_frame(f->current);
	for (size_t i = 0; i < SHELF; i++)
		rv_zstd_compressor_free(atomic_load(&f->shelf[i]));
	rv_buf_release(&f->loaded);
	free(f);
}

uint64_t rv_frames_plain_bytes(const struct rv_frames *f)
{
	return f->plain_bytes;
}

static int take_compressor(
    struct rv_frames *f, struct rv_zstd_compressor **out, struct rv_error *err)
{
	for (size_t i = 0; i < SHELF; i++) {
		*out = atomic_exchange(&f->shelf[i], NULL);
		if (*out)
			return 0;
	}
	return rv_zstd_compressor_new(f->level, out, err);
}

static void put_compressor(struct rv_frames *f, struct rv_zstd_compressor *c)
{
	for (size_t i = 0; i < SHELF && c; i++)
		c = atomic_exchange(&f->shelf[i], c);
	rv_zstd_compressor_free(c);
}

/* Keeps the frame in memory while there is room, else in the file. */
static int store(struct frame *fr, struct rv_error *err)
{
	struct rv_frames *f = fr->f;
	uint64_t n = fr->packed.n;

	if (atomic_fetch_add(&f->kept, n) + n <= MEMORY_BYTES) {
		char *exact = rv_realloc(fr->packed.p, (size_t)n + 1);

		fr->packed.p = exact;
		fr->packed.cap = (size_t)n + 1;
		return 0;
	}
	atomic_fetch_sub(&f->kept, n);
	fr->at = atomic_fetch_add(&f->spilled, n);
	if (rv_fd_pwrite(f->spill_fd, "temporary file", fr->packed.p, (size_t)n, fr->at, err) < 0)
		return -1;
	rv_buf_release(&fr->packed);
	return 0;
}

static int compress_job(void *job, struct rv_error *err)
{
	struct frame *fr = job;
	struct rv_zstd_compressor *c = NULL;
	int rc;

	if (take_compressor(fr->f, &c, err) < 0)
		return -1;
	rc = rv_zstd_compress(c, rv_span(fr->plain, fr->plain_n), &fr->packed, err);
	put_compressor(fr->f, c);
	free(fr->plain);
	fr->plain = NULL;
	if (rc < 0)
		return -1;
	fr->packed_n = (uint32_t)fr->packed.n;
	return store(fr, err);
}

static void submit(struct rv_frames *f)
{
	struct frame *fr = f->current;

	f->current = NULL;
	rv_vec_push(&f->frames, fr);
	rv_pool_add(f->pool, compress_job, fr);
}

char *rv_frames_room(struct rv_frames *f, size_t *out_n)
{
	if (!f->current) {
		f->current = rv_alloc(sizeof(*f->current));
		f->current->f = f;
		f->current->plain = rv_realloc(NULL, FRAME_BYTES);
		f->current->packed = RV_BUF_INIT(2 * FRAME_BYTES);
	}
	*out_n = FRAME_BYTES - f->current->plain_n;
	return f->current->plain + f->current->plain_n;
}

void rv_frames_added(struct rv_frames *f, size_t n)
{
	f->current->plain_n += (uint32_t)n;
	f->plain_bytes += n;
	if (f->current->plain_n == FRAME_BYTES)
		submit(f);
}

void rv_frames_add(struct rv_frames *f, struct rv_span data)
{
	while (data.n) {
		size_t n;
		char *to = rv_frames_room(f, &n);

		if (n > data.n)
			n = data.n;
		memcpy(to, data.p, n);
		rv_frames_added(f, n);
		data = rv_span_from(data, n);
	}
}

void rv_frames_add_zeros(struct rv_frames *f, size_t n)
{
	static const char zeros[1024];

	while (n) {
		size_t piece = n < sizeof(zeros) ? n : sizeof(zeros);

		rv_frames_add(f, rv_span(zeros, piece));
		n -= piece;
	}
}

int rv_frames_finish(struct rv_frames *f, struct rv_error *err)
{
	if (f->current && f->current->plain_n)
		submit(f);
	return rv_pool_finish(f->pool, err);
}

size_t rv_frames_count(const struct rv_frames *f)
{
	return f->frames.n;
}

struct rv_zstd_seek_entry rv_frames_sizes(const struct rv_frames *f, size_t i)
{
	return (struct rv_zstd_seek_entry){f->frames.v[i]->packed_n, f->frames.v[i]->plain_n};
}

int rv_frames_packed(struct rv_frames *f, size_t i, struct rv_span *out, struct rv_error *err)
{
	struct frame *fr = f->frames.v[i];
	char *to;

	if (fr->packed.n) {
		*out = rv_buf_span(&fr->packed);
		return 0;
	}
	rv_buf_reset(&f->loaded);
	to = rv_buf_room(&f->loaded, fr->packed_n);
	if (!to)
		return rv_buf_check(&f->loaded, "temporary file", err);
	if (rv_fd_pread(f->spill_fd, "temporary file", to, fr->packed_n, fr->at, err) < 0)
		return -1;
	*out = rv_span(to, fr->packed_n);
	return 0;
}
