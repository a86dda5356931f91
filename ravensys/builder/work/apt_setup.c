/* SPDX-License-Identifier: ISC */
/*
 * The private configuration of apt. It is read in the order first.conf, the host's apt.conf.d,
 * last.conf: so the host's proxies hold, and its folders and hooks do not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/file.h"
#include "work/apt_internal.h"
#include "work/apt_text.h"

#define LIST_MAX_BYTES ((size_t)4 * 1024 * 1024)

static int write_file(
    struct rv_apt *apt, const char *name, const struct rv_buf *text, struct rv_error *err)
{
	if (rv_buf_check(text, name, err) < 0)
		return -1;
	return rv_file_replace(apt->apt_fd, name, 0644, rv_buf_span(text), err);
}

/* --- what the host has */

struct host {
	struct rv_apt *apt;
	struct rv_apt_sources sources;
};

static int read_list(struct host *h, int dirfd, const char *name, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(LIST_MAX_BYTES);
	int rc = rv_file_read(dirfd, name, &text, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (rv_span_ends(rv_span_str(name), RV_SPAN_LIT(".sources")))
		rv_apt_parse_deb822(rv_buf_span(&text), &h->apt->arena, &h->sources);
	else
		rv_apt_parse_list(rv_buf_span(&text), &h->apt->arena, &h->sources);
	return 0;
}

static int read_part(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct rv_span name = rv_span_str(entry->name);

	if (!rv_span_ends(name, RV_SPAN_LIT(".list")) &&
	    !rv_span_ends(name, RV_SPAN_LIT(".sources")))
		return 0;
	return read_list(ctx, dirfd, entry->name, err);
}

static int read_host_sources(struct host *h, struct rv_error *err)
{
	rv_auto_fd dir = -1;
	int rc = rv_dir_open_user(h->apt->place.etc_path, &dir, err);

	if (rc != 0)
		return rc < 0
			   ? -1
			   : rv_fail(err, RV_INPUT, "this host has no %s", h->apt->place.etc_path);
	if (read_list(h, dir, "sources.list", err) < 0)
		return -1;
	rc = rv_dir_each(dir, "sources.list.d", read_part, h, err);
	return rc < 0 ? -1 : 0;
}

/* VERSION_CODENAME of os-release; NULL when there is none. */
static const char *host_codename(struct rv_apt *apt)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(65536);
	struct rv_span rest, line, key = RV_SPAN_LIT("VERSION_CODENAME=");
	rv_auto_fd fd = -1;

	if (rv_file_open_user("/etc/os-release", &fd, NULL) != 0 ||
	    rv_fd_read_all(fd, "/etc/os-release", &text, NULL) < 0)
		return NULL;
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line)) {
		struct rv_span value = rv_span_from(line, key.n);

		if (!rv_span_starts(line, key))
			continue;
		if (value.n >= 2 && value.p[0] == '"')
			value = rv_span_sub(value, 1, value.n - 2);
		return rv_arena_span(&apt->arena, value).p;
	}
	return NULL;
}

/* --- what we write */

static void sources_text(
    struct rv_apt *apt, const struct rv_apt_sources *sources, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf names = RV_BUF_INIT(300);

	rv_vec_each (sources, s) {
		rv_buf_addf(out,
		    "Types: deb-src\nURIs: %s\nSuites: %s\nComponents: %s\nTrusted: yes\n\n",
		    s->uri, s->suite, s->components && *s->components ? s->components : "main");
		rv_buf_addf(&names, "%s%s", names.n ? ", " : "", s->suite);
	}
	free(apt->suites_text);
	apt->suites_text = rv_strdup(rv_buf_str(&names));
}

/* Values that begin with a slash are below the private folder. */
static const struct {
	const char *key, *value;
} last_conf[] = {
    {"Dir::Etc::sourceparts", "/sources"},
    {"Dir::State", "/state"},
    {"Dir::State::lists", "lists/"},
    {"Dir::State::status", "/status"},
    {"Dir::Cache", "/cache"},
    {"Dir::Cache::archives", "archives/"},
    {"Dir::Log", "/log"},
    {"Acquire::GzipIndexes", "false"},
    {"Acquire::Languages", "none"},
    {"Acquire::Check-Valid-Until", "false"},
    {"Acquire::Retries", "0"},
    {"Acquire::http::Timeout", "10"},
    {"Acquire::https::Timeout", "10"},
};

static int write_last_conf(struct rv_apt *apt, struct rv_error *err)
{
	static const char *const hooks[] = {"APT::Update::Pre-Invoke", "APT::Update::Post-Invoke",
	    "APT::Update::Post-Invoke-Success", "APT::Update::Post-Invoke-Stats"};
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(65536);
	struct rv_stat st;

	/* what the host says in the file whose place ours takes */
	if (rv_file_stat(RV_CWD, "/etc/apt/apt.conf", &st, NULL) == 0)
		rv_buf_add_str(&text, "#include \"/etc/apt/apt.conf\";\n");
	for (size_t i = 0; i < RV_COUNT(hooks); i++)
		rv_buf_addf(&text, "#clear %s;\n", hooks[i]);
	rv_buf_add_str(&text, "Dir::Etc::sourcelist \"/dev/null\";\n");
	for (size_t i = 0; i < RV_COUNT(last_conf); i++)
		rv_buf_addf(&text, "%s \"%s%s\";\n", last_conf[i].key,
		    last_conf[i].value[0] == '/' ? apt->apt_path : "", last_conf[i].value);
	/* the lists belong to the caller: nothing for apt's own user to write to */
	if (rv_user_self().uid == 0)
		rv_buf_add_str(&text, "APT::Sandbox::User \"root\";\n");
	return write_file(apt, "last.conf", &text, err);
}

static int write_conf(struct rv_apt *apt, const struct rv_buf *sources, struct rv_error *err)
{
	static const char *const folders[] = {
	    "sources", "log", "state/lists/partial", "cache/archives/partial"};
	rv_auto(rv_buf) struct rv_buf first = RV_BUF_INIT(65536), none = RV_BUF_INIT(1);

	if (strchr(apt->apt_path, '"') || strchr(apt->apt_path, '\n'))
		return rv_fail(
		    err, RV_INPUT, "%s: apt cannot use a path with a quote", apt->apt_path);
	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (rv_dir_make_path(apt->apt_fd, folders[i], 0755, err) < 0)
			return -1;
	rv_buf_addf(&first, "Dir::Etc::main \"%s/last.conf\";\n", apt->apt_path);
	if (write_file(apt, "first.conf", &first, err) < 0 || write_last_conf(apt, err) < 0 ||
	    write_file(apt, "status", &none, err) < 0)
		return -1;
	return write_file(apt, "sources/sources.sources", sources, err);
}

/*
 * --- how old the indexes are: "fresh" holds the second of the refresh and the list of sources it
 * was made with
 */

static bool is_fresh(struct rv_apt *apt, struct rv_span sources)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(LIST_MAX_BYTES);
	struct rv_span rest, line;
	uint64_t then;
	int64_t age;

	if (rv_file_read(apt->apt_fd, "fresh", &text, NULL) != 0)
		return false;
	rest = rv_buf_span(&text);
	if (!rv_span_next(&rest, '\n', &line) || !rv_span_to_u64(line, &then))
		return false;
	age = rv_clock_now_s() - (int64_t)then;
	return age >= 0 && age < apt->place.max_age_s && rv_span_eq(rest, sources);
}

int rv_apt_mark_fresh(struct rv_apt *apt, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(LIST_MAX_BYTES),
				      sources = RV_BUF_INIT(LIST_MAX_BYTES);

	if (rv_file_read(apt->apt_fd, "sources/sources.sources", &sources, err) < 0)
		return -1;
	rv_buf_addf(&text, "%lld\n", (long long)rv_clock_now_s());
	rv_buf_add_span(&text, rv_buf_span(&sources));
	return write_file(apt, "fresh", &text, err);
}

int rv_apt_setup(struct rv_apt *apt, bool *out_fresh, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(LIST_MAX_BYTES);
	struct rv_apt_sources chosen = {0};
	struct host host = {.apt = apt};
	int rc = read_host_sources(&host, err);

	if (rc == 0)
		rv_apt_choose(
		    &host.sources, host_codename(apt), apt->place.suites, &apt->arena, &chosen);
	sources_text(apt, &chosen, &text);
	if (rc == 0 && chosen.n == 0)
		rc = rv_fail(err, RV_INPUT,
		    "%s names no archive of Debian or of this host's release", apt->place.etc_path);
	rv_vec_release(&host.sources);
	rv_vec_release(&chosen);
	if (rc < 0)
		return -1;
	*out_fresh = is_fresh(apt, rv_buf_span(&text));
	return *out_fresh ? 0 : write_conf(apt, &text, err);
}

/* --- environment */

void rv_apt_env(const struct rv_apt *apt, char *env[RV_APT_ENV_MAX])
{
	static const char *const passed[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
	    "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE"};
	size_t n = 0;

	env[n++] = rv_strfmt("APT_CONFIG=%s/first.conf", apt->apt_path);
	env[n++] = rv_strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	env[n++] = rv_strdup("LC_ALL=C");
	env[n++] = rv_strdup("DEBIAN_FRONTEND=noninteractive");
	for (size_t i = 0; i < RV_COUNT(passed); i++) {
		const char *v = rv_env_get(passed[i]);

		if (v)
			env[n++] = rv_strfmt("%s=%s", passed[i], v);
	}
	env[n] = NULL;
}

void rv_apt_env_release(char *env[RV_APT_ENV_MAX])
{
	for (size_t i = 0; env[i]; i++)
		free(env[i]);
}
