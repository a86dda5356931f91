/* SPDX-License-Identifier: ISC */
/* ravenadm key generate: the keys of a repository. */
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "repo/make.h"

static const struct {
	const char *name, *use;
} uses[] = {
    {"root", "names the other keys, signs once a year: take it off this machine"},
    {"targets", "names the ABIs, signs once a year: take it off this machine"},
    {"online", "signs every publication: stays here"},
    {"abi", "signs what an ABI has, in place of online: stays here, or behind a command"},
};

static const char *use_of(const char *name)
{
	for (size_t i = 0; i < RV_COUNT(uses); i++)
		if (strcmp(uses[i].name, name) == 0)
			return uses[i].use;
	return "";
}

static int print_json(struct rv_run *run, const char *folder, int fd, const char *const *names,
    size_t n, struct rv_error *err)
{
	struct rv_json *doc = rv_json_new_object(), *list = rv_json_new_array();
	char id[RV_SHA256_HEX_BYTES];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct rv_json *key = rv_json_new_object();
		struct rv_signer s;

		rc = rv_signer_read(fd, names[i], NULL, &s, err);
		rv_sha256_hex(&s.key.id, id);
		rv_signer_release(&s);
		rv_json_set_string(key, "name", names[i]);
		rv_json_set_string(key, "keyid", id);
		rv_json_append(list, key);
	}
	rv_json_set_string(doc, "folder", folder);
	rv_json_set(doc, "keys", list);
	if (rc == 0)
		rv_out_json(run, doc);
	else
		rv_json_free(doc);
	return rc;
}

static void print_text(struct rv_run *run, const char *folder, const char *const *names, size_t n)
{
	rv_out_say(run, "keys made in %s:\n", folder);
	for (size_t i = 0; i < n; i++)
		rv_out_say(run, "  %s.key  %s\n", names[i], use_of(names[i]));
	rv_out_say(run, "keep copies of root.key and targets.key in two safe places, and the .pub "
			"files here; they are\n"
			"needed for the first generate-repository, for another ABI, and to replace "
			"a key that was lost\n");
}

static int run_generate(struct rv_run *run, struct rv_error *err)
{
	const char *folder = rv_profile_text(rv_adm_of(run)->profile, RV_PROFILE_KEYS);
	const char *const *names = run->argc ? (const char *const *)run->argv : rv_repo_key_names;
	size_t n = run->argc ? (size_t)run->argc : RV_COUNT(rv_repo_key_names);
	rv_auto_fd fd = -1;

	if (rv_dir_make_path(RV_CWD, folder, 0700, err) < 0 ||
	    rv_dir_open_user(folder, &fd, err) != 0)
		return rv_context(err, "keys folder");
	if (rv_repo_keys_generate(fd, names, n, err) < 0)
		return rv_context(err, "%s", folder);
	if (run->globals.json)
		return print_json(run, folder, fd, names, n, err);
	print_text(run, folder, names, n);
	return 0;
}

const struct rv_cmd rv_cmd_key_generate = {
    .name = "key generate",
    .synopsis = "[NAME ...]",
    .summary = "make the keys root, targets and online, or those named",
    .details =
	"Keys that are there are never replaced. Take root.key and targets.key off the machine "
	"when the repository was published once.",
    .max = RV_MANY,
    .needs = RV_ADM_PROFILE,
    .run = run_generate,
};
