/* SPDX-License-Identifier: ISC */
/* mkvars FILE: every variable of a make file of data as we see it, NAME=value a line. */
#include <stdio.h>

#include "os/file.h"
#include "port/mkvars.h"

int main(int argc, char **argv)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MKVARS_MAX_BYTES);
	rv_auto(rv_mkvars) struct rv_mkvars vars = RV_MKVARS_INIT;
	struct rv_error err = RV_ERROR_INIT;
	rv_auto_fd fd = -1;
	struct rv_span name;
	void *value;
	size_t i = 0;

	if (argc != 2 || rv_file_open_user(argv[1], &fd, &err) != 0 ||
	    rv_fd_read_all(fd, argv[1], &text, &err) < 0 ||
	    rv_mkvars_parse(rv_buf_span(&text), argv[1], &vars, &err) < 0) {
		fprintf(stderr, "mkvars: %s\n", err.msg);
		return 1;
	}
	while (rv_map_next(&vars.values, &i, &name, &value))
		printf("%.*s=%s\n", RV_SPAN_ARG(name), (const char *)value);
	return 0;
}
