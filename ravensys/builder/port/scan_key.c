/* SPDX-License-Identifier: ISC */
/*
 * What the facts of all ports depend on. Anything that may change one of them without its file
 * being changed belongs here.
 */
#include <stdio.h>

#include "os/spawn.h"
#include "port/scan_file.h"

#define MK_FILE_MAX_BYTES ((size_t)4 * 1024 * 1024)

struct keying {
	struct rv_sha256_state state;
};

static void keying_release(struct keying *k)
{
	rv_sha256_state_release(&k->state);
}

/* With its NUL, so that two texts never look like one. */
static void put(struct keying *k, const char *text)
{
	rv_sha256_add(&k->state, text ? text : "\x01", text ? strlen(text) + 1 : 2);
}

static void put_number(struct keying *k, uint64_t n)
{
	rv_sha256_add(&k->state, &n, sizeof(n));
}

static void put_defaults(struct keying *k, const struct rv_defaults *d)
{
	const char *const all[] = {
	    d->lua, d->perl, d->python3, d->ruby, d->php, d->tcl, d->pgsql, d->mysql, d->ssl};

	/* a new field belongs into the list */
	_Static_assert(sizeof(*d) == (RV_COUNT(all) + 3) * sizeof(char *), "fields of rv_defaults");
	for (size_t i = 0; i < RV_COUNT(all); i++)
		put(k, all[i]);
	put_number(k, d->job_limit);
	put_number(k, d->builders);
	put(k, d->profile_path);
}

static void put_how(struct keying *k, const struct rv_scan_how *how)
{
	static const struct rv_defaults nothing;
	const struct rv_platform *p = how->platform;

	put_number(k, how->depth);
	if (how->depth == RV_SCAN_HEADS)
		return;
	_Static_assert(sizeof(*p) == 6 * sizeof(char *), "fields of rv_platform");
	put(k, p->opsys);
	put(k, p->arch);
	put(k, p->release);
	put(k, p->major);
	put(k, p->version);
	put_number(k, p->host_compiler);
	put_number(k, p->genesis);
	put_defaults(k, how->defaults ? how->defaults : &nothing);
}

/* Another build of this program may read a recipe otherwise. */
static int put_program(struct keying *k, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(4096);
	struct rv_stat st;

	put(k, RV_VERSION);
	if (rv_self_path(&path, err) < 0 || rv_file_stat(RV_CWD, rv_buf_str(&path), &st, err) < 0)
		return -1;
	put_number(k, st.size);
	put_number(k, (uint64_t)st.mtime_s);
	put_number(k, st.mtime_ns);
	put_number(k, st.ino);
	return 0;
}

/* The data of mk/ stand in the files directly in it. */
static int put_mk_file(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(MK_FILE_MAX_BYTES);
	struct keying *k = ctx;

	if (entry->kind != RV_FILE)
		return 0;
	if (rv_file_read(dirfd, entry->name, &text, err) < 0)
		return -1;
	put(k, entry->name);
	put_number(k, text.n);
	rv_sha256_add(&k->state, rv_buf_str(&text), text.n);
	return 0;
}

int rv_scan_key(const struct rv_scan_how *how, struct rv_sha256 *out, struct rv_error *err)
{
	rv_auto(keying) struct keying k = {0};

	rv_sha256_begin(&k.state);
	put_number(&k, RV_SCAN_VERSION);
	put_number(&k, sizeof(struct rv_scan_file));
	put_how(&k, how);
	for (size_t i = 0; i < how->trees->n; i++)
		put(&k, how->trees->v[i].path);
	if (put_program(&k, err) < 0)
		return -1;
	if (how->mk_fd >= 0 && rv_dir_each(how->mk_fd, ".", put_mk_file, &k, err) < 0)
		return rv_context(err, "mk folder");
	rv_sha256_end(&k.state, out);
	return 0;
}

int rv_scan_file_name(
    const struct rv_scan_how *how, char out[RV_SCAN_FILE_NAME_BYTES], struct rv_error *err)
{
	rv_auto(keying) struct keying k = {0};
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_sha256 digest;
	struct rv_stat st;

	rv_sha256_begin(&k.state);
	put_how(&k, how);
	for (size_t i = 0; i < how->trees->n; i++) {
		if (rv_file_fstat(how->trees->v[i].fd, &st, err) < 0)
			return -1;
		put_number(&k, st.dev);
		put_number(&k, st.ino);
	}
	rv_sha256_end(&k.state, &digest);
	rv_sha256_hex(&digest, hex);
	snprintf(out, RV_SCAN_FILE_NAME_BYTES, "%.32s.scan", hex);
	return 0;
}
