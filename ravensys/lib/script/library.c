/* SPDX-License-Identifier: ISC */
/*
 * What a script may call. Every path is taken beneath the root descriptor and through no link;
 * nothing here starts a process. A leading slash means the root. Failures are Lua's own kind: nil
 * and a message, or an error.
 *
 * No rv_auto in functions that may raise: Lua leaves them by longjmp.
 */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "os/file.h"
#include "script/worker.h"

#define PATH_MAX_BYTES 4096

/* A path beneath the root as folder descriptor and last name. */
struct place {
	int dir_fd;
	char name[256];
};

/*
 * The folder descriptor that path is relative to, and the rest of path: the prefix may itself be a
 * link.
 */
static const char *plain(lua_State *l, const char *path, int *out_fd)
{
	const struct rv_script_state *s = rv_script_state_of(l);
	const char *prefix = s->prefix + strspn(s->prefix, "/");
	size_t n = strlen(prefix);

	path += strspn(path, "/");
	*out_fd = s->root_fd;
	if (s->prefix_fd >= 0 && strncmp(path, prefix, n) == 0 && (!path[n] || path[n] == '/')) {
		*out_fd = s->prefix_fd;
		path += n;
		path += strspn(path, "/");
	}
	return *path ? path : ".";
}

static int open_below(lua_State *l, const char *path, int flags, int *out_fd, struct rv_error *err)
{
	int base_fd;
	const char *rest = plain(l, path, &base_fd);

	return rv_file_open_beneath(base_fd, rest, flags, 0644, out_fd, err);
}

/* nil and a message: the way io functions fail */
static int give_up(lua_State *l, const char *path, const char *reason)
{
	lua_pushnil(l);
	lua_pushfstring(l, "%s: %s", path, reason);
	return 2;
}

static int give_up_with(lua_State *l, const struct rv_error *err)
{
	lua_pushnil(l);
	lua_pushstring(l, err->msg);
	return 2;
}

/* 0, or RV_ABSENT when the folder is missing, < 0 with the reason. */
static int find_place(lua_State *l, const char *path, struct place *out, struct rv_error *err)
{
	int base_fd;
	const char *rest = plain(l, path, &base_fd), *slash = strrchr(rest, '/'),
		   *last = slash ? slash + 1 : rest;
	char folder[PATH_MAX_BYTES];
	size_t n = slash ? (size_t)(slash - rest) : 0;

	out->dir_fd = -1;
	if (n >= sizeof(folder) || strlen(last) >= sizeof(out->name))
		return rv_fail(err, RV_LIMIT, "%s: name too long", path);
	if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
		return rv_fail(err, RV_INPUT, "%s: no name of a file", path);
	memcpy(folder, n ? rest : ".", n ? n : 1);
	folder[n ? n : 1] = '\0';
	memcpy(out->name, last, strlen(last) + 1);
	return rv_file_open_beneath(base_fd, folder, O_RDONLY | O_DIRECTORY, 0, &out->dir_fd, err);
}

static int look(lua_State *l, const char *path, struct rv_stat *out, struct rv_error *err)
{
	struct place at;
	int base_fd, rc;

	if (strcmp(plain(l, path, &base_fd), ".") == 0)
		return rv_file_fstat(base_fd, out, err);
	rc = find_place(l, path, &at, err);
	if (rc == 0)
		rc = rv_file_stat(at.dir_fd, at.name, out, err);
	rv_fd_release(&at.dir_fd);
	return rc;
}

/* --- io and os */
static const struct {
	const char *mode;
	int flags;
} modes[] = {
    {"r", O_RDONLY},
    {"r+", O_RDWR},
    {"w", O_WRONLY | O_CREAT | O_TRUNC},
    {"w+", O_RDWR | O_CREAT | O_TRUNC},
    {"a", O_WRONLY | O_CREAT | O_APPEND},
    {"a+", O_RDWR | O_CREAT | O_APPEND},
};

static int mode_flags(const char *mode)
{
	for (size_t i = 0; i < RV_COUNT(modes); i++) {
		size_t n = strlen(modes[i].mode);

		if (strncmp(mode, modes[i].mode, n) == 0 &&
		    (mode[n] == '\0' || strcmp(mode + n, "b") == 0))
			return modes[i].flags;
	}
	return -1;
}

static int close_file(lua_State *l)
{
	luaL_Stream *s = luaL_checkudata(l, 1, LUA_FILEHANDLE);

	return luaL_fileresult(l, fclose(s->f) == 0, NULL);
}

static int io_open(lua_State *l)
{
	const char *path = luaL_checkstring(l, 1), *mode = luaL_optstring(l, 2, "r");
	struct rv_error err = RV_ERROR_INIT;
	int flags = mode_flags(mode), fd = -1, rc;
	luaL_Stream *s;

	luaL_argcheck(l, flags >= 0, 2, "invalid mode");
	s = lua_newuserdatauv(l, sizeof(*s), 0);
	s->f = NULL;
	s->closef = NULL;
	luaL_setmetatable(l, LUA_FILEHANDLE);
	rc = open_below(l, path, flags, &fd, &err);
	if (rc > 0)
		return give_up(l, path, "no such file or directory");
	if (rc < 0)
		return give_up_with(l, &err);
	s->f = fdopen(fd, mode);
	if (!s->f) {
		rv_fd_release(&fd);
		return luaL_fileresult(l, 0, path);
	}
	s->closef = close_file;
	return 1;
}

static int say(lua_State *l)
{
	struct rv_script_state *s = rv_script_state_of(l);

	for (int i = 1; i <= lua_gettop(l); i++) {
		size_t n;
		const char *text = luaL_checklstring(l, i, &n);

		rv_script_print(s, text, n);
	}
	return 0;
}

static int print(lua_State *l)
{
	struct rv_script_state *s = rv_script_state_of(l);

	for (int i = 1, top = lua_gettop(l); i <= top; i++) {
		size_t n;
		const char *text = luaL_tolstring(l, i, &n);

		rv_script_print(s, "\t", i > 1);
		rv_script_print(s, text, n);
		lua_pop(l, 1);
	}
	rv_script_print(s, "\n", 1);
	return 0;
}

static int os_remove(lua_State *l)
{
	const char *path = luaL_checkstring(l, 1);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_stat st;
	struct place at;
	int rc = find_place(l, path, &at, &err);

	if (rc == 0)
		rc = rv_file_stat(at.dir_fd, at.name, &st, &err);
	if (rc == 0)
		rc = st.kind == RV_DIR ? rv_dir_remove(at.dir_fd, at.name, &err)
				       : rv_file_unlink(at.dir_fd, at.name, &err);
	rv_fd_release(&at.dir_fd);
	if (rc < 0)
		return give_up_with(l, &err);
	if (rc > 0)
		return give_up(
		    l, path, rc == RV_ABSENT ? "no such file or directory" : "directory not empty");
	lua_pushboolean(l, 1);
	return 1;
}

static int os_rename(lua_State *l)
{
	const char *from = luaL_checkstring(l, 1), *to = luaL_checkstring(l, 2);
	struct place a = {.dir_fd = -1}, b = {.dir_fd = -1};
	struct rv_error err = RV_ERROR_INIT;
	int rc = find_place(l, from, &a, &err);

	if (rc == 0)
		rc = find_place(l, to, &b, &err);
	if (rc == 0)
		rc = rv_file_rename(a.dir_fd, a.name, b.dir_fd, b.name, RV_RENAME_OVER, &err);
	rv_fd_release(&a.dir_fd);
	rv_fd_release(&b.dir_fd);
	if (rc < 0)
		return give_up_with(l, &err);
	if (rc > 0)
		return give_up(l, from, "no such file or directory");
	lua_pushboolean(l, 1);
	return 1;
}

static int forbidden(lua_State *l)
{
	return luaL_error(
	    l, "%s: not allowed in a package script", lua_tostring(l, lua_upvalueindex(1)));
}

/* --- pkg */
static int prefixed_path(lua_State *l)
{
	const char *path = luaL_checkstring(l, 1), *prefix = rv_script_state_of(l)->prefix;

	if (*path == '/')
		lua_pushstring(l, path);
	else
		lua_pushfstring(l, "%s/%s", prefix, path);
	return 1;
}

static int open_plain_file(lua_State *l, const char *path, int *fd, struct rv_stat *st)
{
	int rc = open_below(l, path, O_RDONLY | O_NONBLOCK, fd, NULL);

	return rc ? rc : rv_file_fstat(*fd, st, NULL);
}

static bool same_bytes(int a, int b, uint64_t size)
{
	char x[4096], y[4096];

	for (uint64_t at = 0; at < size;) {
		size_t n = size - at < sizeof(x) ? (size_t)(size - at) : sizeof(x);

		if (rv_fd_pread(a, "file", x, n, at, NULL) < 0 ||
		    rv_fd_pread(b, "file", y, n, at, NULL) < 0 || memcmp(x, y, n) != 0)
			return false;
		at += n;
	}
	return true;
}

/* 0 equal, 1 different, 2 one of them is missing */
static int filecmp(lua_State *l)
{
	const char *one = luaL_checkstring(l, 1), *two = luaL_checkstring(l, 2);
	rv_auto_fd a = -1, b = -1;
	struct rv_stat sa, sb;
	int result = 2;

	if (open_plain_file(l, one, &a, &sa) == 0 && open_plain_file(l, two, &b, &sb) == 0)
		result = !(sa.kind == RV_FILE && sb.kind == RV_FILE && sa.size == sb.size &&
			   same_bytes(a, b, sa.size));
	rv_fd_release(&a);
	rv_fd_release(&b);
	lua_pushinteger(l, result);
	return 1;
}

/* As user when it may: owner first, since a change of owner drops set-id bits. */
static void keep_attributes(const struct place *to, const struct rv_stat *st)
{
	if (rv_file_chown(to->dir_fd, to->name, st->uid, st->gid, NULL) < 0)
		return;
	if (rv_file_chmod(to->dir_fd, to->name, st->mode, NULL) == 0 &&
	    rv_file_set_mtime(to->dir_fd, to->name, st->mtime_s, NULL) < 0)
		return;
}

static int copy_to(int from, const struct place *to, const struct rv_stat *st)
{
	int rc = rv_file_unlink(to->dir_fd, to->name, NULL);

	if (rc < 0)
		return 1;
	if (rv_file_copy(from, to->dir_fd, to->name, st->mode & 0777, NULL) != 0)
		return 1;
	keep_attributes(to, st);
	return 0;
}

/*
 * 0 done, 1 failed, 2 no source, 3 the source is no regular file, 4 no folder for the destination
 */
static int copy(lua_State *l)
{
	const char *from = luaL_checkstring(l, 1), *to = luaL_checkstring(l, 2);
	struct place at = {.dir_fd = -1};
	struct rv_stat st;
	int fd = -1, result;

	if (open_plain_file(l, from, &fd, &st) != 0)
		result = 2;
	else if (st.kind != RV_FILE)
		result = 3;
	else if (find_place(l, to, &at, NULL) != 0)
		result = 4;
	else
		result = copy_to(fd, &at, &st);
	rv_fd_release(&fd);
	rv_fd_release(&at.dir_fd);
	lua_pushinteger(l, result);
	return 1;
}

static int stat_file(lua_State *l)
{
	static const char *const types[] = {"reg", "dir", "lnk", "fifo", "sock", "chr", "blk"};
	const char *path = luaL_checkstring(l, 1);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_stat st;
	int rc = look(l, path, &st, &err);

	if (rc < 0)
		return give_up_with(l, &err);
	if (rc > 0)
		return give_up(l, path, "no such file or directory");
	lua_newtable(l);
	lua_pushstring(l, types[st.kind]);
	lua_setfield(l, -2, "type");
	lua_pushinteger(l, (lua_Integer)st.size);
	lua_setfield(l, -2, "size");
	lua_pushinteger(l, st.uid);
	lua_setfield(l, -2, "uid");
	lua_pushinteger(l, st.gid);
	lua_setfield(l, -2, "gid");
	return 1;
}

static int symlink_file(lua_State *l)
{
	const char *target = luaL_checkstring(l, 1), *path = luaL_checkstring(l, 2);
	struct rv_error err = RV_ERROR_INIT;
	struct place at;
	int rc = find_place(l, path, &at, &err);

	if (rc == 0)
		rc = rv_file_symlink(target, at.dir_fd, at.name, &err);
	rv_fd_release(&at.dir_fd);
	if (rc < 0)
		return give_up_with(l, &err);
	if (rc > 0)
		return give_up(
		    l, path, rc == RV_ABSENT ? "no such file or directory" : "file exists");
	lua_pushboolean(l, 1);
	return 1;
}

/* Names are gathered first: Lua must not be left by longjmp out of the listing. */
static int add_name(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct rv_buf *names = ctx;

	(void)dirfd;
	(void)err;
	rv_buf_add(names, entry->name, strlen(entry->name) + 1);
	return 0;
}

static int readdir_names(lua_State *l)
{
	const char *path = luaL_checkstring(l, 1);
	struct rv_buf names = RV_BUF_INIT((size_t)16 * 1024 * 1024);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_span rest, one;
	int fd = -1, rc;

	rc = open_below(l, path, O_RDONLY | O_DIRECTORY, &fd, &err);
	if (rc == 0)
		rc = rv_dir_each(fd, ".", add_name, &names, &err);
	rv_fd_release(&fd);
	if (rc != 0) {
		rv_buf_release(&names);
		return rc < 0 ? give_up_with(l, &err) : give_up(l, path, "no such directory");
	}
	lua_pushlstring(l, rv_buf_str(&names), names.n); /* Lua's copy: ours can go */
	rv_buf_release(&names);
	rest.p = lua_tolstring(l, -1, &rest.n);
	lua_newtable(l);
	for (int i = 1; rv_span_next(&rest, '\0', &one); i++) {
		lua_pushlstring(l, one.p, one.n);
		lua_rawseti(l, -2, i);
	}
	return 1;
}

/* --- putting it together */
static void set_forbidden(lua_State *l, const char *table, const char *name)
{
	lua_getglobal(l, table);
	lua_pushfstring(l, "%s.%s", table, name);
	lua_pushcclosure(l, forbidden, 1);
	lua_setfield(l, -2, name);
	lua_pop(l, 1);
}

static void set_function(lua_State *l, const char *table, const char *name, lua_CFunction f)
{
	lua_getglobal(l, table);
	lua_pushcfunction(l, f);
	lua_setfield(l, -2, name);
	lua_pop(l, 1);
}

static const struct {
	const char *table, *name;
	lua_CFunction function; /* NULL: not allowed */
} functions[] = {
    {"_G", "print", print},
    {"_G", "dofile", NULL},
    {"_G", "loadfile", NULL},
    {"io", "open", io_open},
    {"io", "write", say},
    {"io", "read", NULL},
    {"io", "popen", NULL},
    {"io", "tmpfile", NULL},
    {"io", "input", NULL},
    {"io", "output", NULL},
    {"io", "lines", NULL},
    {"os", "remove", os_remove},
    {"os", "rename", os_rename},
    {"os", "execute", NULL},
    {"os", "exit", NULL},
    {"os", "tmpname", NULL},
    {"os", "setlocale", NULL},
    {"pkg", "prefixed_path", prefixed_path},
    {"pkg", "print_msg", print},
    {"pkg", "filecmp", filecmp},
    {"pkg", "copy", copy},
    {"pkg", "stat", stat_file},
    {"pkg", "symlink", symlink_file},
    {"pkg", "readdir", readdir_names},
    {"pkg", "exec", NULL},
};

static void set_string(lua_State *l, const char *name, const char *text, size_t n)
{
	lua_pushlstring(l, text, n);
	lua_setglobal(l, name);
}

static void set_variables(lua_State *l, const struct rv_script_state *s)
{
	static const char *const parts[] = {"pkg_namebase", "pkg_subpackage", "pkg_variant"};
	struct rv_span rest = rv_span_str(s->package), one;

	for (size_t i = 0; i < RV_COUNT(parts); i++) {
		bool there = rv_span_next(&rest, '~', &one);

		set_string(l, parts[i], there ? one.p : "", there ? one.n : 0);
	}
	set_string(l, "pkg_version", s->version, strlen(s->version));
	set_string(l, "pkg_old_version", s->old_version, strlen(s->old_version));
	set_string(l, "pkg_prefix", s->prefix, strlen(s->prefix));
	set_string(l, "pkg_rootdir", "/", 1);
	set_string(l, "pkg_phase", s->phase, strlen(s->phase));
	lua_pushboolean(l, *s->old_version != '\0');
	lua_setglobal(l, "pkg_upgrade");
}

void rv_script_open_library(lua_State *l)
{
	lua_newtable(l);
	lua_setglobal(l, "pkg");
	for (size_t i = 0; i < RV_COUNT(functions); i++) {
		if (functions[i].function)
			set_function(
			    l, functions[i].table, functions[i].name, functions[i].function);
		else
			set_forbidden(l, functions[i].table, functions[i].name);
	}
	lua_getglobal(l, "io"); /* the three standard streams belong to the protocol */
	lua_pushnil(l);
	lua_setfield(l, -2, "stdin");
	lua_pushnil(l);
	lua_setfield(l, -2, "stdout");
	lua_pushnil(l);
	lua_setfield(l, -2, "stderr");
	lua_pop(l, 1);
	set_variables(l, rv_script_state_of(l));
}
