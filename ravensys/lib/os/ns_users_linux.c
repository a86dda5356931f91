/* SPDX-License-Identifier: ISC */
/* User namespaces: ranges, single ids, and giving rights up. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/file.h"
#include "os/internal.h"
#include "os/ns_internal.h"

static int put(const char *path, const char *text)
{
	rv_auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	return fd >= 0 && write(fd, text, n) == (ssize_t)n ? 0 : -1;
}

/* --- is the range free? */

static int check_line(const char *file, struct rv_span line, uint64_t first, struct rv_error *err)
{
	struct rv_span name, start_text, count_text;
	uint64_t start, count;

	if (!rv_span_next(&line, ':', &name) || !rv_span_next(&line, ':', &start_text) ||
	    !rv_span_next(&line, ':', &count_text) || !rv_span_to_u64(start_text, &start) ||
	    !rv_span_to_u64(rv_span_trim(count_text), &count))
		return 0;
	if (start >= first + RV_NS_RANGE_COUNT || start + count <= first)
		return 0;
	return rv_fail(err, RV_INPUT,
	    "ids %llu to %llu: %s gives some of them to %.*s; choose another first id",
	    (unsigned long long)first, (unsigned long long)first + RV_NS_RANGE_COUNT - 1, file,
	    RV_SPAN_ARG(name));
}

int rv_ns_range_check(uint32_t first_id, struct rv_error *err)
{
	static const char *const files[] = {"/etc/subuid", "/etc/subgid"};

	if (first_id < 65536 || first_id > UINT32_MAX - RV_NS_RANGE_COUNT)
		return rv_fail(err, RV_INPUT, "ids from %u on: outside 65536 to %u", first_id,
		    UINT32_MAX - RV_NS_RANGE_COUNT);
	for (size_t i = 0; i < RV_COUNT(files); i++) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1 << 20);
		struct rv_span rest, line;
		int rc = rv_file_read(RV_CWD, files[i], &text, err);

		if (rc < 0)
			return -1;
		rest = rv_buf_span(&text);
		while (rv_span_next(&rest, '\n', &line))
			if (check_line(files[i], line, first_id, err) < 0)
				return -1;
	}
	return 0;
}

/* --- a namespace with a range */

static RV_NORETURN void hold(pid_t parent)
{
	if (rv_os_child_die_with((int)parent) < 0)
		_exit(1);
	for (;;)
		pause();
}

static void add_extent(struct rv_buf *map, uint32_t id, uint32_t outside, uint32_t count)
{
	if (count > 0)
		rv_buf_addf(map, "%u %u %u\n", id, outside, count);
}

/*
 * The range as it is, but for two ids that change places; one beyond the range just gets the
 * other's place.
 */
static void swapped_map(uint32_t first, const struct rv_ns_swap *swap, struct rv_buf *map)
{
	uint32_t a = swap->disk_id, b = swap->inside_id, low = a < b ? a : b, high = a < b ? b : a;

	if (high >= RV_NS_RANGE_COUNT) {
		add_extent(map, 0, first, low);
		add_extent(map, low + 1, first + low + 1, RV_NS_RANGE_COUNT - low - 1);
		add_extent(map, high, first + low, 1);
		return;
	}
	add_extent(map, 0, first, low);
	add_extent(map, low, first + high, 1);
	add_extent(map, low + 1, first + low + 1, high - low - 1);
	add_extent(map, high, first + low, 1);
	add_extent(map, high + 1, first + high + 1, RV_NS_RANGE_COUNT - high - 1);
}

static int map_range(int pid, uint32_t first_id, const struct rv_ns_swap *swap)
{
	rv_auto(rv_buf) struct rv_buf plain = RV_BUF_INIT(64), users = RV_BUF_INIT(1024);
	char path[64];

	add_extent(&plain, 0, first_id, RV_NS_RANGE_COUNT);
	if (swap && swap->disk_id != swap->inside_id)
		swapped_map(first_id, swap, &users);
	else
		rv_buf_add_span(&users, rv_buf_span(&plain));
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	if (put(path, rv_buf_str(&users)) < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	return put(path, rv_buf_str(&plain));
}

/* What a kernel or a container says when it does not want namespaces; anything else is a fault. */
static bool is_refusal(int sys)
{
	return sys == EPERM || sys == EINVAL || sys == ENOSYS || sys == ENOSPC || sys == EUSERS ||
	       sys == EACCES;
}

int rv_ns_range_open(
    uint32_t first_id, const struct rv_ns_swap *swap, int *out_fd, struct rv_error *err)
{
	struct clone_args args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
	pid_t self = getpid(), pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	char path[64];
	int fd = -1, sys;

	if (pid == 0)
		hold(self);
	if (pid < 0) {
		(void)rv_fail_sys(err, "make a user namespace");
		return is_refusal(errno) ? RV_NS_REFUSED : -1;
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	if (map_range(pid, first_id, swap) == 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	sys = errno;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = sys;
	if (fd < 0) {
		(void)rv_fail_sys(err, "map ids %u-%u", first_id, first_id + RV_NS_RANGE_COUNT - 1);
		return is_refusal(sys) ? RV_NS_REFUSED : -1;
	}
	*out_fd = fd;
	return 0;
}

int rv_ns_map_one(uint32_t inside_id, uint32_t uid, uint32_t gid, struct rv_error *err)
{
	char map[64];

	if (put("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
		return rv_fail_sys(err, "give up setgroups");
	snprintf(map, sizeof(map), "%u %u 1\n", inside_id, uid);
	if (put("/proc/self/uid_map", map) < 0)
		return rv_fail_sys(err, "map user %u", uid);
	/* who keeps his user number keeps his group number too */
	snprintf(map, sizeof(map), "%u %u 1\n", inside_id == uid ? gid : inside_id, gid);
	if (put("/proc/self/gid_map", map) < 0)
		return rv_fail_sys(err, "map group %u", gid);
	return 0;
}

static int become(uint32_t id)
{
	if (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0)
		return -1;
	return setresuid(id, id, id);
}

int rv_ns_drop(const struct rv_ns_spec *spec, int map_fd)
{
	switch (spec->users) {
	case RV_NS_RANGE:
		return setns(map_fd, CLONE_NEWUSER) < 0 ? -1 : become(0);
	case RV_NS_PLAIN:
		return become(spec->first_id + spec->inside_id);
	case RV_NS_ONE_ID:
	case RV_NS_KEEP:
	default:
		return 0;
	}
}

int rv_ns_loopback_up(struct rv_error *err)
{
	struct ifreq request = {.ifr_name = "lo"};
	rv_auto_fd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno == EAFNOSUPPORT ? 0 : rv_fail_sys(err, "open a socket");
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return rv_fail_sys(err, "look at lo");
	request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return rv_fail_sys(err, "start lo");
	return 0;
}
