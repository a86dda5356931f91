/* SPDX-License-Identifier: ISC */
/* Reading of ravenadm.ini: every key is checked once, here, by its type. */
#include "engine/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/host.h"
#include "engine/profile_internal.h"
#include "os/clock.h"
#include "os/file.h"
#include "pkg/ident.h"

#define SYSTEM_CONF "/raven/etc/ravenadm/ravenadm.ini"
#define OS_RELEASE_MAX_BYTES ((size_t)64 * 1024)

const struct rv_profile_info rv_profile_keys[RV_PROFILE_KEY_COUNT] = {
#define RV_PROFILE_ROW(name, key, type, fallback, help)                                            \
	[RV_PROFILE_##name] = {key, RV_PROFILE_TYPE_##type, fallback, help},
#include "engine/profile.def"
#undef RV_PROFILE_ROW
};

struct rv_profile {
	char *name;
	char *values[RV_PROFILE_KEY_COUNT];
	char *abi, *abi_folder;
};

enum rv_profile_key rv_profile_key_find(const char *key)
{
	for (int i = 0; i < RV_PROFILE_KEY_COUNT; i++)
		if (strcmp(rv_profile_keys[i].key, key) == 0)
			return (enum rv_profile_key)i;
	return RV_PROFILE_KEY_COUNT;
}

const char *rv_profile_conf_path(const char *given)
{
	const char *env = given ? given : rv_env_get("RAVENADM_CONF");

	return env && *env ? env : SYSTEM_CONF;
}

void rv_profile_free(struct rv_profile *p)
{
	if (!p)
		return;
	for (int i = 0; i < RV_PROFILE_KEY_COUNT; i++)
		free(p->values[i]);
	free(p->name);
	free(p->abi);
	free(p->abi_folder);
	free(p);
}

/* --- checks by type: NULL when good, else what is wanted */
static const char *folder_fault(const char *v)
{
	struct rv_span rest = rv_span_str(v), part;

	if (v[0] != '/' || strcmp(v, "/") == 0)
		return "an absolute path other than /";
	while (rv_span_next(&rest, '/', &part))
		if (rv_span_is(part, ".."))
			return "an absolute path without ..";
	return NULL;
}

static const char *number_fault(const char *v, uint64_t least, uint64_t most, const char *wanted)
{
	uint64_t n;

	return rv_span_to_u64(rv_span_str(v), &n) && n >= least && n <= most ? NULL : wanted;
}

static const char *sources_fault(const char *v)
{
	static const char *const known[] = {"sites", "mirrors", "apt"};
	struct rv_span rest = rv_span_str(v), word;
	unsigned seen = 0;

	while (rv_span_next(&rest, ' ', &word)) {
		size_t i = 0;

		while (i < RV_COUNT(known) && !rv_span_is(word, known[i]))
			i++;
		if (i == RV_COUNT(known) || seen & (1u << i))
			return "some of \"sites mirrors apt\", each once";
		seen |= 1u << i;
	}
	return seen ? NULL : "some of \"sites mirrors apt\", each once";
}

const char *rv_profile_fault(enum rv_profile_type type, const char *v)
{
	switch (type) {
	case RV_PROFILE_TYPE_FOLDER:
		return folder_fault(v);
	case RV_PROFILE_TYPE_MAKE_FOLDER:
		return folder_fault(v) || strpbrk(v, " \t") ? "an absolute path without blanks"
							    : NULL;
	case RV_PROFILE_TYPE_FOLDER_OR_NONE:
		return strcmp(v, "none") == 0 ? NULL
		       : folder_fault(v)      ? "an absolute path, or none"
					      : NULL;
	case RV_PROFILE_TYPE_SYSROOT:
		return strcmp(v, "host") == 0 ? NULL
		       : folder_fault(v)      ? "an absolute path, or host"
					      : NULL;
	case RV_PROFILE_TYPE_COUNT:
		return number_fault(v, 1, 128, "a number from 1 to 128");
	case RV_PROFILE_TYPE_FLAG:
		return strcmp(v, "true") == 0 || strcmp(v, "false") == 0 ? NULL : "true or false";
	case RV_PROFILE_TYPE_TEXT:
		return NULL;
	case RV_PROFILE_TYPE_VERSION:
		return *v && !strpbrk(v, " /") ? NULL : "floating, or a version";
	case RV_PROFILE_TYPE_SOURCES:
		return sources_fault(v);
	case RV_PROFILE_TYPE_ID:
		return number_fault(v, 65536, 4294836224, "a number from 65536 to 4294836224");
	case RV_PROFILE_TYPE_BYTES:
		return number_fault(v, 0, (uint64_t)1 << 50, "a number of bytes");
	case RV_PROFILE_TYPE_SECONDS:
		return number_fault(v, 0, 31536000, "a number of seconds, at most a year");
	}
	return "a known type";
}

/* --- values */
static char *expand(const char *text, const char *profile_dir)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT((size_t)64 * 1024);

	for (const char *p = text; *p; p++) {
		if (strncmp(p, "%P", 2) == 0) {
			rv_buf_add_str(&out, profile_dir);
			p++;
		} else if (strncmp(p, "%C", 2) == 0) {
			rv_buf_addf(&out, "%u", rv_cpu_count());
			p++;
		} else {
			rv_buf_add_char(&out, *p);
		}
	}
	return rv_buf_take(&out);
}

static int take_value(struct rv_profile *p, const struct rv_ini *ini, const char *conf,
    enum rv_profile_key key, struct rv_error *err)
{
	const struct rv_profile_info *info = &rv_profile_keys[key];
	const char *given = rv_ini_get(ini, p->name, info->key);
	const char *fault;

	if (!given && key == RV_PROFILE_PROFILE)
		return rv_fail(err, RV_INPUT,
		    "%s: profile %s has no %s: give the folder of its state", conf, p->name,
		    info->key);
	p->values[key] =
	    given ? rv_strdup(given) : expand(info->fallback, p->values[RV_PROFILE_PROFILE]);
	fault = rv_profile_fault(info->type, p->values[key]);
	if (fault)
		return rv_fail(err, RV_INPUT, "%s:%u: %s: '%s' is not %s", conf,
		    rv_ini_line(ini, p->name, info->key), info->key, p->values[key], fault);
	return 0;
}

/* ID and VERSION_ID of os-release: "host.debian.12". */
static char *host_release(void)
{
	static const char *const places[] = {"/etc/os-release", "/usr/lib/os-release"};
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(OS_RELEASE_MAX_BYTES);
	struct rv_span rest, line, id = RV_SPAN_LIT("unknown"), version = RV_SPAN_LIT("0");
	rv_auto_fd fd = -1;

	for (size_t i = 0; i < RV_COUNT(places); i++)
		if (rv_file_open_user(places[i], &fd, NULL) == 0 &&
		    rv_fd_read_all(fd, places[i], &text, NULL) == 0)
			break;
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line)) {
		size_t at = rv_span_find(line, '=');
		struct rv_span key = rv_span_sub(line, 0, at), value = rv_span_from(line, at + 1);

		if (value.n >= 2 && value.p[0] == '"')
			value = rv_span_sub(value, 1, value.n - 2);
		if (rv_span_is(key, "ID"))
			id = value;
		else if (rv_span_is(key, "VERSION_ID"))
			version = value;
	}
	return rv_strfmt("host.%.*s.%.*s", RV_SPAN_ARG(id), RV_SPAN_ARG(version));
}

static int set_abi(struct rv_profile *p, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf folder = RV_BUF_INIT(RV_ABI_MAX_BYTES);
	bool host = strcmp(p->values[RV_PROFILE_SYSROOT], "host") == 0;
	rv_auto(rv_str) char *release =
	    host ? host_release() : rv_strdup(p->values[RV_PROFILE_RELEASE]);
	struct rv_abi abi;

	p->abi = rv_strfmt("%s:%s:%s", rv_host_opsys(), rv_host_arch(), release);
	if (rv_abi_parse(rv_span_str(p->abi), &abi, err) < 0)
		return rv_context(err, "this machine's ABI");
	rv_abi_add_file(&abi, &folder);
	p->abi_folder = rv_buf_take(&folder);
	return 0;
}

static int check_keys(
    const struct rv_ini *ini, const char *conf, const char *name, struct rv_error *err)
{
	const char *section, *key, *value;
	bool there = false;
	size_t i = 0;

	while (rv_ini_next(ini, &i, &section, &key, &value)) {
		if (strcmp(section, name) != 0)
			continue;
		there = true;
		if (rv_profile_key_find(key) == RV_PROFILE_KEY_COUNT)
			return rv_fail(err, RV_INPUT, "%s:%u: unknown key %s: see ravenadm.conf(5)",
			    conf, rv_ini_line(ini, section, key), key);
	}
	if (!there)
		return rv_fail(err, RV_INPUT,
		    "%s: no profile [%s]: see profile_selected, or $RAVENPROFILE", conf, name);
	return 0;
}

int rv_profile_read_ini(const char *conf, struct rv_ini **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_INI_MAX_BYTES);
	rv_auto_fd fd = -1;
	int r = rv_file_open_user(conf, &fd, err);

	if (r > 0)
		return rv_fail(err, RV_INPUT,
		    "%s: no such configuration: make one with ravenadm -C %s configure --init DIR",
		    conf, conf);
	if (r < 0 || rv_fd_read_all(fd, conf, &text, err) < 0)
		return -1;
	return rv_ini_parse(rv_buf_span(&text), conf, out, err);
}

const char *rv_profile_selected(const struct rv_ini *ini, const char *name)
{
	const char *env = name ? name : rv_env_get("RAVENPROFILE");
	const char *selected = rv_ini_get(ini, RV_PROFILE_GLOBAL, "profile_selected");

	return env && *env ? env : selected ? selected : RV_PROFILE_FIRST;
}

static int from_ini(const struct rv_ini *ini, const char *conf, const char *name,
    struct rv_profile **out, struct rv_error *err)
{
	rv_autofree(rv_profile) struct rv_profile *p = rv_alloc(sizeof(*p));

	p->name = rv_strdup(rv_profile_selected(ini, name));
	if (check_keys(ini, conf, p->name, err) < 0 ||
	    take_value(p, ini, conf, RV_PROFILE_PROFILE, err) < 0)
		return -1;
	for (int i = 0; i < RV_PROFILE_KEY_COUNT; i++)
		if (i != RV_PROFILE_PROFILE &&
		    take_value(p, ini, conf, (enum rv_profile_key)i, err) < 0)
			return -1;
	if (set_abi(p, err) < 0)
		return -1;
	*out = p;
	p = NULL;
	return 0;
}

int rv_profile_load(
    const char *conf, const char *name, struct rv_profile **out, struct rv_error *err)
{
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;

	if (rv_profile_read_ini(conf, &ini, err) < 0)
		return -1;
	return from_ini(ini, conf, name, out, err);
}

int rv_profile_parse(struct rv_span text, const char *what, const char *name,
    struct rv_profile **out, struct rv_error *err)
{
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;

	if (rv_ini_parse(text, what, &ini, err) < 0)
		return -1;
	return from_ini(ini, what, name, out, err);
}

int rv_profile_assume(const char *state, struct rv_profile **out, struct rv_error *err)
{
	rv_autofree(rv_profile) struct rv_profile *p = rv_alloc(sizeof(*p));

	p->name = rv_strdup(RV_PROFILE_FIRST);
	for (int i = 0; i < RV_PROFILE_KEY_COUNT; i++)
		p->values[i] =
		    expand(i == RV_PROFILE_PROFILE ? "%P" : rv_profile_keys[i].fallback, state);
	if (set_abi(p, err) < 0)
		return -1;
	*out = p;
	p = NULL;
	return 0;
}

const char *rv_profile_name(const struct rv_profile *p)
{
	return p->name;
}

const char *rv_profile_text(const struct rv_profile *p, enum rv_profile_key key)
{
	return p->values[key];
}

bool rv_profile_is_none(const struct rv_profile *p, enum rv_profile_key key)
{
	return strcmp(p->values[key], "none") == 0;
}

int64_t rv_profile_int(const struct rv_profile *p, enum rv_profile_key key)
{
	uint64_t v = 0;

	return rv_span_to_u64(rv_span_str(p->values[key]), &v) ? (int64_t)v : 0;
}

const char *rv_profile_abi(const struct rv_profile *p)
{
	return p->abi;
}

const char *rv_profile_abi_folder(const struct rv_profile *p)
{
	return p->abi_folder;
}
