/* SPDX-License-Identifier: ISC */
/*
 * lib/repo and lib/sign, the client: what it accepts and what it refuses. Flipped bytes, longer
 * files, rollback, freeze, mix and match, wrong keys; each refusal names the file and leaves the
 * accepted state as it was.
 */
#include "tests/repo_world.h"

#include "repo/source.h"
#include "sign/role.h"

static struct rv_error err;

/* --- expecting */

static bool has_catalog(struct world *w)
{
	struct rv_repo_state state;

	return rv_repo_state(&w->place, &state, &err) == 0 && state.has_catalog;
}

static void expect_update(struct world *w, int64_t now_s, const char *what)
{
	bool changed;

	tap_good(world_update(w, now_s, &changed, &err), &err, "accepted: %s", what);
}

static void expect_refusal(struct world *w, int64_t now_s, const char *says, const char *what)
{
	bool changed;
	int rc = world_update(w, now_s, &changed, &err);

	if (!tap_ok(rc < 0 && strstr(err.msg, says), "refused: %s", what))
		printf("# returned %d: %s\n", rc, rc < 0 ? err.msg : "");
}

/* --- one lie in the bytes */

/*
 * Without a word for each of thousands: the first that was not refused with the file's name, or -1.
 */
static long flip_each(struct world *w, const char *path, unsigned char xor, size_t step)
{
	const char *name = strrchr(path, '/') + 1;
	rv_auto(rv_buf) struct rv_buf text;
	bool changed;

	world_read(w->repo_fd, path, &text);
	w->lie_path = path;
	w->lie_xor = xor;
	/* "1.root.json" may be said as "root.json" */
	if (*name >= '0' && *name <= '9' && !strstr(path, "targets/"))
		name = strchr(name, '.') + 1;
	for (size_t i = 0; i < text.n; i += step) {
		w->lie_at = i;
		world_forget(w);
		if (world_update(w, WORLD_NOW, &changed, &err) == 0 || !strstr(err.msg, name) ||
		    has_catalog(w)) {
			printf("# %s, byte %zu: %s\n", path, i, err.msg);
			w->lie_path = NULL;
			return (long)i;
		}
	}
	w->lie_path = NULL;
	return -1;
}

static void test_flips(struct world *w, const char *catalog)
{
	static const char *const files[] = {"metadata/1.root.json", "metadata/timestamp.json",
	    "metadata/1.snapshot.json", "metadata/1.targets.json",
	    "metadata/1." WORLD_ABI_FILE ".json"};

	for (size_t i = 0; i < RV_COUNT(files); i++) {
		tap_int(flip_each(w, files[i], 1, 1), -1, "%s: each byte ^ 1 is refused", files[i]);
		tap_int(flip_each(w, files[i], 0x20, 3), -1, "%s: each third byte ^ 32", files[i]);
	}
	tap_int(flip_each(w, catalog, 0x40, 5), -1, "the catalogue: each fifth byte ^ 64");
}

static void test_longer(struct world *w, const char *catalog)
{
	const char *const files[] = {"metadata/1.root.json", "metadata/timestamp.json",
	    "metadata/1.snapshot.json", "metadata/1.targets.json",
	    "metadata/1." WORLD_ABI_FILE ".json", catalog};

	for (size_t i = 0; i < RV_COUNT(files); i++) {
		w->lie_path = files[i];
		w->lie_at = SIZE_MAX;
		w->lie_longer = 1;
		world_forget(w);
		expect_refusal(w, WORLD_NOW, strrchr(files[i], '.'), files[i]);
		w->lie_longer = 1 << 20;
		expect_refusal(w, WORLD_NOW, "", "and endless");
		w->lie_longer = 0;
	}
	w->lie_path = NULL;
	world_forget(w);
	expect_update(w, WORLD_NOW, "the truth afterwards");
}

/* --- trust to begin with */

static void test_first_trust(struct world *w)
{
	rv_auto(rv_buf) struct rv_buf other = RV_BUF_INIT(1000);
	struct rv_repo_conf conf;
	struct rv_stat st;

	world_forget(w);
	w->conf.fingerprint.b[0] ^= 1;
	expect_refusal(w, WORLD_NOW, "1.root.json", "another fingerprint");
	w->conf.fingerprint.b[0] ^= 1;
	tap_int(
	    rv_file_stat(w->db_fd, "tuf/test/root.json", &st, &err), RV_ABSENT, "nothing is kept");
	expect_update(w, WORLD_NOW, "the right one");
	w->conf.fingerprint.b[0] ^= 1;
	expect_refusal(w, WORLD_NOW, "1.root.json", "a changed fingerprint begins anew");
	w->conf.fingerprint.b[0] ^= 1;
	expect_update(w, WORLD_NOW, "and what was accepted is still there");
	conf = w->conf;
	w->conf.root = "none.json";
	expect_refusal(w, WORLD_NOW, "none.json' is not there", "a root file that is not there");
	world_put(w->repos_fd, "none.json", RV_SPAN_LIT("{}"));
	expect_refusal(w, WORLD_NOW, "none.json", "a root file that is none");
	w->conf = conf;
	rv_buf_add_str(&other, "url= /x\nabi= " WORLD_ABI "\n");
	world_put(w->repos_fd, "other.conf", rv_buf_span(&other));
	tap_int(rv_repo_conf_read(w->repos_fd, "other.conf", &w->arena, &conf, &err), -1,
	    "neither root nor fingerprint: %s", err.msg);
	expect_update(w, WORLD_NOW, "as before");
}

/* --- forged metadata: kept copies of the originals, and files signed anew */

static struct rv_json *signed_of(struct world *w, const char *path)
{
	rv_auto(rv_buf) struct rv_buf text;
	rv_autofree(rv_json) struct rv_json *doc = NULL;

	world_read(w->repo_fd, path, &text);
	if (rv_json_parse(rv_buf_span(&text), path, &doc, &err) < 0)
		tap_ok(false, "%s", err.msg);
	return rv_json_copy(rv_json_get(doc, "signed"));
}

/* Signs doc (taken over) and puts it in place; says what it is now. */
static struct rv_role_file put_signed(
    struct world *w, const char *path, struct rv_json *doc, const struct rv_signer *signer)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(WORLD_MAX);
	struct rv_role_file file = {0};

	if (rv_role_sign(doc, &signer, 1, &text, &err) < 0)
		tap_ok(false, "%s", err.msg);
	rv_json_int(rv_json_get(doc, "version"), &file.version);
	file.length = text.n;
	rv_sha256_of(rv_buf_span(&text), &file.sha256);
	world_put(w->repo_fd, path, rv_buf_span(&text));
	rv_json_free(doc);
	return file;
}

static void set_version(struct rv_json *doc, int64_t version)
{
	rv_json_set_int(doc, "version", version);
}

/* A timestamp of that version for a snapshot. */
static void put_timestamp(struct world *w, int64_t version, const struct rv_role_file *snapshot,
    const struct rv_signer *signer)
{
	struct rv_json *doc = rv_role_new(RV_ROLE_TIMESTAMP, version, WORLD_NOW + 14 * WORLD_DAY);

	rv_role_add_file(doc, "snapshot.json", snapshot);
	put_signed(w, "metadata/timestamp.json", doc, signer);
}

struct original {
	const char *path;
	struct rv_buf text;
};

static void keep_original(struct world *w, const char *path, struct original *out)
{
	out->path = path;
	world_read(w->repo_fd, path, &out->text);
}

static void restore(struct world *w, struct original *o)
{
	world_put(w->repo_fd, o->path, rv_buf_span(&o->text));
	rv_buf_release(&o->text);
}

/*
 * The repository is at version 2 of everything and the client knows it; the files of version 1 are
 * still there.
 */
static void test_rollback(struct world *w)
{
	struct original timestamp;
	struct rv_json *doc;
	struct rv_role_file file;

	keep_original(w, "metadata/timestamp.json", &timestamp);
	put_timestamp(w, 1, &(struct rv_role_file){.length = 1, .version = 2}, &w->keys.online);
	expect_refusal(
	    w, WORLD_NOW, "timestamp.json: has version 1, but version 2", "an older timestamp");
	put_timestamp(w, 3, &(struct rv_role_file){.length = 1, .version = 1}, &w->keys.online);
	expect_refusal(
	    w, WORLD_NOW, "snapshot.json: has version 1, but version 2", "an older snapshot");

	doc = signed_of(w, "metadata/2.snapshot.json");
	set_version(doc, 3);
	rv_role_add_file(
	    doc, WORLD_ABI_FILE ".json", &(struct rv_role_file){.length = 1, .version = 1});
	file = put_signed(w, "metadata/3.snapshot.json", doc, &w->keys.online);
	put_timestamp(w, 3, &file, &w->keys.online);
	expect_refusal(
	    w, WORLD_NOW, WORLD_ABI_FILE ".json: has version 1, but version 2", "an older ABI");

	doc = rv_role_new(RV_ROLE_SNAPSHOT, 4, WORLD_NOW + WORLD_DAY);
	rv_role_add_file(doc, "targets.json", &(struct rv_role_file){.length = 1, .version = 9});
	file = put_signed(w, "metadata/4.snapshot.json", doc, &w->keys.online);
	put_timestamp(w, 4, &file, &w->keys.online);
	expect_refusal(w, WORLD_NOW, "does not list " WORLD_ABI_FILE, "a snapshot without the ABI");
	restore(w, &timestamp);
	/*
	 * what was signed rightly was kept: only a new timestamp leads further, as the framework
	 * wants it
	 */
	expect_refusal(w, WORLD_NOW, "timestamp.json: has version 2", "going back afterwards");
	world_forget(w);
	expect_update(w, WORLD_NOW, "a new client");
}

static void test_mixture(struct world *w)
{
	struct original old, new;

	world_forget(w);
	keep_original(w, "metadata/1.snapshot.json", &old);
	keep_original(w, "metadata/2.snapshot.json", &new);
	world_put(w->repo_fd, "metadata/2.snapshot.json", rv_buf_span(&old.text));
	expect_refusal(w, WORLD_NOW, "snapshot.json", "an old snapshot under a new timestamp");
	restore(w, &new);
	rv_buf_release(&old.text);
	keep_original(w, "metadata/1." WORLD_ABI_FILE ".json", &old);
	keep_original(w, "metadata/2." WORLD_ABI_FILE ".json", &new);
	world_put(w->repo_fd, "metadata/2." WORLD_ABI_FILE ".json", rv_buf_span(&old.text));
	expect_refusal(w, WORLD_NOW, WORLD_ABI_FILE ".json", "an old ABI under a new snapshot");
	restore(w, &new);
	rv_buf_release(&old.text);
	tap_ok(!has_catalog(w), "nothing of it was taken");
	expect_update(w, WORLD_NOW, "the right ones");
}

static void test_wrong_keys(struct world *w)
{
	static const char *const files[] = {"metadata/timestamp.json", "metadata/2.snapshot.json",
	    "metadata/1.targets.json", "metadata/2." WORLD_ABI_FILE ".json"};
	struct rv_signer stranger;
	struct original o, timestamp;
	struct rv_role_file file;

	tap_good(rv_signer_generate("stranger", &stranger, &err), &err, "a stranger's key");
	world_forget(w);
	keep_original(w, files[0], &o);
	put_signed(w, files[0], signed_of(w, files[0]), &stranger);
	expect_refusal(
	    w, WORLD_NOW, "timestamp.json: signed by 0 of the 1", "a stranger's timestamp");
	put_signed(w, files[0], signed_of(w, files[0]), &w->keys.targets);
	expect_refusal(
	    w, WORLD_NOW, "timestamp.json: signed by 0 of the 1", "a timestamp by another role");
	restore(w, &o);
	/* with timestamp and snapshot signed anew, so that sums hold */
	keep_original(w, "metadata/timestamp.json", &timestamp);
	keep_original(w, "metadata/2.snapshot.json", &o);
	file = put_signed(w, files[1], signed_of(w, files[1]), &stranger);
	put_timestamp(w, 2, &file, &w->keys.online);
	expect_refusal(
	    w, WORLD_NOW, "snapshot.json: signed by 0 of the 1", "a stranger's snapshot");
	restore(w, &o);
	for (size_t i = 2; i < RV_COUNT(files); i++) {
		struct rv_json *snapshot = signed_of(w, "metadata/2.snapshot.json");
		struct original s;

		keep_original(w, files[i], &o);
		keep_original(w, "metadata/2.snapshot.json", &s);
		file = put_signed(w, files[i], signed_of(w, files[i]), &stranger);
		rv_role_add_file(snapshot, strchr(files[i], '.') + 1, &file);
		file = put_signed(w, "metadata/2.snapshot.json", snapshot, &w->keys.online);
		put_timestamp(w, 2, &file, &w->keys.online);
		world_forget(w);
		expect_refusal(w, WORLD_NOW, "json: signed by 0 of the 1", files[i]);
		restore(w, &o);
		restore(w, &s);
	}
	restore(w, &timestamp);
	rv_signer_release(&stranger);
	world_forget(w);
	expect_update(w, WORLD_NOW, "the right keys");
}

/* --- time */

static void test_freeze(struct world *w)
{
	struct rv_repo_update how = {
	    .now_s = WORLD_NOW + 14 * WORLD_DAY, .allow_expired = true, .source = &w->source};
	bool changed;

	expect_update(w, WORLD_NOW + 14 * WORLD_DAY - 1, "in the last second");
	expect_refusal(
	    w, WORLD_NOW + 14 * WORLD_DAY, "timestamp.json: expired on 2027-", "one later");
	tap_ok(strstr(err.msg, "--allow-expired") != NULL, "with the way out");
	tap_good(rv_repo_update(&w->place, &how, &changed, &err), &err, "which works");
	world_forget(w);
	expect_refusal(w, WORLD_NOW + 366 * WORLD_DAY, "1.root.json: expired", "an expired root");
}

/* --- root */

/* version N+1 of root with these keys, signed by those */
static void put_root(struct world *w, int64_t version, const char *path,
    const struct rv_signer *root, const struct rv_signer *online,
    const struct rv_signer *const *signers)
{
	size_t n = 0;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(WORLD_MAX);
	rv_autofree(rv_json) struct rv_json *doc =
	    rv_role_new(RV_ROLE_ROOT, version, WORLD_NOW + 300 * WORLD_DAY);

	while (signers[n])
		n++;
	rv_role_root_add(doc, RV_ROLE_ROOT, &root->key);
	rv_role_root_add(doc, RV_ROLE_TARGETS, &w->keys.targets.key);
	rv_role_root_add(doc, RV_ROLE_SNAPSHOT, &online->key);
	rv_role_root_add(doc, RV_ROLE_TIMESTAMP, &online->key);
	if (rv_role_sign(doc, signers, n, &text, &err) < 0)
		tap_ok(false, "%s", err.msg);
	world_put(w->repo_fd, path, rv_buf_span(&text));
}

static void test_root_chain(struct world *w)
{
	const struct rv_signer *old = &w->keys.root, *online = &w->keys.online;
	struct rv_signer next;
	const struct rv_signer *by_old[] = {old, NULL}, *by_next[] = {&next, NULL};
	const struct rv_signer *by_both[] = {old, &next, NULL};

	tap_good(rv_signer_generate("next", &next, &err), &err, "another root key");
	world_forget(w);
	expect_update(w, WORLD_NOW, "root 1");
	put_root(w, 2, "metadata/2.root.json", &next, online, by_next);
	expect_refusal(w, WORLD_NOW, "2.root.json: signed by 0", "root 2 by its own key alone");
	put_root(w, 2, "metadata/2.root.json", &next, online, by_old);
	expect_refusal(w, WORLD_NOW, "2.root.json: signed by 0", "root 2 by the old key alone");
	put_root(w, 3, "metadata/2.root.json", &next, online, by_both);
	expect_refusal(w, WORLD_NOW, "2.root.json: has version 3", "a version left out");
	put_root(w, 1, "metadata/2.root.json", old, online, by_old);
	expect_refusal(w, WORLD_NOW, "2.root.json: has version 1", "the same version again");
	put_root(w, 2, "metadata/2.root.json", &next, online, by_both);
	expect_update(w, WORLD_NOW, "root 2 by both");
	put_root(w, 3, "metadata/3.root.json", old, online, by_old);
	expect_refusal(w, WORLD_NOW, "3.root.json: signed by 0", "root 3 by the key that went");
	tap_int(rv_file_unlink(w->repo_fd, "metadata/3.root.json", &err), 0, "away with it");
	expect_update(w, WORLD_NOW, "root 2 is kept");
	tap_int(rv_file_unlink(w->repo_fd, "metadata/2.root.json", &err), 0, "root 2 withheld");
	expect_update(w, WORLD_NOW, "changes nothing for who knows it");
	rv_signer_release(&next);
}

/*
 * A stolen on-line key signed a version far ahead; with another key the client goes on from where
 * it really is.
 */
static void test_fast_forward(struct world *w)
{
	const struct rv_signer *root = &w->keys.root, *by_root[] = {root, NULL};
	struct original timestamp, snapshot;
	struct rv_signer next;
	struct rv_role_file file;

	world_forget(w);
	keep_original(w, "metadata/timestamp.json", &timestamp);
	keep_original(w, "metadata/2.snapshot.json", &snapshot);
	rv_sha256_of(rv_buf_span(&snapshot.text), &file.sha256);
	file.length = snapshot.text.n;
	file.version = 2;
	put_timestamp(w, 1000000, &file, &w->keys.online);
	expect_update(w, WORLD_NOW, "a timestamp far ahead");
	tap_good(rv_signer_generate("next", &next, &err), &err, "another on-line key");
	file = put_signed(
	    w, "metadata/2.snapshot.json", signed_of(w, "metadata/2.snapshot.json"), &next);
	put_timestamp(w, 3, &file, &next);
	expect_refusal(w, WORLD_NOW, "timestamp.json", "not known yet");
	put_root(w, 2, "metadata/2.root.json", root, &next, by_root);
	expect_update(w, WORLD_NOW, "a root that names it, and a lower version");
	tap_int(rv_file_unlink(w->repo_fd, "metadata/2.root.json", &err), 0, "undone");
	restore(w, &timestamp);
	restore(w, &snapshot);
	rv_signer_release(&next);
	world_forget(w);
	expect_update(w, WORLD_NOW, "a new client");
}

/* --- forms */

static void test_forms(struct world *w)
{
	struct original o;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(WORLD_MAX);

	world_forget(w);
	keep_original(w, "metadata/timestamp.json", &o);
	rv_buf_addf(&text, "%s\n", rv_buf_str(&o.text));
	world_put(w->repo_fd, o.path, rv_buf_span(&text));
	expect_refusal(w, WORLD_NOW, "timestamp.json: not in canonical form", "a final newline");
	rv_buf_reset(&text);
	rv_buf_addf(&text, "{\"more\":1,%s", rv_buf_str(&o.text) + 1);
	world_put(w->repo_fd, o.path, rv_buf_span(&text));
	expect_refusal(
	    w, WORLD_NOW, "timestamp.json: unknown key 'more'", "more beside what is signed");
	put_signed(w, o.path, signed_of(w, "metadata/2.snapshot.json"), &w->keys.online);
	expect_refusal(
	    w, WORLD_NOW, "timestamp.json: is of type 'snapshot'", "another role's file");
	world_put(w->repo_fd, o.path, RV_SPAN_NULL);
	expect_refusal(w, WORLD_NOW, "timestamp.json", "an empty file");
	restore(w, &o);
	expect_update(w, WORLD_NOW, "the right one");
}

/* --- packages, and lib/fetch as the source */

static void test_packages(struct world *w)
{
	struct rv_repo_update how = {.now_s = WORLD_NOW};
	rv_autofree(rv_catalog) struct rv_catalog *c = NULL;
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(RV_REPO_PATH_MAX_BYTES), text;
	struct rv_catalog_packages found = {0};
	struct rv_repo_wanted wanted;
	struct rv_ident any = {.namebase = RV_SPAN_LIT("one")};
	struct rv_stat st;
	bool changed;

	world_forget(w);
	tap_good(rv_repo_update(&w->place, &how, &changed, &err), &err, "update by address");
	tap_ok(changed, "with a catalogue");
	tap_good(rv_repo_update(&w->place, &how, &changed, &err), &err, "again");
	tap_ok(!changed, "the same");
	tap_good(rv_repo_catalog_open(&w->place, &c, &err), &err, "open it");
	tap_good(rv_catalog_find(c, &any, &w->arena, &found, &err), &err, "look");
	tap_int(found.n, 1, "found");
	wanted = (struct rv_repo_wanted){found.v[0].file, found.v[0].size, found.v[0].sha256};
	rv_repo_package_path(&wanted, &path);
	rv_buf_add_str(&target, "");
	rv_repo_package_target(&w->conf, &wanted, &target);
	tap_good(
	    rv_repo_packages_fetch(&w->place, &wanted, 1, NULL, &err), &err, "fetch a package");
	tap_int(rv_file_stat(w->cache_fd, rv_buf_str(&path), &st, &err), 0, "it is there");
	tap_good(rv_repo_packages_fetch(&w->place, &wanted, 1, NULL, &err), &err,
	    "it need not come twice");
	tap_int(rv_file_unlink(w->cache_fd, rv_buf_str(&path), &err), 0, "away");
	world_read(w->repo_fd, rv_buf_str(&target), &text);
	text.p[text.n / 2] ^= 4;
	world_put(w->repo_fd, rv_buf_str(&target), rv_buf_span(&text));
	tap_int(rv_repo_packages_fetch(&w->place, &wanted, 1, NULL, &err), -1, "a flipped one: %s",
	    err.msg);
	tap_ok(strstr(err.msg, wanted.file) != NULL, "is named");
	tap_int(
	    rv_file_stat(w->cache_fd, rv_buf_str(&path), &st, &err), RV_ABSENT, "and not there");
	rv_vec_release(&found);
}

static void find_catalog(struct world *w, char out[300])
{
	struct rv_json *doc = signed_of(w, "metadata/1." WORLD_ABI_FILE ".json");
	const struct rv_json *target =
	    rv_json_get(rv_json_get(doc, "targets"), WORLD_ABI_FILE "/catalog.sqlite.zst");

	snprintf(out, 300, "targets/" WORLD_ABI_FILE "/%s.catalog.sqlite.zst",
	    rv_json_string(rv_json_get(rv_json_get(target, "hashes"), "sha256")));
	rv_json_free(doc);
}

int main(void)
{
	struct rv_repo_made made;
	struct world w;
	char catalog[300];

	world_init(&w);
	world_package(&w, "one", "1.0", "a");
	tap_good(world_make(&w, WORLD_NOW, false, &made, &err), &err, "publish");
	world_client(&w, true);
	find_catalog(&w, catalog);
	test_flips(&w, catalog);
	test_longer(&w, catalog);
	test_first_trust(&w);
	world_package(&w, "two", "1.0", "b");
	tap_good(world_make(&w, WORLD_NOW, false, &made, &err), &err, "publish version 2");
	expect_update(&w, WORLD_NOW, "version 2");
	test_rollback(&w);
	test_mixture(&w);
	test_wrong_keys(&w);
	test_freeze(&w);
	test_fast_forward(&w);
	test_forms(&w);
	test_root_chain(&w);
	test_packages(&w);
	world_release(&w);
	return tap_done();
}
