/* SPDX-License-Identifier: ISC */
/* ravenadm serve: the repository and the logs over HTTP, until a signal. */
#include <signal.h>
#include <stdio.h>

#include "cli/out.h"
#include "os/file.h"
#include "os/loop.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "serve/serve.h"

struct serve_opts {
	const char *listen;
};

static const struct rv_opt options[] = {
    RV_OPT_STRING(struct serve_opts, listen, 0, "listen", "ADDRESS:PORT",
	"listen there (default: the profile's; port 0 takes a free one)"),
    RV_OPT_END,
};

static int on_signal(void *ctx, int signo, struct rv_error *err)
{
	(void)signo;
	(void)err;
	rv_loop_stop(ctx);
	return 0;
}

static int open_folder(const char *path, int *out, struct rv_error *err)
{
	if (rv_dir_make_path(RV_CWD, path, 0755, err) < 0)
		return -1;
	return rv_dir_open_user(path, out, err) == 0 ? 0 : -1;
}

static int serve(struct rv_run *run, struct rv_loop *loop, const struct rv_serve_folder *folders,
    size_t n, struct rv_error *err)
{
	const struct serve_opts *o = run->opts;
	rv_autofree(rv_server) struct rv_server *server = NULL;
	const char *listen =
	    o->listen ? o->listen : rv_profile_text(rv_adm_of(run)->profile, RV_PROFILE_LISTEN);

	if (rv_loop_signal(loop, SIGINT, on_signal, loop, err) < 0 ||
	    rv_loop_signal(loop, SIGTERM, on_signal, loop, err) < 0 ||
	    rv_server_open(loop, listen, folders, n, &server, err) < 0)
		return -1;
	rv_out_say(run, "serving %s and %s at %s\n", folders[0].title, folders[1].title,
	    rv_server_address(server));
	/* whoever started us waits for this line */
	fflush(stdout);
	return rv_loop_run(loop, err);
}

static int run_serve(struct rv_run *run, struct rv_error *err)
{
	const struct rv_adm *a = rv_adm_of(run);
	const char *repo = rv_profile_text(a->profile, RV_PROFILE_REPOSITORY);
	const char *logs = rv_profile_text(a->profile, RV_PROFILE_LOGS);
	rv_autofree(rv_loop) struct rv_loop *loop = NULL;
	rv_auto_fd repo_fd = -1, logs_fd = -1;

	if (open_folder(repo, &repo_fd, err) < 0 || open_folder(logs, &logs_fd, err) < 0 ||
	    rv_loop_new(&loop, err) < 0)
		return -1;
	const struct rv_serve_folder folders[] = {
	    {"/repo/", "repository", repo_fd, true},
	    {"/logs/", "logs", logs_fd, false},
	};
	return serve(run, loop, folders, RV_COUNT(folders), err);
}

const struct rv_cmd rv_cmd_serve = {
    .name = "serve",
    .summary = "serve the repository and the logs over HTTP until a signal ends it",
    .needs = RV_ADM_PROFILE,
    .options = options,
    .opts_bytes = sizeof(struct serve_opts),
    .run = run_serve,
};
