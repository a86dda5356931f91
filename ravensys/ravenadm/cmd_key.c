/* SPDX-License-Identifier: ISC */
/* ravenadm key generate: the three keys of a repository. */
#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "repo/make.h"

static void print_json(struct rv_run *run, const char *folder, const struct rv_repo_keys *keys)
{
	const struct rv_signer *all[] = {&keys->root, &keys->targets, &keys->online};
	struct rv_json *doc = rv_json_new_object(), *list = rv_json_new_array();
	char id[RV_SHA256_HEX_BYTES];

	for (size_t i = 0; i < RV_COUNT(all); i++) {
		struct rv_json *key = rv_json_new_object();

		rv_sha256_hex(&all[i]->key.id, id);
		rv_json_set_string(key, "name", all[i]->name);
		rv_json_set_string(key, "keyid", id);
		rv_json_append(list, key);
	}
	rv_json_set_string(doc, "folder", folder);
	rv_json_set(doc, "keys", list);
	rv_out_json(run, doc);
}

static void print_text(struct rv_run *run, const char *folder)
{
	rv_out_say(run,
	    "keys made in %s:\n"
	    "  root.key     names the other keys, signs once a year: take it off this machine\n"
	    "  targets.key  names the ABIs, signs once a year: take it off this machine\n"
	    "  online.key   signs every publication: stays here\n"
	    "keep copies of root.key and targets.key in two safe places, and the .pub files here; "
	    "they are needed for the first\ngenerate-repository, for another ABI, and to replace a "
	    "key that was lost\n",
	    folder);
}

static int run_generate(struct rv_run *run, struct rv_error *err)
{
	const char *folder = rv_profile_text(rv_adm_of(run)->profile, RV_PROFILE_KEYS);
	struct rv_repo_keys keys = {0};
	rv_auto_fd fd = -1;

	if (rv_dir_make_path(RV_CWD, folder, 0700, err) < 0 ||
	    rv_dir_open_user(folder, &fd, err) != 0)
		return rv_context(err, "keys folder");
	if (rv_repo_keys_generate(fd, err) < 0 || rv_repo_keys_read(fd, NULL, &keys, err) < 0)
		return rv_context(err, "%s", folder);
	if (run->globals.json)
		print_json(run, folder, &keys);
	else
		print_text(run, folder);
	rv_repo_keys_release(&keys);
	return 0;
}

const struct rv_cmd rv_cmd_key_generate = {
    .name = "key generate",
    .summary = "make the keys root, targets and online",
    .details =
	"Keys that are there are never replaced. Take root.key and targets.key off the machine "
	"when the repository was published once.",
    .needs = RV_ADM_PROFILE,
    .run = run_generate,
};
