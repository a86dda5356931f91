/* SPDX-License-Identifier: ISC */
/*
 * The messages between a cell's keeper and its first process: one packet each, descriptors beside.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "os/ns.h"

enum rv_ns_op {
	RV_NS_OP_GO = 1,
	RV_NS_OP_RUN,
	RV_NS_OP_KILL,
	RV_NS_OP_OPEN,
	RV_NS_OP_SIGNAL, /* status: to the command alone */
	RV_NS_OP_READY,	 /* answers from here on */
	RV_NS_OP_FAILED, /* code, sys, text */
	RV_NS_OP_STARTED,
	RV_NS_OP_ENDED, /* signalled, status, memory */
	RV_NS_OP_FILE,	/* one descriptor */
	RV_NS_OP_ABSENT,
};

struct rv_ns_head {
	uint32_t op;
	uint32_t code, sys;		    /* FAILED */
	uint32_t signalled, status, memory; /* ENDED */
	uint32_t uid, gid, set_user;	    /* RUN */
	uint32_t n_argv, n_env;		    /* RUN: cwd, argv, env as NUL-terminated strings */
	uint32_t has_files; /* RUN: bit i: standard file i is among the descriptors */
	uint64_t core_bytes;
};

#define RV_NS_TEXT_BYTES (160 * 1024)
#define RV_NS_FDS 3

struct rv_ns_message {
	struct rv_ns_head head;
	struct rv_buf text; /* RV_BUF_INIT(RV_NS_TEXT_BYTES) */
	int fds[RV_NS_FDS];
	unsigned n_fds;
};

void rv_ns_message_init(struct rv_ns_message *m);
/* closes the descriptors that are still there */
void rv_ns_message_release(struct rv_ns_message *m);
/* fds are sent, not taken. -1 with errno. */
int rv_ns_send(int fd, const struct rv_ns_message *m);
/* 0, 1 at the end of the other side, -1 with errno. */
int rv_ns_receive(int fd, struct rv_ns_message *m);
int rv_ns_send_error(int fd, const struct rv_error *err);

/* The first process after its preparation: serves until the keeper is gone. */
RV_NORETURN void rv_ns_serve(int control_fd, const struct rv_ns_spec *spec);

/* A user namespace with a range, as a descriptor; the keeper must be root. RV_NS_REFUSED. */
int rv_ns_range_open(uint32_t first_id, const struct rv_ns_swap *swap, int *out_fd,
    struct rv_error *err) RV_MUST_CHECK;
/* Inside: change ids and drop what the spec says. -1 with errno. */
int rv_ns_drop(const struct rv_ns_spec *spec, int map_fd);
int rv_ns_map_one(uint32_t inside_id, uint32_t uid, uint32_t gid, struct rv_error *err)
    RV_MUST_CHECK;
int rv_ns_loopback_up(struct rv_error *err) RV_MUST_CHECK;
