/* SPDX-License-Identifier: ISC */
/*
 * The engine's decisions as values: build records, slots over the graph, verdicts. No process, no
 * recipe is read.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/record.h"
#include "engine/verdict.h"
#include "tests/tap.h"

static struct rv_error err;

/* --- records */

#define A_FILE "a~primary~std~1.rvn"

static const char record_text[] =
    "{\"v\":1,\"digest\":\"d0\",\"inputs\":{\"makefile\":\"aa\",\"recipe\":\"bb\"},\"packages\":["
    "{\"name\":\"a~primary~std\",\"version\":\"1\",\"file\":\"" A_FILE "\",\"content_id\":\"cc\","
    "\"size\":7,\"requires\":[\"b~primary~std\"],\"sonames\":[\"liba.so.1\"]}]}";

static struct rv_json *parse(const char *text)
{
	struct rv_json *v = NULL;

	if (rv_json_parse(rv_span_str(text), "test", &v, &err) < 0)
		exit(1);
	return v;
}

static void test_record(void)
{
	rv_autofree(rv_json) struct rv_json *v = parse(record_text), *again = NULL;
	rv_autofree(rv_record) struct rv_record *r = NULL;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(65536);

	tap_good(rv_record_from_json(v, &r, &err), &err, "a record is read");
	tap_int(r->packages.n, 1, "its package");
	tap_str(r->packages.v[0].file, A_FILE, "file");
	tap_str(r->packages.v[0].requires.v[0], "b~primary~std", "requires");
	tap_ok(!r->inferred, "it knows its inputs");
	tap_str(rv_record_input_find(r, "recipe"), "bb", "an input by name");
	tap_ok(!rv_record_input_find(r, "rec"), "not by a part of it");
	again = rv_record_to_json(r);
	rv_json_compact(again, &text);
	tap_str(rv_buf_str(&text), record_text, "and is written as it was");
}

static void test_bad_records(void)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
	    {"{\"v\":2,\"digest\":\"\",\"inputs\":{},\"packages\":[]}", "version 2"},
	    {"{\"digest\":\"\",\"inputs\":{},\"packages\":[]}", "v"},
	    {"{\"v\":1,\"inputs\":{},\"packages\":[]}", "digest"},
	    {"{\"v\":1,\"digest\":\"\",\"inputs\":[],\"packages\":[]}", "inputs"},
	    {"{\"v\":1,\"digest\":\"\",\"inputs\":{},\"packages\":[{}]}", "name"},
	    {"{\"v\":1,\"digest\":\"\",\"inputs\":{},\"packages\":[1]}", "name"},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_autofree(rv_json) struct rv_json *v = parse(rows[i].text);
		rv_autofree(rv_record) struct rv_record *r = NULL;

		tap_ok(rv_record_from_json(v, &r, &err) < 0 && strstr(err.msg, rows[i].said),
		    "refused: %s", rows[i].text);
	}
}

/* --- a graph of four: app needs lib and data, lib needs base */

enum { APP, LIB, DATA, BASE, NODES };
static const char *const names[NODES] = {"app", "lib", "data", "base"};

/* One package, namebase~primary~std, with this content id. */
static struct rv_record *record_of(const char *name, unsigned char content, const char *requires)
{
	struct rv_record *r = rv_record_new();
	struct rv_record_package *p = rv_vec_add(&r->packages);
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_sha256 id = {{content}};

	rv_sha256_hex(&id, hex);
	p->name = rv_arena_fmt(&r->arena, "%s~primary~std", name);
	p->version = "1";
	p->file = rv_arena_fmt(&r->arena, "%s~1.rvn", p->name);
	p->content_id = rv_arena_strdup(&r->arena, hex);
	if (requires)
		rv_vec_push(&p->requires, requires);
	return r;
}

static void set_input(struct rv_node *n, const char *name, unsigned char value)
{
	const struct rv_sha256 d = {{value}};

	for (size_t i = 0; i < n->inputs.n; i++)
		if (strcmp(n->inputs.v[i].name, name) == 0) {
			n->inputs.v[i].digest = d;
			return;
		}
	rv_inputs_add(&n->inputs, name, &d);
}

static void need(struct rv_graph *g, uint32_t node, uint32_t on)
{
	struct rv_node *n = &g->nodes.v[node];

	rv_vec_push(&n->needs, on);
	rv_vec_push(&n->deps,
	    (struct rv_node_dep){.node = on, .subpackage = "primary", .direct_build = true});
}

/* Writes into the record what the inputs are now. */
static void settle(struct rv_graph *g, uint32_t node)
{
	struct rv_node *n = &g->nodes.v[node];
	struct rv_inputs now;
	struct rv_sha256 digest;
	char hex[RV_SHA256_HEX_BYTES];

	if (rv_verdict_inputs(g, n, &now, &err) < 0) {
		tap_ok(false, "%s", err.msg);
		return;
	}
	n->record->inputs.n = 0;
	for (size_t i = 0; i < now.n; i++) {
		rv_sha256_hex(&now.v[i].digest, hex);
		rv_vec_push(&n->record->inputs,
		    (struct rv_record_input){rv_arena_strdup(&n->record->arena, now.v[i].name),
			rv_arena_strdup(&n->record->arena, hex)});
	}
	rv_inputs_digest(&now, &digest);
	rv_sha256_hex(&digest, hex);
	n->record->digest = rv_arena_strdup(&n->record->arena, hex);
	rv_inputs_release(&now);
}

static void put_record(struct rv_graph *g, uint32_t node, unsigned char content)
{
	struct rv_node *n = &g->nodes.v[node];

	rv_record_free(n->record);
	n->record = record_of(names[node], content, node == LIB ? "base~primary~std" : NULL);
	n->packages_there = true;
	rv_graph_publish(g, n);
}

static void make_graph(struct rv_graph *g)
{
	*g = (struct rv_graph){0};
	for (uint32_t i = 0; i < NODES; i++) {
		struct rv_node *n = rv_vec_add(&g->nodes);

		n->key = rv_arena_fmt(&g->arena, "%s:std", names[i]);
		n->namebase = names[i];
		n->variant = "std";
		set_input(n, "recipe", 1);
	}
	g->nodes.v[APP].asked = true;
	need(g, APP, LIB);
	need(g, APP, DATA);
	need(g, LIB, BASE);
	for (uint32_t i = NODES; i-- > 0;) {
		put_record(g, i, (unsigned char)(i + 1));
		settle(g, i);
	}
}

static void test_slot(void)
{
	struct rv_graph g;
	struct rv_slot_packages slot;
	struct rv_record *kept;

	make_graph(&g);
	tap_good(rv_graph_slot_packages(&g, &g.nodes.v[APP], &slot, &err), &err, "a slot");
	tap_int(slot.n, 3, "what is needed and what that requires");
	tap_str(slot.v[0].package->name, "base~primary~std", "sorted by name");
	tap_str(slot.v[2].package->name, "lib~primary~std", "to the last");
	rv_vec_release(&slot);
	kept = g.nodes.v[BASE].record;
	g.nodes.v[BASE].record = NULL;
	tap_ok(rv_graph_slot_packages(&g, &g.nodes.v[APP], &slot, &err) < 0 &&
		   err.code == RV_BUILD && strstr(err.msg, "base~primary~std: not built") &&
		   strstr(err.msg, "required by lib~primary~std"),
	    "what is not built is named: %s", err.msg);
	rv_record_free(kept);
	rv_graph_release(&g);
}

/* --- verdicts */

struct verdicts {
	struct rv_verdict v[NODES];
};

static void ask(struct rv_graph *g, bool forced, struct verdicts *out)
{
	tap_good(rv_verdict_all(g, forced, out->v, &err), &err, "verdicts");
}

static void release(struct verdicts *v)
{
	for (size_t i = 0; i < NODES; i++)
		rv_verdict_release(&v->v[i]);
}

/* wanted: a letter a node: n(one) b(uild) m(aybe) i(gnore) */
static void expect(struct rv_graph *g, bool forced, const char *wanted, const char *reason_of_app,
    const char *what)
{
	char got[NODES + 1] = "";
	struct verdicts v;

	ask(g, forced, &v);
	for (size_t i = 0; i < NODES; i++)
		got[i] = rv_action_name(v.v[i].action)[0];
	tap_str(got, wanted, "%s", what);
	tap_str(v.v[APP].reason, reason_of_app, "%s: why", what);
	release(&v);
}

static void test_verdicts(void)
{
	struct rv_graph g;

	make_graph(&g);
	expect(&g, false, "nnnn", "up to date", "nothing changed");
	expect(&g, true, "bnnn", "forced", "forced: what was asked for");
	set_input(&g.nodes.v[BASE], "recipe", 9);
	expect(&g, false, "mmnb", "needs lib:std, whose new content decides", "a changed base");
	put_record(&g, BASE, BASE + 1);
	settle(&g, BASE);
	expect(&g, false, "nnnn", "up to date", "built with the same content");
	put_record(&g, BASE, 77);
	settle(&g, BASE);
	expect(&g, false, "mbnn", "needs lib:std, whose new content decides", "with another");
	put_record(&g, LIB, LIB + 1);
	settle(&g, LIB);
	expect(
	    &g, false, "bnnn", "changed: package base~primary~std", "which is in app's slot too");
	set_input(&g.nodes.v[APP], "mk/raven.mk", 1);
	settle(&g, APP);
	expect(&g, false, "nnnn", "up to date", "settled");
	/* the last by name */
	g.nodes.v[APP].inputs.n--;
	expect(&g, false, "bnnn", "changed: recipe", "an input that is gone");
	rv_graph_release(&g);
}

static void test_missing(void)
{
	struct rv_graph g;

	make_graph(&g);
	g.nodes.v[DATA].packages_there = false;
	expect(&g, false, "mnbn", "needs data:std, whose new content decides", "a package is gone");
	g.nodes.v[APP].packages_there = false;
	expect(&g, false, "bnbn", "a package of it is missing", "its own too");
	rv_record_free(g.nodes.v[APP].record);
	g.nodes.v[APP].record = NULL;
	expect(&g, false, "bnbn", "never built", "without a record");
	g.nodes.v[BASE].ignore = "not here";
	expect(&g, false, "iibi", "needs lib:std, which is ignored", "ignored before all else");
	expect(&g, true, "iibi", "needs lib:std, which is ignored", "even when forced");
	rv_graph_release(&g);
}

static void test_inferred(void)
{
	struct rv_graph g;

	make_graph(&g);
	g.nodes.v[APP].record->inputs.n = 0;
	g.nodes.v[APP].record->inferred = true;
	expect(&g, false, "nnnn", "up to date", "a record read from packages: the digest holds");
	set_input(&g.nodes.v[APP], "recipe", 2);
	expect(&g, false, "bnnn",
	    "its packages are of other inputs, and the history does not know which",
	    "and when it does not");
	set_input(&g.nodes.v[DATA], "recipe", 2);
	expect(
	    &g, false, "mnbn", "needs data:std, whose new content decides", "before it is known");
	rv_graph_release(&g);
}

static void test_many(void)
{
	struct rv_graph g;
	char name[16];

	make_graph(&g);
	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "files/%d", i);
		set_input(&g.nodes.v[APP], name, 1);
	}
	expect(&g, false, "bnnn", "changed: files/0, files/1, files/2 and 6 more", "many changes");
	rv_graph_release(&g);
}

int main(void)
{
	test_record();
	test_bad_records();
	test_slot();
	test_verdicts();
	test_missing();
	test_inferred();
	test_many();
	return tap_done();
}
