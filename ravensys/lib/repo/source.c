/* SPDX-License-Identifier: ISC */
/*
 * Metadata from the configured addresses, in their order: the first that answers counts. An address
 * that lacks a file may be a mirror that lags behind, so the next is asked; but that there is no
 * next root is what the first says.
 */
#include "repo/source.h"

#include <string.h>

static bool is_root(const char *path)
{
	return rv_span_ends(rv_span_str(path), RV_SPAN_LIT(".root.json"));
}

static int get(void *ctx, const char *path, size_t max, struct rv_buf *out, struct rv_error *err)
{
	struct rv_repo_net *net = ctx;
	struct rv_error first = RV_ERROR_INIT, now = RV_ERROR_INIT;
	bool absent = false;

	for (size_t i = 0; i < net->conf->n_bases; i++) {
		rv_auto(rv_buf) struct rv_buf url = RV_BUF_INIT(16384);
		int rc;

		rv_buf_addf(&url, "%s/%s", net->conf->bases[i], path);
		rc = rv_buf_check(&url, "address", &now);
		if (rc == 0)
			rc = rv_fetch_get(net->fetch, rv_buf_str(&url), max, out, &now);
		/* longer than signed is no reason to ask elsewhere: somebody lies */
		if (rc == 0 || (rc < 0 && now.code != RV_NET) || (rc > 0 && is_root(path))) {
			if (rc < 0 && err)
				*err = now;
			return rc == 0 ? 0 : rc < 0 ? -1 : RV_SOURCE_ABSENT;
		}
		absent = absent || rc > 0;
		if (rc < 0 && first.code == RV_OK)
			first = now;
	}
	if (absent)
		return RV_SOURCE_ABSENT;
	if (err)
		*err = first;
	return -1;
}

int rv_repo_net_open(struct rv_repo_net *net, const struct rv_repo_conf *conf, struct rv_error *err)
{
	*net = (struct rv_repo_net){.conf = conf};
	net->source = (struct rv_repo_source){get, net};
	return rv_fetch_new(NULL, &net->fetch, err);
}

void rv_repo_net_release(struct rv_repo_net *net)
{
	rv_fetch_free(net->fetch);
	*net = RV_REPO_NET_INIT;
}
