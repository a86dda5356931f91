/* SPDX-License-Identifier: ISC */
/*
 * One slot: a root of its own for one build, made of the host's system (or nothing but packages),
 * package trees as read-only layers, and a place to write; no network; limits; ids that are
 * nobody's on the host.
 *
 *	/usr /bin /lib*      the host's, read-only; make is bmake, /xports/bin/gmake is GNU make,
 *	                     /usr/local is empty
 *	trees                laid over the root, the first wins; changes go to the slot's own memory
 *	                     or disk
 *	/xports/Mk /port /distfiles   read-only
 *	/construction /tmp   writable, in the memory (or on the disk) of the slot
 *	/etc /dev /proc      the slot's own
 *
 * Phases run as id 1001 inside, stage as 0, where the host gives a range of ids; else as the one id
 * that there is. Whatever kills the caller leaves at most the slot's folder and its control groups;
 * rv_slot_clean removes them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

#define RV_SLOT_BUILDER_ID 1001

struct rv_slot_spec {
	/* buildbase/SLnn, absolute; made here; what is left of an earlier one is removed */
	const char *dir;
	uint32_t first_id;			/* of 65536, as root */
	const char *const *trees;		/* absolute, NULL-terminated, or NULL */
	const char *mk, *port, *distfiles;	/* absolute, or NULL */
	const char *make_conf, *passwd, *group; /* texts; NULL: small ones of our own */
	uint64_t space_bytes;	/* size of its memory file system; 0: half of the memory */
	bool on_disk;		/* write below dir instead; then the size is not limited */
	uint64_t memory_bytes;	/* 0: no limit */
	uint32_t processes;	/* 0: no limit */
	bool no_user_namespace; /* tests: behave as where the kernel refuses them */
};

struct rv_slot;

/* notes: lines for the log, what this host cannot enforce or give. */
int rv_slot_create(const struct rv_slot_spec *spec, struct rv_slot **out, struct rv_buf *notes,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_slot_phase {
	const char *name;
	bool as_root;
	int64_t watchdog_ms; /* without growth of the log; 0: none */
	int64_t deadline_ms; /* as a whole; 0: none */
};
/* The limits of a phase by its name; an unknown one gets those of build. */
const struct rv_slot_phase *rv_slot_phase_find(const char *name);

enum rv_slot_outcome { RV_SLOT_OK, RV_SLOT_FAILED, RV_SLOT_TIMEOUT, RV_SLOT_KILLED };

struct rv_slot_run {
	const struct rv_slot_phase *phase;
	const char *const *argv, *const
				     *env; /* NULL-terminated; /xports/bin is put before its PATH */
	int log_fd; /* standard output and error; opened for reading and appending */
	/* Called about once a second while the log grows, with its number of lines; may be NULL. */
	void (*on_lines)(void *ctx, int64_t lines);
	void *ctx;
};
struct rv_slot_end {
	enum rv_slot_outcome outcome;
	int64_t elapsed_ms, lines;
	char reason[160]; /* when not OK */
};
/*
 * 0 however the phase ended; < 0: it could not be run. Writes the section's head and a line about
 * its end to the log.
 */
int rv_slot_run(struct rv_slot *slot, const struct rv_slot_run *how, struct rv_slot_end *out,
    struct rv_error *err) RV_MUST_CHECK;
/* "ok", "failed", "timeout", "killed" */
const char *rv_slot_outcome_name(enum rv_slot_outcome outcome);

/* A folder of the slot, as "construction/hello/stage". RV_ABSENT (os/file.h). */
int rv_slot_open(struct rv_slot *slot, const char *path, int *out_fd, struct rv_error *err)
    RV_MUST_CHECK;
uint64_t rv_slot_peak_bytes(const struct rv_slot *slot); /* 0 where unknown */

/* Everything goes: processes, mounts, control groups, the folder. */
int rv_slot_destroy(struct rv_slot *slot, struct rv_error *err) RV_MUST_CHECK;
void rv_slot_free(struct rv_slot *slot); /* the same without a word; NULL allowed */
RV_DEFINE_FREEP(rv_slot)

/* What a killed owner left of the slot `dir`; waits for its processes to be gone. Absent: 0. */
int rv_slot_remove(const char *dir, struct rv_error *err) RV_MUST_CHECK;
/* rv_slot_remove for every SLnn of buildbase. The caller holds the lock of the profile. */
int rv_slot_clean(const char *buildbase, struct rv_error *err) RV_MUST_CHECK;
/*
 * Says what is left, one thing a line ("process 12", "mount /x", "group /y", "folder /z"); nothing:
 * all is clean.
 */
int rv_slot_leftovers(const char *buildbase, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;
