/* SPDX-License-Identifier: ISC */
/* What the files of lib/fetch share. Nobody else includes it. */
#pragma once

#include <curl/curl.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/digest.h"
#include "fetch/fetch.h"

/* --- part.c: the unfinished file */
struct part {
	int fd;
	int dirfd;
	const char *name; /* final name; the file is NAME.part */
	uint64_t n;	  /* bytes in it, all of them in state */
	struct rv_sha256_state state;
	bool continued; /* some of its bytes are of an earlier run or another address */
};
#define PART_INIT ((struct part){.fd = -1, .dirfd = -1})

/* Opens what is there, if wanted and not longer than max, and sums it up; else begins anew. */
int rv_fetch_part_open(struct part *p, bool want_old, uint64_t max, struct rv_error *err)
    RV_MUST_CHECK;
int rv_fetch_part_restart(struct part *p, struct rv_error *err) RV_MUST_CHECK;
int rv_fetch_part_add(struct part *p, const void *data, size_t n, struct rv_error *err)
    RV_MUST_CHECK;
enum { PART_WRONG = 1 };
/*
 * Compares with sum (NULL: none). 0 it holds, PART_WRONG and *out is what it was. The state is used
 * up.
 */
int rv_fetch_part_check(struct part *p, const struct rv_sha256 *sum, struct rv_sha256 *out);
int rv_fetch_part_publish(struct part *p, bool no_sync, struct rv_error *err) RV_MUST_CHECK;
void rv_fetch_part_release(struct part *p); /* the file stays */

/* --- curl_error.c: the foreign error space */
enum {
	FAULT_HOST = 1,	  /* the host did not answer at all: leave it alone */
	FAULT_RETRY = 2,  /* the transfer broke: the same address may be continued */
	FAULT_ABSENT = 4, /* the thing is not there */
	FAULT_RANGE = 8,  /* the server refuses to continue */
};
/* Appends the reason to out and returns FAULT_ flags. */
unsigned rv_fetch_describe(
    CURL *easy, CURLcode code, const struct rv_fetch_options *o, struct rv_buf *out);

/* --- address.c */
/*
 * The host of url, lower case, with ":PORT" if url names one, allocated; "" for file:. NULL when it
 * cannot be understood.
 */
char *rv_fetch_address_host(const char *url);
/* url without user, password and control characters, for people; allocated. */
char *rv_fetch_address_show(const char *url);

struct host {
	char *name;
	unsigned running;
	char *fault; /* why it was given up, or NULL */
};

/* --- session.c */
struct proxy_env {
	char *http, *https, *all, *no;
};

struct entry;

struct rv_fetch {
	struct rv_fetch_options o;
	char *agent, *ca_file;
	struct proxy_env proxy;
	CURLM *multi;
	CURL *getter; /* for rv_fetch_get, kept for its connections */
	struct rv_map hosts;
	rv_vec(struct entry *) entries; /* in order of addition */
	unsigned running;
	bool look;	   /* something may be started or taken away */
	int64_t stalls_ms; /* when they were looked for */
	uint64_t files_done, files_total, all_done, all_total;
};

/* Everything but where the bytes go. */
void rv_fetch_session_setup(struct rv_fetch *f, CURL *easy, const char *url);
struct host *rv_fetch_session_host(struct rv_fetch *f, const char *url); /* NULL: bad address */

/* --- transfer.c */
struct entry {
	struct rv_fetch *f;
	struct rv_fetch_file file;
	struct part part;
	struct host *host; /* while running */
	CURL *easy;	   /* while running */
	struct curl_slist *headers;
	size_t at;	  /* address being tried */
	unsigned resumes; /* of this address so far */
	bool started;	  /* part was opened */
	bool body;	  /* the first byte of this transfer has been seen */
	bool ended;
	uint64_t from;	     /* where this transfer began in the part */
	uint64_t counted;    /* bytes of it in f->all_done */
	uint64_t range_from; /* what the server says where its answer begins */
	int64_t begun_ms, told_ms, moved_ms;
	char etag[128];
	size_t etag_at;	      /* the address that gave etag */
	bool wrong_sum;	      /* an address gave other bytes than wanted */
	struct rv_error stop; /* set inside a callback: why the transfer was broken off */
	struct rv_buf why;    /* reasons so far */
};

void rv_fetch_entry_start(struct entry *e); /* takes the next address that can be tried, or ends */
void rv_fetch_entry_finished(struct entry *e, CURLcode code);
/* gives the address up when nothing has moved for long */
void rv_fetch_entry_stall(struct entry *e, int64_t now_ms);
void rv_fetch_entry_free(struct entry *e);
