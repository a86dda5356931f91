/* SPDX-License-Identifier: ISC */
/*
 * Lines of +FILES, written directly in their canonical form: keys in order of bytes, defaults left
 * out.
 */
#include "pkg/files.h"

#include "codec/digest.h"
#include "pkg/manifest.h"
#include "pkg/utf8.h"

static const char *const type_names[] = {
    [RV_ENTRY_FILE] = "file",
    [RV_ENTRY_DIR] = "dir",
    [RV_ENTRY_LINK] = "link",
    [RV_ENTRY_HARDLINK] = "hardlink",
};

const char *rv_file_type_name(enum rv_file_type type)
{
	return type_names[type];
}

int rv_file_entry_cmp(const void *a, const void *b)
{
	const struct rv_file_entry *x = a, *y = b;

	return rv_span_cmp(x->path, y->path);
}

/* text holds no control characters. */
static void add_string(struct rv_span text, struct rv_buf *out)
{
	rv_buf_add_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			rv_buf_add_char(out, '\\');
		rv_buf_add_char(out, text.p[i]);
	}
	rv_buf_add_char(out, '"');
}

static void add_member(const char *key, struct rv_span value, struct rv_buf *out)
{
	if (value.n == 0)
		return;
	rv_buf_addf(out, ",\"%s\":", key);
	add_string(value, out);
}

static void add_xattrs(const struct rv_file_entry *e, struct rv_buf *out)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		rv_buf_add_str(out, i ? "," : ",\"xattrs\":{");
		add_string(e->xattrs[i].name, out);
		rv_buf_add_str(out, ":\"");
		rv_base64_encode(e->xattrs[i].value, out);
		rv_buf_add_char(out, '"');
	}
	if (e->n_xattrs)
		rv_buf_add_char(out, '}');
}

static const char *xattrs_fault(const struct rv_file_entry *e)
{
	if (e->n_xattrs > RV_XATTRS_MAX)
		return "too many extended attributes";
	for (size_t i = 0; i < e->n_xattrs; i++) {
		if (!rv_xattr_name_valid(e->xattrs[i].name))
			return "extended attribute that a package cannot hold";
		if (e->xattrs[i].value.n > RV_XATTR_VALUE_MAX_BYTES)
			return "extended attribute too large";
		if (i && rv_span_cmp(e->xattrs[i - 1].name, e->xattrs[i].name) >= 0)
			return "extended attributes not sorted";
	}
	return NULL;
}

static const char *link_fault(const struct rv_file_entry *e)
{
	if (e->type == RV_ENTRY_HARDLINK)
		return rv_path_fault(e->target);
	if (e->target.n == 0 || e->target.n > RV_PATH_MAX_BYTES)
		return "target empty or longer than 4095 bytes";
	return rv_utf8_plain(e->target) ? NULL : "target with control character or no UTF-8";
}

static const char *entry_fault(const struct rv_file_entry *e)
{
	const char *fault = rv_path_fault(e->path);

	if (fault)
		return fault;
	if ((e->owner.n && !rv_account_name_valid(e->owner)) ||
	    (e->group.n && !rv_account_name_valid(e->group)))
		return "owner or group is no account name";
	if (e->type == RV_ENTRY_LINK || e->type == RV_ENTRY_HARDLINK)
		return link_fault(e);
	if (e->mode > 07777)
		return "mode above 7777";
	if (e->type == RV_ENTRY_DIR)
		return e->flags || e->n_xattrs ? "flags or attributes on a folder" : NULL;
	if (e->size > RV_FILE_MAX_BYTES || e->offset > INT64_MAX || e->offset % 512 != 0)
		return "size or offset out of range";
	return e->flags & ~(unsigned)RV_FILE_CONFIG ? "unknown flag" : xattrs_fault(e);
}

static void add_file(const struct rv_file_entry *e, struct rv_buf *out)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&e->sha256, hex);
	rv_buf_addf(out, ",\"sha256\":\"%s\"", hex);
	if (e->size)
		rv_buf_addf(out, ",\"size\":%llu", (unsigned long long)e->size);
}

int rv_files_add(const struct rv_file_entry *e, struct rv_buf *out, struct rv_error *err)
{
	const char *fault = entry_fault(e);
	bool file = e->type == RV_ENTRY_FILE, own = e->type != RV_ENTRY_HARDLINK;
	size_t begin = out->n;

	if (fault)
		return rv_fail(err, RV_INPUT, "%.*s: %s", (int)(e->path.n < 400 ? e->path.n : 400),
		    e->path.n ? e->path.p : "", fault);
	if (e->flags)
		rv_buf_add_str(out, ",\"flags\":[\"config\"]");
	add_member("group", own ? e->group : RV_SPAN_NULL, out);
	if (file || e->type == RV_ENTRY_DIR)
		rv_buf_addf(out, ",\"mode\":\"%04o\"", (unsigned)e->mode);
	if (file && e->offset)
		rv_buf_addf(out, ",\"offset\":%llu", (unsigned long long)e->offset);
	add_member("owner", own ? e->owner : RV_SPAN_NULL, out);
	add_member("path", e->path, out);
	if (file)
		add_file(e, out);
	else if (e->type != RV_ENTRY_DIR)
		add_member("target", e->target, out);
	add_member("type", rv_span_str(type_names[e->type]), out);
	add_xattrs(e, out);
	rv_buf_add_str(out, "}\n");
	if (!out->failed)
		out->p[begin] = '{';
	return rv_buf_check(out, "+FILES", err);
}
