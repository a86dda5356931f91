/* SPDX-License-Identifier: ISC */
/* Reads the times inside distfiles and unpacks the packages of a slot. */
#include "engine/prepare.h"

#include "archive/foreign.h"
#include "engine/unpack.h"
#include "os/file.h"

static int newest_of(const struct rv_json *distfiles, int64_t *out_s, struct rv_error *err)
{
	rv_json_each_item (distfiles, it) {
		rv_auto_fd fd = -1;
		const char *path;
		int64_t t = 0;
		int r;

		if (rv_json_want_string(it.value, "path", "scan request", &path, err) < 0)
			return -1;
		r = rv_file_open_user(path, &fd, err);
		if (r > 0)
			return rv_fail(err, RV_INPUT, "%s: missing", path);
		if (r < 0 || rv_foreign_newest_time(fd, path, &t, err) < 0)
			return -1;
		if (t > *out_s)
			*out_s = t;
	}
	return 0;
}

static int unpack_all(const struct rv_json *packages, int trees_fd, struct rv_error *err)
{
	rv_json_each_item (packages, it) {
		rv_auto_fd fd = -1;
		const char *path, *name, *id;
		int r;

		if (rv_json_want_string(it.value, "path", "scan request", &path, err) < 0 ||
		    rv_json_want_string(it.value, "name", "scan request", &name, err) < 0 ||
		    rv_json_want_string(it.value, "content_id", "scan request", &id, err) < 0)
			return -1;
		r = rv_file_open_user(path, &fd, err);
		if (r > 0)
			return rv_fail(err, RV_INPUT, "%s: missing", path);
		if (r < 0 || rv_unpack_tree(fd, name, id, trees_fd, err) < 0)
			return -1;
	}
	return 0;
}

int rv_prepare_run(struct rv_worker_ctx *ctx RV_UNUSED, const struct rv_json *body,
    struct rv_received_fds *fds RV_UNUSED, struct rv_json **out, struct rv_error *err)
{
	const struct rv_json *distfiles, *packages;
	rv_auto_fd trees_fd = -1;
	const char *trees;
	int64_t newest_s = 0;

	if (rv_json_want_array(body, "distfiles", "scan request", &distfiles, err) < 0 ||
	    rv_json_want_array(body, "packages", "scan request", &packages, err) < 0 ||
	    rv_json_want_string(body, "trees", "scan request", &trees, err) < 0)
		return -1;
	if (rv_dir_open_user(trees, &trees_fd, err) != 0)
		return rv_context(err, "package trees");
	if (newest_of(distfiles, &newest_s, err) < 0 || unpack_all(packages, trees_fd, err) < 0)
		return -1;
	*out = rv_json_new_object();
	rv_json_set_int(
	    *out, "source_date_epoch", newest_s ? newest_s : RV_EPOCH_WITHOUT_DISTFILES);
	return 0;
}
