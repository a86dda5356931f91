/* SPDX-License-Identifier: ISC */
/* Which addresses have a file of a wanted SHA-256: every record of every source index. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "os/file.h"
#include "work/apt_internal.h"
#include "work/apt_text.h"

#define CHUNK_BYTES ((size_t)1024 * 1024)
#define STANZA_MAX_BYTES ((size_t)16 * 1024 * 1024)

struct lookup {
	struct rv_apt *apt;
	struct rv_map wanted; /* hex to struct rv_apt_item */
	struct rv_span repo;  /* address of the archive whose index is read */
};

static void add_url(struct rv_apt *apt, struct rv_apt_item *item, const char *url)
{
	rv_vec_each (&item->urls, u)
		if (strcmp(*u, url) == 0)
			return;
	rv_vec_push(&item->urls, rv_arena_strdup(&apt->arena, url));
}

static void found(void *ctx, struct rv_span directory, struct rv_span name, struct rv_span hex)
{
	struct lookup *l = ctx;
	struct rv_apt_item *item = rv_map_get(&l->wanted, hex);
	bool slash = l->repo.n > 0 && l->repo.p[l->repo.n - 1] == '/';
	bool local = rv_span_starts(l->repo, RV_SPAN_LIT("file:"));
	char *url;

	if (!item)
		return;
	/* apt only links what a file: address names */
	url = rv_strfmt("%s%.*s%s%.*s/%.*s", local ? "copy:" : "",
	    RV_SPAN_ARG(local ? rv_span_from(l->repo, 5) : l->repo), slash ? "" : "/",
	    RV_SPAN_ARG(directory), RV_SPAN_ARG(name));
	add_url(l->apt, item, url);
	free(url);
}

/* Scans the whole stanzas of text; returns how many bytes they are. */
static size_t scan_stanzas(struct lookup *l, struct rv_span text)
{
	struct rv_span rest = text, gap = RV_SPAN_LIT("\n\n");

	for (;;) {
		size_t n = rv_span_find_span(rest, gap);

		if (n == rest.n)
			return text.n - rest.n;
		rv_apt_scan_stanza(rv_span_sub(rest, 0, n + 1), found, l);
		rest = rv_span_from(rest, n + gap.n);
	}
}

static int scan_index(struct lookup *l, int fd, const char *name, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(STANZA_MAX_BYTES);
	struct rv_stat st;
	uint64_t at = 0;

	if (rv_file_fstat(fd, &st, err) < 0)
		return -1;
	while (at < st.size) {
		size_t n = st.size - at < CHUNK_BYTES ? (size_t)(st.size - at) : CHUNK_BYTES, done;
		char *room = rv_buf_room(&text, n);

		if (!room)
			return rv_buf_check(&text, name, err);
		if (rv_fd_pread(fd, name, room, n, at, err) < 0)
			return -1;
		rv_buf_added(&text, n);
		at += n;
		done = scan_stanzas(l, rv_buf_span(&text));
		memmove(text.p, text.p + done, text.n - done);
		rv_buf_cut(&text, text.n - done);
	}
	rv_apt_scan_stanza(rv_buf_span(&text), found, l);
	return 0;
}

/* "PATH URI" lines: the source indexes of this configuration. */
static int list_indexes(struct rv_apt *apt, struct rv_buf *out, struct rv_error *err)
{
	const char *argv[] = {"/usr/bin/apt-get", "indextargets", "--format",
	    "$(FILENAME) $(REPO_URI)", "Created-By: Sources", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	char *env[RV_APT_ENV_MAX];
	int rc;

	rv_apt_env(apt, env);
	how.argv = argv;
	how.env = (const char *const *)env;
	how.die_with_parent = true;
	rc = rv_spawn_run(&how, RV_SPAN_NULL, out, 30000, err);
	rv_apt_env_release(env);
	return rc;
}

static int scan_all(struct lookup *l, size_t *out_n, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(STANZA_MAX_BYTES);
	struct rv_span rest, line;

	*out_n = 0;
	if (list_indexes(l->apt, &list, err) < 0)
		return -1;
	rest = rv_buf_span(&list);
	while (rv_span_next(&rest, '\n', &line)) {
		size_t blank = rv_span_rfind(line, ' ');
		rv_auto(rv_str) char *path = rv_span_dup(rv_span_sub(line, 0, blank));
		rv_auto_fd fd = -1;
		int rc = rv_file_open_user(path, &fd, err); /* a local archive's is a link */

		if (rc < 0)
			return -1;
		if (rc > 0)
			continue;
		l->repo = rv_span_from(line, blank + 1);
		if (scan_index(l, fd, path, err) < 0)
			return -1;
		++*out_n;
	}
	return 0;
}

/* One sum may be wanted under several names: the map holds one of them. */
static void finish_item(struct lookup *l, struct rv_apt_item *item)
{
	struct rv_apt_item *same = rv_map_get(&l->wanted, rv_span_str(item->want.hex));

	item->looked = true;
	if (!same || same == item)
		return;
	rv_vec_each (&same->urls, url)
		add_url(l->apt, item, *url);
}

int rv_apt_lookup(struct rv_apt *apt, struct rv_error *err)
{
	struct lookup l = {.apt = apt};
	size_t indexes = 0;
	int rc = 0;

	rv_vec_each (&apt->waiting, item)
		if (!(*item)->looked)
			rv_map_put(&l.wanted, rv_span_str((*item)->want.hex), *item);
	if (rv_map_count(&l.wanted) > 0)
		rc = scan_all(&l, &indexes, err);
	if (rc == 0 && rv_map_count(&l.wanted) > 0 && indexes == 0)
		rc = rv_fail(err, RV_NET, "no source index is there");
	rv_vec_each (&apt->waiting, item)
		finish_item(&l, *item);
	rv_map_release(&l.wanted);
	return rc;
}
