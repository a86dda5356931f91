/* SPDX-License-Identifier: ISC */
/* Making and unmaking a slot. What the host refuses is tried in falling order, and said. */
#include "slot/slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/mount.h"
#include "slot/internal.h"

#define HOST_NAME "raven"

/* --- the folder on disk */

static int make_folder(const struct rv_slot_spec *spec, int *out_fd, struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (rv_dir_make(RV_CWD, spec->dir, 0755, err) < 0 ||
	    rv_dir_open(RV_CWD, spec->dir, &fd, err) != 0 ||
	    rv_dir_make(fd, "root", 0755, err) < 0 || rv_dir_make(fd, "work", 0755, err) < 0)
		return rv_context(err, "slot '%s'", spec->dir);
	*out_fd = rv_take_fd(&fd);
	return 0;
}

/*
 * ravensys-DEVICE-INODE-NAME of the slot's parent and the slot: the same for the same folder,
 * another for every other on this machine, and whose it is can be told after the slot is gone.
 */
static char *group_name(const struct rv_slot_spec *spec, int dirfd, struct rv_error *err)
{
	const char *slash = strrchr(spec->dir, '/');
	struct rv_stat st;

	if (rv_file_stat(dirfd, "..", &st, err) < 0)
		return NULL;
	return rv_strfmt("ravensys-%llx-%llx-%s", (unsigned long long)st.dev,
	    (unsigned long long)st.ino, slash ? slash + 1 : spec->dir);
}

/* --- limits */

static void note_limits(
    const struct rv_slot_spec *spec, const struct rv_limit *limit, struct rv_buf *notes)
{
	if (spec->memory_bytes && !limit->memory)
		rv_buf_add_str(notes, "memory: no control group can be made; the sum over all "
				      "processes is watched\n");
	if (spec->processes && !limit->processes)
		rv_buf_add_str(
		    notes, "processes: no control group can be made; limited for the user\n");
	if (spec->on_disk && spec->space_bytes)
		rv_buf_add_str(notes, "space: a slot on disk is not limited\n");
}

static int open_limits(const struct rv_slot_spec *spec, int dirfd, struct rv_slot *slot,
    struct rv_buf *notes, struct rv_error *err)
{
	const struct rv_limit_want want = {
	    .memory_bytes = spec->memory_bytes, .processes = spec->processes};
	rv_auto(rv_str) char *group = group_name(spec, dirfd, err);

	if (!group || rv_slot_state_begin(dirfd, group, err) < 0 ||
	    rv_limit_open(group, &want, &slot->limit, err) < 0)
		return -1;
	note_limits(spec, &slot->limit, notes);
	return 0;
}

/* --- the cell */

static const struct {
	enum rv_ns_users users;
	const char *note;
} as_root[] = {
    {RV_NS_RANGE, NULL},
    {RV_NS_PLAIN, "ids: user namespaces are refused here; everything runs as one unprivileged id, "
		  "and nothing inside is root\n"},
};
static const struct {
	enum rv_ns_users users;
	const char *note;
} as_user[] = {
    {RV_NS_ONE_ID,
	"ids: there is one id; every phase runs as 0 inside, which is the caller outside\n"},
};

/* One map for each owner; a folder that is not there is reported when it is mounted. */
static void plan_swap(struct rv_slot_plan *plan, unsigned input, const char *path)
{
	struct rv_stat st = {.uid = 0};
	unsigned i = 0;

	if (path && rv_file_stat(RV_CWD, path, &st, NULL) != 0)
		st.uid = 0;
	while (i < plan->n_swaps && plan->swaps[i].disk_id != st.uid)
		i++;
	if (i == plan->n_swaps)
		plan->swaps[plan->n_swaps++] =
		    (struct rv_ns_swap){.disk_id = st.uid, .inside_id = RV_SLOT_BUILDER_ID};
	plan->swap_of[input] = i;
}

static int start_as(const struct rv_slot_spec *spec, enum rv_ns_users users, struct rv_slot *slot,
    struct rv_error *err)
{
	struct rv_slot_plan plan = {.spec = spec};

	plan_swap(&plan, RV_SLOT_MK, spec->mk);
	plan_swap(&plan, RV_SLOT_PORT, spec->port);
	plan_swap(&plan, RV_SLOT_DISTFILES, spec->distfiles);
	const struct rv_ns_spec ns = {
	    .users = users,
	    .first_id = spec->first_id,
	    .inside_id = users == RV_NS_PLAIN ? RV_SLOT_BUILDER_ID : 0,
	    .host_name = HOST_NAME,
	    .swaps = plan.swaps,
	    .n_swaps = plan.n_swaps,
	    .limit = &slot->limit,
	    .max_processes = slot->limit.processes ? 0 : spec->processes,
	    .watch_memory_bytes = slot->limit.memory ? 0 : spec->memory_bytes,
	    .prepare = rv_slot_prepare,
	    .ctx = &plan,
	};

	slot->users = users;
	return rv_ns_start(&ns, &slot->ns, err);
}

static int start_cell(const struct rv_slot_spec *spec, struct rv_slot *slot, struct rv_buf *notes,
    struct rv_error *err)
{
	int rc = RV_NS_REFUSED;

	if (rv_user_self().uid != 0) {
		rc = start_as(spec, as_user[0].users, slot, err);
		if (rc == 0)
			rv_buf_add_str(notes, as_user[0].note);
	} else {
		if (rv_ns_range_check(spec->first_id, err) < 0)
			return -1;
		for (size_t i = spec->no_user_namespace; i < RV_COUNT(as_root) && rc > 0; i++) {
			rc = start_as(spec, as_root[i].users, slot, err);
			if (rc == 0 && as_root[i].note)
				rv_buf_add_str(notes, as_root[i].note);
		}
	}
	if (rc == RV_NS_REFUSED)
		return rv_context(err, "slot: this system allows no namespaces; run as root, or "
				       "allow user namespaces");
	return rc;
}

static int make_all(const struct rv_slot_spec *spec, struct rv_slot *slot, struct rv_buf *notes,
    struct rv_error *err)
{
	rv_auto_fd dir = -1;

	if (rv_slot_remove(spec->dir, err) < 0 || make_folder(spec, &dir, err) < 0 ||
	    open_limits(spec, dir, slot, notes, err) < 0 || start_cell(spec, slot, notes, err) < 0)
		return -1;
	return rv_slot_state_process(dir, (int)slot->ns.first.pid, err);
}

int rv_slot_create(const struct rv_slot_spec *spec, struct rv_slot **out, struct rv_buf *notes,
    struct rv_error *err)
{
	struct rv_slot *slot = rv_alloc(sizeof(*slot));

	*slot = (struct rv_slot){
	    .dir = rv_strdup(spec->dir), .ns = RV_NS_INIT, .memory_bytes = spec->memory_bytes};
	if (make_all(spec, slot, notes, err) < 0) {
		rv_slot_free(slot);
		return -1;
	}
	*out = slot;
	return 0;
}

int rv_slot_open(struct rv_slot *slot, const char *path, int *out_fd, struct rv_error *err)
{
	return rv_ns_open(&slot->ns, path, out_fd, err);
}

uint64_t rv_slot_peak_bytes(const struct rv_slot *slot)
{
	return rv_limit_peak_bytes(&slot->limit);
}

int rv_slot_destroy(struct rv_slot *slot, struct rv_error *err)
{
	int rc;

	if (!slot)
		return 0;
	rv_ns_stop(&slot->ns);
	rc = rv_limit_close(&slot->limit, err);
	if (rv_mount_remove_beneath(slot->dir, rc < 0 ? NULL : err) < 0 ||
	    rv_tree_remove(RV_CWD, slot->dir, rc < 0 ? NULL : err) < 0)
		rc = -1;
	free(slot->dir);
	free(slot);
	return rc;
}

void rv_slot_free(struct rv_slot *slot)
{
	/* what stays is removed by the next cleaning */
	if (rv_slot_destroy(slot, NULL) < 0)
		return;
}
