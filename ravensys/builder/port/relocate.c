/* SPDX-License-Identifier: ISC */
/*
 * github-relocation, shift-wrksrc and crate-relocation: for distfiles whose names are generated
 * from their site.
 */
#include "port/check.h"
#include "port/make.h"

/* The n-th field (1..) of what follows the site's macro. */
static struct rv_span field(const char *site, unsigned n)
{
	struct rv_span rest = rv_part_2(rv_span_str(site), '/');

	while (n-- > 1)
		rest = rv_part_2(rest, ':');
	return rv_part_1(rest, ':');
}

static void relocate_github(
    const char *site, bool *begun, struct rv_arena *arena, struct rv_buf *out)
{
	struct rv_span dir = field(site, 4), head = rv_span_sub(dir, 0, rv_span_rfind(dir, '/'));
	const char *from = rv_site_distname(arena, site);

	if (!dir.n)
		return;
	if (rv_span_rfind(dir, '/') == dir.n)
		head = RV_SPAN_NULL;
	if (!*begun)
		rv_buf_add_str(out, "\ngithub-relocation:\n");
	*begun = true;
	rv_buf_addf(out, "\t# relocate %.*s/%.*s project\n", RV_SPAN_ARG(field(site, 1)),
	    RV_SPAN_ARG(field(site, 2)));
	rv_buf_addf(out, "\t@${RM} -r ${WRKSRC}/%.*s\n", RV_SPAN_ARG(dir));
	rv_buf_addf(out, "\t@${MKDIR} ${WRKSRC}/%.*s\n", RV_SPAN_ARG(head));
	rv_buf_addf(
	    out, "\t@${ECHO_MSG} \"==> Relocating %s to WRKSRC/%.*s\"\n", from, RV_SPAN_ARG(dir));
	rv_buf_addf(out, "\t@${MV} ${WRKDIR}/%s ${WRKSRC}/%.*s\n", from, RV_SPAN_ARG(dir));
	rv_buf_addf(out, "\t@${LN} -s ${WRKSRC:T}/%.*s ${WRKDIR}/%s\n", RV_SPAN_ARG(dir), from);
}

static void shift_wrksrc(const char *site, bool *begun, struct rv_buf *out)
{
	struct rv_span account = field(site, 1), project = field(site, 2), tag = field(site, 3);

	if (!*begun)
		rv_buf_add_str(out, "\nshift-wrksrc:\n");
	*begun = true;
	rv_buf_addf(out, "\t# redefine %.*s/%.*s work directory\n", RV_SPAN_ARG(account),
	    RV_SPAN_ARG(project));
	rv_buf_add_str(out, "\t@${MV} ${WRKDIR}/");
	if (rv_site_kind(site) == RV_SITE_GITHUB_PRIVATE)
		rv_buf_addf(out, "%.*s-", RV_SPAN_ARG(account));
	rv_buf_addf(out, "%.*s-* ${WRKDIR}/%.*s-%.*s\n", RV_SPAN_ARG(project), RV_SPAN_ARG(project),
	    RV_SPAN_ARG(tag));
}

static void relocate_crate(
    const char *site, bool *begun, struct rv_arena *arena, struct rv_buf *out)
{
	const char *crate = rv_site_distname(arena, site);

	if (!*begun)
		rv_buf_add_str(out, "\ncrate-relocation:\n\t@${ECHO_MSG} \"===>  Moving crates to "
				    "${CARGO_VENDOR_DIR}\"\n\t@${MKDIR} ${CARGO_VENDOR_DIR}\n");
	*begun = true;
	rv_buf_addf(out, "\n\t# relocate %s crate\n", crate);
	rv_buf_addf(out, "\t@${MV} ${WRKDIR}/%s ${CARGO_VENDOR_DIR}/%s\n", crate, crate);
	rv_buf_addf(out,
	    "\t@${PRINTF} '{\"package\":\"%%s\",\"files\":{}}' $$(${SHA256} -q "
	    "${DISTDIR}/${DIST_SUBDIR}/%s.tar.gz) > "
	    "${CARGO_VENDOR_DIR}/%s/.cargo-checksum.json\n",
	    crate, crate);
}

static bool is_generated(const struct rv_recipe *r, const struct rv_distfile *d)
{
	const struct rv_items *items = &r->keys[RV_KEY_DISTFILE].v[d - r->distfiles.v].items;

	return items->n && strncmp(items->v[0].text, "generated:", 10) == 0 && d->sites.n;
}

void rv_makefile_relocations(const struct rv_recipe *r, struct rv_buf *out)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;

	for (int pass = 0; pass < 3; pass++) {
		bool begun = false;

		for (size_t i = 0; i < r->distfiles.n; i++) {
			const struct rv_distfile *d = &r->distfiles.v[i];
			const char *site = d->sites.n ? d->sites.v[0].text : "";
			enum rv_site_kind kind = rv_site_kind(site);

			if (!is_generated(r, d) || kind == RV_SITE_OTHER)
				continue;
			if (pass == 0 && kind != RV_SITE_CRATES)
				relocate_github(site, &begun, &arena, out);
			if (pass == 1 && (kind == RV_SITE_GITLAB || kind == RV_SITE_GITHUB_PRIVATE))
				shift_wrksrc(site, &begun, out);
			if (pass == 2 && kind == RV_SITE_CRATES)
				relocate_crate(site, &begun, &arena, out);
		}
	}
}
