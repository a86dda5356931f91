/* SPDX-License-Identifier: ISC */
/* Trees of all profiles that share a folder; deleting with a sum. */
#include "ravenadm/purge.h"

#include <inttypes.h>
#include <string.h>

#include "cli/out.h"
#include "codec/ini.h"
#include "engine/engine.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/scans.h"

typedef int each_fn(struct rv_purge *p, const struct rv_scan *scan, struct rv_error *err);

void rv_purge_release(struct rv_purge *p)
{
	rv_vec_each (&p->locks, it)
		rv_lock_release(it);
	rv_vec_release(&p->locks);
	rv_map_release(&p->keep);
	rv_arena_release(&p->arena);
	rv_profile_free(p->profile);
	rv_json_free(p->deleted);
	rv_fd_release(&p->fd);
}

void rv_purge_keep(struct rv_purge *p, const char *name)
{
	if (!rv_map_get(&p->keep, rv_span_str(name)))
		rv_map_put(&p->keep, rv_span_str(rv_arena_strdup(&p->arena, name)), p);
}

/* --- trees */

static int scan_trees(struct rv_purge *p, const struct rv_profile *profile,
    const struct rv_recipes *recipes, each_fn *each, struct rv_error *err)
{
	for (size_t i = 0; i < recipes->trees.n; i++) {
		struct rv_recipes one = *recipes; /* a part of the other */
		rv_autofree(rv_scan) struct rv_scan *scan = NULL;

		one.trees.v = recipes->trees.v + i;
		one.trees.n = 1;
		if (rv_adm_scan(p->run, profile, &one, RV_SCAN_HEADS, &scan, err) < 0)
			return -1;
		p->faults += rv_scan_fault_count(scan);
		/* a tree that is not mounted, say; a custom one may be empty */
		if (i + 1 == recipes->trees.n && !rv_scan_port_count(scan) && !p->faults)
			return rv_fail(err, RV_INPUT,
			    "%s: there is no port in it, so nothing is deleted", one.trees.v->path);
		if (each(p, scan, err) < 0)
			return -1;
	}
	return 0;
}

/* Those of --tree: the profile's count all the same. */
static int scan_given(struct rv_purge *p, each_fn *each, struct rv_error *err)
{
	const struct rv_adm_opts *o = p->run->opts;
	rv_auto(rv_reading) struct rv_reading reading = RV_READING_INIT;

	if (!o->reading.trees.n)
		return 0;
	if (rv_reading_open(p->run, &o->reading, &reading, err) < 0)
		return -1;
	return scan_trees(p, reading.profile, &reading.recipes, each, err);
}

static int lock(struct rv_purge *p, const struct rv_profile *profile, struct rv_error *err)
{
	const char *path = rv_profile_text(profile, RV_PROFILE_PROFILE);
	struct rv_lock *l;
	rv_auto_fd fd = -1;
	int rc;

	if (p->run->globals.dry_run)
		return 0;
	rc = rv_dir_open_user(path, &fd, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0; /* no run of it has ever been */
	l = rv_vec_add(&p->locks);
	*l = RV_LOCK_INIT;
	return rv_lock_take(l, fd, RV_ENGINE_LOCK, "ravenadm purge", 0, err);
}

/* A profile of the same file: its trees, when it has the same folder. */
static int scan_profile(
    struct rv_purge *p, const char *conf, const char *name, each_fn *each, struct rv_error *err)
{
	rv_autofree(rv_profile) struct rv_profile *profile = NULL;
	struct rv_recipes recipes = RV_RECIPES_INIT;
	int rc;

	if (rv_profile_load(conf, name, &profile, err) < 0)
		return -1;
	if (strcmp(rv_profile_text(profile, p->folder), rv_profile_text(p->profile, p->folder)) !=
	    0)
		return 0;
	if (lock(p, profile, err) < 0 || rv_recipes_open(profile, NULL, &recipes, err) < 0)
		return rv_context(err, "profile %s", name);
	rc = scan_trees(p, profile, &recipes, each, err);
	rv_recipes_release(&recipes);
	return rc;
}

static int scan_profiles(struct rv_purge *p, const char *conf, each_fn *each, struct rv_error *err)
{
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_INI_MAX_BYTES);
	const char *section, *key, *value, *last = "";
	struct rv_map seen = RV_MAP_INIT;
	rv_auto_fd fd = -1;
	size_t i = 0;
	int rc = 0;

	if (rv_file_open_user(conf, &fd, err) != 0 || rv_fd_read_all(fd, conf, &text, err) < 0 ||
	    rv_ini_parse(rv_buf_span(&text), conf, &ini, err) < 0)
		return rv_context(err, "%s", conf);
	while (rc == 0 && rv_ini_next(ini, &i, &section, &key, &value)) {
		if (strcmp(section, last) == 0 || rv_map_get(&seen, rv_span_str(section)) ||
		    !rv_ini_get(ini, section, rv_profile_keys[RV_PROFILE_PROFILE].key))
			continue;
		last = section;
		rv_map_put(&seen, rv_span_str(section), p);
		rc = scan_profile(p, conf, section, each, err);
	}
	rv_map_release(&seen);
	return rc;
}

int rv_purge_open(struct rv_purge *p, each_fn *each, struct rv_error *err)
{
	const char *conf = rv_profile_conf_path(p->run->globals.conf);

	p->deleted = rv_json_new_array();
	if (rv_profile_load(conf, NULL, &p->profile, err) < 0)
		return -1;
	if (rv_dir_open_user(rv_profile_text(p->profile, p->folder), &p->fd, err) < 0)
		return -1;
	if (scan_profiles(p, conf, each, err) < 0)
		return -1;
	return scan_given(p, each, err);
}

/* --- deleting */

int rv_purge_delete(
    struct rv_purge *p, int dirfd, const char *name, const char *what, struct rv_error *err)
{
	bool dry = p->run->globals.dry_run;
	struct rv_json *o;
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, name, &st, err);

	if (rc == 0 && !dry)
		rc = rv_file_unlink(dirfd, name, err);
	if (rc < 0)
		return rv_context(err, "%s", rv_profile_text(p->profile, p->folder));
	if (rc == RV_ABSENT)
		return 0;
	p->bytes += st.size;
	p->files++;
	if (!p->run->globals.json)
		rv_out_say(p->run, "%s %s\n", dry ? "would delete" : "deleted", what);
	o = rv_json_new_object();
	rv_json_set_string(o, "name", what);
	rv_json_set_int(o, "bytes", (int64_t)st.size);
	rv_json_append(p->deleted, o);
	return 0;
}

void rv_purge_say(struct rv_purge *p)
{
	bool dry = p->run->globals.dry_run;
	char size[RV_OUT_SIZE_BYTES];
	struct rv_json *o;

	if (!p->run->globals.json) {
		rv_out_say(p->run, "%s %s (%" PRIu64 " bytes) of %" PRIu64 " file%s\n",
		    dry ? "would recover" : "recovered", rv_out_size(p->bytes, size), p->bytes,
		    p->files, p->files == 1 ? "" : "s");
		return;
	}
	o = rv_json_new_object();
	rv_json_set(o, "deleted", p->deleted);
	p->deleted = NULL;
	rv_json_set_int(o, "bytes", (int64_t)p->bytes);
	rv_json_set_bool(o, "dry_run", dry);
	rv_out_json(p->run, o);
}
