/* SPDX-License-Identifier: ISC */
/* A release of a published tree as a folder: its name, whether it is whole, whether it may go. */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "engine/update.h"

/* The first line of a text, without the blanks around it; "" when no release is so long. */
void rv_release_of(struct rv_span text, char out[RV_RELEASE_BYTES]);
/* "" when there is no tree, or none that says its release. */
int rv_release_installed(
    int dirfd, const char *name, char out[RV_RELEASE_BYTES], struct rv_error *err) RV_MUST_CHECK;
/* Only a release, an empty folder, or nothing, may be replaced: RV_INPUT says what is there. */
int rv_release_may_replace(int dirfd, const char *name, struct rv_error *err) RV_MUST_CHECK;
/*
 * The folder is the release `tag`, and every port that its index names is there with something in
 * it. RV_FORMAT names what is missing.
 */
int rv_release_verify(int fd, const char *tag, struct rv_error *err) RV_MUST_CHECK;
/* %{tag} replaced; the caller frees. */
char *rv_release_url(const char *form, const char *tag) RV_MUST_CHECK;
