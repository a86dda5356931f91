/* SPDX-License-Identifier: ISC */
/*
 * Time, environment, user, machine: the portable part. RV_TEST_NOW pins the wall clock for tests.
 */
#include "os/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/span.h"

int64_t rv_clock_now_ms(void)
{
	const char *pinned = getenv("RV_TEST_NOW");
	struct timespec now;
	uint64_t v;

	if (pinned && rv_span_to_u64(rv_span_str(pinned), &v) && v <= INT64_MAX / 1000)
		return (int64_t)v * 1000;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t rv_clock_now_s(void)
{
	return rv_clock_now_ms() / 1000;
}

int64_t rv_clock_mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void rv_clock_iso(int64_t seconds, char *out)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	/* a time that has no calendar date in four digits of year is said as the epoch */
	if (!gmtime_r(&t, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900) {
		t = 0;
		gmtime_r(&t, &tm);
	}
	strftime(out, RV_CLOCK_ISO_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
	/* strftime does not pad the year */
	if (tm.tm_year < 1000 - 1900)
		snprintf(out, RV_CLOCK_ISO_BYTES, "%04u-%02u-%02uT%02u:%02u:%02uZ",
		    (unsigned)(tm.tm_year + 1900) % 10000U, (unsigned)(tm.tm_mon + 1) % 100U,
		    (unsigned)tm.tm_mday % 100U, (unsigned)tm.tm_hour % 100U,
		    (unsigned)tm.tm_min % 100U, (unsigned)tm.tm_sec % 100U);
}

static int digits(const char *text, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		v = v * 10 + (text[i] - '0');
	}
	return v;
}

bool rv_clock_parse_iso(const char *text, int64_t *out_s)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	char again[RV_CLOCK_ISO_BYTES];
	struct tm tm = {0};
	int64_t t;

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '0' ? digits(text + i, 1) < 0 : text[i] != form[i])
			return false;
	tm.tm_year = digits(text, 4) - 1900;
	tm.tm_mon = digits(text + 5, 2) - 1;
	tm.tm_mday = digits(text + 8, 2);
	tm.tm_hour = digits(text + 11, 2);
	tm.tm_min = digits(text + 14, 2);
	tm.tm_sec = digits(text + 17, 2);
	t = timegm(&tm);
	/* 30 February becomes 1 March: then it was no date */
	rv_clock_iso(t, again);
	if (strcmp(again, text) != 0)
		return false;
	*out_s = t;
	return true;
}

const char *rv_env_get(const char *name)
{
	return getenv(name);
}

const char *const *rv_env_all(void)
{
	/* environ's missing const is historical */
	union {
		char **in;
		const char *const *out;
	} all = {.in = environ};

	return all.out;
}

struct rv_user rv_user_self(void)
{
	return (struct rv_user){.uid = geteuid(), .gid = getegid()};
}

uint64_t rv_memory_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

	return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : 0;
}

double rv_load5(void)
{
	double load[3];

	return getloadavg(load, 3) >= 2 ? load[1] : 0;
}

void rv_uname(struct rv_uname *out)
{
	struct utsname u;

	*out = (struct rv_uname){"unknown", "unknown"};
	if (uname(&u) < 0)
		return;
	snprintf(out->system, sizeof(out->system), "%s", u.sysname);
	snprintf(out->machine, sizeof(out->machine), "%s", u.machine);
}
