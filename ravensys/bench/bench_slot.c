/* SPDX-License-Identifier: ISC */
/* slot_cycle_ms: create, enter (run /bin/true) and destroy an empty slot; the median of 40. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/file.h"
#include "slot/slot.h"

#define RUNS 40

static int cycle(const struct rv_slot_spec *spec, int log_fd, struct rv_error *err)
{
	static const char *const argv[] = {"/bin/true", NULL};
	const struct rv_slot_run how = {
	    .phase = rv_slot_phase_find("build"), .argv = argv, .log_fd = log_fd};
	rv_auto(rv_buf) struct rv_buf notes = RV_BUF_INIT(4096);
	struct rv_slot *slot;
	struct rv_slot_end end;

	if (rv_slot_create(spec, &slot, &notes, err) < 0)
		return -1;
	if (rv_slot_run(slot, &how, &end, err) < 0) {
		rv_slot_free(slot);
		return -1;
	}
	return rv_slot_destroy(slot, err);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	char folder[] = "/tmp/bench_slot.XXXXXX", dir[64];
	struct rv_error err = RV_ERROR_INIT;
	struct rv_slot_spec spec = {
	    .first_id = 1879048192U, .memory_bytes = 1ULL << 30, .processes = 1000};
	double times[RUNS];
	int fd, rc = 0;

	if (!mkdtemp(folder) ||
	    rv_file_create(RV_CWD, "/tmp/bench_slot.log", 0600, &fd, &err) != 0) {
		fprintf(stderr, "bench_slot: %s\n", err.msg);
		return 1;
	}
	unlink("/tmp/bench_slot.log");
	snprintf(dir, sizeof(dir), "%s/SL01", folder);
	spec.dir = dir;
	for (int i = 0; i < RUNS && rc == 0; i++) {
		double begin = now_ms();
		rc = cycle(&spec, fd, &err);
		times[i] = now_ms() - begin;
	}
	rmdir(folder);
	if (rc < 0) {
		fprintf(stderr, "bench_slot: %s\n", err.msg);
		return 1;
	}
	qsort(times, RUNS, sizeof(times[0]), by_value);
	printf("bench slot_cycle_ms %.1f ms\n", times[RUNS / 2]);
	printf("# %d cycles of create, /bin/true, destroy: %.1f to %.1f ms\n", RUNS, times[0],
	    times[RUNS - 1]);
	return 0;
}
