/* SPDX-License-Identifier: ISC */
/*
 * The child: reads the job, runs the chunk in a state that has only what is harmless, answers and
 * ends. Memory is counted in the allocator, time is the parent's.
 */
#include "script/worker.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/file.h"
#include "os/spawn.h"

#define FIELDS_MIN 7

struct rv_script_state *rv_script_state_of(lua_State *l)
{
	struct rv_script_state **extra = lua_getextraspace(l);

	return *extra;
}

void rv_script_print(struct rv_script_state *s, const char *text, size_t n)
{
	if (s->output.n + n > RV_SCRIPT_OUTPUT_MAX_BYTES) {
		s->output_cut = true;
		n = RV_SCRIPT_OUTPUT_MAX_BYTES - s->output.n;
	}
	rv_buf_add(&s->output, text, n);
}

static void *allocate(void *ctx, void *old, size_t old_bytes, size_t bytes)
{
	struct rv_script_state *s = ctx;
	void *p;

	if (!old)
		old_bytes = 0; /* then it is a kind of object, no size */
	if (bytes == 0) {
		free(old);
		s->memory_bytes -= old_bytes;
		return NULL;
	}
	if (bytes > old_bytes && bytes - old_bytes > RV_SCRIPT_MEMORY_MAX_BYTES - s->memory_bytes)
		return NULL;
	p = realloc(old, bytes);
	if (p)
		s->memory_bytes = s->memory_bytes - old_bytes + bytes;
	return p;
}

/* load(text, name, mode, env): text chunks only, whatever the mode says. */
static int load_text(lua_State *l)
{
	lua_settop(l, 4);
	lua_pushliteral(l, "t");
	lua_replace(l, 3);
	if (lua_isnil(l, 4))
		lua_settop(l, 3);
	lua_pushvalue(l, lua_upvalueindex(1));
	lua_insert(l, 1);
	lua_call(l, lua_gettop(l) - 1, LUA_MULTRET);
	return lua_gettop(l);
}

static void open_libraries(lua_State *l)
{
	static const luaL_Reg libraries[] = {
	    {LUA_GNAME, luaopen_base},
	    {LUA_TABLIBNAME, luaopen_table},
	    {LUA_STRLIBNAME, luaopen_string},
	    {LUA_MATHLIBNAME, luaopen_math},
	    {LUA_UTF8LIBNAME, luaopen_utf8},
	    {LUA_COLIBNAME, luaopen_coroutine},
	    {LUA_OSLIBNAME, luaopen_os},
	    {LUA_IOLIBNAME, luaopen_io},
	};

	for (size_t i = 0; i < RV_COUNT(libraries); i++) {
		luaL_requiref(l, libraries[i].name, libraries[i].func, 1);
		lua_pop(l, 1);
	}
	lua_getglobal(l, "load");
	lua_pushcclosure(l, load_text, 1);
	lua_setglobal(l, "load");
}

/* Protected: everything that may run out of memory. The chunk's error stays on the stack. */
static int run_chunk(lua_State *l)
{
	struct rv_script_state *s = rv_script_state_of(l);
	rv_auto(rv_str) char *name = NULL;
	int rc;

	open_libraries(l);
	rv_script_open_library(l);
	name = rv_strfmt("=%s", s->phase);
	rc = luaL_loadbufferx(l, s->text, strlen(s->text), name, "t");
	rv_str_release(&name);
	if (rc != LUA_OK)
		return lua_error(l);
	luaL_checkstack(l, (int)s->n_args, "too many arguments");
	for (size_t i = 0; i < s->n_args; i++)
		lua_pushstring(l, s->args[i]);
	lua_call(l, (int)s->n_args, 0);
	return 0;
}

static void answer(const struct rv_script_state *s, const char *fault)
{
	fputc(fault ? 'f' : 'k', stdout);
	fputs(fault ? fault : "", stdout);
	fputc('\0', stdout);
	fwrite(rv_buf_str(&s->output), 1, s->output.n, stdout);
	if (s->output_cut)
		fputs("\n(more was printed and dropped)\n", stdout);
	fflush(stdout);
}

/* Lua gives errors of any type, with line breaks; the reason is one line. */
static char *fault_text(lua_State *l)
{
	const char *text = lua_tostring(l, -1);
	char *copy = rv_strfmt("%.1000s", text ? text : "an error that is no text");

	for (char *p = copy; *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	return copy;
}

static int run(struct rv_script_state *s)
{
	lua_State *l = lua_newstate(allocate, s);
	rv_auto(rv_str) char *fault = NULL;
	struct rv_script_state **extra;

	if (!l) {
		answer(s, "no memory for Lua");
		return 0;
	}
	extra = lua_getextraspace(l);
	*extra = s;
	lua_pushcfunction(l, run_chunk);
	if (lua_pcall(l, 0, 0, 0) != LUA_OK)
		fault = fault_text(l);
	lua_close(l); /* closes the script's files: their last writes count */
	answer(s, fault);
	return 0;
}

/* Points the state's fields into text; false when it is none of ours. */
static bool take_fields(struct rv_script_state *s, struct rv_span rest)
{
	const char **fixed[FIELDS_MIN] = {&s->prefix, &s->package, &s->version, &s->old_version,
	    &s->phase, &s->has_prefix, &s->text};
	struct rv_span one;
	size_t n = 0;

	s->args = rv_alloc_array(rest.n + 1, sizeof(*s->args));
	if (rest.n == 0 || rest.p[rest.n - 1] != '\0')
		return false;
	for (; rv_span_next(&rest, '\0', &one); n++) {
		if (n < FIELDS_MIN)
			*fixed[n] = one.p;
		else
			s->args[s->n_args++] = one.p;
	}
	if (n < FIELDS_MIN)
		return false;
	s->prefix_fd = *s->has_prefix ? RV_SCRIPT_PREFIX_FD : -1;
	return true;
}

int rv_script_worker_main(int argc, char **argv)
{
	rv_auto(rv_buf) struct rv_buf job = RV_BUF_INIT(RV_SCRIPT_TEXT_MAX_BYTES + (size_t)65536);
	struct rv_script_state s = {
	    .root_fd = RV_SCRIPT_ROOT_FD, .output = RV_BUF_INIT(RV_SCRIPT_OUTPUT_MAX_BYTES + 1)};
	struct rv_error err = RV_ERROR_INIT;
	int rc;

	(void)argc;
	if (rv_fd_read_all(0, "standard input", &job, &err) < 0) {
		fprintf(stderr, "%s: %s\n", argv[0], err.msg);
		return 1;
	}
	if (!take_fields(&s, rv_buf_span(&job))) {
		fprintf(stderr, "%s: %s: no job on standard input\n", argv[0], RV_SCRIPT_FLAG);
		free(s.args);
		return 2;
	}
	rc = run(&s);
	rv_buf_release(&s.output);
	free(s.args);
	return rc;
}
