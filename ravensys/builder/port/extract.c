/* SPDX-License-Identifier: ISC */
/* What of a port's folder goes into a slot's /port, and the digests of it. */
#include "base/vec.h"
#include "os/file.h"
#include "port/check.h"
#include "port/make.h"

struct piece {
	const char *from; /* below the port's source folder */
	const char *to;	  /* below /port */
};

struct walk {
	const struct rv_recipe *r;
	struct rv_arena arena;
	rv_vec(struct piece) pieces;
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

static int add_folder(struct walk *w, const char *from, const char *to, struct rv_error *err)
{
	struct rv_file_names names;
	bool files = strcmp(to, "files") == 0;

	if (rv_port_files_list(&w->r->port->files, from, &names, err) < 0)
		return -1;
	rv_vec_each (&names, it) {
		const char *name = rv_arena_strdup(&w->arena, *it);

		add_piece(w, rv_arena_fmt(&w->arena, "%s/%s", from, name),
		    files ? place_file(w, name) : rv_arena_fmt(&w->arena, "%s/%s", to, name));
	}
	rv_file_names_release(&names);
	return 0;
}

static int by_target(const void *a, const void *b)
{
	return strcmp(((const struct piece *)a)->to, ((const struct piece *)b)->to);
}

/* All pieces, sorted by where they go. */
static int walk_port(struct walk *w, struct rv_error *err)
{
	static const char *const folders[] = {"files", "patches", "scripts"};
	struct rv_arena *a = &w->arena;
	int rc = rv_port_files_has(&w->r->port->files, "distinfo", err);

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
		if (add_folder(w, folders[i], folders[i], err) < 0)
			return -1;
	if (add_folder(w, w->r->platform.opsys, "opsys", err) < 0)
		return -1;
	rv_vec_sort(&w->pieces, by_target);
	return 0;
}

static int read_piece(
    const struct rv_recipe *r, const struct piece *p, struct rv_buf *text, struct rv_error *err)
{
	int rc = rv_port_files_read(&r->port->files, p->from, text, err);

	return rc == RV_ABSENT ? rv_fail(err, RV_INPUT, "%s: the file has gone", p->from) : rc;
}

static int write_piece(int port_dirfd, const char *name, struct rv_span text, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = rv_file_create(port_dirfd, name, 0644, &fd, err);

	if (rc == RV_EXISTS)
		return rv_fail(
		    err, RV_INPUT, "%s: the port's folder in the slot is not empty", name);
	return rc < 0 ? rc : rv_fd_write(fd, name, text.p, text.n, err);
}

static int copy_piece(
    const struct rv_recipe *r, const struct piece *p, int port_dirfd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	struct rv_span to = rv_span_str(p->to);
	size_t slash = rv_span_find(to, '/');
	char folder[32];

	if (slash < to.n && slash < sizeof(folder)) {
		memcpy(folder, p->to, slash);
		folder[slash] = '\0';
		if (rv_dir_make(port_dirfd, folder, 0755, err) < 0)
			return -1;
	}
	if (read_piece(r, p, &text, err) < 0)
		return -1;
	return write_piece(port_dirfd, p->to, rv_buf_span(&text), err);
}

int rv_recipe_extract(const struct rv_recipe *r, int port_dirfd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf makefile = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
	struct walk w = {.r = r};
	int rc;

	rv_recipe_makefile(r, &makefile);
	if (rv_buf_check(&makefile, "Makefile", err) < 0)
		return rv_context(err, "%s", r->namebase);
	if (write_piece(port_dirfd, "Makefile", rv_buf_span(&makefile), err) < 0)
		return -1;
	rc = walk_port(&w, err);
	for (size_t i = 0; i < w.pieces.n && rc == 0; i++)
		rc = copy_piece(r, &w.pieces.v[i], port_dirfd, err);
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
    const struct rv_recipe *r, struct rv_inputs *out, const struct piece *p, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	struct rv_sha256 digest;

	if (read_piece(r, p, &text, err) < 0)
		return -1;
	rv_sha256_of(rv_buf_span(&text), &digest);
	rv_inputs_add(out, p->to, &digest);
	return 0;
}

int rv_recipe_inputs(const struct rv_recipe *r, struct rv_inputs *out, struct rv_error *err)
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
	rc = walk_port(&w, err);
	for (size_t i = 0; i < w.pieces.n && rc == 0; i++)
		rc = add_file_input(r, out, &w.pieces.v[i], err);
	walk_release(&w);
	return rc == 0 ? 0 : rv_context(err, "%s", r->namebase);
}
