/* SPDX-License-Identifier: ISC */
/* Randomness and processor count on Linux. */
#include <errno.h>
#include <sched.h>
#include <sys/random.h>
#include <unistd.h>

#include "os/clock.h"

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
