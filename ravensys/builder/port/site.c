/* SPDX-License-Identifier: ISC */
/*
 * Names that follow from a download site: GITHUB/account:project:tag[:dir], GITLAB/...,
 * CRATES/name:version.
 */
#include "port/check.h"
#include "port/make.h"

enum rv_site_kind rv_site_kind(const char *site)
{
	struct rv_span macro = rv_part_1(rv_span_str(site), '/');

	if (rv_span_is(macro, "GITHUB"))
		return RV_SITE_GITHUB;
	if (rv_span_is(macro, "GITHUB_PRIVATE") || rv_span_is(macro, "GHPRIV"))
		return RV_SITE_GITHUB_PRIVATE;
	if (rv_span_is(macro, "GITLAB"))
		return RV_SITE_GITLAB;
	return rv_span_is(macro, "CRATES") ? RV_SITE_CRATES : RV_SITE_OTHER;
}

/* The tag as it stands in a GitHub file name: no leading v, + becomes -. */
static const char *github_tag(struct rv_arena *arena, struct rv_span tag)
{
	char *text;

	if (tag.n && tag.p[0] == 'v')
		tag = rv_span_from(tag, 1);
	text = rv_arena_strndup(arena, tag.p, tag.n);
	for (char *c = text; *c; c++)
		if (*c == '+')
			*c = '-';
	return text;
}

static const char *plain(struct rv_arena *arena, struct rv_span s)
{
	return rv_arena_strndup(arena, s.p, s.n);
}

const char *rv_site_distname(struct rv_arena *arena, const char *site)
{
	struct rv_span args = rv_part_2(rv_span_str(site), '/'), rest = rv_part_2(args, ':');
	struct rv_span project = rv_part_1(rest, ':'), tag = rv_part_1(rv_part_2(rest, ':'), ':');

	switch (rv_site_kind(site)) {
	case RV_SITE_GITHUB:
	case RV_SITE_GITHUB_PRIVATE:
		return rv_arena_fmt(arena, "%.*s-%s", RV_SPAN_ARG(project), github_tag(arena, tag));
	case RV_SITE_GITLAB:
		return rv_arena_fmt(arena, "%.*s-%s", RV_SPAN_ARG(project), plain(arena, tag));
	case RV_SITE_CRATES:
		return rv_arena_fmt(
		    arena, "%.*s-%s", RV_SPAN_ARG(rv_part_1(args, ':')), plain(arena, project));
	case RV_SITE_OTHER:
		break;
	}
	return NULL;
}

const char *rv_site_distfile(struct rv_arena *arena, const char *site)
{
	struct rv_span account = rv_part_1(rv_part_2(rv_span_str(site), '/'), ':');
	const char *name = rv_site_distname(arena, site);

	if (!name)
		return NULL;
	if (rv_site_kind(site) == RV_SITE_CRATES)
		return rv_arena_fmt(arena, "%s.tar.gz", name);
	return rv_arena_fmt(arena, "%.*s-%s.tar.gz", RV_SPAN_ARG(account), name);
}
