/* SPDX-License-Identifier: ISC */
/*
 * repos/NAME.conf to a value. Every key is checked here, so that a wrong one is said with its line.
 */
#include "repo/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "codec/ini.h"
#include "os/file.h"
#include "pkg/ident.h"

#define NAME_MAX_BYTES ((size_t)64)
#define BASES_MAX ((size_t)32)

struct reading {
	const struct rv_ini *ini;
	const char *file;
	struct rv_arena *arena;
	struct rv_repo_conf *out;
	struct rv_error *err;
};

static int wrong(const struct reading *r, const char *key, const char *why)
{
	return rv_fail(
	    r->err, RV_INPUT, "%s:%u: %s: %s", r->file, rv_ini_line(r->ini, "", key), key, why);
}

static int missing(const struct reading *r, const char *key)
{
	return rv_fail(r->err, RV_INPUT, "%s: key '%s' is missing", r->file, key);
}

static bool known_key(const char *key)
{
	static const char *const keys[] = {
	    "url", "mirrors", "abi", "root", "fingerprint", "priority", "enabled"};

	for (size_t i = 0; i < RV_COUNT(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static int check_keys(const struct reading *r)
{
	const char *section, *key, *value;
	size_t i = 0;

	while (rv_ini_next(r->ini, &i, &section, &key, &value)) {
		if (*section)
			return rv_fail(r->err, RV_INPUT,
			    "%s:%u: there are no sections here: '[%s]'", r->file,
			    rv_ini_line(r->ini, section, key), section);
		if (!known_key(key))
			return wrong(r, key, "unknown key");
	}
	return 0;
}

/* A path as an address: what has a meaning in addresses is escaped. */
static const char *file_address(struct rv_arena *arena, struct rv_span path)
{
	static const char hex[] = "0123456789ABCDEF";
	char *text = rv_arena_alloc(arena, sizeof("file://") + 3 * path.n), *to = text;

	to = stpcpy(to, "file://");
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if (c > 0x20 && c < 0x7f && !strchr("%?#[]\"<>\\^`{|}", c)) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	return text;
}

/* An address without its last slashes; a path becomes one. NULL: neither. */
static const char *base_of(struct rv_arena *arena, struct rv_span text)
{
	while (text.n > 1 && text.p[text.n - 1] == '/')
		text.n--;
	if (rv_span_starts(text, RV_SPAN_LIT("/")))
		return file_address(arena, text);
	if (rv_span_starts(text, RV_SPAN_LIT("file:///")) ||
	    rv_span_starts(text, RV_SPAN_LIT("http://")) ||
	    rv_span_starts(text, RV_SPAN_LIT("https://")))
		return rv_arena_strndup(arena, text.p, text.n);
	return NULL;
}

static int read_bases(struct reading *r)
{
	const char *url = rv_ini_get(r->ini, "", "url"),
		   *mirrors = rv_ini_get(r->ini, "", "mirrors");
	const char **bases = rv_arena_alloc(r->arena, BASES_MAX * sizeof(*bases));
	struct rv_span rest = rv_span_str(mirrors), word;
	static const char why[] = "not http://, https://, file:/// or an absolute path";

	if (!url)
		return missing(r, "url");
	bases[0] = base_of(r->arena, rv_span_str(url));
	if (!bases[0])
		return wrong(r, "url", why);
	r->out->n_bases = 1;
	while (rv_span_next(&rest, ' ', &word)) {
		word = rv_span_trim(word);
		if (!word.n)
			continue;
		if (r->out->n_bases == BASES_MAX)
			return wrong(r, "mirrors", "more than 31");
		bases[r->out->n_bases] = base_of(r->arena, word);
		if (!bases[r->out->n_bases++])
			return wrong(r, "mirrors", why);
	}
	r->out->bases = bases;
	return 0;
}

static int read_abi(struct reading *r)
{
	rv_auto(rv_buf) struct rv_buf file = RV_BUF_INIT(RV_ABI_MAX_BYTES);
	const char *text = rv_ini_get(r->ini, "", "abi");
	struct rv_abi abi;

	if (!text)
		return missing(r, "abi");
	if (rv_abi_parse(rv_span_str(text), &abi, r->err) < 0)
		return rv_context(r->err, "%s:%u", r->file, rv_ini_line(r->ini, "", "abi"));
	rv_abi_add_file(&abi, &file);
	r->out->abi = rv_arena_strdup(r->arena, text);
	r->out->abi_file = rv_arena_strdup(r->arena, rv_buf_str(&file));
	return rv_buf_check(&file, "abi", r->err);
}

static int read_trust(struct reading *r)
{
	const char *root = rv_ini_get(r->ini, "", "root");
	const char *print = rv_ini_get(r->ini, "", "fingerprint");

	if (!root == !print)
		return rv_fail(r->err, RV_INPUT,
		    "%s: one of 'root' (a root.json beside it) and 'fingerprint' (its sha256) is "
		    "needed: "
		    "ask the publisher for it",
		    r->file);
	if (print)
		return rv_sha256_parse(rv_span_str(print), &r->out->fingerprint)
			   ? 0
			   : wrong(r, "fingerprint", "not 64 lower-case hexadecimal digits");
	if (!*root || *root == '.' || strchr(root, '/'))
		return wrong(r, "root", "not the name of a file beside it");
	r->out->root = rv_arena_strdup(r->arena, root);
	return 0;
}

static int read_rest(struct reading *r)
{
	const char *priority = rv_ini_get(r->ini, "", "priority");
	const char *enabled = rv_ini_get(r->ini, "", "enabled");
	uint64_t n = 0;

	if (priority && (!rv_span_to_u64(rv_span_str(priority), &n) || n > 1000000))
		return wrong(r, "priority", "not a number from 0 to 1000000");
	if (enabled && strcmp(enabled, "yes") != 0 && strcmp(enabled, "no") != 0)
		return wrong(r, "enabled", "not yes or no");
	r->out->priority = (int64_t)n;
	r->out->enabled = !enabled || strcmp(enabled, "yes") == 0;
	return 0;
}

static bool is_name(struct rv_span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
			name.p[i]))
			return false;
	return name.n && name.n <= NAME_MAX_BYTES && name.p[0] != '.';
}

int rv_repo_conf_read(int repos_dirfd, const char *file, struct rv_arena *arena,
    struct rv_repo_conf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_REPO_CONF_MAX_BYTES);
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	struct rv_span name = rv_span_str(file);
	struct reading r = {.file = file, .arena = arena, .out = out, .err = err};
	int rc;

	memset(out, 0, sizeof(*out));
	name.n -= rv_span_ends(name, RV_SPAN_LIT(".conf")) ? 5 : name.n;
	if (!is_name(name))
		return rv_fail(
		    err, RV_INPUT, "%s: not a name of letters, digits, '.', '_' and '-'", file);
	out->name = rv_arena_strndup(arena, name.p, name.n);
	out->file = rv_arena_strdup(arena, file);
	rc = rv_file_read(repos_dirfd, file, &text, err);
	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_INPUT, "%s: there is no such file", file);
	if (rv_ini_parse(rv_buf_span(&text), file, &ini, err) < 0)
		return -1;
	r.ini = ini;
	if (check_keys(&r) < 0 || read_bases(&r) < 0 || read_abi(&r) < 0 || read_trust(&r) < 0)
		return -1;
	return read_rest(&r);
}

struct listing {
	struct rv_arena *arena;
	struct rv_repo_confs *out;
};

static int list_one(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;

	if (entry->name[0] == '.' || !rv_span_ends(rv_span_str(entry->name), RV_SPAN_LIT(".conf")))
		return 0;
	return rv_repo_conf_read(dirfd, entry->name, l->arena, rv_vec_add(l->out), err);
}

static int by_priority(const void *a, const void *b)
{
	const struct rv_repo_conf *x = a, *y = b;

	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	return strcmp(x->name, y->name);
}

int rv_repo_conf_list(
    int repos_dirfd, struct rv_arena *arena, struct rv_repo_confs *out, struct rv_error *err)
{
	struct listing l = {arena, out};

	if (rv_dir_each(repos_dirfd, ".", list_one, &l, err) < 0)
		return -1;
	rv_vec_sort(out, by_priority);
	return 0;
}
