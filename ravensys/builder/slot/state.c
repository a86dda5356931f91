/* SPDX-License-Identifier: ISC */
/*
 * Cleaning up after a killed owner. The state file of a slot names its control groups before they
 * are made, and its first process once that runs; mounts live in that process's namespace alone (in
 * a plain chroot: beneath the folder).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/file.h"
#include "os/limit.h"
#include "os/mount.h"
#include "os/spawn.h"
#include "slot/internal.h"

#define STATE_MAX_BYTES ((size_t)64 * 1024)

/* Not durable on purpose: after a power cut neither processes nor control groups are left. */
static int add_lines(int dirfd, const char *text, size_t n, bool first, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = first ? rv_file_create(dirfd, RV_SLOT_STATE, 0644, &fd, err)
		       : rv_file_append(dirfd, RV_SLOT_STATE, &fd, err);

	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_SYS, "slot: its state file vanished");
	return rv_fd_write(fd, RV_SLOT_STATE, text, n, err);
}

int rv_slot_state_begin(int dirfd, const char *group, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf places = RV_BUF_INIT(STATE_MAX_BYTES),
				      text = RV_BUF_INIT(STATE_MAX_BYTES);
	struct rv_span rest, line;

	rv_limit_places(group, &places);
	rest = rv_buf_span(&places);
	while (rv_span_next(&rest, '\n', &line))
		rv_buf_addf(&text, "group %.*s\n", RV_SPAN_ARG(line));
	if (rv_buf_check(&text, "slot state", err) < 0)
		return -1;
	return add_lines(dirfd, rv_buf_str(&text), text.n, true, err);
}

int rv_slot_state_process(int dirfd, int pid, struct rv_error *err)
{
	char line[64];
	uint64_t began;
	int n, rc = rv_process_began(pid, &began, err);

	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_SYS, "slot: its first process died");
	n = snprintf(line, sizeof(line), "process %d %llu\n", pid, (unsigned long long)began);
	return add_lines(dirfd, line, (size_t)n, false, err);
}

/* --- reading it */

typedef int state_fn(void *ctx, const char *group, int pid, uint64_t began, struct rv_error *err);

static int one_line(struct rv_span line, state_fn *fn, void *ctx, struct rv_error *err)
{
	struct rv_span word, pid_text;
	uint64_t pid, began;

	if (!rv_span_next(&line, ' ', &word))
		return 0;
	if (rv_span_is(word, "group")) {
		rv_auto(rv_str) char *folder = rv_span_dup(line);
		return fn(ctx, folder, 0, 0, err);
	}
	/* a torn last line says nothing */
	if (!rv_span_is(word, "process") || !rv_span_next(&line, ' ', &pid_text) ||
	    !rv_span_to_u64(pid_text, &pid) || !rv_span_to_u64(line, &began) || pid > INT32_MAX)
		return 0;
	return fn(ctx, NULL, (int)pid, began, err);
}

/* Processes first, then groups: a group with processes cannot be removed. */
static int each_state(const char *dir, state_fn *fn, void *ctx, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(STATE_MAX_BYTES);
	rv_auto(rv_str) char *path = rv_strfmt("%s/" RV_SLOT_STATE, dir);
	struct rv_span rest, line;
	int rc = rv_file_read(RV_CWD, path, &text, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	for (int groups = 0; groups < 2; groups++) {
		rest = rv_buf_span(&text);
		while (rv_span_next(&rest, '\n', &line))
			if (rv_span_starts(line, RV_SPAN_LIT("group ")) == (groups == 1) &&
			    one_line(line, fn, ctx, err) < 0)
				return -1;
	}
	return 0;
}

/* Only names that are ours: the file lies in a folder that a user may write. */
static bool is_our_group(const char *folder)
{
	const char *slash = strrchr(folder, '/');

	return strncmp(folder, "/sys/fs/cgroup", 14) == 0 && !strstr(folder, "/../") && slash &&
	       strncmp(slash + 1, "ravensys-", 9) == 0;
}

static int end_one(
    void *ctx RV_UNUSED, const char *group, int pid, uint64_t began, struct rv_error *err)
{
	if (!group)
		return rv_process_end(pid, began, err);
	if (!is_our_group(group))
		return 0;
	return rv_limit_remove_folder(group, err) < 0 ? -1 : 0;
}

int rv_slot_remove(const char *dir, struct rv_error *err)
{
	if (each_state(dir, end_one, NULL, err) < 0 || rv_mount_remove_beneath(dir, err) < 0 ||
	    rv_tree_remove(RV_CWD, dir, err) < 0)
		return rv_context(err, "clean slot '%s'", dir);
	return 0;
}

/* --- all slots of a buildbase */

struct every {
	const char *buildbase;
	int (*fn)(void *ctx, const char *dir, struct rv_error *err);
	void *ctx;
};

static int on_entry(
    void *ctx, int dirfd RV_UNUSED, const struct rv_dir_entry *entry, struct rv_error *err)
{
	const struct every *every = ctx;
	rv_auto(rv_str) char *dir = NULL;

	if (strncmp(entry->name, "SL", 2) != 0)
		return 0;
	dir = rv_strfmt("%s/%s", every->buildbase, entry->name);
	return every->fn(every->ctx, dir, err);
}

static int each_slot(const char *buildbase, int (*fn)(void *, const char *, struct rv_error *),
    void *ctx, struct rv_error *err)
{
	struct every every = {.buildbase = buildbase, .fn = fn, .ctx = ctx};

	return rv_dir_each(RV_CWD, buildbase, on_entry, &every, err) < 0 ? -1 : 0;
}

static int clean_one(void *ctx RV_UNUSED, const char *dir, struct rv_error *err)
{
	return rv_slot_remove(dir, err);
}

int rv_slot_clean(const char *buildbase, struct rv_error *err)
{
	return each_slot(buildbase, clean_one, NULL, err);
}

/* --- saying what is left */

static int say_one(void *ctx, const char *group, int pid, uint64_t began, struct rv_error *err)
{
	uint64_t now;
	struct rv_stat st;
	int rc = group ? rv_file_stat(RV_CWD, group, &st, err) : rv_process_began(pid, &now, err);

	if (rc < 0)
		return -1;
	if (rc == 0 && group)
		rv_buf_addf(ctx, "group %s\n", group);
	else if (rc == 0 && now == began)
		rv_buf_addf(ctx, "process %d\n", pid);
	return 0;
}

static int say_slot(void *ctx, const char *dir, struct rv_error *err)
{
	rv_buf_addf(ctx, "folder %s\n", dir);
	return each_state(dir, say_one, ctx, err);
}

int rv_slot_leftovers(const char *buildbase, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf mounts = RV_BUF_INIT(1 << 20);
	struct rv_span rest, line;

	if (each_slot(buildbase, say_slot, out, err) < 0 ||
	    rv_mount_list(buildbase, &mounts, err) < 0)
		return -1;
	rest = rv_buf_span(&mounts);
	while (rv_span_next(&rest, '\n', &line))
		rv_buf_addf(out, "mount %.*s\n", RV_SPAN_ARG(line));
	return rv_buf_check(out, "leftovers", err);
}
