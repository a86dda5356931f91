/* SPDX-License-Identifier: ISC */
/* The configured addresses of a repository as a source of metadata, by lib/fetch. */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "fetch/fetch.h"
#include "repo/client.h"

struct rv_repo_net {
	const struct rv_repo_conf *conf;
	struct rv_fetch *fetch;
	struct rv_repo_source source; /* refers to this struct: do not move it */
};
#define RV_REPO_NET_INIT ((struct rv_repo_net){.conf = NULL})

int rv_repo_net_open(struct rv_repo_net *net, const struct rv_repo_conf *conf, struct rv_error *err)
    RV_MUST_CHECK;
void rv_repo_net_release(struct rv_repo_net *net); /* accepts INIT */
