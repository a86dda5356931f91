/* SPDX-License-Identifier: ISC */
/* Events: the bus, and the JSON form there and back for every kind. */
#include "tests/tap.h"

#include "base/alloc.h"
#include "event/event_json.h"

static struct rv_event sample(enum rv_event_kind kind)
{
	struct rv_event e = {.kind = kind, .t_ms = 1795000000123};

	if (kind == RV_EVENT_RUN_BEGIN || kind == RV_EVENT_RUN_END || kind == RV_EVENT_SUMMARY)
		e.run = (struct rv_event_run){"id", "profile", "done", 1, 2, 3, 4, 5, 6, 7, 8, 9};
	else if (kind == RV_EVENT_PHASE_BEGIN || kind == RV_EVENT_PHASE_END ||
		 kind == RV_EVENT_LOG_LINES)
		e.phase = (struct rv_event_phase){"a:std", "build", "ok", "why", 1, 2, 3};
	else if (kind >= RV_EVENT_DOWNLOAD_BEGIN && kind <= RV_EVENT_DOWNLOAD_FAILED)
		e.download = (struct rv_event_download){
		    "f", "http://h/f", "sites", "404", 1, 2, 3, 4, 5, 6, 7};
	else if (kind == RV_EVENT_TXN)
		e.txn = (struct rv_event_txn){RV_TXN_APPLY, "item", 1, 2};
	else if (kind == RV_EVENT_WARNING)
		e.note = (struct rv_event_note){"object", "text \"with\" \t"};
	else
		e.port = (struct rv_event_port){"a:std", "new", "abcd", 1, 2};
	return e;
}

static void test_json(void)
{
	for (int kind = 0; kind < RV_EVENT_KINDS; kind++) {
		struct rv_event e = sample((enum rv_event_kind)kind), back;
		rv_autofree(rv_json) struct rv_json *v = rv_event_to_json(&e), *again = NULL;
		rv_auto(rv_buf) struct rv_buf one = RV_BUF_INIT(10000), two = RV_BUF_INIT(10000);
		struct rv_error err = RV_ERROR_INIT;
		const char *name = rv_event_name(e.kind);

		tap_good(rv_event_from_json(v, &back, &err), &err, "%s: read back", name);
		again = rv_event_to_json(&back);
		rv_json_compact(v, &one);
		rv_json_compact(again, &two);
		tap_str(rv_buf_str(&two), rv_buf_str(&one), "%s: the same", name);
	}
}

static void test_bad_json(void)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
	    {"{\"v\":1,\"t\":1,\"event\":\"warning\",\"new\":1}", 0},
	    {"{\"v\":2,\"t\":1,\"event\":\"warning\"}", RV_EVENT_UNKNOWN},
	    {"{\"v\":1,\"t\":1,\"event\":\"future\"}", RV_EVENT_UNKNOWN},
	    {"{\"v\":1,\"t\":1,\"event\":\"txn\",\"step\":\"future\"}", RV_EVENT_UNKNOWN},
	    {"{\"v\":1,\"t\":1,\"event\":\"warning\",\"text\":1}", -1},
	    {"{\"v\":1,\"t\":1,\"event\":\"port-queued\",\"slot\":\"1\"}", -1},
	    {"{\"v\":1,\"event\":\"warning\"}", -1},
	    {"[]", -1},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_autofree(rv_json) struct rv_json *v = NULL;
		struct rv_error err = RV_ERROR_INIT;
		struct rv_event e;

		tap_good(rv_json_parse(rv_span_str(rows[i].text), "row", &v, &err), &err, "parse");
		tap_int(rv_event_from_json(v, &e, &err), rows[i].rc, "%s", rows[i].text);
	}
}

struct counter {
	int events, ticks, closed, fail_at;
};

static int on_event(void *ctx, const struct rv_event *event, struct rv_error *err)
{
	struct counter *c = ctx;

	(void)event;
	if (++c->events == c->fail_at)
		return rv_fail(err, RV_SYS, "disk full");
	return 0;
}

static int on_tick(void *ctx, int64_t now_ms, struct rv_error *err)
{
	(void)now_ms, (void)err;
	((struct counter *)ctx)->ticks++;
	return 0;
}

static void on_close(void *ctx)
{
	((struct counter *)ctx)->closed++;
}

static void test_bus(void)
{
	struct rv_event_bus bus = RV_EVENT_BUS_INIT;
	struct counter a = {0}, b = {.fail_at = 2};
	struct rv_event e = sample(RV_EVENT_TXN);

	rv_event_bus_add(&bus, &(struct rv_listener){"b", on_event, NULL, on_close, &b});
	rv_event_bus_add(&bus, &(struct rv_listener){"a", on_event, on_tick, on_close, &a});
	for (int i = 0; i < 3; i++)
		rv_event_emit(&bus, &e);
	rv_event_tick(&bus, 1);
	tap_int(b.events, 2, "a listener that failed is not called again");
	tap_int(b.closed, 1, "and was closed");
	tap_int(a.events, 4, "the other one sees all, and the warning");
	tap_int(a.ticks, 1, "and the tick");
	tap_str(bus.failed.msg, "b: disk full", "the bus remembers");
	rv_event_bus_release(&bus);
	tap_int(b.closed, 1, "closed once");
	tap_int(a.closed, 1, "closed once");
	rv_event_emit(NULL, &e);
}

int main(void)
{
	test_json();
	test_bad_json();
	test_bus();
	return tap_done();
}
