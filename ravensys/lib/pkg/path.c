/* SPDX-License-Identifier: ISC */
/* Which paths a package may hold; every path of +FILES and of a plist goes through here. */
#include "pkg/files.h"

#include "pkg/utf8.h"

static const char *component_fault(struct rv_span c)
{
	if (c.n == 0)
		return "empty component";
	if (rv_span_is(c, ".") || rv_span_is(c, ".."))
		return "component '.' or '..'";
	return c.n > RV_NAME_MAX_BYTES ? "component longer than 255 bytes" : NULL;
}

const char *rv_path_fault(struct rv_span path)
{
	struct rv_span rest = path;

	if (path.n == 0)
		return "empty path";
	if (path.n > RV_PATH_MAX_BYTES)
		return "longer than 4095 bytes";
	if (path.p[0] == '/')
		return "absolute path";
	if (!rv_utf8_plain(path))
		return "control character or no UTF-8";
	for (;;) {
		size_t at = rv_span_find(rest, '/');
		const char *fault = component_fault(rv_span_sub(rest, 0, at));

		if (fault || at == rest.n)
			return fault;
		rest = rv_span_from(rest, at + 1);
	}
}
