/* SPDX-License-Identifier: ISC */
/* What the machine's own tools satisfy, and which versions of them every build depends on. */
#include "engine/host.h"

#include <stdio.h>

#include "base/buf.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/spawn.h"
#include "pkg/ident.h"

const char *rv_host_opsys(void)
{
	struct rv_uname u;
	const char *name;

	rv_uname(&u);
	name = rv_opsys_of_display(u.system);
	return name ? name : "unknown";
}

const char *rv_host_arch(void)
{
	struct rv_uname u;
	const char *name;

	rv_uname(&u);
	name = rv_arch_canonical(rv_span_str(u.machine));
	return name ? name : "unknown";
}

static bool program_exists(struct rv_span name)
{
	static const char *const places[] = {"/usr/bin", "/bin"};
	char path[300];
	struct rv_stat st;

	if (name.n > 200)
		return false;
	for (size_t i = 0; i < RV_COUNT(places); i++) {
		snprintf(path, sizeof(path), "%s/%.*s", places[i], RV_SPAN_ARG(name));
		if (rv_file_stat(RV_CWD, path, &st, NULL) == 0)
			return true;
	}
	return false;
}

static bool all_exist(struct rv_span programs)
{
	struct rv_span one;

	while (rv_span_next(&programs, ' ', &one))
		if (one.n && !program_exists(one))
			return false;
	return true;
}

static int load_rows(struct rv_host *h, struct rv_span text, struct rv_error *err)
{
	struct rv_span line, key, programs;
	unsigned n = 0;
	size_t tab;

	while (rv_span_next(&text, '\n', &line)) {
		n++;
		line = rv_span_trim(line);
		if (!line.n || line.p[0] == '#')
			continue;
		tab = rv_span_find(line, '\t');
		if (tab == line.n)
			return rv_fail(err, RV_INPUT, "%s:%u: no tab between port and programs",
			    RV_HOST_PROVIDES, n);
		programs = rv_span_trim(rv_span_from(line, tab));
		if (!all_exist(programs))
			continue;
		key = rv_arena_span(&h->arena, rv_span_sub(line, 0, tab));
		rv_map_put(&h->provided, key, rv_arena_strndup(&h->arena, programs.p, programs.n));
	}
	return 0;
}

/* The first line that `argv` prints; "absent" when it cannot be run. */
static const char *first_line_of(struct rv_arena *arena, const char *const *argv)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(64 * 1024);
	static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	struct rv_span line, rest;

	how.argv = argv;
	how.env = env;
	if (rv_spawn_run(&how, RV_SPAN_NULL, &out, 20000, NULL) < 0)
		return "absent";
	rest = rv_buf_span(&out);
	if (!rv_span_next(&rest, '\n', &line))
		return "silent";
	return rv_arena_strndup(arena, line.p, line.n);
}

void rv_host_ask_tools(struct rv_host *h)
{
	static const struct {
		const char *name;
		const char *argv[4];
	} asks[] = {
	    {"cc", {"cc", "--version", NULL}},
	    {"ld", {"ld", "--version", NULL}},
	    {"libc", {"getconf", "GNU_LIBC_VERSION", NULL}},
	};

	for (size_t i = h->tools.n; i < RV_COUNT(asks); i++)
		rv_vec_push(&h->tools,
		    (struct rv_host_tool){asks[i].name, first_line_of(&h->arena, asks[i].argv)});
}

int rv_host_load(int mk_dirfd, struct rv_host *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_HOST_PROVIDES_MAX_BYTES);
	int r = rv_file_read(mk_dirfd, RV_HOST_PROVIDES, &text, err);

	*out = RV_HOST_INIT;
	if (r < 0)
		return rv_context(err, "mk folder");
	if (r == 0 && load_rows(out, rv_buf_span(&text), err) < 0) {
		rv_host_release(out);
		return -1;
	}
	return 0;
}

void rv_host_release(struct rv_host *h)
{
	rv_map_release(&h->provided);
	rv_vec_release(&h->tools);
	rv_arena_release(&h->arena);
}

bool rv_host_provides(const struct rv_host *h, const struct rv_dep *dep, const char **out_programs)
{
	char key[RV_ERROR_MSG_BYTES];
	const char *programs;

	programs = rv_map_get(&h->provided, rv_span_str(dep->namebase));
	if (!programs) {
		snprintf(key, sizeof(key), "%s:%s", dep->namebase, dep->subpackage);
		programs = rv_map_get(&h->provided, rv_span_str(key));
	}
	if (programs && out_programs)
		*out_programs = programs;
	return programs;
}
