/* SPDX-License-Identifier: ISC */
/* Options that a user may choose: groups, changes and what follows, files of saved ones. */
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "port/saved.h"
#include "tests/tap.h"

static struct rv_error err;
static char folder[] = "/tmp/test-choice-XXXXXX";
static const struct rv_platform platform = {.opsys = "linux", .arch = "x86_64", .release = "4"};

static const char head[] = "DEF[PORTVERSION]=\t1.0\n"
			   "NAMEBASE=\t\tsample\n"
			   "VERSION=\t\t${PORTVERSION}\n"
			   "KEYWORDS=\t\tmisc\n"
			   "VARIANTS=\t\tstd\n"
			   "SDESC[std]=\t\tOptions that may be chosen\n"
			   "HOMEPAGE=\t\tnone\n"
			   "CONTACT=\t\tnobody\n"
			   "\n"
			   "DOWNLOAD_GROUPS=\tnone\n"
			   "SPKGS[std]=\t\tsingle\n"
			   "\n";

static const char whole[] = "OPTIONS_AVAILABLE=\tRED GREEN BLUE CUPS ALSA OSS DOCS ICONV\n"
			    "OPTIONS_STANDARD=\tRED GREEN BLUE CUPS ALSA OSS DOCS ICONV\n"
			    "OPTGROUP_RADIO=\t\tCOLOUR\n"
			    "OPTGROUP_RESTRICTED=\tAUDIO\n"
			    "OPTDESCR[COLOUR]=\tWhat it is painted with\n"
			    "OPTDESCR[AUDIO]=\tHow it sounds\n"
			    "OPTGROUP[COLOUR]=\tRED GREEN BLUE\n"
			    "OPTGROUP[AUDIO]=\tALSA OSS\n"
			    "OPT_ON[all]=\t\tRED DOCS\n"
			    "OPT_ON[linux]=\t\tALSA\n"
			    "OPT_ON[freebsd]=\tOSS\n"
			    "\n"
			    "[RED].DESCRIPTION=\t\t\tRed paint\n"
			    "[GREEN].DESCRIPTION=\t\t\tGreen paint\n"
			    "[GREEN].IMPLIES_ON=\t\t\tCUPS\n"
			    "[BLUE].DESCRIPTION=\t\t\tBlue paint\n"
			    "[BLUE].PREVENTS_ON=\t\t\tDOCS\n"
			    "[CUPS].IMPLIES_ON=\t\t\tICONV\n";

static const char plain[] = "OPTIONS_AVAILABLE=\tDOCS\n"
			    "OPTIONS_STANDARD=\tDOCS\n";

static const char none[] = "OPTIONS_AVAILABLE=\tnone\n"
			   "OPTIONS_STANDARD=\tnone\n";

static struct rv_port *parse(const char *options)
{
	const struct rv_port_context context = {0};
	const struct rv_port_files files = RV_PORT_FILES_NONE;
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto(rv_str) char *text = rv_strfmt("%s%s", head, options);
	struct rv_port *port = NULL;

	tap_good(rv_port_parse(
		     rv_span_str(text), "specification", &files, &context, &problems, &port, &err),
	    &err, "a recipe");
	return port;
}

static char *state(const struct rv_choice *c)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1000);

	rv_vec_each (c, it)
		rv_buf_addf(&out, "%s%s%s", out.n ? " " : "", it->on ? "+" : "-", it->name);
	return rv_buf_take(&out);
}

/* Splits words at blanks; the state afterwards, or the error. */
static char *change(const struct rv_port *p, const char *text)
{
	rv_auto(rv_choice) struct rv_choice c = {0};
	rv_auto(rv_choice_notes) struct rv_choice_notes notes = {0};
	struct rv_span rest = rv_span_str(text), word;
	char *words[16];
	char *got;
	size_t n = 0;

	while (n < 16 && rv_span_next(&rest, ' ', &word))
		words[n++] = rv_span_dup(word);
	rv_choice_defaults(p, &platform, &c);
	got = rv_choice_change(p, &c, (const char *const *)words, n, &notes, &err) < 0
		  ? rv_strdup(err.msg)
		  : state(&c);
	while (n > 0)
		free(words[--n]);
	return got;
}

static void test_changes(const struct rv_port *p)
{
	static const struct {
		const char *words, *wanted;
	} cases[] = {
	    {"", "+RED -GREEN -BLUE -CUPS +ALSA -OSS +DOCS -ICONV"},
	    {"-DOCS +OSS", "+RED -GREEN -BLUE -CUPS +ALSA +OSS -DOCS -ICONV"},
	    {"+GREEN", "-RED +GREEN -BLUE +CUPS +ALSA -OSS +DOCS +ICONV"},
	    {"+BLUE", "-RED -GREEN +BLUE -CUPS +ALSA -OSS -DOCS -ICONV"},
	    {"+GREEN -ICONV", "+CUPS and -ICONV cannot be together: CUPS implies it"},
	    {"+BLUE +DOCS", "+BLUE and +DOCS cannot be together: BLUE prevents it"},
	    {"+BLUE +RED",
		"+RED and +BLUE cannot be together: of group COLOUR exactly one may be on"},
	    {"-RED",
		"option group COLOUR: exactly one of RED, GREEN, BLUE must be on, but none is"},
	    {"-ALSA", "option group AUDIO: at least one of ALSA, OSS must be on, but none is"},
	    {"-ALSA +OSS", "+RED -GREEN -BLUE -CUPS -ALSA +OSS +DOCS -ICONV"},
	    {"+DOCS -DOCS", "DOCS: asked to be both on and off"},
	    {"+DOCS +DOCS", "+RED -GREEN -BLUE -CUPS +ALSA -OSS +DOCS -ICONV"},
	    {"DOCS", "'DOCS' is not a change of an option: +OPTION or -OPTION"},
	    {"+", "'+' is not a change of an option: +OPTION or -OPTION"},
	    {"+NLS", "there is no option 'NLS' to choose; it has: RED, GREEN, BLUE, CUPS, ALSA, "
		     "OSS, DOCS, ICONV"},
	};

	for (size_t i = 0; i < RV_COUNT(cases); i++) {
		rv_auto(rv_str) char *got = change(p, cases[i].words);

		tap_str(got, cases[i].wanted, "change '%s'", cases[i].words);
	}
}

static void test_groups(const struct rv_port *p)
{
	struct rv_option_group g;

	tap_ok(rv_choice_group(p, "BLUE", &g), "BLUE is in a group");
	tap_str(g.name, "COLOUR", "its name");
	tap_str(g.title, "What it is painted with", "its title");
	tap_str(rv_group_rule_name(g.rule), "exactly one", "its rule");
	tap_ok(!rv_choice_group(p, "DOCS", &g), "DOCS is in none");
	tap_str(rv_choice_description(p, "RED"), "Red paint", "a description of the recipe");
	tap_ok(*rv_choice_description(p, "DOCS"), "one of ours");
}

/* --- files */

static char *options_of(const struct rv_port *p)
{
	const struct rv_defaults defaults = {.profile_path = folder};
	rv_autofree(rv_recipe) struct rv_recipe *r = NULL;
	struct rv_choice c = {0};
	char *text;

	if (rv_recipe_make(p, "std", &platform, &defaults, &r, &err) < 0)
		return rv_strdup(err.msg);
	rv_vec_each (&r->options, it)
		rv_vec_push(&c, *it);
	text = state(&c);
	rv_choice_release(&c);
	return text;
}

static void put(const char *text)
{
	rv_auto_fd fd = -1;

	tap_good(rv_dir_open_user(folder, &fd, &err), &err, "folder");
	tap_good(rv_dir_make(fd, RV_SAVED_FOLDER, 0755, &err), &err, "options/");
	tap_good(rv_file_replace(fd, RV_SAVED_FOLDER "/sample", 0644, rv_span_str(text), &err),
	    &err, "a saved file");
}

static void test_files(const struct rv_port *p)
{
	static const char wanted[] =
	    "; Option configuration for the sample standard variant\n"
	    "; Take care when hand editing!\n"
	    "\n[options]\nALSA= true\nBLUE= false\nCUPS= true\nDOCS= true\nGREEN= true\n"
	    "ICONV= true\nOSS= false\nRED= false\n"
	    "\n[parameters]\navailable= RED,GREEN,BLUE,CUPS,ALSA,OSS,DOCS,ICONV\n"
	    "namebase= sample\nversion= 1.0\n";
	rv_auto(rv_choice) struct rv_choice c = {0};
	rv_auto(rv_choice_notes) struct rv_choice_notes notes = {0};
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SAVED_MAX_BYTES);
	const char *words[] = {"+GREEN"};
	rv_auto_fd fd = -1;

	rv_choice_defaults(p, &platform, &c);
	tap_good(rv_choice_change(p, &c, words, 1, &notes, &err), &err, "change");
	tap_int(notes.list.n, 3, "what follows is noted");
	tap_str(notes.list.v[0], "-RED: of group COLOUR exactly one may be on", "with the reason");
	tap_good(rv_saved_write(folder, p, &c, &err), &err, "write");
	tap_good(rv_dir_open_user(folder, &fd, &err), &err, "folder");
	tap_good(rv_file_read(fd, RV_SAVED_FOLDER "/sample", &text, &err), &err, "read it");
	tap_str(rv_buf_str(&text), wanted, "as other programs write it");
}

static void test_recipe(const struct rv_port *p)
{
	rv_auto(rv_str) char *saved = options_of(p), *floating = NULL;

	tap_str(saved, "-RED +GREEN -BLUE +CUPS +ALSA -OSS +DOCS +ICONV", "recipes go by it");
	tap_good(rv_saved_remove(folder, "sample", &err), &err, "remove");
	tap_int(rv_saved_remove(folder, "sample", &err), RV_ABSENT, "again");
	floating = options_of(p);
	tap_str(floating, "+RED -GREEN -BLUE -CUPS +ALSA -OSS +DOCS -ICONV", "defaults again");
}

static void misfit(const struct rv_port *p, const char *text, const char *part)
{
	rv_auto(rv_str) char *got = NULL;

	put(text);
	got = options_of(p);
	tap_ok(strstr(got, part) != NULL, "misfit: %s", part);
	if (!strstr(got, part))
		printf("# got %s\n", got);
}

static void test_misfits(const struct rv_port *p, const struct rv_port *few)
{
	rv_auto(rv_str) char *one = NULL, *nothing = NULL;
	struct rv_port *without = parse(none);

	put("[parameters]\navailable= DOCS\n[options]\nDOCS= true\n");
	one = options_of(few);
	tap_str(one, "+DOCS", "a set that fits");
	nothing = options_of(without);
	tap_str(nothing, "", "a port without a choice does not look");
	rv_port_free(without);
	misfit(
	    p, "[parameters]\navailable= DOCS\n[options]\nDOCS= true\n", "RED is new and not in");
	misfit(p, "[options]\nDOCS= true\n", "ravenadm set-options --defaults sample");
	misfit(few, "[parameters]\navailable= DOCS,NLS\n[options]\nDOCS= true\nNLS= true\n",
	    "NLS is not an option of it any more");
	misfit(few, "[parameters]\navailable= DOCS\n[options]\nDOCS= yes\n",
	    "DOCS is neither true nor false");
	misfit(few, "[options]\nDOCS= true\n", "available does not list");
	misfit(few, "what\n", "sample:1: ");
	misfit(p,
	    "[parameters]\navailable= RED,GREEN,BLUE,CUPS,ALSA,OSS,DOCS,ICONV\n[options]\n"
	    "RED= true\nGREEN= true\nBLUE= false\nCUPS= true\nALSA= true\nOSS= true\n"
	    "DOCS= true\nICONV= true\n",
	    "exactly one of RED, GREEN, BLUE must be on, but RED, GREEN");
}

int main(void)
{
	struct rv_port *p, *few;

	if (!mkdtemp(folder))
		return 1;
	p = parse(whole);
	few = parse(plain);
	test_changes(p);
	test_groups(p);
	test_files(p);
	test_recipe(p);
	test_misfits(p, few);
	rv_port_free(p);
	rv_port_free(few);
	tap_ok(rv_tree_remove(RV_CWD, folder, &err) == 0, "clean");
	return tap_done();
}
