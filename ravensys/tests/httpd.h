/* SPDX-License-Identifier: ISC */
/* Starts tests/tools/testhttpd for a unit test and counts what was asked of it. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"

struct httpd {
	pid_t pid;
	int stdin_fd, port;
	char log[200];
	int counted;
};

/* self: argv[0] of the test, in build/tests/unit. */
static RV_UNUSED struct httpd httpd_start(const char *self, const char *dir)
{
	struct httpd h = {.pid = -1};
	int in[2], result[2];
	char path[4096], text[16] = "";

	snprintf(
	    path, sizeof(path), "%.*s/../tools/testhttpd", (int)(strrchr(self, '/') - self), self);
	snprintf(h.log, sizeof(h.log), "%s/log", dir);
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(result, O_CLOEXEC) < 0)
		exit(99);
	h.pid = fork();
	if (h.pid == 0) {
		dup2(in[0], 0);
		dup2(result[1], 1);
		execl(path, path, "-l", h.log, dir, (char *)NULL);
		_exit(99);
	}
	close(in[0]);
	close(result[1]);
	h.stdin_fd = in[1];
	if (read(result[0], text, sizeof(text) - 1) > 0)
		h.port = (int)strtol(text, NULL, 10);
	close(result[0]);
	return h;
}

/* Requests since the last call. */
static RV_UNUSED int httpd_requests(struct httpd *h)
{
	char line[2000];
	int n = 0;
	FILE *f = fopen(h->log, "re");

	while (f && fgets(line, sizeof(line), f))
		n++;
	if (f)
		fclose(f);
	n -= h->counted;
	h->counted += n;
	return n;
}

static RV_UNUSED void httpd_stop(struct httpd *h)
{
	close(h->stdin_fd);
	waitpid(h->pid, NULL, 0);
	unlink(h->log);
}
