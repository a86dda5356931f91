/* SPDX-License-Identifier: ISC */
/*
 * A buildsheet that is read can be written, and that again gives the same bytes; its files can be
 * read; every variant makes a Makefile; it explodes or says why not.
 */
#include <stdint.h>
#include <stdlib.h>

#include "port/recipe.h"
#include "port/sheet.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static struct rv_port *parse(struct rv_span text)
{
	struct rv_port_context context = {.compiled = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_port *port = NULL;
	int rc = rv_port_parse(text, "fuzz", NULL, &context, &problems, &port, &err);

	if ((rc < 0) != (err.code != RV_OK))
		abort();
	return port;
}

static void write_twice(const struct rv_port *port)
{
	rv_auto(rv_buf) struct rv_buf once = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf twice = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_autofree(rv_port) struct rv_port *again = NULL;

	if (rv_sheet_write(port, false, &once, NULL) < 0)
		return;
	again = parse(rv_buf_span(&once));
	if (!again || rv_sheet_write(again, false, &twice, NULL) < 0 ||
	    !rv_span_eq(rv_buf_span(&once), rv_buf_span(&twice)))
		abort();
}

static void explode(const struct rv_port *port)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	struct rv_error err = RV_ERROR_INIT;

	if ((rv_sheet_specification(port, &text, &err) < 0) != (err.code != RV_OK))
		abort();
}

static void read_files(const struct rv_port *port)
{
	for (size_t i = 0; i < port->files.n_capsules; i++) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);

		if (rv_port_files_read(&port->files, port->files.capsules[i].path, &text, NULL) !=
			0 &&
		    !text.failed)
			abort();
	}
}

static void make_all(const struct rv_port *port)
{
	const struct rv_platform platform = {.opsys = "linux", .arch = "x86_64", .release = "6.1"};
	const struct rv_items *variants = rv_port_variants(port);

	for (size_t i = 0; i < variants->n; i++) {
		rv_autofree(rv_recipe) struct rv_recipe *r = NULL;
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);

		if (rv_recipe_make(port, variants->v[i].text, &platform, NULL, &r, NULL) == 0)
			rv_recipe_makefile(r, &text);
	}
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_autofree(rv_port) struct rv_port *port = parse(rv_span((const char *)data, size));
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_error err = RV_ERROR_INIT;

	if (!port)
		return 0;
	read_files(port);
	write_twice(port);
	explode(port);
	make_all(port);
	if (rv_sheet_check_files(port, &problems, &err) < 0 && err.code == RV_OK)
		abort();
	return 0;
}
