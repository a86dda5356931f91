/* SPDX-License-Identifier: ISC */
/*
 * The request of the fetch worker, read and checked; it may come from a file that somebody wrote.
 */
#include "work/distfetch_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/file.h"

#define DAY_S 86400

static const char *const source_names[RV_DIST_SOURCES] = {
    [RV_DIST_SITES] = "sites",
    [RV_DIST_MIRRORS] = "mirrors",
    [RV_DIST_APT] = "apt",
};

const char *rv_dist_source_name(enum rv_dist_source source)
{
	return source < RV_DIST_SOURCES ? source_names[source] : "unknown";
}

/* --- values of the request */

static int read_order(struct rv_dist *d, const struct rv_json *list, struct rv_error *err)
{
	rv_json_each_item (list, it) {
		const char *name = rv_json_string(it.value);
		unsigned i = 0;

		while (i < RV_DIST_SOURCES && (!name || strcmp(name, source_names[i]) != 0))
			i++;
		if (i == RV_DIST_SOURCES)
			return rv_fail(err, RV_INPUT,
			    "sources of distfiles: '%s' is none of sites, mirrors, apt",
			    name ? name : "?");
		if (d->n_order < RV_DIST_SOURCES)
			d->order[d->n_order++] = (enum rv_dist_source)i;
	}
	for (unsigned i = 0; !list && i < RV_DIST_SOURCES; i++)
		d->order[d->n_order++] = (enum rv_dist_source)i;
	return 0;
}

static void read_suites(struct rv_dist *d, const struct rv_json *list)
{
	static const char *const usual[] = {"bookworm", "trixie", "sid"};
	size_t n = list ? rv_json_count(list) : RV_COUNT(usual), kept = 0;

	d->suites = rv_alloc_array(n + 1, sizeof(*d->suites));
	for (size_t i = 0; i < n; i++) {
		const char *name = list ? rv_json_string(rv_json_at(list, i)) : usual[i];

		if (name)
			d->suites[kept++] = name;
	}
}

/* A clean relative path whose parts do not begin with a dot. */
static bool is_clean(const char *path)
{
	struct rv_span rest = rv_span_str(path), part;

	if (rest.n == 0 || rest.n > 1000 || rest.p[rest.n - 1] == '/')
		return false;
	for (const unsigned char *c = (const unsigned char *)path; *c; c++)
		if (*c < 0x20 || *c == 0x7f)
			return false;
	while (rv_span_next(&rest, '/', &part))
		if (part.n == 0 || part.p[0] == '.')
			return false;
	return true;
}

static int read_file(struct rv_dist *d, const struct rv_json *v, struct rv_error *err)
{
	struct rv_dist_job *j = rv_arena_alloc(&d->arena, sizeof(*j));
	const char *slash;
	int64_t size;

	if (rv_json_want_string(v, "path", "distfile", &j->path, err) < 0 ||
	    rv_json_want_string(v, "sha256", "distfile", &j->hex, err) < 0 ||
	    rv_json_want_int(v, "size", "distfile", &size, err) < 0)
		return -1;
	if (!is_clean(j->path))
		return rv_fail(
		    err, RV_INPUT, "distfile '%.200s': not a clean relative path", j->path);
	if (!rv_sha256_parse(rv_span_str(j->hex), &j->want.sum) || size < 0)
		return rv_fail(err, RV_INPUT, "distfile '%s': bad size or SHA-256", j->path);
	if (rv_map_put(&d->by_path, rv_span_str(j->path), j))
		return rv_fail(err, RV_INPUT, "distfile '%s': wanted twice", j->path);
	slash = strrchr(j->path, '/');
	j->name = slash ? slash + 1 : j->path;
	j->dist = d;
	j->dir_fd = -1;
	j->want.size = (uint64_t)size;
	j->sites = rv_json_get(v, "sites");
	j->why = RV_BUF_INIT(8192);
	rv_vec_push(&d->jobs, j);
	d->all_bytes += j->want.size;
	return 0;
}

static unsigned number_of(const struct rv_json *body, const char *key)
{
	int64_t v = 0;

	return rv_json_int(rv_json_get(body, key), &v) && v > 0 && v < 1000000 ? (unsigned)v : 0;
}

/* --- what it names */

static int open_folders(struct rv_dist *d, const struct rv_json *body, struct rv_error *err)
{
	if (rv_json_want_string(body, "distfiles", "fetch request", &d->dist_path, err) < 0 ||
	    rv_json_want_string(body, "state", "fetch request", &d->state_path, err) < 0 ||
	    rv_dir_make_path(RV_CWD, d->dist_path, 0755, err) < 0 ||
	    rv_dir_make_path(RV_CWD, d->state_path, 0755, err) < 0)
		return -1;
	if (rv_dir_open_user(d->dist_path, &d->dist_fd, err) != 0 ||
	    rv_dir_open_user(d->state_path, &d->state_fd, err) != 0)
		return rv_context(err, "folders of the fetch worker");
	return rv_distcheck_open(d->state_fd, d->dist_fd, &d->check, err);
}

static int open_sites(struct rv_dist *d, const struct rv_json *body, struct rv_error *err)
{
	const char *path = rv_json_string(rv_json_get(body, "sites"));
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SITES_MAX_BYTES);
	rv_auto_fd fd = -1;
	int rc;

	if (!path)
		return rv_sites_parse(RV_SPAN_NULL, "no sites", &d->sites, err);
	rc = rv_file_open_user(path, &fd, err);
	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_INPUT, "%s: there is no such file", path);
	if (rv_fd_read_all(fd, path, &text, err) < 0)
		return -1;
	return rv_sites_parse(rv_buf_span(&text), path, &d->sites, err);
}

static int open_sources(struct rv_dist *d, const struct rv_json *body, struct rv_error *err)
{
	struct rv_fetch_options o = {.total = number_of(body, "parallel"),
	    .per_host = number_of(body, "per_host"),
	    .connect_ms = number_of(body, "connect_ms"),
	    .stall_s = number_of(body, "stall_s"),
	    .bus = &d->bus};
	const char *etc = rv_json_string(rv_json_get(body, "apt_etc"));
	unsigned age_s = number_of(body, "apt_max_age_s");
	struct rv_apt_place place;

	if (rv_loop_new(&d->loop, err) < 0 || rv_fetch_new(&o, &d->fetch, err) < 0)
		return -1;
	place = (struct rv_apt_place){.loop = d->loop,
	    .state_fd = d->state_fd,
	    .state_path = d->state_path,
	    .dist_fd = d->dist_fd,
	    .dist_path = d->dist_path,
	    .suites = d->suites,
	    .etc_path = etc ? etc : "/etc/apt",
	    .max_age_s = age_s ? age_s : DAY_S};
	return rv_apt_new(&place, &d->apt, err);
}

int rv_dist_open(struct rv_dist *d, const struct rv_json *body, struct rv_error *err)
{
	const struct rv_json *files;

	d->mirrors = rv_json_get(body, "mirrors");
	read_suites(d, rv_json_get(body, "suites"));
	if (read_order(d, rv_json_get(body, "order"), err) < 0 ||
	    rv_json_want_array(body, "files", "fetch request", &files, err) < 0)
		return -1;
	rv_json_each_item (files, it) {
		if (read_file(d, it.value, err) < 0)
			return -1;
	}
	d->open = d->jobs.n;
	if (open_folders(d, body, err) < 0 || open_sites(d, body, err) < 0)
		return -1;
	return open_sources(d, body, err);
}

void rv_dist_close(struct rv_dist *d)
{
	rv_apt_free(d->apt);
	rv_fetch_free(d->fetch);
	rv_distcheck_free(d->check);
	rv_sites_free(d->sites);
	rv_event_bus_release(&d->bus);
	rv_loop_free(d->loop);
	rv_vec_each (&d->jobs, j) {
		rv_fd_release(&(*j)->dir_fd);
		rv_buf_release(&(*j)->why);
		rv_vec_release(&(*j)->urls);
	}
	rv_vec_release(&d->jobs);
	rv_map_release(&d->by_path);
	free(d->suites);
	rv_fd_release(&d->dist_fd);
	rv_fd_release(&d->state_fd);
	rv_arena_release(&d->arena);
}

/* --- addresses */

static int mirror_urls(struct rv_dist_job *j, struct rv_error *err)
{
	struct rv_dist *d = j->dist;
	char *subdir = rv_arena_strndup(&d->arena, j->path, (size_t)(j->name - j->path));
	struct rv_mirror_file file = {.name = j->name, .subdir = subdir, .sha256 = j->hex};

	rv_json_each_item (d->mirrors, it) {
		const char *template = rv_json_string(it.value), *url;

		if (!template)
			continue;
		if (rv_mirror_expand(template, &file, &d->arena, &url, err) < 0)
			return -1;
		rv_vec_push(&j->urls, url);
	}
	return 0;
}

int rv_dist_urls(struct rv_dist_job *j, struct rv_error *err)
{
	j->urls.n = 0;
	if (j->source == RV_DIST_MIRRORS)
		return mirror_urls(j, err);
	rv_json_each_item (j->sites, it) {
		const char *site = rv_json_string(it.value);

		if (site)
			rv_sites_expand(j->dist->sites, site, j->name, &j->dist->arena, &j->urls);
	}
	return 0;
}
