/* SPDX-License-Identifier: ISC */
/* Writing of ravenadm.ini: a new profile with its folders, and the change of one key. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/profile_internal.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/spawn.h"

/*
 * Recipes and mk/ beside the program: the checkout's (build/bin/..), or what was installed
 * (PREFIX/share/ravensys).
 */
static int beside_program(const char *what, char **out, struct rv_error *err)
{
	static const char *const places[] = {"../..", "../share/ravensys"};
	rv_auto(rv_buf) struct rv_buf self = RV_BUF_INIT(PATH_MAX);
	char path[PATH_MAX], real[PATH_MAX];
	char *slash;

	if (rv_self_path(&self, err) < 0)
		return -1;
	slash = strrchr(self.p, '/');
	for (size_t i = 0; i < RV_COUNT(places); i++) {
		snprintf(path, sizeof(path), "%.*s/%s/%s", (int)(slash - self.p), self.p, places[i],
		    what);
		if (realpath(path, real)) {
			*out = rv_strdup(real);
			return 0;
		}
	}
	return rv_fail(err, RV_INPUT, "no %s/ beside %s: name it with --%s DIR", what,
	    rv_buf_str(&self), strcmp(what, "mk") == 0 ? "mk" : "tree");
}

static int resolve(const char *given, const char *what, char **out, struct rv_error *err)
{
	char real[PATH_MAX];

	if (!given)
		return beside_program(what, out, err);
	if (!realpath(given, real))
		return rv_fail_sys(err, "%s", given);
	*out = rv_strdup(real);
	return 0;
}

static int write_ini(const char *conf, const struct rv_ini *ini, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_INI_MAX_BYTES);

	rv_ini_write(ini, &text);
	if (rv_buf_check(&text, conf, err) < 0)
		return -1;
	return rv_file_replace(RV_CWD, conf, 0644, rv_buf_span(&text), err);
}

static int make_folders(const struct rv_profile *p, struct rv_error *err)
{
	static const enum rv_profile_key folders[] = {
	    RV_PROFILE_DISTFILES,
	    RV_PROFILE_PACKAGES,
	    RV_PROFILE_LOGS,
	    RV_PROFILE_REPOSITORY,
	    RV_PROFILE_KEYS,
	    RV_PROFILE_BUILDBASE,
	};
	char path[PATH_MAX];

	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (rv_dir_make_path(RV_CWD, rv_profile_text(p, folders[i]),
			folders[i] == RV_PROFILE_KEYS ? 0700 : 0755, err) < 0)
			return -1;
	snprintf(path, sizeof(path), "%s/%s", rv_profile_text(p, RV_PROFILE_PACKAGES),
	    rv_profile_abi_folder(p));
	return rv_dir_make_path(RV_CWD, path, 0755, err);
}

static void fill_ini(struct rv_ini *ini, const char *dir, const char *tree, const char *mk)
{
	static const struct {
		enum rv_profile_key key;
		const char *below;
	} folders[] = {
	    {RV_PROFILE_DISTFILES, "distfiles"},
	    {RV_PROFILE_PACKAGES, "packages"},
	    {RV_PROFILE_LOGS, "logs"},
	    {RV_PROFILE_REPOSITORY, "repo"},
	    {RV_PROFILE_KEYS, "keys"},
	    {RV_PROFILE_BUILDBASE, "builders"},
	};
	char count[16];

	rv_ini_set(ini, RV_PROFILE_GLOBAL, "profile_selected", RV_PROFILE_FIRST);
	rv_ini_set(ini, RV_PROFILE_FIRST, "directory_profile", dir);
	rv_ini_set(ini, RV_PROFILE_FIRST, "directory_sysroot", "host");
	rv_ini_set(ini, RV_PROFILE_FIRST, "directory_localbase", "/raven");
	rv_ini_set(ini, RV_PROFILE_FIRST, "directory_conspiracy", tree);
	rv_ini_set(ini, RV_PROFILE_FIRST, "directory_mk", mk);
	for (size_t i = 0; i < RV_COUNT(folders); i++) {
		rv_auto(rv_str) char *below = rv_strfmt("%s/%s", dir, folders[i].below);

		rv_ini_set(ini, RV_PROFILE_FIRST, rv_profile_keys[folders[i].key].key, below);
	}
	snprintf(count, sizeof(count), "%u", rv_cpu_count());
	rv_ini_set(ini, RV_PROFILE_FIRST, "number_of_builders", count);
	rv_ini_set(ini, RV_PROFILE_FIRST, "max_jobs_per_builder", count);
}

int rv_profile_create(const struct rv_profile_init *how, struct rv_error *err)
{
	rv_autofree(rv_profile) struct rv_profile *p = NULL;
	rv_autofree(rv_ini) struct rv_ini *ini = rv_ini_new();
	rv_auto(rv_str) char *tree = NULL;
	rv_auto(rv_str) char *mk = NULL;
	char dir[PATH_MAX];
	struct rv_stat st;
	int r = rv_file_stat(RV_CWD, how->conf, &st, err);

	if (r < 0)
		return -1;
	if (r == 0)
		return rv_fail(err, RV_INPUT,
		    "%s: there is a configuration already: change it with configure set, or remove "
		    "it",
		    how->conf);
	if (resolve(how->tree, "buckets", &tree, err) < 0 || resolve(how->mk, "mk", &mk, err) < 0)
		return -1;
	if (rv_dir_make_path(RV_CWD, how->dir, 0755, err) < 0)
		return -1;
	if (!realpath(how->dir, dir))
		return rv_fail_sys(err, "%s", how->dir);
	fill_ini(ini, dir, tree, mk);
	if (write_ini(how->conf, ini, err) < 0 ||
	    rv_profile_load(how->conf, RV_PROFILE_FIRST, &p, err) < 0)
		return -1;
	return make_folders(p, err);
}

int rv_profile_change(const char *conf, const char *name, enum rv_profile_key key,
    const char *value, struct rv_error *err)
{
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	const struct rv_profile_info *info = &rv_profile_keys[key];
	const char *fault = rv_profile_fault(info->type, value);

	if (fault)
		return rv_fail(err, RV_INPUT, "%s: '%s' is not %s", info->key, value, fault);
	if (rv_profile_read_ini(conf, &ini, err) < 0)
		return -1;
	rv_ini_set(ini, rv_profile_selected(ini, name), info->key, value);
	return write_ini(conf, ini, err);
}
