/* SPDX-License-Identifier: ISC */
/* Names of packages, ports and ABIs: one grammar for every place where they are read. */
#include "pkg/ident.h"

#include "pkg/version.h"

static bool word_valid(struct rv_span text, const char *also, size_t max)
{
	if (text.n == 0 || text.n > max)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool alnum =
		    (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!alnum && (i == 0 || c == '\0' || !strchr(also, c)))
			return false;
	}
	return true;
}

bool rv_namebase_valid(struct rv_span text)
{
	return word_valid(text, "_.+-", RV_NAMEBASE_MAX_BYTES);
}

bool rv_subpackage_valid(struct rv_span text)
{
	return word_valid(text, "_.+", RV_SUBPACKAGE_MAX_BYTES);
}

bool rv_variant_valid(struct rv_span text)
{
	return word_valid(text, "_.+", RV_VARIANT_MAX_BYTES);
}

/* Cuts text at sep into at most max pieces; a text with more gives max + 1. */
static size_t cut(struct rv_span text, char sep, struct rv_span *pieces, size_t max)
{
	size_t n = 0;

	for (;;) {
		size_t at = rv_span_find(text, sep);

		if (n == max)
			return max + 1;
		pieces[n++] = rv_span_sub(text, 0, at);
		if (at == text.n)
			return n;
		text = rv_span_from(text, at + 1);
	}
}

static int bad(struct rv_span text, const char *wanted, struct rv_error *err)
{
	return rv_fail(err, RV_INPUT, "'%.*s' is no %s", (int)(text.n < 300 ? text.n : 300),
	    text.n ? text.p : "", wanted);
}

static bool names_valid(const struct rv_ident *id, size_t n)
{
	return rv_namebase_valid(id->namebase) && (n < 2 || rv_subpackage_valid(id->subpackage)) &&
	       (n < 3 || rv_variant_valid(id->variant)) && (n < 4 || rv_version_valid(id->version));
}

static int parse(struct rv_span text, char sep, size_t least, size_t most, const char *wanted,
    struct rv_ident *out, struct rv_error *err)
{
	struct rv_span piece[4] = {{0}};
	size_t n = text.n <= RV_IDENT_MAX_BYTES ? cut(text, sep, piece, most) : most + 1;

	*out = (struct rv_ident){piece[0], piece[1], piece[2], piece[3]};
	if (n < least || n > most || !names_valid(out, n))
		return bad(text, wanted, err);
	return 0;
}

int rv_ident_parse(struct rv_span text, struct rv_ident *out, struct rv_error *err)
{
	return parse(text, '~', 3, 4, "package name (namebase~subpackage~variant)", out, err);
}

int rv_ident_parse_file(struct rv_span file, struct rv_ident *out, struct rv_error *err)
{
	static const char wanted[] = "package file name (namebase~subpackage~variant~version.rvn)";
	struct rv_span suffix = RV_SPAN_LIT(RV_PACKAGE_SUFFIX);

	if (!rv_span_ends(file, suffix))
		return bad(file, wanted, err);
	if (parse(rv_span_sub(file, 0, file.n - suffix.n), '~', 4, 4, wanted, out, NULL) < 0)
		return bad(file, wanted, err);
	return 0;
}

int rv_ident_parse_triplet(struct rv_span text, struct rv_ident *out, struct rv_error *err)
{
	return parse(text, ':', 3, 3, "dependency (namebase:subpackage:variant)", out, err);
}

int rv_ident_parse_loose(struct rv_span text, struct rv_ident *out, struct rv_error *err)
{
	return parse(text, '~', 1, 3,
	    "package name (namebase, namebase~subpackage or namebase~subpackage~variant)", out,
	    err);
}

static void join(struct rv_span a, char sep, struct rv_span b, struct rv_buf *out)
{
	rv_buf_add_span(out, a);
	rv_buf_add_char(out, sep);
	rv_buf_add_span(out, b);
}

void rv_ident_add_name(const struct rv_ident *id, struct rv_buf *out)
{
	join(id->namebase, '~', id->subpackage, out);
	join(RV_SPAN_NULL, '~', id->variant, out);
}

void rv_ident_add_full(const struct rv_ident *id, struct rv_buf *out)
{
	rv_ident_add_name(id, out);
	join(RV_SPAN_NULL, '~', id->version, out);
}

void rv_ident_add_file(const struct rv_ident *id, struct rv_buf *out)
{
	rv_ident_add_full(id, out);
	rv_buf_add_str(out, RV_PACKAGE_SUFFIX);
}

void rv_ident_add_triplet(const struct rv_ident *id, struct rv_buf *out)
{
	join(id->namebase, ':', id->subpackage, out);
	join(RV_SPAN_NULL, ':', id->variant, out);
}
