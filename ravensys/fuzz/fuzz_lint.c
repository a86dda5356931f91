/* SPDX-License-Identifier: ISC */
/* What lint mends in a specification it does not mend a second time, and no fault is new. */
#include <stdint.h>
#include <stdlib.h>

#include "port/lint_rules.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static size_t faults(struct rv_span text)
{
	struct rv_port_context context = {0};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *port = NULL;

	if (rv_port_parse(text, "fuzz", NULL, &context, &problems, &port, NULL) < 0)
		return problems.count;
	return 0;
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_auto(rv_buf) struct rv_buf once = RV_BUF_INIT(2 * RV_SPECIFICATION_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf twice = RV_BUF_INIT(2 * RV_SPECIFICATION_MAX_BYTES);
	struct rv_span text = rv_span((const char *)data, size);

	rv_lint_mend(text, &once);
	rv_lint_mend(rv_buf_span(&once), &twice);
	if (!rv_span_eq(rv_buf_span(&once), rv_buf_span(&twice)))
		abort();
	if (faults(text) == 0 && faults(rv_buf_span(&once)) != 0)
		abort();
	return 0;
}
