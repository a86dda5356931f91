/* SPDX-License-Identifier: ISC */
/*
 * Package scripts: Lua 5.4 text in a child process, never in the caller. The child is this program
 * again (RV_SCRIPT_FLAG as argv[1]: each program's main hands it to rv_script_worker_main); it gets
 * root and prefix as 3 and 4 and the job as NUL-terminated fields on standard input. It has limits
 * on time, memory and output, sees files beneath the root only, can start no process and load no
 * binary chunk, and dies with its parent. docs/rvn-script.5 describes what a script may call.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

#define RV_SCRIPT_FLAG "--script-worker"
#define RV_SCRIPT_TEXT_MAX_BYTES ((size_t)1024 * 1024)
#define RV_SCRIPT_OUTPUT_MAX_BYTES ((size_t)64 * 1024) /* kept; the rest is dropped and said */
#define RV_SCRIPT_MEMORY_MAX_BYTES ((size_t)128 * 1024 * 1024)
#define RV_SCRIPT_DEADLINE_MS 120000

struct rv_script_job {
	int root_fd;   /* the installed root */
	int prefix_fd; /* what prefix is in it; -1: beneath root_fd, no link */
	/* > 0: open in the child as long as it lives, so that a lock is not free before */
	int hold_fd;
	const char *prefix;	 /* "/raven" */
	const char *package;	 /* namebase~subpackage~variant */
	const char *version;	 /* of the package that the script belongs to */
	const char *old_version; /* upgrades: what was installed; "" else */
	const char *phase;	 /* "post-install" ... */
	const char *text;	 /* the Lua chunk */
	const char *const *args; /* the script's arguments */
	size_t n_args;
	int64_t deadline_ms; /* 0: RV_SCRIPT_DEADLINE_MS */
	/* Self when NULL; tests name a program that understands RV_SCRIPT_FLAG. */
	const char *program;
};

/*
 * Runs the script and waits. 0: it ended well; RV_SCRIPT_FAILED: it did not, *reason says why in
 * one line ("raven/x: no such file", "passed its deadline of 120 s"). output gets what it printed
 * either way. < 0: it could not be started.
 */
enum { RV_SCRIPT_FAILED = 1 };
int rv_script_run(const struct rv_script_job *job, struct rv_buf *output, struct rv_buf *reason,
    struct rv_error *err) RV_MUST_CHECK;

/* The child's side: the whole life of `PROGRAM --script-worker`; returns the exit status. */
int rv_script_worker_main(int argc, char **argv);
