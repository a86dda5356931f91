/* SPDX-License-Identifier: ISC */
/* lib/base: errors, spans, buffers, vectors, maps, arena. */
#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "tests/tap.h"

static void test_errors(void)
{
	struct rv_error err = RV_ERROR_INIT;

	errno = ENOENT;
	tap_int(rv_fail_sys(&err, "open '%s'", "x"), -1, "rv_fail_sys returns -1");
	rv_context(&err, "build %s", "p");
	tap_str(err.msg, "build p: open 'x': No such file or directory", "context prefixes");
	tap_int(err.sys, ENOENT, "errno kept");
	tap_int(rv_fail(NULL, RV_BUG, "x"), -1, "NULL error is allowed");
	for (size_t i = 0; i < 2 * RV_ERROR_MSG_BYTES; i++)
		rv_context(&err, "deep");
	tap_ok(strlen(err.msg) < RV_ERROR_MSG_BYTES, "a long chain stays bounded");
}

static void test_spans(void)
{
	struct rv_span rest = RV_SPAN_LIT("a,,b"), piece;
	uint64_t v = 7;
	int n = 0;

	while (rv_span_next(&rest, ',', &piece))
		n++;
	tap_int(n, 3, "three pieces, one empty");
	tap_ok(rv_span_to_u64(RV_SPAN_LIT("18446744073709551615"), &v) && v == UINT64_MAX, "max");
	tap_ok(!rv_span_to_u64(RV_SPAN_LIT("18446744073709551616"), &v), "overflow refused");
	tap_ok(!rv_span_to_u64(RV_SPAN_LIT("+1"), &v) && v == UINT64_MAX, "sign refused");
	tap_ok(rv_span_is(rv_span_trim(RV_SPAN_LIT(" \tx \n")), "x"), "trim");
	tap_int(rv_span_rfind(RV_SPAN_LIT("a/b/c"), '/'), 3, "rfind");
	tap_int(rv_span_rfind(RV_SPAN_LIT("abc"), '/'), 3, "rfind absent gives length");
}

static void test_buf(void)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(10);
	struct rv_error err = RV_ERROR_INIT;

	rv_buf_addf(&b, "%s-%d", "abc", 12);
	tap_str(rv_buf_str(&b), "abc-12", "formatted");
	rv_buf_add_str(&b, "123456");
	tap_int(rv_buf_check(&b, "thing", &err), -1, "ceiling is sticky");
	tap_int(err.code, RV_LIMIT, "and says limit");
	tap_str(rv_buf_str(&b), "abc-12", "nothing half added");
}

static void test_map(void)
{
	struct rv_map m = RV_MAP_INIT;
	rv_auto(rv_arena) struct rv_arena a = RV_ARENA_INIT;
	int values[1000];
	bool good = true;

	for (int i = 0; i < 1000; i++)
		rv_map_put(&m, rv_span_str(rv_arena_fmt(&a, "key%d", i)), &values[i]);
	for (int i = 0; i < 1000; i += 2)
		rv_map_remove(&m, rv_span_str(rv_arena_fmt(&a, "key%d", i)));
	for (int i = 0; i < 1000; i++) {
		void *v = rv_map_get(&m, rv_span_str(rv_arena_fmt(&a, "key%d", i)));
		good = good && v == (i % 2 ? &values[i] : NULL);
	}
	tap_ok(good, "1000 put, half removed");
	tap_int(rv_map_count(&m), 500, "count");
	rv_map_release(&m);
}

static void test_vec(void)
{
	rv_vec(int) v = {0};
	int sum = 0;

	for (int i = 0; i < 100; i++)
		rv_vec_push(&v, i);
	rv_vec_each (&v, it)
		sum += *it;
	tap_int(sum, 4950, "vec holds what was pushed");
	rv_vec_release(&v);
	rv_alloc_fail_at(2);
	void *p = rv_try_alloc(1), *q = rv_try_alloc(1);
	tap_ok(p && !q, "the second try_alloc fails when armed");
	free(p);
	free(q);
}

int main(void)
{
	test_errors();
	test_spans();
	test_buf();
	test_map();
	test_vec();
	return tap_done();
}
