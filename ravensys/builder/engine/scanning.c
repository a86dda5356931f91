/* SPDX-License-Identifier: ISC */
/*
 * Both sides of the scan worker. Trees, mk/, cache and output travel as descriptors: what the
 * worker reads is what its caller has open.
 */
#include "engine/scanning.h"

#include "os/file.h"
#include "work/call.h"

#define WHAT "tree scan request"
#define CACHE_FOLDER "scan"

void rv_scan_cache(const char *profile_path, int *out_fd)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/" CACHE_FOLDER, profile_path);

	*out_fd = -1;
	if (rv_dir_make_path(RV_CWD, path, 0755, NULL) == 0 &&
	    rv_dir_open_user(path, out_fd, NULL) != 0)
		*out_fd = -1;
}

/* --- the request: texts of the platform and the defaults by name */
struct field {
	const char *name;
	size_t offset;
};

#define FIELD(type, name)                                                                          \
	{                                                                                          \
#name, offsetof(struct type, name)                                                 \
	}

static const struct field platform_fields[] = {
    FIELD(rv_platform, opsys),
    FIELD(rv_platform, arch),
    FIELD(rv_platform, release),
    FIELD(rv_platform, major),
    FIELD(rv_platform, version),
};

static const struct field default_fields[] = {
    FIELD(rv_defaults, lua),
    FIELD(rv_defaults, perl),
    FIELD(rv_defaults, python3),
    FIELD(rv_defaults, ruby),
    FIELD(rv_defaults, php),
    FIELD(rv_defaults, tcl),
    FIELD(rv_defaults, pgsql),
    FIELD(rv_defaults, mysql),
    FIELD(rv_defaults, ssl),
    FIELD(rv_defaults, profile_path),
};

/* All must travel, or the worker's file never fits its caller: texts here, numbers below. */
_Static_assert(sizeof(struct rv_platform) == (RV_COUNT(platform_fields) + 1) * sizeof(char *),
    "fields of rv_platform");
_Static_assert(sizeof(struct rv_defaults) == (RV_COUNT(default_fields) + 2) * sizeof(char *),
    "fields of rv_defaults");

static struct rv_json *texts(const void *from, const struct field *fields, size_t n)
{
	struct rv_json *v = rv_json_new_object();

	for (size_t i = 0; i < n; i++) {
		const char *text = *(const char *const *)((const char *)from + fields[i].offset);

		if (text)
			rv_json_set_string(v, fields[i].name, text);
	}
	return v;
}

static int take_texts(
    const struct rv_json *v, void *to, const struct field *fields, size_t n, struct rv_error *err)
{
	for (size_t i = 0; i < n; i++) {
		const char **text = (const char **)((char *)to + fields[i].offset);

		if (rv_json_get(v, fields[i].name) &&
		    rv_json_want_string(v, fields[i].name, WHAT, text, err) < 0)
			return -1;
	}
	return 0;
}

static struct rv_json *request(const struct rv_scan_how *how)
{
	struct rv_json *body = rv_json_new_object(), *trees = rv_json_new_array();
	bool heads = how->depth == RV_SCAN_HEADS;

	for (size_t i = 0; i < how->trees->n; i++)
		rv_json_append(trees, rv_json_new_string(how->trees->v[i].path));
	rv_json_set_string(body, "what", "tree");
	rv_json_set(body, "trees", trees);
	rv_json_set_bool(body, "heads", heads);
	rv_json_set_bool(body, "mk", how->mk_fd >= 0);
	rv_json_set_bool(body, "cache", how->cache_fd >= 0);
	if (heads)
		return body;
	rv_json_set(
	    body, "platform", texts(how->platform, platform_fields, RV_COUNT(platform_fields)));
	rv_json_set_bool(body, "host_compiler", how->platform->host_compiler);
	rv_json_set_bool(body, "genesis", how->platform->genesis);
	if (!how->defaults)
		return body;
	rv_json_set(
	    body, "defaults", texts(how->defaults, default_fields, RV_COUNT(default_fields)));
	rv_json_set_int(body, "job_limit", how->defaults->job_limit);
	rv_json_set_int(body, "builders", how->defaults->builders);
	return body;
}

/* --- the worker's side */

static bool is_set(const struct rv_json *body, const char *key)
{
	return rv_json_bool(rv_json_get(body, key), false);
}

struct asked {
	struct rv_scan_how how;
	struct rv_trees trees; /* the descriptors are those of the request */
	struct rv_platform platform;
	struct rv_defaults defaults;
	int out_fd;
};

static void asked_release(struct asked *a)
{
	rv_trees_release(&a->trees);
	rv_fd_release(&a->how.mk_fd);
	rv_fd_release(&a->how.cache_fd);
	rv_fd_release(&a->out_fd);
}

static int take_recipe_facts(const struct rv_json *body, struct asked *a, struct rv_error *err)
{
	const struct rv_json *platform, *defaults;
	int64_t job_limit, builders;

	a->how.platform = &a->platform;
	if (rv_json_want_object(body, "platform", WHAT, &platform, err) < 0 ||
	    take_texts(platform, &a->platform, platform_fields, RV_COUNT(platform_fields), err) < 0)
		return -1;
	a->platform.host_compiler = is_set(body, "host_compiler");
	a->platform.genesis = is_set(body, "genesis");
	if (!a->platform.opsys || !a->platform.arch)
		return rv_fail(err, RV_FORMAT, WHAT ": the platform lacks opsys or arch");
	if (!rv_json_get(body, "defaults"))
		return 0;
	a->how.defaults = &a->defaults;
	if (rv_json_want_object(body, "defaults", WHAT, &defaults, err) < 0 ||
	    take_texts(defaults, &a->defaults, default_fields, RV_COUNT(default_fields), err) < 0 ||
	    rv_json_want_int(body, "job_limit", WHAT, &job_limit, err) < 0 ||
	    rv_json_want_int(body, "builders", WHAT, &builders, err) < 0)
		return -1;
	a->defaults.job_limit = (unsigned)job_limit;
	a->defaults.builders = (unsigned)builders;
	return 0;
}

/* In the order of the request: output, mk/, cache, trees. */
static int take_descriptors(
    const struct rv_json *body, struct rv_received_fds *fds, struct asked *a, struct rv_error *err)
{
	const struct rv_json *trees;
	bool mk = is_set(body, "mk"), cache = is_set(body, "cache");
	unsigned at = 0;

	if (rv_json_want_array(body, "trees", WHAT, &trees, err) < 0)
		return -1;
	if (fds->n != 1u + mk + cache + rv_json_count(trees))
		return rv_fail(err, RV_FORMAT, WHAT ": %u descriptors came with it", fds->n);
	a->out_fd = rv_take_fd(&fds->fd[at++]);
	if (mk)
		a->how.mk_fd = rv_take_fd(&fds->fd[at++]);
	if (cache)
		a->how.cache_fd = rv_take_fd(&fds->fd[at++]);
	rv_json_each_item (trees, it) {
		const char *path = rv_json_string(it.value);

		rv_vec_push(&a->trees, (struct rv_tree){.path = rv_strdup(path ? path : ""),
					   .fd = rv_take_fd(&fds->fd[at++])});
	}
	a->how.trees = &a->trees;
	return 0;
}

int rv_scanning_run(struct rv_worker_ctx *ctx RV_UNUSED, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out RV_UNUSED, struct rv_error *err)
{
	rv_auto(asked) struct asked a = {.how = {.mk_fd = -1, .cache_fd = -1}, .out_fd = -1};
	bool heads = is_set(body, "heads");

	if (take_descriptors(body, fds, &a, err) < 0)
		return -1;
	a.how.depth = heads ? RV_SCAN_HEADS : RV_SCAN_VARIANTS;
	if (!heads && take_recipe_facts(body, &a, err) < 0)
		return -1;
	return rv_scan_make(&a.how, 0, a.out_fd, err);
}

/* --- the caller's side */

static int ask(const struct rv_scan_how *how, const struct rv_fds *fds, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *body = request(how);
	struct rv_worker_call call = {.kind = "scan", .body = body, .fds = fds};

	return rv_worker_call(&call, NULL, err);
}

int rv_scan_open(const struct rv_scan_how *how, struct rv_scan **out, struct rv_error *err)
{
	int fd[RV_SOCKET_FDS_MAX], rc = rv_scan_load(how, out, err);
	struct rv_fds fds = {.fd = fd};
	rv_auto_fd out_fd = -1;

	if (rc <= 0)
		return rc;
	if (how->trees->n + 3 > RV_SOCKET_FDS_MAX)
		return rv_fail(err, RV_LIMIT, "at most %d trees of recipes can be read at once",
		    RV_SOCKET_FDS_MAX - 3);
	if (rv_file_nameless(&out_fd, err) < 0)
		return -1;
	fd[fds.n++] = out_fd;
	if (how->mk_fd >= 0)
		fd[fds.n++] = how->mk_fd;
	if (how->cache_fd >= 0)
		fd[fds.n++] = how->cache_fd;
	for (size_t i = 0; i < how->trees->n; i++)
		fd[fds.n++] = how->trees->v[i].fd;
	if (ask(how, &fds, err) < 0 || rv_scan_map(out_fd, "scan", out, err) < 0)
		return rv_context(err, "scan of recipes");
	return 0;
}
