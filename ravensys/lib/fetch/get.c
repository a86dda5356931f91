/* SPDX-License-Identifier: ISC */
/* One small document into memory. */
#include "base/alloc.h"
#include "fetch/internal.h"

struct sink {
	struct rv_buf *out;
	size_t max;
	bool too_long;
};

static size_t on_body(char *data, size_t unit, size_t n, void *ctx)
{
	struct sink *s = ctx;

	n *= unit;
	if (n > s->max - s->out->n) {
		s->too_long = true;
		return 0;
	}
	rv_buf_add(s->out, data, n);
	return s->out->failed ? 0 : n;
}

int rv_fetch_get(
    struct rv_fetch *f, const char *url, size_t max, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_str) char *shown = rv_fetch_address_show(url);
	rv_auto(rv_buf) struct rv_buf reason = RV_BUF_INIT(300);
	struct host *host = rv_fetch_session_host(f, url);
	struct sink sink = {.out = out, .max = max};
	unsigned flags;
	CURLcode code;

	rv_buf_reset(out);
	if (!host)
		return rv_fail(err, RV_NET, "%s: not an address", shown);
	if (host->fault)
		return rv_fail(err, RV_NET, "%s: %s", shown, host->fault);
	curl_easy_reset(f->getter);
	rv_fetch_session_setup(f, f->getter, url);
	curl_easy_setopt(f->getter, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)max);
	curl_easy_setopt(f->getter, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(f->getter, CURLOPT_WRITEDATA, &sink);
	code = curl_easy_perform(f->getter);
	if (sink.too_long || code == CURLE_FILESIZE_EXCEEDED)
		return rv_fail(err, RV_LIMIT, "%s: longer than %zu bytes", shown, max);
	if (rv_buf_check(out, shown, err) < 0)
		return -1;
	if (code == CURLE_OK)
		return 0;
	flags = rv_fetch_describe(f->getter, code, &f->o, &reason);
	if (flags & FAULT_ABSENT)
		return RV_FETCH_ABSENT;
	if ((flags & FAULT_HOST) && host->name[0])
		host->fault = rv_strdup(rv_buf_str(&reason));
	return rv_fail(err, RV_NET, "%s: %s", shown, rv_buf_str(&reason));
}
