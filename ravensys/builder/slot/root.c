/* SPDX-License-Identifier: ISC */
/*
 * The slot's root, put together inside its mount namespace and entered. Everything is looked up on
 * the host before the root changes; nothing of the host stays reachable but what is mounted here,
 * read-only.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/mount.h"
#include "slot/internal.h"

#define HOST_FLAGS (RV_MOUNT_READ_ONLY | RV_MOUNT_NO_SUID | RV_MOUNT_NO_DEV)

struct build {
	const struct rv_slot_plan *plan;
	const struct rv_slot_spec *spec;
	const struct rv_ns_inside *inside;
	int slot, top, root; /* buildbase/SLnn; where the slot writes; its root */
	rv_vec(struct rv_layer) layers;
	rv_vec(int) layer_parents;
};

static void build_release(struct build *b)
{
	rv_fd_release(&b->slot);
	rv_fd_release(&b->top);
	rv_fd_release(&b->root);
	rv_vec_each (&b->layer_parents, fd)
		rv_fd_release(fd);
	rv_vec_release(&b->layers);
	rv_vec_release(&b->layer_parents);
}

static int want(int rc, const char *what, struct rv_error *err)
{
	return rc > 0 ? rv_fail(err, RV_INPUT, "slot: there is no '%s'", what) : rc;
}

/* --- where the slot writes */

/*
 * In a plain chroot mounts cannot be made private as a whole: then below a mount of our own, which
 * can.
 */
static int open_slot(struct build *b, struct rv_error *err)
{
	const char *dir = b->spec->dir;

	if (b->inside->shared && rv_mount_bind(RV_CWD, dir, RV_CWD, dir, 0, err) < 0)
		return -1;
	return want(rv_dir_open(RV_CWD, dir, &b->slot, err), dir, err);
}

static int open_top(struct build *b, struct rv_error *err)
{
	const struct rv_tmpfs how = {.max_bytes = b->spec->space_bytes, .mode = 0755};

	if (b->spec->on_disk)
		return want(rv_dir_open(b->slot, "work", &b->top, err), "work", err);
	return rv_mount_tmpfs(&how, b->slot, "work", &b->top, err);
}

/* --- layers */

/*
 * Trees that lie in one folder share one mount of that folder with shifted owners: 500 trees cost
 * one mount. Without a range of ids the trees are taken as they are.
 */
static int parent_of(struct build *b, const char *parent, struct rv_error *err)
{
	char name[32];
	rv_auto_fd fd = -1;

	snprintf(name, sizeof(name), "layers/%zu", b->layer_parents.n);
	if (rv_mount_copy(RV_CWD, parent, HOST_FLAGS, b->inside->map_fd, &fd, err) < 0 ||
	    rv_dir_make(b->top, name, 0755, err) < 0 || rv_mount_attach(fd, b->top, name, err) < 0)
		return -1;
	rv_vec_push(&b->layer_parents, rv_take_fd(&fd));
	return b->layer_parents.v[b->layer_parents.n - 1];
}

static int find_layers(struct build *b, struct rv_error *err)
{
	rv_auto(rv_str) char *last = NULL;
	int fd = -1;

	for (const char *const *tree = b->spec->trees; tree && *tree; tree++) {
		const char *slash = strrchr(*tree, '/');

		if (!slash || slash == *tree || slash[1] == '\0')
			return rv_fail(err, RV_BUG, "slot: tree '%s': not an absolute path", *tree);
		if (!last || strlen(last) != (size_t)(slash - *tree) ||
		    strncmp(last, *tree, strlen(last)) != 0) {
			rv_str_release(&last);
			last = rv_strndup(*tree, (size_t)(slash - *tree));
			fd = parent_of(b, last, err);
			if (fd < 0)
				return rv_context(err, "slot: tree '%s'", *tree);
		}
		rv_vec_push(&b->layers, (struct rv_layer){.dirfd = fd, .name = slash + 1});
	}
	/* an overlay needs a lower layer */
	rv_vec_push(&b->layers, (struct rv_layer){.dirfd = b->top, .name = "empty"});
	return 0;
}

static int lay_root(struct build *b, struct rv_error *err)
{
	rv_auto_fd upper = -1, work = -1;
	struct rv_overlay how = {.as_user = b->inside->users == RV_NS_ONE_ID};

	if (want(rv_dir_open(b->top, "upper", &upper, err), "upper", err) < 0 ||
	    want(rv_dir_open(b->top, "overlay", &work, err), "overlay", err) < 0)
		return -1;
	if (find_layers(b, err) < 0)
		return -1;
	how.lower = b->layers.v;
	how.n_lower = (unsigned)b->layers.n;
	how.upper_fd = upper;
	how.work_fd = work;
	return rv_mount_overlay(&how, b->slot, "root", &b->root, err);
}

/* --- what lies over it */

static int bind_shown(
    struct build *b, const char *from, int map_fd, const char *at, struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (rv_mount_copy(RV_CWD, from, HOST_FLAGS, map_fd, &fd, err) < 0)
		return -1;
	return rv_mount_attach(fd, b->root, at, err);
}

static int bind_inputs(struct build *b, struct rv_error *err)
{
	const char *const inputs[RV_SLOT_INPUTS][2] = {
	    [RV_SLOT_MK] = {b->spec->mk, "xports/Mk"},
	    [RV_SLOT_PORT] = {b->spec->port, "port"},
	    [RV_SLOT_DISTFILES] = {b->spec->distfiles, "distfiles"},
	};

	for (unsigned i = 0; i < RV_SLOT_INPUTS; i++)
		if (inputs[i][0] &&
		    bind_shown(b, inputs[i][0], b->inside->swap_fds[b->plan->swap_of[i]],
			inputs[i][1], err) < 0)
			return -1;
	return 0;
}

static int bind_own(struct build *b, const char *from, const char *at, struct rv_error *err)
{
	return rv_mount_bind(b->top, from, b->root, at, RV_MOUNT_NO_DEV, err);
}

static int bind_etc(struct build *b, struct rv_error *err)
{
	char from[64], at[64];
	struct rv_stat st;

	for (const char *const *name = rv_slot_host_etc; *name; name++) {
		snprintf(from, sizeof(from), "/etc/%s", *name);
		snprintf(at, sizeof(at), "etc/%s", *name);
		if (rv_file_stat(RV_CWD, from, &st, NULL) != 0 ||
		    (st.kind != RV_DIR && st.kind != RV_FILE))
			continue;
		if (bind_shown(b, from, b->inside->map_fd, at, err) < 0)
			return -1;
	}
	return 0;
}

/* A program of the host by the first of its usual places, links followed. */
static int open_program(const char *const *places, int *out_fd, struct rv_error *err)
{
	for (const char *const *place = places; *place; place++) {
		int rc = rv_file_open_user(*place, out_fd, err);

		if (rc <= 0)
			return rc;
	}
	return rv_fail(err, RV_INPUT, "slot: this machine has no %s; install it", places[0]);
}

static int cover_program(
    struct build *b, const char *const *places, const char *at, struct rv_error *err)
{
	rv_auto_fd program = -1, copy = -1;

	if (open_program(places, &program, err) < 0 ||
	    rv_mount_copy(program, "", HOST_FLAGS, b->inside->map_fd, &copy, err) < 0)
		return -1;
	return rv_mount_attach(copy, b->root, at, err);
}

/*
 * /usr/bin/make is bmake: covered where the host has a plain file of that name; else the host's
 * folder gets a read-only layer of ours on top that has one.
 */
static int place_make(struct build *b, struct rv_error *err)
{
	static const char *const bmake[] = {
	    "/usr/bin/bmake", "/usr/local/bin/bmake", "/bin/bmake", NULL};
	static const char *const gmake[] = {
	    "/usr/bin/gmake", "/usr/local/bin/gmake", "/usr/bin/make", NULL};
	const struct rv_layer layers[] = {
	    {.dirfd = b->top, .name = "tools"}, {.dirfd = b->root, .name = "usr/bin"}};
	const struct rv_overlay how = {.lower = layers, .n_lower = 2, .upper_fd = -1};
	struct rv_stat st;

	if (cover_program(b, gmake, "xports/bin/gmake", err) < 0)
		return -1;
	if ((rv_file_stat(b->root, "usr/bin/make", &st, NULL) != 0 || st.kind != RV_FILE) &&
	    rv_mount_overlay(&how, b->root, "usr/bin", NULL, err) < 0)
		return -1;
	return cover_program(b, bmake, "usr/bin/make", err);
}

static int hide_local(struct build *b, struct rv_error *err)
{
	struct rv_stat st;

	if (rv_file_stat(b->root, "usr/local", &st, NULL) != 0 || st.kind != RV_DIR)
		return 0;
	return rv_mount_bind(b->top, "empty", b->root, "usr/local", HOST_FLAGS, err);
}

static int place_devices(struct build *b, struct rv_error *err)
{
	/* group 5 is tty in the slot's own /etc/group */
	uint32_t tty = b->inside->users == RV_NS_RANGE ? b->inside->owner + 5 : UINT32_MAX;
	rv_auto_fd dev = -1;

	if (want(rv_dir_open(b->root, "dev", &dev, err), "/dev", err) < 0 ||
	    rv_mount_devices(dev, tty, err) < 0)
		return rv_context(err, "slot: /dev");
	return bind_own(b, "shm", "dev/shm", err);
}

static int give_builder(struct build *b, struct rv_error *err)
{
	uint32_t id = b->inside->owner + RV_SLOT_BUILDER_ID;

	if (b->inside->users != RV_NS_RANGE)
		return 0;
	return rv_file_chown(b->top, "construction", id, id, err);
}

static int place_all(struct build *b, struct rv_error *err)
{
	if (rv_mount_system(b->root, b->inside->map_fd, err) < 0 || bind_etc(b, err) < 0 ||
	    place_make(b, err) < 0 || hide_local(b, err) < 0 || place_devices(b, err) < 0 ||
	    rv_mount_proc(b->root, "proc", err) < 0)
		return -1;
	if (bind_inputs(b, err) < 0 || give_builder(b, err) < 0 ||
	    bind_own(b, "construction", "construction", err) < 0)
		return -1;
	return bind_own(b, "tmp", "tmp", err);
}

int rv_slot_prepare(void *plan, const struct rv_ns_inside *inside, struct rv_error *err)
{
	const struct rv_slot_plan *p = plan;
	rv_auto(build) struct build b = {
	    .plan = p, .spec = p->spec, .inside = inside, .slot = -1, .top = -1, .root = -1};

	if (open_slot(&b, err) < 0 || open_top(&b, err) < 0 ||
	    rv_slot_skeleton(p->spec, b.top, err) < 0)
		return -1;
	if (inside->owner != rv_user_self().uid && rv_slot_give(b.top, ".", inside->owner, err) < 0)
		return -1;
	if (lay_root(&b, err) < 0 || place_all(&b, err) < 0)
		return -1;
	return rv_mount_enter(b.root, err);
}
