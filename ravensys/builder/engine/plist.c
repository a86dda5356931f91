/* SPDX-License-Identifier: ISC */
/* Reading plists: one row a keyword. */
#include "engine/plist.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "pkg/files.h"
#include "pkg/manifest.h"

#define REPORT_FAULTS 200 /* more are counted, not shown */

struct line {
	struct rv_plist *p;
	size_t sub;
	unsigned number;
	struct rv_span text;
	struct rv_buf *report;
};

void rv_plist_init(struct rv_plist *p, const char *prefix, const char *const *subpackages)
{
	*p = (struct rv_plist){.subpackages = subpackages};
	p->prefix = rv_arena_span(&p->arena, rv_span_str(prefix + strspn(prefix, "/")));
}

void rv_plist_release(struct rv_plist *p)
{
	rv_vec_release(&p->entries);
	rv_vec_release(&p->removes);
	rv_map_release(&p->files);
	rv_map_release(&p->dirs);
	rv_arena_release(&p->arena);
}

static void line_fault(const struct line *l, const char *reason)
{
	if (l->p->n_faults++ < REPORT_FAULTS)
		rv_buf_addf(l->report, "plist of %s, line %u: %s: %.*s\n",
		    l->p->subpackages[l->sub], l->number, reason, RV_SPAN_ARG(l->text));
}

/* The path below the root, in the arena; empty and reported when it is none. */
static struct rv_span root_path(const struct line *l, struct rv_span path)
{
	struct rv_arena *a = &l->p->arena;
	const char *text, *fault;

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path = rv_span_sub(path, 0, path.n - 1);
	if (path.n && path.p[0] == '/')
		text = rv_arena_strndup(a, path.p + 1, path.n - 1);
	else
		text = rv_arena_fmt(a, "%s/%.*s", l->p->prefix.p, RV_SPAN_ARG(path));
	fault = path.n ? rv_path_fault(rv_span_str(text)) : "no path";
	if (!fault)
		return rv_span_str(text);
	line_fault(l, fault);
	return RV_SPAN_NULL;
}

static struct rv_plist_entry *add_entry(const struct line *l, enum rv_plist_kind kind,
    struct rv_span path, const struct rv_plist_entry *like)
{
	struct rv_plist *p = l->p;
	struct rv_map *map = kind == RV_PLIST_DIR ? &p->dirs : &p->files;
	const struct rv_plist_entry *old = rv_map_get(map, path);
	struct rv_plist_entry *e;

	if (path.n == 0)
		return NULL;
	if (old && old->sub != l->sub && kind != RV_PLIST_DIR && p->n_faults++ < REPORT_FAULTS)
		rv_buf_addf(l->report, "in two subpackages: %s (%s, %s)\n", path.p,
		    p->subpackages[old->sub], p->subpackages[l->sub]);
	if (old && kind != RV_PLIST_DIR)
		return NULL;
	e = rv_arena_alloc(&p->arena, sizeof(*e));
	*e = *like;
	e->path = path;
	e->kind = kind;
	e->sub = l->sub;
	e->content = path.p;
	rv_map_put(map, path, e);
	rv_vec_push(&p->entries, e);
	return e;
}

static bool is_root(struct rv_span name)
{
	return rv_span_is(name, "root") || rv_span_is(name, "wheel") || rv_span_is(name, "0");
}

/* "owner,group,mode" into *like; false and reported when it is not that. */
static bool take_attributes(const struct line *l, struct rv_span text, struct rv_plist_entry *like)
{
	struct rv_span part[3] = {{0}};
	size_t n = 0;

	for (size_t at; n < 3; n++) {
		at = rv_span_find(text, ',');
		part[n] = rv_span_trim(rv_span_sub(text, 0, at));
		text = rv_span_from(text, at + 1);
	}
	for (size_t i = 0; i < 2; i++)
		if (part[i].n && !is_root(part[i]) && !rv_account_name_valid(part[i])) {
			line_fault(l, "owner or group is no account name");
			return false;
		}
	if (part[0].n && !is_root(part[0]))
		like->owner = rv_arena_span(&l->p->arena, part[0]);
	if (part[1].n && !is_root(part[1]))
		like->group = rv_arena_span(&l->p->arena, part[1]);
	if (part[2].n == 0)
		return true;
	like->mode = 0;
	for (size_t i = 0; i < part[2].n; i++) {
		if (part[2].p[i] < '0' || part[2].p[i] > '7' || like->mode > 07777) {
			line_fault(l, "mode is not octal");
			return false;
		}
		like->mode = like->mode * 8 + (uint32_t)(part[2].p[i] - '0');
	}
	if (like->mode > 07777)
		line_fault(l, "mode above 7777");
	return like->mode <= 07777;
}

/* --- keywords */

typedef void keyword_fn(const struct line *l, struct rv_span args, struct rv_plist_entry *like);

static void on_file(const struct line *l, struct rv_span args, struct rv_plist_entry *like)
{
	add_entry(l, RV_PLIST_FILE, root_path(l, args), like);
}

static void on_dir(const struct line *l, struct rv_span args, struct rv_plist_entry *like)
{
	add_entry(l, RV_PLIST_DIR, root_path(l, args), like);
}

static void on_comment(const struct line *l, struct rv_span args, struct rv_plist_entry *like)
{
	(void)l;
	(void)args;
	(void)like;
}

static void on_sample(const struct line *l, struct rv_span args, struct rv_plist_entry *like)
{
	struct rv_span suffix = RV_SPAN_LIT(".sample");
	size_t at = rv_span_find(args, ' ');
	struct rv_span pattern = rv_span_sub(args, 0, at);
	struct rv_span target = rv_span_trim(rv_span_from(args, at + 1));
	struct rv_plist_entry *made;

	if (target.n == 0 && !rv_span_ends(pattern, suffix)) {
		line_fault(l, "@sample with one path wants the suffix .sample");
		return;
	}
	if (target.n == 0)
		target = rv_span_sub(pattern, 0, pattern.n - suffix.n);
	pattern = root_path(l, pattern);
	target = root_path(l, target);
	if (pattern.n == 0 || target.n == 0)
		return;
	add_entry(l, RV_PLIST_FILE, pattern, like);
	made = add_entry(l, RV_PLIST_CONFIG, target, like);
	if (made)
		made->content = pattern.p;
}

static void on_rmtry(const struct line *l, struct rv_span args, struct rv_plist_entry *like)
{
	(void)like;
	if (root_path(l, args).n)
		rv_vec_push(
		    &l->p->removes, (struct rv_plist_remove){
					rv_arena_strndup(&l->p->arena, args.p, args.n), l->sub});
}

static void on_refused(const struct line *l, struct rv_span args, struct rv_plist_entry *like)
{
	(void)args;
	(void)like;
	line_fault(l, "keyword that this version cannot pack yet");
}

static const struct keyword {
	const char *name;
	bool attributes; /* may have (owner,group,mode) */
	keyword_fn *run;
} keywords[] = {
    {"@", true, on_file},
    {"@dir", true, on_dir},
    {"@comment", false, on_comment},
    {"@info", true, on_file},
    {"@sample", true, on_sample},
    {"@rmtry", false, on_rmtry},
    {"@shell", false, on_refused},
    {"@fontsdir", false, on_refused},
    {"@xmlcatmgr", false, on_refused},
    {"@smf", false, on_refused},
};

static const struct keyword *find_keyword(struct rv_span name)
{
	for (size_t i = 0; i < RV_COUNT(keywords); i++)
		if (rv_span_is(name, keywords[i].name))
			return &keywords[i];
	return NULL;
}

static void read_line(struct line *l)
{
	struct rv_plist_entry like = {.mode = RV_MODE_DEFAULT};
	const struct keyword *k;
	size_t space, open;
	struct rv_span word;

	if (rv_span_trim(l->text).n == 0)
		return;
	if (l->text.p[0] != '@') {
		on_file(l, l->text, &like);
		return;
	}
	open = rv_span_find(l->text, '(');
	space = rv_span_find(l->text, ' ');
	word = rv_span_sub(l->text, 0, open < space ? open : space);
	k = find_keyword(word);
	if (!k || (word.n == open && !k->attributes)) {
		line_fault(l, "unknown keyword");
		return;
	}
	if (open < space) {
		size_t close = rv_span_find(l->text, ')');

		if (!take_attributes(l,
			rv_span_sub(l->text, open + 1, close > open ? close - open - 1 : 0), &like))
			return;
		space = close + 1;
	}
	k->run(l, rv_span_trim(rv_span_from(l->text, space)), &like);
}

void rv_plist_read(struct rv_plist *p, size_t sub, struct rv_span text, struct rv_buf *report)
{
	struct line l = {.p = p, .sub = sub, .report = report};

	while (rv_span_next(&text, '\n', &l.text)) {
		l.number++;
		read_line(&l);
	}
}
