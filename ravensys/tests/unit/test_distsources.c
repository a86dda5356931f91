/* SPDX-License-Identifier: ISC */
/* Site macros, mirror templates, apt's lists and indexes: the pure part of the fetch worker. */
#include "tests/tap.h"

#include "base/arena.h"
#include "base/buf.h"
#include "work/apt_text.h"
#include "work/distsites.h"

static const char sites_text[] = "# comment\n\n"
				 "GNU\thttps://a/gnu/%SUBDIR%/\n"
				 "GNU\thttps://b/%SUBDIR%/\n"
				 "GNU/X\thttps://x/%SUBDIR%/\n"
				 "GITHUB\thttps://c/%1%/%2%/tar.gz/%3%?dummy=/\n";

static void test_sites(void)
{
	static const struct {
		const char *site, *urls;
	} rows[] = {
	    {"GNU/hello", "https://a/gnu/hello/f https://b/hello/f "},
	    {"GNU/hello/", "https://a/gnu/hello/f https://b/hello/f "},
	    {"GNU/X/y", "https://x/y/f "},
	    {"GITHUB/me:it:v1", "https://c/me/it/tar.gz/v1?dummy=/f "},
	    {"GITHUB:me:it", "https://c/me/it/tar.gz/?dummy=/f "},
	    {"GNUX/y", "GNUX/y/f "},
	    {"https://h/d", "https://h/d/f "},
	    {"https://h/d/", "https://h/d/f "},
	};
	rv_autofree(rv_sites) struct rv_sites *s = NULL, *bad = NULL;
	struct rv_error err = RV_ERROR_INIT;
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;

	tap_good(rv_sites_parse(rv_span_str(sites_text), "sites", &s, &err), &err, "parse");
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto(rv_buf) struct rv_buf all = RV_BUF_INIT(1000);
		struct rv_urls urls = {0};

		rv_sites_expand(s, rows[i].site, "f", &arena, &urls);
		rv_vec_each (&urls, u)
			rv_buf_addf(&all, "%s ", *u);
		rv_vec_release(&urls);
		tap_str(rv_buf_str(&all), rows[i].urls, "site %s", rows[i].site);
	}
	tap_ok(rv_sites_parse(RV_SPAN_LIT("A\tx\nB C\n"), "sites", &bad, &err) < 0 &&
		   strncmp(err.msg, "sites:2: ", 9) == 0,
	    "a line without a tab is refused by its number");
}

static void test_mirrors(void)
{
	static const struct rv_mirror_file file = {"a b.tgz", "s/", "00ff"};
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_error err = RV_ERROR_INIT;
	const char *url = NULL;

	tap_good(rv_mirror_expand("http://h/%{subdir}%{name}?%{sha256}", &file, &arena, &url, &err),
	    &err, "expand");
	tap_str(url, "http://h/s/a%20b.tgz?00ff", "all marks");
	tap_good(
	    rv_mirror_expand("http://h/100%/%{sha256}", &file, &arena, &url, &err), &err, "expand");
	tap_str(url, "http://h/100%/00ff", "a lone percent sign stays");
	tap_ok(rv_mirror_expand("http://h/%{nam}", &file, &arena, &url, &err) < 0 &&
		   err.code == RV_INPUT,
	    "an unknown mark is refused");
}

/* --- apt */

static void expect_sources(const struct rv_apt_sources *sources, const char *want, const char *what)
{
	rv_auto(rv_buf) struct rv_buf all = RV_BUF_INIT(4000);

	rv_vec_each (sources, s)
		rv_buf_addf(&all, "%s %s %s\n", s->uri, s->suite, s->components);
	tap_str(rv_buf_str(&all), want, "%s", what);
}

static const char list_text[] =
    "# deb http://no x main\n"
    "deb http://h/debian bookworm main contrib # c\n"
    "deb [arch=amd64 signed-by=/k] http://h/sec bookworm-security main\n"
    "  deb-src\thttp://h/debian  trixie  main\n"
    "deb http://flat/ ./\n"
    "rpm http://h x main\n"
    "deb http://short\n"
    "deb [ http://open x main\n";

static const char deb822_text[] =
    "Types: deb\n# a comment\nURIs: http://h/debian\n http://i/debian\n"
    "Suites: bookworm bookworm-updates\nComponents: main\n"
    "Signed-By: /k\n\n\n"
    "Enabled: no\nTypes: deb\nURIs: http://off\nSuites: x\nComponents: main\n\n"
    "types: deb-src\nuris: http://j\nsuites: sid\ncomponents: main non-free";

static void test_lists(void)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_apt_sources list = {0}, stanzas = {0};

	rv_apt_parse_list(rv_span_str(list_text), &arena, &list);
	expect_sources(&list,
	    "http://h/debian bookworm main contrib\nhttp://h/sec bookworm-security main\n"
	    "http://h/debian trixie main\n",
	    "one-line form");
	rv_apt_parse_deb822(rv_span_str(deb822_text), &arena, &stanzas);
	expect_sources(&stanzas,
	    "http://h/debian bookworm main\nhttp://h/debian bookworm-updates main\n"
	    "http://i/debian bookworm main\nhttp://i/debian bookworm-updates main\n"
	    "http://j sid main non-free\n",
	    "deb822 form");
	rv_vec_release(&list);
	rv_vec_release(&stanzas);
}

static void test_choice(void)
{
	static const char *const suites[] = {"trixie", "sid", NULL};
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_apt_sources host = {0}, chosen = {0};

	rv_apt_parse_list(RV_SPAN_LIT("deb http://h/debian bookworm main\n"
				      "deb http://h/debian bookworm-updates main\n"
				      "deb http://h/security bookworm-security main\n"
				      "deb cdrom:[x]/ bookworm main\n"
				      "deb http://third.party/ nodistro main\n"),
	    &arena, &host);
	rv_apt_choose(&host, "bookworm", suites, &arena, &chosen);
	expect_sources(&chosen,
	    "http://h/debian bookworm main\nhttp://h/debian trixie main\nhttp://h/debian sid main\n"
	    "http://h/debian bookworm-updates main\nhttp://h/security bookworm-security main\n"
	    "http://h/security trixie-security main\n",
	    "Debian: its own suites and the wanted ones, nobody else's");
	host.n = chosen.n = 0;
	rv_apt_parse_list(RV_SPAN_LIT("deb http://u/ubuntu jammy main\n"), &arena, &host);
	rv_apt_choose(&host, "jammy", suites, &arena, &chosen);
	expect_sources(
	    &chosen, "http://u/ubuntu jammy main\n", "another distribution: its own suites");
	rv_vec_release(&host);
	rv_vec_release(&chosen);
}

static void found(void *ctx, struct rv_span directory, struct rv_span name, struct rv_span hex)
{
	rv_buf_addf(ctx, "%.*s/%.*s %.*s\n", RV_SPAN_ARG(directory), RV_SPAN_ARG(name), 4, hex.p);
}

static void test_index(void)
{
	static const char hex[] =
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(4000), all = RV_BUF_INIT(4000);

	rv_buf_addf(&text,
	    "Package: p\nFiles:\n 0123 5 no\nChecksums-Sha256:\n %s 5 a.tar.gz\n"
	    " tooshort 5 b\n %s 6 c.dsc\nDirectory: pool/p\n",
	    hex, hex);
	rv_apt_scan_stanza(rv_buf_span(&text), found, &all);
	tap_str(rv_buf_str(&all), "pool/p/a.tar.gz 0123\npool/p/c.dsc 0123\n", "a stanza's files");
	rv_buf_reset(&all);
	rv_apt_scan_stanza(RV_SPAN_LIT("Package: p\nChecksums-Sha256:\n x\n"), found, &all);
	tap_str(rv_buf_str(&all), "", "without a folder there are none");
}

int main(void)
{
	test_sites();
	test_mirrors();
	test_lists();
	test_choice();
	test_index();
	return tap_done();
}
