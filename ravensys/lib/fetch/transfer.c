/* SPDX-License-Identifier: ISC */
/*
 * One file on its way through its addresses. Invariant: the part never holds more than file.size
 * bytes, and what is in it was either received as its continuation or summed up when it was opened.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "fetch/internal.h"
#include "os/clock.h"

#define TELL_EVERY_MS 200

static const char *label(const struct entry *e)
{
	return e->file.label ? e->file.label : e->file.name;
}

static void tell(struct entry *e, enum rv_event_kind kind, const char *reason)
{
	struct rv_fetch *f = e->f;
	rv_auto(rv_str) char *url = NULL;
	struct rv_event event = {.kind = kind, .t_ms = rv_clock_now_ms()};

	if (!f->o.bus)
		return;
	if (e->at < e->file.n_urls)
		url = rv_fetch_address_show(e->file.urls[e->at]);
	event.download = (struct rv_event_download){.name = label(e),
	    .url = url,
	    .source = e->file.source,
	    .reason = reason,
	    .done_bytes = (int64_t)e->part.n,
	    .total_bytes = (int64_t)e->file.size,
	    .files_done = (int64_t)f->files_done,
	    .files_total = (int64_t)f->files_total,
	    .all_done_bytes = (int64_t)f->all_done,
	    .all_total_bytes = (int64_t)f->all_total,
	    .elapsed_ms = rv_clock_mono_ms() - e->begun_ms};
	rv_event_emit(f->o.bus, &event);
}

/* Keeps the sum over all files in step with the part, which may shrink. */
static void count(struct entry *e, uint64_t n)
{
	e->f->all_done = e->f->all_done - e->counted + n;
	e->counted = n;
}

static void end_entry(struct entry *e, const struct rv_error *why)
{
	e->ended = true;
	e->f->files_done++;
	e->f->look = true;
	rv_fetch_part_release(&e->part);
	if (e->file.on_end)
		e->file.on_end(e->file.ctx, why);
}

static void stop_entry(struct entry *e)
{
	if (!e->easy)
		return;
	curl_multi_remove_handle(e->f->multi, e->easy);
	curl_easy_cleanup(e->easy);
	e->easy = NULL;
	curl_slist_free_all(e->headers);
	e->headers = NULL;
	e->f->running--;
	e->host->running--;
	e->f->look = true;
}

void rv_fetch_entry_free(struct entry *e)
{
	stop_entry(e);
	rv_fetch_part_release(&e->part);
	rv_buf_release(&e->why);
	free(e);
}

/* Ends with what the addresses said. */
static void end_failed(struct entry *e)
{
	struct rv_error why = RV_ERROR_INIT;

	rv_fail(&why, e->wrong_sum ? RV_TRUST : RV_NET, "%s: %s", label(e),
	    e->file.n_urls ? rv_buf_str(&e->why) : "no address is known");
	end_entry(e, &why);
}

/* Ends for a reason that no other address would mend. */
static void end_local(struct entry *e, struct rv_error *why)
{
	tell(e, RV_EVENT_DOWNLOAD_FAILED, why->msg);
	end_entry(e, why);
}

/* An address that was not even tried, since its host was given up, is a reason and no event. */
static void skip_address(struct entry *e, const char *reason)
{
	rv_auto(rv_str) char *url = rv_fetch_address_show(e->file.urls[e->at]);

	if (e->why.n > 0)
		rv_buf_add_str(&e->why, "; ");
	rv_buf_addf(&e->why, "%s: %s", url, reason);
	e->at++;
	e->resumes = 0;
	e->f->look = true;
}

static void next_address(struct entry *e, const char *reason)
{
	tell(e, RV_EVENT_DOWNLOAD_FAILED, reason);
	skip_address(e, reason);
}

/* --- the callbacks of one transfer */

static size_t broken_off(struct entry *e)
{
	(void)e;
	return 0; /* fewer than given: libcurl ends the transfer with CURLE_WRITE_ERROR */
}

static bool header_is(struct rv_span line, const char *name, struct rv_span *value)
{
	size_t n = strlen(name);

	if (line.n <= n || line.p[n] != ':' || strncasecmp(line.p, name, n) != 0)
		return false;
	*value = rv_span_trim(rv_span_from(line, n + 1));
	return true;
}

/* "bytes 100-199/200": the first number, and the last one when it is known. */
static bool read_range(struct rv_span value, uint64_t *from, uint64_t *total)
{
	struct rv_span unit = RV_SPAN_LIT("bytes ");
	size_t dash, slash;

	if (!rv_span_starts(value, unit))
		return false;
	value = rv_span_from(value, unit.n);
	dash = rv_span_find(value, '-');
	slash = rv_span_find(value, '/');
	if (!rv_span_to_u64(rv_span_sub(value, 0, dash), from))
		return false;
	if (!rv_span_to_u64(rv_span_from(value, slash + 1), total))
		*total = UINT64_MAX;
	return true;
}

static size_t on_header(char *data, size_t unit, size_t n, void *ctx)
{
	struct entry *e = ctx;
	struct rv_span line = rv_span_trim(rv_span(data, unit * n)), value;
	uint64_t total;

	if (rv_span_starts(line, RV_SPAN_LIT("HTTP/"))) {
		e->range_from = 0;
		if (e->etag_at != e->at)
			e->etag[0] = '\0';
	} else if (header_is(line, "content-range", &value)) {
		if (!read_range(value, &e->range_from, &total))
			e->range_from = UINT64_MAX;
		else if (total != UINT64_MAX && !e->file.size_is_max && total != e->file.size)
			e->range_from = UINT64_MAX;
	} else if (header_is(line, "etag", &value) && value.n < sizeof(e->etag) && value.n > 0 &&
		   value.p[0] == '"') {
		memcpy(e->etag, value.p, value.n);
		e->etag[value.n] = '\0';
		e->etag_at = e->at;
	}
	return unit * n;
}

/* The first bytes have come: is this the file's size, and does it continue the part? */
static int begin_body(struct entry *e)
{
	curl_off_t length = -1;
	long status = 0;
	uint64_t whole;

	e->body = true;
	curl_easy_getinfo(e->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(e->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (e->from > 0 && status == 206 && e->range_from != e->from)
		return rv_fail(&e->stop, RV_NET, "the answer does not continue the part");
	if (e->from > 0 && status == 200) {
		if (rv_fetch_part_restart(&e->part, &e->stop) < 0)
			return -1;
		e->from = 0;
		count(e, 0);
	}
	if (length < 0)
		return 0;
	whole = e->from + (uint64_t)length;
	if (whole > e->file.size || (whole != e->file.size && !e->file.size_is_max))
		return rv_fail(&e->stop, RV_NET, "%" PRIu64 " bytes long instead of %s%" PRIu64,
		    whole, e->file.size_is_max ? "at most " : "", e->file.size);
	return 0;
}

static size_t on_body(char *data, size_t unit, size_t n, void *ctx)
{
	struct entry *e = ctx;
	int64_t now = rv_clock_mono_ms();

	n *= unit;
	e->moved_ms = now;
	if (!e->body && begin_body(e) < 0)
		return broken_off(e);
	if (n > e->file.size - e->part.n) {
		rv_fail(
		    &e->stop, RV_NET, "longer than the %" PRIu64 " bytes declared", e->file.size);
		return broken_off(e);
	}
	if (rv_fetch_part_add(&e->part, data, n, &e->stop) < 0)
		return broken_off(e);
	count(e, e->part.n);
	if (now - e->told_ms >= TELL_EVERY_MS) {
		e->told_ms = now;
		tell(e, RV_EVENT_DOWNLOAD_PROGRESS, NULL);
	}
	return n;
}

/* --- start */

static int open_part(struct entry *e, struct rv_error *err)
{
	bool want_old = e->file.sum && !e->file.size_is_max;

	if (e->started)
		return 0;
	e->started = true;
	if (rv_fetch_part_open(&e->part, want_old, e->file.size, err) < 0)
		return -1;
	count(e, e->part.n);
	return 0;
}

/* Before a further try of the same or another address. Without a sum nothing is ever continued. */
static int prepare_part(struct entry *e, struct rv_error *err)
{
	if (open_part(e, err) < 0)
		return -1;
	if (e->part.n > 0 && (!e->file.sum || e->part.n >= e->file.size)) {
		count(e, 0);
		return rv_fetch_part_restart(&e->part, err);
	}
	return 0;
}

static void ask_for_rest(struct entry *e)
{
	char range[32], condition[sizeof(e->etag) + 16];

	snprintf(range, sizeof(range), "%" PRIu64 "-", e->from);
	curl_easy_setopt(e->easy, CURLOPT_RANGE, range);
	if (e->etag_at != e->at || !e->etag[0])
		return;
	snprintf(condition, sizeof(condition), "If-Range: %s", e->etag);
	e->headers = curl_slist_append(e->headers, condition);
	curl_easy_setopt(e->easy, CURLOPT_HTTPHEADER, e->headers);
}

static void start_transfer(struct entry *e, struct host *host)
{
	struct rv_fetch *f = e->f;

	e->easy = curl_easy_init();
	if (!e->easy) {
		next_address(e, "no memory for a transfer");
		return;
	}
	e->from = e->part.n;
	e->body = false;
	e->moved_ms = rv_clock_mono_ms();
	e->stop = RV_ERROR_INIT;
	rv_fetch_session_setup(f, e->easy, e->file.urls[e->at]);
	curl_easy_setopt(e->easy, CURLOPT_PRIVATE, e);
	curl_easy_setopt(e->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e->easy, CURLOPT_WRITEDATA, e);
	curl_easy_setopt(e->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e->easy, CURLOPT_HEADERDATA, e);
	if (e->from > 0)
		ask_for_rest(e);
	e->host = host;
	host->running++;
	f->running++;
	tell(e, RV_EVENT_DOWNLOAD_BEGIN, NULL);
	curl_multi_add_handle(f->multi, e->easy);
}

static void publish(struct entry *e)
{
	struct rv_error err = RV_ERROR_INIT;

	if (rv_fetch_part_publish(&e->part, e->f->o.no_sync, &err) < 0) {
		end_local(e, &err);
		return;
	}
	e->f->files_done++;
	tell(e, RV_EVENT_DOWNLOAD_END, NULL);
	e->f->files_done--;
	end_entry(e, NULL);
}

/* An old part may be whole already. true: the entry has ended. */
static bool old_part_is_whole(struct entry *e)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_sha256 sum;

	if (!e->part.continued || e->part.n != e->file.size)
		return false;
	if (rv_fetch_part_check(&e->part, e->file.sum, &sum) == 0) {
		publish(e);
		return true;
	}
	count(e, 0);
	if (rv_fetch_part_restart(&e->part, &err) == 0)
		return false;
	end_local(e, &err);
	return true;
}

void rv_fetch_entry_start(struct entry *e)
{
	struct rv_error err = RV_ERROR_INIT;

	if (!e->started) {
		if (open_part(e, &err) < 0) {
			end_local(e, &err);
			return;
		}
		if (old_part_is_whole(e))
			return;
	}
	for (; e->at < e->file.n_urls;) {
		struct host *host = rv_fetch_session_host(e->f, e->file.urls[e->at]);

		if (host && !host->fault && host->running >= e->f->o.per_host)
			return;
		if (!host) {
			next_address(e, "not an address");
		} else if (host->fault) {
			skip_address(e, host->fault);
		} else if (prepare_part(e, &err) < 0) {
			end_local(e, &err);
			return;
		} else {
			start_transfer(e, host);
			if (e->easy)
				return;
		}
	}
	end_failed(e);
}

/* --- end */

/* Gives up the host that really failed, which a redirection may have named. */
static void blame_host(struct entry *e, const char *reason)
{
	const char *url = NULL;
	struct host *host;

	if (curl_easy_getinfo(e->easy, CURLINFO_EFFECTIVE_URL, &url) != CURLE_OK || !url)
		url = e->file.urls[e->at];
	host = rv_fetch_session_host(e->f, url);
	if (host && host->name[0] && !host->fault)
		host->fault = rv_strdup(reason);
}

static void finished_whole(struct entry *e)
{
	bool continued = e->part.continued || e->from > 0;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_sha256 sum;
	char hex[RV_SHA256_HEX_BYTES], reason[160];

	if (rv_fetch_part_check(&e->part, e->file.sum, &sum) == 0) {
		publish(e);
		return;
	}
	count(e, 0);
	if (rv_fetch_part_restart(&e->part, &err) < 0) {
		end_local(e, &err);
		return;
	}
	if (continued) {
		/* the fault may be in the old bytes: this address gets a try of its own */
		tell(e, RV_EVENT_DOWNLOAD_FAILED, "the part did not lead to the sum: begun anew");
		return;
	}
	e->wrong_sum = true;
	rv_sha256_hex(&sum, hex);
	snprintf(reason, sizeof(reason), "wrong file: its SHA-256 is %s", hex);
	next_address(e, reason);
}

static void finished_short(struct entry *e, const char *reason)
{
	bool gained = e->part.n > e->from && e->file.sum;

	if (gained && e->resumes < e->f->o.resumes) {
		e->resumes++;
		tell(e, RV_EVENT_DOWNLOAD_FAILED, reason);
		return;
	}
	next_address(e, reason);
}

static void finished_badly(struct entry *e, CURLcode code)
{
	rv_auto(rv_buf) struct rv_buf reason = RV_BUF_INIT(300);
	unsigned flags = rv_fetch_describe(e->easy, code, &e->f->o, &reason);
	bool from_part = e->from > 0;
	struct rv_error err = RV_ERROR_INIT;

	if (flags & FAULT_HOST)
		blame_host(e, rv_buf_str(&reason));
	stop_entry(e);
	if ((flags & FAULT_RANGE) && from_part) {
		count(e, 0);
		if (rv_fetch_part_restart(&e->part, &err) < 0)
			end_local(e, &err);
	} else if (flags & FAULT_RETRY) {
		finished_short(e, rv_buf_str(&reason));
	} else {
		next_address(e, rv_buf_str(&reason));
	}
}

/* A callback broke the transfer off, for a reason in e->stop. */
static void finished_stopped(struct entry *e)
{
	struct rv_error err = RV_ERROR_INIT;
	bool from_part = e->from > 0 || e->part.continued;

	stop_entry(e);
	if (e->stop.code != RV_NET) {
		end_local(e, &e->stop);
		return;
	}
	count(e, 0);
	if (rv_fetch_part_restart(&e->part, &err) < 0)
		end_local(e, &err);
	else if (!from_part)
		next_address(e, e->stop.msg);
}

void rv_fetch_entry_stall(struct entry *e, int64_t now_ms)
{
	curl_off_t asked_us = 0;
	char reason[40];

	/* until the request has gone out the limit is that of connecting */
	curl_easy_getinfo(e->easy, CURLINFO_PRETRANSFER_TIME_T, &asked_us);
	if (asked_us == 0 || now_ms - e->moved_ms < (int64_t)e->f->o.stall_s * 1000)
		return;
	stop_entry(e);
	snprintf(reason, sizeof(reason), "stalled for %u s", e->f->o.stall_s);
	next_address(e, reason);
}

void rv_fetch_entry_finished(struct entry *e, CURLcode code)
{
	e->f->look = true;
	if (e->stop.code != RV_OK) {
		finished_stopped(e);
	} else if (code != CURLE_OK) {
		finished_badly(e, code);
	} else {
		stop_entry(e);
		if (e->part.n == e->file.size || e->file.size_is_max)
			finished_whole(e);
		else
			finished_short(e, "the connection ended early");
	}
}
