/* SPDX-License-Identifier: ISC */
/*
 * A web server that misbehaves on demand, for the tests of downloads.
 *
 *	testhttpd [-l LOG] [-p PORT] DIR
 *
 * Listens on 127.0.0.1, writes the port and a newline to standard output, answers until standard
 * input is closed. Each request is a line "PATH RANGE" of LOG. The first part of a path says how
 * FILE of DIR is served:
 *
 *	/ok/FILE          as it should be, ranges too
 *	/norange/FILE     a range is ignored: always the whole
 *	/badrange/FILE    the answer to a range begins somewhere else, and says so
 *	/lierange/FILE    the answer to a range says that it is right and holds other bytes
 *	/cut/N/FILE       the connection ends after N bytes
 *	/stall/N/FILE     nothing more after N bytes
 *	/wrong/FILE       other bytes, as many
 *	/long/FILE        a byte more, and its length says so
 *	/endless/FILE     no length, never an end
 *	/nolength/FILE    no length
 *	/status/N         only the status N
 *	/redirect/N/FILE  N redirections, then /ok/FILE; /loop redirects to itself
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct request {
	int fd;
	char how[32];
	long number;
	const char *file;
	bool has_range;
	long range;
	char text[4096];
};

struct content {
	char *p;
	long n;
};

static void send_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);

		if (sent <= 0)
			exit(0);
		data += sent;
		n -= (size_t)sent;
	}
}

static void send_head(int fd, const char *status, long length, const char *more)
{
	char head[512], len[64] = "";

	if (length >= 0)
		snprintf(len, sizeof(len), "Content-Length: %ld\r\n", length);
	snprintf(
	    head, sizeof(head), "HTTP/1.1 %s\r\n%s%sConnection: close\r\n\r\n", status, len, more);
	send_all(fd, head, strlen(head));
}

static void read_request(struct request *r)
{
	size_t n = 0;
	char *range;

	while (n < sizeof(r->text) - 1) {
		ssize_t got = recv(r->fd, r->text + n, sizeof(r->text) - 1 - n, 0);

		if (got <= 0)
			exit(0);
		n += (size_t)got;
		r->text[n] = '\0';
		if (strstr(r->text, "\r\n\r\n"))
			break;
	}
	range = strcasestr(r->text, "\r\nrange: bytes=");
	if (range) {
		r->has_range = true;
		r->range = strtol(range + 15, NULL, 10);
	}
}

/* "/how/[number/]file" */
static bool take_apart(struct request *r, char *path)
{
	static const char *const numbered[] = {"cut", "stall", "status", "redirect", NULL};
	char *rest;

	if (*path != '/')
		return false;
	path++;
	rest = strchr(path, '/');
	if (rest)
		*rest++ = '\0';
	snprintf(r->how, sizeof(r->how), "%.31s", path);
	r->file = rest ? rest : "";
	for (const char *const *p = numbered; *p; p++) {
		if (strcmp(*p, r->how) != 0 || !rest)
			continue;
		r->number = strtol(rest, &rest, 10);
		r->file = *rest == '/' ? rest + 1 : rest;
	}
	return true;
}

static struct content load(int dirfd, const char *name)
{
	struct content c = {NULL, -1};
	struct stat st;
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return c;
	c.p = malloc((size_t)st.st_size + 1);
	if (c.p && read(fd, c.p, (size_t)st.st_size) == st.st_size)
		c.n = (long)st.st_size;
	return c;
}

static void stay_silent(void)
{
	for (;;)
		pause();
}

static void send_endless(const struct request *r, const struct content *c)
{
	send_head(r->fd, "200 OK", -1, "");
	for (;;)
		send_all(r->fd, c->p, (size_t)c->n);
}

static void send_part(const struct request *r, const struct content *c)
{
	char more[160];
	long says = r->range, from = r->range;
	bool refuses = strcmp(r->how, "norange") == 0 || !r->has_range || r->range >= c->n;

	if (refuses) {
		says = from = 0;
	} else if (strcmp(r->how, "badrange") == 0) {
		says = from = r->range / 2;
	} else if (strcmp(r->how, "lierange") == 0) {
		memset(c->p, 'x', (size_t)c->n);
	}
	snprintf(more, sizeof(more), "ETag: \"e\"\r\nContent-Range: bytes %ld-%ld/%ld\r\n", says,
	    c->n - 1, c->n);
	send_head(r->fd, refuses ? "200 OK" : "206 Partial Content",
	    strcmp(r->how, "nolength") == 0 ? -1 : c->n - from, refuses ? "ETag: \"e\"\r\n" : more);
	if (strcmp(r->how, "cut") == 0 || strcmp(r->how, "stall") == 0) {
		send_all(r->fd, c->p + from,
		    (size_t)(r->number < c->n - from ? r->number : c->n - from));
		if (r->how[0] == 's')
			stay_silent();
		return;
	}
	send_all(r->fd, c->p + from, (size_t)(c->n - from));
}

static void redirect(const struct request *r)
{
	char more[300];

	if (strcmp(r->how, "loop") == 0)
		snprintf(more, sizeof(more), "Location: /loop/x\r\n");
	else if (r->number > 1)
		snprintf(
		    more, sizeof(more), "Location: /redirect/%ld/%s\r\n", r->number - 1, r->file);
	else
		snprintf(more, sizeof(more), "Location: /ok/%s\r\n", r->file);
	send_head(r->fd, "302 Found", 0, more);
}

static void answer(struct request *r, int dirfd)
{
	struct content c;
	char status[40];

	if (strcmp(r->how, "status") == 0) {
		snprintf(status, sizeof(status), "%ld Test", r->number);
		send_head(r->fd, status, 0, "");
		return;
	}
	if (strcmp(r->how, "redirect") == 0 || strcmp(r->how, "loop") == 0) {
		redirect(r);
		return;
	}
	c = load(dirfd, r->file);
	if (c.n < 0) {
		send_head(r->fd, "404 Not Found", 0, "");
	} else if (strcmp(r->how, "endless") == 0) {
		send_endless(r, &c);
	} else if (strcmp(r->how, "long") == 0) {
		c.p[c.n++] = 'x';
		r->has_range = false;
		send_part(r, &c);
	} else {
		if (strcmp(r->how, "wrong") == 0)
			memset(c.p, 'x', (size_t)c.n);
		send_part(r, &c);
	}
}

static void serve(int fd, int dirfd, int log_fd)
{
	struct request r = {.fd = fd};
	char path[1024], line[1200];
	int n;

	read_request(&r);
	if (sscanf(r.text, "GET %1000s", path) != 1)
		exit(0);
	n = r.has_range ? snprintf(line, sizeof(line), "%s %ld\n", path, r.range)
			: snprintf(line, sizeof(line), "%s\n", path);
	if (log_fd >= 0 && write(log_fd, line, (size_t)n) != n)
		exit(1);
	if (take_apart(&r, path))
		answer(&r, dirfd);
	shutdown(fd, SHUT_WR);
	/* the peer closes first: nothing that it has not read is thrown away */
	while (recv(fd, line, sizeof(line), 0) > 0)
		;
	exit(0);
}

static int listen_on(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((unsigned short)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 64) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0) {
		perror("testhttpd: listen");
		exit(1);
	}
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static void run(int listener, int dirfd, int log_fd)
{
	for (;;) {
		struct pollfd p[2] = {
		    {.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
		char byte;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents && read(0, &byte, 1) <= 0)
			return;
		if (p[1].revents) {
			int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

			if (fd >= 0 && fork() == 0) {
				close(listener);
				serve(fd, dirfd, log_fd);
			}
			close(fd);
		}
	}
}

int main(int argc, char **argv)
{
	int dirfd, log_fd = -1, port = 0, c;

	while ((c = getopt(argc, argv, "l:p:")) != -1) {
		if (c == 'l')
			log_fd = open(optarg, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		else if (c == 'p')
			port = (int)strtol(optarg, NULL, 10);
		else
			return 2;
	}
	dirfd = optind < argc ? open(argv[optind], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (dirfd < 0) {
		fprintf(stderr, "usage: testhttpd [-l LOG] [-p PORT] DIR\n");
		return 2;
	}
	signal(SIGCHLD, SIG_IGN);
	setpgid(0, 0);
	run(listen_on(port), dirfd, log_fd);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM); /* the stalled ones: the group is our own, see setpgid */
	return 0;
}
