/* SPDX-License-Identifier: ISC */
/*
 * Connected pairs of stream sockets between a process and its child, with passing of descriptors.
 * No signal is ever raised by a write to a closed peer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* Both close-on-exec and blocking. */
int rv_socket_pair(int out_fds[2], struct rv_error *err) RV_MUST_CHECK;
int rv_fd_duplicate(int fd, int *out_fd, struct rv_error *err) RV_MUST_CHECK; /* close-on-exec */
int rv_fd_set_nonblocking(int fd, bool on, struct rv_error *err) RV_MUST_CHECK;

void rv_socket_end_writes(int fd); /* the peer reads what was sent, then the end */

#define RV_SOCKET_FDS_MAX 16

enum {
	RV_WOULD_BLOCK = 1, /* outcome on a non-blocking descriptor: nothing moved */
	RV_CLOSED = 2,	    /* outcome: the peer is gone */
};

struct rv_fds {
	const int *fd; /* borrowed */
	unsigned n;
};

/*
 * Sends up to n bytes; *out_n is how many went. The descriptors (NULL: none; at most
 * RV_SOCKET_FDS_MAX) travel with the first byte and stay open here. 0, RV_WOULD_BLOCK, RV_CLOSED, <
 * 0.
 */
int rv_socket_send(int fd, const void *data, size_t n, const struct rv_fds *fds, size_t *out_n,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_received_fds {
	int fd[RV_SOCKET_FDS_MAX];
	unsigned n;
};
void rv_received_fds_release(struct rv_received_fds *fds); /* closes them */

/*
 * Receives up to n bytes; descriptors that came with them are appended to fds (NULL: closed at
 * once). More than fit is RV_LIMIT. 0, RV_WOULD_BLOCK, RV_CLOSED, < 0.
 */
int rv_socket_receive(int fd, void *to, size_t n, size_t *out_n, struct rv_received_fds *fds,
    struct rv_error *err) RV_MUST_CHECK;
