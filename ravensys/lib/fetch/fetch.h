/* SPDX-License-Identifier: ISC */
/*
 * Downloads: http, https and file addresses, many at a time, resumed, bounded, and under their
 * final name only when the sum holds.
 *
 *	1. rv_fetch_new
 *	2. rv_fetch_add for each file
 *	3. rv_fetch_run (or rv_fetch_step)
 *	4. rv_fetch_free
 *
 * A file is written as NAME.part beside its final name; a part that is there already is continued,
 * and begun anew when it does not lead to the sum. The caller keeps other processes out of the
 * folder (a profile's or a root's lock). Single-threaded; callbacks run inside rv_fetch_step and
 * may add further files.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/digest.h"
#include "event/event.h"

struct rv_fetch;

struct rv_fetch_options {
	unsigned total;	     /* transfers at a time; 0: 8 */
	unsigned per_host;   /* 0: 4 */
	unsigned connect_ms; /* until connected; 0: 5000 */
	unsigned stall_s;    /* no byte for so long ends a transfer; 0: 30 */
	unsigned resumes;    /* of one address after it gave bytes; 0: 3 */
	bool no_sync;	     /* leave out fsync: the files are a cache that is verified when used */
	const char *user_agent;	  /* NULL: "ravensys" */
	struct rv_event_bus *bus; /* download events; NULL: none */
};

/* What one file wants. Pointers are borrowed until on_end. */
struct rv_fetch_file {
	int dirfd;
	const char *name;	 /* final name in the folder dirfd, without a slash */
	const char *label;	 /* what events and messages call it; NULL: name */
	const char *const *urls; /* in the order in which they are tried */
	size_t n_urls;
	const char *source;	     /* for events and messages: "sites", "mirror" ... */
	const struct rv_sha256 *sum; /* NULL: none is known; then a part is never continued */
	uint64_t size;		     /* never more bytes than these */
	bool size_is_max;	     /* fewer are good too */
	/*
	 * Once: why is NULL when the file is there under its name, else what was wrong with each
	 * address.
	 */
	void (*on_end)(void *ctx, const struct rv_error *why);
	void *ctx;
};

/* NULL options: the defaults. Reads the proxy variables of the environment and SSL_CERT_FILE. */
int rv_fetch_new(const struct rv_fetch_options *options, struct rv_fetch **out,
    struct rv_error *err) RV_MUST_CHECK;
/* files not ended are dropped without on_end; their parts stay */
void rv_fetch_free(struct rv_fetch *f);
RV_DEFINE_FREEP(rv_fetch)

void rv_fetch_add(struct rv_fetch *f, const struct rv_fetch_file *file);

enum { RV_FETCH_MORE = 1 }; /* outcome: files are still on their way */
/*
 * Moves bytes, waiting at most wait_ms for some. 0 nothing is left to do, RV_FETCH_MORE, < 0 the
 * whole is broken.
 */
int rv_fetch_step(struct rv_fetch *f, int wait_ms, struct rv_error *err) RV_MUST_CHECK;
/* Until all have ended. That a file failed is told by its on_end alone. */
int rv_fetch_run(struct rv_fetch *f, struct rv_error *err) RV_MUST_CHECK;

enum {
	RV_FETCH_ABSENT = 1
}; /* outcome: the server says that there is no such thing (404, 410), or no such file */
/*
 * A small document into out, which is emptied first: at most max bytes, else RV_LIMIT. Blocks. 0,
 * RV_FETCH_ABSENT, < 0 (RV_NET naming the address).
 */
int rv_fetch_get(struct rv_fetch *f, const char *url, size_t max, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;

/*
 * Why host (HOST, or HOST:PORT as in the address) was given up (it did not resolve or connect), or
 * NULL. It is not tried again by this rv_fetch.
 */
const char *rv_fetch_host_fault(const struct rv_fetch *f, const char *host);
