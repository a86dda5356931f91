/* SPDX-License-Identifier: ISC */
/*
 * The fetch worker: every distfile of a run's queue, ahead of the slots.
 *
 * Request, a JSON object:
 *	distfiles	absolute folder; files appear below it under their path when their sum holds
 *	state		absolute folder of the worker's own: the private apt configuration, sums
 *			verified before
 *	sites		absolute path of mk/sites, the site macros
 *	order		["sites", "mirrors", "apt"]: the sources in the order of trying
 *	mirrors		["https://host/%{subdir}%{name}", ...], may be absent
 *	suites		["bookworm", "trixie", "sid"]: of Debian's source packages, besides the
 *			host's own; may be absent
 *	apt_max_age_s	how old its indexes may be; may be absent: a day
 *	apt_etc		where the host's lists of sources are; may be absent: /etc/apt
 *	connect_ms, stall_s, parallel, per_host		limits of lib/fetch; may be absent
 *	files		[{"path": "[SUBDIR/]NAME", "sha256", "size",
 *			  "sites": ["URL" or "MACRO/rest", ...]}]
 *
 * Events: download-begin, -progress, -end, -failed; name is the path.
 * Notes, one a file as soon as its fate is known:
 *	{"file": PATH, "ok": true, "source": "have"|"sites"|"mirrors"|"apt"}
 *	{"file": PATH, "ok": false, "code": WORD, "msg": "what, its sum, the places tried"}
 * Result: {"have": N, "fetched": N, "failed": N}. That files failed is no error of the worker.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "work/worker.h"

int rv_distfetch_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err);

/*
 * Removes what a killed worker left below the folder, unless another one is at work there. Parts
 * stay: they are continued.
 */
int rv_distfetch_clean(const char *distfiles, struct rv_error *err) RV_MUST_CHECK;
