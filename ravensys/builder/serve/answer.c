/* SPDX-License-Identifier: ISC */
/*
 * Paths to files. Invariant: what is opened was reached from a folder's descriptor through names
 * that do not begin with a dot, following no link.
 */
#include "serve/answer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/span.h"
#include "codec/digest.h"
#include "os/file.h"

#define LIST_MAX_BYTES ((size_t)8 << 20)
#define FOREVER "public, max-age=31536000, immutable"

/* --- answers without a file */

static enum MHD_Result queue(
    const struct rv_serve_request *r, unsigned status, struct MHD_Response *response)
{
	enum MHD_Result rc;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	rc = MHD_queue_response(r->connection, status, response);
	MHD_destroy_response(response);
	return rc;
}

static enum MHD_Result say(const struct rv_serve_request *r, unsigned status, const char *type,
    struct rv_span text, const char *header, const char *value)
{
	struct MHD_Response *response;
	union {
		const char *borrowed;
		void *unwritten;
	} u = {.borrowed = text.p ? text.p : ""};

	/* the buffer is copied, never written to */
	response = MHD_create_response_from_buffer(text.n, u.unwritten, MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", type);
	if (header)
		MHD_add_response_header(response, header, value);
	return queue(r, status, response);
}

static enum MHD_Result plain(const struct rv_serve_request *r, unsigned status, const char *text)
{
	return say(r, status, "text/plain; charset=utf-8", rv_span_str(text), NULL, NULL);
}

static enum MHD_Result not_found(const struct rv_serve_request *r)
{
	return plain(r, MHD_HTTP_NOT_FOUND, "not found\n");
}

enum MHD_Result rv_serve_refuse_method(struct MHD_Connection *connection)
{
	struct rv_serve_request r = {.connection = connection};

	return say(&r, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain; charset=utf-8",
	    RV_SPAN_LIT("only GET and HEAD\n"), "Allow", "GET, HEAD");
}

/* --- pages */

static void add_escaped(struct rv_buf *out, const char *text)
{
	for (; *text; text++)
		if (strchr("<>&\"'", *text))
			rv_buf_addf(out, "&#%d;", *text);
		else
			rv_buf_add_char(out, *text);
}

/* A name in an address: everything but what is plain there is escaped. */
static void add_address(struct rv_buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    strchr("-._~/", c))
			rv_buf_add_char(out, *text);
		else
			rv_buf_addf(out, "%%%02X", c);
	}
}

static void page_head(struct rv_buf *out, const char *title)
{
	rv_buf_add_str(out, "<!doctype html>\n<meta charset=\"utf-8\">\n<title>");
	add_escaped(out, title);
	rv_buf_add_str(out, "</title>\n<h1>");
	add_escaped(out, title);
	rv_buf_add_str(out, "</h1>\n<ul>\n");
}

static void page_line(struct rv_buf *out, const char *address, const char *text)
{
	rv_buf_add_str(out, "<li><a href=\"");
	add_address(out, address);
	rv_buf_add_str(out, "\">");
	add_escaped(out, text);
	rv_buf_add_str(out, "</a>\n");
}

static enum MHD_Result page_end(const struct rv_serve_request *r, struct rv_buf *out)
{
	rv_buf_add_str(out, "</ul>\n");
	if (out->failed)
		return plain(r, MHD_HTTP_INTERNAL_SERVER_ERROR, "too many files to list\n");
	return say(r, MHD_HTTP_OK, "text/html; charset=utf-8", rv_buf_span(out), "Cache-Control",
	    "no-cache");
}

static enum MHD_Result index_page(const struct rv_serve_request *r)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(LIST_MAX_BYTES);

	page_head(&out, "ravenadm");
	for (size_t i = 0; i < r->n_folders; i++)
		page_line(&out, r->folders[i].prefix, r->folders[i].title);
	return page_end(r, &out);
}

static int list_one(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(1024);

	(void)dirfd;
	(void)err;
	if (entry->name[0] == '.' || (entry->kind != RV_FILE && entry->kind != RV_DIR))
		return 0;
	rv_buf_addf(&name, "%s%s", entry->name, entry->kind == RV_DIR ? "/" : "");
	page_line(ctx, rv_buf_str(&name), rv_buf_str(&name));
	return 0;
}

static enum MHD_Result list_page(const struct rv_serve_request *r, int fd)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(LIST_MAX_BYTES);
	struct rv_error err;

	if (r->path[strlen(r->path) - 1] != '/') {
		add_address(&out, r->path);
		rv_buf_add_char(&out, '/');
		return say(r, MHD_HTTP_MOVED_PERMANENTLY, "text/plain; charset=utf-8",
		    RV_SPAN_LIT("a folder\n"), "Location", rv_buf_str(&out));
	}
	page_head(&out, r->path);
	if (rv_dir_each(fd, ".", list_one, &out, &err) < 0)
		return not_found(r);
	return page_end(r, &out);
}

/* --- files */

static const char *type_of(struct rv_span name)
{
	static const struct {
		const char *suffix, *type;
	} types[] = {
	    {".json", "application/json"},
	    {".jsonl", "application/json"},
	    {".log", "text/plain; charset=utf-8"},
	    {".txt", "text/plain; charset=utf-8"},
	    {".html", "text/html; charset=utf-8"},
	    {".zst", "application/zstd"},
	};

	for (size_t i = 0; i < RV_COUNT(types); i++)
		if (rv_span_ends(name, rv_span_str(types[i].suffix)))
			return types[i].type;
	return "application/octet-stream";
}

struct file {
	int fd;
	struct rv_stat st;
	char etag[96];
	bool forever;
};

/* SHA256.NAME is its own tag; other files have one made of what changes with them. */
static void tag_file(struct file *f, const struct rv_serve_folder *folder, struct rv_span name)
{
	struct rv_sha256 sum;
	size_t dot = rv_span_find(name, '.');

	f->forever = folder->immutable && !rv_span_is(name, "timestamp.json");
	if (f->forever && rv_sha256_parse(rv_span_sub(name, 0, dot), &sum))
		snprintf(f->etag, sizeof(f->etag), "\"%.*s\"", (int)dot, name.p);
	else
		snprintf(f->etag, sizeof(f->etag),
		    "\"%" PRIx64 "-%" PRIx64 "-%" PRIx64 ".%" PRIx32 "\"", f->st.ino, f->st.size,
		    (uint64_t)f->st.mtime_s, f->st.mtime_ns);
}

static const char *header_of(const struct rv_serve_request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

/* "a-b", "a-", "-n" of a file of size bytes: false when it is not one range or lies outside. */
static bool parse_range(struct rv_span text, uint64_t size, uint64_t *from, uint64_t *n)
{
	size_t dash = rv_span_find(text, '-');
	struct rv_span a = rv_span_sub(text, 0, dash), b = rv_span_from(text, dash + 1);
	uint64_t first = 0, last = size - 1;

	if (dash == text.n || !size || (!a.n && !b.n))
		return false;
	if ((a.n && !rv_span_to_u64(a, &first)) || (b.n && !rv_span_to_u64(b, &last)))
		return false;
	if (!a.n) {
		if (!last)
			return false;
		first = last < size ? size - last : 0;
		last = size - 1;
	}
	if (last > size - 1)
		last = size - 1;
	if (first > last)
		return false;
	*from = first;
	*n = last - first + 1;
	return true;
}

enum part { PART_ALL, PART_RANGE, PART_NONE };

static enum part wanted_part(
    const struct rv_serve_request *r, const struct file *f, uint64_t *from, uint64_t *n)
{
	struct rv_span range = rv_span_str(header_of(r, "Range"));
	const char *only_if = header_of(r, "If-Range");

	*from = 0;
	*n = f->st.size;
	/* several ranges at once are answered with the whole, as RFC 9110 allows */
	if (!rv_span_starts(range, RV_SPAN_LIT("bytes=")) || rv_span_find(range, ',') != range.n ||
	    (only_if && strcmp(only_if, f->etag) != 0))
		return PART_ALL;
	return parse_range(rv_span_from(range, 6), f->st.size, from, n) ? PART_RANGE : PART_NONE;
}

static enum MHD_Result no_range(const struct rv_serve_request *r, const struct file *f)
{
	char text[64];

	snprintf(text, sizeof(text), "bytes */%" PRIu64, f->st.size);
	return say(r, MHD_HTTP_RANGE_NOT_SATISFIABLE, "text/plain; charset=utf-8",
	    RV_SPAN_LIT("no such range\n"), "Content-Range", text);
}

static void describe(struct MHD_Response *response, const struct file *f)
{
	MHD_add_response_header(response, "ETag", f->etag);
	MHD_add_response_header(response, "Accept-Ranges", "bytes");
	MHD_add_response_header(response, "Cache-Control", f->forever ? FOREVER : "no-cache");
}

static enum MHD_Result unchanged(const struct rv_serve_request *r, const struct file *f)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

	if (!response)
		return MHD_NO;
	describe(response, f);
	return queue(r, MHD_HTTP_NOT_MODIFIED, response);
}

static enum MHD_Result send_file(
    const struct rv_serve_request *r, struct file *f, struct rv_span name)
{
	struct MHD_Response *response;
	uint64_t from, n;
	enum part part = wanted_part(r, f, &from, &n);
	char text[96];

	if (part == PART_NONE)
		return no_range(r, f);
	/* the response owns the descriptor from here on */
	response = MHD_create_response_from_fd_at_offset64(n, rv_take_fd(&f->fd), from);
	if (!response)
		return MHD_NO;
	describe(response, f);
	MHD_add_response_header(response, "Content-Type", type_of(name));
	if (part == PART_RANGE) {
		snprintf(text, sizeof(text), "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from,
		    from + n - 1, f->st.size);
		MHD_add_response_header(response, "Content-Range", text);
	}
	return queue(r, part == PART_RANGE ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK, response);
}

/* --- paths */

static bool is_safe(struct rv_span path)
{
	struct rv_span part;

	if (path.n && path.p[path.n - 1] == '/')
		path.n--;
	while (path.n) {
		part = rv_span_sub(path, 0, rv_span_find(path, '/'));
		if (!part.n || part.p[0] == '.' || part.n == path.n - 1)
			return false;
		path = rv_span_from(path, part.n + 1);
	}
	return true;
}

static enum MHD_Result answer_in(
    const struct rv_serve_request *r, const struct rv_serve_folder *folder)
{
	rv_auto(rv_buf) struct rv_buf inside = RV_BUF_INIT(4096);
	struct rv_span rest = rv_span_str(r->path + strlen(folder->prefix));
	struct file f = {.fd = -1};
	struct rv_error err;
	struct rv_span name;
	enum MHD_Result result;
	const char *if_none = header_of(r, "If-None-Match");

	if (folder->dirfd < 0 || !is_safe(rest))
		return not_found(r);
	if (rest.n && rest.p[rest.n - 1] == '/')
		rest.n--;
	rv_buf_add_span(&inside, rest.n ? rest : RV_SPAN_LIT("."));
	if (inside.failed ||
	    rv_file_open_beneath(
		folder->dirfd, rv_buf_str(&inside), O_RDONLY | O_NONBLOCK, 0, &f.fd, &err) != 0 ||
	    rv_file_fstat(f.fd, &f.st, &err) < 0) {
		rv_fd_release(&f.fd);
		return not_found(r);
	}
	name = rv_span_from(
	    rest, rv_span_rfind(rest, '/') == rest.n ? 0 : rv_span_rfind(rest, '/') + 1);
	tag_file(&f, folder, name);
	if (f.st.kind == RV_DIR)
		result = list_page(r, f.fd);
	else if (f.st.kind != RV_FILE || r->path[strlen(r->path) - 1] == '/')
		result = not_found(r);
	else if (if_none && (strstr(if_none, f.etag) || strcmp(if_none, "*") == 0))
		result = unchanged(r, &f);
	else
		result = send_file(r, &f, name);
	rv_fd_release(&f.fd);
	return result;
}

enum MHD_Result rv_serve_answer(const struct rv_serve_request *r)
{
	if (strcmp(r->path, "/") == 0)
		return index_page(r);
	for (size_t i = 0; i < r->n_folders; i++)
		if (rv_span_starts(rv_span_str(r->path), rv_span_str(r->folders[i].prefix)))
			return answer_in(r, &r->folders[i]);
	return not_found(r);
}
