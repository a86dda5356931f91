/* SPDX-License-Identifier: ISC */
/* The keys folder of a publisher. */
#include <string.h>

#include "os/file.h"
#include "repo/make.h"

void rv_repo_keys_release(struct rv_repo_keys *keys)
{
	rv_signer_release(&keys->root);
	rv_signer_release(&keys->targets);
	rv_signer_release(&keys->online);
	rv_signer_release(&keys->abi);
	rv_signer_release(&keys->old_root);
}

static int read_one(int keys_fd, const char *name, const char *const *command,
    struct rv_signer *out, bool *out_has, struct rv_error *err)
{
	int rc = rv_signer_read(keys_fd, name, command, out, err);

	*out_has = rc == 0;
	return rc < 0 ? -1 : 0;
}

static int read_all(
    int keys_fd, const struct rv_repo_commands *c, struct rv_repo_keys *out, struct rv_error *err)
{
	bool has_online;

	if (read_one(keys_fd, "root", c->root, &out->root, &out->has_root, err) < 0 ||
	    read_one(keys_fd, "root-old", NULL, &out->old_root, &out->has_old_root, err) < 0 ||
	    read_one(keys_fd, "targets", c->targets, &out->targets, &out->has_targets, err) < 0 ||
	    read_one(keys_fd, "abi", c->abi, &out->abi, &out->has_abi, err) < 0 ||
	    read_one(keys_fd, "online", c->online, &out->online, &has_online, err) < 0)
		return -1;
	if (!has_online)
		return rv_fail(err, RV_INPUT,
		    "online.key: there is none, nor online.pub: make keys by 'ravenadm key "
		    "generate'");
	return 0;
}

int rv_repo_keys_read(int keys_fd, const struct rv_repo_commands *commands,
    struct rv_repo_keys *out, struct rv_error *err)
{
	static const struct rv_repo_commands none;

	memset(out, 0, sizeof(*out));
	if (read_all(keys_fd, commands ? commands : &none, out, err) == 0)
		return 0;
	rv_repo_keys_release(out);
	return -1;
}

const char *const rv_repo_key_names[3] = {"root", "targets", "online"};

static int check_name(int keys_fd, const char *name, struct rv_error *err)
{
	struct rv_signer s;
	int rc;

	if (strcmp(name, "abi") != 0 && strcmp(name, "root") != 0 && strcmp(name, "targets") != 0 &&
	    strcmp(name, "online") != 0)
		return rv_fail(err, RV_INPUT, "%s: keys are root, targets, online and abi", name);
	rc = rv_signer_read(keys_fd, name, NULL, &s, err);
	rv_signer_release(&s);
	if (rc == 0)
		return rv_fail(err, RV_INPUT,
		    "key %s is there already: move the old keys away first, none is written over",
		    name);
	return rc < 0 ? -1 : 0;
}

int rv_repo_keys_generate(int keys_fd, const char *const *names, size_t n, struct rv_error *err)
{
	struct rv_signer s;
	int rc;

	for (size_t i = 0; i < n; i++)
		if (check_name(keys_fd, names[i], err) < 0)
			return -1;
	for (size_t i = 0; i < n; i++) {
		rc = rv_signer_generate(names[i], &s, err);
		if (rc == 0)
			rc = rv_signer_write(&s, keys_fd, err);
		rv_signer_release(&s);
		if (rc < 0)
			return -1;
	}
	return 0;
}
