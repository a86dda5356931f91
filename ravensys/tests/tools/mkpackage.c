/* SPDX-License-Identifier: ISC */
/*
 * Makes small packages for tests.
 *
 *	mkpackage OUTDIR SPEC ...
 *
 * A SPEC file ("-" is standard input) holds packages, each begun by a line `package NAME VERSION`;
 * the file made is OUTDIR/NAME~VERSION.rvn, and a line "NAME VERSION CONTENTID" is printed. Other
 * lines, paths relative to the root:
 *
 *	abi ABI                     linux:x86_64:test.1 unless said
 *	comment TEXT
 *	require NAME [VERSION | =]  at least VERSION; = is the same version
 *	needs SONAME | gives SONAME
 *	message WHEN TEXT           always, install, upgrade, remove
 *	script PHASE                the Lua text follows, up to a line with a single dot
 *	dir PATH MODE [OWNER GROUP]
 *	file PATH MODE [TEXT]       the text and a newline; nothing: empty
 *	config PATH MODE [TEXT]
 *	big PATH MODE BYTES SEED    pseudo-random bytes
 *	tree PATH FOLDER            files, folders and links of a folder of this machine
 *	link PATH TARGET
 *	hard PATH TARGET
 *	owner PATH OWNER GROUP      of a path named before
 *	xattr PATH NAME VALUE       the same
 *
 * Folders above a path that are not named get mode 0755.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/writer.h"
#include "base/map.h"
#include "base/vec.h"
#include "os/file.h"

#define SPEC_MAX ((size_t)16 << 20)
#define SCRATCH ".mkpackage"

struct item {
	struct rv_file_entry e;
	const char *content; /* name in the scratch folder, or beneath from */
	int from;	     /* > 0: a folder of this machine; never closed */
};

struct maker {
	struct rv_arena arena;
	struct rv_manifest m;
	struct rv_build build;
	rv_vec(struct item) items;
	struct rv_map paths;
	int out_fd, scratch_fd;
	unsigned n_contents;
	bool open;
	const char *what;
	unsigned line;
};

static void die(const struct maker *k, const char *reason, struct rv_span about)
{
	fprintf(
	    stderr, "mkpackage: %s:%u: %s: %.*s\n", k->what, k->line, reason, RV_SPAN_ARG(about));
	exit(1);
}

static void check(const struct maker *k, int rc, const struct rv_error *err)
{
	if (rc != 0)
		die(k, "failed", rv_span_str(err->msg));
}

static struct rv_span word(struct rv_span *rest)
{
	struct rv_span w = RV_SPAN_NULL;

	*rest = rv_span_trim(*rest);
	rv_span_next(rest, ' ', &w);
	return w;
}

static const char *keep(struct maker *k, struct rv_span s)
{
	return rv_arena_strndup(&k->arena, s.p ? s.p : "", s.n);
}

static uint32_t octal(const struct maker *k, struct rv_span s)
{
	uint32_t mode = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			die(k, "mode", s);
		mode = mode * 8 + (uint32_t)(s.p[i] - '0');
	}
	return mode;
}

/* A path becomes an item with its missing folders before it. */
static struct item *add_item(
    struct maker *k, struct rv_span path, enum rv_file_type type, uint32_t mode)
{
	size_t slash = rv_span_rfind(path, '/');
	struct item *it;

	if (slash < path.n && !rv_map_get(&k->paths, rv_span_sub(path, 0, slash)))
		add_item(k, rv_span_sub(path, 0, slash), RV_ENTRY_DIR, 0755);
	it = rv_vec_add(&k->items);
	it->e.path = rv_span_str(keep(k, path));
	it->e.type = type;
	it->e.mode = mode;
	rv_map_put(&k->paths, it->e.path, k);
	return it;
}

static void set_content(struct maker *k, struct item *it, struct rv_span data)
{
	struct rv_error err = RV_ERROR_INIT;

	it->content = rv_arena_fmt(&k->arena, "%u", k->n_contents++);
	check(k, rv_file_replace(k->scratch_fd, it->content, 0644, data, &err), &err);
}

static void set_big_content(struct maker *k, struct item *it, struct rv_span rest)
{
	uint64_t bytes = 0, seed = 0, x;
	char *data;

	if (!rv_span_to_u64(word(&rest), &bytes) || !rv_span_to_u64(word(&rest), &seed))
		die(k, "big PATH MODE BYTES SEED", rest);
	data = rv_alloc((size_t)bytes + 1);
	x = seed * 2654435761u + 88172645463325252u;
	for (uint64_t i = 0; i < bytes; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		data[i] = (char)(i % 3 ? x : 'a');
	}
	set_content(k, it, rv_span(data, (size_t)bytes));
	free(data);
}

static void add_file(struct maker *k, struct rv_span key, struct rv_span rest)
{
	struct rv_span path = word(&rest), mode = word(&rest);
	struct item *it = add_item(k, path, RV_ENTRY_FILE, octal(k, mode));
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(SPEC_MAX);

	if (rv_span_is(key, "config"))
		it->e.flags = RV_FILE_CONFIG;
	if (rv_span_is(key, "big")) {
		set_big_content(k, it, rest);
		return;
	}
	if (rest.n) {
		rv_buf_add_span(&text, rest);
		rv_buf_add_char(&text, '\n');
	}
	set_content(k, it, rv_buf_span(&text));
}

struct copying {
	struct maker *k;
	int top;
	const char *path, *from; /* "raven/include/sys", "sys" */
};

static int copy_entry(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct copying *c = ctx, inner = *c;
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(4096);
	struct rv_stat st;
	struct item *it;

	if (rv_file_stat(dirfd, entry->name, &st, err) != 0)
		return -1;
	if (st.kind != RV_FILE && st.kind != RV_DIR && st.kind != RV_LINK)
		return 0;
	inner.path = rv_arena_fmt(&c->k->arena, "%s/%s", c->path, entry->name);
	inner.from = *c->from ? rv_arena_fmt(&c->k->arena, "%s/%s", c->from, entry->name)
			      : rv_arena_strdup(&c->k->arena, entry->name);
	it = add_item(c->k, rv_span_str(inner.path),
	    st.kind == RV_DIR	 ? RV_ENTRY_DIR
	    : st.kind == RV_LINK ? RV_ENTRY_LINK
				 : RV_ENTRY_FILE,
	    st.kind == RV_LINK ? 0777 : st.mode & 0777);
	it->content = inner.from;
	it->from = c->top;
	if (st.kind == RV_LINK) {
		if (rv_file_readlink(dirfd, entry->name, &target, err) != 0)
			return -1;
		it->e.target = rv_arena_span(&c->k->arena, rv_buf_span(&target));
	}
	return st.kind == RV_DIR ? rv_dir_each(dirfd, entry->name, copy_entry, &inner, err) : 0;
}

static void add_tree(struct maker *k, struct rv_span key, struct rv_span rest)
{
	struct copying c = {.k = k, .path = keep(k, word(&rest)), .from = ""};
	struct rv_error err = RV_ERROR_INIT;

	(void)key;
	check(k, rv_dir_open_user(keep(k, rest), &c.top, &err), &err);
	check(k, rv_dir_each(c.top, ".", copy_entry, &c, &err), &err);
}

static void add_link(struct maker *k, struct rv_span key, struct rv_span rest)
{
	bool is_hard = rv_span_is(key, "hard");
	struct rv_span path = word(&rest), target = word(&rest);
	struct item *it = add_item(k, path, is_hard ? RV_ENTRY_HARDLINK : RV_ENTRY_LINK, 0777);

	it->e.target = rv_span_str(keep(k, target));
	if (!is_hard)
		return;
	rv_vec_each (&k->items, other)
		if (rv_span_eq(other->e.path, target))
			it->e.mode = other->e.mode;
}

static void set_owner(struct maker *k, struct rv_span path, struct rv_span rest)
{
	rv_vec_each (&k->items, it) {
		if (!rv_span_eq(it->e.path, path))
			continue;
		it->e.owner = rv_span_str(keep(k, word(&rest)));
		it->e.group = rv_span_str(keep(k, word(&rest)));
		return;
	}
	die(k, "owner: no such path", path);
}

static void add_dir(struct maker *k, struct rv_span key, struct rv_span rest)
{
	struct rv_span path = word(&rest), mode = word(&rest);

	(void)key;
	add_item(k, path, RV_ENTRY_DIR, octal(k, mode));
	if (rest.n)
		set_owner(k, path, rest);
}

static void add_owner(struct maker *k, struct rv_span key, struct rv_span rest)
{
	(void)key;
	set_owner(k, word(&rest), rest);
}

static void add_xattr(struct maker *k, struct rv_span key, struct rv_span rest)
{
	struct rv_span path = word(&rest), name = word(&rest);
	struct rv_xattr *list;

	(void)key;
	rv_vec_each (&k->items, it) {
		if (!rv_span_eq(it->e.path, path))
			continue;
		list = rv_arena_alloc(&k->arena, (it->e.n_xattrs + 1) * sizeof(*list));
		if (it->e.n_xattrs)
			memcpy(list, it->e.xattrs, it->e.n_xattrs * sizeof(*list));
		list[it->e.n_xattrs] =
		    (struct rv_xattr){rv_span_str(keep(k, name)), rv_span_str(keep(k, rest))};
		it->e.xattrs = list;
		it->e.n_xattrs++;
		return;
	}
	die(k, "xattr: no such path", path);
}

/* --- the manifest */
static void add_require(struct maker *k, struct rv_span key, struct rv_span rest)
{
	struct rv_require r = {.name = keep(k, word(&rest)), .kind = RV_REQUIRE_ANY, .version = ""};

	(void)key;
	if (rv_span_is(rest, "=")) {
		r.kind = RV_REQUIRE_SAME;
	} else if (rest.n) {
		r.kind = RV_REQUIRE_AT_LEAST;
		r.version = keep(k, rest);
	}
	rv_vec_push(&k->m.requires, r);
}

static void add_soname(struct maker *k, struct rv_span key, struct rv_span rest)
{
	struct rv_strings *to =
	    rv_span_is(key, "needs") ? &k->m.requires_sonames : &k->m.provides_sonames;

	rv_vec_push(to, keep(k, rest));
}

static void add_text(struct maker *k, struct rv_span key, struct rv_span rest)
{
	if (rv_span_is(key, "abi"))
		k->m.abi = keep(k, rest);
	else
		k->m.comment = keep(k, rest);
}

static void add_message(struct maker *k, struct rv_span key, struct rv_span rest)
{
	struct rv_span when = word(&rest);
	struct rv_message m = {.text = keep(k, rest), .older_than = "", .newer_than = ""};

	(void)key;
	for (int w = RV_MESSAGE_ALWAYS; w <= RV_MESSAGE_REMOVE; w++)
		if (rv_span_is(when, rv_message_when_name((enum rv_message_when)w)))
			m.when = (enum rv_message_when)w;
	rv_vec_push(&k->m.messages, m);
}

/* The lines up to the dot. */
static void add_script(struct maker *k, struct rv_span phase, struct rv_span *rest)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(SPEC_MAX);
	struct rv_script s = {.language = RV_SCRIPT_LUA};
	struct rv_span line;

	if (!rv_script_phase_parse(phase, &s.phase))
		die(k, "no such phase", phase);
	while (rv_span_next(rest, '\n', &line) && !rv_span_is(line, ".")) {
		k->line++;
		rv_buf_addf(&text, "%.*s\n", RV_SPAN_ARG(line));
	}
	k->line++;
	s.text = keep(k, rv_buf_span(&text));
	rv_vec_push(&k->m.scripts, s);
}

/* --- a package */
static int compare_items(const void *a, const void *b)
{
	return rv_file_entry_cmp(&((const struct item *)a)->e, &((const struct item *)b)->e);
}

static void write_package(struct maker *k)
{
	struct rv_package_content *contents = rv_alloc_array(k->items.n + 1, sizeof(*contents));
	struct rv_file_entry *entries = rv_alloc_array(k->items.n + 1, sizeof(*entries));
	struct rv_package_spec spec = {.manifest = &k->m,
	    .build = &k->build,
	    .entries = entries,
	    .contents = contents,
	    .n_entries = k->items.n,
	    .threads = 1};
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT((size_t)512);
	struct rv_ident id = rv_manifest_ident(&k->m);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_package_made made;
	char hex[RV_SHA256_HEX_BYTES];

	rv_vec_sort(&k->items, compare_items);
	for (size_t i = 0; i < k->items.n; i++) {
		entries[i] = k->items.v[i].e;
		contents[i] = (struct rv_package_content){
		    k->items.v[i].from > 0 ? k->items.v[i].from : k->scratch_fd,
		    k->items.v[i].content};
	}
	rv_ident_add_file(&id, &name);
	check(k, rv_package_create(&spec, k->out_fd, rv_buf_str(&name), &made, &err), &err);
	rv_sha256_hex(&made.content_id, hex);
	printf("%s~%s~%s %s %s\n", k->m.namebase, k->m.subpackage, k->m.variant, k->m.version, hex);
	free(contents);
	free(entries);
}

static void end_package(struct maker *k)
{
	if (!k->open)
		return;
	write_package(k);
	rv_manifest_release(&k->m);
	rv_build_release(&k->build);
	rv_vec_release(&k->items);
	rv_map_release(&k->paths);
	rv_arena_release(&k->arena);
	k->open = false;
}

static void begin_package(struct maker *k, struct rv_span rest)
{
	struct rv_span name = word(&rest);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_ident id;

	end_package(k);
	rv_manifest_init(&k->m);
	rv_build_init(&k->build);
	check(k, rv_ident_parse(name, &id, &err), &err);
	k->m.namebase = keep(k, id.namebase);
	k->m.subpackage = keep(k, id.subpackage);
	k->m.variant = keep(k, id.variant);
	k->m.version = keep(k, rest);
	k->m.abi = "linux:x86_64:test.1";
	k->m.prefix = "/raven";
	k->m.comment = "test package";
	k->build.builder = "mkpackage";
	k->build.system_root = "host";
	k->build.source_date_epoch = 1577836800;
	k->open = true;
}

static const struct {
	const char *key;
	void (*add)(struct maker *k, struct rv_span key, struct rv_span rest);
} keys[] = {
    {"abi", add_text},
    {"comment", add_text},
    {"require", add_require},
    {"needs", add_soname},
    {"gives", add_soname},
    {"message", add_message},
    {"dir", add_dir},
    {"file", add_file},
    {"config", add_file},
    {"big", add_file},
    {"tree", add_tree},
    {"link", add_link},
    {"hard", add_link},
    {"owner", add_owner},
    {"xattr", add_xattr},
};

static void one_line(struct maker *k, struct rv_span key, struct rv_span line)
{
	for (size_t i = 0; i < RV_COUNT(keys); i++) {
		if (!rv_span_is(key, keys[i].key))
			continue;
		keys[i].add(k, key, line);
		return;
	}
	die(k, "unknown line", key);
}

static void read_spec(struct maker *k, struct rv_span rest)
{
	struct rv_span line, key;

	while (rv_span_next(&rest, '\n', &line)) {
		k->line++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		key = word(&line);
		if (rv_span_is(key, "package"))
			begin_package(k, line);
		else if (!k->open)
			die(k, "wanted a line 'package NAME VERSION' first", key);
		else if (rv_span_is(key, "script"))
			add_script(k, line, &rest);
		else
			one_line(k, key, line);
	}
	end_package(k);
}

int main(int argc, char **argv)
{
	struct maker k = {.out_fd = -1, .scratch_fd = -1, .what = "mkpackage"};
	struct rv_error err = RV_ERROR_INIT;

	if (argc < 3) {
		fprintf(stderr, "usage: mkpackage OUTDIR SPEC ...\n");
		return 2;
	}
	check(&k, rv_dir_open_user(argv[1], &k.out_fd, &err), &err);
	check(&k, rv_dir_make(k.out_fd, SCRATCH, 0755, &err), &err);
	check(&k, rv_dir_open(k.out_fd, SCRATCH, &k.scratch_fd, &err), &err);
	for (int i = 2; i < argc; i++) {
		struct rv_buf text = RV_BUF_INIT(SPEC_MAX);

		k.what = argv[i];
		k.line = 0;
		if (strcmp(argv[i], "-") == 0)
			check(&k, rv_fd_read_all(0, "standard input", &text, &err), &err);
		else
			check(&k, rv_file_read(RV_CWD, argv[i], &text, &err), &err);
		read_spec(&k, rv_buf_span(&text));
		rv_buf_release(&text);
	}
	check(&k, rv_tree_remove(k.out_fd, SCRATCH, &err), &err);
	rv_fd_release(&k.scratch_fd);
	rv_fd_release(&k.out_fd);
	return 0;
}
