/* SPDX-License-Identifier: ISC */
/*
 * Socket pairs. Invariant: every descriptor that was received is in the caller's list or closed.
 */
#include "os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int rv_socket_pair(int out_fds[2], struct rv_error *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out_fds) < 0)
		return rv_fail_sys(err, "socket pair");
	return 0;
}

int rv_fd_duplicate(int fd, int *out_fd, struct rv_error *err)
{
	*out_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return *out_fd < 0 ? rv_fail_sys(err, "duplicate descriptor %d", fd) : 0;
}

int rv_fd_set_nonblocking(int fd, bool on, struct rv_error *err)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) < 0)
		return rv_fail_sys(err, "descriptor %d: blocking mode", fd);
	return 0;
}

void rv_socket_end_writes(int fd)
{
	/* a peer that is gone needs no end */
	(void)shutdown(fd, SHUT_WR);
}

/* Room for the descriptors of one message, aligned as the kernel wants it. */
union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int) * RV_SOCKET_FDS_MAX)];
};

static void put_fds(struct msghdr *msg, union control *control, const struct rv_fds *fds)
{
	struct cmsghdr *c;

	msg->msg_control = control->bytes;
	msg->msg_controllen = CMSG_SPACE(sizeof(int) * fds->n);
	memset(control, 0, sizeof(*control));
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * fds->n);
	memcpy(CMSG_DATA(c), fds->fd, sizeof(int) * fds->n);
}

int rv_socket_send(int fd, const void *data, size_t n, const struct rv_fds *fds, size_t *out_n,
    struct rv_error *err)
{
	struct iovec iov = {.iov_base = (void *)(uintptr_t)data, .iov_len = n};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	union control control;
	ssize_t sent;

	*out_n = 0;
	if (fds && fds->n > RV_SOCKET_FDS_MAX)
		return rv_fail(err, RV_BUG, "socket: %u descriptors in one message", fds->n);
	if (fds && fds->n > 0)
		put_fds(&msg, &control, fds);
	do
		sent = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0) {
		*out_n = (size_t)sent;
		return 0;
	}
	if (errno == EAGAIN)
		return RV_WOULD_BLOCK;
	if (errno == EPIPE || errno == ECONNRESET)
		return RV_CLOSED;
	return rv_fail_sys(err, "socket: send");
}

void rv_received_fds_release(struct rv_received_fds *fds)
{
	while (fds->n > 0)
		close(fds->fd[--fds->n]);
}

/* false when one did not fit; those are closed. */
static bool keep_fds(const struct cmsghdr *c, struct rv_received_fds *fds)
{
	size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	const unsigned char *data = CMSG_DATA(c);
	bool whole = true;

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, data + i * sizeof(int), sizeof(int));
		if (fds && fds->n < RV_SOCKET_FDS_MAX) {
			fds->fd[fds->n++] = fd;
			continue;
		}
		close(fd);
		whole = whole && !fds;
	}
	return whole;
}

static int take_fds(struct msghdr *msg, struct rv_received_fds *fds, struct rv_error *err)
{
	bool whole = !(msg->msg_flags & MSG_CTRUNC);

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			whole = keep_fds(c, fds) && whole;
	if (!whole)
		return rv_fail(err, RV_LIMIT, "socket: more than %d descriptors in one message",
		    RV_SOCKET_FDS_MAX);
	return 0;
}

int rv_socket_receive(
    int fd, void *to, size_t n, size_t *out_n, struct rv_received_fds *fds, struct rv_error *err)
{
	struct iovec iov = {.iov_base = to, .iov_len = n};
	union control control;
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	ssize_t got;

	*out_n = 0;
	do
		got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return RV_WOULD_BLOCK;
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return RV_CLOSED;
	if (got < 0)
		return rv_fail_sys(err, "socket: receive");
	*out_n = (size_t)got;
	return take_fds(&msg, fds, err);
}
