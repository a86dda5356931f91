/* SPDX-License-Identifier: ISC */
/* What of a port's folder goes into a slot's /port, and the digests of it. */
#include "base/vec.h"
#include "os/file.h"
#include "port/check.h"
#include "port/make.h"

#define PORT_FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct piece {
	const char *from; /* below the port's source folder */
	const char *to;	  /* below /port */
};

struct walk {
	const struct rv_recipe *r;
	struct rv_arena arena;
	rv_vec(struct piece) pieces;
	const char *from_dir, *to_dir;
};

static void walk_release(struct walk *w)
{
	rv_vec_release(&w->pieces);
	rv_arena_release(&w->arena);
}

static void add_piece(struct walk *w, const char *from, const char *to)
{
	rv_vec_push(&w->pieces, (struct piece){from, to});
}

/* The first occurrence of old in text replaced. */
static const char *replace(
    struct rv_arena *arena, const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);

	if (!at || !*old)
		return text;
	return rv_arena_fmt(arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

/*
 * Names of files/: messages of this system and processor lose their names; EXTRA_PATCHES become
 * patches.
 */
static const char *place_file(struct walk *w, const char *name)
{
	struct rv_arena *a = &w->arena;

	if (rv_items_contain(rv_recipe_list(w->r, RV_KEY_EXTRA_PATCHES), name))
		return rv_arena_fmt(a, "patches/patch-zzz-%s", name);
	if (strncmp(name, "messages-", 9) == 0) {
		name = replace(a, name, w->r->platform.opsys, "opsys");
		name = replace(a, name, w->r->platform.arch, "arch");
	}
	return rv_arena_fmt(a, "files/%s", name);
}

static int add_entry(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct walk *w = ctx;
	struct rv_arena *a = &w->arena;
	const char *name;

	(void)dirfd;
	if (entry->name[0] == '.' || entry->kind == RV_DIR)
		return 0;
	if (entry->kind != RV_FILE)
		return rv_fail(err, RV_INPUT, "%s: %s/%s is no plain file", w->r->namebase,
		    w->from_dir, entry->name);
	name = rv_arena_strdup(a, entry->name);
	add_piece(w, rv_arena_fmt(a, "%s/%s", w->from_dir, name),
	    strcmp(w->to_dir, "files") == 0 ? place_file(w, name)
					    : rv_arena_fmt(a, "%s/%s", w->to_dir, name));
	return 0;
}

static int add_folder(
    struct walk *w, int source_dirfd, const char *from, const char *to, struct rv_error *err)
{
	struct rv_stat st;
	int rc = rv_file_stat(source_dirfd, from, &st, err);

	if (rc != 0 || st.kind != RV_DIR)
		return rc < 0 ? rc : 0;
	w->from_dir = from;
	w->to_dir = to;
	return rv_dir_each(source_dirfd, from, add_entry, w, err);
}

static int by_target(const void *a, const void *b)
{
	return strcmp(((const struct piece *)a)->to, ((const struct piece *)b)->to);
}

/* All pieces, sorted by where they go. */
static int walk_port(struct walk *w, int source_dirfd, struct rv_error *err)
{
	static const char *const folders[] = {"files", "patches", "scripts"};
	struct rv_arena *a = &w->arena;
	struct rv_stat st;
	int rc;

	rc = rv_file_stat(source_dirfd, "distinfo", &st, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		add_piece(w, "distinfo", "distinfo");
	for (size_t i = 0; i < w->r->subpackages.n; i++) {
		const struct rv_subpackage *s = &w->r->subpackages.v[i];
		const char *d = s->description, *m = s->manifest;

		if (d)
			d = rv_arena_fmt(a, "descriptions/%s", d), add_piece(w, d, d);
		if (m)
			m = rv_arena_fmt(a, "manifests/%s", m), add_piece(w, m, m);
	}
	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (add_folder(w, source_dirfd, folders[i], folders[i], err) < 0)
			return -1;
	if (add_folder(w, source_dirfd, w->r->platform.opsys, "opsys", err) < 0)
		return -1;
	rv_vec_sort(&w->pieces, by_target);
	return 0;
}

static int copy_piece(const struct piece *p, int source_dirfd, int port_dirfd, struct rv_error *err)
{
	struct rv_span to = rv_span_str(p->to);
	size_t slash = rv_span_find(to, '/');
	rv_auto_fd fd = -1;
	char folder[32];
	int rc;

	if (slash < to.n && slash < sizeof(folder)) {
		memcpy(folder, p->to, slash);
		folder[slash] = '\0';
		if (rv_dir_make(port_dirfd, folder, 0755, err) < 0)
			return -1;
	}
	rc = rv_file_open(source_dirfd, p->from, &fd, err);
	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: the file has gone", p->from);
	if (rc < 0)
		return rc;
	return rv_file_copy(fd, port_dirfd, p->to, 0644, err);
}

int rv_recipe_extract(
    const struct rv_recipe *r, int source_dirfd, int port_dirfd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf makefile = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
	struct walk w = {.r = r};
	rv_auto_fd fd = -1;
	int rc;

	rv_recipe_makefile(r, &makefile);
	if (rv_buf_check(&makefile, "Makefile", err) < 0)
		return rv_context(err, "%s", r->namebase);
	rc = rv_file_create(port_dirfd, "Makefile", 0644, &fd, err);
	if (rc == RV_EXISTS)
		return rv_fail(err, RV_INPUT, "the port's folder in the slot is not empty");
	if (rc < 0 || rv_fd_write(fd, "Makefile", makefile.p, makefile.n, err) < 0)
		return -1;
	rc = walk_port(&w, source_dirfd, err);
	for (size_t i = 0; i < w.pieces.n && rc == 0; i++)
		rc = copy_piece(&w.pieces.v[i], source_dirfd, port_dirfd, err);
	walk_release(&w);
	return rc == 0 ? 0 : rv_context(err, "%s", r->namebase);
}

/* --- inputs */

void rv_inputs_release(struct rv_inputs *i)
{
	rv_vec_release(i);
	rv_arena_release(&i->arena);
}

static int by_input(const void *a, const void *b)
{
	return strcmp(((const struct rv_input *)a)->name, ((const struct rv_input *)b)->name);
}

void rv_inputs_add(struct rv_inputs *i, const char *name, const struct rv_sha256 *digest)
{
	rv_vec_push(i, (struct rv_input){rv_arena_strdup(&i->arena, name), *digest});
	rv_vec_sort(i, by_input);
}

void rv_inputs_digest(struct rv_inputs *i, struct rv_sha256 *out)
{
	struct rv_sha256_state state;

	rv_vec_sort(i, by_input);
	rv_sha256_begin(&state);
	rv_vec_each (i, it) {
		rv_sha256_add(&state, it->name, strlen(it->name) + 1);
		rv_sha256_add(&state, it->digest.b, sizeof(it->digest.b));
	}
	rv_sha256_end(&state, out);
}

static void say_deps(struct rv_buf *b, const char *label, const struct rv_deps *deps)
{
	for (size_t i = 0; i < deps->n; i++)
		rv_buf_addf(b, "%s %s:%s:%s\n", label, deps->v[i].namebase, deps->v[i].subpackage,
		    deps->v[i].variant);
}

static void say_items(struct rv_buf *b, const char *label, const struct rv_items *items)
{
	for (size_t i = 0; i < items->n; i++)
		rv_buf_addf(b, "%s %s\n", label, items->v[i].text);
}

static void say_subpackage(struct rv_buf *b, const struct rv_subpackage *s)
{
	rv_buf_addf(b, "subpackage %s desc %s plist %s\n", s->name,
	    s->description ? s->description : "-", s->manifest ? s->manifest : "-");
	say_deps(b, "needs", &s->needs);
	say_items(b, "own", &s->own);
	say_items(b, "license", &s->licenses);
}

/* What makes the packages but does not stand in the Makefile, one fact a line. */
static void say_recipe(const struct rv_recipe *r, struct rv_buf *b)
{
	static const char *const kinds[] = {"build", "buildrun", "run"};
	static const enum rv_port_key keys[] = {RV_KEY_KEYWORDS, RV_KEY_CONTACT, RV_KEY_USERS,
	    RV_KEY_GROUPS, RV_KEY_USERGROUP_SPKG, RV_KEY_CVE_FIXED, RV_KEY_DEPRECATED,
	    RV_KEY_EXPIRATION_DATE, RV_KEY_INVALID_RPATH, RV_KEY_MOUNT_PROCFS};

	rv_buf_addf(b, "port %s:%s %s\nsdesc %s\nhomepage %s\n", r->namebase, r->variant,
	    r->pkgversion, r->sdesc, r->homepage ? r->homepage : "none");
	for (size_t i = 0; i < r->options.n; i++)
		rv_buf_addf(b, "option %s %d\n", r->options.v[i].name, r->options.v[i].on);
	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		say_deps(b, kinds[k], &r->deps[k]);
	for (size_t i = 0; i < r->subpackages.n; i++)
		say_subpackage(b, &r->subpackages.v[i]);
	for (size_t i = 0; i < RV_COUNT(keys); i++)
		say_items(b, rv_keys[keys[i]].name, rv_recipe_list(r, keys[i]));
	rv_buf_addf(b, "cpe %s\n", r->cpe ? r->cpe : "-");
}

static int add_file_input(
    struct rv_inputs *out, int source_dirfd, const struct piece *p, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(PORT_FILE_MAX_BYTES);
	struct rv_sha256 digest;
	int rc = rv_file_read(source_dirfd, p->from, &text, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: the file has gone", p->from);
	if (rc < 0)
		return rc;
	rv_sha256_of(rv_buf_span(&text), &digest);
	rv_inputs_add(out, p->to, &digest);
	return 0;
}

int rv_recipe_inputs(
    const struct rv_recipe *r, int source_dirfd, struct rv_inputs *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
	struct rv_recipe without_limit = *r;
	struct walk w = {.r = r};
	struct rv_sha256 digest;
	int rc;

	say_recipe(r, &text);
	rv_sha256_of(rv_buf_span(&text), &digest);
	rv_inputs_add(out, "recipe", &digest);
	rv_buf_reset(&text);
	/* job counts are no input */
	without_limit.job_limit = 0;
	rv_recipe_makefile(&without_limit, &text);
	if (rv_buf_check(&text, "Makefile", err) < 0)
		return rv_context(err, "%s", r->namebase);
	rv_sha256_of(rv_buf_span(&text), &digest);
	rv_inputs_add(out, "makefile", &digest);
	rc = walk_port(&w, source_dirfd, err);
	for (size_t i = 0; i < w.pieces.n && rc == 0; i++)
		rc = add_file_input(out, source_dirfd, &w.pieces.v[i], err);
	walk_release(&w);
	return rc == 0 ? 0 : rv_context(err, "%s", r->namebase);
}
