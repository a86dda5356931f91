/* SPDX-License-Identifier: ISC */
/*
 * Reading a specification: each line is recognised (lex.c), its value expanded (expand.c), put in
 * its place and checked (check_*.c). A fault is noted and the value taken all the same, so that one
 * fault makes one message.
 */
#include "port/reader.h"
#include "port/sheet.h"

#include <stdarg.h>
#include <stdio.h>

#include "os/file.h"
#include "pkg/version.h"

#define LINE_MAX_BYTES 16384

void rv_reader_problem(struct rv_reader *r, enum rv_problem_class c, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rv_problems_add(r->problems, c, r->port->what, r->line, "%s", text);
}

/* In the port's arena; an expansion that fails is reported and gives the text itself. */
static const char *expand_text(struct rv_reader *r, struct rv_span text)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	struct rv_expand_error why;

	/* most values are what they say */
	if (rv_span_find(text, '$') == text.n)
		return rv_arena_strndup(&r->port->arena, text.p, text.n);
	if (rv_expand(&r->defs, text, &out, &why) < 0) {
		rv_reader_problem(r, RV_PROBLEM_EXPANSION, "%s", why.text);
		return rv_arena_strndup(&r->port->arena, text.p, text.n);
	}
	return rv_arena_strndup(&r->port->arena, rv_buf_str(&out), out.n);
}

/* --- EXTRACT_VERSION and EXTRACT_INFO */

static const char *extract(struct rv_reader *r, struct rv_span name, bool version)
{
	const struct rv_mkdata *mk = r->context.mk;
	const char *file = version ? RV_MKDATA_VERSIONS : RV_MKDATA_INFORMATION;
	const char *value;

	if (!mk || !(version ? mk->has_versions : mk->has_information)) {
		rv_reader_problem(r, RV_PROBLEM_EXPANSION,
		    mk ? "the mk folder has no %s" : "no mk folder was given to read %s from",
		    file);
		return "";
	}
	value = rv_mkvars_get(version ? &mk->versions : &mk->information, name);
	if (!value || !*value) {
		rv_reader_problem(
		    r, RV_PROBLEM_EXPANSION, "%s does not set %.*s", file, RV_SPAN_ARG(name));
		return "";
	}
	return rv_arena_strdup(&r->port->arena, value);
}

/*
 * EXTRACT_VERSION(X) and EXTRACT_INFO(X); NULL when text is neither. A failure is reported and
 * gives "".
 */
static const char *extract_text(struct rv_reader *r, const char *text)
{
	struct rv_span s = rv_span_str(text);
	struct rv_span version = RV_SPAN_LIT("EXTRACT_VERSION(");
	struct rv_span information = RV_SPAN_LIT("EXTRACT_INFO(");

	if (!rv_span_ends(s, RV_SPAN_LIT(")")))
		return NULL;
	if (rv_span_starts(s, version))
		return extract(r, rv_span_sub(s, version.n, s.n - version.n - 1), true);
	if (rv_span_starts(s, information))
		return extract(r, rv_span_sub(s, information.n, s.n - information.n - 1), false);
	return NULL;
}

/* --- values */

/* Keywords whose checks have something to say before their place in the file is looked at. */
static bool orders_itself(enum rv_port_key key)
{
	return key == RV_KEY_SDESC || key == RV_KEY_DISTFILE || key == RV_KEY_SITES ||
	       key == RV_KEY_OPT_ON || key == RV_KEY_BROKEN || key == RV_KEY_VAR_OPSYS ||
	       key == RV_KEY_VAR_ARCH;
}

static void put_item(
    struct rv_reader *r, struct rv_entry *entry, enum rv_port_key key, const char *text)
{
	struct rv_checked c = {.text = text,
	    .index = entry->index,
	    .items = &entry->items,
	    .key = key,
	    .helper = RV_HELPER_COUNT};

	if (!orders_itself(key))
		rv_reader_order(r);
	rv_check_value(r, &c);
	rv_items_push(&entry->items, text, r->line);
	if (key == RV_KEY_OPTIONS_AVAILABLE && strcmp(text, "none") != 0) {
		struct rv_port_option *option = rv_vec_add(&r->port->options);

		option->name = text;
		option->line = r->line;
	}
}

/* One space between items and none before them. */
static void check_spaces(struct rv_reader *r, const char *text)
{
	struct rv_span rest = rv_span_str(text), item;
	bool ok;

	while (rv_lex_item(&rest, &item, &ok))
		if (!ok) {
			rv_reader_problem(r, RV_PROBLEM_LEXICAL,
			    "items are separated by one space (quotes protect spaces): '%s'", text);
			return;
		}
}

static void check_word(struct rv_reader *r, struct rv_span item)
{
	if (rv_span_find(item, ' ') < item.n)
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "these items cannot have spaces, quoted or not: '%.*s'", RV_SPAN_ARG(item));
}

static void put_list(
    struct rv_reader *r, struct rv_entry *entry, enum rv_port_key key, const char *text)
{
	struct rv_span rest = rv_span_str(text), item;
	bool words = rv_keys[key].kind == RV_KIND_LISTS || key == RV_KEY_DOWNLOAD_GROUPS, ok;

	check_spaces(r, text);
	/* a sheet goes on in the next line when the first item is long */
	if (!*text && !r->sheet)
		put_item(r, entry, key, "");
	while (rv_lex_item(&rest, &item, &ok)) {
		if (words)
			check_word(r, item);
		if (item.n)
			put_item(r, entry, key, rv_arena_strndup(&r->port->arena, item.p, item.n));
	}
}

static void put_single(
    struct rv_reader *r, struct rv_entry *entry, enum rv_port_key key, const char *text)
{
	struct rv_span s = rv_span_str(text);

	if (key != RV_KEY_DEPRECATED && rv_lex_space(s) < s.n)
		rv_reader_problem(r, RV_PROBLEM_LEXICAL, "%s takes one value, given '%s'",
		    rv_keys[key].name, text);
	put_item(r, entry, key, text);
}

static void put_natural(
    struct rv_reader *r, struct rv_entry *entry, enum rv_port_key key, const char *text)
{
	uint64_t v = 0;

	if (!rv_span_to_u64(rv_span_str(text), &v) || v > INT32_MAX) {
		rv_reader_problem(r, RV_PROBLEM_VALUE,
		    "%s takes a decimal number of at most %d, given '%s'", rv_keys[key].name,
		    INT32_MAX, text);
		v = 0;
	}
	if (key == RV_KEY_REVISION)
		r->port->revision = (unsigned long)v;
	if (key == RV_KEY_EPOCH)
		r->port->epoch = (unsigned long)v;
	put_item(r, entry, key, text);
}

static void put_def(struct rv_reader *r, const char *name, const char *text)
{
	const char *extracted;

	if (r->stage_seen[RV_STAGE_NAMEBASE])
		rv_reader_problem(r, RV_PROBLEM_ORDER, "DEF[%s] must come before NAMEBASE", name);
	if (rv_defs_get(&r->defs, rv_span_str(name)))
		rv_reader_problem(r, RV_PROBLEM_KEY, "DEF[%s] is defined twice", name);
	extracted = extract_text(r, text);
	if (!*text)
		rv_reader_problem(r, RV_PROBLEM_EXPANSION, "DEF[%s] has no value", name);
	rv_defs_set(&r->defs, rv_span_str(name), rv_span_str(extracted ? extracted : text));
}

static void put_value(
    struct rv_reader *r, struct rv_entry *entry, enum rv_port_key key, const char *text)
{
	struct rv_span s = rv_span_str(text);

	switch (rv_keys[key].kind) {
	case RV_KIND_STRING:
		put_single(r, entry, key, text);
		break;
	case RV_KIND_NATURAL:
		put_natural(r, entry, key, text);
		break;
	case RV_KIND_FLAG:
		if (!rv_span_is(s, "yes"))
			rv_reader_problem(r, RV_PROBLEM_VALUE,
			    "%s can only be 'yes' (leave the line out for no), given '%s'",
			    rv_keys[key].name, text);
		put_item(r, entry, key, text);
		break;
	case RV_KIND_LIST:
	case RV_KIND_LISTS:
		put_list(r, entry, key, text);
		break;
	case RV_KIND_PASS:
		if (rv_lex_space(s) < s.n)
			rv_reader_problem(r, RV_PROBLEM_LEXICAL,
			    "%s takes one value a line (quotes protect spaces): '%s'",
			    rv_keys[key].name, text);
		put_item(r, entry, key, text);
		break;
	case RV_KIND_TEXTS:
		put_item(r, entry, key, text);
		break;
	case RV_KIND_DEF:
		put_def(r, entry->index, text);
		break;
	case RV_KIND_IGNORED:
		break;
	}
}

/* --- lines */

static bool key_is_array(enum rv_port_key key)
{
	enum rv_key_kind kind = rv_keys[key].kind;

	return kind == RV_KIND_LISTS || kind == RV_KIND_TEXTS || kind == RV_KIND_DEF;
}

static const char *take_text(struct rv_reader *r, const struct rv_line *line, unsigned column)
{
	if (!line->aligned)
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "the value must begin at column %u: tabs of 8 up to there", column);
	return expand_text(r, line->value);
}

static void unknown_key(struct rv_reader *r, const struct rv_line *line)
{
	const char *best = NULL;
	size_t limit = 4;

	for (size_t i = 0; i < RV_KEY_COUNT; i++) {
		size_t d = rv_word_distance(line->key, rv_span_str(rv_keys[i].name));

		if (d < limit) {
			limit = d;
			best = rv_keys[i].name;
		}
	}
	rv_reader_problem(r, RV_PROBLEM_LEXICAL, "'%.*s' is not a keyword%s%s%s",
	    RV_SPAN_ARG(line->key), best ? " (did you mean " : "", best ? best : "",
	    best ? "?)" : "");
	r->skip_more = true;
}

/* A keyword that stands twice: only those handed through and arrays may. */
static void check_twice(struct rv_reader *r, enum rv_port_key key)
{
	enum rv_key_kind kind = rv_keys[key].kind;

	if (r->key_line[key] && !key_is_array(key) && kind != RV_KIND_PASS &&
	    kind != RV_KIND_IGNORED)
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "%s stands in line %u already: continue it there with three tabs",
		    rv_keys[key].name, r->key_line[key]);
	else
		r->key_line[key] = r->line;
}

static void read_key(struct rv_reader *r, const struct rv_line *line)
{
	bool array = line->class == RV_LINE_ARRAY;
	enum rv_port_key key = rv_key_find(line->key);
	struct rv_entry *entry;
	const char *text;

	if (key == RV_KEY_COUNT) {
		unknown_key(r, line);
		return;
	}
	if (array != key_is_array(key)) {
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    array ? "%s takes no [index]" : "%s needs an [index]", rv_keys[key].name);
		r->skip_more = true;
		return;
	}
	check_twice(r, key);
	r->before = RV_BEFORE_KEY;
	r->key = key;
	r->index = rv_arena_strndup(&r->port->arena, line->index.p, line->index.n);
	r->skip_more = rv_keys[key].kind == RV_KIND_IGNORED;
	if (r->skip_more)
		return;
	r->unordered = true;
	text = take_text(r, line, 24);
	entry = rv_entries_want(&r->port->keys[key], r->index, r->line);
	put_value(r, entry, key, text);
	rv_reader_order(r);
}

static bool takes_whole_line(enum rv_helper helper)
{
	return helper == RV_HELPER_BROKEN_ON || helper == RV_HELPER_DESCRIPTION;
}

static void read_helper_value(struct rv_reader *r, const char *text)
{
	struct rv_port_option *option = &r->port->options.v[r->option];
	struct rv_items *items = &option->helpers[r->helper];
	struct rv_checked c = {.index = "",
	    .items = items,
	    .key = RV_KEY_COUNT,
	    .helper = r->helper,
	    .option = option->name};
	struct rv_span rest = rv_span_str(text), item;
	bool whole = takes_whole_line(r->helper);
	bool ok;

	if (!whole)
		check_spaces(r, text);
	rv_reader_order(r);
	while (whole ? rest.n > 0 : rv_lex_item(&rest, &item, &ok)) {
		if (whole) {
			item = rest;
			rest = RV_SPAN_NULL;
		}
		if (rv_helpers[r->helper].items == RV_ITEMS_WORDS)
			check_word(r, item);
		if (!item.n)
			continue;
		c.text = rv_arena_strndup(&r->port->arena, item.p, item.n);
		rv_check_value(r, &c);
		rv_items_push(items, c.text, r->line);
	}
}

static void read_helper(struct rv_reader *r, const struct rv_line *line)
{
	enum rv_helper helper = rv_helper_find(line->key);
	struct rv_port_option *option;

	r->before = RV_BEFORE_HELPER;
	r->skip_more = true;
	if (helper == RV_HELPER_COUNT) {
		rv_reader_problem(r, RV_PROBLEM_LEXICAL, "'%.*s' is not an option helper",
		    RV_SPAN_ARG(line->key));
		return;
	}
	option = rv_port_option(r->port, line->index.p, line->index.n);
	if (!option) {
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "option '%.*s' does not stand in OPTIONS_AVAILABLE", RV_SPAN_ARG(line->index));
		return;
	}
	r->skip_more = false;
	r->unordered = true;
	r->helper = helper;
	r->option = (size_t)(option - r->port->options.v);
	if (option->helpers[helper].n)
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "[%s].%s stands in line %u already: continue it there with five tabs",
		    option->name, rv_helpers[helper].name, option->helpers[helper].v[0].line);
	read_helper_value(r, take_text(r, line, 40));
}

static bool takes_one_line(enum rv_port_key key)
{
	enum rv_key_kind kind = rv_keys[key].kind;

	return kind == RV_KIND_STRING || kind == RV_KIND_NATURAL || kind == RV_KIND_FLAG ||
	       kind == RV_KIND_DEF;
}

/* What is wrong with continuing it: its name is used up, its place is passed, or it has a value. */
static enum rv_problem_class class_of_more(enum rv_port_key key)
{
	if (rv_keys[key].kind == RV_KIND_DEF)
		return RV_PROBLEM_KEY;
	return rv_keys[key].stage == RV_STAGE_ANY || rv_keys[key].stage == RV_STAGE_BODY
		   ? RV_PROBLEM_VALUE
		   : RV_PROBLEM_ORDER;
}

static void read_more(struct rv_reader *r, const struct rv_line *line)
{
	const char *text;

	if (r->skip_more)
		return;
	if (!line->aligned)
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    r->before == RV_BEFORE_HELPER
			? "a line that continues an option helper begins with five tabs"
			: "a line that continues a keyword begins with three tabs");
	if (rv_span_find_span(line->value, RV_SPAN_LIT("=\t")) < line->value.n)
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "an equals sign before a tab: keywords begin at column 1");
	r->unordered = true;
	text = expand_text(r, line->value);
	if (r->before == RV_BEFORE_HELPER && takes_whole_line(r->helper))
		rv_reader_problem(r, RV_PROBLEM_VALUE, "[%s].%s takes one line",
		    r->port->options.v[r->option].name, rv_helpers[r->helper].name);
	else if (r->before == RV_BEFORE_HELPER)
		read_helper_value(r, text);
	else if (takes_one_line(r->key))
		rv_reader_problem(r, class_of_more(r->key),
		    "%s takes one value and cannot be continued", rv_keys[r->key].name);
	else
		put_value(
		    r, rv_entries_want(&r->port->keys[r->key], r->index, r->line), r->key, text);
}

/* --- make targets */

static const char *const phases[] = {
    "fetch", "extract", "patch", "configure", "build", "install", "stage", "test"};

static bool after_phase(struct rv_reader *r, struct rv_span rest, bool stage)
{
	struct rv_span name;

	if (rest.n == 0)
		return true;
	if (rest.p[0] != '-')
		return false;
	rest = rv_span_from(rest, 1);
	if (!stage && rv_words_have(RV_WORDS_OPSYS, rest))
		return true;
	if (rv_span_ends(rest, RV_SPAN_LIT("-ON")))
		name = rv_span_sub(rest, 0, rest.n - 3);
	else if (rv_span_ends(rest, RV_SPAN_LIT("-OFF")))
		name = rv_span_sub(rest, 0, rest.n - 4);
	else
		return false;
	return rv_port_option(r->port, name.p, name.n) != NULL;
}

static bool target_is_known(struct rv_reader *r, struct rv_span title)
{
	size_t dash = rv_span_find(title, '-');
	struct rv_span when = rv_span_sub(title, 0, dash), rest = rv_span_from(title, dash + 1);

	if (!rv_span_is(when, "pre") && !rv_span_is(when, "do") && !rv_span_is(when, "post"))
		return false;
	for (size_t i = 0; i < RV_COUNT(phases); i++) {
		struct rv_span phase = rv_span_str(phases[i]);

		if (rv_span_starts(rest, phase) &&
		    after_phase(r, rv_span_from(rest, phase.n), rv_span_is(phase, "stage")))
			return true;
	}
	return false;
}

static void read_title(struct rv_reader *r, const struct rv_line *line)
{
	struct rv_target *target;

	/* in any case what follows is its body: else every line of it would be complained of */
	r->before = RV_BEFORE_TARGET;
	if (!target_is_known(r, line->key))
		rv_reader_problem(r, RV_PROBLEM_TARGET,
		    "'%.*s' is not a target: {pre,do,post}-PHASE, with -OPSYS, -OPTION-ON or "
		    "-OPTION-OFF behind it",
		    RV_SPAN_ARG(line->key));
	rv_vec_each (&r->port->targets, it)
		if (rv_span_is(line->key, it->name))
			rv_reader_problem(r, RV_PROBLEM_TARGET,
			    "target '%s' stands in line %u already", it->name, it->line);
	r->target = r->port->targets.n;
	target = rv_vec_add(&r->port->targets);
	target->name = rv_arena_strndup(&r->port->arena, line->key.p, line->key.n);
	target->line = r->line;
}

static void read_body(struct rv_reader *r, struct rv_span text)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);

	rv_reader_order_target(r);
	if (rv_span_find(text, '$') == text.n)
		rv_buf_add_span(&out, text);
	else
		rv_expand_target_line(&r->defs, text, &out);
	rv_items_push(&r->port->targets.v[r->target].lines,
	    rv_arena_strndup(&r->port->arena, rv_buf_str(&out), out.n), r->line);
}

static void read_line(struct rv_reader *r, struct rv_span text)
{
	const char *fault = rv_lex_fault(text, rv_port_has(r->port, RV_KEY_GENERATED));
	struct rv_line line = rv_lex(text, r->before);

	if (text.n > LINE_MAX_BYTES) {
		rv_reader_problem(
		    r, RV_PROBLEM_LEXICAL, "a line of more than %d bytes", LINE_MAX_BYTES);
		return;
	}
	if (fault && !(r->sheet && rv_lex_is_bare(text)))
		rv_reader_problem(r, RV_PROBLEM_LEXICAL, "%s", fault);
	switch (line.class) {
	case RV_LINE_EMPTY:
		break;
	case RV_LINE_TITLE:
		read_title(r, &line);
		break;
	case RV_LINE_BODY:
		read_body(r, text);
		break;
	case RV_LINE_HELPER:
		read_helper(r, &line);
		break;
	case RV_LINE_ARRAY:
	case RV_LINE_SINGLET:
		read_key(r, &line);
		break;
	case RV_LINE_MORE:
		read_more(r, &line);
		break;
	case RV_LINE_CAPSULE:
	case RV_LINE_UNKNOWN:
		rv_reader_problem(r, RV_PROBLEM_LEXICAL,
		    "content not recognised: a line is KEY=, KEY[index]=, [OPTION].HELPER=, a "
		    "target, or begins with three tabs");
		r->skip_more = true;
		break;
	}
}

static const char *pkgversion(struct rv_reader *r)
{
	struct rv_port *p = r->port;
	struct rv_span version = rv_span_str(p->version);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_VERSION_MAX_BYTES);
	struct rv_error why = RV_ERROR_INIT;

	if (rv_version_make(version, p->revision, p->epoch, &text, &why) == 0)
		return rv_arena_strdup(&p->arena, rv_buf_str(&text));
	if (!r->problems->count)
		rv_problems_add(r->problems, RV_PROBLEM_VALUE, p->what, r->key_line[RV_KEY_VERSION],
		    "%s", why.msg);
	return p->version;
}

static void finish(struct rv_reader *r)
{
	struct rv_port *p = r->port;
	const char *namebase = rv_port_text(p, RV_KEY_NAMEBASE);
	const char *version = rv_port_text(p, RV_KEY_VERSION);

	rv_reader_order_end(r);
	p->namebase = namebase ? namebase : "";
	p->version = version ? version : "";
	p->pkgversion = pkgversion(r);
	rv_check_late(r);
}

static void reader_release(struct rv_reader *r)
{
	rv_defs_release(&r->defs);
	rv_vec_release(&r->capsules);
}

int rv_port_parse(struct rv_span text, const char *what, const struct rv_port_files *files,
    const struct rv_port_context *context, struct rv_problems *problems, struct rv_port **out,
    struct rv_error *err)
{
	rv_autofree(rv_port) struct rv_port *port = rv_alloc(sizeof(*port));
	struct rv_reader r = {.port = port, .problems = problems, .context = *context, .index = ""};
	struct rv_span line;
	size_t limit = context->compiled ? RV_SHEET_MAX_BYTES : RV_SPECIFICATION_MAX_BYTES;

	if (text.n > limit)
		return rv_fail(err, RV_LIMIT, "%s: more than %zu bytes", what, limit);
	port->what = rv_arena_strdup(&port->arena, what);
	port->files = files ? *files : RV_PORT_FILES_NONE;
	port->files.folder = rv_arena_strdup(&port->arena, port->files.folder);
	if (context->compiled) {
		r.sheet = text.p;
		r.context.check_files = false;
		port->files.text = files ? RV_SPAN_NULL : text;
	} else if (rv_span_find(text, '\0') < text.n) {
		rv_problems_add(problems, RV_PROBLEM_LEXICAL, what, 0, "a NUL byte in the file");
		return rv_problems_check(problems, err);
	}
	while (rv_span_next(&text, '\n', &line)) {
		r.line++;
		if (!r.sheet || !rv_sheet_take_capsule(&r, line, &text))
			read_line(&r, line);
	}
	if (r.sheet)
		rv_sheet_keep_capsules(&r);
	finish(&r);
	reader_release(&r);
	if (rv_problems_check(problems, err) < 0)
		return -1;
	*out = port;
	port = NULL;
	return 0;
}
