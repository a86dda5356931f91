/* SPDX-License-Identifier: ISC */
/* OPSYS:ARCH[:RELEASE] to what recipes are made for. */
#include "port/platform.h"

#include <strings.h>

#include "pkg/ident.h"
#include "port/check.h"
#include "port/words.h"

#define RELEASE_MAX_BYTES 64

/* NULL when there is no such system */
static const char *find_opsys(struct rv_arena *arena, struct rv_span name)
{
	const char *word = rv_arena_strndup(arena, name.p, name.n);

	if (strcasecmp(word, "macos") == 0)
		return "darwin";
	for (const char *const *it = rv_words(RV_WORDS_OPSYS); *it; it++)
		if (strcasecmp(word, *it) == 0)
			return *it;
	return NULL;
}

/* Digits, letters and dots: it becomes a part of file names and of make's text. */
static bool release_is_good(struct rv_span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    c != '.' && c != '_')
			return false;
	}
	return s.n > 0 && s.n <= RELEASE_MAX_BYTES && s.p[0] != '.' && s.p[s.n - 1] != '.';
}

static int no_opsys(const char *text, struct rv_span name, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(RV_ERROR_MSG_BYTES);

	for (const char *const *it = rv_words(RV_WORDS_OPSYS); *it; it++)
		rv_buf_addf(&list, "%s%s", list.n ? " " : "", *it);
	return rv_fail(err, RV_INPUT, "platform %s: no system '%.*s': it is one of %s", text,
	    RV_SPAN_ARG(name), rv_buf_str(&list));
}

void rv_platform_release(struct rv_platform *p, struct rv_arena *arena, const char *release)
{
	size_t dots = 0;

	p->release = rv_arena_strdup(arena, release);
	p->major = rv_arena_strndup(arena, release, strcspn(release, "."));
	for (const char *c = release; *c; c++)
		dots += *c == '.';
	p->version = *release == '\0' ? ""
				      : rv_arena_fmt(arena, "%s%s", release,
					    dots == 0	? ".0.0"
					    : dots == 1 ? ".0"
							: "");
}

int rv_platform_parse(
    const char *text, struct rv_arena *arena, struct rv_platform *out, struct rv_error *err)
{
	struct rv_span s = rv_span_str(text), rest = rv_part_2(s, ':');
	struct rv_span arch = rv_part_1(rest, ':'), release = rv_part_2(rest, ':');

	*out = (struct rv_platform){.opsys = find_opsys(arena, rv_part_1(s, ':'))};
	if (!out->opsys)
		return no_opsys(text, rv_part_1(s, ':'), err);
	out->arch = rv_arch_canonical(arch);
	if (!out->arch)
		return rv_fail(err, RV_INPUT,
		    "platform %s: no processor '%.*s': write OPSYS:ARCH[:RELEASE], as "
		    "linux:x86_64:4.4",
		    text, RV_SPAN_ARG(arch));
	if (rv_span_find(rest, ':') < rest.n && !release_is_good(release))
		return rv_fail(err, RV_INPUT,
		    "platform %s: '%.*s' is no release: write OPSYS:ARCH[:RELEASE], as "
		    "linux:x86_64:4.4",
		    text, RV_SPAN_ARG(release));
	rv_platform_release(out, arena, rv_arena_strndup(arena, release.p, release.n));
	return 0;
}
