/* SPDX-License-Identifier: ISC */
/* rvn.conf and -o KEY=VALUE, by one table. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "codec/ini.h"
#include "os/file.h"
#include "system/internal.h"

#define CONF_FILE "rvn.conf"

enum key_type { KEY_NUMBER, KEY_BOOL };

static const struct {
	const char *name;
	enum key_type type;
	int64_t normal, max;
	size_t offset;
} keys[] = {
    {"catalog_hours", KEY_NUMBER, 1, 24 * 366, offsetof(struct rv_system_conf, catalog_hours)},
    {"warn_days", KEY_NUMBER, 3, 366, offsetof(struct rv_system_conf, warn_days)},
    {"wait_seconds", KEY_NUMBER, 0, 86400, offsetof(struct rv_system_conf, wait_seconds)},
    {"allow_expired", KEY_BOOL, 0, 1, offsetof(struct rv_system_conf, allow_expired)},
    {"keep_packages", KEY_BOOL, 0, 1, offsetof(struct rv_system_conf, keep_packages)},
};

static void store(struct rv_system_conf *conf, size_t key, int64_t value)
{
	char *at = (char *)conf + keys[key].offset;

	if (keys[key].type == KEY_BOOL)
		*(bool *)at = value != 0;
	else
		*(int64_t *)(void *)at = value;
}

static int parse_value(size_t key, const char *text, int64_t *out)
{
	uint64_t n;

	if (keys[key].type == KEY_BOOL) {
		*out = strcmp(text, "yes") == 0;
		return *out || strcmp(text, "no") == 0 ? 0 : -1;
	}
	if (!rv_span_to_u64(rv_span_str(text), &n) || n > (uint64_t)keys[key].max)
		return -1;
	*out = (int64_t)n;
	return 0;
}

/* where begins the message: "rvn.conf:3" or "-o". */
static int set(struct rv_system_conf *conf, const char *where, const char *name, const char *value,
    struct rv_error *err)
{
	int64_t n;

	for (size_t k = 0; k < RV_COUNT(keys); k++) {
		if (strcmp(keys[k].name, name) != 0)
			continue;
		if (parse_value(k, value, &n) < 0)
			return rv_fail(err, RV_INPUT, "%s: %s: '%s': wanted %s", where, name, value,
			    keys[k].type == KEY_BOOL ? "yes or no" : "a number");
		store(conf, k, n);
		return 0;
	}
	if (strcmp(name, "at") == 0)
		return rv_fail(err, RV_INPUT,
		    "%s: at: older days of a repository cannot be read by this version", where);
	return rv_fail(err, RV_INPUT, "%s: %s: unknown key; see rvn.conf(5)", where, name);
}

static int read_file(int conf_fd, struct rv_system_conf *conf, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_INI_MAX_BYTES);
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	const char *section, *key, *value;
	int rc = rv_file_read(conf_fd, CONF_FILE, &text, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (rv_ini_parse(rv_buf_span(&text), CONF_FILE, &ini, err) < 0)
		return -1;
	for (size_t i = 0; rv_ini_next(ini, &i, &section, &key, &value);) {
		char where[64];

		snprintf(where, sizeof(where), CONF_FILE ":%u", rv_ini_line(ini, section, key));
		if (*section)
			return rv_fail(err, RV_INPUT, "%s: there are no sections here: '[%s]'",
			    where, section);
		if (set(conf, where, key, value, err) < 0)
			return -1;
	}
	return 0;
}

int rv_system_conf_read(int conf_fd, const char *const *pairs, size_t n_pairs,
    struct rv_system_conf *out, struct rv_error *err)
{
	for (size_t k = 0; k < RV_COUNT(keys); k++)
		store(out, k, keys[k].normal);
	if (conf_fd >= 0 && read_file(conf_fd, out, err) < 0)
		return -1;
	for (size_t i = 0; i < n_pairs; i++) {
		const char *eq = strchr(pairs[i], '=');
		rv_auto(rv_str) char *name = NULL;

		if (!eq)
			return rv_fail(err, RV_INPUT, "-o: '%s': wanted KEY=VALUE", pairs[i]);
		name = rv_strndup(pairs[i], (size_t)(eq - pairs[i]));
		if (set(out, "-o", name, eq + 1, err) < 0)
			return -1;
	}
	return 0;
}
