/* SPDX-License-Identifier: ISC */
/* Pages of ports: sections one after the other, each a table. */
#include "port/page.h"

#include <stdio.h>

#include "codec/digest.h"
#include "os/file.h"
#include "pkg/utf8.h"
#include "port/choice.h"

#define DESCRIPTION_MAX_BYTES ((size_t)1024 * 1024)

struct page {
	const struct rv_page *p;
	const struct rv_recipe *r;
	struct rv_buf *out;
};

/* --- text */

static void escape_char(char c, struct rv_buf *out)
{
	switch (c) {
	case '&':
		rv_buf_add_str(out, "&amp;");
		break;
	case '<':
		rv_buf_add_str(out, "&lt;");
		break;
	case '>':
		rv_buf_add_str(out, "&gt;");
		break;
	case '"':
		rv_buf_add_str(out, "&quot;");
		break;
	case '\'':
		rv_buf_add_str(out, "&#39;");
		break;
	default:
		rv_buf_add_char(out, c);
	}
}

void rv_page_escape(struct rv_span text, struct rv_buf *out)
{
	for (size_t i = 0; i < text.n;) {
		size_t n = rv_utf8_length(rv_span_from(text, i));
		unsigned char c = (unsigned char)text.p[i];

		if (n == 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			rv_buf_add_str(out, "\xef\xbf\xbd");
		else if (n == 1)
			escape_char(text.p[i], out);
		else
			rv_buf_add(out, text.p + i, n);
		i += n ? n : 1;
	}
}

static void put(struct page *g, const char *text)
{
	rv_page_escape(rv_span_str(text), g->out);
}

static void raw(struct page *g, const char *html)
{
	rv_buf_add_str(g->out, html);
}

static void put_link(struct page *g, const char *href, const char *text)
{
	raw(g, "<a href=\"");
	put(g, href);
	raw(g, "\">");
	put(g, text);
	raw(g, "</a>");
}

/* Only what a browser fetches as a page: no other scheme becomes a link. */
static void put_address(struct page *g, const char *text)
{
	if (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0)
		put_link(g, text, text);
	else
		put(g, text);
}

static void put_port_link(
    struct page *g, const char *namebase, const char *variant, const char *text)
{
	rv_auto(rv_str) char *href = NULL;
	char bucket[3];

	rv_bucket_of(rv_span_str(namebase), bucket);
	href = rv_strfmt("../../../bucket_%s/%s/%s/", bucket, namebase, variant);
	put_link(g, href, text);
}

/* --- tables */

static void begin_section(struct page *g, const char *id, const char *title)
{
	rv_buf_addf(g->out, "<section id=\"%s\">\n<h2>%s</h2>\n<table>\n", id, title);
}

static void end_section(struct page *g)
{
	raw(g, "</table>\n</section>\n");
}

static void begin_row(struct page *g, const char *name)
{
	raw(g, "<tr><th scope=\"row\">");
	put(g, name);
	raw(g, "</th><td>");
}

static void end_row(struct page *g)
{
	raw(g, "</td></tr>\n");
}

static void row(struct page *g, const char *name, const char *value)
{
	begin_row(g, name);
	put(g, value);
	end_row(g);
}

static void none(struct page *g, const char *text)
{
	raw(g, "<tr><td>");
	put(g, text);
	raw(g, "</td></tr>\n");
}

static void row_of_list(struct page *g, const char *name, enum rv_port_key key)
{
	const struct rv_items *items = rv_recipe_list(g->r, key);

	if (!items->n)
		return;
	begin_row(g, name);
	for (size_t i = 0; i < items->n; i++) {
		put(g, i ? ", " : "");
		put(g, items->v[i].text);
	}
	end_row(g);
}

/* --- sections */

static void put_licenses(struct page *g)
{
	const struct rv_recipe *r = g->r;
	const char *word =
	    r->license_scheme && strcmp(r->license_scheme, "dual") == 0 ? " or " : " and ";

	if (!r->licenses.n)
		return;
	begin_row(g, "Licence");
	for (size_t i = 0; i < r->licenses.n; i++) {
		const struct rv_license *l = &r->licenses.v[i];

		put(g, i ? word : "");
		put(g, l->title && *l->title ? l->title : l->name);
		if (strcmp(l->subpackage, "all") != 0) {
			put(g, " (");
			put(g, l->subpackage);
			put(g, ")");
		}
	}
	end_row(g);
}

static void put_variants(struct page *g)
{
	const struct rv_items *all = rv_port_variants(g->r->port);
	bool first = true;

	if (all->n < 2)
		return;
	begin_row(g, "Other variants");
	for (size_t i = 0; i < all->n; i++) {
		if (strcmp(all->v[i].text, g->r->variant) == 0)
			continue;
		put(g, first ? "" : ", ");
		put_port_link(g, g->r->namebase, all->v[i].text, all->v[i].text);
		first = false;
	}
	end_row(g);
}

static void put_summary(struct page *g)
{
	const struct rv_recipe *r = g->r;

	raw(g, "<section id=\"summary\">\n<table>\n");
	row(g, "Summary", r->sdesc);
	row(g, "Version", r->pkgversion);
	row(g, "Variant", r->variant);
	if (r->ignore)
		row(g, "Not built here", r->ignore);
	begin_row(g, "Home page");
	put_address(g, r->homepage ? r->homepage : "none");
	end_row(g);
	row_of_list(g, "Keywords", RV_KEY_KEYWORDS);
	row_of_list(g, "Maintainer", RV_KEY_CONTACT);
	put_licenses(g);
	put_variants(g);
	row_of_list(g, "Only for", RV_KEY_ONLY_FOR_OPSYS);
	row_of_list(g, "Not for", RV_KEY_NOT_FOR_OPSYS);
	row_of_list(g, "Not for processors", RV_KEY_NOT_FOR_ARCH);
	row_of_list(g, "Deprecated", RV_KEY_DEPRECATED);
	row_of_list(g, "Expires", RV_KEY_EXPIRATION_DATE);
	end_section(g);
}

static int put_subpackages(struct page *g, struct rv_error *err)
{
	begin_section(g, "subpackages", "Subpackages");
	rv_vec_each (&g->r->subpackages, s) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(DESCRIPTION_MAX_BYTES);
		rv_auto(rv_str) char *path = NULL;

		if (s->description) {
			path = rv_strfmt("descriptions/%s", s->description);
			if (rv_port_files_read(&g->r->port->files, path, &text, err) < 0)
				return -1;
		}
		begin_row(g, s->name);
		if (text.n) {
			raw(g, "<pre>");
			rv_page_escape(rv_span_trim(rv_buf_span(&text)), g->out);
			raw(g, "</pre>");
		} else {
			put(g, strcmp(s->name, "set") == 0 ? "All subpackages together" : "");
		}
		end_row(g);
	}
	end_section(g);
	return 0;
}

static void put_options(struct page *g)
{
	begin_section(g, "options", "Options");
	if (!g->r->options.n)
		none(g, "This port has no options.");
	rv_vec_each (&g->r->options, it) {
		begin_row(g, it->name);
		rv_buf_addf(g->out, "<b>%s</b> ", it->on ? "on" : "off");
		put(g, rv_choice_description(g->r->port, it->name));
		end_row(g);
	}
	end_section(g);
}

static void put_deps(struct page *g, const char *name, const struct rv_deps *deps)
{
	if (!deps->n)
		return;
	begin_row(g, name);
	for (size_t i = 0; i < deps->n; i++) {
		const struct rv_dep *d = &deps->v[i];
		rv_auto(rv_str) char *text =
		    rv_strfmt("%s:%s:%s", d->namebase, d->subpackage, d->variant);

		raw(g, i ? "<br/>\n" : "");
		put_port_link(g, d->namebase, d->variant, text);
	}
	end_row(g);
}

static void put_all_deps(struct page *g)
{
	static const char *const names[RV_DEP_KINDS] = {
	    [RV_DEP_BUILD] = "To build",
	    [RV_DEP_BUILDRUN] = "To build and run",
	    [RV_DEP_RUN] = "To run",
	};
	bool any = false;

	begin_section(g, "dependencies", "Needs");
	for (size_t i = 0; i < RV_DEP_KINDS; i++) {
		put_deps(g, names[i], &g->r->deps[i]);
		any = any || g->r->deps[i].n;
	}
	rv_vec_each (&g->r->subpackages, s) {
		rv_auto(rv_str) char *name = rv_strfmt("To run %s", s->name);

		put_deps(g, name, &s->needs);
		any = any || s->needs.n;
	}
	if (!any)
		none(g, "This port needs no other.");
	end_section(g);
}

static void put_needed_by(struct page *g)
{
	begin_section(g, "needed-by", "Needed by");
	if (!g->p->n_needed_by)
		none(g, "No other port needs this one.");
	for (size_t i = 0; i < g->p->n_needed_by; i++) {
		struct rv_span key = rv_span_str(g->p->needed_by[i]);
		size_t colon = rv_span_find(key, ':');
		rv_auto(rv_str) char *namebase = rv_span_dup(rv_span_sub(key, 0, colon));

		raw(g, "<tr><td>");
		put_port_link(g, namebase, key.p + colon + (colon < key.n), g->p->needed_by[i]);
		raw(g, "</td></tr>\n");
	}
	end_section(g);
}

static void put_sites(struct page *g)
{
	const struct rv_entries *e = &g->r->keys[RV_KEY_SITES];

	begin_section(g, "sites", "Sites");
	if (!e->n)
		none(g, "This port downloads nothing.");
	for (size_t i = 0; i < e->n; i++) {
		begin_row(g, e->v[i].index);
		for (size_t k = 0; k < e->v[i].items.n; k++) {
			const char *site = e->v[i].items.v[k].text;

			raw(g, k ? "<br/>\n" : "");
			put(g, strstr(site, "://") ? "" : "mirror://");
			put_address(g, site);
		}
		end_row(g);
	}
	end_section(g);
}

static void put_distfiles(struct page *g)
{
	if (!g->r->distfiles.n)
		return;
	begin_section(g, "distfiles", "Distfiles");
	rv_vec_each (&g->r->distfiles, d) {
		char hex[RV_SHA256_HEX_BYTES];

		begin_row(g, d->path);
		if (d->has_sum) {
			rv_sha256_hex(&d->sum.digest, hex);
			rv_buf_addf(g->out, "%llu bytes<br/><code>%s</code>",
			    (unsigned long long)d->sum.size, hex);
		} else {
			put(g, "no sum is known");
		}
		end_row(g);
	}
	end_section(g);
}

/* --- the whole */

static const char style[] =
    "<style>\n"
    "body{font:1em/1.4 sans-serif;max-width:60em;margin:1em auto;padding:0 1em;"
    "color:#222;background:#fff}\n"
    "h1{margin:.5em 0}h2{font-size:1.1em;margin:1.5em 0 .3em;border-bottom:1px solid #888}\n"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.2em .6em .2em 0;overflow-wrap:anywhere}th{width:12em;font-weight:600}\n"
    "pre{white-space:pre-wrap;margin:0;font:inherit}\n"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#8bf}}\n"
    "</style>\n";

static void put_head(struct page *g)
{
	raw(g,
	    "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
	    "<meta charset=\"utf-8\"/>\n"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n<title>");
	put(g, g->r->namebase);
	put(g, ": ");
	put(g, g->r->sdesc);
	raw(g, "</title>\n");
	raw(g, style);
	raw(g, "</head>\n<body>\n<h1>");
	put(g, g->r->namebase);
	raw(g, "</h1>\n");
}

static void put_foot(struct page *g)
{
	raw(g, "<footer><p>As on ");
	put(g, g->r->platform.opsys);
	put(g, " ");
	put(g, g->r->platform.arch);
	raw(g, "</p></footer>\n</body>\n</html>\n");
}

int rv_page_write(const struct rv_page *p, struct rv_buf *out, struct rv_error *err)
{
	struct page g = {p, p->recipe, out};

	put_head(&g);
	put_summary(&g);
	if (put_subpackages(&g, err) < 0)
		return rv_context(err, "%s", p->recipe->namebase);
	put_options(&g);
	put_all_deps(&g);
	put_needed_by(&g);
	put_sites(&g);
	put_distfiles(&g);
	put_foot(&g);
	return rv_buf_check(out, "page", err);
}
