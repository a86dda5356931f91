/* SPDX-License-Identifier: ISC */
/*
 * The host's compiler and tools inside another root, and the cell that runs one installed program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "os/internal.h"
#include "os/mount.h"
#include "os/clock.h"
#include "os/ns.h"

static const char *const system_names[] = {
    "usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec"};

static int make_one(int host, int dirfd, const char *name, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(4096);
	struct rv_stat st;
	int rc = rv_file_stat(host, name, &st, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (st.kind == RV_DIR)
		return rv_dir_make(dirfd, name, 0755, err);
	if (st.kind != RV_LINK || rv_file_readlink(host, name, &target, err) != 0)
		return 0;
	return rv_file_symlink(rv_buf_str(&target), dirfd, name, err) < 0 ? -1 : 0;
}

int rv_mount_system_make(int dirfd, struct rv_error *err)
{
	rv_auto_fd host = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (host < 0)
		return rv_fail_sys(err, "open '/'");
	for (size_t i = 0; i < RV_COUNT(system_names); i++)
		if (make_one(host, dirfd, system_names[i], err) < 0)
			return rv_context(err, "system root");
	return 0;
}

static int mount_one(int host, int dirfd, const char *name, int map_fd, struct rv_error *err)
{
	const unsigned flags = RV_MOUNT_READ_ONLY | RV_MOUNT_NO_SUID | RV_MOUNT_NO_DEV;
	rv_auto_fd fd = -1;
	struct rv_stat st;
	int rc = rv_file_stat(host, name, &st, err);

	if (rc != 0 || st.kind != RV_DIR)
		return rc < 0 ? -1 : 0;
	if (rv_mount_copy(host, name, flags, map_fd, &fd, err) < 0)
		return -1;
	return rv_mount_attach(fd, dirfd, name, err);
}

int rv_mount_system(int dirfd, int map_fd, struct rv_error *err)
{
	rv_auto_fd host = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (host < 0)
		return rv_fail_sys(err, "open '/'");
	for (size_t i = 0; i < RV_COUNT(system_names); i++)
		if (mount_one(host, dirfd, system_names[i], map_fd, err) < 0)
			return rv_context(err, "system root");
	return 0;
}

/* --- one program of an installed root */

#define EXEC_TMP_BYTES (1ULL << 30)
#define LOOK_MS 1000 /* a signal that came just before the wait is passed on that late */

static const int passed_on[] = {SIGTERM, SIGHUP};

struct exec {
	int raven_fd;
	/* a folder of our own where the new root is put together; empty: any that may be covered */
	char place[64];
};

static int mount_top(const struct exec *x, bool shared, int *out_fd, struct rv_error *err)
{
	static const char *const places[] = {"/tmp", "/var/tmp", "/mnt", "/run"};
	const struct rv_tmpfs how = {.max_bytes = EXEC_TMP_BYTES, .mode = 0755};

	if (x->place[0] != '\0') {
		/* below a mount of our own nothing is seen outside */
		if (shared && rv_mount_bind(RV_CWD, x->place, RV_CWD, x->place, 0, err) < 0)
			return -1;
		return rv_mount_tmpfs(&how, RV_CWD, x->place, out_fd, err);
	}
	for (size_t i = 0; i < RV_COUNT(places); i++)
		if (rv_mount_tmpfs(&how, RV_CWD, places[i], out_fd, err) == 0)
			return 0;
	return -1;
}

/* As root mounts may be seen outside (a plain chroot), so no folder of the host may be covered. */
static int make_place(struct exec *x, struct rv_error *err)
{
	uint64_t id;

	if (rv_random_bytes(&id, sizeof(id), err) < 0)
		return -1;
	snprintf(x->place, sizeof(x->place), "/tmp/.rvn-exec-%016llx", (unsigned long long)id);
	return rv_dir_make(RV_CWD, x->place, 0700, err);
}

static void remove_place(const struct exec *x)
{
	/* an empty folder in /tmp is what stays at worst */
	if (x->place[0] != '\0' && (rv_mount_remove_beneath(x->place, NULL) < 0 ||
				       rv_dir_remove(RV_CWD, x->place, NULL) < 0))
		return;
}

static int make_folders(int top, struct rv_error *err)
{
	static const struct {
		const char *name;
		uint32_t mode;
	} folders[] = {{"raven", 0755}, {"etc", 0755}, {"proc", 0555}, {"dev", 0755}, {"tmp", 0777},
	    {"var", 0755}, {"var/tmp", 0777}, {"root", 0700}, {"home", 0755}};

	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (rv_dir_make(top, folders[i].name, folders[i].mode, err) < 0 ||
		    rv_file_chmod(top, folders[i].name, folders[i].mode, err) < 0)
			return -1;
	return rv_mount_system_make(top, err);
}

static int prepare_exec(void *ctx, const struct rv_ns_inside *inside, struct rv_error *err)
{
	const struct exec *x = ctx;
	rv_auto_fd prefix = -1, raven = -1, etc = -1, top = -1, dev = -1;

	if (rv_mount_reopen(x->raven_fd, &prefix, err) < 0 ||
	    rv_mount_copy(prefix, "", 0, -1, &raven, err) < 0 ||
	    rv_mount_copy(RV_CWD, "/etc", RV_MOUNT_READ_ONLY, -1, &etc, err) < 0)
		return -1;
	if (mount_top(x, inside->shared, &top, err) < 0 || make_folders(top, err) < 0 ||
	    rv_mount_system(top, -1, err) < 0 || rv_mount_attach(raven, top, "raven", err) < 0 ||
	    rv_mount_attach(etc, top, "etc", err) < 0 || rv_mount_proc(top, "proc", err) < 0)
		return -1;
	if (rv_dir_open(top, "dev", &dev, err) != 0 || rv_mount_devices_make(dev, err) < 0 ||
	    rv_mount_devices(dev, UINT32_MAX, err) < 0)
		return rv_context(err, "/dev");
	return rv_mount_enter(top, err);
}

static int run_and_wait(struct rv_ns *ns, const struct rv_ns_command *command, struct rv_exit *out,
    struct rv_error *err)
{
	int rc;

	if (rv_ns_run(ns, command, err) < 0)
		return RV_NS_NO_PROGRAM;
	do {
		for (size_t i = 0; i < RV_COUNT(passed_on); i++)
			if (rv_os_signal_take(passed_on[i]))
				rv_ns_signal(ns, passed_on[i]);
		rc = rv_ns_wait(ns, LOOK_MS, out, NULL, err);
	} while (rc == RV_RUNNING);
	return rc;
}

/* The pipe is not read: a signal breaks the wait off, and the next look finds it. */
static int catch_signals(struct rv_error *err)
{
	int fd;

	if (rv_os_signal_open(&fd) < 0)
		return rv_fail_sys(err, "make a pipe for signals");
	for (size_t i = 0; i < RV_COUNT(passed_on); i++)
		if (rv_os_signal_catch(passed_on[i]) < 0)
			return rv_fail_sys(err, "catch signal %d", passed_on[i]);
	return 0;
}

int rv_ns_exec(int raven_fd, const char *const *argv, const char *const *env, struct rv_exit *out,
    struct rv_error *err)
{
	struct rv_user me = rv_user_self();
	struct exec x = {.raven_fd = raven_fd};
	struct rv_ns_spec spec = {
	    .users = me.uid == 0 ? RV_NS_KEEP : RV_NS_ONE_ID,
	    .inside_id = me.uid,
	    .host_network = true,
	    .keep_session = true,
	    .prepare = prepare_exec,
	    .ctx = &x,
	};
	const struct rv_ns_command command = {
	    .argv = argv, .env = env, .stdin_fd = 0, .stdout_fd = 1, .stderr_fd = 2};
	struct rv_ns ns = RV_NS_INIT;
	int rc = me.uid == 0 ? make_place(&x, err) : 0;

	if (rc == 0)
		rc = catch_signals(err);
	if (rc == 0)
		rc = rv_ns_start(&spec, &ns, err);
	if (rc == 0)
		rc = run_and_wait(&ns, &command, out, err);
	rv_ns_stop(&ns);
	rv_os_signal_release();
	remove_place(&x);
	return rc;
}
