/* SPDX-License-Identifier: ISC */
/*
 * What a worker may send: frames are read from a socket until its end, and those that are good are
 * sent again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/file.h"
#include "work/channel.h"
#include "work/frame.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

#define SENT_MAX ((size_t)16384) /* what a socket takes without a reader */

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_error err = RV_ERROR_INIT;
	int fd[2], r;

	if (size > SENT_MAX)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) < 0 ||
	    rv_fd_write(fd[0], "fuzz", (const char *)data, size, &err) < 0 ||
	    shutdown(fd[0], SHUT_WR) < 0)
		abort();
	do {
		rv_autofree(rv_json) struct rv_json *doc = NULL;
		rv_auto(rv_buf) struct rv_buf again = {0};
		struct rv_received_fds fds;

		r = rv_frame_receive(fd[1], &doc, &fds, &err);
		if (r == 0 && (fds.n || rv_frame_encode(doc, &again, NULL) < 0))
			abort();
		if (r < 0 && err.code == RV_OK)
			abort();
	} while (r == 0);
	close(fd[0]);
	close(fd[1]);
	return 0;
}
