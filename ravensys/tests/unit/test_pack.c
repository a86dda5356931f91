/* SPDX-License-Identifier: ISC */
/*
 * Packing a small stage: plists, their faults, links, scripts, messages, sonames, and equal bytes
 * from another place.
 */
#include "tests/tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/reader.h"
#include "base/vec.h"
#include "engine/host.h"
#include "engine/pack.h"
#include "os/file.h"
#include "os/spawn.h"

static struct rv_error err;

struct place {
	char path[64];
	int top, stage, work, out;
};

static void put(int dirfd, const char *path, const char *text, uint32_t mode)
{
	rv_auto_fd fd = -1;

	if (rv_file_create(dirfd, path, mode, &fd, &err) != 0 ||
	    rv_fd_write(fd, path, text, strlen(text), &err) < 0 ||
	    rv_file_chmod(dirfd, path, mode, &err) < 0)
		tap_ok(false, "write %s: %s", path, err.msg);
}

static int open_dir(int dirfd, const char *path)
{
	int fd = -1;

	if (rv_dir_make_path(dirfd, path, 0755, &err) < 0 ||
	    rv_dir_open(dirfd, path, &fd, &err) != 0)
		tap_ok(false, "folder %s: %s", path, err.msg);
	return fd;
}

static void make_place(struct place *pl)
{
	snprintf(pl->path, sizeof(pl->path), "/tmp/test-pack-XXXXXX");
	if (!mkdtemp(pl->path) || rv_dir_open_user(pl->path, &pl->top, &err) != 0)
		exit(1);
	pl->work = open_dir(pl->top, "work");
	pl->stage = open_dir(pl->top, "work/stage");
	pl->out = open_dir(pl->top, "out");
}

static void remove_place(struct place *pl)
{
	rv_fd_release(&pl->stage);
	rv_fd_release(&pl->work);
	rv_fd_release(&pl->out);
	rv_fd_release(&pl->top);
	if (rv_tree_remove(RV_CWD, pl->path, &err) < 0)
		tap_ok(false, "%s", err.msg);
}

static void copy_self(int dirfd, const char *path)
{
	rv_auto(rv_buf) struct rv_buf self = RV_BUF_INIT(4096);
	rv_auto_fd fd = -1;

	if (rv_self_path(&self, &err) < 0 || rv_file_open_user(rv_buf_str(&self), &fd, &err) != 0 ||
	    rv_file_copy(fd, dirfd, path, 0755, &err) != 0)
		tap_ok(false, "copy this program: %s", err.msg);
}

static void fill_stage(const struct place *pl, uint32_t mode)
{
	static const char *const dirs[] = {"raven/bin", "raven/lib", "raven/share/man/man1",
	    "raven/share/empty", "raven/etc", "raven/include"};

	for (size_t i = 0; i < RV_COUNT(dirs); i++)
		if (rv_dir_make_path(pl->stage, dirs[i], 0755, &err) < 0)
			tap_ok(false, "%s", err.msg);
	copy_self(pl->stage, "raven/bin/tool");
	put(pl->stage, "raven/bin/script", "#!/bin/sh\n", mode | 0100);
	put(pl->stage, "raven/etc/tool.conf.sample", "a=1\n", mode);
	put(pl->stage, "raven/lib/libt.so.1.2",
	    "no library, but long enough to be looked at as one .........\n", mode);
	put(pl->stage, "raven/include/a b.h", "", mode);
	if (rv_file_symlink("libt.so.1.2", pl->stage, "raven/lib/libt.so", &err) < 0 ||
	    rv_file_symlink("/raven/bin/tool", pl->stage, "raven/bin/alias", &err) < 0 ||
	    rv_file_link(pl->stage, "raven/bin/script", pl->stage, "raven/bin/twin", &err) < 0)
		tap_ok(false, "links: %s", err.msg);
}

static void fill_work(const struct place *pl)
{
	put(pl->work, ".manifest.primary.mktmp",
	    "bin/tool\n@(root,wheel,4755) bin/script\n@(,,4755) "
	    "/raven/bin/twin\nbin/alias\n\n@comment bin/none\n"
	    "lib/libt.so.1.2\n@sample etc/tool.conf.sample\n@dir share/empty\n@rmtry "
	    "var/tool.cache\n",
	    0644);
	put(pl->work, ".manifest.dev.mktmp",
	    "lib/libt.so\n@(www,,) include/a b.h\n@dir(www,www,700) include\n", 0644);
	put(pl->work, ".manifest.set.mktmp", "", 0644);
	put(pl->work, ".PKG_SCRIPTS.primary",
	    "post-install-lua: [{ args: \"one two\"\n code: <<EOS\nprint(arg[1])\nEOS\n}]\n", 0644);
	put(pl->work, ".PKG_MESSAGES.primary",
	    "primary: { type: install\n message: <<EOM\nWelcome\nEOM\n}\n", 0644);
}

static struct rv_json *make_request(const char *system_root)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(65536);
	struct rv_json *v = NULL;

	rv_buf_addf(&text,
	    "{\"namebase\":\"tool\",\"variant\":\"std\",\"version\":\"1.0_2\",\"abi\":\"linux:%s:6."
	    "1\","
	    "\"prefix\":\"/raven\",\"system_root\":\"%s\",\"builder\":\"test "
	    "1\",\"source_date_epoch\":1577836800,"
	    "\"www\":\"https://example.org/"
	    "\",\"licence\":\"ISC\",\"contacts\":[\"nobody\"],\"categories\":[\"devel\"],"
	    "\"options\":{\"NLS\":false},\"users\":[{\"name\":\"www\",\"group\":\"www\"}],"
	    "\"groups\":[{\"name\":\"www\"}],"
	    "\"tools\":[{\"name\":\"cc\",\"version\":\"12\"},{\"name\":\"cc\",\"version\":\"host\"}"
	    "],\"used\":[],"
	    "\"subpackages\":[{\"name\":\"set\",\"comment\":\"all\"},"
	    "{\"name\":\"primary\",\"comment\":\"a "
	    "tool\",\"requires\":[{\"name\":\"zlib~primary~std\","
	    "\"at_least\":\"1.2\"}]},{\"name\":\"dev\",\"comment\":\"for developers\"}]}",
	    rv_host_arch(), system_root);
	if (rv_json_parse(rv_buf_span(&text), "request", &v, &err) < 0)
		tap_ok(false, "request: %s", err.msg);
	return v;
}

static int run(const struct place *pl, const struct rv_json *request, struct rv_json **out,
    struct rv_buf *report)
{
	struct rv_pack_dirs dirs = {pl->stage, pl->work, pl->out};

	return rv_pack_run(request, &dirs, out, report, &err);
}

static const struct rv_file_entry *find(const struct rv_package *p, const char *path)
{
	size_t n;
	const struct rv_file_entry *e = rv_package_entries(p, &n);

	for (size_t i = 0; i < n; i++)
		if (rv_span_is(e[i].path, path))
			return &e[i];
	tap_ok(false, "%s is in the package", path);
	return &e[0];
}

static struct rv_package *open_package(const struct place *pl, const char *name, int *fd)
{
	struct rv_package *p = NULL;

	if (rv_file_open(pl->out, name, fd, &err) != 0 || rv_package_open(*fd, name, &p, &err) < 0)
		tap_ok(false, "open %s: %s", name, err.msg);
	return p;
}

static void check_primary(const struct place *pl)
{
	rv_auto_fd fd = -1;
	rv_autofree(rv_package) struct rv_package *p =
	    open_package(pl, "tool~primary~std~1.0_2.rvn", &fd);
	const struct rv_manifest *m;

	if (!p)
		return;
	m = rv_package_manifest(p);
	tap_good(rv_package_verify(p, &err), &err, "the package verifies");
	tap_int(find(p, "raven")->type, RV_ENTRY_DIR, "folders above files are entries");
	tap_int(find(p, "raven/bin/tool")->mode, 0755, "mode of a program");
	tap_int(find(p, "raven/bin/script")->mode, 04755, "mode of the plist");
	tap_int(find(p, "raven/bin/twin")->type, RV_ENTRY_HARDLINK, "a second name is a hard link");
	tap_int(find(p, "raven/bin/alias")->type, RV_ENTRY_LINK, "a link");
	tap_int(
	    find(p, "raven/lib/libt.so.1.2")->mode, 0644, "mode of a file, whatever the stage has");
	tap_int(find(p, "raven/etc/tool.conf")->flags, RV_FILE_CONFIG,
	    "@sample makes a configuration file");
	tap_ok(rv_sha256_eq(&find(p, "raven/etc/tool.conf")->sha256,
		   &find(p, "raven/etc/tool.conf.sample")->sha256),
	    "with the pattern's content");
	tap_int(find(p, "raven/share/empty")->type, RV_ENTRY_DIR, "@dir");
	tap_int(m->requires.n, 1, "one requirement");
	tap_str(m->requires.v[0].version, "1.2", "with its lower bound");
	tap_int(m->scripts.n, 2, "two scripts");
	tap_str(m->scripts.v[1].text, "print(arg[1])", "the recipe's script");
	tap_int(m->scripts.v[1].args.n, 2, "with its arguments");
	tap_str(m->scripts.v[0].args.v[0], "var/tool.cache", "@rmtry");
	tap_str(m->messages.v[0].text, "Welcome", "a message");
	tap_int(m->users.n, 0, "no account that no file belongs to");
	tap_int(rv_package_build(p)->tools.n, 1, "a tool named twice is recorded once");
}

static void check_others(const struct place *pl)
{
	rv_auto_fd fd = -1, fd_set = -1;
	rv_autofree(rv_package) struct rv_package *p =
	    open_package(pl, "tool~dev~std~1.0_2.rvn", &fd);
	rv_autofree(rv_package) struct rv_package *set =
	    open_package(pl, "tool~set~std~1.0_2.rvn", &fd_set);
	const struct rv_manifest *m;

	if (!p || !set)
		return;
	m = rv_package_manifest(p);
	tap_int(find(p, "raven/include")->mode, 0700, "mode of a folder");
	tap_ok(rv_span_is(find(p, "raven/include/a b.h")->owner, "www"),
	    "owner of a file with a space in its name");
	tap_int(m->users.n, 1, "the account is in the manifest");
	tap_str(
	    m->requires.v[0].name, "tool~primary~std", "a link to a sibling's file requires it");
	tap_int(m->requires.v[0].kind, RV_REQUIRE_SAME, "at the same version");
	tap_int(rv_package_manifest(set)->requires.n, 2, "the set requires the two others");
	tap_int(rv_package_manifest(set)->n_files, 0, "and has no files");
	tap_good(rv_package_verify(set, &err), &err, "an empty package verifies");
}

static void check_good(void)
{
	struct place one, two;
	rv_autofree(rv_json) struct rv_json *request = make_request("host"), *first = NULL,
					    *second = NULL;
	rv_auto(rv_buf) struct rv_buf report = RV_BUF_INIT(65536), a = RV_BUF_INIT(65536),
				      b = RV_BUF_INIT(65536);

	make_place(&one);
	make_place(&two);
	fill_stage(&one, 0644);
	fill_work(&one);
	fill_stage(&two, 0600);
	fill_work(&two);
	tap_good(run(&one, request, &first, &report), &err, "pack");
	tap_str(rv_buf_str(&report), "", "nothing to report");
	tap_int(rv_json_count(first), 3, "three packages");
	check_primary(&one);
	check_others(&one);
	tap_good(
	    run(&two, request, &second, &report), &err, "pack in another place, with other modes");
	rv_json_compact(first, &a);
	rv_json_compact(second, &b);
	tap_str(rv_buf_str(&a), rv_buf_str(&b), "gives the same content ids and bytes");
	remove_place(&one);
	remove_place(&two);
}

static void check_sonames(void)
{
	struct place pl;
	rv_autofree(rv_json) struct rv_json *request = make_request("ravensys"), *out = NULL;
	struct rv_json *known = rv_json_new_object();
	rv_auto(rv_buf) struct rv_buf report = RV_BUF_INIT(65536);
	rv_auto_fd fd = -1;
	struct rv_package *p;

	make_place(&pl);
	fill_stage(&pl, 0644);
	fill_work(&pl);
	tap_ok(run(&pl, request, &out, &report) < 0 && err.code == RV_BUILD &&
		   strstr(err.msg, "BUILDRUN_DEPENDS"),
	    "under our own system root a library must come from a package");
	rv_json_free(known);
	known = rv_json_new_object();
	for (const char *const *s =
		 (const char *const[]){"libcurl.so.4", "libarchive.so.13", "libsqlite3.so.0",
		     "libzstd.so.1", "libcrypto.so.3", "libsolv.so.1", "libsolvext.so.1",
		     "liblua5.4.so.0", "libjansson.so.4", "libmicrohttpd.so.12", "libncursesw.so.6",
		     "libtinfo.so.6", "libpthread.so.0", "libm.so.6", "libasan.so.8",
		     "libubsan.so.1", "ld-linux-x86-64.so.2", "libgcc_s.so.1", "libc.so.6", NULL};
	     *s; s++)
		rv_json_set_string(known, *s,
		    strcmp(*s, "libc.so.6") == 0 ? "glibc~primary~std" : "other~primary~std");
	rv_json_set(request, "known_sonames", known);
	if (run(&pl, request, &out, &report) < 0) {
		tap_skip(
		    2, "this program needs a library that the test does not know: %s", err.msg);
	} else {
		p = open_package(&pl, "tool~primary~std~1.0_2.rvn", &fd);
		tap_ok(p && rv_package_manifest(p)->requires.n >= 2, "providers are required");
		tap_ok(
		    p && rv_package_manifest(p)->requires_sonames.n >= 1, "sonames are recorded");
		rv_package_free(p);
	}
	remove_place(&pl);
}

static void check_faults(void)
{
	static const char *const wanted[] = {"listed but not staged: raven/bin/none (primary)",
	    "staged but not listed: raven/bin/alias",
	    "staged but not listed: an empty folder: raven/share/empty",
	    "in two subpackages: raven/lib/libt.so (primary, dev)",
	    "a folder, listed as a file (use @dir): raven/lib",
	    "plist of primary, line 5: component '.' or '..': ../etc/passwd",
	    "plist of primary, line 6: unknown keyword: @exec rm -rf /",
	    "plist of primary, line 7: mode is not octal: @(,,9) bin/tool",
	    "plist of primary, line 8: keyword that this version cannot pack yet: @shell bin/tool"};
	struct place pl;
	rv_autofree(rv_json) struct rv_json *request = make_request("host"), *out = NULL;
	rv_auto(rv_buf) struct rv_buf report = RV_BUF_INIT(65536);
	struct rv_pack_dirs dirs;
	struct rv_stat st;

	make_place(&pl);
	fill_stage(&pl, 0644);
	put(pl.work, ".manifest.primary.mktmp",
	    "bin/tool\nbin/none\nlib/libt.so\nlib\n../etc/passwd\n@exec rm -rf /\n@(,,9) "
	    "bin/tool\n@shell bin/tool\n",
	    0644);
	put(pl.work, ".manifest.dev.mktmp", "lib/libt.so\n", 0644);
	put(pl.work, ".manifest.set.mktmp", "", 0644);
	dirs = (struct rv_pack_dirs){pl.stage, pl.work, pl.out};
	tap_ok(rv_pack_check_plist(request, &dirs, &report, &err) < 0 && err.code == RV_BUILD,
	    "faults fail the port");
	for (size_t i = 0; i < RV_COUNT(wanted); i++)
		tap_ok(strstr(rv_buf_str(&report), wanted[i]), "%s", wanted[i]);
	printf("# %s\n", err.msg);
	tap_ok(run(&pl, request, &out, &report) < 0, "and nothing is packed");
	tap_int(rv_file_stat(pl.out, "tool~set~std~1.0_2.rvn", &st, &err), RV_ABSENT,
	    "not even the set");
	rv_json_set_string(request, "colour", "red");
	tap_ok(run(&pl, request, &out, &report) < 0 && strstr(err.msg, "colour"),
	    "an unknown key is refused");
	remove_place(&pl);
}

int main(void)
{
	check_good();
	check_sonames();
	check_faults();
	return tap_done();
}
