/* SPDX-License-Identifier: ISC */
/*
 * Lines of +FILES, read by a scanner that knows the keys and their order: a line that is not
 * canonical does not fit. It is on the path of every installation, so it makes no JSON values.
 */
#include "pkg/files.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"
#include "base/vec.h"
#include "codec/digest.h"
#include "pkg/manifest.h"
#include "pkg/utf8.h"

struct rv_files_reader {
	struct rv_span rest;
	const char *what;
	size_t line;
	/* this entry's strings, and the previous one's: its path is compared */
	struct rv_arena line_arena[2];
	struct rv_arena kept; /* paths of folders and files, for parents and hard links */
	struct rv_map dirs, files;
	struct rv_span previous;
	uint64_t next_offset; /* the least offset that the next file may have */
};

/* One line being scanned. fault is set once and stops everything. */
struct scan {
	struct rv_span rest;
	struct rv_arena *arena;
	const char *fault;
	bool first;
};

int rv_files_reader_new(
    struct rv_span text, const char *what, struct rv_files_reader **out, struct rv_error *err)
{
	struct rv_files_reader *r;

	if (text.n > RV_FILES_MAX_BYTES)
		return rv_fail(err, RV_LIMIT, "%s: +FILES is longer than 256 MiB", what);
	r = rv_alloc(sizeof(*r));
	r->rest = text;
	r->what = rv_arena_strdup(&r->kept, what);
	*out = r;
	return 0;
}

void rv_files_reader_free(struct rv_files_reader *r)
{
	if (!r)
		return;
	rv_arena_release(&r->line_arena[0]);
	rv_arena_release(&r->line_arena[1]);
	rv_arena_release(&r->kept);
	rv_map_release(&r->dirs);
	rv_map_release(&r->files);
	free(r);
}

static bool eat(struct scan *s, struct rv_span text)
{
	if (s->fault || !rv_span_starts(s->rest, text))
		return false;
	s->rest = rv_span_from(s->rest, text.n);
	return true;
}

static void want(struct scan *s, const char *text)
{
	if (!eat(s, rv_span_str(text)) && !s->fault)
		s->fault = "not canonical, or a key that is unknown or out of place";
}

/*
 * true when the next member is key; its colon is eaten. A key that does not come is simply absent.
 */
static bool member(struct scan *s, const char *key)
{
	struct scan ahead = *s;

	if (!s->first && !eat(&ahead, RV_SPAN_LIT(",")))
		return false;
	if (!eat(&ahead, RV_SPAN_LIT("\"")) || !eat(&ahead, rv_span_str(key)) ||
	    !eat(&ahead, RV_SPAN_LIT("\":")))
		return false;
	*s = ahead;
	s->first = false;
	return true;
}

/* A string value without control characters, NUL-terminated in the arena. */
static struct rv_span string(struct scan *s)
{
	struct rv_span in, text;
	size_t n = 0, used = 0;
	char *copy;

	want(s, "\"");
	in = s->rest;
	while (!s->fault && used < in.n && in.p[used] != '"')
		used += in.p[used] == '\\' ? 2 : 1;
	if (s->fault || used >= in.n) {
		s->fault = s->fault ? s->fault : "string without end";
		return RV_SPAN_NULL;
	}
	copy = rv_arena_alloc(s->arena, used + 1);
	for (size_t i = 0; i < used; i++) {
		if (in.p[i] == '\\' && in.p[++i] != '"' && in.p[i] != '\\')
			s->fault = "escape that is not canonical";
		copy[n++] = in.p[i];
	}
	text = rv_span(copy, n);
	if (!s->fault && (n == 0 || !rv_utf8_plain(text)))
		s->fault = "empty string, control character or no UTF-8";
	s->rest = rv_span_from(in, used + 1);
	return text;
}

static uint64_t integer(struct scan *s)
{
	uint64_t value = 0;
	size_t n = 0;

	while (n < s->rest.n && s->rest.p[n] >= '0' && s->rest.p[n] <= '9')
		n++;
	if (s->fault || n == 0 || s->rest.p[0] == '0' ||
	    !rv_span_to_u64(rv_span_sub(s->rest, 0, n), &value) || value > INT64_MAX)
		s->fault = s->fault ? s->fault : "no number above 0";
	s->rest = rv_span_from(s->rest, n);
	return value;
}

static uint32_t octal_mode(struct scan *s)
{
	struct rv_span text = string(s);
	uint32_t mode = 0;

	if (text.n != 4 && !s->fault)
		s->fault = "mode is not four octal digits";
	for (size_t i = 0; i < text.n && !s->fault; i++) {
		if (text.p[i] < '0' || text.p[i] > '7')
			s->fault = "mode is not four octal digits";
		mode = mode * 8 + (uint32_t)(text.p[i] - '0');
	}
	return mode;
}

static enum rv_file_type type_of(struct scan *s)
{
	struct rv_span text = string(s);

	for (int t = RV_ENTRY_FILE; t <= RV_ENTRY_HARDLINK; t++)
		if (rv_span_is(text, rv_file_type_name((enum rv_file_type)t)))
			return (enum rv_file_type)t;
	if (!s->fault)
		s->fault = "unknown type";
	return RV_ENTRY_FILE;
}

bool rv_xattr_name_valid(struct rv_span name)
{
	return name.n <= RV_NAME_MAX_BYTES && rv_utf8_plain(name) &&
	       (rv_span_is(name, "security.capability") ||
		   (name.n > 5 && rv_span_starts(name, RV_SPAN_LIT("user."))));
}

static void xattr(struct scan *s, struct rv_file_entry *e)
{
	rv_auto(rv_buf) struct rv_buf value = RV_BUF_INIT(RV_XATTR_VALUE_MAX_BYTES + 3);
	struct rv_xattr *x = &e->xattrs[e->n_xattrs];

	x->name = string(s);
	want(s, ":");
	if (eat(s, RV_SPAN_LIT("\"\"")))
		x->value = RV_SPAN_NULL;
	else if (rv_base64_decode(string(s), &value, NULL) < 0 ||
		 value.n > RV_XATTR_VALUE_MAX_BYTES)
		s->fault =
		    s->fault ? s->fault : "extended attribute that is no base64 or too large";
	x->value = rv_arena_span(s->arena, rv_buf_span(&value));
	if (s->fault)
		return;
	if (!rv_xattr_name_valid(x->name) || (e->n_xattrs && rv_span_cmp(x[-1].name, x->name) >= 0))
		s->fault = "extended attributes out of order or not allowed";
	e->n_xattrs++;
}

static void xattrs(struct scan *s, struct rv_file_entry *e)
{
	want(s, "{");
	e->xattrs = rv_arena_alloc(s->arena, RV_XATTRS_MAX * sizeof(*e->xattrs));
	do {
		if (e->n_xattrs == RV_XATTRS_MAX)
			s->fault = "too many extended attributes";
		else
			xattr(s, e);
	} while (!s->fault && eat(s, RV_SPAN_LIT(",")));
	want(s, "}");
}

enum {
	HAS_MODE = 1,
	HAS_OWNER = 2,
	HAS_SHA = 4,
	HAS_DATA = 8,
	HAS_TARGET = 16,
	HAS_FLAGS = 32,
	HAS_XATTRS = 64
};

/* What an entry of a type must have and may have. */
static const struct {
	unsigned must, may;
} shape[] = {
    [RV_ENTRY_FILE] = {HAS_MODE | HAS_SHA, HAS_OWNER | HAS_DATA | HAS_FLAGS | HAS_XATTRS},
    [RV_ENTRY_DIR] = {HAS_MODE, HAS_OWNER},
    [RV_ENTRY_LINK] = {HAS_TARGET, HAS_OWNER},
    [RV_ENTRY_HARDLINK] = {HAS_TARGET, 0},
};

static void account(struct scan *s, const char *key, struct rv_span *out, unsigned *has)
{
	if (!member(s, key))
		return;
	*out = string(s);
	*has |= HAS_OWNER;
	if (!s->fault && !rv_account_name_valid(*out))
		s->fault = "owner or group is no account name";
}

static void digest(struct scan *s, struct rv_file_entry *e, unsigned *has)
{
	if (!member(s, "sha256"))
		return;
	*has |= HAS_SHA;
	if (!rv_sha256_parse(string(s), &e->sha256) && !s->fault)
		s->fault = "sha256 is not 64 lower-case digits";
}

static void number(struct scan *s, const char *key, uint64_t *out, unsigned *has)
{
	if (!member(s, key))
		return;
	*out = integer(s);
	*has |= HAS_DATA;
}

/* The keys in the order of their bytes, each at most once. */
static void scan_members(struct scan *s, struct rv_file_entry *e, unsigned *has)
{
	if (member(s, "flags")) {
		want(s, "[\"config\"]");
		e->flags = RV_FILE_CONFIG;
		*has |= HAS_FLAGS;
	}
	account(s, "group", &e->group, has);
	if (member(s, "mode")) {
		e->mode = octal_mode(s);
		*has |= HAS_MODE;
	}
	number(s, "offset", &e->offset, has);
	account(s, "owner", &e->owner, has);
	if (member(s, "path"))
		e->path = string(s);
	digest(s, e, has);
	number(s, "size", &e->size, has);
	if (member(s, "target")) {
		e->target = string(s);
		*has |= HAS_TARGET;
	}
	if (member(s, "type"))
		e->type = type_of(s);
	else if (!s->fault)
		s->fault = "no type, or a key that is unknown or out of place";
	if (member(s, "xattrs")) {
		xattrs(s, e);
		*has |= HAS_XATTRS;
	}
}

static const char *scan_line(struct rv_span line, struct rv_arena *arena, struct rv_file_entry *e)
{
	struct scan s = {.rest = line, .arena = arena, .first = true};
	unsigned has = 0;
	const char *fault;

	*e = (struct rv_file_entry){0};
	want(&s, "{");
	scan_members(&s, e, &has);
	want(&s, "}");
	if (!s.fault && s.rest.n)
		s.fault = "something behind the object";
	if (s.fault)
		return s.fault;
	if ((has & shape[e->type].must) != shape[e->type].must ||
	    (has & ~(shape[e->type].must | shape[e->type].may)))
		return "a key is missing, or does not belong to the type";
	fault = rv_path_fault(e->path);
	if (!fault && e->mode > 07777)
		fault = "mode above 7777";
	if (!fault && e->size > RV_FILE_MAX_BYTES)
		fault = "file too large";
	if (!fault && e->target.n > RV_PATH_MAX_BYTES)
		fault = "target longer than 4095 bytes";
	return fault;
}

/* What later lines need of this one: that it is there, and what a hard link to it inherits. */
static struct rv_file_entry *keep(struct rv_files_reader *r, const struct rv_file_entry *e)
{
	struct rv_file_entry *copy = rv_arena_alloc(&r->kept, sizeof(*copy));

	*copy = *e;
	copy->path = rv_arena_span(&r->kept, e->path);
	copy->owner = e->owner.n ? rv_arena_span(&r->kept, e->owner) : RV_SPAN_NULL;
	copy->group = e->group.n ? rv_arena_span(&r->kept, e->group) : RV_SPAN_NULL;
	copy->xattrs = NULL;
	copy->n_xattrs = 0;
	return copy;
}

static const char *parent_fault(struct rv_files_reader *r, const struct rv_file_entry *e)
{
	size_t at = rv_span_rfind(e->path, '/');

	if (at == e->path.n || rv_map_get(&r->dirs, rv_span_sub(e->path, 0, at)))
		return NULL;
	return "its folder is not an entry before it";
}

static const char *hardlink_fault(struct rv_files_reader *r, struct rv_file_entry *e)
{
	const struct rv_file_entry *to = rv_map_get(&r->files, e->target);

	if (!to)
		return "hard link to something that is no file before it";
	e->mode = to->mode;
	e->owner = to->owner;
	e->group = to->group;
	return NULL;
}

/* The rules between lines. */
static const char *order_fault(struct rv_files_reader *r, struct rv_file_entry *e)
{
	const char *fault = parent_fault(r, e);
	struct rv_file_entry *kept;

	if (r->previous.p && rv_span_cmp(r->previous, e->path) >= 0)
		return "not sorted by path, or twice";
	if (fault)
		return fault;
	if (e->type == RV_ENTRY_LINK)
		e->mode = 0777;
	if (e->type == RV_ENTRY_HARDLINK)
		return hardlink_fault(r, e);
	if (e->type == RV_ENTRY_LINK)
		return NULL;
	if (e->type == RV_ENTRY_FILE && (e->offset < r->next_offset || e->offset % 512))
		return "offset not behind the file before it";
	if (e->type == RV_ENTRY_FILE)
		r->next_offset = e->offset + (e->size + 511) / 512 * 512 + 512;
	kept = keep(r, e);
	rv_map_put(e->type == RV_ENTRY_DIR ? &r->dirs : &r->files, kept->path, kept);
	return NULL;
}

int rv_files_next(struct rv_files_reader *r, struct rv_file_entry *out, struct rv_error *err)
{
	size_t at = rv_span_find(r->rest, '\n');
	struct rv_span line = rv_span_sub(r->rest, 0, at);
	struct rv_arena *arena = &r->line_arena[r->line++ % 2];
	const char *fault;

	if (r->rest.n == 0)
		return RV_FILES_END;
	rv_arena_release(arena);
	if (r->line == 1)
		r->next_offset = 512;
	if (at == r->rest.n)
		fault = "no newline at its end";
	else if (line.n > RV_FILES_LINE_MAX_BYTES)
		fault = "longer than 256 KiB";
	else
		fault = scan_line(line, arena, out);
	if (!fault)
		fault = order_fault(r, out);
	if (fault)
		return rv_fail(err, RV_FORMAT, "%s: +FILES line %zu: %s", r->what, r->line, fault);
	r->previous = out->path;
	r->rest = rv_span_from(r->rest, at + 1);
	return 0;
}

static void copy_entry(struct rv_file_entry *e, struct rv_arena *a)
{
	struct rv_xattr *x = e->xattrs;

	e->path = rv_arena_span(a, e->path);
	e->owner = e->owner.n ? rv_arena_span(a, e->owner) : RV_SPAN_NULL;
	e->group = e->group.n ? rv_arena_span(a, e->group) : RV_SPAN_NULL;
	e->target = e->target.n ? rv_arena_span(a, e->target) : RV_SPAN_NULL;
	e->xattrs = e->n_xattrs ? rv_arena_alloc(a, e->n_xattrs * sizeof(*x)) : NULL;
	for (size_t i = 0; i < e->n_xattrs; i++)
		e->xattrs[i] =
		    (struct rv_xattr){rv_arena_span(a, x[i].name), rv_arena_span(a, x[i].value)};
}

int rv_files_read(struct rv_span text, const char *what, struct rv_arena *arena,
    struct rv_file_entries *out, struct rv_error *err)
{
	rv_autofree(rv_files_reader) struct rv_files_reader *r = NULL;
	struct rv_file_entry e;
	int rc;

	if (rv_files_reader_new(text, what, &r, err) < 0)
		return -1;
	while ((rc = rv_files_next(r, &e, err)) == 0) {
		copy_entry(&e, arena);
		rv_vec_push(out, e);
	}
	return rc < 0 ? -1 : 0;
}
