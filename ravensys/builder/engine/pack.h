/* SPDX-License-Identifier: ISC */
/*
 * Packing one built port variant: the staged tree and the expanded plists become one package file
 * per subpackage. What the pack worker runs; it may use the thread pool, so never in the engine.
 *
 * Request, a JSON object (a key that is not here is refused):
 *	namebase, variant, version	strings; version is the package version
 *	abi, prefix			"linux:x86_64:host.debian.12", "/raven"
 *	subpackages			array, in the recipe's order, of objects: name, comment,
 *					description (may be absent), requires (may be absent: as in
 *					+MANIFEST, without same_version)
 *	www, contacts, categories, cpe, licence		as in +MANIFEST; each may be absent
 *	options				{"NAME": true|false}, may be absent
 *	users, groups			as in +MANIFEST, may be absent
 *	source_date_epoch		integer
 *	input, recipe			hex SHA-256, may be absent
 *	builder, system_root		as in +BUILD
 *	used, tools			as in +BUILD, may be absent
 *	known_sonames			{"libx.so.1": "namebase~subpackage~variant"}: what the
 *					packages in the slot provide; may be absent
 *	level				zstd level, may be absent
 *
 * The subpackage `set` requires every other one; any subpackage requires those of the port that
 * have a library that it needs or a file that a link of it leads to: all at the same version. What
 * is known to provide a needed library is required too. A needed soname that neither this port nor
 * a package in the slot provides is the host's in host mode (not recorded) and an error under
 * system root ravensys.
 *
 * Result: [{name, version, file, content_id, sha256, size, requires: [name], sonames: [soname]}],
 * in the order of subpackages.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

struct rv_pack_dirs {
	int stage; /* DESTDIR: what "make install" left */
	/*
	 * WRKDIR: .manifest.SP.mktmp of each subpackage SP; .PKG_SCRIPTS.SP, .PKG_MESSAGES.SP if
	 * any
	 */
	int work;
	int out; /* packages go here, each under its final name when whole */
};

/*
 * 0 and *out the result (the caller frees). RV_BUILD when the plists do not fit the stage: *report
 * then holds one line for each fault ("listed but not staged: bin/x (primary)"); RV_INPUT for a
 * wrong request; RV_SYS ...
 */
int rv_pack_run(const struct rv_json *request, const struct rv_pack_dirs *dirs,
    struct rv_json **out, struct rv_buf *report, struct rv_error *err) RV_MUST_CHECK;

/* The check alone: 0, or RV_BUILD with the faults in *report. */
int rv_pack_check_plist(const struct rv_json *request, const struct rv_pack_dirs *dirs,
    struct rv_buf *report, struct rv_error *err) RV_MUST_CHECK;
