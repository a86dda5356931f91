/* SPDX-License-Identifier: ISC */
/*
 * Options that a user chooses: the input is a file of saved ones, and its lines are changes too. A
 * choice that is taken keeps the rules of the groups.
 */
#include <stdint.h>
#include <stdlib.h>

#include "os/file.h"
#include "port/saved.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static const char recipe[] = "NAMEBASE=\t\tsample\nVERSION=\t\t1.0\nKEYWORDS=\t\tmisc\n"
			     "VARIANTS=\t\tstd\nSDESC[std]=\t\tOptions to choose from\n"
			     "HOMEPAGE=\t\tnone\nCONTACT=\t\tnobody\n\n"
			     "DOWNLOAD_GROUPS=\tnone\nSPKGS[std]=\t\tsingle\n\n"
			     "OPTIONS_AVAILABLE=\tRED BLUE CUPS ALSA OSS DOCS\n"
			     "OPTIONS_STANDARD=\tRED BLUE CUPS ALSA OSS DOCS\n"
			     "OPTGROUP_RADIO=\t\tCOLOUR\nOPTGROUP_RESTRICTED=\tAUDIO\n"
			     "OPTDESCR[COLOUR]=\tPaint\nOPTDESCR[AUDIO]=\tSound\n"
			     "OPTGROUP[COLOUR]=\tRED BLUE\nOPTGROUP[AUDIO]=\tALSA OSS\n"
			     "OPT_ON[all]=\t\tRED ALSA\n\n"
			     "[RED].DESCRIPTION=\t\t\tRed paint\n"
			     "[BLUE].DESCRIPTION=\t\t\tBlue paint\n"
			     "[BLUE].IMPLIES_ON=\t\t\tCUPS\n"
			     "[CUPS].PREVENTS_ON=\t\t\tDOCS\n"
			     "[DOCS].IMPLIES_ON=\t\t\tCUPS\n";

static struct rv_port *parse(void)
{
	const struct rv_port_context context = {0};
	const struct rv_port_files files = RV_PORT_FILES_NONE;
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_port *port = NULL;

	if (rv_port_parse(rv_span_str(recipe), "recipe", &files, &context, &problems, &port, NULL) <
	    0)
		abort();
	return port;
}

static void change(const struct rv_port *port, struct rv_span text)
{
	const struct rv_platform platform = {.opsys = "linux", .arch = "x86_64", .release = "4"};
	rv_auto(rv_choice) struct rv_choice choice = {0};
	rv_auto(rv_choice_notes) struct rv_choice_notes notes = {0};
	struct rv_error err = RV_ERROR_INIT;
	struct rv_span line;
	char *words[16];
	size_t n = 0;

	while (n < 16 && rv_span_next(&text, '\n', &line))
		words[n++] = rv_span_dup(line);
	rv_choice_defaults(port, &platform, &choice);
	if (rv_choice_change(port, &choice, (const char *const *)words, n, &notes, &err) < 0) {
		if (err.code == RV_OK)
			abort();
	} else if (rv_choice_check(port, &choice, &err) < 0) {
		abort();
	}
	while (n > 0)
		free(words[--n]);
}

static void load(const struct rv_port *port, struct rv_span text)
{
	char folder[] = "/tmp/fuzz-options-XXXXXX";
	rv_auto(rv_saved) struct rv_saved saved = RV_SAVED_INIT;
	struct rv_error err = RV_ERROR_INIT;
	rv_auto_fd fd = -1, out = -1;
	int rc;

	if (!mkdtemp(folder) || rv_dir_open_user(folder, &fd, NULL) != 0 ||
	    rv_dir_make(fd, RV_SAVED_FOLDER, 0755, NULL) < 0 ||
	    rv_file_create(fd, RV_SAVED_FOLDER "/sample", 0644, &out, NULL) != 0 ||
	    rv_fd_write(out, "sample", text.p, text.n, NULL) < 0)
		abort();
	rc = rv_saved_load(folder, port, &saved, &err);
	if (rc > 0 || (rc < 0 && err.code == RV_OK) ||
	    (rc == 0 && !saved.fault.n && rv_choice_check(port, &saved.choice, &err) < 0))
		abort();
	if (rv_tree_remove(RV_CWD, folder, NULL) != 0)
		abort();
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span text = rv_span((const char *)data, size);
	struct rv_port *port;

	if (size > RV_SAVED_MAX_BYTES)
		return 0;
	port = parse();
	change(port, text);
	load(port, text);
	rv_port_free(port);
	return 0;
}
