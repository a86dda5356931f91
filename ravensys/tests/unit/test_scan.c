/* SPDX-License-Identifier: ISC */
/*
 * The scan of whole trees: facts, an unchanged tree, edits (also those that change no time), ports
 * that come and go, faults, precedence, damaged files of the cache.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "port/index.h"
#include "port/scan_file.h"
#include "tests/tap.h"

static struct rv_error err;
static char folder[] = "/tmp/test-scan-XXXXXX";
static int top = -1;

static void put(const char *path, const char *text)
{
	char dir[256];

	snprintf(dir, sizeof(dir), "%s", path);
	*strrchr(dir, '/') = '\0';
	if (rv_dir_make_path(top, dir, 0755, &err) < 0 ||
	    rv_file_replace(top, path, 0644, rv_span_str(text), &err) < 0)
		tap_ok(false, "%s", err.msg);
}

static const char *place(const char *tree, const char *name)
{
	static char path[256];
	char bucket[3];

	rv_bucket_of(rv_span_str(name), bucket);
	snprintf(path, sizeof(path), "%s/bucket_%s/%s/specification", tree, bucket, name);
	return path;
}

static const char *spec(const char *name, const char *version, const char *more)
{
	static char text[4096];

	snprintf(text, sizeof(text),
	    "NAMEBASE=\t\t%s\n"
	    "VERSION=\t\t%s\n"
	    "KEYWORDS=\t\tdevel\n"
	    "VARIANTS=\t\tstd\n"
	    "SDESC[std]=\t\tPort \"%s\" of a test\n"
	    "HOMEPAGE=\t\tnone\n"
	    "CONTACT=\t\tJane_Doe[jane@example.org]\n"
	    "DOWNLOAD_GROUPS=\tmain\n"
	    "SITES[main]=\t\tGNU/test/\n"
	    "DISTFILE[1]=\t\t%s-%s.tar.gz:main\n"
	    "DF_INDEX=\t\t1\n"
	    "SPKGS[std]=\t\tset primary docs\n"
	    "OPTIONS_AVAILABLE=\tNLS DOCS\n"
	    "OPTIONS_STANDARD=\tNLS DOCS\n"
	    "OPT_ON[all]=\t\tDOCS\n"
	    "%s",
	    name, version, name, name, version, more);
	return text;
}

static void put_port(const char *tree, const char *name, const char *version, const char *more)
{
	put(place(tree, name), spec(name, version, more));
}

/* --- one place with trees, mk/ and a cache */
struct world {
	struct rv_trees trees;
	struct rv_platform platform;
	struct rv_defaults defaults;
	struct rv_scan_how how;
};

static void world_open(struct world *w, const char *const *trees, size_t n)
{
	char path[256], profile[256];

	*w = (struct world){.platform = {.opsys = "linux", .arch = "x86_64", .release = "4.4"}};
	w->how = (struct rv_scan_how){.trees = &w->trees,
	    .mk_fd = -1,
	    .cache_fd = -1,
	    .depth = RV_SCAN_VARIANTS,
	    .platform = &w->platform,
	    .defaults = &w->defaults};
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, trees[i]);
		tap_good(rv_trees_add(&w->trees, path, &err), &err, "tree");
	}
	snprintf(profile, sizeof(profile), "%s/profile", folder);
	w->defaults.profile_path = strdup(profile);
	tap_good(rv_dir_open(top, "mk", &w->how.mk_fd, &err), &err, "mk");
	tap_good(rv_dir_open(top, "cache", &w->how.cache_fd, &err), &err, "cache");
}

static void world_release(struct world *w)
{
	rv_trees_release(&w->trees);
	rv_fd_release(&w->how.mk_fd);
	rv_fd_release(&w->how.cache_fd);
	free((char *)(uintptr_t)w->defaults.profile_path);
}

static void make(struct world *w)
{
	tap_good(rv_scan_make(&w->how, 2, -1, &err), &err, "make");
}

/* Is it stale, made anew, and then good? */
static struct rv_scan *again(struct world *w, const char *why)
{
	struct rv_scan *s = NULL;

	tap_int(rv_scan_load(&w->how, &s, &err), RV_SCAN_STALE, "stale: %s", why);
	make(w);
	tap_good(rv_scan_load(&w->how, &s, &err), &err, "then good");
	return s;
}

static const char *version_of(const struct rv_scan *s, const char *name)
{
	uint32_t i = rv_scan_find(s, name);
	struct rv_scan_port p;

	if (i == RV_SCAN_NONE)
		return NULL;
	rv_scan_port(s, i, &p);
	return p.version;
}

/* --- facts */

static void check_dep(const struct rv_scan *s, const struct rv_scan_deps *deps, uint32_t i,
    const char *triplet, const char *target)
{
	struct rv_scan_dep d = rv_scan_dep(deps, i);
	struct rv_scan_variant v;
	char text[300];

	snprintf(text, sizeof(text), "%s:%s:%s", d.namebase, d.subpackage, d.variant);
	tap_str(text, triplet, "dependency %s", triplet);
	if (!target) {
		tap_ok(d.target == RV_SCAN_NONE, "nobody makes it");
		return;
	}
	tap_ok(d.target < rv_scan_variant_count(s), "somebody makes it");
	rv_scan_variant(s, d.target, &v);
	tap_str(v.key, target, "which is %s", target);
}

static void check_one(const struct rv_scan *s)
{
	uint32_t i = rv_scan_find(s, "one");
	struct rv_scan_subpackage part;
	struct rv_scan_port p;
	struct rv_scan_variant v;

	rv_scan_port(s, i, &p);
	tap_str(p.namebase, "one", "namebase");
	tap_str(p.pkgversion, "1.0", "package version");
	tap_str(p.homepage, "none", "homepage");
	tap_str(rv_scan_at(&p.keywords, 0), "devel", "keyword");
	tap_str(rv_scan_at(&p.urls, 0), "mirror://GNU/test//one-1.0.tar.gz", "address");
	tap_str(rv_scan_at(&p.cpe, 1), "maker", "vendor");
	tap_int(p.cpe.n, 6, "three pairs of CPE");
	tap_int(p.n_variants, 1, "one variant");
	tap_int(rv_scan_find_variant(s, i, "std"), p.first_variant, "std");
	tap_ok(rv_scan_find_variant(s, i, "v13") == RV_SCAN_NONE, "no other");
	rv_scan_variant(s, p.first_variant, &v);
	tap_int(v.port, i, "its port");
	tap_str(v.key, "one:std", "key");
	tap_str(v.sdesc, "Port \"one\" of a test", "description");
	tap_ok(!v.ignore, "can be built");
	tap_ok(rv_scan_has(&v.options_on, "DOCS") && rv_scan_has(&v.options_off, "NLS"), "options");
	tap_str(rv_scan_at(&v.distfiles, 0), "one-1.0.tar.gz", "distfile");
	tap_int(v.deps[RV_DEP_BUILD].n, 1, "one build dependency");
	check_dep(s, &v.deps[RV_DEP_BUILD], 0, "two:primary:std", "two:std");
	check_dep(s, &v.deps[RV_DEP_BUILDRUN], 0, "nobody:primary:std", NULL);
	tap_int(v.prime, 1, "primary has the run dependencies");
	rv_scan_subpackage(&v, 1, &part);
	tap_str(part.name, "primary", "its name");
	tap_int(part.needs.n, 2, "it needs two");
	tap_int(part.n_exrun, 1, "one of them by EXRUN");
	check_dep(s, &part.needs, 0, "two:docs:std", "two:std");
	rv_scan_subpackage(&v, 0, &part);
	tap_int(part.own.n, 2, "set needs the others");
}

static void test_facts(struct world *w)
{
	struct rv_scan *s = again(w, "there is nothing yet");

	tap_int(rv_scan_port_count(s), 3, "ports");
	tap_int(rv_scan_variant_count(s), 3, "variants");
	tap_int(rv_scan_fault_count(s), 0, "faults");
	tap_ok(rv_scan_find(s, "none") == RV_SCAN_NONE && rv_scan_find(s, "") == RV_SCAN_NONE,
	    "others are not found");
	check_one(s);
	rv_scan_free(s);
	tap_good(rv_scan_load(&w->how, &s, &err), &err, "unchanged");
	rv_scan_free(s);
}

/* The order is that of the tree: bucket, then name. */
static void test_order(struct world *w)
{
	rv_autofree(rv_scan) struct rv_scan *s = NULL;
	struct rv_scan_port a, b;
	bool good = true;

	tap_good(rv_scan_load(&w->how, &s, &err), &err, "load");
	for (uint32_t i = 0; i + 1 < rv_scan_port_count(s); i++) {
		rv_scan_port(s, i, &a);
		rv_scan_port(s, i + 1, &b);
		good &= rv_scan_order(a.bucket, a.namebase, b.bucket, b.namebase) < 0;
	}
	tap_ok(good, "in order");
}

static void test_index(struct world *w)
{
	rv_autofree(rv_scan) struct rv_scan *s = NULL;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1 << 20);
	struct rv_index_totals t;

	w->how.depth = RV_SCAN_HEADS;
	s = again(w, "heads were not read yet");
	w->how.depth = RV_SCAN_VARIANTS;
	t = rv_index_totals(s);
	tap_ok(t.ports == 3 && t.variants == 3 && t.packages == 9, "totals");
	rv_index_write(s, RV_INDEX_REPOLOGY, 0, &text);
	tap_ok(strstr(text.p, "\"sdesc\": \"Port \\\"two\\\" of a test\"") != NULL, "escaped");
	tap_ok(strstr(text.p, "\"name\": \"Jane Doe\", \"email\": \"jane@example.org\"") != NULL,
	    "contact");
	rv_buf_reset(&text);
	rv_index_write(s, RV_INDEX_SUMMARY, 3723, &text);
	tap_ok(strstr(text.p, "scan time : 01:02:03\n") != NULL, "time");
}

/* --- changes */

static void test_edit(struct world *w)
{
	struct rv_scan *s;

	put_port("tree", "two", "2.1", "");
	s = again(w, "a port was edited");
	tap_str(version_of(s, "two"), "2.1", "the new version");
	tap_str(version_of(s, "one"), "1.0", "the other is as it was");
	rv_scan_free(s);
}

static void overwrite(const char *path, const char *text)
{
	int fd = openat(top, path, O_WRONLY | O_CLOEXEC);

	tap_ok(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "overwrite");
	close(fd);
}

/* The only file of the cache, to be changed in place. */
static void cache_name(struct world *w, char out[RV_SCAN_FILE_NAME_BYTES])
{
	if (rv_scan_file_name(&w->how, out, &err) < 0)
		tap_ok(false, "%s", err.msg);
}

static void cache_read(struct world *w, struct rv_buf *out)
{
	char name[RV_SCAN_FILE_NAME_BYTES];

	cache_name(w, name);
	rv_buf_reset(out);
	tap_good(rv_file_read(w->how.cache_fd, name, out, &err), &err, "read the cache");
}

static void cache_write(struct world *w, struct rv_buf *b, bool sum)
{
	char name[RV_SCAN_FILE_NAME_BYTES];
	uint64_t checksum = rv_scan_checksum(rv_buf_span(b));

	cache_name(w, name);
	if (sum)
		memcpy(b->p + __builtin_offsetof(struct rv_scan_head, checksum), &checksum,
		    sizeof(checksum));
	if (rv_scan_keep(w->how.cache_fd, name, rv_buf_span(b), &err) < 0)
		tap_ok(false, "%s", err.msg);
}

static struct rv_scan_file *record_of(struct rv_buf *cache, uint64_t ino)
{
	struct rv_scan_file *files = (void *)(cache->p + sizeof(struct rv_scan_head));

	while (files->ino != ino)
		files++;
	return files;
}

/*
 * An edit that leaves size, inode and every time as they were: made here by giving the record the
 * times of the edited file.
 */
static void hide_edit(struct world *w, const char *path, bool sure)
{
	rv_auto(rv_buf) struct rv_buf cache = RV_BUF_INIT(1 << 20);
	struct rv_scan_file *f;
	struct rv_stat st;

	tap_good(rv_file_stat(top, path, &st, &err), &err, "stat");
	cache_read(w, &cache);
	f = record_of(&cache, st.ino);
	tap_ok(f->flags & RV_SCAN_UNSURE, "a fresh file is marked");
	f->mtime_s = st.mtime_s;
	f->mtime_ns = st.mtime_ns;
	f->ctime_s = st.ctime_s;
	f->ctime_ns = st.ctime_ns;
	if (sure)
		f->flags &= ~(uint32_t)RV_SCAN_UNSURE;
	cache_write(w, &cache, true);
}

static void test_same_tick(struct world *w)
{
	struct rv_scan *s = NULL;
	char path[256];

	snprintf(path, sizeof(path), "%s", place("tree", "two"));
	overwrite(path, spec("two", "2.2", ""));
	hide_edit(w, path, true);
	tap_good(rv_scan_load(&w->how, &s, &err), &err, "an old file is known by its state");
	tap_str(version_of(s, "two"), "2.1", "and is not read");
	rv_scan_free(s);
	make(w);
	put_port("tree", "two", "2.3", "");
	make(w);
	overwrite(path, spec("two", "2.4", ""));
	hide_edit(w, path, false);
	s = again(w, "edited within the same tick");
	tap_str(version_of(s, "two"), "2.4", "the edit is seen");
	rv_scan_free(s);
}

static void test_settle(struct world *w)
{
	rv_auto(rv_buf) struct rv_buf cache = RV_BUF_INIT(1 << 20);
	struct rv_scan_file *files;
	struct rv_scan *s = NULL;
	char later[32];

	snprintf(later, sizeof(later), "%lld", (long long)rv_clock_now_s() + 100);
	setenv("RV_TEST_NOW", later, 1);
	tap_good(rv_scan_load(&w->how, &s, &err), &err, "later");
	rv_scan_free(s);
	unsetenv("RV_TEST_NOW");
	cache_read(w, &cache);
	files = (void *)(cache.p + sizeof(struct rv_scan_head));
	tap_ok(!((files[0].flags | files[1].flags | files[2].flags) & RV_SCAN_UNSURE),
	    "the marks are lifted");
	tap_good(rv_scan_load(&w->how, &s, &err), &err, "and the file is good");
	rv_scan_free(s);
}

static void test_come_and_go(struct world *w)
{
	struct rv_scan *s;
	char path[256];

	put_port("tree", "nobody", "7", "");
	s = again(w, "a port came");
	tap_int(rv_scan_port_count(s), 4, "four ports");
	rv_scan_free(s);
	snprintf(path, sizeof(path), "%s", place("tree", "nobody"));
	tap_good(rv_file_unlink(top, path, &err), &err, "remove it");
	s = again(w, "a port went");
	tap_int(rv_scan_port_count(s), 3, "three ports");
	tap_ok(rv_scan_find(s, "nobody") == RV_SCAN_NONE, "it is gone");
	rv_scan_free(s);
}

static void test_fault(struct world *w)
{
	struct rv_scan_fault f;
	struct rv_scan *s;

	put_port("tree", "bad", "1", "COLOUR=\t\t\tred\nBROKEN=\t\t\tyes\n");
	put("tree/bucket_00/lost/specification", spec("lost", "1", ""));
	s = again(w, "two faulty ports came");
	tap_int(rv_scan_port_count(s), 3, "the others are there");
	tap_int(rv_scan_fault_count(s), 3, "every fault");
	for (uint32_t i = 0; i < rv_scan_fault_count(s); i++) {
		rv_scan_fault(s, i, &f);
		if (strcmp(f.namebase, "lost") == 0)
			tap_ok(strstr(f.text, "bucket_00") != NULL && f.line == 0, "%s", f.text);
		else
			tap_ok(f.line >= 16 && strstr(f.file, "/bad/specification") != NULL,
			    "%s:%u: %s", f.file, f.line, f.text);
	}
	rv_scan_free(s);
	tap_good(rv_scan_load(&w->how, &s, &err), &err, "faults are kept too");
	tap_int(rv_scan_fault_count(s), 3, "all of them");
	rv_scan_free(s);
	tap_good(rv_tree_remove(top, "tree/bucket_00", &err), &err, "away");
	put_port("tree", "bad", "1", "");
	s = again(w, "mended");
	tap_int(rv_scan_port_count(s), 4, "four ports");
	tap_int(rv_scan_fault_count(s), 0, "no fault");
	rv_scan_free(s);
}

static void test_surroundings(struct world *w)
{
	struct rv_scan *s;

	put("mk/raven.versions.mk", "PYTHON3_DEFAULT=\t3.14\n");
	rv_scan_free(again(w, "mk/ changed"));
	put("profile/options/two",
	    "[parameters]\navailable= NLS,DOCS\nnamebase= two\nversion= 2.4\n"
	    "[options]\nNLS= true\nDOCS= true\n");
	s = again(w, "options were saved");
	{
		uint32_t i = rv_scan_find(s, "two");
		struct rv_scan_port p;
		struct rv_scan_variant v;

		rv_scan_port(s, i, &p);
		rv_scan_variant(s, p.first_variant, &v);
		tap_ok(rv_scan_has(&v.options_on, "NLS"), "the saved options hold");
	}
	rv_scan_free(s);
	w->platform.arch = "aarch64";
	rv_scan_free(again(w, "another platform"));
	w->platform.arch = "x86_64";
	tap_good(rv_scan_load(&w->how, &s, &err), &err, "both are kept");
	rv_scan_free(s);
}

/* --- several trees */

static void test_precedence(void)
{
	static const char *const trees[] = {"custom", "tree"};
	struct rv_scan_port p;
	struct rv_scan *s;
	struct world w;
	char path[256];

	put_port("custom", "two", "99", "");
	put_port("custom", "mine", "1", "");
	world_open(&w, trees, 2);
	s = again(&w, "other trees");
	tap_int(rv_scan_port_count(s), 5, "each port once");
	tap_str(version_of(s, "two"), "99", "the first tree's");
	rv_scan_port(s, rv_scan_find(s, "two"), &p);
	tap_int(p.tree, 0, "from the first");
	rv_scan_port(s, rv_scan_find(s, "one"), &p);
	tap_int(p.tree, 1, "from the second");
	rv_scan_free(s);
	snprintf(path, sizeof(path), "%s", place("custom", "two"));
	tap_good(rv_file_unlink(top, path, &err), &err, "remove it from the first");
	s = again(&w, "a hidden port appears");
	tap_str(version_of(s, "two"), "2.4", "the second tree's");
	rv_scan_free(s);
	world_release(&w);
}

/* --- damage */

static void look_at_all(const struct rv_scan *s)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < rv_scan_variant_count(s); i++) {
		struct rv_scan_variant v;

		rv_scan_variant(s, i, &v);
		sum += strlen(v.key) + strlen(v.sdesc);
		for (uint32_t k = 0; k < v.subpackages.n; k++) {
			struct rv_scan_subpackage part;

			rv_scan_subpackage(&v, k, &part);
			sum += strlen(part.name) + part.needs.n;
		}
	}
	tap_ok(sum > 0 || rv_scan_variant_count(s) == 0, "views hold");
}

static void test_flips(struct world *w, bool sum)
{
	rv_auto(rv_buf) struct rv_buf cache = RV_BUF_INIT(1 << 20);
	struct rv_scan_head head;
	size_t bad = 0, taken = 0, tries = 0;

	cache_read(w, &cache);
	memcpy(&head, cache.p, sizeof(head));
	for (size_t at = 0; at < cache.n; at += 3, tries++) {
		struct rv_scan *s = NULL;
		int rc;

		cache.p[at] ^= 0x55;
		cache_write(w, &cache, sum);
		rc = rv_scan_load(&w->how, &s, &err);
		bad += rc < 0;
		taken += rc == 0;
		if (rc == 0 && taken % 50 == 1)
			look_at_all(s);
		rv_scan_free(s);
		memcpy(cache.p, &head, sizeof(head));
		if (at >= sizeof(head))
			cache.p[at] ^= 0x55;
	}
	tap_int(bad, 0, "no flipped byte of %zu is an error", tries);
	if (!sum)
		tap_int(taken, 0, "none is taken");
	cache_write(w, &cache, true);
}

static void test_damage(struct world *w)
{
	rv_auto(rv_buf) struct rv_buf cache = RV_BUF_INIT(1 << 20);
	char name[RV_SCAN_FILE_NAME_BYTES];

	make(w);
	test_flips(w, false);
	test_flips(w, true);
	cache_read(w, &cache);
	for (size_t n = 0; n < cache.n; n += 199) {
		struct rv_scan s;

		if (rv_scan_check(rv_span(cache.p, n), "short", &s, &err) == 0)
			tap_ok(false, "%zu bytes are taken", n);
	}
	rv_buf_cut(&cache, cache.n / 2);
	cache_write(w, &cache, true);
	rv_scan_free(again(w, "cut"));
	cache_name(w, name);
	tap_good(rv_file_chmod(w->how.cache_fd, name, 0666, &err), &err, "let others write");
	rv_scan_free(again(w, "others may have written it"));
}

static int count_file(void *ctx, int dirfd RV_UNUSED, const struct rv_dir_entry *entry RV_UNUSED,
    struct rv_error *e RV_UNUSED)
{
	++*(size_t *)ctx;
	return 0;
}

static void test_prune(struct world *w)
{
	static const char *const arches[] = {
	    "i386", "aarch64", "powerpc64le", "riscv64", "s390x", "a", "b", "c", "d"};
	size_t n = 0;

	for (size_t i = 0; i < RV_COUNT(arches); i++) {
		w->platform.arch = arches[i];
		make(w);
	}
	w->platform.arch = "x86_64";
	tap_good(rv_dir_each(w->how.cache_fd, ".", count_file, &n, &err), &err, "look");
	tap_int(n, RV_SCAN_MAX_FILES, "files are kept");
}

static void test_without_cache(struct world *w)
{
	rv_autofree(rv_scan) struct rv_scan *s = NULL;
	rv_auto_fd fd = -1;
	int cache = w->how.cache_fd;

	w->how.cache_fd = -1;
	tap_int(rv_scan_load(&w->how, &s, &err), RV_SCAN_STALE, "nothing is kept");
	tap_good(rv_file_nameless(&fd, &err), &err, "file");
	tap_good(rv_scan_make(&w->how, 1, fd, &err), &err, "make");
	tap_good(rv_scan_map(fd, "scan", &s, &err), &err, "map");
	tap_int(rv_scan_port_count(s), 4, "ports");
	w->how.cache_fd = cache;
	w->how.defaults = NULL;
	rv_scan_free(again(w, "no choice of versions, no saved options"));
	w->how.defaults = &w->defaults;
}

int main(void)
{
	static const char *const trees[] = {"tree"};
	struct world w;

	if (!mkdtemp(folder) || rv_dir_open_user(folder, &top, &err) < 0)
		return 1;
	put("mk/raven.versions.mk", "PYTHON3_DEFAULT=\t3.13\n");
	put("cache/x", "");
	tap_good(rv_file_unlink(top, "cache/x", &err), &err, "cache");
	put_port("tree", "one", "1.0",
	    "BUILD_DEPENDS=\t\ttwo:primary:std\n"
	    "BUILDRUN_DEPENDS=\tnobody:primary:std\n"
	    "EXRUN[primary]=\t\ttwo:docs:std\n"
	    "USES=\t\t\tcpe\n"
	    "CPE_VENDOR=\t\tmaker\n");
	put_port("tree", "two", "2.0", "");
	put_port("tree", "three", "3.0", "");
	world_open(&w, trees, 1);
	test_facts(&w);
	test_order(&w);
	test_index(&w);
	test_edit(&w);
	test_same_tick(&w);
	test_settle(&w);
	test_come_and_go(&w);
	test_fault(&w);
	test_surroundings(&w);
	test_precedence();
	test_damage(&w);
	test_prune(&w);
	test_without_cache(&w);
	world_release(&w);
	tap_good(rv_tree_remove(RV_CWD, folder, &err), &err, "clean");
	rv_fd_release(&top);
	return tap_done();
}
