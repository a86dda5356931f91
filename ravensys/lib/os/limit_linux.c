/* SPDX-License-Identifier: ISC */
/*
 * Limits by control groups. Version 1 has one hierarchy a controller, version 2 one for all; a host
 * may have both, then version 1 limits and version 2 kills. A group is a folder below the one that
 * this process is in; below a version 2 folder that holds processes controllers cannot be had, so
 * root also tries the top.
 */
#include "os/limit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/internal.h"

enum hierarchy { V2_OWN, V2_TOP, V1_MEMORY, V1_PIDS, N_PLACES };

/* The parent folders, NULL where the host has none. */
struct places {
	char *parent[N_PLACES];
};

static void places_release(struct places *p)
{
	for (int i = 0; i < N_PLACES; i++)
		rv_str_release(&p->parent[i]);
}

static int read_small(const char *path, struct rv_buf *out)
{
	rv_buf_reset(out);
	return rv_file_read(RV_CWD, path, out, NULL);
}

static bool has_word(struct rv_span list, const char *word)
{
	struct rv_span one;

	while (rv_span_next(&list, ',', &one))
		if (rv_span_is(one, word))
			return true;
	return false;
}

/* The path of this process in a hierarchy, from /proc/self/cgroup: "ID:CONTROLLERS:PATH". */
static struct rv_span own_path(struct rv_span text, const char *controller)
{
	struct rv_span line, id, names;

	while (rv_span_next(&text, '\n', &line)) {
		if (!rv_span_next(&line, ':', &id) || !rv_span_next(&line, ':', &names))
			continue;
		if (*controller ? has_word(names, controller) : names.n == 0)
			return line;
	}
	return RV_SPAN_NULL;
}

/* A container may see only a part of the hierarchy: its root is cut off the path. */
static char *folder_of(struct rv_span mount_point, struct rv_span root, struct rv_span path)
{
	if (!path.p)
		return NULL;
	if (root.n > 1 && rv_span_starts(path, root))
		path = rv_span_from(path, root.n);
	if (path.n == 1 && path.p[0] == '/')
		path.n = 0;
	return rv_strfmt("%.*s%.*s", RV_SPAN_ARG(mount_point), RV_SPAN_ARG(path));
}

struct mount_line {
	struct rv_span root, point, type, options;
};

/* "ID PARENT MAJ:MIN ROOT POINT OPTIONS [TAGS...] - TYPE SOURCE SUPER-OPTIONS" */
static bool parse_mount(struct rv_span line, struct mount_line *out)
{
	struct rv_span word = RV_SPAN_NULL;

	for (int i = 0; i < 5; i++) {
		if (!rv_span_next(&line, ' ', &word))
			return false;
		if (i == 3)
			out->root = word;
		if (i == 4)
			out->point = word;
	}
	while (rv_span_next(&line, ' ', &word) && !rv_span_is(word, "-"))
		;
	return rv_span_next(&line, ' ', &out->type) && rv_span_next(&line, ' ', &word) &&
	       rv_span_next(&line, ' ', &out->options);
}

static void keep(char **slot, char *text)
{
	if (*slot)
		free(text);
	else
		*slot = text;
}

static void find_places(struct places *out)
{
	rv_auto(rv_buf) struct rv_buf mounts = RV_BUF_INIT(4 << 20), own = RV_BUF_INIT(1 << 16);
	struct rv_span rest, line, cgroups;
	struct mount_line m;

	if (read_small("/proc/self/mountinfo", &mounts) != 0 ||
	    read_small("/proc/self/cgroup", &own) != 0)
		return;
	rest = rv_buf_span(&mounts);
	cgroups = rv_buf_span(&own);
	while (rv_span_next(&rest, '\n', &line)) {
		if (!parse_mount(line, &m))
			continue;
		if (rv_span_is(m.type, "cgroup2")) {
			keep(&out->parent[V2_OWN],
			    folder_of(m.point, m.root, own_path(cgroups, "")));
			keep(&out->parent[V2_TOP], rv_strfmt("%.*s", RV_SPAN_ARG(m.point)));
		} else if (rv_span_is(m.type, "cgroup") && has_word(m.options, "memory")) {
			keep(&out->parent[V1_MEMORY],
			    folder_of(m.point, m.root, own_path(cgroups, "memory")));
		} else if (rv_span_is(m.type, "cgroup") && has_word(m.options, "pids")) {
			keep(&out->parent[V1_PIDS],
			    folder_of(m.point, m.root, own_path(cgroups, "pids")));
		}
	}
	if (out->parent[V2_OWN] && strcmp(out->parent[V2_OWN], out->parent[V2_TOP]) == 0)
		rv_str_release(&out->parent[V2_TOP]);
}

void rv_limit_places(const char *name, struct rv_buf *out)
{
	rv_auto(places) struct places p = {0};

	find_places(&p);
	for (int i = 0; i < N_PLACES; i++)
		if (p.parent[i])
			rv_buf_addf(out, "%s/%s\n", p.parent[i], name);
}

/* --- files of a group: one write a value, without any temporary name */

static int put(const char *folder, const char *file, const char *text)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/%s", folder, file);
	rv_auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	return fd >= 0 && write(fd, text, n) == (ssize_t)n ? 0 : -1;
}

static int put_number(const char *folder, const char *file, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return put(folder, file, text);
}

static bool there_is(const char *folder, const char *file)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/%s", folder, file);

	return faccessat(RV_CWD, path, F_OK, 0) == 0;
}

static uint64_t get_number(const char *folder, const char *file)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/%s", folder, file);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(4096);
	uint64_t v = 0;

	if (read_small(path, &text) != 0 || !rv_span_to_u64(rv_span_trim(rv_buf_span(&text)), &v))
		return 0;
	return v;
}

static uint64_t get_field(const char *folder, const char *file, const char *field)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/%s", folder, file);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(4096);
	struct rv_span rest, line, word;
	uint64_t v = 0;

	if (read_small(path, &text) != 0)
		return 0;
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line))
		if (rv_span_next(&line, ' ', &word) && rv_span_is(word, field))
			(void)rv_span_to_u64(line, &v);
	return v;
}

/* --- making */

static char *make_folder(const char *parent, const char *name)
{
	char *folder = parent ? rv_strfmt("%s/%s", parent, name) : NULL;

	/* one that is there is a leftover of ours by its name */
	if (folder && mkdir(folder, 0755) < 0 && errno != EEXIST)
		rv_str_release(&folder);
	return folder;
}

static void add_folder(struct rv_limit *limit, char *folder)
{
	limit->folders[limit->n_folders++] = folder;
}

static void make_v1(const struct places *p, const char *name, const struct rv_limit_want *want,
    struct rv_limit *out)
{
	char *memory = make_folder(want->memory_bytes ? p->parent[V1_MEMORY] : NULL, name);
	char *pids = make_folder(want->processes ? p->parent[V1_PIDS] : NULL, name);

	if (memory) {
		out->memory = put_number(memory, "memory.limit_in_bytes", want->memory_bytes) == 0;
		add_folder(out, memory);
	}
	if (pids) {
		out->processes = put_number(pids, "pids.max", want->processes) == 0;
		add_folder(out, pids);
	}
}

/* true when the folder has, or can get, the controllers that version 1 did not give. */
static bool v2_controls(const char *parent, const char *folder)
{
	if (there_is(folder, "memory.max"))
		return true;
	return put(parent, "cgroup.subtree_control", "+memory +pids") == 0 &&
	       there_is(folder, "memory.max");
}

static char *make_v2_folder(const struct places *p, const char *name, bool controllers)
{
	for (int i = V2_OWN; i <= V2_TOP; i++) {
		char *folder = make_folder(p->parent[i], name);
		bool last = i == V2_TOP || !p->parent[V2_TOP] || geteuid() != 0;

		if (folder && (!controllers || last || v2_controls(p->parent[i], folder)))
			return folder;
		if (folder)
			rmdir(folder);
		free(folder);
	}
	return NULL;
}

static void make_v2(const struct places *p, const char *name, const struct rv_limit_want *want,
    struct rv_limit *out)
{
	bool controllers =
	    (want->memory_bytes && !out->memory) || (want->processes && !out->processes);
	char *folder = make_v2_folder(p, name, controllers);

	if (!folder)
		return;
	if (controllers && want->memory_bytes && !out->memory)
		out->memory = put_number(folder, "memory.max", want->memory_bytes) == 0;
	if (controllers && want->processes && !out->processes)
		out->processes = put_number(folder, "pids.max", want->processes) == 0;
	out->kill = there_is(folder, "cgroup.kill");
	add_folder(out, folder);
}

int rv_limit_open(
    const char *name, const struct rv_limit_want *want, struct rv_limit *out, struct rv_error *err)
{
	rv_auto(places) struct places p = {0};

	if (*name == '\0' || *name == '.' || strchr(name, '/'))
		return rv_fail(err, RV_BUG, "limits: '%s' is no name for a group", name);
	*out = RV_LIMIT_INIT;
	find_places(&p);
	make_v1(&p, name, want, out);
	make_v2(&p, name, want, out);
	return 0;
}

int rv_limit_enter(const struct rv_limit *limit, int pid, struct rv_error *err)
{
	for (unsigned i = 0; i < limit->n_folders; i++)
		if (put_number(limit->folders[i], "cgroup.procs", (uint64_t)pid) < 0)
			return rv_fail_sys(err, "put process %d into '%s'", pid, limit->folders[i]);
	return 0;
}

uint64_t rv_limit_peak_bytes(const struct rv_limit *limit)
{
	uint64_t peak = 0, v;

	for (unsigned i = 0; i < limit->n_folders; i++) {
		v = get_number(limit->folders[i], "memory.max_usage_in_bytes");
		peak = v > peak ? v : peak;
		v = get_number(limit->folders[i], "memory.peak");
		peak = v > peak ? v : peak;
	}
	return peak;
}

bool rv_limit_was_hit(const struct rv_limit *limit)
{
	for (unsigned i = 0; i < limit->n_folders; i++)
		if (get_field(limit->folders[i], "memory.oom_control", "oom_kill") > 0 ||
		    get_field(limit->folders[i], "memory.events", "oom_kill") > 0)
			return true;
	return false;
}

/* --- removing */

/*
 * Version 1 has no kill file. Only processes that are in the group at the moment are killed; the
 * caller repeats.
 */
static void kill_members(const char *folder)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/cgroup.procs", folder);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1 << 20);
	struct rv_span rest, line;
	uint64_t pid;

	if (put(folder, "cgroup.kill", "1") == 0 || read_small(path, &text) != 0)
		return;
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line))
		if (rv_span_to_u64(line, &pid) && pid > 1 && pid < INT32_MAX)
			kill((pid_t)pid, SIGKILL);
}

#define REMOVE_MS 5000

int rv_limit_remove_folder(const char *folder, struct rv_error *err)
{
	int64_t end_ms = rv_clock_mono_ms() + REMOVE_MS;
	struct timespec nap = {.tv_nsec = 200000};

	for (;;) {
		if (rmdir(folder) == 0)
			return 0;
		if (errno == ENOENT)
			return RV_ABSENT;
		if (errno != EBUSY || rv_clock_mono_ms() >= end_ms)
			return rv_fail_sys(err, "remove control group '%s'", folder);
		kill_members(folder);
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < 20000000)
			nap.tv_nsec *= 2;
	}
}

static void release(struct rv_limit *limit)
{
	for (unsigned i = 0; i < limit->n_folders; i++)
		free(limit->folders[i]);
	*limit = RV_LIMIT_INIT;
}

int rv_limit_close(struct rv_limit *limit, struct rv_error *err)
{
	int rc = 0;

	for (unsigned i = limit->n_folders; i-- > 0;)
		if (rv_limit_remove_folder(limit->folders[i], rc == 0 ? err : NULL) < 0)
			rc = -1;
	release(limit);
	return rc;
}
