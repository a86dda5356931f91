/* SPDX-License-Identifier: ISC */
/*
 * Reading the file of a scan: every offset and count in it is looked at once, so that the views
 * need not. Nothing here trusts the sum: a file that is wrong in any way is refused.
 */
#include "base/alloc.h"
#include "port/scan_file.h"

#define CHECKSUM_AT ((size_t) __builtin_offsetof(struct rv_scan_head, checksum))

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return h ^ (h >> 32);
}

static uint64_t sum_of(uint64_t h, struct rv_span s)
{
	uint64_t word;

	while (s.n >= sizeof(word)) {
		memcpy(&word, s.p, sizeof(word));
		h = mix(h, word);
		s = rv_span_from(s, sizeof(word));
	}
	word = s.n;
	memcpy(&word, s.p ? s.p : "", s.n);
	return mix(h, word);
}

uint64_t rv_scan_checksum(struct rv_span file)
{
	uint64_t h = sum_of(file.n, rv_span_sub(file, 0, CHECKSUM_AT));

	return sum_of(h, rv_span_from(file, CHECKSUM_AT + sizeof(uint64_t)));
}

/* --- one blob */
struct look {
	const uint32_t *words;
	uint32_t n_words, n_text;
	uint64_t left; /* numbers that no list has claimed: lists do not overlap */
	const struct rv_scan_head *head;
};

static bool text_ok(const struct look *l, uint32_t at)
{
	return at < l->n_text;
}

static const void *items(struct look *l, struct rv_scan_raw_list list, uint32_t width)
{
	uint64_t n = (uint64_t)list.n * width;

	if (list.at + n > l->n_words || n > l->left)
		return NULL;
	l->left -= n;
	return l->words + list.at;
}

static bool texts_ok(struct look *l, struct rv_scan_raw_list list)
{
	const uint32_t *v = items(l, list, 1);

	for (uint32_t i = 0; v && i < list.n; i++)
		if (!text_ok(l, v[i]))
			return false;
	return v != NULL;
}

static bool deps_ok(struct look *l, struct rv_scan_raw_list list)
{
	const struct rv_scan_raw_dep *v = items(l, list, RV_SCAN_WORDS(*v));

	for (uint32_t i = 0; v && i < list.n; i++)
		if (!text_ok(l, v[i].namebase) || !text_ok(l, v[i].subpackage) ||
		    !text_ok(l, v[i].variant) ||
		    (v[i].target >= l->head->n_variants && v[i].target != RV_SCAN_NONE))
			return false;
	return v != NULL;
}

static bool parts_ok(struct look *l, const struct rv_scan_raw_variant *variant)
{
	const struct rv_scan_raw_part *v = items(l, variant->parts, RV_SCAN_WORDS(*v));

	if (!v || (variant->parts.n && variant->parts.n != variant->subpackages.n) ||
	    (variant->prime && variant->prime >= variant->subpackages.n))
		return false;
	for (uint32_t i = 0; i < variant->parts.n; i++)
		if (!deps_ok(l, v[i].needs) || v[i].n_exrun > v[i].needs.n ||
		    !texts_ok(l, v[i].own))
			return false;
	return true;
}

static bool variant_ok(struct look *l, const struct rv_scan_raw_variant *v)
{
	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		if (!deps_ok(l, v->deps[k]))
			return false;
	return text_ok(l, v->name) && text_ok(l, v->key) && text_ok(l, v->sdesc) &&
	       (v->ignore == RV_SCAN_NONE || text_ok(l, v->ignore)) &&
	       texts_ok(l, v->subpackages) && texts_ok(l, v->on) && texts_ok(l, v->off) &&
	       texts_ok(l, v->distfiles) && parts_ok(l, v);
}

static bool faults_ok(struct look *l, struct rv_scan_raw_list list)
{
	const struct rv_scan_raw_fault *v = items(l, list, RV_SCAN_WORDS(*v));

	for (uint32_t i = 0; v && i < list.n; i++)
		if (!text_ok(l, v[i].file) || !text_ok(l, v[i].text) ||
		    v[i].class > RV_PROBLEM_LATE)
			return false;
	return v != NULL;
}

static bool port_ok(struct look *l, const struct rv_scan_raw_port *p)
{
	const struct rv_scan_raw_variant *v = items(l, p->variants, RV_SCAN_WORDS(*v));

	for (uint32_t i = 0; v && i < p->variants.n; i++)
		if (!variant_ok(l, &v[i]))
			return false;
	return v && text_ok(l, p->namebase) && text_ok(l, p->version) &&
	       text_ok(l, p->pkgversion) && text_ok(l, p->homepage) &&
	       text_ok(l, p->fpc_equivalent) && texts_ok(l, p->keywords) &&
	       texts_ok(l, p->contacts) && texts_ok(l, p->urls) && texts_ok(l, p->cpe) &&
	       p->cpe.n % 2 == 0 && texts_ok(l, p->cves) && texts_ok(l, p->distpaths) &&
	       faults_ok(l, p->faults);
}

/* left: bytes that no blob has claimed. */
static bool blob_ok(const struct rv_scan *s, const struct rv_scan_file *f, uint64_t *left)
{
	uint64_t bytes = (uint64_t)f->n_words * sizeof(uint32_t) + f->n_text;
	const struct rv_scan_raw_port *port;
	struct rv_scan_blob blob;
	struct look look;

	if (f->blob_at % sizeof(uint32_t) || f->blob_at < s->head.blobs_at ||
	    f->blob_at > s->map.n || bytes > s->map.n - f->blob_at || bytes > *left ||
	    f->n_words < RV_SCAN_WORDS(*port) || f->n_text == 0)
		return false;
	*left -= bytes;
	blob = rv_scan_blob_of(s, f);
	if (blob.text[f->n_text - 1] != '\0')
		return false;
	look = (struct look){blob.words, f->n_words, f->n_text, f->n_words, &s->head};
	port = rv_scan_raw(&blob);
	return port_ok(&look, port) && f->n_variants == port->variants.n &&
	       (f->flags & RV_SCAN_FAULTY ? f->n_variants == 0 : true) &&
	       f->first_variant <= s->head.n_variants &&
	       f->n_variants <= s->head.n_variants - f->first_variant &&
	       memchr(f->bucket, '\0', sizeof(f->bucket)) != NULL;
}

/* --- the tables */

static bool tables_ok(const struct rv_scan *s)
{
	const struct rv_scan_head *h = &s->head;
	uint64_t left = s->map.n;

	for (uint32_t i = 0; i < h->n_files; i++)
		if (!blob_ok(s, &s->files[i], &left))
			return false;
	for (uint32_t i = 0; i < h->n_ports; i++)
		if (s->ports[i] >= h->n_files || s->by_name[i] >= h->n_ports ||
		    s->files[s->ports[i]].flags & RV_SCAN_FAULTY)
			return false;
	for (uint32_t i = 0; i < h->n_variants; i++)
		if (s->variants[i].owner >= h->n_ports ||
		    s->variants[i].index >= s->files[s->ports[s->variants[i].owner]].n_variants)
			return false;
	for (uint32_t i = 0; i < h->n_faults; i++) {
		struct rv_scan_blob blob;

		if (s->faults[i].owner >= h->n_files)
			return false;
		blob = rv_scan_blob_of(s, &s->files[s->faults[i].owner]);
		if (s->faults[i].index >= rv_scan_raw(&blob)->faults.n)
			return false;
	}
	return true;
}

static bool take_tables(struct rv_scan *s)
{
	const struct rv_scan_head *h = &s->head;
	uint64_t at = sizeof(*h);
	const char *base = s->map.p;

	s->files = (const void *)(base + at);
	at += h->n_files * (uint64_t)sizeof(*s->files);
	s->variants = (const void *)(base + at);
	at += h->n_variants * (uint64_t)sizeof(*s->variants);
	s->faults = (const void *)(base + at);
	at += h->n_faults * (uint64_t)sizeof(*s->faults);
	s->ports = (const void *)(base + at);
	at += h->n_ports * (uint64_t)sizeof(*s->ports);
	s->by_name = (const void *)(base + at);
	at += h->n_ports * (uint64_t)sizeof(*s->by_name);
	return at <= h->blobs_at && h->blobs_at <= s->map.n && h->blobs_at % 8 == 0;
}

int rv_scan_check(struct rv_span file, const char *what, struct rv_scan *out, struct rv_error *err)
{
	*out = (struct rv_scan){.map = file};
	if (file.n < sizeof(out->head))
		return rv_fail(err, RV_FORMAT, "%s: too short for the file of a scan", what);
	memcpy(&out->head, file.p, sizeof(out->head));
	if (memcmp(out->head.magic, RV_SCAN_MAGIC, sizeof(out->head.magic)) != 0 ||
	    out->head.byte_order != RV_SCAN_BYTE_ORDER || out->head.version != RV_SCAN_VERSION)
		return rv_fail(err, RV_FORMAT,
		    "%s: not the file of a scan, or of another version of this program", what);
	if (out->head.bytes != file.n || !take_tables(out) || !tables_ok(out))
		return rv_fail(err, RV_FORMAT, "%s: damaged", what);
	return 0;
}
