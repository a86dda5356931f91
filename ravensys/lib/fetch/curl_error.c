/* SPDX-License-Identifier: ISC */
/* libcurl's results in our words, by one table. */
#include "fetch/internal.h"

static const struct {
	CURLcode code;
	const char *text;
	unsigned flags;
} faults[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "the host name does not resolve", FAULT_HOST},
    {CURLE_COULDNT_RESOLVE_PROXY, "the proxy's name does not resolve", FAULT_HOST},
    {CURLE_COULDNT_CONNECT, "no connection", FAULT_HOST},
    {CURLE_SSL_CONNECT_ERROR, "TLS could not be agreed upon", FAULT_HOST},
    {CURLE_PEER_FAILED_VERIFICATION, "the server's certificate is not trusted", FAULT_HOST},
    {CURLE_SSL_CACERT_BADFILE, "the file of trusted certificates cannot be read", FAULT_HOST},
    {CURLE_PARTIAL_FILE, "the connection ended early", FAULT_RETRY},
    {CURLE_RECV_ERROR, "the connection broke", FAULT_RETRY},
    {CURLE_SEND_ERROR, "the connection broke", FAULT_RETRY},
    {CURLE_GOT_NOTHING, "the server said nothing", FAULT_RETRY},
    {CURLE_HTTP2, "the connection broke (HTTP/2)", FAULT_RETRY},
    {CURLE_HTTP2_STREAM, "the connection broke (HTTP/2)", FAULT_RETRY},
    {CURLE_RANGE_ERROR, "the server cannot continue a download", FAULT_RANGE},
    {CURLE_BAD_DOWNLOAD_RESUME, "the server cannot continue a download", FAULT_RANGE},
    {CURLE_TOO_MANY_REDIRECTS, "too many redirections", 0},
    {CURLE_UNSUPPORTED_PROTOCOL, "not an http, https or file address", 0},
    {CURLE_URL_MALFORMAT, "not an address", 0},
    {CURLE_FILE_COULDNT_READ_FILE, "no such file, or not readable", FAULT_ABSENT},
    {CURLE_FILESIZE_EXCEEDED, "longer than declared", 0},
    {CURLE_WEIRD_SERVER_REPLY, "not an HTTP answer", 0},
};

static unsigned describe_http(CURL *easy, struct rv_buf *out)
{
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	rv_buf_addf(out, "HTTP status %ld", status);
	switch (status) {
	case 404:
	case 410:
		return FAULT_ABSENT;
	case 416:
		return FAULT_RANGE;
	default:
		return 0;
	}
}

static unsigned describe_timeout(CURL *easy, const struct rv_fetch_options *o, struct rv_buf *out)
{
	curl_off_t asked_us = 0;

	/* 0 until a connection, new or used before, stands and the request goes out */
	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &asked_us);
	if (asked_us == 0) {
		rv_buf_addf(out, "no connection in %u ms", o->connect_ms);
		return FAULT_HOST;
	}
	rv_buf_addf(out, "stalled for %u s", o->stall_s);
	return 0;
}

unsigned rv_fetch_describe(
    CURL *easy, CURLcode code, const struct rv_fetch_options *o, struct rv_buf *out)
{
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return describe_http(easy, out);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return describe_timeout(easy, o, out);
	for (size_t i = 0; i < RV_COUNT(faults); i++) {
		if (faults[i].code == code) {
			rv_buf_add_str(out, faults[i].text);
			return faults[i].flags;
		}
	}
	rv_buf_add_str(out, curl_easy_strerror(code));
	return 0;
}
