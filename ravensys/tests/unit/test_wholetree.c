/* SPDX-License-Identifier: ISC */
/*
 * The plan of a whole tree: edges with their keywords, what is missing, cycles, states that are
 * inherited, the compiler, what the machine has, custom trees, the order.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/graph.h"
#include "engine/wholetree.h"
#include "os/file.h"
#include "tests/tap.h"

static struct rv_error err;
static char folder[] = "/tmp/test-wholetree-XXXXXX";
static int top = -1;

static void put_port(const char *tree, const char *name, const char *more)
{
	char bucket[3], path[256], text[2048];

	rv_bucket_of(rv_span_str(name), bucket);
	snprintf(path, sizeof(path), "%s/bucket_%s/%s", tree, bucket, name);
	if (rv_dir_make_path(top, path, 0755, &err) < 0)
		tap_ok(false, "%s", err.msg);
	snprintf(path, sizeof(path), "%s/bucket_%s/%s/specification", tree, bucket, name);
	snprintf(text, sizeof(text),
	    "NAMEBASE=\t\t%s\n"
	    "VERSION=\t\t1\n"
	    "KEYWORDS=\t\tdevel\n"
	    "VARIANTS=\t\tstd\n"
	    "SDESC[std]=\t\tPort of a test\n"
	    "HOMEPAGE=\t\tnone\n"
	    "CONTACT=\t\tnobody\n"
	    "DOWNLOAD_GROUPS=\tnone\n"
	    "SPKGS[std]=\t\tset primary dev\n"
	    "OPTIONS_AVAILABLE=\tnone\n"
	    "OPTIONS_STANDARD=\tnone\n"
	    "%s",
	    name, more);
	if (rv_file_replace(top, path, 0644, rv_span_str(text), &err) < 0)
		tap_ok(false, "%s", err.msg);
}

/* --- a plan of the folders */
struct world {
	struct rv_trees trees;
	struct rv_platform platform;
	struct rv_defaults defaults;
	int mk_fd;
	struct rv_scan *scan;
	struct rv_wholetree whole;
};

static void open_world(struct world *w, const char *const *trees, size_t n, bool as_original,
    const struct rv_host *host)
{
	struct rv_scan_how how = {.depth = RV_SCAN_VARIANTS, .cache_fd = -1};
	struct rv_wholetree_how plan = {.host = host, .as_original = as_original, .customs = n > 1};
	int out = -1;

	*w = (struct world){
	    .platform = {.opsys = "linux",
		.arch = "x86_64",
		.release = "4.4",
		.major = "4",
		.version = "4.4.0"},
	};
	for (size_t i = 0; i < n; i++) {
		char path[256];

		snprintf(path, sizeof(path), "%s/%s", folder, trees[i]);
		if (rv_trees_add(&w->trees, path, &err) < 0)
			tap_ok(false, "%s", err.msg);
	}
	if (rv_dir_open(top, "mk", &w->mk_fd, &err) != 0)
		tap_ok(false, "%s", err.msg);
	how.trees = &w->trees;
	how.mk_fd = w->mk_fd;
	how.platform = &w->platform;
	how.defaults = &w->defaults;
	out = openat(top, "scan", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	tap_good(rv_scan_make(&how, 1, out, &err), &err, "a scan");
	tap_good(rv_scan_map(out, "scan", &w->scan, &err), &err, "its facts");
	close(out);
	plan.scan = w->scan;
	rv_wholetree_make(&plan, &w->whole);
}

static void close_world(struct world *w)
{
	rv_wholetree_release(&w->whole);
	rv_scan_free(w->scan);
	rv_trees_release(&w->trees);
	close(w->mk_fd);
}

static uint32_t node_of(const struct world *w, const char *name)
{
	return rv_scan_find_variant(w->scan, rv_scan_find(w->scan, name), "std");
}

/* Names in the order of building, those that can be planned. */
static const char *order_of(const struct world *w)
{
	static char text[512];
	size_t at = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < w->whole.n; i++) {
		uint32_t node = w->whole.order[i];

		if (w->whole.nodes[node].state == RV_PLAN_GOOD)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%.*s",
			    at ? " " : "", (int)strcspn(rv_wholetree_key(&w->whole, node), ":"),
			    rv_wholetree_key(&w->whole, node));
	}
	return text;
}

static bool has_fault(const struct world *w, const char *text)
{
	rv_vec_each (&w->whole.faults, f)
		if (strcmp(f->text, text) == 0)
			return true;
	rv_vec_each (&w->whole.faults, f)
		printf("# %s\n", f->text);
	return false;
}

static void collect(void *ctx, uint32_t node RV_UNUSED, const struct rv_need *need)
{
	char *text = ctx;
	size_t at = strlen(text);

	snprintf(text + at, 300 - at, "%s %s %s:%s%s; ", rv_need_keyword(need->kind),
	    need->by ? need->by : "-", need->dep.namebase, need->dep.subpackage,
	    need->host ? " host" : "");
}

/* --- a sound tree: app -> lib -> base, tool -> base, lone */
static void make_sound(void)
{
	put_port("sound", "app",
	    "BUILD_DEPENDS=\t\ttool:primary:std\n"
	    "BUILDRUN_DEPENDS=\tlib:primary:std\n"
	    "EXRUN[dev]=\t\tlib:dev:std\n");
	put_port("sound", "lib", "RUN_DEPENDS=\t\tbase:primary:std\n");
	put_port("sound", "tool", "BUILD_DEPENDS=\t\tbase:dev:std\n");
	put_port("sound", "base", "EXRUN[primary]=\t\travensys-gcc:primary:std\n");
	put_port("sound", "lone", "EXRUN[primary]=\t\travensys-gcc:primary:std\n");
	put_port("sound", "ravensys-gcc", "BUILD_DEPENDS=\t\tbase:primary:std\n");
	put_port("sound", "elsewhere", "ONLY_FOR_OPSYS=\t\tnetbsd\n");
	put_port("sound", "above", "BUILD_DEPENDS=\t\telsewhere:primary:std\n");
}

static void test_sound(void)
{
	static const char *const trees[] = {"sound"};
	char text[300] = "";
	struct world w;

	open_world(&w, trees, 1, false, NULL);
	tap_int((long long)w.whole.faults.n, 0, "nothing is missing");
	/* buckets: tool 19, lib 9D, lone 67, app 7D */
	tap_str(order_of(&w), "base tool ravensys-gcc lib lone app",
	    "needs first, then by who waits, then by bucket");
	rv_wholetree_needs(&w.whole, node_of(&w, "app"), collect, text);
	tap_str(text,
	    "BUILD_DEPENDS - tool:primary; BUILDRUN_DEPENDS - lib:primary; EXRUN dev lib:dev; ",
	    "every dependency with its keyword");
	tap_ok(rv_wholetree_waits(&w.whole, node_of(&w, "lone"), node_of(&w, "ravensys-gcc")),
	    "a port waits for the compiler");
	tap_ok(!rv_wholetree_waits(&w.whole, node_of(&w, "base"), node_of(&w, "ravensys-gcc")),
	    "but not what the compiler needs");
	tap_int(w.whole.nodes[node_of(&w, "elsewhere")].state, RV_PLAN_IGNORED, "ignored");
	tap_ok(w.whole.nodes[node_of(&w, "above")].state == RV_PLAN_IGNORED &&
		   w.whole.nodes[node_of(&w, "above")].culprit == node_of(&w, "elsewhere"),
	    "and what needs it, by its fault");
	close_world(&w);
	open_world(&w, trees, 1, true, NULL);
	tap_ok(!rv_wholetree_waits(&w.whole, node_of(&w, "lone"), node_of(&w, "ravensys-gcc")),
	    "as the original: nothing waits for the compiler");
	close_world(&w);
}

static void test_host(void)
{
	static const char *const trees[] = {"sound"};
	struct rv_host host = RV_HOST_INIT;
	char text[300] = "";
	struct world w;

	rv_map_put(&host.provided, rv_span_str("tool"), &host);
	rv_map_put(&host.provided, rv_span_str("lib"), &host);
	open_world(&w, trees, 1, false, &host);
	tap_ok(!rv_wholetree_waits(&w.whole, node_of(&w, "app"), node_of(&w, "tool")),
	    "what the machine has is not waited for");
	tap_ok(rv_wholetree_waits(&w.whole, node_of(&w, "app"), node_of(&w, "lib")),
	    "unless it is needed to run");
	rv_wholetree_needs(&w.whole, node_of(&w, "app"), collect, text);
	tap_ok(strstr(text, "tool:primary host;") != NULL, "and it is marked: %s", text);
	close_world(&w);
	rv_host_release(&host);
}

/* --- faults */
static void make_faulty(void)
{
	put_port("faulty", "no-port", "BUILD_DEPENDS=\t\tnosuch:primary:std\n");
	put_port("faulty", "no-variant", "EXRUN[dev]=\t\tgood:primary:loud\n");
	put_port("faulty", "no-part", "RUN_DEPENDS=\t\tgood:docs:std\n");
	put_port("faulty", "above", "BUILD_DEPENDS=\t\tno-port:primary:std\n");
	put_port("faulty", "bad", "KEYWORDS=\t\tdevel\n");
	put_port("faulty", "above-bad", "BUILD_DEPENDS=\t\tbad:primary:std\n");
	put_port("faulty", "good", "");
	put_port("faulty", "ring-a", "BUILD_DEPENDS=\t\tring-b:primary:std\n");
	put_port("faulty", "ring-b", "EXRUN[primary]=\t\tring-a:primary:std\n");
	put_port("faulty", "above-ring", "BUILD_DEPENDS=\t\tring-a:primary:std\n");
}

static void test_faulty(void)
{
	static const char *const trees[] = {"faulty"};
	struct world w;

	open_world(&w, trees, 1, false, NULL);
	tap_ok(has_fault(&w, "no-port:std needs nosuch:primary:std: there is no port nosuch "
			     "(BUILD_DEPENDS)"),
	    "no such port");
	tap_ok(has_fault(&w, "no-variant:std needs good:primary:loud: good has no variant loud, "
			     "but std (EXRUN[dev])"),
	    "no such variant");
	tap_ok(has_fault(&w, "no-part:std needs good:docs:std: good:std makes no subpackage docs, "
			     "but set, primary, dev (RUN_DEPENDS)"),
	    "no such subpackage");
	tap_ok(has_fault(&w, "above-bad:std needs bad:primary:std: its recipe has faults "
			     "(BUILD_DEPENDS)"),
	    "a recipe with faults");
	tap_ok(has_fault(&w, "dependency cycle: ring-a:std -> ring-b:std -> ring-a:std") ||
		   has_fault(&w, "dependency cycle: ring-b:std -> ring-a:std -> ring-b:std"),
	    "a cycle as its path");
	tap_int((long long)w.whole.faults.n, 5, "each once");
	tap_str(order_of(&w), "good", "what is touched by none is planned");
	close_world(&w);
}

/* --- the graph of a run */
static void test_graph(void)
{
	static const char *const trees[] = {"sound"};
	static const char *const origins[] = {"lib"};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_graph_env env;
	struct rv_graph g;
	struct world w;

	open_world(&w, trees, 1, false, NULL);
	env = (struct rv_graph_env){
	    .whole = &w.whole,
	    .trees = &w.trees,
	    .platform = &w.platform,
	    .defaults = &w.defaults,
	};
	tap_good(rv_graph_load(&env, origins, 1, &g, &problems, &err), &err, "lib and its needs");
	tap_int((long long)g.nodes.n, 2, "two ports");
	rv_graph_release(&g);
	tap_good(rv_graph_load(&env, NULL, 0, &g, &problems, &err), &err, "all");
	tap_int((long long)g.nodes.n, w.whole.n, "every port, ignored ones too");
	tap_ok(!g.nodes.v[0].recipe, "no recipe is read");
	tap_good(rv_graph_open_node(&g, &g.nodes.v[0], &err), &err, "until one is wanted");
	rv_graph_close_node(&g.nodes.v[0]);
	put_port("sound", "lone", "BUILD_DEPENDS=\t\tbase:primary:std\n");
	rv_vec_each (&g.nodes, n)
		if (strcmp(n->namebase, "lone") == 0)
			tap_ok(rv_graph_open_node(&g, n, &err) < 0 &&
				   strstr(err.msg, "was changed since") != NULL,
			    "one that needs something else by now is refused: %s", err.msg);
	rv_graph_release(&g);
	close_world(&w);
}

/* --- several trees */
static void test_customs(void)
{
	static const char *const trees[] = {"custom", "main"};
	struct world w;

	put_port("main", "a", "");
	put_port("main", "b", "");
	put_port("main", "c", "");
	put_port("custom", "b", "");
	put_port("custom", "d", "BUILD_DEPENDS=\t\tb:primary:std\n");
	open_world(&w, trees, 2, true, NULL);
	/* buckets: a 86, c 84, d 3C; b has one more that waits */
	tap_str(order_of(&w), "b c a d", "as the original: those of a custom tree come last");
	close_world(&w);
	open_world(&w, trees, 2, false, NULL);
	tap_str(order_of(&w), "b d c a", "ours: by bucket");
	close_world(&w);
}

int main(void)
{
	if (!mkdtemp(folder) || rv_dir_open_user(folder, &top, &err) != 0 ||
	    rv_dir_make(top, "mk", 0755, &err) < 0)
		return 1;
	make_sound();
	make_faulty();
	test_sound();
	test_host();
	test_faulty();
	test_graph();
	test_customs();
	close(top);
	if (rv_tree_remove(RV_CWD, folder, &err) < 0)
		tap_ok(false, "%s", err.msg);
	return tap_done();
}
