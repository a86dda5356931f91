/* SPDX-License-Identifier: ISC */
/*
 * Events as JSON, by one table of members for each payload. Invariant: what to_json writes
 * from_json reads back equal, member for member.
 */
#include "event/event_json.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum member_type { M_TEXT, M_INT, M_STEP };

struct member {
	const char *key;
	enum member_type type;
	size_t offset; /* in struct rv_event */
};

#define TEXT(payload, name)                                                                        \
	{                                                                                          \
#name, M_TEXT, offsetof(struct rv_event, payload.name)                             \
	}
#define INT(payload, name)                                                                         \
	{                                                                                          \
#name, M_INT, offsetof(struct rv_event, payload.name)                              \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, M_INT, 0                                                                     \
	}

static const struct member run_members[] = {TEXT(run, id), TEXT(run, profile), TEXT(run, outcome),
    INT(run, slots), INT(run, ports), INT(run, built), INT(run, failed), INT(run, skipped),
    INT(run, ignored), INT(run, up_to_date), INT(run, remaining), INT(run, elapsed_ms), END};

static const struct member port_members[] = {TEXT(port, port), TEXT(port, reason),
    TEXT(port, digest), INT(port, slot), INT(port, elapsed_ms), END};

static const struct member phase_members[] = {TEXT(phase, port), TEXT(phase, phase),
    TEXT(phase, outcome), TEXT(phase, reason), INT(phase, slot), INT(phase, lines),
    INT(phase, elapsed_ms), END};

static const struct member download_members[] = {TEXT(download, name), TEXT(download, url),
    TEXT(download, source), TEXT(download, reason), INT(download, done_bytes),
    INT(download, total_bytes), INT(download, files_done), INT(download, files_total),
    INT(download, all_done_bytes), INT(download, all_total_bytes), INT(download, elapsed_ms), END};

static const struct member txn_members[] = {{"step", M_STEP, offsetof(struct rv_event, txn.step)},
    TEXT(txn, item), INT(txn, done), INT(txn, total), END};

static const struct member note_members[] = {TEXT(note, object), TEXT(note, text), END};

static const struct member *members_of(enum rv_event_kind kind)
{
	switch (kind) {
	case RV_EVENT_RUN_BEGIN:
	case RV_EVENT_RUN_END:
	case RV_EVENT_SUMMARY:
		return run_members;
	case RV_EVENT_PORT_QUEUED:
	case RV_EVENT_PORT_STARTED:
	case RV_EVENT_PORT_SUCCEEDED:
	case RV_EVENT_PORT_FAILED:
	case RV_EVENT_PORT_SKIPPED:
	case RV_EVENT_PORT_IGNORED:
	case RV_EVENT_PORT_UP_TO_DATE:
		return port_members;
	case RV_EVENT_PHASE_BEGIN:
	case RV_EVENT_PHASE_END:
	case RV_EVENT_LOG_LINES:
		return phase_members;
	case RV_EVENT_DOWNLOAD_BEGIN:
	case RV_EVENT_DOWNLOAD_PROGRESS:
	case RV_EVENT_DOWNLOAD_END:
	case RV_EVENT_DOWNLOAD_FAILED:
		return download_members;
	case RV_EVENT_TXN:
		return txn_members;
	case RV_EVENT_WARNING:
	case RV_EVENT_KINDS:
		break;
	}
	return note_members;
}

static void member_to_json(struct rv_json *object, const struct member *m, const struct rv_event *e)
{
	const char *at = (const char *)e + m->offset;
	const char *text;
	int64_t number;
	enum rv_txn_step step;

	switch (m->type) {
	case M_TEXT:
		memcpy(&text, at, sizeof(text));
		if (text)
			rv_json_set_string(object, m->key, text);
		break;
	case M_INT:
		memcpy(&number, at, sizeof(number));
		if (number)
			rv_json_set_int(object, m->key, number);
		break;
	case M_STEP:
		memcpy(&step, at, sizeof(step));
		rv_json_set_string(object, m->key, rv_txn_step_name(step));
		break;
	}
}

struct rv_json *rv_event_to_json(const struct rv_event *event)
{
	struct rv_json *object = rv_json_new_object();

	rv_json_set_int(object, "v", RV_EVENT_VERSION);
	rv_json_set_int(object, "t", event->t_ms);
	rv_json_set_string(object, "event", rv_event_name(event->kind));
	for (const struct member *m = members_of(event->kind); m->key; m++)
		member_to_json(object, m, event);
	return object;
}

/* Index of text among n names, or n. */
static unsigned find_name(const char *text, const char *(*name)(unsigned i), unsigned n)
{
	unsigned i = 0;

	while (i < n && strcmp(text, name(i)) != 0)
		i++;
	return i;
}

static const char *kind_name(unsigned i)
{
	return rv_event_name((enum rv_event_kind)i);
}

static const char *step_name(unsigned i)
{
	return rv_txn_step_name((enum rv_txn_step)i);
}

static int member_from_json(
    const struct rv_json *v, const struct member *m, struct rv_event *out, struct rv_error *err)
{
	char *at = (char *)out + m->offset;
	const char *text = rv_json_string(v);
	int64_t number;
	enum rv_txn_step step;

	if (m->type == M_INT) {
		if (!rv_json_int(v, &number))
			return rv_fail(err, RV_FORMAT, "event: member '%s' is no integer", m->key);
		memcpy(at, &number, sizeof(number));
		return 0;
	}
	if (!text)
		return rv_fail(err, RV_FORMAT, "event: member '%s' is no string", m->key);
	if (m->type == M_TEXT) {
		memcpy(at, &text, sizeof(text));
		return 0;
	}
	step = find_name(text, step_name, RV_TXN_STEPS);
	if (step == RV_TXN_STEPS)
		return RV_EVENT_UNKNOWN;
	memcpy(at, &step, sizeof(step));
	return 0;
}

int rv_event_from_json(const struct rv_json *v, struct rv_event *out, struct rv_error *err)
{
	int64_t version;
	const char *name;

	*out = (struct rv_event){0};
	if (rv_json_want_int(v, "v", "event", &version, err) < 0 ||
	    rv_json_want_int(v, "t", "event", &out->t_ms, err) < 0 ||
	    rv_json_want_string(v, "event", "event", &name, err) < 0)
		return -1;
	if (version != RV_EVENT_VERSION)
		return RV_EVENT_UNKNOWN;
	out->kind = find_name(name, kind_name, RV_EVENT_KINDS);
	if (out->kind == RV_EVENT_KINDS)
		return RV_EVENT_UNKNOWN;
	for (const struct member *m = members_of(out->kind); m->key; m++) {
		const struct rv_json *member = rv_json_get(v, m->key);
		int rc = member ? member_from_json(member, m, out, err) : 0;

		if (rc != 0)
			return rc;
	}
	return 0;
}
