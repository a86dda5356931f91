/* SPDX-License-Identifier: ISC */
/* UTF-8 as RFC 3629 has it: shortest forms, no surrogates, nothing above U+10FFFF. */
#include "pkg/utf8.h"

/* Bytes of the sequence at p, 0 when it is none. n is at least 1. */
static size_t sequence(const unsigned char *p, size_t n)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t want;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	want = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (n < want || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < want; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return want;
}

static bool check(struct rv_span text, bool lines)
{
	const unsigned char *p = (const unsigned char *)text.p;

	for (size_t i = 0; i < text.n;) {
		size_t n = sequence(p + i, text.n - i);
		bool line = lines && (p[i] == '\n' || p[i] == '\t');

		if (n == 0 || ((p[i] < 0x20 || p[i] == 0x7f) && !line))
			return false;
		i += n;
	}
	return true;
}

bool rv_utf8_plain(struct rv_span text)
{
	return check(text, false);
}

bool rv_utf8_text(struct rv_span text)
{
	return check(text, true);
}

size_t rv_utf8_length(struct rv_span text)
{
	return text.n ? sequence((const unsigned char *)text.p, text.n) : 0;
}
