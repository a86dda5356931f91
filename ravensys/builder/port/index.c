/* SPDX-License-Identifier: ISC */
/*
 * The index files. Their layout is what others parse: blanks, commas before names, and that a comma
 * stands before every port but the very first of the tree, whether that one is listed or not.
 */
#include "port/index.h"

#include "base/span.h"

static const char *const names[RV_INDEX_FILES] = {
    [RV_INDEX_VARIANTS] = "conspiracy_variants",
    [RV_INDEX_FPC] = "fpc_equivalents",
    [RV_INDEX_PACKAGES] = "rvnindex.txt",
    [RV_INDEX_REPOLOGY] = "repology.json",
    [RV_INDEX_SUMMARY] = "summary.txt",
};

const char *rv_index_name(enum rv_index_file file)
{
	return names[file];
}

struct rv_index_totals rv_index_totals(const struct rv_scan *s)
{
	struct rv_index_totals t = {rv_scan_port_count(s), rv_scan_variant_count(s), 0};

	for (uint32_t i = 0; i < t.variants; i++) {
		struct rv_scan_variant v;

		rv_scan_variant(s, i, &v);
		t.packages += v.subpackages.n;
	}
	return t;
}

/* All of the texts, then a NULL. */
static void add(struct rv_buf *out, const char *const *texts)
{
	for (; *texts; texts++)
		rv_buf_add_str(out, *texts);
}
#define ADD(out, ...) add(out, (const char *const[]){__VA_ARGS__, NULL})

/* --- lists */

static void variants_line(const struct rv_scan *s, const struct rv_scan_port *p, struct rv_buf *out)
{
	rv_buf_addf(out, "%s %s %u", p->bucket, p->namebase, p->n_variants);
	for (uint32_t i = 0; i < p->n_variants; i++) {
		struct rv_scan_variant v;

		rv_scan_variant(s, p->first_variant + i, &v);
		ADD(out, " ", v.name);
	}
	rv_buf_add_char(out, '\n');
}

static void fpc_line(
    const struct rv_scan *s RV_UNUSED, const struct rv_scan_port *p, struct rv_buf *out)
{
	ADD(out, p->namebase, " ", p->version, " ", p->generated ? "generated" : p->fpc_equivalent,
	    "\n");
}

static void package_lines(const struct rv_scan *s, const struct rv_scan_port *p, struct rv_buf *out)
{
	for (uint32_t i = 0; i < p->n_variants; i++) {
		struct rv_scan_variant v;

		rv_scan_variant(s, p->first_variant + i, &v);
		for (uint32_t k = 0; k < v.subpackages.n; k++)
			ADD(out, p->namebase, "-", rv_scan_at(&v.subpackages, k), "-", v.name, " ",
			    p->version, "\n");
	}
}

/* --- repology.json */

/* What must be escaped in JSON and may stand in a recipe. */
static void add_escaped(struct rv_buf *out, const char *text)
{
	static const char plain[] = "\b\f\n\t\"\\", escaped[] = "bfnt\"\\";

	for (; *text; text++) {
		const char *at = strchr(plain, *text);

		if (at) {
			rv_buf_add_char(out, '\\');
			rv_buf_add_char(out, escaped[at - plain]);
		} else {
			rv_buf_add_char(out, *text);
		}
	}
}

static void add_pair(struct rv_buf *out, const char *before, const char *name, const char *value)
{
	ADD(out, before, "\"", name, "\": \"");
	add_escaped(out, value);
	rv_buf_add_str(out, "\"\n");
}

static void add_list(struct rv_buf *out, const struct rv_scan_list *list)
{
	rv_buf_add_str(out, "[ ");
	for (uint32_t i = 0; i < list->n; i++)
		ADD(out, i ? ", \"" : "\"", rv_scan_at(list, i), "\"");
	rv_buf_add_str(out, " ]\n");
}

static void add_contacts(struct rv_buf *out, const struct rv_scan_list *contacts)
{
	bool some = false;

	for (uint32_t i = 0; i < contacts->n; i++) {
		struct rv_span s = rv_span_str(rv_scan_at(contacts, i));
		size_t open = rv_span_find(s, '['), close;
		struct rv_span mail = rv_span_from(s, open + 1);

		if (rv_span_is(s, "nobody"))
			continue;
		close = rv_span_find(mail, ']');
		ADD(out, some ? ", " : "    ,\"contacts\": [ ", "{ \"name\": \"");
		for (size_t k = 0; k < open; k++)
			rv_buf_add_char(out, s.p[k] == '_' ? ' ' : s.p[k]);
		rv_buf_add_str(out, "\", \"email\": \"");
		rv_buf_add_span(out, rv_span_sub(mail, 0, close));
		rv_buf_add_str(out, "\" }");
		some = true;
	}
	if (some)
		rv_buf_add_str(out, " ]\n");
}

static void add_cpe(struct rv_buf *out, const struct rv_scan_port *p)
{
	if (!p->cpe.n)
		return;
	rv_buf_add_str(out, "    ,\"cpe\": {");
	for (uint32_t i = 0; i + 1 < p->cpe.n; i += 2) {
		ADD(out, i ? ", \"" : " \"", rv_scan_at(&p->cpe, i), "\": \"");
		add_escaped(out, rv_scan_at(&p->cpe, i + 1));
		rv_buf_add_char(out, '"');
	}
	rv_buf_add_str(out, " }\n");
	if (!p->cves.n)
		return;
	rv_buf_add_str(out, "    ,\"vulnaddressed\": ");
	add_list(out, &p->cves);
}

static void add_variants(const struct rv_scan *s, const struct rv_scan_port *p, struct rv_buf *out)
{
	rv_buf_add_str(out, "    ,\"variants\":\n     [\n");
	for (uint32_t i = 0; i < p->n_variants; i++) {
		struct rv_scan_variant v;

		rv_scan_variant(s, p->first_variant + i, &v);
		rv_buf_add_str(out, i ? "     ,{\n" : "      {\n");
		add_pair(out, "        ", "label", v.name);
		add_pair(out, "       ,", "sdesc", v.sdesc);
		rv_buf_add_str(out, "       ,\"spkgs\": ");
		add_list(out, &v.subpackages);
		rv_buf_add_str(out, "      }\n");
	}
	rv_buf_add_str(out, "     ]\n");
}

static void add_port(
    const struct rv_scan *s, const struct rv_scan_port *p, bool first, struct rv_buf *out)
{
	if (p->infrastructure)
		return;
	rv_buf_add_str(out, first ? "   {\n" : "  ,{\n");
	add_pair(out, "     ", "bucket", p->bucket);
	add_pair(out, "    ,", "namebase", p->namebase);
	add_pair(out, "    ,", "version", p->version);
	if (strcmp(p->homepage, "none") != 0)
		add_pair(out, "    ,", "homepage", p->homepage);
	rv_buf_add_str(out, "    ,\"keywords\": ");
	add_list(out, &p->keywords);
	rv_buf_add_str(out, "    ,\"distfile\": ");
	add_list(out, &p->urls);
	add_contacts(out, &p->contacts);
	add_cpe(out, p);
	add_variants(s, p, out);
	rv_buf_add_str(out, "   }\n");
}

static void write_repology(const struct rv_scan *s, struct rv_buf *out)
{
	struct rv_index_totals t = rv_index_totals(s);

	rv_buf_add_str(out, "{\n  \"ravenports\":\n  [\n");
	for (uint32_t i = 0; i < t.ports; i++) {
		struct rv_scan_port p;

		rv_scan_port(s, i, &p);
		add_port(s, &p, i == 0, out);
	}
	rv_buf_addf(out,
	    "  ]\n ,\"summary\":\n  {\n    \"ports\": %u\n   ,\"variants\": %u\n"
	    "   ,\"packages\": %u\n  }\n}\n",
	    t.ports, t.variants, t.packages);
}

/* --- */

static void write_summary(const struct rv_scan *s, uint64_t seconds, struct rv_buf *out)
{
	struct rv_index_totals t = rv_index_totals(s);

	rv_buf_addf(out,
	    "  Statistics derived from generation of conspiracy index\n"
	    "==========================================================\n"
	    "       Total ports : %u\n"
	    "    Total variants : %u\n"
	    "    Total packages : %u\n"
	    "  Linear scan time : %02u:%02u:%02u\n",
	    t.ports, t.variants, t.packages, (unsigned)(seconds / 3600),
	    (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
}

void rv_index_write(
    const struct rv_scan *s, enum rv_index_file file, uint64_t seconds, struct rv_buf *out)
{
	static void (*const lines[])(
	    const struct rv_scan *, const struct rv_scan_port *, struct rv_buf *) = {
	    [RV_INDEX_VARIANTS] = variants_line,
	    [RV_INDEX_FPC] = fpc_line,
	    [RV_INDEX_PACKAGES] = package_lines,
	};

	if (file == RV_INDEX_REPOLOGY)
		write_repology(s, out);
	else if (file == RV_INDEX_SUMMARY)
		write_summary(s, seconds, out);
	else
		for (uint32_t i = 0; i < rv_scan_port_count(s); i++) {
			struct rv_scan_port p;

			rv_scan_port(s, i, &p);
			lines[file](s, &p, out);
		}
}
