/* SPDX-License-Identifier: ISC */
/* From a buildsheet back to a source folder. Nothing is written before it is known to compile. */
#include <fcntl.h>
#include <string.h>

#include "os/file.h"
#include "port/filelist.h"
#include "port/sheet.h"

/* What the specification and the files would compile to, the capsules taken as they are. */
static int compile(
    const struct rv_port *p, struct rv_span specification, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *again = NULL;
	struct rv_port_context context = {0};

	if (rv_port_parse(specification, p->what, NULL, &context, &problems, &again, err) < 0)
		return -1;
	again->files = p->files;
	return rv_sheet_write(again, false, out, err);
}

static int read_sheet(const struct rv_port *p, struct rv_buf *out, struct rv_error *err)
{
	const struct rv_port_files *f = &p->files;
	rv_auto_fd fd = -1;
	int rc;

	if (f->text.n) {
		rv_buf_add_span(out, f->text);
		return rv_buf_check(out, p->what, err);
	}
	rc = rv_file_open_beneath(f->tree_fd, f->folder, O_RDONLY, 0, &fd, err);
	if (rc > 0)
		return rv_fail(err, RV_INPUT, "the sheet has gone");
	return rc < 0 ? rc : rv_fd_read_all(fd, p->what, out, err);
}

/* The same bytes, as far as they do not come out of a manifest. */
static int check_values(const struct rv_port *p, struct rv_span specification, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf was = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf is = RV_BUF_INIT(RV_SHEET_MAX_BYTES);

	if (read_sheet(p, &was, err) < 0 || compile(p, specification, &is, err) < 0)
		return -1;
	if (!rv_span_eq(rv_buf_span(&was), rv_buf_span(&is)))
		return rv_fail(err, RV_INPUT,
		    "no specification compiles to this sheet: its lines are in no order that one "
		    "gives");
	return 0;
}

static bool is_manifest(const char *path)
{
	return strncmp(path, "manifests/", 10) == 0;
}

/* The file as it stands in a source folder. */
static int read_source(
    const struct rv_port *p, const char *path, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);

	if (!is_manifest(path))
		return rv_port_files_raw(&p->files, path, out, err) == 0 ? 0 : -1;
	if (rv_port_files_raw(&p->files, path, &packed, err) != 0)
		return -1;
	rv_filelist_source(rv_buf_span(&packed), out);
	if (rv_buf_check(out, path, err) < 0 ||
	    rv_filelist_compress(rv_buf_span(out), path, &again, err) < 0)
		return -1;
	if (!rv_span_eq(rv_buf_span(&packed), rv_buf_span(&again)))
		return rv_fail(err, RV_INPUT, "no manifest compresses to that of %s", path);
	return 0;
}

static int check_manifests(const struct rv_port *p, struct rv_error *err)
{
	for (size_t i = 0; i < p->files.n_capsules; i++) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
		const char *path = p->files.capsules[i].path;

		if (is_manifest(path) && read_source(p, path, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int write_file(int dirfd, const char *path, struct rv_span text, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = rv_file_create(dirfd, path, 0644, &fd, err);

	if (rc == RV_EXISTS)
		return rv_fail(err, RV_INPUT, "%s is there already", path);
	return rc < 0 ? rc : rv_fd_write(fd, path, text.p, text.n, err);
}

static int write_capsule(const struct rv_port *p, const char *path, int dirfd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	const char *slash = strchr(path, '/');
	char folder[32];

	if (read_source(p, path, &text, err) < 0)
		return -1;
	if (slash && (size_t)(slash - path) < sizeof(folder)) {
		memcpy(folder, path, (size_t)(slash - path));
		folder[slash - path] = '\0';
		if (rv_dir_make(dirfd, folder, 0755, err) < 0)
			return -1;
	}
	return write_file(dirfd, path, rv_buf_span(&text), err);
}

int rv_sheet_specification(const struct rv_port *p, struct rv_buf *out, struct rv_error *err)
{
	if (!p->compiled)
		return rv_fail(err, RV_INPUT, "%s: this is no buildsheet", p->what);
	rv_sheet_put_values(p, true, false, out);
	if (rv_buf_check(out, "specification", err) < 0 ||
	    check_values(p, rv_buf_span(out), err) < 0 || check_manifests(p, err) < 0)
		return rv_context(err, "%s", p->what);
	return 0;
}

int rv_sheet_explode(const struct rv_port *p, int out_dirfd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);

	if (rv_sheet_specification(p, &text, err) < 0)
		return -1;
	if (write_file(out_dirfd, RV_SPECIFICATION, rv_buf_span(&text), err) < 0)
		return -1;
	for (size_t i = 0; i < p->files.n_capsules; i++)
		if (write_capsule(p, p->files.capsules[i].path, out_dirfd, err) < 0)
			return rv_context(err, "%s", p->what);
	return 0;
}
