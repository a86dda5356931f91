/* SPDX-License-Identifier: ISC */
/*
 * The places of lines: the head is in a mandatory order, all else follows it. What is missing is
 * said once, at the line that cannot stand without it; then reading goes on as if it were there.
 */
#include "port/reader.h"

static const char *const stage_names[] = {
    [RV_STAGE_ANY] = "the beginning",
    [RV_STAGE_NAMEBASE] = "NAMEBASE",
    [RV_STAGE_VERSION] = "VERSION",
    [RV_STAGE_REVISION] = "REVISION",
    [RV_STAGE_EPOCH] = "EPOCH",
    [RV_STAGE_KEYWORDS] = "KEYWORDS",
    [RV_STAGE_VARIANTS] = "VARIANTS",
    [RV_STAGE_SDESC] = "SDESC[]",
    [RV_STAGE_HOMEPAGE] = "HOMEPAGE",
    [RV_STAGE_CONTACT] = "CONTACT",
    [RV_STAGE_GROUPS] = "DOWNLOAD_GROUPS",
    [RV_STAGE_SITES] = "SITES[]",
    [RV_STAGE_DISTFILE] = "DISTFILE[]",
    [RV_STAGE_SUBDIR] = "DIST_SUBDIR",
    [RV_STAGE_INDEX] = "DF_INDEX",
    [RV_STAGE_SPKGS] = "SPKGS[]",
    [RV_STAGE_AVAILABLE] = "OPTIONS_AVAILABLE",
    [RV_STAGE_STANDARD] = "OPTIONS_STANDARD",
    [RV_STAGE_VOPTS] = "VOPTS[]",
};

#define AT(stage_) (1U << RV_STAGE_##stage_)

/* After which stages a line of this one may stand; those of the body after OPTIONS_STANDARD. */
static const unsigned may_follow[] = {
    [RV_STAGE_NAMEBASE] = AT(ANY),
    [RV_STAGE_VERSION] = AT(NAMEBASE),
    [RV_STAGE_REVISION] = AT(VERSION),
    [RV_STAGE_EPOCH] = AT(VERSION) | AT(REVISION),
    [RV_STAGE_KEYWORDS] = AT(VERSION) | AT(REVISION) | AT(EPOCH) | AT(KEYWORDS),
    [RV_STAGE_VARIANTS] = AT(KEYWORDS) | AT(VARIANTS),
    [RV_STAGE_SDESC] = AT(VARIANTS) | AT(SDESC),
    [RV_STAGE_HOMEPAGE] = AT(SDESC),
    [RV_STAGE_CONTACT] = AT(HOMEPAGE) | AT(CONTACT),
    [RV_STAGE_GROUPS] = AT(CONTACT) | AT(GROUPS),
    [RV_STAGE_SITES] = AT(GROUPS) | AT(SITES),
    [RV_STAGE_DISTFILE] = AT(SITES) | AT(DISTFILE),
    [RV_STAGE_SUBDIR] = AT(CONTACT) | AT(DISTFILE),
    [RV_STAGE_INDEX] = AT(DISTFILE) | AT(SUBDIR) | AT(INDEX),
    [RV_STAGE_SPKGS] = AT(GROUPS) | AT(SITES) | AT(DISTFILE) | AT(SUBDIR) | AT(INDEX) | AT(SPKGS),
    [RV_STAGE_AVAILABLE] = AT(SPKGS) | AT(AVAILABLE),
    [RV_STAGE_STANDARD] = AT(AVAILABLE) | AT(STANDARD),
    [RV_STAGE_VOPTS] = AT(STANDARD) | AT(VOPTS),
    [RV_STAGE_BODY] = AT(STANDARD) | AT(VOPTS),
};

static bool stage_is_optional(enum rv_key_stage s)
{
	return s == RV_STAGE_REVISION || s == RV_STAGE_EPOCH || s == RV_STAGE_SITES ||
	       s == RV_STAGE_DISTFILE || s == RV_STAGE_SUBDIR || s == RV_STAGE_INDEX ||
	       s == RV_STAGE_VOPTS;
}

/*
 * What should have come before `name` and did not; NULL: before the end. One message, and never
 * again. False when there is nothing (new) to say.
 */
static bool blame_missing(struct rv_reader *r, enum rv_key_stage upto, const char *name)
{
	const char *first = NULL;
	unsigned more = 0;

	for (enum rv_key_stage s = RV_STAGE_NAMEBASE; s < upto; s++) {
		if (r->stage_seen[s] || r->stage_blamed[s] || stage_is_optional(s))
			continue;
		r->stage_blamed[s] = true;
		if (first)
			more++;
		else
			first = stage_names[s];
	}
	if (!first)
		return false;
	if (!name)
		rv_reader_problem(r, RV_PROBLEM_ORDER,
		    more ? "%s is missing (and %u more)" : "%s is missing", first, more);
	else
		rv_reader_problem(r, RV_PROBLEM_ORDER,
		    more ? "%s must come before %s (and %u more)" : "%s must come before %s", first,
		    name, more);
	return true;
}

static void check_order(struct rv_reader *r, enum rv_key_stage s, const char *name)
{
	bool good = may_follow[s] & (1U << r->stage);

	if (!good && !blame_missing(r, s, name) && !r->stage_blamed[s] && s != RV_STAGE_BODY)
		rv_reader_problem(r, RV_PROBLEM_ORDER, "%s appears out of order: it %s %s", name,
		    s < r->stage ? "must come before" : "cannot follow", stage_names[r->stage]);
	r->stage_seen[s] = true;
	/* the body does not count: VOPTS may follow parts of it */
	if (s > r->stage && s != RV_STAGE_BODY)
		r->stage = s;
}

void rv_reader_order(struct rv_reader *r)
{
	if (!r->unordered)
		return;
	r->unordered = false;
	if (r->before == RV_BEFORE_HELPER)
		check_order(r, RV_STAGE_BODY, "option helpers");
	else if (rv_keys[r->key].stage != RV_STAGE_ANY)
		check_order(r, rv_keys[r->key].stage, rv_keys[r->key].name);
}

void rv_reader_order_target(struct rv_reader *r)
{
	check_order(r, RV_STAGE_BODY, "make targets");
}

void rv_reader_order_end(struct rv_reader *r)
{
	blame_missing(r, RV_STAGE_BODY, NULL);
}
