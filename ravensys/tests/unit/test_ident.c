/* SPDX-License-Identifier: ISC */
/* Names of packages, ports, ABIs and processors. */
#include "tests/tap.h"

#include "pkg/ident.h"

typedef int parse_fn(struct rv_span text, struct rv_ident *out, struct rv_error *err);
typedef void add_fn(const struct rv_ident *id, struct rv_buf *out);

static const struct {
	parse_fn *parse;
	add_fn *add; /* gives the text back; NULL: the text must be refused */
	const char *text;
} rows[] = {
    {rv_ident_parse, rv_ident_add_name, "lua54~primary~std"},
    {rv_ident_parse, rv_ident_add_full, "lua54~primary~std~5.4.4_1,2"},
    {rv_ident_parse, rv_ident_add_full, "perl-Foo.Bar_x+~dev~v12~1.0+git1"},
    {rv_ident_parse, NULL, "lua54~primary"},
    {rv_ident_parse, NULL, "lua54~primary~std~1~2"},
    {rv_ident_parse, NULL, "lua54~primary~std~"},
    {rv_ident_parse, NULL, "lua54~~std"},
    {rv_ident_parse, NULL, "lua54~pri-mary~std"},
    {rv_ident_parse, NULL, "../x~primary~std"},
    {rv_ident_parse, NULL, ".x~primary~std"},
    {rv_ident_parse, NULL, "lua54~primary~std~1/2"},
    {rv_ident_parse, NULL, ""},
    {rv_ident_parse_file, rv_ident_add_file, "hello~single~std~2.10.rvn"},
    {rv_ident_parse_file, NULL, "hello~single~std~2.10"},
    {rv_ident_parse_file, NULL, "hello~single~std.rvn"},
    {rv_ident_parse_file, NULL, ".rvn"},
    {rv_ident_parse_triplet, rv_ident_add_triplet, "ncurses:primary:std"},
    {rv_ident_parse_triplet, NULL, "ncurses:primary"},
    {rv_ident_parse_triplet, NULL, "ncurses~primary~std"},
    {rv_ident_parse_triplet, NULL, "ncurses:primary:std:1.0"},
};

static void check_rows(void)
{
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		struct rv_error err = RV_ERROR_INIT;
		struct rv_ident id;
		rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(1000);
		int rc = rows[i].parse(rv_span_str(rows[i].text), &id, &err);

		if (!rows[i].add) {
			tap_ok(rc < 0 && err.code == RV_INPUT, "refuse '%s'", rows[i].text);
			continue;
		}
		tap_good(rc, &err, "parse %s", rows[i].text);
		rows[i].add(&id, &b);
		tap_str(rv_buf_str(&b), rows[i].text, "and back");
	}
}

static void check_loose(void)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_ident id;

	tap_good(rv_ident_parse_loose(RV_SPAN_LIT("hello"), &id, &err), &err, "loose name");
	tap_ok(rv_span_is(id.namebase, "hello") && id.subpackage.n == 0, "has a namebase only");
	tap_good(rv_ident_parse_loose(RV_SPAN_LIT("hello~dev"), &id, &err), &err,
	    "loose with subpackage");
	tap_ok(rv_span_is(id.subpackage, "dev") && id.variant.n == 0, "has no variant");
	tap_ok(rv_ident_parse_loose(RV_SPAN_LIT("hello~"), &id, &err) < 0,
	    "refuse an empty subpackage");
	tap_ok(rv_ident_parse_loose(RV_SPAN_LIT("a~b~c~1"), &id, &err) < 0, "refuse a version");
}

static void check_abi(void)
{
	static const char *const refused[] = {"linux:amd64:6.1", "linux:x86_64",
	    "linux:x86_64:", "plan9:x86_64:4", "linux:x86_64:a:b", "linux:x86_64:../x",
	    "linux:x86_64:.hidden", ""};
	struct rv_error err = RV_ERROR_INIT;
	struct rv_abi abi;
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(1000);

	tap_good(rv_abi_parse(RV_SPAN_LIT("linux:x86_64:host.debian.12"), &abi, &err), &err,
	    "parse an ABI");
	rv_abi_add_file(&abi, &b);
	tap_str(rv_buf_str(&b), "linux-x86_64-host.debian.12", "as a file name");
	tap_good(rv_abi_parse_file(RV_SPAN_LIT("linux-x86_64-host.my-os.12"), &abi, &err), &err,
	    "from a file name");
	tap_ok(rv_span_is(abi.release, "host.my-os.12"), "a release with a hyphen");
	for (size_t i = 0; i < RV_COUNT(refused); i++)
		tap_ok(rv_abi_parse(rv_span_str(refused[i]), &abi, &err) < 0, "refuse ABI '%s'",
		    refused[i]);
	tap_str(rv_arch_canonical(RV_SPAN_LIT("amd64")), "x86_64", "amd64");
	tap_str(rv_arch_canonical(RV_SPAN_LIT("arm64")), "aarch64", "arm64");
	tap_str(rv_arch_canonical(RV_SPAN_LIT("ppc64le")), "powerpc64le", "ppc64le");
	tap_str(rv_arch_canonical(RV_SPAN_LIT("s390x")), "s390x", "s390x");
	tap_ok(!rv_arch_canonical(RV_SPAN_LIT("vax")), "unknown processor");
}

int main(void)
{
	check_rows();
	check_loose();
	check_abi();
	return tap_done();
}
