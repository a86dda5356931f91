/* SPDX-License-Identifier: ISC */
/*
 * exec: run a program of the root in namespaces of its own. Its exit status is ours; a signal is
 * 128 and its number.
 */
#include <errno.h>
#include <string.h>

#include "base/vec.h"
#include "os/clock.h"
#include "os/ns.h"
#include "rvn/app.h"

/* As shells have it, so that they differ from what programs say. */
enum { STATUS_NOT_RUN = 126, STATUS_NOT_FOUND = 127 };

#define EXEC_PATH "PATH=/" RV_SYSTEM_PREFIX "/bin:/" RV_SYSTEM_PREFIX "/sbin:/usr/bin:/bin"

struct environment {
	const char **v;
	size_t n, cap;
};

/* The caller's, but for what would find programs and libraries of another root. */
static void make_environment(struct environment *env)
{
	static const char *const dropped[] = {"PATH=", "LD_LIBRARY_PATH=", "LD_PRELOAD="};

	rv_vec_push(env, EXEC_PATH);
	for (const char *const *e = rv_env_all(); *e; e++) {
		bool keep = true;

		for (size_t i = 0; i < RV_COUNT(dropped); i++)
			keep &= strncmp(*e, dropped[i], strlen(dropped[i])) != 0;
		if (keep)
			rv_vec_push(env, *e);
	}
	rv_vec_push(env, NULL);
}

static int run_exec(struct rv_run *run, struct rv_error *err)
{
	rv_vec(const char *) argv = {0};
	struct environment env = {0};
	struct rv_exit end = {0};
	int prefix_fd = rv_system_prefix_fd(rvn_system(run)), rc;

	if (prefix_fd < 0)
		return rv_fail(err, RV_INPUT,
		    "%s: has no /" RV_SYSTEM_PREFIX ": install something first",
		    rv_system_root(rvn_system(run)));
	for (int i = 0; i < run->argc; i++)
		rv_vec_push(&argv, run->argv[i]);
	rv_vec_push(&argv, NULL);
	make_environment(&env);
	rv_terminal_keys_ignore(true);
	rc = rv_ns_exec(prefix_fd, argv.v, env.v, &end, err);
	rv_terminal_keys_ignore(false);
	rv_vec_release(&argv);
	rv_vec_release(&env);
	if (rc == RV_NS_REFUSED)
		return rv_context(err, "exec: the system allows no namespaces here");
	if (rc == RV_NS_NO_PROGRAM) {
		rv_cli_error(run, "exec %s: %s", run->argv[0], err->msg);
		return err->sys == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN;
	}
	if (rc < 0)
		return rv_context(err, "exec %s", run->argv[0]);
	return end.signalled ? 128 + end.status : end.status;
}

const struct rv_cmd rv_cmd_exec = {
    .name = "exec",
    .synopsis = "PROGRAM [ARG ...]",
    .summary = "run a program of this root in namespaces of its own",
    .details =
	"The root's /raven is there, the host's /usr, /lib* and /etc are there read-only, "
	"/tmp is private.\n"
	"The exit status is the program's, 128 and the signal that ended it, 127 when there is no "
	"such\nprogram, 126 when it cannot be run.",
    .min = 1,
    .max = RV_MANY,
    .flags = RV_CMD_OPTIONS_FIRST,
    .needs = RVN_READ,
    .run = run_exec,
};
