/* SPDX-License-Identifier: ISC */
/*
 * Lint: for each rule a port that it finds something in, and the twin without. Then what --fix
 * mends: it is whole, a second time there is nothing to mend, and the recipe says what it said.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "codec/digest.h"
#include "os/dirpath.h"
#include "os/file.h"
#include "port/lint.h"
#include "tests/tap.h"

static const char specification[] =
    "DEF[PORTVERSION]=\t1.4.2\n"
    "\n"
    "NAMEBASE=\t\tsample\n"
    "VERSION=\t\t${PORTVERSION}\n"
    "KEYWORDS=\t\tdevel\n"
    "VARIANTS=\t\tstd\n"
    "SDESC[std]=\t\tRecipe that is looked at\n"
    "HOMEPAGE=\t\thttps://www.example.org/\n"
    "CONTACT=\t\tnobody\n"
    "\n"
    "DOWNLOAD_GROUPS=\tmain\n"
    "SITES[main]=\t\tSF/sample\n"
    "DISTFILE[1]=\t\tsample-${PORTVERSION}.tar.gz:main\n"
    "SPKGS[std]=\t\tset primary tools dev\n"
    "\n"
    "OPTIONS_AVAILABLE=\tnone\n"
    "OPTIONS_STANDARD=\tnone\n"
    "\n"
    "BUILD_DEPENDS=\t\thelper:primary:std\n"
    "SUB_FILES=\t\tsample.conf\n"
    "\n"
    "post-install:\n"
    "\t${INSTALL_DATA} ${FILESDIR}/notes.txt ${STAGEDIR}${PREFIX}\n";

struct file {
	const char *path, *text;
};

#define SUM "c614df0e527088baf9d2e87ebf43ca50f3449247bde6db14be87dcf88b21a6c1"
static const struct file good[] = {
    {"distinfo", SUM "      1440864 sample-1.4.2.tar.gz\n"},
    {"descriptions/desc.primary", "This is the sample.\nIt does nothing.\n"},
    {"descriptions/desc.tools", "Programs that come with the sample.\n"},
    {"manifests/plist.primary", "%%ONE%%lib/c\nbin/a\nbin/b\nlib/d\n"},
    {"manifests/plist.tools", "sbin/a\n"},
    {"patches/patch-a", "--- a\n"},
    {"files/sample.conf.in", "prefix=%%PREFIX%%\n"},
    {"files/notes.txt", "none\n"},
};

/* A change of the good port: FROM to TO in a file, or a whole file where from is NULL. */
struct change {
	const char *rule, *file, *from, *to;
	const char *text; /* in the finding */
	const char *twin; /* instead of to: nothing is found then; NULL: the good port */
};

static const struct change changes[] = {
    {"lexical", "specification", "CONTACT=\t\t", "CONTACT=\t", "column", NULL},
    {"expansion", "specification", "=\t\t${PORTVERSION}", "=\t\t${PORT}", "PORT", NULL},
    {"order", "specification", "KEYWORDS=\t\tdevel\nVARIANTS=\t\tstd\n",
	"VARIANTS=\t\tstd\nKEYWORDS=\t\tdevel\n", "before", NULL},
    {"key", "specification", "SDESC[std]", "SDESC[big]", "variant", NULL},
    {"value", "specification", "devel", "devil", "devel", NULL},
    {"target", "specification", "post-install:", "past-install:", "past-install", NULL},
    {"missing-file", "specification", "sample.conf", "other.conf", "other.conf", NULL},
    {"late", "specification", "SUB_FILES=", "CVE_FIXED=\t\tCVE-2024-1\nSUB_FILES=", "cpe", NULL},
    {"carriage-return", "descriptions/desc.tools", NULL, "One.\r\n", "carriage", "One.\n"},
    {"trailing-blank", "descriptions/desc.tools", NULL, "One. \nTwo.\t\n", "2 lines", "One.\n"},
    {"trailing-blank", "manifests/plist.tools", NULL, "sbin/a \n", "the line", NULL},
    {"final-newline", "descriptions/desc.tools", NULL, "One.", "line feed", "One.\n"},
    {"description-width", "descriptions/desc.tools", NULL,
	"A line of more than eighty columns, which nobody can read in an ordinary terminal.\n",
	"82 columns",
	"https://example.org/a-line-of-more-than-eighty-columns-which-is-an-address-and-cannot-be\n"
	"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 are "
	"umlauts of two bytes each, so that the line has fewer columns.\n"},
    {"description-length", "descriptions/desc.tools", NULL, "\n", "empty", NULL},
    {"description-missing", "specification", "set primary tools dev", "set primary tools dev extra",
	"desc.extra", "set primary tools dev docs man nls examples"},
    {"description-unused", "descriptions/desc.toolz", NULL, "One.\n", "no variant", NULL},
    {"description-unused", "descriptions/desc.tools.big", NULL, "One.\n", "no variant", NULL},
    {"manifest-unsorted", "manifests/plist.tools", NULL, "sbin/b\nsbin/a\n", "not in order",
	"sbin/a\nsbin/b\n"},
    {"manifest-unused", "manifests/plist.docs", NULL, "share/a\n", "no variant", NULL},
    {"manifest-twice", "manifests/plist.tools", NULL, "bin/a\n", "manifests/plist.primary has",
	"bin/c\n"},
    {"def-unused", "specification", "\nNAMEBASE", "DEF[ONE]=\t\t1\nDEF[TWO]=\t\t${ONE}\n\nNAMEBASE",
	"DEF[ONE]", "DEF[ONE]=\t\t1\n# ${ONE}\n\nNAMEBASE"},
    {"homepage-http", "specification", "https://", "http://", "https", NULL},
    {"site-unknown", "specification", "SF/sample", "SG/sample", "did you mean", "GNU/sample"},
    {"site-dead", "specification", "SF/sample", "https://sample.googlecode.com/files/",
	"googlecode.com", "https://www.notgooglecode.com/"},
    {"site-dead", "specification", "SF/sample", "GHC/sample", "GHC", NULL},
    {"distinfo-form", "distinfo", NULL, "1234 12 sample-1.4.2.tar.gz\n", "", NULL},
    {"distinfo-missing", "distinfo", NULL, "", "sample-1.4.2.tar.gz", NULL},
    {"distinfo-unused", "distinfo", NULL,
	SUM "      1440864 sample-1.4.1.tar.gz\n" SUM "      1440864 sample-1.4.2.tar.gz\n",
	"1.4.1", NULL},
    {"patch-unused", "patches/fix-a", NULL, "--- a\n", "patch-*", NULL},
    {"file-unused", "files/other.txt", NULL, "text\n", "nothing", NULL},
    {"stray", "notes", NULL, "text\n", "no part", NULL},
    {"place", "specification", "\tsample\n", "\tsimple\n", "simple", NULL},
    {"dependency", "specification", "helper:primary:std", "helpers:primary:std", "no port",
	"python-x:single:python_default"},
    {"dependency", "specification", "helper:primary:std", "helper:primary:big", "no variant",
	"sample:tools:std"},
    {"dependency", "specification", "helper:primary:std", "helper:tools:std", "no subpackage",
	NULL},
    {"version-backwards", "specification", "1.4.2", "1.4.0", "1.4.1", NULL},
};

static int top = -1; /* a folder of the test */

static void put(const char *folder, const char *path, const char *text)
{
	struct rv_error err = RV_ERROR_INIT;
	char name[300], *slash;

	snprintf(name, sizeof(name), "%s/%s", folder, path);
	slash = strrchr(name, '/');
	*slash = '\0';
	if (rv_dir_make_path(top, name, 0755, &err) < 0)
		printf("# %s\n", err.msg);
	*slash = '/';
	if (rv_file_replace(top, name, 0644, rv_span_str(text), &err) < 0)
		printf("# %s\n", err.msg);
}

static void replace(const char *text, const char *from, const char *to, char *out, size_t n)
{
	const char *at = strstr(text, from);

	if (!at)
		printf("# there is no '%s' in the text\n", from);
	else
		snprintf(out, n, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void put_good(const char *folder)
{
	struct rv_error err = RV_ERROR_INIT;

	if (rv_tree_remove(top, folder, &err) < 0)
		printf("# %s\n", err.msg);
	put(folder, "specification", specification);
	for (size_t i = 0; i < RV_COUNT(good); i++)
		put(folder, good[i].path, good[i].text);
}

static void put_changed(const char *folder, const struct change *c, const char *to)
{
	const char *text = specification;
	char out[4096];

	put_good(folder);
	if (!c->from) {
		put(folder, c->file, to);
		return;
	}
	replace(text, c->from, to, out, sizeof(out));
	put(folder, c->file, out);
}

/* How many findings of the rule; *first its text. */
static size_t look(
    struct rv_lint_place *place, const char *folder, const char *rule, char *first, size_t *others)
{
	rv_auto(rv_findings) struct rv_findings found = RV_FINDINGS_INIT;
	struct rv_port_files files = {.tree_fd = top, .folder = folder};
	struct rv_error err = RV_ERROR_INIT;
	size_t n = 0;

	*first = '\0';
	*others = 0;
	if (rv_lint_port(place, &files, folder, &found, &err) < 0)
		printf("# %s\n", err.msg);
	rv_vec_each (&found.list, f) {
		if (rule && strcmp(f->rule, rule) == 0 && n++ == 0)
			snprintf(first, 300, "%s", f->text);
		else if (!rule || strcmp(f->rule, rule) != 0)
			++*others;
		if (!rule)
			printf("# %s:%u %s [%s]\n", f->file, f->line, f->text, f->rule);
	}
	return n;
}

/* Another port of the tree. */
static void put_other(const char *namebase, const char *variant, const char *subpackages)
{
	char out[4096], text[4096], folder[128] = "tree/bucket_", with[200];

	rv_bucket_of(rv_span_str(namebase), folder + strlen(folder));
	snprintf(folder + strlen(folder), 100, "/%s", namebase);
	snprintf(with, sizeof(with), "NAMEBASE=\t\t%s\n", namebase);
	replace(specification, "NAMEBASE=\t\tsample\n", with, out, sizeof(out));
	replace(out, "SUB_FILES=\t\tsample.conf\n", "", text, sizeof(text));
	replace(text, "1.4.2", strcmp(namebase, "sample") == 0 ? "1.4.1" : "2", out, sizeof(out));
	snprintf(with, sizeof(with), "SPKGS[%s]=\t\t%s", variant, subpackages);
	replace(out, "SPKGS[std]=\t\tset primary tools dev", with, text, sizeof(text));
	snprintf(with, sizeof(with), "SDESC[%s]", variant);
	replace(text, "SDESC[std]", with, out, sizeof(out));
	snprintf(with, sizeof(with), "VARIANTS=\t\t%s", variant);
	replace(out, "VARIANTS=\t\tstd", with, text, sizeof(text));
	if (strcmp(variant, "std") != 0) {
		replace(text, "_AVAILABLE=\tnone", "_AVAILABLE=\tPY313", out, sizeof(out));
		snprintf(with, sizeof(with), "_STANDARD=\tnone\nVOPTS[%s]=\t\tPY313=ON", variant);
		replace(out, "_STANDARD=\tnone", with, text, sizeof(text));
	}
	put(folder, "specification", text);
}

static void test_rules(struct rv_lint_place *place, const char *folder)
{
	char text[300];
	size_t others;

	put_good(folder);
	look(place, folder, NULL, text, &others);
	tap_int(others, 0, "nothing is found in a good port");
	for (size_t i = 0; i < RV_COUNT(changes); i++) {
		const struct change *c = &changes[i];
		size_t n;

		put_changed(folder, c, c->to);
		n = look(place, folder, c->rule, text, &others);
		if (!tap_ok(n > 0 && strstr(text, c->text), "%s: finds '%s'", c->rule, c->text))
			printf("# got '%s'\n", text);
		if (!c->twin)
			continue;
		put_changed(folder, c, c->twin);
		n = look(place, folder, c->rule, text, &others);
		if (!tap_ok(n == (strcmp(c->rule, "version-backwards") == 0), "%s: not its twin",
			c->rule))
			printf("# got '%s'\n", text);
	}
}

/* --- mending */

static size_t fix(const char *folder, int *rc)
{
	struct rv_port_context context = {.check_files = true};
	struct rv_file_names names = {0};
	struct rv_error err = RV_ERROR_INIT;
	rv_auto_fd fd = -1;
	size_t n;

	*rc = rv_dir_open(top, folder, &fd, &err);
	if (*rc == 0)
		*rc = rv_lint_fix(fd, &context, false, &names, &err);
	if (*rc < 0)
		printf("# %s\n", err.msg);
	n = names.n;
	rv_file_names_release(&names);
	return n;
}

static void is_text(const char *folder, const char *path, const char *wanted, const char *name)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1 << 20);
	struct rv_error err = RV_ERROR_INIT;
	char file[300];

	snprintf(file, sizeof(file), "%s/%s", folder, path);
	if (rv_file_read(top, file, &text, &err) != 0)
		printf("# %s\n", err.msg);
	tap_str(rv_buf_str(&text), wanted, "%s", name);
}

static const struct change mendings[] = {
    {"columns", "specification", "CONTACT=\t\t", "CONTACT= ", NULL, NULL},
    {"columns of an array", "specification", "SDESC[std]=\t\t", "SDESC[std]=  \t ", NULL, NULL},
    {"trailing blanks", "specification", "nobody\n", "nobody \t\n", NULL, NULL},
    {"carriage returns", "specification", "nobody\n", "nobody\r\n", NULL, NULL},
    {"an unused definition", "specification", "\nNAMEBASE",
	"DEF[ONE]=\t\t1\nDEF[TWO]=\t\t${ONE}\n\nNAMEBASE", NULL, NULL},
    {"blanks in a target", "specification", "post-install:\n", "post-install: \n", NULL, NULL},
    {"manifests", "manifests/plist.primary", NULL, "lib/d\nbin/b\n%%ONE%%lib/c \nbin/a", NULL,
	NULL},
    {"descriptions", "descriptions/desc.primary", NULL, "This is the sample. \r\nIt does nothing.",
	NULL, NULL},
};

static void test_fix(const char *folder)
{
	int rc;

	put_good(folder);
	tap_int(fix(folder, &rc), 0, "nothing to mend in a good port");
	for (size_t i = 0; i < RV_COUNT(mendings); i++) {
		const struct change *c = &mendings[i];

		put_changed(folder, c, c->to);
		tap_int(fix(folder, &rc), 1, "%s: one file is mended", c->rule);
		is_text(folder, "specification", specification, "the specification is as it was");
		is_text(folder, "manifests/plist.primary", good[3].text, "the manifest too");
		is_text(folder, "descriptions/desc.primary", good[1].text, "the description too");
		tap_int(fix(folder, &rc), 0, "and no more the second time");
	}
	put_good(folder);
	put(folder, "specification",
	    "DEF[A]=\t1\nNAMEBASE=\tx\nMAKE_ARGS= A=1\n\tB=${A}\n                        C=3\n"
	    "[ONE].MAKE_ARGS_ON=\ta\n\t\t\tb\nWHAT=\t1\npost-install:\n\ta\n  b\n");
	fix(folder, &rc);
	is_text(folder, "specification",
	    "DEF[A]=\t\t\t1\nNAMEBASE=\t\tx\nMAKE_ARGS=\t\tA=1\n\t\t\tB=${A}\n\t\t\tC=3\n"
	    "[ONE].MAKE_ARGS_ON=\t\t\ta\n\t\t\t\t\tb\nWHAT=\t1\npost-install:\n\ta\n  b\n",
	    "what cannot be mended stays, and the rest is mended");
	put(folder, "specification", "");
	tap_int(fix(folder, &rc), 0, "an empty specification stays empty");
}

int main(void)
{
	char dir[] = "/tmp/ravensys-lint.XXXXXX", tree[64], folder[64], bucket[8];
	struct rv_trees trees = {0};
	struct rv_lint_place place = {.context = {.check_files = true}, .mk_fd = -1};
	struct rv_error err = RV_ERROR_INIT;

	if (!mkdtemp(dir) || rv_dir_open_user(dir, &top, &err) != 0)
		return 1;
	put_other("helper", "std", "set primary");
	put_other("python-x", "v13", "single");
	put_other("sample", "std", "set primary");
	snprintf(tree, sizeof(tree), "%s/tree", dir);
	tap_good(rv_trees_add(&trees, tree, &err), &err, "a tree");
	place.trees = &trees;
	rv_bucket_of(RV_SPAN_LIT("sample"), bucket);
	snprintf(folder, sizeof(folder), "bucket_%s/sample", bucket);
	test_rules(&place, folder);
	test_fix(folder);
	rv_lint_place_release(&place);
	rv_trees_release(&trees);
	rv_fd_release(&top);
	tap_good(rv_tree_remove(RV_CWD, dir, &err), &err, "all goes away");
	return tap_done();
}
