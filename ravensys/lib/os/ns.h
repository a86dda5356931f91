/* SPDX-License-Identifier: ISC */
/*
 * A cell: one process tree in namespaces of its own (mounts, processes, network, IPC, host name,
 * and users where the kernel allows). Its first process is a copy of the caller that prepares the
 * mounts, gives its rights up and then starts commands on request. The cell dies with its first
 * process, and that dies with the caller: whatever kills the caller leaves no process and no mount.
 *
 *	1. rv_ns_start   2. rv_ns_run, rv_ns_wait, again   3. rv_ns_stop
 *
 * The caller must have one thread only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "os/limit.h"
#include "os/spawn.h"

#define RV_NS_RANGE_COUNT 65536U
#define RV_NS_FIRST_ID 1879048192U

enum rv_ns_users {
	/* root: ids 0-65535 inside are first_id + 0-65535 outside; inside works as id 0 */
	RV_NS_RANGE,
	RV_NS_ONE_ID, /* an ordinary user: one id, called inside_id inside */
	/*
	 * root where user namespaces are refused: everything inside is the one id first_id +
	 * inside_id
	 */
	RV_NS_PLAIN,
	RV_NS_KEEP, /* root that stays root: not a protection, only a private view */
};

/* RV_INPUT when the range is given to somebody (/etc/subuid, /etc/subgid), naming him. */
int rv_ns_range_check(uint32_t first_id, struct rv_error *err) RV_MUST_CHECK;

/*
 * For RV_NS_RANGE: a second way to show owners: what disk_id owns belongs to inside_id, and the
 * other way round.
 */
#define RV_NS_SWAPS 4
struct rv_ns_swap {
	uint32_t disk_id, inside_id;
};

struct rv_ns_inside {
	int swap_fds
	    [RV_NS_SWAPS]; /* as map_fd, for spec->swaps; -1 when users are not RV_NS_RANGE */
	int map_fd;	   /* for rv_mount_copy; -1 when users are not RV_NS_RANGE */
	enum rv_ns_users users;
	uint32_t owner; /* who must own, seen from outside, what id 0 shall own inside */
	/* mounts may still be seen outside (a plain chroot): build below a mount of your own */
	bool shared;
};

struct rv_ns_spec {
	enum rv_ns_users users;
	uint32_t first_id, inside_id;
	bool host_network;     /* else a network of its own with only lo */
	bool keep_session;     /* commands stay in the caller's session: a terminal program */
	const char *host_name; /* NULL: the host's */
	const struct rv_ns_swap *swaps;
	unsigned n_swaps;	      /* at most RV_NS_SWAPS */
	const struct rv_limit *limit; /* entered before prepare; may be NULL */
	uint64_t max_processes;	      /* rlimit, 0: none */
	/* the sum over all processes is looked at twice a second; 0: not */
	uint64_t watch_memory_bytes;
	/* Runs inside as the first process with all rights: mounts, then rv_mount_enter. */
	int (*prepare)(void *ctx, const struct rv_ns_inside *inside, struct rv_error *err);
	void *ctx;
};

struct rv_ns {
	struct rv_child first;
	int control_fd; /* readable: rv_ns_wait will return soon */
	bool running, ended;
	struct rv_exit end;
	bool memory;
};
#define RV_NS_INIT ((struct rv_ns){.first = RV_CHILD_INIT, .control_fd = -1})

/* 0, RV_NS_REFUSED: this kernel or this root allows no such namespaces (*err says which), < 0. */
enum { RV_NS_REFUSED = 1, RV_NS_NO_PROGRAM = 2 };
int rv_ns_start(const struct rv_ns_spec *spec, struct rv_ns *out, struct rv_error *err)
    RV_MUST_CHECK;

struct rv_ns_command {
	const char *const *argv, *const *env; /* as in struct rv_spawn */
	const char *cwd;		      /* NULL: / */
	bool set_user;
	uint32_t uid, gid;		    /* inside */
	int stdin_fd, stdout_fd, stderr_fd; /* < 0: /dev/null */
	uint64_t limit_core_bytes;
};
#define RV_NS_COMMAND_INIT                                                                         \
	((struct rv_ns_command){.stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1})

/* Start one command; the one before must have ended. A program that cannot be run is < 0. */
int rv_ns_run(struct rv_ns *ns, const struct rv_ns_command *command, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * Wait up to timeout_ms (-1: for ever) for its end: 0 and *out, RV_RUNNING. By then everything that
 * it left running is gone. *out_memory (may be NULL): the watched sum was passed.
 */
int rv_ns_wait(struct rv_ns *ns, int64_t timeout_ms, struct rv_exit *out, bool *out_memory,
    struct rv_error *err) RV_MUST_CHECK;
/* Kill the running command and all its descendants; its end is still waited for. */
void rv_ns_kill(struct rv_ns *ns);
/* A signal to the running command alone. */
void rv_ns_signal(struct rv_ns *ns, int signo);
/* A folder or file of the cell, by path from its root, no link followed. RV_ABSENT. */
int rv_ns_open(struct rv_ns *ns, const char *path, int *out_fd, struct rv_error *err) RV_MUST_CHECK;
void rv_ns_stop(struct rv_ns *ns); /* kills everything inside and waits for it; accepts INIT */

/*
 * Run one program of an installed root in a cell of its own: the folder raven_fd is /raven there,
 * the host's /usr, /lib* and /etc are there read-only, /proc, /dev and /tmp are private, ids and
 * network stay. Terminal and standard files are the caller's. *out: how it ended. RV_NS_REFUSED as
 * above. env as in struct rv_spawn; the path for argv[0] without a slash is PATH of env, else
 * /raven/bin:/raven/sbin:/usr/bin:/bin. A terminal signal goes to the program: the caller must
 * ignore SIGINT and SIGQUIT meanwhile. SIGTERM and SIGHUP are passed on. RV_NS_NO_PROGRAM: it could
 * not be run, *err says why.
 */
int rv_ns_exec(int raven_fd, const char *const *argv, const char *const *env, struct rv_exit *out,
    struct rv_error *err) RV_MUST_CHECK;
