/* SPDX-License-Identifier: ISC */
/* ravenadm generate-repository: packages to a signed repository. */
#include "cli/out.h"
#include "os/clock.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "repo/make.h"

#define WARN_BEFORE_S ((int64_t)3 * 86400)
#define ROOT_MAX_BYTES ((size_t)1 << 20)

struct generate_opts {
	bool refresh;
};

static const struct rv_opt options[] = {
    RV_OPT_FLAG(struct generate_opts, refresh, 0, "refresh",
	"renew all that the on-line key signs, though nothing changed"),
    RV_OPT_END,
};

/* The words of a profile's text as argv; NULL when there are none. */
static const char *const *argv_of(struct rv_adm *a, enum rv_profile_key key)
{
	const char *text = rv_profile_text(a->profile, key);
	struct rv_span rest = rv_span_str(text), word;
	const char **argv = rv_arena_alloc(&a->arena, (strlen(text) / 2 + 2) * sizeof(*argv));
	size_t n = 0;

	while (rv_span_next(&rest, ' ', &word))
		if (word.n)
			argv[n++] = rv_arena_strndup(&a->arena, word.p, word.n);
	return n ? argv : NULL;
}

/* SHA-256 of the first root: what a client may trust by. */
static int fingerprint(int repo_fd, char out[RV_SHA256_HEX_BYTES], struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(ROOT_MAX_BYTES);
	struct rv_sha256 sum;
	int rc = rv_file_read(repo_fd, "metadata/1.root.json", &text, err);

	rv_sha256_of(rv_buf_span(&text), &sum);
	rv_sha256_hex(&sum, out);
	return rc < 0 ? -1 : 0;
}

static void print_json(struct rv_run *run, const struct rv_repo_made *made, const char *print)
{
	struct rv_json *doc = rv_json_new_object();
	char when[RV_CLOCK_ISO_BYTES];

	rv_clock_iso(made->expires_s, when);
	rv_json_set_bool(doc, "changed", made->changed);
	rv_json_set_int(doc, "packages", (int64_t)made->n_packages);
	rv_json_set_int(doc, "abis", (int64_t)made->n_abis);
	rv_json_set_int(doc, "new", (int64_t)made->n_new);
	rv_json_set_int(doc, "removed", (int64_t)made->n_removed);
	rv_json_set_int(doc, "version", made->timestamp_version);
	rv_json_set_int(doc, "root_version", made->root_version);
	rv_json_set_string(doc, "expires", when);
	rv_json_set_string(doc, "expires_file", made->expires_file);
	rv_json_set_string(doc, "fingerprint", print);
	rv_out_json(run, doc);
}

static void print_text(struct rv_run *run, const struct rv_repo_made *made, const char *print)
{
	char when[RV_CLOCK_ISO_BYTES];

	rv_clock_iso(made->expires_s, when);
	if (made->changed)
		rv_out_say(run,
		    "published version %lld: %zu packages (%zu new files), valid until %s\n",
		    (long long)made->timestamp_version, made->n_packages, made->n_new, when);
	else
		rv_out_say(run,
		    "nothing to publish: version %lld has all %zu packages, valid until %s\n",
		    (long long)made->timestamp_version, made->n_packages, when);
	if (made->timestamp_version == 1)
		rv_out_say(run, "fingerprint of the first root: %s\n", print);
}

static int publish(struct rv_run *run, const struct rv_repo_make *how, struct rv_error *err)
{
	char print[RV_SHA256_HEX_BYTES], when[RV_CLOCK_ISO_BYTES];
	struct rv_repo_made made;

	if (rv_repo_make(how, &made, err) < 0 || fingerprint(how->repo_fd, print, err) < 0)
		return -1;
	rv_clock_iso(made.expires_s, when);
	if (made.expires_s - how->now_s < WARN_BEFORE_S)
		rv_cli_warn(run, "%s %s on %s: run 'ravenadm generate-repository --refresh'%s",
		    made.expires_file, made.expires_s > how->now_s ? "expires" : "expired", when,
		    how->refresh ? " with the keys root and targets here" : "");
	if (run->globals.json)
		print_json(run, &made, print);
	else
		print_text(run, &made, print);
	return 0;
}

static int open_folder(const char *path, int *out, struct rv_error *err)
{
	if (rv_dir_make_path(RV_CWD, path, 0755, err) < 0)
		return -1;
	return rv_dir_open_user(path, out, err) == 0 ? 0 : -1;
}

static int run_generate(struct rv_run *run, struct rv_error *err)
{
	const struct generate_opts *o = run->opts;
	struct rv_adm *a = rv_adm_of(run);
	const struct rv_repo_commands commands = {argv_of(a, RV_PROFILE_SIGN_ROOT),
	    argv_of(a, RV_PROFILE_SIGN_TARGETS), argv_of(a, RV_PROFILE_SIGN_ONLINE),
	    argv_of(a, RV_PROFILE_SIGN_ABI)};
	rv_auto_fd packages = -1, repo = -1, keys_fd = -1;
	struct rv_repo_keys keys = {0};
	struct rv_repo_make how = {.keys = &keys,
	    .now_s = rv_clock_now_s(),
	    .refresh = o->refresh,
	    .command = "ravenadm generate-repository"};
	int rc;

	if (open_folder(rv_profile_text(a->profile, RV_PROFILE_KEYS), &keys_fd, err) < 0 ||
	    open_folder(rv_profile_text(a->profile, RV_PROFILE_PACKAGES), &packages, err) < 0 ||
	    open_folder(rv_profile_text(a->profile, RV_PROFILE_REPOSITORY), &repo, err) < 0)
		return -1;
	if (rv_repo_keys_read(keys_fd, &commands, &keys, err) < 0)
		return rv_context(err, "%s", rv_profile_text(a->profile, RV_PROFILE_KEYS));
	how.packages_fd = packages;
	how.repo_fd = repo;
	rc = publish(run, &how, err);
	rv_repo_keys_release(&keys);
	return rc;
}

const struct rv_cmd rv_cmd_generate_repository = {
    .name = "generate-repository",
    .summary = "publish the packages as a signed repository",
    .details =
	"Files are only added, and one rename makes the new state visible. What nothing refers to "
	"any more goes after 48 hours.",
    .needs = RV_ADM_PROFILE,
    .options = options,
    .opts_bytes = sizeof(struct generate_opts),
    .run = run_generate,
};
