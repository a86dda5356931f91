/* SPDX-License-Identifier: ISC */
/* Saved options as INI files. */
#include "port/saved.h"

#include "codec/ini.h"
#include "os/file.h"

#define PARAMETERS "parameters"
#define OPTIONS "options"

void rv_saved_release(struct rv_saved *s)
{
	free(s->path);
	s->path = NULL;
	rv_choice_release(&s->choice);
	rv_buf_release(&s->fault);
}

static int open_folder(const char *profile_path, int *out, struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/" RV_SAVED_FOLDER, profile_path);

	return rv_dir_open_user(path, out, err);
}

/* --- reading */

static void fault(struct rv_saved *s, const char *name, const char *what)
{
	rv_buf_addf(&s->fault, "%s%s %s", s->fault.n ? ", " : "", name, what);
}

/* Names of [options] that the recipe does not have. */
static void look_for_strangers(
    const struct rv_ini *ini, const struct rv_items *wanted, struct rv_saved *s)
{
	const char *section, *key, *value;
	size_t i = 0;

	while (rv_ini_next(ini, &i, &section, &key, &value))
		if (strcmp(section, OPTIONS) == 0 && !rv_items_contain(wanted, key))
			fault(s, key, "is not an option of it any more");
}

static void take_values(const struct rv_ini *ini, const struct rv_items *wanted, struct rv_saved *s)
{
	for (size_t i = 0; i < wanted->n; i++) {
		const char *name = wanted->v[i].text, *value = rv_ini_get(ini, OPTIONS, name);
		bool on = value && strcmp(value, "true") == 0;

		if (!value)
			fault(s, name, "is new and not in it");
		else if (!on && strcmp(value, "false") != 0)
			fault(s, name, "is neither true nor false");
		else
			rv_vec_push(&s->choice, (struct rv_setting){name, on});
	}
}

/* The list must name the same options; both programs go by it. */
static void look_at_list(
    const struct rv_ini *ini, const struct rv_items *wanted, struct rv_saved *s)
{
	const char *list = rv_ini_get(ini, PARAMETERS, "available");
	struct rv_span rest = rv_span_str(list ? list : ""), name;
	size_t n = 0;

	while (rv_span_next(&rest, ',', &name))
		n++;
	if (!s->fault.n && n != wanted->n)
		fault(s, "available", "does not list the options of it");
}

int rv_saved_load(
    const char *profile_path, const struct rv_port *p, struct rv_saved *out, struct rv_error *err)
{
	const struct rv_items *wanted = rv_port_list(p, RV_KEY_OPTIONS_STANDARD);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SAVED_MAX_BYTES);
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	rv_auto_fd fd = -1;
	struct rv_error rule = RV_ERROR_INIT;
	int rc = open_folder(profile_path, &fd, err);

	*out = RV_SAVED_INIT;
	if (rc != 0)
		return rc;
	rc = rv_file_read(fd, p->namebase, &text, err);
	if (rc != 0)
		return rc < 0 ? rv_context(err, "%s/" RV_SAVED_FOLDER, profile_path) : rc;
	out->path = rv_strfmt("%s/" RV_SAVED_FOLDER "/%s", profile_path, p->namebase);
	if (rv_ini_parse(rv_buf_span(&text), out->path, &ini, err) < 0)
		return -1;
	if (!rv_choice_is_there(p)) {
		fault(out, "the port", "has no options to choose any more");
		return 0;
	}
	look_for_strangers(ini, wanted, out);
	take_values(ini, wanted, out);
	look_at_list(ini, wanted, out);
	if (!out->fault.n && rv_choice_check(p, &out->choice, &rule) < 0)
		rv_buf_add_str(&out->fault, rule.msg);
	return 0;
}

int rv_saved_apply(const char *profile_path, const struct rv_port *p, struct rv_choice *choice,
    struct rv_error *err)
{
	rv_auto(rv_saved) struct rv_saved saved = RV_SAVED_INIT;
	int rc = rv_saved_load(profile_path, p, &saved, err);

	if (rc < 0)
		return rv_context(err, "saved options of %s", p->namebase);
	if (rc == RV_ABSENT)
		return 0;
	if (saved.fault.n)
		return rv_fail(err, RV_INPUT,
		    "%s: does not fit the recipe: %s: choose again with 'ravenadm set-options %s "
		    "+OPTION -OPTION', or go back to the defaults with 'ravenadm set-options "
		    "--defaults %s'",
		    saved.path, rv_buf_str(&saved.fault), p->namebase, p->namebase);
	rv_choice_take(choice, &saved.choice);
	return 0;
}

/* --- writing */

static int by_name(const void *a, const void *b)
{
	const struct rv_setting *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Sections and keys are sorted, as the original does it. */
static void write_text(const struct rv_port *p, const struct rv_choice *choice, struct rv_buf *out)
{
	struct rv_choice sorted = {0};

	rv_vec_each (choice, it)
		rv_vec_push(&sorted, *it);
	rv_vec_sort(&sorted, by_name);
	rv_buf_addf(out,
	    "; Option configuration for the %s standard variant\n"
	    "; Take care when hand editing!\n\n[" OPTIONS "]\n",
	    p->namebase);
	rv_vec_each (&sorted, it)
		rv_buf_addf(out, "%s= %s\n", it->name, it->on ? "true" : "false");
	rv_buf_add_str(out, "\n[" PARAMETERS "]\navailable= ");
	rv_vec_each (choice, it)
		rv_buf_addf(out, "%s%s", it == choice->v ? "" : ",", it->name);
	rv_buf_addf(out, "\nnamebase= %s\nversion= %s\n", p->namebase, p->version);
	rv_choice_release(&sorted);
}

/* What a killed write left. No namebase begins with a dot. */
static int sweep(
    void *ctx RV_UNUSED, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	if (entry->name[0] != '.' || entry->kind != RV_FILE)
		return 0;
	return rv_file_unlink(dirfd, entry->name, err) < 0 ? -1 : 0;
}

int rv_saved_write(const char *profile_path, const struct rv_port *p,
    const struct rv_choice *choice, struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/" RV_SAVED_FOLDER, profile_path);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SAVED_MAX_BYTES);
	rv_auto_fd fd = -1;

	write_text(p, choice, &text);
	if (rv_buf_check(&text, "saved options", err) < 0 ||
	    rv_dir_make_path(RV_CWD, path, 0755, err) < 0 ||
	    rv_dir_open_user(path, &fd, err) != 0 || rv_dir_each(fd, ".", sweep, NULL, err) < 0 ||
	    rv_file_replace(fd, p->namebase, 0644, rv_buf_span(&text), err) < 0)
		return rv_context(err, "%s", path);
	return 0;
}

int rv_saved_remove(const char *profile_path, const char *namebase, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = open_folder(profile_path, &fd, err);

	return rc == 0 ? rv_file_unlink(fd, namebase, err) : rc;
}
