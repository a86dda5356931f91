/* SPDX-License-Identifier: ISC */
/* Releases of a published tree. */
#include "engine/release.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/file.h"
#include "port/tree.h"

#define INDEX_FILE "Mk/Misc/conspiracy_variants"
#define INDEX_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define RELEASE_MAX_BYTES ((size_t)4096)

static bool digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

bool rv_release_is_valid(const char *tag)
{
	size_t n = strlen(tag);
	int month, day;

	if (n < 10 || n > 12 || !digits(tag, 8) || tag[8] != '.' || !digits(tag + 9, n - 9) ||
	    tag[9] == '0' || strncmp(tag, "20", 2) != 0)
		return false;
	month = (tag[4] - '0') * 10 + tag[5] - '0';
	day = (tag[6] - '0') * 10 + tag[7] - '0';
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

int rv_release_cmp(const char *a, const char *b)
{
	int date = strncmp(a, b, 8);

	if (date != 0 || strlen(a) == strlen(b))
		return date != 0 ? date : strcmp(a, b);
	return strlen(a) < strlen(b) ? -1 : 1;
}

void rv_release_of(struct rv_span text, char out[RV_RELEASE_BYTES])
{
	struct rv_span line = rv_span_trim(rv_span_sub(text, 0, rv_span_find(text, '\n')));

	out[0] = '\0';
	if (line.n < RV_RELEASE_BYTES)
		snprintf(out, RV_RELEASE_BYTES, "%.*s", RV_SPAN_ARG(line));
}

/* Of a release's own file; "" when it has none. */
static int read_release(int fd, char out[RV_RELEASE_BYTES], struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RELEASE_MAX_BYTES);

	if (rv_file_read(fd, RV_RELEASE_FILE, &text, err) < 0)
		return -1;
	rv_release_of(rv_buf_span(&text), out);
	return 0;
}

int rv_release_installed(
    int dirfd, const char *name, char out[RV_RELEASE_BYTES], struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc;

	out[0] = '\0';
	if (dirfd < 0)
		return 0;
	rc = rv_dir_open(dirfd, name, &fd, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	return read_release(fd, out, err);
}

struct content {
	bool any, git;
};

static int look_at_entry(void *ctx, int dirfd RV_UNUSED, const struct rv_dir_entry *entry,
    struct rv_error *err RV_UNUSED)
{
	struct content *c = ctx;

	c->any = true;
	c->git = c->git || strcmp(entry->name, ".git") == 0;
	return 0;
}

int rv_release_may_replace(int dirfd, const char *name, struct rv_error *err)
{
	char release[RV_RELEASE_BYTES];
	rv_auto_fd fd = -1;
	struct content content = {false, false};
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, name, &st, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (st.kind == RV_LINK)
		return rv_fail(err, RV_INPUT, "is a link: name the folder itself");
	if (st.kind != RV_DIR)
		return rv_fail(err, RV_INPUT, "is no folder");
	if (rv_dir_open(dirfd, name, &fd, err) != 0)
		return -1;
	rc = rv_dir_each(fd, ".", look_at_entry, &content, err);
	if (rc < 0 || !content.any)
		return rc;
	if (read_release(fd, release, err) < 0)
		return -1;
	if (content.git)
		return rv_fail(err, RV_INPUT, "is a checkout of git, which updates it itself");
	if (!rv_release_is_valid(release))
		return rv_fail(err, RV_INPUT,
		    "holds something else than a release (no " RV_RELEASE_FILE
		    "), and is left alone: give directory_conspiracy a folder of its own");
	return 0;
}

/* --- looking whether it is whole */

/* "BUCKET NAMEBASE COUNT VARIANT ...": the sheet is there. */
static int verify_line(int fd, struct rv_span line, unsigned number, struct rv_error *err)
{
	struct rv_span rest = line, bucket, name;
	rv_auto(rv_str) char *path = NULL;
	struct rv_stat st;
	int rc;

	if (!rv_span_next(&rest, ' ', &bucket) || !rv_span_next(&rest, ' ', &name) || !rest.n ||
	    bucket.n != 2 || !name.n || name.p[0] == '.' || rv_span_find(name, '/') != name.n)
		return rv_fail(err, RV_FORMAT, INDEX_FILE ":%u: not the line of a port", number);
	path = rv_strfmt("bucket_%.*s/%.*s", RV_SPAN_ARG(bucket), RV_SPAN_ARG(name));
	rc = rv_file_stat(fd, path, &st, err);
	if (rc < 0)
		return -1;
	if (rc == RV_ABSENT || st.kind != RV_FILE || st.size == 0)
		return rv_fail(err, RV_FORMAT,
		    "%s: is missing or empty, though " INDEX_FILE " names it", path);
	return 0;
}

int rv_release_verify(int fd, const char *tag, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(INDEX_MAX_BYTES);
	char release[RV_RELEASE_BYTES];
	struct rv_span rest, line;
	unsigned number = 0;
	int rc;

	if (read_release(fd, release, err) < 0)
		return -1;
	if (strcmp(release, tag) != 0)
		return rv_fail(err, RV_FORMAT, "the archive of release %s %s%s", tag,
		    release[0] ? "says that it is " : "does not say its release", release);
	rc = rv_file_read(fd, INDEX_FILE, &text, err);
	if (rc < 0)
		return -1;
	if (rc == RV_ABSENT || !text.n)
		return rv_fail(err, RV_FORMAT, "the archive of release %s has no " INDEX_FILE, tag);
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line))
		if (verify_line(fd, line, ++number, err) < 0)
			return rv_context(err, "the archive of release %s", tag);
	return 0;
}

char *rv_release_url(const char *form, const char *tag)
{
	struct rv_span s = rv_span_str(form), mark = RV_SPAN_LIT("%{tag}");
	size_t at = rv_span_find_span(s, mark);

	if (at == s.n)
		return rv_strdup(form);
	return rv_strfmt("%.*s%s%s", (int)at, form, tag, form + at + mark.n);
}
