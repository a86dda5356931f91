/* SPDX-License-Identifier: ISC */
/*
 * A channel on the loop. Invariant: while a hook runs (busy > 0) the channel's memory stays; a free
 * in a hook only marks it.
 */
#include "work/channel.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"
#include "work/frame.h"

struct outgoing {
	struct rv_buf frame;
	struct rv_received_fds fds; /* owned duplicates */
	size_t at;
};

struct rv_channel {
	struct rv_loop *loop;
	struct rv_watch *watch;
	int fd;
	struct rv_channel_hooks hooks;
	void *ctx;
	unsigned char head[RV_FRAME_HEAD_BYTES];
	size_t head_n;
	uint32_t length; /* of the body that is coming, once head is whole */
	struct rv_buf body;
	struct rv_received_fds fds;
	rv_vec(struct outgoing) queue;
	unsigned busy;
	bool finishing, ended, freed;
};

static int on_ready(void *ctx, int events, struct rv_error *err);

int rv_channel_new(struct rv_loop *loop, int fd, const struct rv_channel_hooks *hooks, void *ctx,
    struct rv_channel **out, struct rv_error *err)
{
	struct rv_channel *c = rv_alloc(sizeof(*c));

	c->loop = loop;
	c->fd = fd;
	c->hooks = *hooks;
	c->ctx = ctx;
	c->body = RV_BUF_INIT(RV_FRAME_MAX_BYTES);
	*out = c;
	if (rv_fd_set_nonblocking(fd, true, err) < 0) {
		rv_channel_free(c);
		*out = NULL;
		return -1;
	}
	c->watch = rv_loop_fd(loop, fd, RV_READABLE, on_ready, c);
	return 0;
}

static void drop_outgoing(struct outgoing *o)
{
	rv_buf_release(&o->frame);
	rv_received_fds_release(&o->fds);
}

static void close_down(struct rv_channel *c)
{
	rv_watch_remove(c->watch);
	c->watch = NULL;
	rv_fd_release(&c->fd);
	rv_received_fds_release(&c->fds);
	rv_vec_each (&c->queue, o)
		drop_outgoing(o);
	rv_vec_release(&c->queue);
	rv_buf_release(&c->body);
}

void rv_channel_free(struct rv_channel *c)
{
	if (!c)
		return;
	close_down(c);
	c->ended = c->freed = true;
	if (c->busy == 0)
		free(c);
}

/* Leaves a hook; true: the channel is gone. */
static bool leave(struct rv_channel *c)
{
	bool freed = --c->busy == 0 && c->freed;

	if (freed)
		free(c);
	return freed;
}

/* why is NULL when the peer has closed in good order. */
static int end(struct rv_channel *c, const struct rv_error *why, struct rv_error *err)
{
	if (c->ended)
		return 0;
	c->ended = true;
	close_down(c);
	return c->hooks.on_end ? c->hooks.on_end(c->ctx, why, err) : 0;
}

static int hand_over(struct rv_channel *c, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = NULL;
	struct rv_received_fds fds = c->fds;
	struct rv_error why = RV_ERROR_INIT;

	c->fds.n = 0;
	c->head_n = 0;
	if (rv_json_parse(rv_buf_span(&c->body), "worker frame", &doc, &why) < 0) {
		rv_received_fds_release(&fds);
		return end(c, &why, err);
	}
	rv_buf_reset(&c->body);
	return c->hooks.on_frame(c->ctx, doc, &fds, err);
}

/* Receives once. 0, RV_WOULD_BLOCK, RV_CLOSED, < 0 with *why. */
static int receive_piece(struct rv_channel *c, struct rv_error *why)
{
	bool in_head = c->head_n < sizeof(c->head);
	size_t want = in_head ? sizeof(c->head) - c->head_n : c->length - c->body.n, n;
	char *to;
	int rc;

	if (!in_head && want > 65536)
		want = 65536;
	to = in_head ? (char *)c->head + c->head_n : rv_buf_room(&c->body, want);
	if (!to)
		return rv_buf_check(&c->body, "worker frame", why);
	rc = rv_socket_receive(c->fd, to, want, &n, &c->fds, why);
	if (rc == RV_CLOSED && (c->head_n > 0))
		return rv_fail(why, RV_FORMAT, "worker frame: cut short");
	if (rc != 0)
		return rc;
	if (!in_head) {
		rv_buf_added(&c->body, n);
		return 0;
	}
	c->head_n += n;
	return c->head_n == sizeof(c->head) ? rv_frame_length(c->head, &c->length, why) : 0;
}

static int receive(struct rv_channel *c, struct rv_error *err)
{
	while (!c->ended) {
		struct rv_error why = RV_ERROR_INIT;
		int rc = receive_piece(c, &why);

		if (rc == RV_WOULD_BLOCK)
			return 0;
		if (rc != 0)
			return end(c, rc < 0 ? &why : NULL, err);
		if (c->head_n == sizeof(c->head) && c->body.n == c->length && hand_over(c, err) < 0)
			return -1;
	}
	return 0;
}

static int flush(struct rv_channel *c, struct rv_error *why)
{
	while (c->queue.n > 0) {
		struct outgoing *o = &c->queue.v[0];
		struct rv_fds fds = {o->fds.fd, o->fds.n};
		size_t n;
		int rc = rv_socket_send(c->fd, o->frame.p + o->at, o->frame.n - o->at,
		    o->at == 0 ? &fds : NULL, &n, why);

		if (rc != 0)
			return rc;
		o->at += n;
		if (o->at < o->frame.n)
			continue;
		drop_outgoing(o);
		memmove(&c->queue.v[0], &c->queue.v[1], --c->queue.n * sizeof(c->queue.v[0]));
	}
	return 0;
}

/* A peer that is gone is noticed by the read, after what it had still said. */
static int send_queued(struct rv_channel *c, struct rv_error *err)
{
	struct rv_error why = RV_ERROR_INIT;
	int rc = c->ended ? 0 : flush(c, &why);

	if (rc < 0)
		return end(c, &why, err);
	if (!c->ended)
		rv_watch_set_events(
		    c->watch, RV_READABLE | (rc == RV_WOULD_BLOCK ? RV_WRITABLE : 0));
	if (!c->ended && rc == 0 && c->finishing)
		rv_socket_end_writes(c->fd);
	return 0;
}

static int on_ready(void *ctx, int events, struct rv_error *err)
{
	struct rv_channel *c = ctx;
	int rc = 0;

	c->busy++;
	if (events & RV_WRITABLE)
		rc = send_queued(c, err);
	if (rc == 0 && (events & (RV_READABLE | RV_HANGUP)))
		rc = receive(c, err);
	(void)leave(c);
	return rc;
}

void rv_channel_finish(struct rv_channel *c)
{
	c->finishing = true;
	if (!c->ended)
		rv_watch_set_events(c->watch, RV_READABLE | RV_WRITABLE);
}

int rv_channel_drain(struct rv_channel *c, struct rv_error *err)
{
	return c->ended ? 0 : on_ready(c, RV_READABLE, err);
}

int rv_channel_post(
    struct rv_channel *c, const struct rv_json *doc, const struct rv_fds *fds, struct rv_error *err)
{
	struct outgoing o = {0};

	if (c->ended || c->finishing)
		return rv_fail(err, RV_CANCEL, "worker: the other side is gone");
	if (rv_frame_encode(doc, &o.frame, err) < 0) {
		drop_outgoing(&o);
		return -1;
	}
	for (unsigned i = 0; fds && i < fds->n && o.fds.n < RV_SOCKET_FDS_MAX; i++) {
		if (rv_fd_duplicate(fds->fd[i], &o.fds.fd[o.fds.n], err) < 0) {
			drop_outgoing(&o);
			return -1;
		}
		o.fds.n++;
	}
	rv_vec_push(&c->queue, o);
	/* sent from the loop: a hook never runs inside this call */
	rv_watch_set_events(c->watch, RV_READABLE | RV_WRITABLE);
	return 0;
}
