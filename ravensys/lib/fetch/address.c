/* SPDX-License-Identifier: ISC */
/*
 * Addresses taken apart by libcurl's own parser, so that what is shown and what is asked never
 * differ.
 */
#include <string.h>

#include "base/alloc.h"
#include "fetch/internal.h"

static CURLU *parse(const char *url)
{
	CURLU *u = curl_url();

	if (u && curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
		curl_url_cleanup(u);
		return NULL;
	}
	return u;
}

char *rv_fetch_address_host(const char *url)
{
	CURLU *u = parse(url);
	char *host = NULL, *port = NULL, *result;

	if (!u)
		return NULL;
	if (curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		host = NULL;
	if (curl_url_get(u, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT) != CURLUE_OK)
		port = NULL;
	result = rv_strfmt("%s%s%s", host ? host : "", port ? ":" : "", port ? port : "");
	for (char *c = result; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
	return result;
}

char *rv_fetch_address_show(const char *url)
{
	CURLU *u = parse(url);
	char *text = NULL, *result;

	if (u) {
		curl_url_set(u, CURLUPART_USER, NULL, 0);
		curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
		if (curl_url_get(u, CURLUPART_URL, &text, 0) != CURLUE_OK)
			text = NULL;
	}
	/* an address that cannot be parsed may hold a password anywhere before its last '@' */
	result = rv_strdup(text ? text : strrchr(url, '@') ? strrchr(url, '@') + 1 : url);
	for (unsigned char *c = (unsigned char *)result; *c; c++)
		if (*c < 0x20 || *c == 0x7f)
			*c = '?';
	curl_free(text);
	curl_url_cleanup(u);
	return result;
}
