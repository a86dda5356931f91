/* SPDX-License-Identifier: ISC */
/*
 * Saved options: PROFILE/options/NAMEBASE, an INI file of the form that Ravenports' program writes:
 * [parameters] available (comma list), namebase, version; [options] NAME= true|false. It holds a
 * value for each option of OPTIONS_STANDARD, or it does not fit the recipe.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "port/choice.h"

#define RV_SAVED_FOLDER "options"
#define RV_SAVED_MAX_BYTES ((size_t)64 * 1024)

struct rv_saved {
	char *path;		 /* for messages */
	struct rv_choice choice; /* what is saved and the port still has */
	struct rv_buf fault;	 /* why the set does not fit the recipe; empty: it does */
};
#define RV_SAVED_INIT ((struct rv_saved){.fault = RV_BUF_INIT(RV_ERROR_MSG_BYTES)})
void rv_saved_release(struct rv_saved *s);

/* 0, RV_ABSENT (os/file.h) when nothing is saved, < 0 when the file cannot be read or is no INI. */
int rv_saved_load(const char *profile_path, const struct rv_port *p, struct rv_saved *out,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * Takes the saved set into *choice (which has the defaults). RV_INPUT, with the way out, when it
 * does not fit the recipe. Nothing saved: nothing done.
 */
int rv_saved_apply(const char *profile_path, const struct rv_port *p, struct rv_choice *choice,
    struct rv_error *err) RV_MUST_CHECK;
int rv_saved_write(const char *profile_path, const struct rv_port *p,
    const struct rv_choice *choice, struct rv_error *err) RV_MUST_CHECK;
/* RV_ABSENT when there was none. */
int rv_saved_remove(const char *profile_path, const char *namebase, struct rv_error *err)
    RV_MUST_CHECK;
