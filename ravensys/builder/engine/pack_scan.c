/* SPDX-License-Identifier: ISC */
/* What files need of other packages: libraries by soname, files of sibling subpackages by link. */
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "elf/elf.h"
#include "engine/pack_internal.h"
#include "pkg/files.h"
#include "pkg/ident.h"

/* Files for another processor (firmware, cross tools' libraries) are data. */
static bool is_ours(const struct rv_pack *p, const struct rv_elf *elf)
{
	struct rv_abi abi;
	unsigned machine, bits;
	bool little;

	return rv_abi_parse(rv_span_str(p->abi), &abi, NULL) == 0 &&
	       rv_arch_elf(abi.arch, &machine, &bits, &little) && elf->machine == machine &&
	       elf->bits == bits && elf->little == little;
}

static void take_elf(struct rv_pack *p, struct rv_pack_sub *s, const struct rv_elf *elf)
{
	for (size_t i = 0; i < elf->n_needed; i++)
		rv_vec_push(&s->needed, rv_arena_strdup(&p->arena, elf->needed[i]));
	if (elf->kind == RV_ELF_SHARED && *elf->soname)
		rv_vec_push(&s->provided, rv_arena_strdup(&p->arena, elf->soname));
}

static int scan_file(struct rv_pack *p, const struct rv_plist_entry *e, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	struct rv_elf elf;
	int rc = rv_file_open(p->dirs->stage, e->content, &fd, err);

	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_BUILD, "%s: not there any more", e->content);
	rc = rv_elf_read(fd, e->path.p, &elf, err);
	if (rc < 0 && err->code == RV_FORMAT) {
		rv_buf_addf(p->report, "%s\n", err->msg);
		err->code = RV_BUILD;
	}
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (is_ours(p, &elf))
		take_elf(p, &p->subs[e->sub], &elf);
	rv_elf_release(&elf);
	return 0;
}

/*
 * The path below the root that a link leads to, by its text alone; empty when it leaves the root.
 */
static void resolve_link(const struct rv_plist_entry *e, struct rv_buf *out)
{
	struct rv_span rest = rv_span_str(e->target), part;

	if (*e->target != '/')
		rv_buf_add_span(out, rv_span_sub(e->path, 0, rv_span_rfind(e->path, '/')));
	if (*e->target != '/' && out->n == e->path.n)
		rv_buf_reset(out); /* a link in the root itself */
	while (rv_span_next(&rest, '/', &part)) {
		size_t up = rv_span_rfind(rv_buf_span(out), '/');

		if (part.n == 0 || rv_span_is(part, "."))
			continue;
		if (rv_span_is(part, "..")) {
			rv_buf_cut(out, up < out->n ? up : 0);
			continue;
		}
		if (out->n)
			rv_buf_add_char(out, '/');
		rv_buf_add_span(out, part);
	}
}

static void scan_link(struct rv_pack *p, const struct rv_plist_entry *e)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(2 * RV_PATH_MAX_BYTES);
	const struct rv_plist_entry *to;

	resolve_link(e, &path);
	to = rv_map_get(&p->plist.files, rv_buf_span(&path));
	if (to && to->sub != e->sub)
		rv_vec_push(&p->subs[e->sub].siblings, p->subs[to->sub].name);
}

int rv_pack_scan(struct rv_pack *p, struct rv_error *err)
{
	rv_vec_each (&p->plist.entries, it) {
		const struct rv_plist_entry *e = *it;

		if (e->kind != RV_PLIST_DIR && e->target)
			scan_link(p, e);
		else if (e->kind == RV_PLIST_FILE && scan_file(p, e, err) < 0)
			return rv_context(err, "stage");
	}
	return 0;
}

static bool has(const struct rv_strings *list, const char *text)
{
	rv_vec_each (list, s)
		if (strcmp(*s, text) == 0)
			return true;
	return false;
}

static struct rv_pack_sub *sibling_with(struct rv_pack *p, const char *soname)
{
	for (size_t i = 0; i < p->n_subs; i++)
		if (has(&p->subs[i].provided, soname))
			return &p->subs[i];
	return NULL;
}

static int resolve_one(struct rv_pack *p, struct rv_pack_sub *s, const char *soname,
    struct rv_manifest *m, struct rv_error *err)
{
	const struct rv_pack_sub *sibling = sibling_with(p, soname);
	const char *known =
	    rv_json_string(rv_json_get(rv_json_get(p->request, "known_sonames"), soname));

	if (sibling)
		rv_vec_push(&s->siblings, sibling->name);
	else if (known)
		rv_pack_require(m, known, RV_REQUIRE_ANY, "");
	else if (strcmp(p->system_root, "host") == 0)
		return 0;
	else {
		rv_buf_addf(
		    p->report, "needs a library that nothing provides: %s (%s)\n", soname, s->name);
		return rv_fail(err, RV_BUILD,
		    "%s: needs %s, which no package in the slot provides: name its port in "
		    "BUILDRUN_DEPENDS",
		    s->name, soname);
	}
	rv_vec_push(&m->requires_sonames, soname);
	return 0;
}

int rv_pack_resolve(
    struct rv_pack *p, struct rv_pack_sub *s, struct rv_manifest *m, struct rv_error *err)
{
	rv_vec_each (&s->needed, soname)
		if (!has(&s->provided, *soname) && resolve_one(p, s, *soname, m, err) < 0)
			return -1;
	rv_vec_each (&s->siblings, name)
		if (strcmp(*name, s->name) != 0)
			rv_pack_require(m,
			    rv_arena_fmt(&p->arena, "%s~%s~%s", p->namebase, *name, p->variant),
			    RV_REQUIRE_SAME, "");
	rv_vec_each (&s->provided, soname)
		rv_vec_push(&m->provides_sonames, *soname);
	return 0;
}
