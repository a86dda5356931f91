/* SPDX-License-Identifier: ISC */
/*
 * Errors with three outcomes. A function that can fail returns int and takes struct rv_error *
 * last: 0 done; > 0 an outcome that its header names and its caller handles; < 0 failed and *err is
 * filled. The caller owns the struct. It is filled once, by rv_fail*, and prefixed on the way up by
 * rv_context: "build x: open log 'y': no space left on device".
 */
#pragma once

#include <stdarg.h>

#include "base/attr.h"

/* A code exists only because some caller branches on it or an exit status depends on it. */
enum rv_code {
	RV_OK = 0,
	RV_SYS,	   /* the system said no; err->sys is the errno */
	RV_NOMEM,  /* a size that came from input could not be had */
	RV_LIMIT,  /* a limit that a header names was passed */
	RV_INPUT,  /* what the user gave is wrong: configuration, recipe, argument */
	RV_FORMAT, /* a file is not of its format, or damaged */
	RV_TRUST,  /* a signature, digest, version or expiry does not hold */
	RV_STORE,  /* the database refused */
	RV_NET,	   /* a download failed */
	RV_BUILD,  /* a build phase failed */
	RV_BUSY,   /* somebody else holds the lock */
	RV_CANCEL, /* the user or a deadline stopped it */
	RV_BUG,	   /* a broken promise inside the program */
};

#define RV_ERROR_MSG_BYTES 1000

struct rv_error {
	enum rv_code code;
	int sys;
	char msg[RV_ERROR_MSG_BYTES];
};

#define RV_ERROR_INIT ((struct rv_error){.code = RV_OK})

/* Fill *err and return -1. err may be NULL: then only -1 is returned. */
int rv_fail(struct rv_error *err, enum rv_code code, const char *fmt, ...) RV_PRINTF(3, 4);

/* The same with code RV_SYS, err->sys = errno, and ": strerror" appended. errno is kept. */
int rv_fail_sys(struct rv_error *err, const char *fmt, ...) RV_PRINTF(2, 3);

/* Put "text: " before the message; the code stays. Returns -1. */
int rv_context(struct rv_error *err, const char *fmt, ...) RV_PRINTF(2, 3);

/* The word for a code, for JSON and tests: "sys", "limit", "trust" ... */
const char *rv_code_name(enum rv_code code);
