/* SPDX-License-Identifier: ISC */
/*
 * The HTTP server: folders of files, read only, over libmicrohttpd in the caller's poll loop. GET
 * and HEAD, single ranges, ETags; folders as a plain list. Nothing outside the folders is
 * reachable: names that begin with a dot are not there, links are not followed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "os/loop.h"

struct rv_serve_folder {
	const char *prefix; /* "/repo/" */
	const char *title;  /* for the index page */
	int dirfd;	    /* stays the caller's and must stay open; < 0: nothing is there yet */
	bool immutable;	    /* files never change but timestamp.json */
};

struct rv_server;
/*
 * listen: "127.0.0.1:8080", "[::1]:8080"; port 0 takes a free one. RV_INPUT when it is not of that
 * form, RV_SYS when the address cannot be had. folders are copied, their texts borrowed.
 */
int rv_server_open(struct rv_loop *loop, const char *listen, const struct rv_serve_folder *folders,
    size_t n, struct rv_server **out, struct rv_error *err) RV_MUST_CHECK;
/* "http://127.0.0.1:8080/" */
const char *rv_server_address(const struct rv_server *s);
/* Open connections are cut. Accepts NULL. To be called before the loop's end. */
void rv_server_free(struct rv_server *s);
RV_DEFINE_FREEP(rv_server)
