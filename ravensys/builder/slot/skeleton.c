/* SPDX-License-Identifier: ISC */
/*
 * The slot's own files: folders, /etc, places for mounts. Made as plain files in an empty folder
 * and given to the slot's root in one walk, so that inside everything belongs to id 0 whatever that
 * is outside.
 */
#include <string.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/mount.h"
#include "slot/internal.h"

const char *const rv_slot_host_etc[] = {"alternatives", "ld.so.conf", "ld.so.conf.d", "ld.so.cache",
    "perl", "python3", "python3.11", "java", "xml", "sgml", "texmf", "services", "protocols",
    "login.defs", NULL};

static const struct {
	const char *path;
	uint32_t mode;
} folders[] = {
    {"upper", 0755},
    {"upper/etc", 0755},
    {"upper/proc", 0555},
    {"upper/dev", 0755},
    {"upper/xports", 0755},
    {"upper/xports/Mk", 0755},
    {"upper/xports/bin", 0755},
    {"upper/port", 0755},
    {"upper/distfiles", 0755},
    {"upper/construction", 0755},
    {"upper/tmp", 01777},
    {"upper/home", 0555},
    {"upper/root", 0555},
    {"upper/var", 0755},
    {"upper/var/tmp", 01777},
    {"upper/var/db", 0755},
    {"upper/var/run", 0755},
    {"upper/raven", 0755},
    {"overlay", 0755},
    {"empty", 0555},
    {"construction", 0755},
    {"tmp", 01777},
    {"shm", 01777},
    {"layers", 0755},
    {"tools", 0755},
};

static const char passwd_text[] = "root:*:0:0:root:/root:/bin/sh\n"
				  "daemon:*:1:1:daemon:/:/bin/sh\n"
				  "builder:*:1001:1001:builder:/construction:/bin/sh\n"
				  "nobody:*:65534:65534:nobody:/:/bin/sh\n";
static const char group_text[] = "root:*:0:\ndaemon:*:1:\nbin:*:2:\nsys:*:3:\ntty:*:5:\n"
				 "builder:*:1001:\nnogroup:*:65533:\nnobody:*:65534:\n";

static int put(int top, const char *path, const char *text, struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (rv_file_create(top, path, 0644, &fd, err) != 0)
		return rv_context(err, "slot file %s", path);
	if (rv_file_chmod(top, path, 0644, err) < 0)
		return -1;
	return rv_fd_write(fd, path, text, strlen(text), err);
}

static int put_texts(const struct rv_slot_spec *spec, int top, struct rv_error *err)
{
	const char *const files[][2] = {
	    {"upper/etc/passwd", spec->passwd ? spec->passwd : passwd_text},
	    {"upper/etc/group", spec->group ? spec->group : group_text},
	    {"upper/etc/make.conf", spec->make_conf ? spec->make_conf : ""},
	    {"upper/etc/hosts", "127.0.0.1 localhost raven\n::1 localhost\n"},
	    {"upper/etc/resolv.conf", ""},
	    {"upper/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"},
	    {"upper/etc/shells", "/bin/sh\n"},
	    {"upper/xports/bin/gmake", ""},
	    {"tools/make", ""},
	};

	for (size_t i = 0; i < RV_COUNT(files); i++)
		if (put(top, files[i][0], files[i][1], err) < 0)
			return -1;
	return 0;
}

/* An empty file or folder for each part of the host's /etc that will be mounted over it. */
static int put_host_etc(int top, struct rv_error *err)
{
	rv_auto_fd host = -1, etc = -1;
	struct rv_stat st;
	int rc = 0;

	if (rv_dir_open_user("/etc", &host, err) != 0 ||
	    rv_dir_open(top, "upper/etc", &etc, err) != 0)
		return rv_fail(err, RV_SYS, "slot: no /etc");
	for (const char *const *name = rv_slot_host_etc; *name && rc >= 0; name++) {
		if (rv_file_stat(host, *name, &st, NULL) != 0)
			continue;
		if (st.kind == RV_DIR)
			rc = rv_dir_make(etc, *name, 0755, err);
		else if (st.kind == RV_FILE)
			rc = put(etc, *name, "", err);
	}
	return rc < 0 ? -1 : 0;
}

int rv_slot_skeleton(const struct rv_slot_spec *spec, int top, struct rv_error *err)
{
	rv_auto_fd upper = -1, dev = -1;

	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (rv_dir_make(top, folders[i].path, folders[i].mode, err) < 0 ||
		    /* the umask is the caller's */
		    rv_file_chmod(top, folders[i].path, folders[i].mode, err) < 0)
			return -1;
	if (put_texts(spec, top, err) < 0 || put_host_etc(top, err) < 0)
		return -1;
	if (rv_dir_open(top, "upper", &upper, err) != 0 ||
	    rv_dir_open(upper, "dev", &dev, err) != 0)
		return rv_fail(err, RV_SYS, "slot: its folders vanished");
	if (rv_mount_devices_make(dev, err) < 0 || rv_mount_system_make(upper, err) < 0)
		return -1;
	return 0;
}

/* --- owners */

static int give_one(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	return rv_slot_give(dirfd, entry->name, *(uint32_t *)ctx, err);
}

int rv_slot_give(int dirfd, const char *name, uint32_t owner, struct rv_error *err)
{
	struct rv_stat st;

	if (rv_file_stat(dirfd, name, &st, err) != 0)
		return rv_fail(err, RV_SYS, "slot: '%s' vanished", name);
	/*
	 * a change of owner takes set-id bits away, not the sticky one: the skeleton has no others
	 */
	if (rv_file_chown(dirfd, name, owner, owner, err) < 0)
		return -1;
	return st.kind == RV_DIR ? rv_dir_each(dirfd, name, give_one, &owner, err) : 0;
}
