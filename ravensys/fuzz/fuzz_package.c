/* SPDX-License-Identifier: ISC */
/*
 * Package frames: opened and, if that went well, verified, from a file in memory. Under RV_FUZZING
 * the input is also taken as the plain text of frame 1 of a package that is otherwise whole:
 * mutations of compressed bytes seldom get so far.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive/reader.h"
#include "base/vec.h"
#include "codec/zstd.h"
#include "os/file.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static void try_package(struct rv_span data)
{
	struct rv_error err = RV_ERROR_INIT;
	rv_auto_fd fd = memfd_create("fuzz", MFD_CLOEXEC);
	rv_autofree(rv_package) struct rv_package *p = NULL;

	if (fd < 0 || rv_fd_write(fd, "fuzz", data.p, data.n, &err) < 0)
		abort();
	if (rv_package_open(fd, "fuzz", &p, &err) < 0)
		return;
	if (rv_package_verify(p, &err) < 0 && err.code == RV_OK)
		abort();
}

static void add_le(struct rv_buf *out, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		rv_buf_add_char(out, (char)(unsigned char)(value >> (8 * i)));
}

/* Header, frame 1 = data, one frame of zeros, seek table. */
static void wrap(struct rv_span data, struct rv_buf *out)
{
	static const char zeros[1024];
	struct rv_error err = RV_ERROR_INIT;
	rv_autofree(rv_zstd_compressor) struct rv_zstd_compressor *c = NULL;
	rv_auto(rv_buf) struct rv_buf head = RV_BUF_INIT((size_t)64 << 20),
				      end = RV_BUF_INIT(65536);
	rv_auto(rv_buf) struct rv_buf header = RV_BUF_INIT(64);
	struct rv_zstd_seek_entry table[3];

	if (rv_zstd_compressor_new(1, &c, &err) < 0 || rv_zstd_compress(c, data, &head, &err) < 0 ||
	    rv_zstd_compress(c, rv_span(zeros, sizeof(zeros)), &end, &err) < 0)
		abort();
	rv_buf_add_str(&header, "RVNP");
	add_le(&header, 1, 2);
	add_le(&header, 1, 2);
	add_le(&header, head.n, 4);
	add_le(&header, data.n, 4);
	rv_zstd_skippable(out, 0, rv_buf_span(&header));
	table[0] = (struct rv_zstd_seek_entry){(uint32_t)out->n, 0};
	table[1] = (struct rv_zstd_seek_entry){(uint32_t)head.n, (uint32_t)data.n};
	table[2] = (struct rv_zstd_seek_entry){(uint32_t)end.n, sizeof(zeros)};
	rv_buf_add_span(out, rv_buf_span(&head));
	rv_buf_add_span(out, rv_buf_span(&end));
	rv_zstd_seek_table(out, table, 3);
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span text = rv_span((const char *)data, size);
	rv_auto(rv_buf) struct rv_buf whole = RV_BUF_INIT((size_t)64 << 20);

	try_package(text);
	if (size == 0 || size > (size_t)1 << 20)
		return 0;
	wrap(text, &whole);
	try_package(rv_buf_span(&whole));
	return 0;
}
