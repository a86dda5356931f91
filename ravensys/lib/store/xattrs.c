/* SPDX-License-Identifier: ISC */
/* See xattrs.h. */
#include "store/xattrs.h"

enum { HEAD_BYTES = 8 };

static void put_u32(struct rv_buf *out, size_t n)
{
	for (unsigned i = 0; i < 4; i++)
		rv_buf_add_char(out, (char)(n >> (8 * i) & 0xff));
}

static size_t get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (size_t)u[0] | (size_t)u[1] << 8 | (size_t)u[2] << 16 | (size_t)u[3] << 24;
}

void rv_xattrs_encode(const struct rv_file_entry *e, struct rv_buf *out)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		put_u32(out, e->xattrs[i].name.n);
		put_u32(out, e->xattrs[i].value.n);
		rv_buf_add_span(out, e->xattrs[i].name);
		rv_buf_add_span(out, e->xattrs[i].value);
	}
}

bool rv_xattrs_decode(struct rv_span blob, struct rv_arena *arena, struct rv_file_entry *e)
{
	e->xattrs = NULL;
	e->n_xattrs = 0;
	if (blob.n == 0)
		return true;
	e->xattrs = rv_arena_alloc(arena, RV_XATTRS_MAX * sizeof(*e->xattrs));
	while (blob.n > 0) {
		size_t name, value;

		if (blob.n < HEAD_BYTES || e->n_xattrs == RV_XATTRS_MAX)
			return false;
		name = get_u32(blob.p);
		value = get_u32(blob.p + 4);
		if (name > blob.n - HEAD_BYTES || value > blob.n - HEAD_BYTES - name)
			return false;
		e->xattrs[e->n_xattrs].name =
		    rv_arena_span(arena, rv_span_sub(blob, HEAD_BYTES, name));
		e->xattrs[e->n_xattrs].value =
		    rv_arena_span(arena, rv_span_sub(blob, HEAD_BYTES + name, value));
		e->n_xattrs++;
		blob = rv_span_from(blob, HEAD_BYTES + name + value);
	}
	return true;
}
