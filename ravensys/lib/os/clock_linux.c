/* SPDX-License-Identifier: ISC */
/* Randomness, processor count and the start of the machine on Linux. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/random.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"

int rv_random_bytes(void *out, size_t n, struct rv_error *err)
{
	char *at = out;
	ssize_t got;

	while (n > 0) {
		got = getrandom(at, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return rv_fail_sys(err, "random bytes");
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

unsigned rv_cpu_count(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
		return (unsigned)CPU_COUNT(&set);
	/* more processors than a cpu_set_t holds */
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (unsigned)n : 1;
}

void rv_boot_id(char out[RV_BOOT_ID_BYTES])
{
	rv_auto_fd fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, out, RV_BOOT_ID_BYTES - 1);

	while (n > 0 && out[n - 1] == '\n')
		n--;
	out[n > 0 ? n : 0] = '\0';
}
