/* SPDX-License-Identifier: ISC */
/* Inside builder/serve: one request to one answer. */
#pragma once

#include <microhttpd.h>

#include "serve/serve.h"

struct rv_serve_request {
	struct MHD_Connection *connection;
	const struct rv_serve_folder *folders;
	size_t n_folders;
	const char *path; /* decoded, begins with a slash */
};
enum MHD_Result rv_serve_answer(const struct rv_serve_request *r);
enum MHD_Result rv_serve_refuse_method(struct MHD_Connection *connection);
