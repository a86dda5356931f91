/* SPDX-License-Identifier: ISC */
/*
 * The server in a poll loop. libmicrohttpd makes no thread here: where it has one descriptor for
 * everything (epoll, kqueue) the loop watches that, elsewhere a short timer lets it look.
 */
#include "serve/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/span.h"
#include "serve/answer.h"

#define CONNECTIONS_MAX 256u
#define IDLE_S 30u
#define ROUNDS_MAX 64
#define TICK_MS 500	 /* connections that time out */
#define TICK_BLIND_MS 20 /* without a descriptor to watch */

struct rv_server {
	struct MHD_Daemon *daemon;
	struct rv_watch *fd_watch, *timer;
	struct rv_serve_folder *folders;
	size_t n_folders;
	char *address;
};

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_n, void **per_request)
{
	const struct rv_server *s = ctx;
	struct rv_serve_request r = {connection, s->folders, s->n_folders, url};

	(void)version;
	(void)data;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return rv_serve_refuse_method(connection);
	/* the first call has the headers only; answering there would close the connection */
	if (!*per_request) {
		*per_request = s->folders;
		return MHD_YES;
	}
	*data_n = 0;
	return rv_serve_answer(&r);
}

static int turn(struct rv_server *s, struct rv_error *err)
{
	MHD_UNSIGNED_LONG_LONG wait_ms = 0;

	for (int i = 0; i < ROUNDS_MAX; i++) {
		if (MHD_run(s->daemon) != MHD_YES)
			return rv_fail(err, RV_SYS, "http server: stopped working");
		if (MHD_get_timeout(s->daemon, &wait_ms) != MHD_YES || wait_ms > 0)
			break;
	}
	return 0;
}

static int on_readable(void *ctx, int events, struct rv_error *err)
{
	(void)events;
	return turn(ctx, err);
}

static int on_tick(void *ctx, struct rv_error *err)
{
	return turn(ctx, err);
}

/* --- the address */

union any_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int bad_address(const char *listen, struct rv_error *err)
{
	return rv_fail(
	    err, RV_INPUT, "%s: not an address such as 127.0.0.1:8080 or [::1]:8080", listen);
}

static int parse_address(const char *listen, union any_address *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf host = RV_BUF_INIT(128);
	struct rv_span text = rv_span_str(listen);
	size_t colon = rv_span_rfind(text, ':');
	struct rv_span name = rv_span_sub(text, 0, colon);
	uint64_t port;
	bool v6 = name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';

	if (colon == text.n || !rv_span_to_u64(rv_span_from(text, colon + 1), &port) ||
	    port > 65535)
		return bad_address(listen, err);
	rv_buf_add_span(&host, v6 ? rv_span_sub(name, 1, name.n - 2) : name);
	memset(out, 0, sizeof(*out));
	if (v6) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons((uint16_t)port);
	} else {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons((uint16_t)port);
	}
	if (inet_pton(out->any.sa_family, rv_buf_str(&host),
		v6 ? (void *)&out->v6.sin6_addr : (void *)&out->v4.sin_addr) != 1)
		return bad_address(listen, err);
	return 0;
}

static void note_address(struct rv_server *s, const char *listen)
{
	const union MHD_DaemonInfo *port =
	    MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	size_t host_n = rv_span_rfind(rv_span_str(listen), ':');

	s->address = rv_strfmt("http://%.*s:%u/", (int)host_n, listen, port ? port->port : 0u);
}

/* --- life */

static int watch(struct rv_server *s, struct rv_loop *loop, struct rv_error *err)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	bool watched = info && info->epoll_fd >= 0;

	if (watched)
		s->fd_watch = rv_loop_fd(loop, info->epoll_fd, RV_READABLE, on_readable, s);
	s->timer = rv_loop_timer(loop, watched ? TICK_MS : TICK_BLIND_MS, true, on_tick, s);
	return turn(s, err);
}

int rv_server_open(struct rv_loop *loop, const char *listen, const struct rv_serve_folder *folders,
    size_t n, struct rv_server **out, struct rv_error *err)
{
	rv_autofree(rv_server) struct rv_server *s = rv_alloc(sizeof(*s));
	unsigned flags = MHD_is_feature_supported(MHD_FEATURE_EPOLL) == MHD_YES ? MHD_USE_EPOLL : 0;
	union any_address address;

	if (parse_address(listen, &address, err) < 0)
		return -1;
	s->folders = rv_alloc_array(n + 1, sizeof(*folders));
	memcpy(s->folders, folders, n * sizeof(*folders));
	s->n_folders = n;
	if (address.any.sa_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	errno = 0;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR,
	    &address.any, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_END);
	if (!s->daemon)
		return rv_fail_sys(err, "listen on %s", listen);
	note_address(s, listen);
	if (watch(s, loop, err) < 0)
		return -1;
	*out = s;
	s = NULL;
	return 0;
}

const char *rv_server_address(const struct rv_server *s)
{
	return s->address;
}

void rv_server_free(struct rv_server *s)
{
	if (!s)
		return;
	rv_watch_remove(s->fd_watch);
	rv_watch_remove(s->timer);
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	free(s->folders);
	free(s->address);
	free(s);
}
