/* SPDX-License-Identifier: ISC */
/*
 * Frames, the blocking end. Invariant: a receive never reads past its frame, so that descriptors
 * are those of the frame whose first byte they came with.
 */
#include "work/frame.h"

#include <string.h>

#include "work/channel.h"

int rv_frame_encode(const struct rv_json *doc, struct rv_buf *out, struct rv_error *err)
{
	size_t n;

	*out = RV_BUF_INIT(RV_FRAME_HEAD_BYTES + RV_FRAME_MAX_BYTES);
	rv_buf_add(out, "\0\0\0\0", RV_FRAME_HEAD_BYTES);
	rv_json_compact(doc, out);
	if (rv_buf_check(out, "worker frame", err) < 0)
		return -1;
	n = out->n - RV_FRAME_HEAD_BYTES;
	for (size_t i = 0; i < RV_FRAME_HEAD_BYTES; i++)
		out->p[i] = (char)(n >> (8 * i) & 0xff);
	return 0;
}

int rv_frame_length(
    const unsigned char head[RV_FRAME_HEAD_BYTES], uint32_t *out, struct rv_error *err)
{
	uint32_t n = 0;

	for (size_t i = 0; i < RV_FRAME_HEAD_BYTES; i++)
		n |= (uint32_t)head[i] << (8 * i);
	if (n == 0 || n > RV_FRAME_MAX_BYTES)
		return rv_fail(err, RV_FORMAT, "worker frame: %lu bytes long", (unsigned long)n);
	*out = n;
	return 0;
}

int rv_frame_send(int fd, const struct rv_json *doc, const struct rv_fds *fds, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf frame = {0};
	size_t at = 0, n;

	if (rv_frame_encode(doc, &frame, err) < 0)
		return -1;
	while (at < frame.n) {
		int rc =
		    rv_socket_send(fd, frame.p + at, frame.n - at, at == 0 ? fds : NULL, &n, err);

		if (rc < 0)
			return -1;
		if (rc != 0)
			return rv_fail(err, RV_CANCEL, "worker frame: the other side is gone");
		at += n;
	}
	return 0;
}

/* 0, RV_CLOSED (*at bytes came before), < 0. */
static int receive_all(
    int fd, char *to, size_t want, size_t *at, struct rv_received_fds *fds, struct rv_error *err)
{
	size_t n;

	for (*at = 0; *at < want; *at += n) {
		int rc = rv_socket_receive(fd, to + *at, want - *at, &n, fds, err);

		if (rc != 0)
			return rc;
	}
	return 0;
}

static int receive_body(int fd, uint32_t length, struct rv_json **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf body = RV_BUF_INIT(RV_FRAME_MAX_BYTES);

	while (body.n < length) {
		size_t chunk = length - body.n < 65536 ? length - body.n : 65536, n;
		char *room = rv_buf_room(&body, chunk);
		int rc;

		if (!room)
			return rv_buf_check(&body, "worker frame", err);
		rc = receive_all(fd, room, chunk, &n, NULL, err);
		if (rc != 0)
			return rc < 0 ? -1 : rv_fail(err, RV_FORMAT, "worker frame: cut short");
		rv_buf_added(&body, chunk);
	}
	return rv_json_parse(rv_buf_span(&body), "worker frame", out, err);
}

int rv_frame_receive(
    int fd, struct rv_json **out, struct rv_received_fds *fds, struct rv_error *err)
{
	unsigned char head[RV_FRAME_HEAD_BYTES];
	uint32_t length = 0;
	size_t n;
	int rc;

	*out = NULL;
	if (fds)
		fds->n = 0;
	rc = receive_all(fd, (char *)head, sizeof(head), &n, fds, err);
	if (rc > 0 && n == 0)
		return RV_FRAME_END;
	if (rc > 0)
		rc = rv_fail(err, RV_FORMAT, "worker frame: cut short");
	if (rc == 0)
		rc = rv_frame_length(head, &length, err);
	if (rc == 0)
		rc = receive_body(fd, length, out, err);
	if (rc < 0 && fds)
		rv_received_fds_release(fds);
	return rc;
}
