/* SPDX-License-Identifier: ISC */
/* Fail-at-N for file operations. The countdown is atomic: pool threads ask it too. */
#include "os/fault.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_uint countdown;
static atomic_int fault_errno;

void rv_fault_arm(unsigned n, int sys)
{
	atomic_store(&fault_errno, sys);
	atomic_store(&countdown, n);
}

void rv_fault_from_env(void)
{
	const char *text = getenv("RV_FAULT");
	unsigned long n, sys;
	char *end;

	if (!text)
		return;
	n = strtoul(text, &end, 10);
	if (*end != ':')
		return;
	sys = strtoul(end + 1, &end, 10);
	if (*end == '\0' && n <= 1000000000 && sys > 0 && sys < 4096)
		rv_fault_arm((unsigned)n, (int)sys);
}

bool rv_fault_hit(void)
{
	unsigned left = atomic_load(&countdown);

	do {
		if (left == 0)
			return false;
	} while (!atomic_compare_exchange_weak(&countdown, &left, left - 1));
	if (left != 1)
		return false;
	errno = atomic_load(&fault_errno);
	return true;
}
