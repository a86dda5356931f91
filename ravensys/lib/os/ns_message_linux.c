/* SPDX-License-Identifier: ISC */
/*
 * Packets with descriptors over a socketpair. Both ends are the same program, so the head is a
 * plain struct.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "os/file.h"
#include "os/ns_internal.h"

void rv_ns_message_init(struct rv_ns_message *m)
{
	*m = (struct rv_ns_message){.text = RV_BUF_INIT(RV_NS_TEXT_BYTES), .fds = {-1, -1, -1}};
}

void rv_ns_message_release(struct rv_ns_message *m)
{
	for (unsigned i = 0; i < RV_NS_FDS; i++)
		rv_fd_release(&m->fds[i]);
	rv_buf_release(&m->text);
}

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int) * RV_NS_FDS)];
};

int rv_ns_send(int fd, const struct rv_ns_message *m)
{
	struct rv_ns_head head = m->head;
	union control control = {0};
	struct iovec parts[2] = {{.iov_base = &head, .iov_len = sizeof(head)},
	    {.iov_base = m->text.p, .iov_len = m->text.n}};
	struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
	struct cmsghdr *c;
	ssize_t n;

	if (m->n_fds > 0) {
		packet.msg_control = control.bytes;
		packet.msg_controllen = CMSG_SPACE(sizeof(int) * m->n_fds);
		c = CMSG_FIRSTHDR(&packet);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * m->n_fds);
		memcpy(CMSG_DATA(c), m->fds, sizeof(int) * m->n_fds);
	}
	do
		n = sendmsg(fd, &packet, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

static void take_fds(struct msghdr *packet, struct rv_ns_message *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(packet); c; c = CMSG_NXTHDR(packet, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || n > RV_NS_FDS)
			continue;
		memcpy(m->fds, CMSG_DATA(c), n * sizeof(int));
		m->n_fds = (unsigned)n;
	}
}

int rv_ns_receive(int fd, struct rv_ns_message *m)
{
	union control control;
	char *room;
	struct iovec parts[2] = {{.iov_base = &m->head, .iov_len = sizeof(m->head)}};
	struct msghdr packet = {.msg_iov = parts,
	    .msg_iovlen = 2,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	ssize_t n;

	rv_ns_message_release(m);
	rv_ns_message_init(m);
	room = rv_buf_room(&m->text, RV_NS_TEXT_BYTES);
	parts[1] = (struct iovec){.iov_base = room, .iov_len = RV_NS_TEXT_BYTES};
	do
		n = recvmsg(fd, &packet, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 1;
	if (n < (ssize_t)sizeof(m->head) || (packet.msg_flags & MSG_TRUNC)) {
		if (n >= 0)
			errno = EBADMSG;
		return -1;
	}
	take_fds(&packet, m);
	rv_buf_added(&m->text, (size_t)n - sizeof(m->head));
	return 0;
}

int rv_ns_send_error(int fd, const struct rv_error *err)
{
	struct rv_ns_message m;
	int rc;

	rv_ns_message_init(&m);
	m.head = (struct rv_ns_head){
	    .op = RV_NS_OP_FAILED, .code = err->code, .sys = (uint32_t)err->sys};
	rv_buf_add_str(&m.text, err->msg);
	rc = rv_ns_send(fd, &m);
	rv_ns_message_release(&m);
	return rc;
}
