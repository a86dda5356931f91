/* SPDX-License-Identifier: ISC */
/* builder/sched: order, holding, memory, failure propagation, cycles. */
#include "sched/sched.h"

#include "tests/tap.h"

static const char *name_of(void *ctx RV_UNUSED, uint32_t node)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

	return names[node];
}

static void count_lost(
    void *ctx, uint32_t node RV_UNUSED, enum rv_sched_state state, uint32_t culprit RV_UNUSED)
{
	((int *)ctx)[state]++;
}

/* d needs b and c, which need a; e stands alone; f needs e */
static struct rv_sched *diamond(void)
{
	struct rv_sched *s = rv_sched_new(6);

	rv_sched_need(s, 3, 1);
	rv_sched_need(s, 3, 2);
	rv_sched_need(s, 1, 0);
	rv_sched_need(s, 2, 0);
	rv_sched_need(s, 2, 0);
	rv_sched_need(s, 5, 4);
	return s;
}

static void test_order(void)
{
	rv_autofree(rv_sched) struct rv_sched *s = diamond();
	struct rv_error err = RV_ERROR_INIT;
	uint32_t at = 9;

	tap_good(rv_sched_start(s, name_of, NULL, &err), &err, "no cycle");
	tap_int(rv_sched_dependents(s, 0), 3, "a diamond counts its end once");
	tap_ok(rv_sched_next(s, &at) && at == 0, "most dependents first");
	tap_ok(rv_sched_next(s, &at) && at == 4, "then the lone one");
	tap_ok(!rv_sched_next(s, &at), "nothing else is ready");
	rv_sched_done(s, 0, RV_SCHED_BUILT, NULL, NULL);
	rv_sched_hold(s, 1, true);
	tap_ok(rv_sched_next(s, &at) && at == 2, "a held one is passed over");
	tap_ok(!rv_sched_next(s, &at), "and stays behind");
	rv_sched_hold(s, 1, false);
	tap_ok(rv_sched_next(s, &at) && at == 1, "until it is let go");
	rv_sched_done(s, 1, RV_SCHED_UP_TO_DATE, NULL, NULL);
	tap_ok(!rv_sched_is_ready(s, 3), "d waits for c");
	rv_sched_done(s, 2, RV_SCHED_BUILT, NULL, NULL);
	tap_ok(rv_sched_next(s, &at) && at == 3, "d runs");
}

static void test_failure(void)
{
	rv_autofree(rv_sched) struct rv_sched *s = diamond();
	struct rv_error err = RV_ERROR_INIT;
	int lost[RV_SCHED_STATES] = {0};
	uint32_t at;

	tap_good(rv_sched_start(s, name_of, NULL, &err), &err, "start");
	tap_ok(rv_sched_next(s, &at) && rv_sched_next(s, &at), "a and e run");
	rv_sched_done(s, 0, RV_SCHED_FAILED, count_lost, lost);
	tap_int(lost[RV_SCHED_SKIPPED], 3, "b, c, d are skipped, each once");
	rv_sched_done(s, 4, RV_SCHED_IGNORED, count_lost, lost);
	tap_int(lost[RV_SCHED_IGNORED], 1, "f is ignored with e");
	tap_ok(rv_sched_finished(s), "nothing waits or runs");
	tap_int(rv_sched_count(s, RV_SCHED_FAILED), 1, "one failed");
}

static void test_memory(void)
{
	rv_autofree(rv_sched) struct rv_sched *s = rv_sched_new(3);
	struct rv_error err = RV_ERROR_INIT;
	uint32_t at;

	rv_sched_set_budget(s, 100);
	rv_sched_set_memory(s, 0, 500);
	rv_sched_set_memory(s, 1, 60);
	rv_sched_set_memory(s, 2, 60);
	tap_good(rv_sched_start(s, name_of, NULL, &err), &err, "start");
	tap_ok(rv_sched_next(s, &at) && at == 0, "one may run alone whatever it takes");
	tap_ok(!rv_sched_next(s, &at), "no other beside it");
	rv_sched_done(s, 0, RV_SCHED_BUILT, NULL, NULL);
	tap_ok(rv_sched_next(s, &at) && at == 1, "then one that fits");
	tap_ok(!rv_sched_next(s, &at), "two would pass the budget");
}

static void test_cycle(void)
{
	rv_autofree(rv_sched) struct rv_sched *s = diamond();
	struct rv_error err = RV_ERROR_INIT;

	rv_sched_need(s, 0, 3);
	tap_int(rv_sched_start(s, name_of, NULL, &err), -1, "a cycle is refused");
	tap_int(err.code, RV_INPUT, "as bad input");
	tap_ok(strstr(err.msg, "a -> d -> b -> a") != NULL, "its path is said: %s", err.msg);
}

int main(void)
{
	test_order();
	test_failure();
	test_memory();
	test_cycle();
	return tap_done();
}
