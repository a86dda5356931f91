/* SPDX-License-Identifier: ISC */
/*
 * The slot worker: one request makes a slot, runs the phases of one port in it, packs, and takes it
 * down again.
 *
 * Request, a JSON object (paths are absolute):
 *	slot		{"dir": buildbase/SLnn, "first_id": 1879048192, "tmpfs_bytes": N,
 *			 "memory_bytes": N, "pids": N}; 0: half of the memory, no limit
 *	port		"namebase:variant", for events and messages
 *	namebase	names /construction/NAMEBASE
 *	mk, port_dir, distfiles	folders that appear read-only as /xports/Mk, /port, /distfiles
 *	trees		folders laid over the slot's root, each holding raven/...; the first wins
 *	log		the port's log file, appended to
 *	env		["NAME=VALUE"], the whole environment of every phase
 *	make_args	["OPSYS=Linux", ...], on the command line of every make
 *	make_conf	the text of /etc/make.conf
 *	phases		["extract", "patch", "configure", "build", "stage"]:
 *			each is `make -m /xports/Mk -C /port PHASE`
 *	watchdog	false: only the deadlines hold
 *	watchdog_s, deadline_s	limits of every phase; absent or 0: those of the phase
 *	pack		{"out": folder, "files": folder or absent, "request": as engine/pack.h};
 *			absent: no packing. Run as a pack worker (engine/pack_worker.h): it is sent
 *			"request" with the descriptors of /construction/NAMEBASE/stage,
 *			/construction/NAMEBASE, out and, if present, files, in this order; its
 *			events are passed on, its notes {"report": TEXT} are written to the log
 *
 * Events: phase-begin, phase-end (outcome ok, failed, timeout, killed), log-lines while a phase
 * runs; the phases check-plist and package are those of packing.
 *
 * Result: {"phases": [{"name","ms"}], "peak_memory_bytes": N, "packages": the pack worker's}.
 *
 * Error: RV_BUILD "phase PHASE: reason" when a phase failed; anything else is the slot's own
 * failure.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "work/worker.h"

int rv_slot_worker_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err);
