/* SPDX-License-Identifier: ISC */
/* The views of a mapped scan. Every number in it was checked when it was mapped. */
#include "base/alloc.h"
#include "port/scan_file.h"

struct rv_scan_blob rv_scan_blob_of(const struct rv_scan *s, const struct rv_scan_file *f)
{
	const char *at = s->map.p + f->blob_at;

	return (struct rv_scan_blob){(const void *)at, at + (size_t)f->n_words * sizeof(uint32_t)};
}

static struct rv_scan_list list_of(const struct rv_scan_blob *b, struct rv_scan_raw_list raw)
{
	return (struct rv_scan_list){b->text, b->words + raw.at, raw.n};
}

static struct rv_scan_deps deps_of(const struct rv_scan_blob *b, struct rv_scan_raw_list raw)
{
	return (struct rv_scan_deps){b->text, b->words + raw.at, raw.n};
}

bool rv_scan_has(const struct rv_scan_list *l, const char *text)
{
	for (uint32_t i = 0; i < l->n; i++)
		if (strcmp(rv_scan_at(l, i), text) == 0)
			return true;
	return false;
}

bool rv_scan_dep_is(const struct rv_scan_dep *a, const struct rv_dep *b)
{
	return strcmp(a->namebase, b->namebase) == 0 && strcmp(a->subpackage, b->subpackage) == 0 &&
	       strcmp(a->variant, b->variant) == 0;
}

uint32_t rv_scan_port_count(const struct rv_scan *s)
{
	return s->head.n_ports;
}

uint32_t rv_scan_variant_count(const struct rv_scan *s)
{
	return s->head.n_variants;
}

uint32_t rv_scan_fault_count(const struct rv_scan *s)
{
	return s->head.n_faults;
}

void rv_scan_port(const struct rv_scan *s, uint32_t port, struct rv_scan_port *out)
{
	const struct rv_scan_file *f = &s->files[s->ports[port]];
	struct rv_scan_blob b = rv_scan_blob_of(s, f);
	const struct rv_scan_raw_port *raw = rv_scan_raw(&b);

	*out = (struct rv_scan_port){
	    .namebase = b.text + raw->namebase,
	    .bucket = f->bucket,
	    .version = b.text + raw->version,
	    .pkgversion = b.text + raw->pkgversion,
	    .homepage = b.text + raw->homepage,
	    .fpc_equivalent = b.text + raw->fpc_equivalent,
	    .tree = f->tree,
	    .compiled = f->flags & RV_SCAN_COMPILED,
	    .generated = raw->generated,
	    .infrastructure = raw->infrastructure,
	    .keywords = list_of(&b, raw->keywords),
	    .contacts = list_of(&b, raw->contacts),
	    .urls = list_of(&b, raw->urls),
	    .cpe = list_of(&b, raw->cpe),
	    .cves = list_of(&b, raw->cves),
	    .distpaths = list_of(&b, raw->distpaths),
	    .first_variant = f->first_variant,
	    .n_variants = f->n_variants,
	};
}

static const char *name_of(const struct rv_scan *s, uint32_t port)
{
	struct rv_scan_blob b = rv_scan_blob_of(s, &s->files[s->ports[port]]);

	return b.text + rv_scan_raw(&b)->namebase;
}

uint32_t rv_scan_find(const struct rv_scan *s, const char *namebase)
{
	uint32_t from = 0, to = s->head.n_ports;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		int d = strcmp(name_of(s, s->by_name[middle]), namebase);

		if (d == 0)
			return s->by_name[middle];
		if (d < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return RV_SCAN_NONE;
}

void rv_scan_variant(const struct rv_scan *s, uint32_t variant, struct rv_scan_variant *out)
{
	uint32_t port = s->variants[variant].owner;
	struct rv_scan_blob b = rv_scan_blob_of(s, &s->files[s->ports[port]]);
	const struct rv_scan_raw_variant *all =
	    (const void *)(b.words + rv_scan_raw(&b)->variants.at);
	const struct rv_scan_raw_variant *raw = all + s->variants[variant].index;

	*out = (struct rv_scan_variant){
	    .port = port,
	    .name = b.text + raw->name,
	    .key = b.text + raw->key,
	    .sdesc = b.text + raw->sdesc,
	    .subpackages = list_of(&b, raw->subpackages),
	    .ignore = raw->ignore == RV_SCAN_NONE ? NULL : b.text + raw->ignore,
	    .prime = raw->prime,
	    .options_on = list_of(&b, raw->on),
	    .options_off = list_of(&b, raw->off),
	    .distfiles = list_of(&b, raw->distfiles),
	    .words_ = b.words,
	    .part_ = raw->parts.n ? raw->parts.at : RV_SCAN_NONE,
	};
	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		out->deps[k] = deps_of(&b, raw->deps[k]);
}

uint32_t rv_scan_find_variant(const struct rv_scan *s, uint32_t port, const char *variant)
{
	const struct rv_scan_file *f = &s->files[s->ports[port]];
	struct rv_scan_blob b = rv_scan_blob_of(s, f);
	const struct rv_scan_raw_variant *raw =
	    (const void *)(b.words + rv_scan_raw(&b)->variants.at);

	for (uint32_t i = 0; i < f->n_variants; i++)
		if (strcmp(b.text + raw[i].name, variant) == 0)
			return f->first_variant + i;
	return RV_SCAN_NONE;
}

void rv_scan_subpackage(
    const struct rv_scan_variant *v, uint32_t subpackage, struct rv_scan_subpackage *out)
{
	struct rv_scan_blob b = {v->words_, v->subpackages.base};
	const struct rv_scan_raw_part *part;

	*out = (struct rv_scan_subpackage){.name = rv_scan_at(&v->subpackages, subpackage)};
	if (v->part_ == RV_SCAN_NONE)
		return;
	part = (const struct rv_scan_raw_part *)(const void *)(b.words + v->part_) + subpackage;
	out->needs = deps_of(&b, part->needs);
	out->n_exrun = part->n_exrun;
	out->own = list_of(&b, part->own);
}

void rv_scan_fault(const struct rv_scan *s, uint32_t i, struct rv_scan_fault *out)
{
	struct rv_scan_blob b = rv_scan_blob_of(s, &s->files[s->faults[i].owner]);
	const struct rv_scan_raw_port *port = rv_scan_raw(&b);
	const struct rv_scan_raw_fault *raw =
	    (const struct rv_scan_raw_fault *)(const void *)(b.words + port->faults.at) +
	    s->faults[i].index;

	*out = (struct rv_scan_fault){.namebase = b.text + port->namebase,
	    .file = b.text + raw->file,
	    .text = b.text + raw->text,
	    .line = raw->line,
	    .class = (enum rv_problem_class)raw->class};
}

/* --- mapping */

int rv_scan_map(int fd, const char *what, struct rv_scan **out, struct rv_error *err)
{
	rv_autofree(rv_scan) struct rv_scan *s = rv_alloc(sizeof(*s));
	struct rv_span map;

	if (rv_fd_map(fd, what, RV_SCAN_MAX_BYTES, &map, err) < 0)
		return -1;
	s->map = map;
	if (map.n >= sizeof(s->head))
		memcpy(&s->head, map.p, sizeof(s->head));
	if (rv_scan_checksum(map) != s->head.checksum)
		return rv_fail(err, RV_FORMAT, "%s: damaged: its sum does not hold", what);
	if (rv_scan_check(map, what, s, err) < 0)
		return -1;
	*out = s;
	s = NULL;
	return 0;
}

void rv_scan_free(struct rv_scan *s)
{
	if (!s)
		return;
	rv_unmap(&s->map);
	free(s);
}
